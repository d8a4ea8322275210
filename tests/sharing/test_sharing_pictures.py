"""The picture that goes with a post: whose name stands on it is the owner's choice, badge by badge."""

from __future__ import annotations

from pathlib import Path

from tests.issuer import Issuer
from tests.sharing.site_material import gatherer, keep, opened, signed_file
from tests.sharing.test_sharing_publishing import Work

from passport.sharing.card import CardBadge, CardPainter
from passport.sharing.pictures import BADGE, CARD, NONE, picture_of
from passport.sharing.site.showing import Shower
from passport.speech import ENGLISH


async def test_the_name_stands_on_it_unless_the_owner_says_no(tmp_path: Path) -> None:
    vault = opened(tmp_path)
    entry = keep(vault, signed_file(Issuer(), 1))
    found = gatherer(vault, Work(), tmp_path)

    async def drawn() -> bytes:
        picture = await picture_of(found, entry, CARD, ENGLISH)
        assert picture is not None
        return picture.content

    nameless = await drawn()
    vault.decide("profile", {"name": "Ann Example"})
    named = await drawn()
    vault.decide(entry.subject, {"show-name:card": False})
    assert await drawn() == nameless
    assert named != nameless
    assert (await Shower(gatherer=found).badge(entry)).name_on_card is False
    vault.decide(entry.subject, {"show-name:card": None, "show-name": False})
    assert await drawn() == named  # each place for itself
    shown = await Shower(gatherer=found).badge(entry)
    assert (shown.name_on_card, shown.recipient) == (True, None)
    vault.close()


def test_name_and_day_stand_in_one_line() -> None:
    lines = CardPainter().lines(CardBadge(name="Sailor", issuer="Club", date="1 May 2026", owner="Ann Example"))
    assert "1 May 2026 · Ann Example" in [text for text, *_ in lines]


async def test_no_picture_where_none_is_wanted(tmp_path: Path) -> None:
    vault = opened(tmp_path)
    entry = keep(vault, signed_file(Issuer(), 1))
    assert await picture_of(gatherer(vault, Work(), tmp_path), entry, NONE, ENGLISH) is None
    alone = await picture_of(gatherer(vault, Work(), tmp_path), entry, BADGE, ENGLISH)
    assert alone is not None
    assert alone.width == alone.height
    vault.close()

"""Share pictures: letters of all of Europe, and the same bytes whether a worker draws them or we do."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.issuer import Issuer, picture
from tests.sharing.site_material import gatherer, keep, opened, publisher, signed_file
from tests.sharing.test_sharing_publishing import Work

from passport.errors import WorkerError
from passport.sharing.card import CardBadge, CardPainter, lettered
from passport.sharing.card_fonts import FURTHER, PLAIN, SANS, SERIF, Fonts, is_ours
from passport.sharing.card_worker import CardWorker
from passport.sharing.site.cards import FEW, Cards

NAMES = ("Night Sailor", "Żółw", "Ğüçlü", "Příliš žluťoučký kůň", "Șoarece", "ō", "Ann", "Œuvre – “20 €”…")


def card(number: int, **changes: object) -> CardBadge:
    given = {"name": NAMES[number % len(NAMES)], "issuer": f"Scouts {number % 3}", "owner": "Ann", "date": "1 May 2026"}
    return CardBadge(**(given | {"picture": picture(size=64)} | changes))  # type: ignore[arg-type] # its fields


@pytest.mark.parametrize("family", [SERIF, SANS])
@pytest.mark.parametrize("signs", [PLAIN, FURTHER], ids=["plain", "further"])
def test_our_fonts_have_every_sign_that_they_are_asked_for(family: str, signs: frozenset[str]) -> None:
    fonts = Fonts()
    for sign in signs:
        ((_, face),) = fonts.runs(sign, family, 40, 600)
        assert bytes(face.getmask(sign)) != bytes(face.getmask("\uffff")), f"{sign!r} is drawn as a box"


@pytest.mark.parametrize("text", NAMES)
def test_each_letter_is_written_by_the_font_that_has_it(text: str) -> None:
    fonts = Fonts()
    runs = fonts.runs(text, SERIF, 40, 600)
    assert "".join(piece for piece, _ in runs) == text
    assert all(set(piece) <= PLAIN or set(piece) <= FURTHER for piece, _ in runs)
    assert {face is fonts.runs("a", SERIF, 40, 600)[0][1] for piece, face in runs if set(piece) <= PLAIN} <= {True}
    assert len(fonts.wrapped(f"{text} " * 90, SERIF, 40, 600, 490, most=3)) == 3


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Cafe\u0301 no\u00adrth", "Café north"),
        ("\U0001f468\u200d\U0001f469\u200d\U0001f467 Family \u2764\ufe0f", " Family "),
        ("a\u202eb\u2066c\u200b", "abc"),
        ("well\u2011known", "well-known"),
        ("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"),
        ("© Ann™", "© Ann™"),
    ],
)
def test_only_what_letters_fonts_have_is_written(text: str, left: str) -> None:
    assert lettered(text) == left


@pytest.mark.parametrize("text", ["漢字", "Дом", "مدرسة", "Ŧ", "a\ud800"])
def test_what_is_not_ours_is_known(text: str) -> None:
    assert not is_ours(text)
    assert is_ours("Żółw")


async def test_a_worker_draws_the_same_bytes() -> None:
    worker, painter = CardWorker(), CardPainter()
    try:
        for number in (0, 1, 2, 1):
            assert await worker.jpeg(card(number)) == painter.jpeg(card(number))
        with pytest.raises(WorkerError):
            await worker.jpeg(card(1, name="a\ud800"))
        assert await worker.jpeg(card(3)) == painter.jpeg(card(3))
    finally:
        await worker.close()


class Gone(CardWorker):
    """A worker that does nothing any more."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    async def jpeg(self, card: CardBadge) -> bytes:
        self.asked.append(card.name)
        raise WorkerError("It is gone.")


async def test_where_the_worker_fails_cards_are_drawn_all_the_same(tmp_path: Path) -> None:
    worker = Gone()
    cards = Cards(tmp_path, worker=worker)
    drawn = await cards.drawn(card(1), "one", of_many=True)
    assert drawn == CardPainter().jpeg(card(1))
    cards.keep("one", drawn)
    cards = Cards(tmp_path, worker=worker)
    assert await cards.drawn(card(1), "one", of_many=True) == drawn
    assert worker.asked == ["Żółw"], "what is kept is not drawn again"
    await cards.drawn(card(2, name="漢字"), "two", of_many=True)
    await cards.drawn(card(2), "three", of_many=False)
    assert worker.asked == ["Żółw"], "what needs the system's fonts, and a few, are drawn here"
    (tmp_path / "two").write_bytes(b"")
    cards = Cards(tmp_path, worker=worker)
    again = await cards.drawn(card(2), "two", of_many=False)
    assert cards.keep("two", again).read_bytes() == again, "what cannot be read is kept anew"
    cards.forget_others({"one"})
    assert os.listdir(tmp_path) == ["one"]  # noqa: PTH208 (no loop waits for it)


async def test_two_builds_of_many_badges_are_the_same_to_the_byte(tmp_path: Path) -> None:
    maker, vault = Issuer(), opened(tmp_path)
    for number in range(FEW + 2):
        keep(vault, signed_file(maker, number, name=f"{NAMES[number % len(NAMES)]} {number}"))
    sites = []
    for home in (tmp_path / "one", tmp_path / "two"):
        await publisher(home).publish(gatherer(vault, Work(), home), str(home / "site"))
        files = (file for file in (home / "site").rglob("*") if file.is_file())
        sites.append({str(file.relative_to(home)): file.read_bytes() for file in files})
    assert sites[0] == sites[1]
    assert sum(path.endswith("card.jpg") for path in sites[0]) == FEW + 2

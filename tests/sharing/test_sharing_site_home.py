"""The first page of the published passport: who it is, and what the badges say that person can do."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from tests.issuer import Issuer
from tests.sharing.site_material import gatherer, keep, opened, signed_file
from tests.sharing.test_sharing_site import HOSTILE, Attributes, badge, built, png, site

from passport.sharing.gathering import links, portrait
from passport.sharing.site.model import SiteCard
from passport.sharing.site.showing import Shower
from passport.sharing.site.skills import skills_of


def card(number: int, verdict: str = "verified", **changes: object) -> SiteCard:
    given: dict[str, object] = {"id": f"{number:016}", "name": f"Badge {number}", "issuer": "Scouts"}
    return SiteCard(verdict=verdict, **(given | changes))  # type: ignore[arg-type] # the fields are those of SiteCard


def test_skills_stand_on_the_first_page_and_lead_to_what_backs_them() -> None:
    one, two = badge(id="a" * 16, aligned=("Knots",)), badge(id="b" * 16, aligned=("knots",), tagged=("ropes",))
    files = built(site(one, two))
    home, page = files["index.html"].decode(), files["skills/index.html"].decode()
    (skill, word) = skills_of((one, two))
    assert [skill.aligned, len(skill.badges), word.aligned] == [True, 2, False]
    for shown in (skill, word):
        assert f'href="skills/#{shown.slug}"' in home
        assert f'id="{shown.slug}"' in page
    assert page.index("In frameworks of skills") < page.index(skill.slug) < page.index("tags alone")
    assert page.count(f'href="../badges/{two.slug}/"') == 2
    assert b"https://ann.example/p/skills/" in files["sitemap.xml"]


def test_the_best_backed_comes_first_and_a_word_of_a_tag_after_all_that_is_defined() -> None:
    cards = (
        card(1, "expired", aligned=("Swimming",)),
        card(2, "expired", aligned=("Swimming",)),
        card(3, aligned=("Sailing", "")),
        card(4, tagged=("boats",)),
        card(5, tagged=("boats", "Boats")),
    )
    assert [(one.name, one.verified, len(one.badges)) for one in skills_of(cards)] == [
        ("Sailing", 1, 1), ("Swimming", 0, 2), ("boats", 2, 2),
    ]  # fmt: skip


def test_two_languages_of_one_entry_are_one_skill_by_what_public_badges_say_alone() -> None:
    entry = "//data.example/skill/1"
    finnish = card(1, aligned=("Purjehdus",), named=((entry, "Purjehdus", ""),))
    english = card(2, aligned=("Sailing",), named=((entry, "Sailing", ""),), tagged=("purjehdus",))
    third = card(3, aligned=("Sailing",), named=((entry, "Sailing", ""),))
    (skill,) = skills_of((finnish, english, third))
    assert (skill.name, skill.aligned, len(skill.badges)) == ("Sailing", True, 3)
    assert [one.name for one in skills_of((finnish,))] == ["Purjehdus"]


def test_names_without_a_latin_letter_have_places_of_their_own() -> None:
    skills = skills_of((card(1, aligned=("数据素养", "خط عربي")),))
    assert len({one.slug for one in skills}) == 2


def test_no_skills_no_page_and_a_hostile_name_stays_a_name() -> None:
    assert "skills/index.html" not in built(site(badge()))
    files = built(site(badge(aligned=(HOSTILE,)), languages=HOSTILE))
    for path in ("index.html", "skills/index.html"):
        code = Attributes(files[path].decode())
        assert not [name for name in code.names if name.startswith("on")]
        assert "script" not in code.tags or path == "index.html"


def test_picture_and_languages_of_the_profile(tmp_path: Path) -> None:
    vault = opened(tmp_path)
    uri = "data:image/png;base64," + base64.b64encode(png()).decode()
    about = {"name": "Ann", "picture": uri, "languages": "Finnish, English"}
    vault.decide("profile", {**about, "links": [{"name": "Club", "url": "https://club.example/"}]})
    made = Shower(gatherer=gatherer(vault, None, tmp_path)).site([])
    files = built(made)
    home = files["index.html"].decode()
    assert files["assets/portrait.png"] == png()
    assert 'src="assets/portrait.png"' in home
    assert "Finnish, English" in home
    assert ">Club</a>" in home
    data = json.loads(home.partition('<script type="application/ld+json">')[2].partition("</script>")[0])
    assert data["mainEntity"]["image"] == "https://ann.example/assets/portrait.png"
    vault.close()


@pytest.mark.parametrize(
    "written", [None, 7, "", "https://evil.example/a.png", "data:image/png;base64,!!", "data:image/svg+xml,<svg/>"]
)
def test_what_is_no_picture_of_ours_is_not_published(written: object) -> None:
    assert portrait({"picture": written}) is None
    huge = "data:image/png;base64," + base64.b64encode(png() + bytes(3 << 20)).decode()
    assert portrait({"picture": huge}) is None


@pytest.mark.parametrize("written", [None, "x", [1, {"name": "Club"}, {"name": "x", "url": "javascript:alert(1)"}]])
def test_what_is_no_link_is_left_out(written: object) -> None:
    assert links({"links": written}) == ()


async def test_what_a_badge_aligns_with_arrives_on_the_page(tmp_path: Path) -> None:
    vault, maker = opened(tmp_path), Issuer()
    plain = json.loads(json.dumps(maker.credential()))["credentialSubject"]
    aligned = {"type": ["Alignment"], "targetName": "Teamwork", "targetUrl": "https://esco.example/1"}
    plain["achievement"] |= {"alignment": [aligned], "tag": ["boats"]}
    entry = keep(vault, signed_file(maker, 1, credentialSubject=plain))
    shown = Shower(gatherer=gatherer(vault, None, tmp_path)).card(entry, None)
    assert (shown.aligned, shown.tagged) == (("Teamwork",), ("boats",))
    vault.close()

"""What pages tell beyond the badge's own words: all that the standard carries, where it is seen, what may be done."""

import json
from dataclasses import replace
from urllib.parse import urlencode

import pytest
from tests.web.pages_material import credential, passport_in

from passport.badge.model import (
    Achievement,
    AchievementSubject,
    EndorsementCredential,
    Evidence,
    IdentityObject,
    Profile,
    Result,
    ResultDescription,
    RubricCriterionLevel,
)
from passport.settings import PublishSettings, Settings
from passport.sharing.posts import Award
from passport.web.pages.share_view import templated
from passport.web.pages.skill_details import Skill
from passport.web.pages.skills import Bubble, frame_of

JSON = {"Accept": "application/json"}
HOSTILE = '"><script>alert(1)</script>'


def rich(text: str = "") -> dict[str, object]:
    """Return what a badge can carry besides the usual; `text` is added to each."""
    word = EndorsementCredential(
        issuer=Profile(name=f"Sea Board{text}"), comment=f"A house to trust{text}", verdict="verified"
    )
    described = ResultDescription(
        id="urn:r", name="Grade", required_level="urn:l", levels=(RubricCriterionLevel(id="urn:l", name=f"Able{text}"),)
    )
    achievement = Achievement(
        name="Sailor", human_code=f"SAIL-7{text}", credits_available=f"9{text}", language=f"sv{text}",
        other_identifiers=((f"course{text}", f"C-42{text}"),), result_descriptions=(described,),
    )  # fmt: skip
    issuer = Profile(
        id="https://aalto.example/issuer", name="Aalto", telephone=f"+358 9 1{text}", address=f"Espoo{text}",
        official=f"Rector R{text}", parent_org=Profile(name=f"The Group{text}"), endorsements=(word,),
        other_identifiers=((f"ror{text}", f"020hwjq30{text}"),),
        translations=(("sv", f"Aalto-universitetet{text}", None),),
    )  # fmt: skip
    subject = AchievementSubject(
        achievement=achievement,
        results=(Result(value="B", result_description="urn:r"),),
        identifiers=(IdentityObject(identity="ann@example.org"),),
    )
    return {
        "subject": subject, "issuer": issuer, "description": f"Said of Ann alone{text}", "awarded_date": "2026-02-03",
        "terms_of_use": (f"https://aalto.example/terms{text}",),
        "evidence": (Evidence(name="Log", genre=f"Diary{text}", audience=f"Sailors{text}"),),
    }  # fmt: skip


WORDS = (
    "A house to trust", "of the issuer", "SAIL-7", "9", "sv", "C-42", "+358 9 1", "Espoo", "Rector R", "The Group",
    "020hwjq30", "Aalto-universitetet", "Said of Ann alone", "aalto.example/terms", "Diary", "Sailors", "needed: Able",
    "Sea Board", "Awarded on",
)  # fmt: skip


def made(text: str = ""):
    """Return a badge with all of it."""
    more = rich(text)
    description = more.pop("description")
    issuer = more.pop("issuer")
    base = credential(1)
    return replace(base, description=description, issuer=issuer, **more)


async def test_the_page_of_a_badge_shows_all_that_the_standard_carries(tmp_path):
    async with passport_in(tmp_path) as passport:
        entry = passport.put(made_of=made())
        page = (await passport.get(f"/badge/{entry.id}")).body.decode()
        assert [word for word in WORDS if word not in page] == []


async def test_a_key_of_a_stranger_may_call_itself_anything_and_the_page_says_so(tmp_path):
    words = [EndorsementCredential(issuer=Profile(id=known_as, name="Great University"), verdict="verified")
             for known_as in ("did:key:z6Mk", None, "https://harbour.example")]  # fmt: skip
    async with passport_in(tmp_path) as passport:
        entry = passport.put(made_of=replace(credential(1), endorsements=tuple(words)))
        page = (await passport.get(f"/badge/{entry.id}")).body.decode()
    told = page.partition("Endorsed by others")[2].partition("</ul>")[0]
    assert told.count("name is not confirmed</span>") == 2
    assert told.count(">verified</span>") == 1


async def test_who_endorsed_a_public_badge_is_told_on_the_page_until_the_owner_leaves_it_off(tmp_path):
    words = (EndorsementCredential(issuer=Profile(id="https://harbour.example", name="Harbour"), verdict="verified"),)
    async with passport_in(tmp_path) as passport:
        entry = passport.put(made_of=replace(credential(1), endorsements=words))
        assert "Leave it off my page" not in (await passport.get(f"/badge/{entry.id}")).body.decode()
        passport.vault.decide(entry.subject, {"visibility": "public"})
        assert "Leave it off my page" in (await passport.get(f"/badge/{entry.id}")).body.decode()
        await passport.post("/badges/decide", urlencode({"id": entry.id, "do": "endorsed"}))
        assert passport.vault.state(entry.subject)["show-endorsements"] is False
        assert "Tell it on my page" in (await passport.get(f"/badge/{entry.id}")).body.decode()
        await passport.post("/badges/decide", urlencode({"id": entry.id, "do": "endorsed", "tell": "on"}))
        assert passport.vault.state(entry.subject).get("show-endorsements") is None


@pytest.mark.parametrize("told", [True, False])
async def test_who_endorsed_stands_nowhere_on_the_page_once_left_off(tmp_path, told):
    words = (EndorsementCredential(issuer=Profile(id="https://harbour.example", name="Harbour"), verdict="verified"),)
    site = tmp_path / "site"
    settings = Settings(publish=PublishSettings(base_url="https://ann.example/p", target=str(site)))
    async with passport_in(tmp_path / "home", settings) as passport:
        entry = passport.put(made_of=replace(credential(1), endorsements=words))
        passport.vault.decide(entry.subject, {"visibility": "public"})
        if not told:
            await passport.post("/badges/decide", urlencode({"id": entry.id, "do": "endorsed"}))
        assert (await passport.post("/page", "do=publish")).status == 200
    pages = [file for file in site.rglob("*") if file.is_file()]
    assert pages
    assert any(b"Harbour" in file.read_bytes() for file in pages) is told


async def test_hostile_words_stay_words_wherever_they_stand(tmp_path):
    async with passport_in(tmp_path) as passport:
        entry = passport.put(made_of=made(HOSTILE))
        page = (await passport.get(f"/badge/{entry.id}")).body.decode()
        assert "<script>alert" not in page


async def test_a_badge_leads_to_its_page_once_that_stands_and_not_before(tmp_path):
    settings = Settings(publish=PublishSettings(base_url="https://ann.example/p", target=str(tmp_path / "site")))
    async with passport_in(tmp_path / "home", settings) as passport:
        entry, later = passport.put(name="First"), passport.put(name="Later")
        passport.vault.decide(entry.subject, {"visibility": "public"})
        where = f"/badge/{entry.id}"
        assert "https://ann.example/p/badges/" not in (await passport.get(where)).body.decode()
        share = (await passport.get(f"/share/{entry.id}")).body.decode()
        assert "does not show this badge yet" in share
        assert (await passport.post("/page", "do=publish")).status == 200
        page = (await passport.get(where)).body.decode()
        assert page.count('href="https://ann.example/p/badges/first-') == 2  # in the head, and below its code
        assert "does not show this badge yet" not in (await passport.get(f"/share/{entry.id}")).body.decode()
        passport.vault.decide(later.subject, {"visibility": "public"})
        assert "does not show this badge yet" in (await passport.get(f"/share/{later.id}")).body.decode()
        assert "ann.example" not in (await passport.get(f"/badge/{later.id}")).body.decode()
        shown = tmp_path / "home" / "state" / "published" / "shown.json"
        assert json.loads(shown.read_text()) == [entry.id]
        for damaged in ("7", "{", "[" * 100_000):
            shown.write_text(damaged)
            assert (await passport.get(where)).status == 200


async def test_the_inbox_asks_for_an_address_only_where_that_can_help(tmp_path):
    hashed = (IdentityObject(identity="sha256$" + "a" * 64, hashed=True),)

    def hidden(name: str) -> AchievementSubject:
        return AchievementSubject(achievement=Achievement(name=name), identifiers=hashed)

    async with passport_in(tmp_path, Settings(identities=("ANN@example.org",))) as passport:
        passport.put("verified", name="Mine")
        page = (await passport.get("/inbox")).body.decode()
        assert "is mine" not in page  # it is known already
        assert "This is my address" not in page
        entry = passport.put("not-yours", name="Hidden", subject=hidden("Hidden"))
        passport.put("invalid", name="Forged", subject=hidden("Forged"))
        page = (await passport.get("/inbox")).body.decode()
        assert page.count("This is my address") == 1
        await passport.post("/inbox/claim", urlencode({"id": entry.id, "address": "old@example.org"}), **JSON)
        assert passport.vault.state("profile")["identity:old@example.org"] is True
        assert ("reverify", entry.id) in passport.served.parts.intake.asked


async def test_ones_own_evidence_counts_as_evidence(tmp_path):
    async with passport_in(tmp_path) as passport:
        entry = passport.put(evidence=())
        assert passport.vault.search("has:evidence").total == 0
        await passport.post(f"/badge/{entry.id}/evidence", urlencode({"do": "add", "text": "My talk"}))
        assert passport.vault.search("has:evidence").total == 1
        assert passport.vault.search("").facets["has"]["evidence"] == 1
        await passport.post("/undo", "")
        assert passport.vault.search("has:evidence").total == 0


def test_the_hashtags_of_one_badge_do_not_go_along_into_the_template_of_all() -> None:
    award = Award(name="Knots", issuer="Club", tags=("rope work", "sea"))
    assert templated("Knots! https://a.example #RopeWork #Sea #mine", award, "https://a.example") == (
        "{name}! {link} {hashtags} #mine"
    )
    assert templated("Plain words", Award(name="", issuer=""), "") == "Plain words"


async def test_the_set_up_of_the_page_is_taken_back(tmp_path):
    settings = Settings(publish=PublishSettings(base_url="https://old.example/", target="/srv/old"))
    async with passport_in(tmp_path, settings) as passport:
        fields = {"do": "save", "target": str(tmp_path / "new"), "base_url": "https://new.example/p"}
        assert (await passport.post("/page", urlencode(fields))).status == 303
        page = (await passport.get("/page")).body.decode()
        assert 'value="https://new.example/p/"' in page
        assert (await passport.post("/undo", "")).status == 303
        page = (await passport.get("/page")).body.decode()
        assert 'value="https://old.example/"' in page
        assert 'value="/srv/old"' in page


async def test_an_expired_badge_says_that_its_time_is_over_and_not_that_it_may_not_have_begun(tmp_path):
    async with passport_in(tmp_path) as passport:
        entry = passport.put("expired", name="Past", valid_until="2020-01-01T00:00:00Z")
        pages = [(await passport.get(path)).body.decode() for path in (f"/badge/{entry.id}", "/inbox")]
    assert ["is over." in page for page in pages] == [True, True]
    assert not any("has not begun" in page for page in pages)


@pytest.mark.parametrize(
    ("verdict", "offered"),
    [("verified", True), ("expired", True), ("invalid", False), ("revoked", False), ("not-yours", False)],
)
async def test_what_cannot_be_shared_is_not_offered_for_it(tmp_path, verdict, offered):
    async with passport_in(tmp_path) as passport:
        entry = passport.put(verdict)
        page = (await passport.get(f"/badge/{entry.id}")).body.decode()
        answers = [await passport.get(f"/share/{entry.id}"), await passport.post(f"/share/{entry.id}", "do=post")]
        assert [b"cannot be shared as yours" in answer.body for answer in answers] == [not offered] * 2
        assert offered or [answer.status for answer in answers] == [422, 422]
    assert (f'href="/share/{entry.id}"' in page) is offered
    assert ("Show on my page" in page) is offered


def test_a_map_ends_where_its_skills_end():
    one = Bubble(Skill("Knots"), 460.0, 240.0, 100.0)
    assert frame_of([one]) == (354, 134, 212, 212)
    left, top, width, height = frame_of([one, replace(one, x=20.0, radius=15.0)])
    assert (left, top) == (-1, 134)
    assert (left + width, top + height) == (566, 346)
    assert frame_of([])[2:] == (12, 12)

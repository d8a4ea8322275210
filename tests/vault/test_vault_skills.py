"""The names of one skill are joined where issuers point to the same entry of a framework, and nowhere else."""

from dataclasses import replace

import pytest
from tests.vault.vault_material import StillClock, arrival, opened

from passport.badge.model import Achievement, AchievementSubject, Alignment
from passport.sharing.cv.gathering import CvGatherer
from passport.sharing.cv.kept import KeptSection
from passport.sharing.gathering import Gatherer
from passport.vault.skills import SkillNames, entry_at, named_by
from passport.verification.report import IssuerIdentity, Verdict

ESCO = "http://data.europa.eu/esco/skill/ccd0a1d9-afda-43d9-b901-96344886e14d"


@pytest.mark.parametrize(
    "url",
    [
        "https://data.europa.eu/esco/skill/ccd0a1d9-afda-43d9-b901-96344886e14d/",
        "HTTP://Data.Europa.EU/esco/skill/ccd0a1d9-afda-43d9-b901-96344886e14d",
        f" https://esco.ec.europa.eu/fi/classification/skills?uri={ESCO.replace(':', '%3A')}",
    ],
)
def test_one_entry_however_its_address_is_written(url):
    assert entry_at(url) == entry_at(ESCO) is not None


@pytest.mark.parametrize(
    "url",
    [
        None, "", "Python", "javascript:1", "https://", "http://[", "https://frame.example", "https://frame.example/",
        "https://frame.example/skills", "https://frame.example/skills/v2", "https://frame.example/edition/2024/",
        "https://2024.example", "file:///etc/1", "http://[::1/2",
    ],
)  # fmt: skip
def test_an_address_that_may_be_about_many_is_no_entry(url):
    assert entry_at(url) is None


def test_with_a_code_a_page_about_many_is_an_entry():
    page = "https://frame.example/skills"
    assert entry_at(page, "A1") == entry_at(page + "/", " a1 ") != entry_at(page, "A2")
    assert entry_at(page, " ") is None
    assert entry_at("https://data.example/Case/1") != entry_at("https://data.example/case/1")  # paths tell capitals


def aligned(name, url=ESCO, code=None):
    return Alignment(target_name=name, target_url=url, target_code=code)


def names(*badges):
    said = [one for badge in badges for one in named_by(badge)]
    return SkillNames({one: said.count(one) for one in said})


def test_two_languages_are_one_skill_under_its_commonest_name():
    same = names([aligned("Programming")], [aligned("Ohjelmointi")], [aligned("programming ")])
    assert {same.main(name) for name in ("ohjelmointi", "Programming", "PROGRAMMING")} == {"Programming"}
    assert same.all("Ohjelmointi") == {"ohjelmointi", "programming"}


def test_a_name_in_two_frameworks_joins_both():
    other = "https://credentialengine.example/resources/ce-1"
    same = names(
        [aligned("Programming"), aligned("Programming", other)], [aligned("Ohjelmointi")], [aligned("Coding", other)]
    )
    assert same.all("Coding") == {"ohjelmointi", "programming", "coding"}


@pytest.mark.parametrize(
    "badges",
    [
        ([aligned("First aid"), aligned("Welding")],),  # a page about many, as one badge shows …
        ([aligned("First aid"), aligned("Welding")], [aligned("First aid")], [aligned("Welding")]),  # … to all
        ([aligned("First aid", code="1")], [aligned("Welding", code="2")]),
        ([aligned("First aid", "https://frame.example/")], [aligned("Welding", "https://frame.example/")]),
        ([aligned("First aid", None)], [aligned("Welding", None)]),
        ([aligned("First aid")], [aligned("Welding", ESCO[:-1])]),
        ([aligned("First aid")], [aligned("")], [aligned(None)]),
    ],
)
def test_what_is_not_plainly_one_stays_apart(badges):
    same = names(*badges)
    assert same.main("First aid") == "First aid"
    assert same.main("Welding") == "Welding"
    assert same.all("Welding") == {"welding"}


def entry_number(number):
    return f"https://frame.example/skills/{number}"


def test_one_badge_of_a_stranger_does_not_make_one_skill_of_all():
    own = [[aligned(name, entry_number(number))] for number, name in enumerate(("Law", "Surgery", "Welding"))]
    many = [aligned("Zest", entry_number(number)) for number in range(3)]
    others = [aligned(name, entry_number(number)) for number, name in enumerate(("Surgery", "Welding", "Law"))]
    for stranger in (many, others):
        same = names(*own, stranger)
        assert {same.main(name) for name in ("Law", "Surgery", "Welding")} == {"Law", "Surgery", "Welding"}


def test_a_name_of_two_entries_does_not_part_the_other_names_of_either():
    finnish, swedish = [aligned("Ohjelmointi")], [aligned("Programmering")]
    same = names([aligned("Programming")], finnish, swedish, [aligned("Programming", ESCO[:-1] + "5")])
    assert same.all("Ohjelmointi") == {"ohjelmointi", "programmering"}
    assert same.all("Programming") == {"programming"}


def test_a_chain_of_very_many_names_costs_no_more_than_their_number():
    chain = [(f"//{number}.example/1", f"name {number + more}", "") for more in (0, 1) for number in range(20_000)]
    same = SkillNames(dict.fromkeys(chain, 1))  # took hours when each link copied what it was added to
    assert len(same.all("name 0")) == 20_001


def test_a_code_of_several_lines_is_one_line():
    entry = entry_at("https://frame.example/skills", "a\nb")
    assert entry == entry_at("https://frame.example/skills", "A B")
    assert "\n" not in entry


def held(vault, number, name, verdict=Verdict.VERIFIED):
    about = AchievementSubject(achievement=Achievement(name="x", alignments=(aligned(name),)))
    return vault.put(arrival(str(number).encode(), number=number, verdict=verdict, subject=about)).entry


def test_a_skill_is_found_and_counted_under_each_of_its_names(tmp_path):
    vault = opened(tmp_path)
    for number, name in enumerate(("Programming", "Ohjelmointi", "programming", "Programming"), 1):
        held(vault, number, name)
    assert vault.search("skill:ohjelmointi").total == vault.search("skill:PROGRAMMING").total == 4
    assert vault.search("").facets["skill"] == {"Programming": 4}
    assert vault.search("-skill:ohjelmointi").total == vault.search("skill:welding").total == 0
    for number in range(5, 60):  # so many that they are counted by their bitmaps
        held(vault, number, "Ohjelmointi")
    assert vault.search("").facets["skill"] == {"Ohjelmointi": 59}
    vault.close()


def test_a_cv_by_skill_takes_all_its_names(tmp_path):
    vault = opened(tmp_path)
    shown = [held(vault, number, name) for number, name in enumerate(("Programming", "Ohjelmointi", "Programming"), 1)]
    for entry in shown[:2]:
        vault.decide(entry.subject, {"visibility": "public"})
    gatherer = Gatherer(vault=vault, work=None, clock=StillClock())
    section = KeptSection(kind="badges", choice="skill", value="OHJELMOINTI")
    assert {entry.id for entry in CvGatherer(gatherer=gatherer).chosen(section)} == {entry.id for entry in shown[:2]}
    vault.close()


def test_a_forged_or_trashed_badge_joins_nothing(tmp_path):
    vault = opened(tmp_path)
    held(vault, 1, "Programming")
    held(vault, 2, "Surgery", Verdict.INVALID)
    wrong = held(vault, 3, "Law")
    assert vault.search("skill:programming").total == 2
    vault.decide(wrong.subject, {"trashed": True})
    assert vault.search("skill:programming").total == 1
    assert vault.skill_names().all("Law") == {"law"}
    vault.decide(wrong.subject, {"trashed": False})
    assert vault.search("skill:law").total == 2
    vault.close()


@pytest.mark.parametrize(
    ("verdict", "identity"),
    [
        (Verdict.UNCONFIRMED, IssuerIdentity.DOMAIN),
        (Verdict.NOT_YOURS, IssuerIdentity.KNOWN),
        (Verdict.VERIFIED, IssuerIdentity.SELF_ASSERTED),
        (Verdict.VERIFIED, None),
    ],
)
def test_a_badge_that_anybody_can_write_joins_nothing(tmp_path, verdict, identity):
    vault = opened(tmp_path)
    held(vault, 1, "Programming")
    one = arrival(b"2", number=2, subject=AchievementSubject(achievement=Achievement(alignments=(aligned("Surgery"),))))
    found = vault.put(replace(one, report=replace(one.report, verdict=verdict, issuer_identity=identity))).entry
    assert found.skills == ("Surgery",)
    assert found.named == ()
    assert vault.search("skill:programming").total == 1
    vault.close()


def test_an_index_from_before_is_derived_anew(tmp_path):
    vault = opened(tmp_path)
    held(vault, 1, "Programming")
    held(vault, 2, "Ohjelmointi")
    meta = vault._engine.index._meta
    meta.put(1, {**meta.get(doc_id=1), "format": 2})
    for number, row in list(vault._engine.index.badges.raw_rows()):
        older = {key: value for key, value in row["content"].items() if key != "named"}
        vault._engine.index.badges.put(number, {**row, "content": older})
    vault.close()
    vault = opened(tmp_path)
    assert vault.search("skill:ohjelmointi").total == 2
    vault.close()

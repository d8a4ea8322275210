"""Finding entries again."""

from __future__ import annotations

import random

import pytest
from tests.vault.computers_material import Careless
from tests.vault.vault_material import StillClock, arrival, opened

from passport.verification.report import Verdict


@pytest.fixture
def vault(tmp_path):
    vault = opened(tmp_path)
    vault.put(arrival(b"1", number=1, name="Crème brûlée", valid_from="2024-01-01"))
    vault.put(
        arrival(b"2", number=2, name="Welding of beams", valid_from="2025-01-01", valid_until="2026-03-20T00:00:00Z")
    )
    vault.put(arrival(b"3", number=3, name="Älyjen äly", verdict=Verdict.INVALID))
    vault.decide(vault.search("creme").entries[0].subject, {"tag:Sweet Things": True, "rating": 5})
    yield vault
    vault.close()


def names(vault, query, **more):
    return [entry.name for entry in vault.search(query, **more).entries]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("creme", ["Crème brûlée"]),
        ("CRÈME bru", ["Crème brûlée"]),
        ("rème", []),
        ("weld bea", ["Welding of beams"]),
        ("beams creme", []),
        ("aly", ["Älyjen äly"]),
        ('tag:"sweet things"', ["Crème brûlée"]),
        ("tag:sweet", []),
        ("sweet", ["Crème brûlée"]),
        ("verdict:invalid", ["Älyjen äly"]),
        ("-verdict:verified", ["Älyjen äly"]),
        ("year:2024", ["Crème brûlée"]),
        ("expiring:30d", ["Welding of beams"]),
        ("expiring:5", []),
        ("expiring:", ["Welding of beams"]),
        ("rating:5", ["Crème brûlée"]),
        ("issuer:sparks -beams -aly", ["Crème brûlée"]),
        ('skill:"arc welding" is:new year:2025 beam', ["Welding of beams"]),
        ('issuer:"School of Sparks" year:2024', ["Crème brûlée"]),
        ("issuer:https://school.example/issuer year:2024", ["Crème brûlée"]),
        ("issuer:school.example year:2024", ["Crème brûlée"]),
        ("issuer:", []),
        ("has:evidence", []),
        ("nothing:such", []),
        ('"', ["Älyjen äly", "Crème brûlée", "Welding of beams"]),
    ],
)
def test_queries(vault, query, found):
    assert sorted(names(vault, query)) == sorted(found)


def test_sorting_and_paging(vault):
    assert names(vault, "", sort="date") == ["Älyjen äly", "Welding of beams", "Crème brûlée"]
    assert names(vault, "", sort="-date") == ["Crème brûlée", "Welding of beams", "Älyjen äly"]
    assert names(vault, "", sort="name")[0] == "Älyjen äly"
    assert names(vault, "", sort="rating")[0] == "Crème brûlée"
    assert names(vault, "", sort="expiry")[0] == "Welding of beams"
    page = vault.search("", sort="name", offset=1, limit=1)
    assert (page.total, [e.name for e in page.entries]) == (3, ["Crème brûlée"])
    assert page.facets["verdict"] == {"verified": 2, "invalid": 1}


def test_the_trash_is_apart(vault):
    entry = vault.search("weld bea").entries[0]
    vault.decide(entry.subject, {"trashed": True})
    assert names(vault, "weld bea") == []
    assert names(vault, "weld bea", include_trashed=True) == ["Welding of beams"]
    assert names(vault, "is:trashed") == ["Welding of beams"]


def test_a_last_day_that_passes_makes_expired(tmp_path):
    clock = StillClock()
    vault = opened(tmp_path, clock)
    kept = vault.put(arrival(valid_until="2026-03-20T00:00:00Z")).entry
    assert names(vault, "verdict:verified") == ["Welding"]
    clock.forward(days=30)
    assert names(vault, "verdict:verified") == []
    assert vault.search("is:expired").facets["verdict"] == {"expired": 1}
    assert vault.entry(kept.id).verdict == "expired"
    clock.forward(days=-30)
    assert names(vault, "verdict:verified") == ["Welding"]
    vault.close()


def test_collections_by_hand_and_by_rule(vault):
    creme, beams = (vault.search(q).entries[0] for q in ("creme", "beams"))
    vault.decide("collection:c1", {"name": "Crafts & Food", f"member:{creme.id}": 2, f"member:{beams.id}": 1})
    vault.decide("collection:c2", {"name": "Bad ones", "rule": "verdict:invalid"})
    vault.decide("collection:c3", {"name": "Both", "rule": 'collection:c2 OR "never"'})
    vault.decide("collection:c4", {"name": "Round", "rule": "collection:c4 creme"})
    assert names(vault, "collection:c1", sort="collection:c1") == ["Welding of beams", "Crème brûlée"]
    assert names(vault, 'collection:"crafts & food" creme') == ["Crème brûlée"]
    assert names(vault, "collection:c2") == ["Älyjen äly"]
    assert names(vault, "collection:c4") == []
    assert vault.search().facets["collection"] == {"c1": 2, "c2": 1}
    assert vault.entry(creme.id).collections == ("c1",)
    vault.decide("collection:c5", {"name": "Mixed", "rule": "creme", f"member:{beams.id}": 1})
    assert names(vault, "collection:c5", sort="collection:c5") == ["Welding of beams", "Crème brûlée"]
    bad = vault.search("verdict:invalid").entries[0]
    vault.decide("collection:c5", {f"place:{creme.id}": 0, f"place:{bad.id}": 0})  # a place puts nothing in
    assert names(vault, "collection:c5", sort="collection:c5") == ["Crème brûlée", "Welding of beams"]
    vault.decide("collection:c1", {f"member:{creme.id}": None})
    assert vault.entry(creme.id).collections == ()
    vault.decide("collection:c1", {"trashed": True})
    assert names(vault, "collection:c1") == []


def test_a_year_zero_and_a_thousand_other_oddities_are_found(tmp_path):
    vault = opened(tmp_path)
    for number, odd in enumerate(("0000-00-00", "yesterday", "-1", "9999-12-31", "1e400", "１９９９")):
        vault.put(arrival(b"%d" % number, number=number, valid_from=odd, valid_until=odd))
    for sort in ("date", "expiry", "name", "issuer", "rating", "added", "collection:none", "nonsense", "-"):
        assert vault.search("", sort=sort).total == 6
    vault.close()


WORDS = ["arc", "weld", "welder", "äther", "cafe", "café", "über", "日本", "x1", "c++", "steel-beam"]


@pytest.mark.parametrize("seed", range(4))
def test_the_catalogue_kept_up_to_date_answers_as_one_built_anew(tmp_path, seed):
    chance = random.Random(seed)
    vault = opened(tmp_path)
    vault.search()
    for number in range(25):
        name = " ".join(chance.sample(WORDS, 2))
        until = chance.choice([None, "2026-03-10T00:00:00Z", "2027-01-01T00:00:00Z"])
        vault.put(
            arrival(
                b"%d" % number, number=number, name=name, valid_until=until, verdict=chance.choice(list(Verdict)[1:])
            )
        )
    subjects = vault.subjects("badge:")
    queries = [
        *WORDS,
        "",
        "tag:x",
        "-tag:x",
        "verdict:expired",
        "rating:3 we",
        "is:trashed",
        "expiring:",
        "collection:c",
    ]
    keys = [("tag:x", True), ("tag:x", None), ("rating", 3), ("trashed", True), ("trashed", False)]
    for step in range(120):
        subject = chance.choice(subjects)
        key, value = chance.choice([*keys, ("note", chance.choice(WORDS))])
        vault.decide(subject, {key: value})
        vault.decide("collection:c", {f"member:{subject[6:]}": chance.choice([None, step])})
        if step % 30 == 29:
            kept = [vault.search(q, sort=s, limit=9) for q in queries for s in ("added", "name", "-rating", "expiry")]
            vault.reindex()
            again = [vault.search(q, sort=s, limit=9) for q in queries for s in ("added", "name", "-rating", "expiry")]
            assert kept == again
    vault.close()


def test_what_the_owner_takes_back_is_found_no_more(vault):
    subject = vault.search("weld bea").entries[0].subject
    vault.decide(subject, {"tag:Fire": True, "note": "Sparks fly"})
    assert names(vault, "fire") == names(vault, "fly") == names(vault, "tag:fire") == ["Welding of beams"]
    assert names(vault, "has:note") == ["Welding of beams"]
    vault.decide(subject, {"tag:Fire": False, "note": ""})
    assert names(vault, "fire") == names(vault, "fly") == names(vault, "tag:fire") == names(vault, "has:note") == []


@pytest.mark.parametrize("word", ["visibility", "bility", "rating", "note", "tag", "true", "5"])
def test_how_decisions_are_kept_is_not_searched(vault, word):
    vault.decide(vault.search("weld bea").entries[0].subject, {"tag:Fire": True, "note": "x", "visibility": "public"})
    assert names(vault, word) == []


def test_hundreds_are_sorted_paged_and_counted_as_a_few_are(tmp_path):
    vault = opened(tmp_path, disk=Careless())
    chance, days, count = random.Random(5), [*range(320)], 320
    chance.shuffle(days)
    for number, day in enumerate(days):
        verdict = Verdict.INVALID if number % 40 == 7 else Verdict.VERIFIED
        said = {
            "name": f"Rope {day:03d}",
            "valid_from": f"{2000 + day // 28}-01-{1 + day % 28:02d}",
            "verdict": verdict,
        }
        vault.put(arrival(b"%d" % number, number=number, **said))
    trashed = [entry.subject for entry in vault.search("00", limit=count).entries]
    vault.decide_all({subject: {"trashed": True} for subject in trashed})
    kept = [f"Rope {day:03d}" for day in range(count) if not str(f"{day:03d}").startswith("00")]
    assert (len(kept), len(trashed)) == (310, 10)
    assert names(vault, "", sort="name", limit=count) == names(vault, "", sort="-date", limit=count) == kept
    assert names(vault, "", sort="-name", limit=count) == names(vault, "", sort="date", limit=count) == kept[::-1]
    assert names(vault, "", sort="name", offset=305, limit=3) == kept[305:308]
    page = vault.search("rope", limit=0)
    assert (page.total, page.entries, vault.count("rope"), vault.count("is:trashed")) == (310, (), 310, 10)
    assert page.facets["verdict"] == {"verified": 310 - vault.count("verdict:invalid"), "invalid": 8}
    assert page.facets["skill"] == {"Arc welding": 310, "metal": 310}
    vault.close()


def test_what_the_owner_orders_by_text_comes_after_numbers(vault):
    creme, beams, aly = (vault.search(query).entries[0].id for query in ("creme", "beams", "aly"))
    vault.decide("collection:c", {f"member:{creme}": "b", f"member:{beams}": "a", f"member:{aly}": 7})
    assert names(vault, "collection:c", sort="collection:c") == ["Älyjen äly", "Welding of beams", "Crème brûlée"]
    vault.decide("collection:c", {f"member:{aly}": ["odd"]})
    assert names(vault, "collection:c", sort="collection:c") == ["Welding of beams", "Crème brûlée", "Älyjen äly"]

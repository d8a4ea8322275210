"""Finding entries again."""

from __future__ import annotations

import pytest
from tests.vault.vault_material import arrival, opened

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

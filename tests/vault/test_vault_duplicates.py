"""The same badge twice is one entry; a forged copy never blocks or replaces the real one."""

from __future__ import annotations

import pytest
from tests.vault.vault_material import arrival, credential, opened, report

from passport.badge.model import Securing
from passport.verification.documents import Documents
from passport.verification.report import Verdict


@pytest.fixture
def vault(tmp_path):
    vault = opened(tmp_path)
    yield vault
    vault.close()


def test_the_same_file_twice(vault):
    first = vault.put(arrival())
    again = vault.put(arrival())
    assert (again.result, again.entry) == ("already-there", first.entry)
    assert len(vault.history(first.entry.subject)) == 2


def test_the_same_badge_baked_twice_is_one_entry_with_two_files(vault):
    first = vault.put(arrival(b"\x89PNG one"))
    again = vault.put(arrival(b"\x89PNG other picture"))
    assert again.result == "already-there"
    assert again.entry.id == first.entry.id
    assert len(again.entry.files) == 2
    assert vault.search().total == 1


def test_the_same_statement_signed_again_is_one_entry(vault):
    first = vault.put(arrival(b"one"))
    again = vault.put(arrival(b"two", document={"proof": {"proofValue": "z2"}}))
    assert again.entry.id == first.entry.id


def test_a_hosted_badge_is_its_address(vault):
    url = "https://school.example/assertions/9"
    bare = credential(securing=Securing.HOSTED, hosted_url=url, document={}, source=url)
    baked = credential(securing=Securing.HOSTED, hosted_url=url, document={"other": 1})
    first = vault.put(arrival(b"one", made_of=bare))
    assert vault.put(arrival(b"two", made_of=baked)).entry.id == first.entry.id


def test_another_version_of_the_same_credential_is_the_same_entry(vault):
    first = vault.put(arrival(b"one"))
    newer = vault.put(arrival(b"two", name="Welding II", valid_from="2026-01-01T00:00:00Z"))
    assert newer.result == "already-there"
    assert newer.entry.id == first.entry.id
    assert newer.entry.name == "Welding II"
    older = vault.put(arrival(b"three", name="Welding 0", valid_from="2020-01-01T00:00:00Z"))
    assert (older.entry.name, len(older.entry.files)) == ("Welding II", 3)
    assert vault.put(arrival(b"four", name="Welding 0", valid_from="2020-01-01T00:00:00Z")).entry.id == first.entry.id


def test_when_the_newer_version_is_found_out_the_older_one_is_shown_again(vault):
    first = vault.put(arrival(b"one")).entry
    newer = vault.put(arrival(b"two", name="Welding II", valid_from="2026-01-01T00:00:00Z")).entry
    assert newer.name == "Welding II"
    vault.record_report(newer.id, report(Verdict.INVALID, name="Welding II"), Documents(), sha256=newer.sha256)
    shown = vault.entry(first.id)
    assert (shown.name, shown.verdict, shown.sha256) == ("Welding", "verified", first.sha256)
    assert vault.report(first.id).credential.title == "Welding"
    vault.reindex()
    assert vault.search("welding").entries == (shown,)


@pytest.mark.parametrize("forgery_first", [True, False])
@pytest.mark.parametrize("verdict", [Verdict.INVALID, Verdict.UNCONFIRMED])
def test_a_forged_copy_stays_apart(vault, forgery_first, verdict):
    real = arrival(b"real")
    forged = arrival(b"forged", name="Welding (forged)", verdict=verdict)
    kept = [vault.put(a) for a in ((forged, real) if forgery_first else (real, forged))]
    assert [k.result for k in kept] == ["added", "added"]
    assert vault.put(real).entry.verdict == "verified"
    assert vault.put(real).entry.name == "Welding"


@pytest.mark.parametrize("forgery_first", [True, False])
@pytest.mark.parametrize("verdict", [Verdict.INVALID, Verdict.UNCONFIRMED])
def test_a_copy_with_a_wrong_signature_never_hides_the_right_one(vault, forgery_first, verdict):
    real = arrival(b"real")
    forged = arrival(b"forged", verdict=verdict, document={"proof": {"proofValue": "zforged"}})
    for one in (forged, real) if forgery_first else (real, forged):
        vault.put(one)
    (entry,) = vault.search().entries
    assert entry.verdict == "verified"
    assert vault.original(entry.sha256) == b"real"
    assert vault.report(entry.id).verdict is Verdict.VERIFIED
    vault.reindex()
    assert vault.search().entries == (entry,)


def test_the_same_id_of_another_issuer_is_another_badge(vault):
    vault.put(arrival(b"one"))
    assert vault.put(arrival(b"two", name="Other", issuer="https://other.example")).result == "added"


def test_two_statements_of_one_file_are_two_entries(vault):
    vault.put(arrival(b"one", number=1))
    assert vault.put(arrival(b"one", number=2, index=1)).result == "added"
    assert vault.put(arrival(b"one", number=2, index=1)).result == "already-there"
    assert vault.search().total == 2


def test_what_cannot_be_read_is_known_by_its_file(vault):
    broken = arrival(b"one", verdict=Verdict.INVALID)
    object.__setattr__(broken.report, "credential", None)
    first = vault.put(broken)
    assert (first.result, first.entry.name, first.entry.verdict) == ("added", "welding.png", "invalid")
    assert vault.put(broken).result == "already-there"


def test_verified_again_at_import_says_more(vault):
    first = vault.put(arrival(verdict=Verdict.UNCONFIRMED))
    assert vault.put(arrival()).entry.verdict == "verified"
    assert vault.put(arrival(verdict=Verdict.UNCONFIRMED)).entry.verdict == "verified"
    assert vault.put(arrival()).entry.id == first.entry.id


def test_what_is_taken_in_by_hand_comes_back_from_the_trash(vault):
    entry = vault.put(arrival()).entry
    vault.decide(entry.subject, {"trashed": True})
    assert vault.put(arrival()).entry.trashed
    assert not vault.put(arrival(kind="import")).entry.trashed

"""What is purged is gone from the disk and stays gone; what is rewritten loses nothing else."""

from __future__ import annotations

import pytest
from tests.vault.vault_material import StillClock, arrival, opened, some_documents

from passport.errors import VaultError
from passport.vault.compacting import MANY_SEGMENTS
from passport.verification.report import Verdict


def everything_in(folder):
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def picture(vault):
    """All that the vault shows, to compare before and after."""
    subjects = vault.subjects("")
    return (
        vault.search("", include_trashed=True),
        {subject: vault.state(subject) for subject in subjects},
        {subject: vault.history(subject) for subject in subjects},
        {e.id: vault.report(e.id) for e in vault.search("").entries},
    )


def test_a_purged_badge_is_gone_from_the_disk(tmp_path):
    vault = opened(tmp_path)
    kept = vault.put(arrival(b"kept", number=1, name="Kept")).entry
    gone = vault.put(arrival(b"gone-file", number=2, name="Gone", documents=some_documents(b"gone-body"))).entry
    vault.decide(gone.subject, {"note": "my secret", "tag:x": True})
    vault.record_report(gone.id, arrival(number=2, name="Gone", verdict=Verdict.REVOKED).report, some_documents(b"x"))
    vault.decide(kept.subject, {"note": "stays"})
    told = []
    vault.subscribe(told.append)
    vault.purge(gone.id)
    for _ in range(2):
        assert vault.entry(gone.id) is None
        assert vault.search("", include_trashed=True).entries == (vault.entry(kept.id),)
        assert vault.entry(kept.id).note == "stays"
        assert vault.report(kept.id).verdict is Verdict.VERIFIED
        assert vault.was_purged(gone.sha256)
        assert not vault.was_purged(kept.sha256)
        assert vault.state(gone.subject) == {}
        for word in (b"my secret", b"Gone", b"gone-file", b"Z29uZS1ib2R5", b"gone-body"):
            assert word not in everything_in(tmp_path / "vault")
        assert vault.scrub().sound
        vault.close()
        vault = opened(tmp_path)
        vault.reindex()
    assert [change.kind for change in told] == ["purged"]
    with pytest.raises(VaultError):
        vault.purge(gone.id)
    assert vault.put(arrival(b"gone-file", number=2, name="Gone")).result == "added"
    assert not vault.was_purged(gone.sha256)
    assert vault.entry(gone.id).name == "Gone"
    vault.close()


def test_a_file_that_two_badges_share_stays(tmp_path):
    vault = opened(tmp_path)
    one = vault.put(arrival(b"shared", number=1, documents=some_documents())).entry
    two = vault.put(arrival(b"shared", number=2, index=1, documents=some_documents())).entry
    vault.purge(one.id)
    assert vault.original(two.sha256) == b"shared"
    assert vault.documents(two.id) == some_documents()
    vault.purge(two.id)
    assert not list((tmp_path / "vault" / "objects").glob("*/*"))
    assert not list((tmp_path / "vault" / "documents").glob("*/*"))
    vault.close()


def test_the_trash_is_emptied_of_what_has_been_there_long_enough(tmp_path):
    clock = StillClock()
    vault = opened(tmp_path, clock)
    first, second, third = (vault.put(arrival(b"%d" % n, number=n)).entry for n in range(3))
    vault.decide(first.subject, {"trashed": True})
    vault.decide(third.subject, {"trashed": True})
    vault.decide(third.subject, {"trashed": False})
    clock.forward(days=20)
    vault.decide(second.subject, {"trashed": True})
    clock.forward(days=11)
    assert vault.empty_trash(days=30) == [first.id]
    assert vault.empty_trash() == [second.id]
    assert vault.entry(third.id) is not None
    vault.close()


def test_many_small_journals_become_few_and_nothing_changes(tmp_path):
    vault = opened(tmp_path)
    entries = [vault.put(arrival(b"%d" % n, number=n)).entry for n in range(3)]
    for round_ in range(MANY_SEGMENTS + 3):
        vault.close()
        vault = opened(tmp_path)
        vault.decide(entries[round_ % 3].subject, {"note": f"round {round_}", f"k{round_ % 7}": round_})
        vault.decide("profile", {"name": f"name {round_}"})
        if round_ == MANY_SEGMENTS - 4:
            before = picture(vault)
            count = round_
    segments = len(list((tmp_path / "vault" / "journal").iterdir()))
    assert segments < 10
    assert count
    assert before != picture(vault)
    after = picture(vault)
    vault.reindex()
    assert picture(vault) == after
    assert len(after[2]["profile"]) == MANY_SEGMENTS + 3
    vault.close()

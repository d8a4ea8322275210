"""What is put is kept, what is decided is decided, and both are there after closing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.vault.vault_material import StillClock, arrival, opened, report, some_documents

from passport.errors import VaultError
from passport.vault.journal import encode_line, read_lines
from passport.vault.model import Standing
from passport.vault.verdicts import verdicts
from passport.verification.documents import Documents
from passport.verification.report import Verdict


@pytest.fixture
def vault(tmp_path):
    vault = opened(tmp_path)
    yield vault
    vault.close()


def test_a_badge_is_kept_as_it_came(vault):
    documents = some_documents(b"\x00\xff")
    coming = arrival(documents=documents)
    kept = vault.put(coming)
    assert kept.result == "added"
    entry = vault.entry(kept.entry.id)
    assert entry == kept.entry
    assert (entry.name, entry.issuer, entry.verdict) == ("Welding", "School of Sparks", "verified")
    assert vault.original(entry.sha256) == coming.file
    assert vault.report(entry.id) == coming.report
    assert vault.documents(entry.id) == documents
    assert len(entry.id) == 16
    assert entry.id == entry.id.lower()
    assert entry.skills == ("Arc welding", "metal")


def test_everything_is_there_after_closing(tmp_path):
    vault = opened(tmp_path)
    entry = vault.put(arrival(documents=some_documents())).entry
    vault.decide(
        entry.subject, {"tag:steel": True, "note": "Took three tries", "rating": 4, "own:thing": [1, {"a": 2}]}
    )
    vault.decide("collection:c1", {"name": "Crafts"})
    vault.close()
    vault = opened(tmp_path)
    found = vault.entry(entry.id)
    assert (found.tags, found.note, found.rating) == (("steel",), "Took three tries", 4)
    assert vault.state(entry.subject)["own:thing"] == [1, {"a": 2}]
    assert vault.state("collection:c1") == {"name": "Crafts"}
    assert vault.subjects("collection:") == ["collection:c1"]
    assert vault.report(entry.id) == arrival().report
    vault.close()


def test_a_start_writes_nothing_into_the_folder_but_its_journal(tmp_path):
    opened(tmp_path).close()
    marker = tmp_path / "vault" / "vault.json"
    before = (marker.stat().st_ino, marker.stat().st_mtime_ns)
    for _ in range(2):
        opened(tmp_path).close()
    assert (marker.stat().st_ino, marker.stat().st_mtime_ns) == before


def test_the_index_is_derived(tmp_path):
    vault = opened(tmp_path)
    entry = vault.put(arrival()).entry
    vault.decide(entry.subject, {"tag:steel": True})
    before = vault.entry(entry.id)
    vault.reindex()
    assert vault.entry(entry.id) == before
    vault.close()
    index = tmp_path / "state" / "index"
    for path in index.iterdir():
        path.unlink()
    opened(tmp_path).close()
    for left_over in ("index.99.jrnl", "index.json.tmp"):
        (index / left_over).write_bytes(b"of a program that was killed")
    vault = opened(tmp_path)
    assert vault.entry(entry.id) == before
    assert {path.name.partition(".")[0] for path in index.iterdir()} == {"index"}
    assert not {"index.99.jrnl", "index.json.tmp"} & {path.name for path in index.iterdir()}
    vault.close()


def test_the_last_word_wins_and_the_loser_stays_visible(vault):
    entry = vault.put(arrival()).entry
    vault.decide(entry.subject, {"note": "first"})
    vault.decide(entry.subject, {"note": "second"})
    vault.decide(entry.subject, {"note": None})
    assert vault.entry(entry.id).note == ""
    told = [(e.value, e.current) for e in vault.history(entry.subject) if e.key == "note"]
    assert told == [("first", False), ("second", False), (None, True)]


def test_a_new_report_replaces_the_old_one_and_the_history_keeps_both(vault):
    entry = vault.put(arrival()).entry
    vault.record_report(entry.id, report(Verdict.REVOKED), some_documents())
    assert vault.entry(entry.id).verdict == "revoked"
    assert vault.report(entry.id).verdict is Verdict.REVOKED
    assert len(vault.documents(entry.id)) == 2
    assert sum(e.key.startswith("report:") for e in vault.history(entry.subject)) == 2


def test_subscribers_are_told_after_it_is_durable(vault):
    told = []
    stop = vault.subscribe(lambda change: told.append((change.kind, vault.entry(change.subject[6:]).name)))
    entry = vault.put(arrival()).entry
    vault.decide(entry.subject, {"rating": 1})
    stop()
    vault.decide(entry.subject, {"rating": 2})
    assert told == [("added", "Welding"), ("changed", "Welding")]


def test_what_is_unknown_is_refused(vault):
    with pytest.raises(VaultError, match="no badge"):
        vault.decide("badge:aaaaaaaaaaaaaaaa", {"note": "x"})
    with pytest.raises(VaultError, match="no badge"):
        vault.report("aaaaaaaaaaaaaaaa")
    with pytest.raises(VaultError, match="not in the vault"):
        vault.original("0" * 64)
    assert vault.entry("aaaaaaaaaaaaaaaa") is None
    assert vault.state("badge:aaaaaaaaaaaaaaaa") == {}


@pytest.mark.parametrize("value", [object(), {1, 2, object()}, b"\xff".decode("latin-1").encode, "\ud800"])
def test_what_json_cannot_hold_is_refused_and_nothing_changes(vault, value):
    entry = vault.put(arrival()).entry
    with pytest.raises(VaultError):
        vault.decide(entry.subject, {"note": "half", "other": value})
    assert vault.entry(entry.id).note == ""


def test_a_second_process_is_refused_at_once(vault, tmp_path):
    with pytest.raises(VaultError, match="already"):
        opened(tmp_path)


def test_a_damaged_original_is_never_handed_out(vault, tmp_path):
    entry = vault.put(arrival()).entry
    path = next((tmp_path / "vault" / "objects").glob("*/*"))
    path.write_bytes(b"\x89PNG two")
    with pytest.raises(VaultError, match="damaged"):
        vault.original(entry.sha256)


def test_a_missing_marker_means_not_there(tmp_path):
    vault = opened(tmp_path)
    vault.put(arrival())
    vault.close()
    (tmp_path / "vault").rename(tmp_path / "elsewhere")
    with pytest.raises(VaultError, match="not there"):
        opened(tmp_path)
    assert not (tmp_path / "vault").exists()
    (tmp_path / "elsewhere").rename(tmp_path / "vault")
    vault = opened(tmp_path)
    assert vault.search().total == 1
    vault.close()


def test_a_wrong_clock_does_not_make_decisions_vanish(tmp_path):
    clock = StillClock()
    vault = opened(tmp_path, clock)
    entry = vault.put(arrival()).entry
    clock.forward(days=400)
    vault.decide(entry.subject, {"note": "from the future", "rating": 1})
    clock.forward(days=-400)
    vault.decide(entry.subject, {"note": "today"})
    vault.close()
    vault = opened(tmp_path, clock)
    assert (vault.entry(entry.id).note, vault.entry(entry.id).rating) == ("today", 1)
    vault.close()


def test_checking_every_week_costs_next_to_nothing(vault, tmp_path):
    entry = vault.put(arrival(documents=some_documents())).entry
    again = replace(report(), verified_at="2026-04-01T00:00:00Z")
    later = Documents.of(replace(d, fetched_at="2026-04-01T00:00:00Z") for d in some_documents().values())
    vault.record_report(entry.id, again, later)
    assert vault.report(entry.id) == again
    assert vault.entry(entry.id).verified_at == "2026-04-01T00:00:00Z"
    assert vault.documents(entry.id) == some_documents()
    assert len(list((tmp_path / "vault" / "documents").glob("*/*"))) == 1


def test_what_answered_otherwise_is_kept_though_the_verdict_is_the_same(vault, tmp_path):
    first = vault.put(arrival(documents=some_documents())).entry
    for month, body in enumerate((b"another body", b"another body", b"a third"), 4):
        again = replace(report(), verified_at=f"2026-0{month}-01T00:00:00Z")
        vault.record_report(first.id, again, some_documents(body))
        assert vault.documents(first.id) == some_documents(body)
    vault.reindex()
    assert vault.documents(first.id) == some_documents(b"a third")
    assert vault.report(first.id) == again
    (judged,) = verdicts(vault.history(first.subject))
    assert (judged.verdict, judged.at[:10], judged.until[:10]) == ("verified", "2026-03-01", "2026-06-01")
    assert vault.archive(judged.documents) == some_documents(b"a third")
    vault.record_report(first.id, replace(again, verdict=Verdict.EXPIRED), some_documents())
    assert vault.documents(first.id) == some_documents()
    assert vault.scrub().sound
    vault.purge(first.id)
    assert not list((tmp_path / "vault" / "documents").glob("*/*"))


def test_dates_alone_are_kept_anew_once_in_a_while(vault):
    entry = vault.put(arrival(documents=some_documents())).entry
    later = Documents.of(replace(d, fetched_at="2026-06-15T00:00:00Z") for d in some_documents().values())
    vault.record_report(entry.id, replace(report(), verified_at="2026-06-15T00:00:00Z"), later)
    assert vault.documents(entry.id) == later


def test_a_check_as_older_versions_wrote_it_counts(vault):
    entry = vault.put(arrival(documents=some_documents())).entry
    with vault._engine.writing:
        vault._engine.say([(entry.subject, {f"checked:{entry.sha256}": "2026-05-01T00:00:00Z"})])
    assert vault.entry(entry.id).verified_at == "2026-05-01T00:00:00Z"
    assert vault.documents(entry.id) == some_documents()


def test_what_stands_in_the_way_is_kept_and_goes_again(vault):
    entry = vault.put(arrival()).entry
    standing = Standing(state="gone", since="2026-03-01T00:00:00Z", why="It is not there.")
    vault.record_standing(entry.id, standing)
    vault.reindex()
    assert vault.entry(entry.id).standing == standing
    assert vault.entry(entry.id).verdict == "verified"
    vault.record_standing(entry.id, None)
    vault.record_standing(entry.id, None)
    assert vault.entry(entry.id).standing is None
    assert [j.standing for j in verdicts(vault.history(entry.subject)) if not j.verdict] == ["gone", "answers"]
    with pytest.raises(VaultError):
        vault.decide(entry.subject, {"standing": None})


def test_a_report_of_another_version_is_tolerated(tmp_path):
    vault = opened(tmp_path)
    entry = vault.put(arrival()).entry
    vault.close()
    (journal,) = (tmp_path / "vault" / "journal").iterdir()
    line = next(read_lines(journal.read_bytes()))
    ((subject, values),) = line.said
    (key,) = (k for k in values if k.startswith("report:"))
    values[key]["report"] |= {"checks": "as in the year 2040", "verdict": "verified"}
    journal.write_bytes(encode_line(line.stamp, [(subject, values)]))
    vault = opened(tmp_path)
    vault.reindex()
    assert vault.entry(entry.id).verdict == "verified"
    assert vault.entry(entry.id).name == "welding.png"
    assert [found.id for found in vault.search("").entries] == [entry.id]
    with pytest.raises(VaultError, match="this version"):
        vault.report(entry.id)
    vault.record_report(entry.id, report(), some_documents())
    assert vault.entry(entry.id).name == "Welding"
    vault.close()


def test_the_owner_cannot_decide_what_was_verified(vault):
    entry = vault.put(arrival()).entry
    for key in ("report:" + entry.sha256, "file:x", "purged", "checked:x"):
        with pytest.raises(VaultError, match="owner"):
            vault.decide(entry.subject, {key: True})


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="open files are listed on Linux alone")
def test_a_closed_vault_leaves_no_file_open(tmp_path):
    def held() -> list[str]:
        links = [link for link in Path("/proc/self/fd").iterdir() if link.exists()]
        return [target for link in links if str(tmp_path) in (target := str(link.resolve()))]

    for number in (1, 2):
        vault = opened(tmp_path)
        vault.put(arrival(b"%d" % number, number=number))
        vault.decide(vault.search("").entries[0].subject, {"rating": number})
        assert held()
        vault.close()
        assert held() == []

"""Backups come back, exports need no program, and nothing that is there is changed by either."""

from __future__ import annotations

import io
import random
import tarfile
import threading
import tracemalloc
from pathlib import Path

import pytest
from tests.vault.computers_material import machines
from tests.vault.vault_material import arrival, opened, places_in, some_documents

from passport.errors import VaultError
from passport.settings.writing import write_settings
from passport.vault.age import Opened, Sealer
from passport.vault.compacting import MANY_SEGMENTS
from passport.vault.model import Progress
from passport.vault.vault import Vault

PASSPHRASE = "correct horse battery"
QUICK = 8
"""scrypt's work factor: what is tested is not how long it takes."""


def filled(folder: Path) -> Vault:
    vault = opened(folder)
    for number in range(3):
        kept = vault.put(arrival(f"\x89PNG {number}".encode("latin-1"), number=number, documents=some_documents()))
        vault.decide(kept.entry.subject, {"tag:rope": True, "note": f"note {number}"})
    return vault


def state(vault: Vault) -> list[tuple[object, ...]]:
    entries = vault.search(limit=100).entries
    return sorted((e.id, e.sha256, e.tags, e.note, e.verdict, vault.original(e.sha256)) for e in entries)


def seal(target: Path, plain: bytes) -> None:
    with target.open("wb") as file:
        sealer = Sealer(file.write, PASSPHRASE, QUICK)
        sealer.write(plain)
        sealer.finish()


def test_a_backup_comes_back_into_an_empty_passport(tmp_path: Path) -> None:
    vault = filled(tmp_path / "one")
    vault.back_up(tmp_path / "b.age", PASSPHRASE, work_factor=QUICK)
    assert b"note 1" not in (tmp_path / "b.age").read_bytes()
    other = opened(tmp_path / "two")
    found = other.restore(tmp_path / "b.age", PASSPHRASE)
    told = [{"id": e.id, "name": "Welding", "result": "added", "reason": None} for e in vault.search().entries]
    assert sorted(one.to_json()["id"] for one in found) == sorted(one["id"] for one in told)
    assert all(one.to_json() in told for one in found)
    assert state(other) == state(vault)
    assert other.documents(other.search().entries[0].id)
    seen: list[Progress] = []
    assert [r.result for r in other.restore(tmp_path / "b.age", PASSPHRASE, seen.append)] == ["already-there"] * 3
    assert [one.done for one in seen] == sorted(one.done for one in seen)
    assert seen[-1].done == seen[-1].total > 3
    other.close()
    assert state(opened(tmp_path / "two")) == state(vault)


def test_later_words_win_over_a_backup(tmp_path: Path) -> None:
    vault = filled(tmp_path / "one")
    vault.back_up(tmp_path / "b.age", PASSPHRASE, work_factor=QUICK)
    subject = vault.search().entries[0].subject
    vault.decide(subject, {"note": "newer"})
    vault.restore(tmp_path / "b.age", PASSPHRASE)
    assert vault.state(subject)["note"] == "newer"


@pytest.mark.parametrize("passphrase", ["wrong passphrase", ""])
def test_a_wrong_passphrase_changes_nothing(tmp_path: Path, passphrase: str) -> None:
    filled(tmp_path / "one").back_up(tmp_path / "b.age", PASSPHRASE, work_factor=QUICK)
    other = opened(tmp_path / "two")
    with pytest.raises(VaultError, match="wrong passphrase"):
        other.restore(tmp_path / "b.age", passphrase)
    assert other.search().total == 0


@pytest.mark.parametrize("content", [b"", b"hello", b"age-encryption.org/v1\n"])
def test_what_is_no_backup_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "b.age").write_bytes(content)
    vault = opened(tmp_path / "two")
    with pytest.raises(VaultError, match="cannot be opened"):
        vault.restore(tmp_path / "b.age", PASSPHRASE)
    seal(tmp_path / "b.age", content * 600)
    with pytest.raises(VaultError, match="is no backup" if content else "no backup"):
        vault.restore(tmp_path / "b.age", PASSPHRASE)
    with pytest.raises(VaultError, match="cannot be read"):
        vault.restore(tmp_path, PASSPHRASE)


def test_short_passphrases_and_missing_folders_are_refused(tmp_path: Path) -> None:
    vault = filled(tmp_path / "one")
    with pytest.raises(VaultError, match="shorter"):
        vault.back_up(tmp_path / "b.age", "x" * 7)
    vault.back_up(tmp_path / "b.age", "x" * 8, work_factor=QUICK)
    with pytest.raises(VaultError, match="cannot be written"):
        vault.back_up(tmp_path / "gone" / "b.age", PASSPHRASE)


def test_what_is_damaged_in_a_backup_is_named(tmp_path: Path) -> None:
    vault = filled(tmp_path / "one")
    sha256 = vault.search().entries[0].sha256
    (damaged,) = (tmp_path / "one" / "vault" / "objects").rglob(f"{sha256}.*")
    damaged.write_bytes(b"rotten")
    vault.back_up(tmp_path / "b.age", PASSPHRASE, work_factor=QUICK)
    found = opened(tmp_path / "two").restore(tmp_path / "b.age", PASSPHRASE)
    assert sorted(one.result for one in found) == ["added", "added", "failed"]
    (failed,) = [one.to_json() for one in found if one.result == "failed"]
    assert (failed["name"], failed["reason"]) == ("Welding", "Its file is missing or damaged.")


def test_an_empty_backup_is_restored_into_a_new_passport(tmp_path: Path) -> None:
    opened(tmp_path / "one").back_up(tmp_path / "b.age", PASSPHRASE, work_factor=QUICK)
    assert opened(tmp_path / "two").restore(tmp_path / "b.age", PASSPHRASE) == []


def test_what_was_purged_comes_back_when_asked_for(tmp_path: Path) -> None:
    vault = filled(tmp_path / "one")
    before = state(vault)
    gone, stays = (entry.id for entry in vault.search().entries[:2])
    vault.back_up(tmp_path / "b.age", PASSPHRASE, work_factor=QUICK)
    vault.decide(f"badge:{gone}", {"trashed": True})
    vault.purge(gone)
    results = {one.id: one.result for one in vault.restore(tmp_path / "b.age", PASSPHRASE)}
    assert (results[gone], results[stays]) == ("added", "already-there")
    assert state(vault) == before
    assert not vault.entry(gone).trashed
    vault.reindex()
    assert state(vault) == before
    vault.close()
    vault = opened(tmp_path / "one")
    assert state(vault) == before
    vault.close()


def test_what_was_purged_before_the_backup_stays_away(tmp_path: Path) -> None:
    vault = filled(tmp_path / "one")
    gone = vault.search().entries[0].id
    vault.purge(gone)
    vault.back_up(tmp_path / "b.age", PASSPHRASE, work_factor=QUICK)
    assert {one.result for one in vault.restore(tmp_path / "b.age", PASSPHRASE)} == {"already-there"}
    other = opened(tmp_path / "two")
    assert gone not in {one.id for one in other.restore(tmp_path / "b.age", PASSPHRASE)}
    assert other.entry(gone) is None


def test_what_was_restored_can_be_purged_to_the_last_byte(tmp_path: Path) -> None:
    filled(tmp_path / "one").back_up(tmp_path / "b.age", PASSPHRASE, work_factor=QUICK)
    other = opened(tmp_path / "two")
    other.restore(tmp_path / "b.age", PASSPHRASE)
    for entry in other.search().entries:
        other.purge(entry.id)
    left = b"".join(path.read_bytes() for path in (tmp_path / "two" / "vault").rglob("*") if path.is_file())
    assert b"note " not in left
    assert b"Welding" not in left


def test_collections_profile_and_settings_come_back(tmp_path: Path) -> None:
    vault = filled(tmp_path / "one")
    vault.decide("collection:c1", {"name": "Ropes", "rule": "tag:rope"})
    vault.decide("profile", {"name": "Ann"})
    write_settings(places_in(tmp_path / "one"), {"identities": ["ann@example.org"]})
    vault.back_up(tmp_path / "b.age", PASSPHRASE, work_factor=QUICK)
    other = opened(tmp_path / "two")
    other.restore(tmp_path / "b.age", PASSPHRASE)
    assert other.state("collection:c1") == {"name": "Ropes", "rule": "tag:rope"}
    assert other.state("profile") == {"name": "Ann"}
    settings = places_in(tmp_path / "two").settings_file
    assert "ann@example.org" in settings.read_text()
    settings.write_text("# my own\n")
    other.restore(tmp_path / "b.age", PASSPHRASE)
    assert settings.read_text() == "# my own\n"


def test_a_backup_of_the_first_kind_is_read(tmp_path: Path) -> None:
    """Before streams: objects first, nothing of settings."""
    vault = filled(tmp_path / "one")
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        about = tarfile.TarInfo("backup.json")
        about.size = len(b'{"version": 1}')
        archive.addfile(about, io.BytesIO(b'{"version": 1}'))
        for part in ("objects", "documents", "journal"):
            for path in sorted(p for p in (tmp_path / "one" / "vault" / part).rglob("*") if p.is_file()):
                archive.add(path, path.relative_to(tmp_path / "one" / "vault").as_posix())
    seal(tmp_path / "b.age", stream.getvalue())
    other = opened(tmp_path / "two")
    assert [one.result for one in other.restore(tmp_path / "b.age", PASSPHRASE)] == ["added"] * 3
    assert state(other) == state(vault)


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9, 0.999])
def test_a_backup_that_is_cut_off_changes_nothing(tmp_path: Path, share: float) -> None:
    vault = filled(tmp_path / "one")
    for number in range(3, 8):
        vault.put(arrival(random.Random(number).randbytes(100_000), number=number))
    vault.back_up(tmp_path / "b.age", PASSPHRASE, work_factor=QUICK)
    whole = (tmp_path / "b.age").read_bytes()
    (tmp_path / "b.age").write_bytes(whole[: int(len(whole) * share)])
    other = opened(tmp_path / "two")
    with pytest.raises(VaultError, match="Nothing was changed"):
        other.restore(tmp_path / "b.age", PASSPHRASE)
    assert other.search().total == 0
    assert not list((tmp_path / "two" / "vault" / "incoming").iterdir())
    assert not list((tmp_path / "two" / "vault" / "journal").iterdir())


def test_a_backup_whose_end_is_missing_is_not_whole_though_all_badges_are_there(tmp_path: Path) -> None:
    filled(tmp_path / "one").back_up(tmp_path / "b.age", PASSPHRASE, work_factor=QUICK)
    with (tmp_path / "b.age").open("rb") as file:
        plain = Opened(file, PASSPHRASE).read()
    seal(tmp_path / "b.age", plain + bytes(200_000))
    whole = (tmp_path / "b.age").read_bytes()
    (tmp_path / "b.age").write_bytes(whole[:-50_000])
    other = opened(tmp_path / "two")
    with pytest.raises(VaultError, match="damaged or cut off"):
        other.restore(tmp_path / "b.age", PASSPHRASE)
    assert other.search().total == 0
    (tmp_path / "b.age").write_bytes(whole)
    assert len(other.restore(tmp_path / "b.age", PASSPHRASE)) == 3


def test_a_backup_of_a_later_version_is_left_alone(tmp_path: Path) -> None:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        about = tarfile.TarInfo("backup.json")
        about.size = len(b'{"version": 99}')
        archive.addfile(about, io.BytesIO(b'{"version": 99}'))
    seal(tmp_path / "b.age", stream.getvalue())
    with pytest.raises(VaultError, match="later version"):
        opened(tmp_path / "two").restore(tmp_path / "b.age", PASSPHRASE)


@pytest.mark.parametrize("about", [b"[]", b"7", b'{"version": "x"}', b"[" * 100_000, b"\xff", b'{"version": null}'])
def test_a_backup_that_says_nonsense_of_itself_is_refused(tmp_path: Path, about: bytes) -> None:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        member = tarfile.TarInfo("backup.json")
        member.size = len(about)
        archive.addfile(member, io.BytesIO(about))
    seal(tmp_path / "b.age", stream.getvalue())
    with pytest.raises(VaultError, match="is no backup"):
        opened(tmp_path / "two").restore(tmp_path / "b.age", PASSPHRASE)


def test_writers_go_on_while_a_backup_is_made(tmp_path: Path) -> None:
    vault = filled(tmp_path / "one")
    for number in range(3, 30):
        vault.put(arrival(random.Random(number).randbytes(50_000), number=number))
    before = {entry.id for entry in vault.search(limit=100).entries}
    put = []

    def put_one(progress) -> None:
        """Put a badge from another thread in the middle of it; a backup that held the lock would never end."""
        if progress.done in {3, 10, 20}:
            number = 100 + progress.done
            writer = threading.Thread(target=lambda: put.append(vault.put(arrival(b"%d" % number, number=number))))
            writer.start()
            writer.join(20)
            assert not writer.is_alive()

    vault.back_up(tmp_path / "b.age", PASSPHRASE, put_one, work_factor=QUICK)
    assert len(put) == 3
    other = opened(tmp_path / "two")
    restored = other.restore(tmp_path / "b.age", PASSPHRASE)
    assert before <= {one.id for one in restored}
    assert {one.result for one in restored} == {"added"}


def test_compacting_while_a_backup_is_made_loses_no_line(tmp_path: Path) -> None:
    home = tmp_path / "one"
    filled(home).close()
    for number in range(MANY_SEGMENTS):
        vault = opened(home)
        vault.decide("profile", {f"key{number}": number})
        vault.close()
        if len(list((home / "vault" / "journal").iterdir())) >= MANY_SEGMENTS - 1:
            break
    vault = opened(home)
    gone, *others = (entry.id for entry in vault.search().entries)

    def purge_one(progress) -> None:
        if progress.done == 2:
            vault.purge(gone)  # rewrites journals that were not read yet

    vault.back_up(tmp_path / "b.age", PASSPHRASE, purge_one, work_factor=QUICK)
    other = opened(tmp_path / "two")
    restored = {one.id: one.result for one in other.restore(tmp_path / "b.age", PASSPHRASE)}
    assert {name: restored[name] for name in others} == dict.fromkeys(others, "added")
    assert other.state("profile") == vault.state("profile")


def test_a_backup_takes_the_same_memory_whatever_its_size(tmp_path: Path) -> None:
    vault = opened(tmp_path / "one")
    for number in range(16):
        vault.put(arrival(random.Random(number).randbytes(8 << 20), number=number))
    tracemalloc.start()
    try:
        vault.back_up(tmp_path / "b.age", PASSPHRASE, work_factor=QUICK)
        other = opened(tmp_path / "two")
        assert len(other.restore(tmp_path / "b.age", PASSPHRASE)) == 16
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 40 << 20  # of 128 MiB


def test_what_is_restored_into_a_shared_passport_counts_there(tmp_path: Path) -> None:
    filled(tmp_path / "one").back_up(tmp_path / "b.age", PASSPHRASE, work_factor=QUICK)
    (anna,) = machines(tmp_path, 1)
    opened(anna.home, clock=anna.clock).close()
    anna.move()
    vault = anna.open()
    assert [one.result for one in vault.restore(tmp_path / "b.age", PASSPHRASE)] == ["added"] * 3
    before = state(vault)
    assert [entry[2] for entry in before] == [("rope",)] * 3
    assert [one.result for one in vault.restore(tmp_path / "b.age", PASSPHRASE)] == ["already-there"] * 3
    segments = list((anna.folder / "journal").iterdir())
    vault.restore(tmp_path / "b.age", PASSPHRASE)
    assert list((anna.folder / "journal").iterdir()) == segments  # nothing is said twice
    vault.reindex()
    assert state(vault) == before
    anna.close()

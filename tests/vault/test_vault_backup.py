"""Backups come back, exports need no program, and nothing that is there is changed by either."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest
from tests.vault.vault_material import arrival, opened, some_documents

from passport.errors import VaultError
from passport.vault.exporting import export_to
from passport.vault.vault import Vault

PASSPHRASE = "correct horse battery"


def filled(folder: Path) -> Vault:
    vault = opened(folder)
    for number in range(3):
        kept = vault.put(arrival(f"\x89PNG {number}".encode("latin-1"), number=number, documents=some_documents()))
        vault.decide(kept.entry.subject, {"tag:rope": True, "note": f"note {number}"})
    return vault


def state(vault: Vault) -> list[tuple[object, ...]]:
    entries = vault.search(limit=100).entries
    return sorted((e.id, e.sha256, e.tags, e.note, e.verdict, vault.original(e.sha256)) for e in entries)


def test_a_backup_comes_back_into_an_empty_passport(tmp_path: Path) -> None:
    vault = filled(tmp_path / "one")
    vault.back_up(tmp_path / "b.age", PASSPHRASE)
    assert b"note 1" not in (tmp_path / "b.age").read_bytes()
    other = opened(tmp_path / "two")
    assert [one.result for one in other.restore(tmp_path / "b.age", PASSPHRASE)] == ["added"] * 3
    assert state(other) == state(vault)
    assert other.documents(other.search().entries[0].id)
    assert [one.result for one in other.restore(tmp_path / "b.age", PASSPHRASE)] == ["already-there"] * 3
    other.close()
    assert state(opened(tmp_path / "two")) == state(vault)


def test_later_words_win_over_a_backup(tmp_path: Path) -> None:
    vault = filled(tmp_path / "one")
    vault.back_up(tmp_path / "b.age", PASSPHRASE)
    subject = vault.search().entries[0].subject
    vault.decide(subject, {"note": "newer"})
    vault.restore(tmp_path / "b.age", PASSPHRASE)
    assert vault.state(subject)["note"] == "newer"


@pytest.mark.parametrize("passphrase", ["wrong passphrase", ""])
def test_a_wrong_passphrase_changes_nothing(tmp_path: Path, passphrase: str) -> None:
    filled(tmp_path / "one").back_up(tmp_path / "b.age", PASSPHRASE)
    other = opened(tmp_path / "two")
    with pytest.raises(VaultError, match="wrong passphrase"):
        other.restore(tmp_path / "b.age", passphrase)
    assert other.search().total == 0


@pytest.mark.parametrize("content", [b"", b"hello", b"age-encryption.org/v1\n"])
def test_what_is_no_backup_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "b.age").write_bytes(content)
    with pytest.raises(VaultError):
        opened(tmp_path / "two").restore(tmp_path / "b.age", PASSPHRASE)


def test_short_passphrases_and_missing_folders_are_refused(tmp_path: Path) -> None:
    vault = filled(tmp_path / "one")
    with pytest.raises(VaultError, match="shorter"):
        vault.back_up(tmp_path / "b.age", "short")
    with pytest.raises(VaultError, match="cannot be written"):
        vault.back_up(tmp_path / "gone" / "b.age", PASSPHRASE)


def test_an_export_needs_no_program(tmp_path: Path) -> None:
    vault = filled(tmp_path / "one")
    export_to(vault, tmp_path / "out")
    page = (tmp_path / "out" / "index.html").read_text()
    assert "3 badges" in page
    originals = sorted(file.read_bytes() for file in (tmp_path / "out").rglob("*.png"))
    assert originals == sorted(vault.original(e.sha256) for e in vault.search().entries)
    said = [json.loads(file.read_text())["said"]["note"] for file in (tmp_path / "out").rglob("badge.json")]
    assert sorted(said) == ["note 0", "note 1", "note 2"]


def test_a_zip_is_whole_and_names_are_plain(tmp_path: Path) -> None:
    vault = opened(tmp_path / "one")
    vault.put(arrival(name="../../<script>alert(1)</script> Ünï\u202e"))
    export_to(vault, tmp_path / "out.zip")
    with zipfile.ZipFile(io.BytesIO((tmp_path / "out.zip").read_bytes())) as archive:
        names = archive.namelist()
        assert "<script>" not in archive.read("index.html").decode()
    assert all(name.isascii() and ".." not in name for name in names)


def test_a_folder_with_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years")
    with pytest.raises(VaultError, match="not empty"):
        export_to(filled(tmp_path / "one"), tmp_path)


def test_a_damaged_original_does_not_stop_the_others(tmp_path: Path) -> None:
    vault = filled(tmp_path / "one")
    sha256 = vault.search().entries[0].sha256
    (damaged,) = (tmp_path / "one" / "vault" / "objects").rglob(f"{sha256}.*")
    damaged.write_bytes(b"rotten")
    export_to(vault, tmp_path / "out")
    assert len(list((tmp_path / "out").rglob("*.png"))) == 2
    (missing,) = (tmp_path / "out").rglob("MISSING.txt")
    assert "damaged" in missing.read_text()


def test_what_is_damaged_in_a_backup_is_named(tmp_path: Path) -> None:
    vault = filled(tmp_path / "one")
    sha256 = vault.search().entries[0].sha256
    (damaged,) = (tmp_path / "one" / "vault" / "objects").rglob(f"{sha256}.*")
    damaged.write_bytes(b"rotten")
    vault.back_up(tmp_path / "b.age", PASSPHRASE)
    found = opened(tmp_path / "two").restore(tmp_path / "b.age", PASSPHRASE)
    assert sorted(one.result for one in found) == ["added", "added", "failed"]


def test_an_empty_backup_is_restored_into_a_new_passport(tmp_path: Path) -> None:
    opened(tmp_path / "one").back_up(tmp_path / "b.age", PASSPHRASE)
    assert opened(tmp_path / "two").restore(tmp_path / "b.age", PASSPHRASE) == []

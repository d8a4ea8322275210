"""Bit rot, sync engines' copies, missing files: found, healed where that can be, named otherwise."""

from __future__ import annotations

import pytest
from tests.vault.vault_material import arrival, opened, some_documents

from passport.vault.model import Origin


@pytest.fixture
def vault(tmp_path):
    vault = opened(tmp_path)
    yield vault
    vault.close()


@pytest.fixture
def kept(vault, tmp_path):
    entry = vault.put(arrival(documents=some_documents())).entry
    return entry, next((tmp_path / "vault" / "objects").glob("*/*.png")), tmp_path / "vault"


def kinds(scrubbed):
    return [finding.kind for finding in scrubbed.findings]


def test_a_sound_vault_is_sound(vault, kept):
    told = []
    scrubbed = vault.scrub(told.append)
    assert scrubbed.sound
    assert scrubbed.findings == ()
    assert scrubbed.checked == 3
    assert (told[-1].done, told[-1].total) == (3, 3)


@pytest.mark.parametrize(
    "name",
    [
        "{sha}.sync-conflict-20260301-120000-ABCDEFG.png",
        "{sha}.png..path1",
        "{sha} (conflicted copy).png",
        "{sha}.png.1",
    ],
)
@pytest.mark.parametrize("original", ["there", "damaged", "missing"])
def test_copies_of_sync_engines_are_folded_back(vault, kept, name, original):
    entry, path, _ = kept
    data = path.read_bytes()
    (path.parent / name.format(sha=entry.sha256)).write_bytes(data)
    if original == "damaged":
        path.write_bytes(b"rot")
    if original == "missing":
        path.unlink()
    scrubbed = vault.scrub()
    assert scrubbed.sound
    assert kinds(scrubbed) == ["healed"]
    assert [p.name for p in path.parent.iterdir()] == [path.name]
    assert vault.original(entry.sha256) == data


def test_a_copy_with_other_content_is_set_aside(vault, kept):
    entry, path, folder = kept
    (path.parent / f"{entry.sha256}.sync-conflict-1.png").write_bytes(b"rot")
    assert kinds(vault.scrub()) == ["set-aside"]
    assert [p.read_bytes() for p in (folder / "quarantine").iterdir()] == [b"rot"]
    assert vault.original(entry.sha256) == arrival().file


@pytest.mark.parametrize("change", [lambda d: d[:-1], lambda d: d + b"x", lambda d: bytes([d[0] ^ 1]) + d[1:]])
def test_what_cannot_be_healed_is_named(vault, kept, change):
    entry, path, folder = kept
    path.write_bytes(change(path.read_bytes()))
    scrubbed = vault.scrub()
    assert not scrubbed.sound
    (finding,) = scrubbed.findings
    assert (finding.kind, finding.entries) == ("damaged", (entry.id,))
    assert finding.path == path.relative_to(folder).as_posix()
    assert scrubbed.to_json()["findings"][0]["kind"] == "damaged"


def test_what_still_lies_in_downloads_is_fetched_back(vault, tmp_path):
    source = tmp_path / "welding.png"
    source.write_bytes(arrival().file)
    coming = arrival()
    object.__setattr__(coming, "origin", Origin(kind="watched", detail=str(source), at="2026-03-01T11:00:00Z"))
    entry = vault.put(coming).entry
    path = next((tmp_path / "vault" / "objects").glob("*/*.png"))
    path.write_bytes(b"rot")
    assert kinds(vault.scrub()) == ["healed"]
    path.unlink()
    assert kinds(vault.scrub()) == ["healed"]
    assert vault.original(entry.sha256) == arrival().file
    other = vault.put(arrival(number=2, index=1)).entry
    assert other.sha256 == entry.sha256
    vault.purge(other.id)
    path.unlink()
    assert kinds(vault.scrub()) == ["healed"], "for the other badge that had the file is no matter"
    source.write_bytes(b"something else by now")
    path.unlink()
    assert kinds(vault.scrub()) == ["missing"]


def test_missing_files_and_documents_are_named(vault, kept):
    entry, path, folder = kept
    path.unlink()
    next((folder / "documents").glob("*/*.har")).unlink()
    scrubbed = vault.scrub()
    assert kinds(scrubbed) == ["missing", "missing"]
    assert all(finding.entries == (entry.id,) for finding in scrubbed.findings)


def test_a_placeholder_of_a_cloud_folder_is_missing_and_not_damaged(vault, kept):
    _, path, _ = kept
    path.write_bytes(b"")
    assert kinds(vault.scrub()) == ["missing"]


def test_foreign_files_are_left_alone(vault, kept):
    _, path, folder = kept
    for name in (".stfolder", "note.txt", "Thumbs.db"):
        (path.parent / name).write_bytes(b"x")
    assert vault.scrub().sound
    assert (path.parent / "note.txt").exists()
    assert not (folder / "quarantine").exists()


def test_damaged_lines_of_journals_are_skipped_and_named(tmp_path):
    vault = opened(tmp_path)
    entry = vault.put(arrival()).entry
    for note in ("one", "two", "three"):
        vault.decide(entry.subject, {"note": note, f"k:{note}": 1})
    vault.close()
    (journal,) = (tmp_path / "vault" / "journal").iterdir()
    journal.write_bytes(journal.read_bytes().replace(b'"two"', b'"2wo"'))
    vault = opened(tmp_path)
    vault.reindex()
    assert vault.entry(entry.id).note == "three"
    assert "k:two" not in vault.state(entry.subject)
    assert kinds(vault.scrub()) == ["journal"]
    vault.close()

"""The index is derived: with any byte of its files changed, cut off or gone it is equal after the next start."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest
from tests.faults.scenes import note, put
from tests.vault.vault_material import opened

from passport.vault.vault import Vault

pytestmark = pytest.mark.slow


def everything(vault: Vault) -> object:
    """All that the vault shows."""
    subjects = vault.subjects("")
    return (
        vault.search(limit=100, include_trashed=True),
        {subject: vault.state(subject) for subject in subjects},
        {subject: vault.history(subject) for subject in subjects},
        {entry.id: vault.report(entry.id) for entry in vault.search(limit=100).entries},
    )


@pytest.fixture(scope="module")
def start(fast_folder: Path) -> tuple[Path, object]:
    """A vault whose index has a snapshot and lines behind it."""
    home = fast_folder / "start"
    vault = opened(home)
    ids = [str(put(vault, number)["kept"]) for number in range(3)]
    vault.decide("collection:c", {"name": "Crafts", f"member:{ids[0]}": 1})
    vault.reindex()
    note(vault, ids, 3)
    put(vault, 4)
    before = everything(vault)
    vault.close()
    return home, before


def damaged(start: tuple[Path, object], home: Path, change) -> bool:
    """Start with a changed index; return whether all is as before."""
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(start[0], home)
    change(home / "state" / "index")
    vault = opened(home)
    try:
        return everything(vault) == start[1]
    finally:
        vault.close()


def files(home: Path) -> list[Path]:
    return sorted((home / "state" / "index").iterdir())


def flip(file: str, place: int, bit: int):
    def change(folder: Path) -> None:
        data = bytearray((folder / file).read_bytes())
        data[place] ^= 1 << bit
        (folder / file).write_bytes(data)

    return change


def places(start: tuple[Path, object], most: int) -> list[tuple[str, int]]:
    """Return bytes of all files of the index, at most so many, spread evenly, with the first and the last of each."""
    found = [(file.name, place) for file in files(start[0]) for place in range(file.stat().st_size)]
    edges = [(file.name, edge) for file in files(start[0]) for edge in (*range(12), file.stat().st_size - 1)]
    return edges + found[:: max(1, len(found) // most)]


def test_a_flipped_byte_changes_nothing(start, fast_folder):
    check_flips(start, fast_folder, places(start, 250))


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_any_flipped_byte_changes_nothing(start, fast_folder):
    check_flips(start, fast_folder, places(start, 1 << 30))


def check_flips(start, folder, chosen) -> None:
    chance = random.Random(3)
    wrong = [
        (file, place)
        for file, place in chosen
        if not damaged(start, folder / "flipped", flip(file, place, chance.randrange(8)))
    ]
    assert wrong == []
    assert len(chosen) > 200


def test_a_cut_off_file_changes_nothing(start, fast_folder):
    for file in files(start[0]):
        size = file.stat().st_size
        for cut in (0, 1, 9, size // 3, size // 2, size - 2, size - 1):

            def change(folder: Path, name=file.name, cut=cut) -> None:
                (folder / name).write_bytes((folder / name).read_bytes()[:cut])

            assert damaged(start, fast_folder / "cut", change), (file.name, cut)


def test_missing_and_foreign_files_change_nothing(start, fast_folder):
    names = [file.name for file in files(start[0])]
    for name in names:
        assert damaged(start, fast_folder / "gone", lambda folder, name=name: (folder / name).unlink())
    assert damaged(start, fast_folder / "gone", shutil.rmtree)
    assert damaged(start, fast_folder / "more", lambda folder: (folder / "index.99.jrnl").write_bytes(b"00000000 {}\n"))
    assert damaged(start, fast_folder / "more", lambda folder: (folder / "index.json").write_bytes(b"\x00" * 5000))


def test_a_line_that_is_damaged_but_not_last_is_noticed(start, fast_folder):
    """Dropping a line in the middle would lose a change that a later line counts as read."""

    def drop(folder: Path) -> None:
        (journal,) = folder.glob("index.*.jrnl")
        lines = journal.read_bytes().splitlines(keepends=True)
        assert len(lines) > 4
        journal.write_bytes(b"".join([*lines[:2], b"#" + lines[2][1:], *lines[3:]]))

    assert damaged(start, fast_folder / "dropped", drop)

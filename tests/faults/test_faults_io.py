"""The n-th operation of the disk fails, for every n until one run passes untouched: a sentence, and nothing lost.

Full disk, broken disk, too many files, read-only: once or from then on. As soon as the disk works again the same vault,
still open, goes on by itself.
"""

from __future__ import annotations

import errno
import shutil
import zlib
from contextlib import suppress
from pathlib import Path

import pytest
from tests.faults.checking import Found, examine
from tests.faults.doors import Failing
from tests.faults.scenes import SCENES, Fact, ids_of, note, put, two_badges
from tests.vault.vault_material import opened, report, some_documents

from passport.disk import Disk
from passport.errors import PassportError, VaultError
from passport.vault.vault import Vault
from passport.verification.report import Verdict

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]
CODES = (errno.ENOSPC, errno.EIO, errno.EMFILE, errno.EROFS)
ALL = pytest.param(CODES, marks=pytest.mark.long, id="each error at each operation")
IN_TURN = pytest.param((), id="errors in turn")


@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize("codes", [IN_TURN, ALL])
def test_each_operation_may_fail_once(fast_folder, scene, codes):
    start = fast_folder / f"{scene}-start-{len(codes)}"
    start.mkdir()
    facts = SCENES[scene].prepare(start)
    number = 1
    while True:
        outcomes = [
            fail_once(start, fast_folder / "trial", scene, facts, number, code)
            for code in codes or (CODES[number % len(CODES)],)
        ]
        if not any(outcomes):
            break
        number += 1
    assert number > 10


def fail_once(start: Path, home: Path, scene: str, facts: list[Fact], number: int, code: int) -> int:
    """Do a scene on a disk that fails once; return how often it did."""
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(start, home)
    disk, said = Failing(number, code), list[Fact]()
    with suppress(PassportError):  # any other error is a traceback for the owner
        SCENES[scene].act(home, disk, said.append)
    assert examine(home, [*facts, *said], goes_on=number % 4 == 0) == Found(), (scene, number, code)
    return disk.failed


@pytest.mark.parametrize(
    ("code", "lasting"),
    [
        (errno.ENOSPC, True),
        (errno.EIO, False),
        *(
            pytest.param(code, lasting, marks=pytest.mark.long)
            for code in CODES
            for lasting in (False, True)
            if (code, lasting) not in {(errno.ENOSPC, True), (errno.EIO, False)}
        ),
    ],
)
def test_an_open_vault_goes_on_by_itself(fast_folder, code, lasting):
    start = fast_folder / f"open-{code}-{lasting}"
    start.mkdir()
    two_badges(start)
    refused = 0
    for number in range(1, 10_000):
        home = fast_folder / "trial"
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(start, home)
        disk = Failing(1 << 40, code, lasting=lasting)
        vault = opened(home, disk=disk)
        disk._left = number
        facts, failed = use(vault, disk)
        refused += failed
        vault.close()
        assert examine(home, facts, goes_on=number % 8 == 0) == Found(), number
        if not disk.failed:
            break
    assert number > 30
    assert refused > 20


def use(vault: Vault, disk: Failing) -> tuple[list[Fact], int]:
    """Do this and that; what is refused is done again when the disk works. Return the promises and the refusals."""
    ids = ids_of(vault)
    revoked = report(Verdict.REVOKED, made_of=vault.report(ids[0]).credential)
    gone: list[str] = []

    def put_and_purge() -> Fact:
        gone.append(str(put(vault, 4)["kept"]))
        vault.purge(gone[-1])
        return {"gone": gone[-1]}

    def verify() -> Fact:
        vault.record_report(ids[0], revoked, some_documents(b"revoked"))
        return {"revoked": ids[0]}

    steps = (lambda: put(vault, 3), lambda: note(vault, ids, 7), verify, put_and_purge, lambda: note(vault, ids, 8))
    facts, refused = list[Fact](), 0
    for step in steps:
        before = [entry.id for entry in vault.search(limit=100).entries]
        try:
            facts.append(step())
        except VaultError:
            refused += 1
            assert {entry.id for entry in vault.search(limit=100).entries} >= set(before) - set(gone)  # it still reads
            disk.mend()
            facts.append(step())
    return facts, refused


def test_an_index_that_cannot_be_made_anew_stays_as_it_was(fast_folder):
    home = fast_folder / "reindexed"
    home.mkdir()
    two_badges(home)
    disk = Failing(1 << 40, errno.ENOSPC)
    vault = opened(home, disk=disk)
    before = vault.search("").entries
    for number in range(1, 30):
        disk._left = number
        vault.reindex()  # what cannot be written is written later
        assert vault.search("").entries == before, number
        disk.mend()
        note(vault, ids_of(vault), number)
        before = vault.search("").entries
    assert disk.failed > 10
    shutil.rmtree(home / "state" / "index")
    disk._left, disk._lasting = 1, True
    with pytest.raises(VaultError, match="no space"):
        vault.reindex()
    assert vault.search("").entries == before
    disk.mend()
    vault.close()
    again = opened(home)
    assert again.search("").entries == before
    again.close()


class Held(Disk):
    """Somebody else has the index open: on Windows it cannot be removed then."""

    def unlink(self, path: Path) -> None:
        if path.name.startswith("index."):
            raise PermissionError(errno.EACCES, "in use", str(path))
        super().unlink(path)


def test_an_index_that_cannot_be_removed_counts_for_nothing_when_it_is_made_anew(fast_folder):
    home = fast_folder / "held"
    home.mkdir()
    two_badges(home)
    vault = opened(home)
    vault.reindex()
    right = vault.search("").entries
    vault.close()
    index = home / "state" / "index" / "index.json"
    body = index.read_bytes()[9:-1].replace(b"Welding", b"Wielder")
    index.write_bytes(b"%08x %s\n" % (zlib.crc32(body), body))
    vault = opened(home, disk=Held())
    assert vault.search("").entries != right
    vault.reindex()
    assert vault.search("").entries == right
    vault.close()


def test_what_is_said_names_the_disk_and_the_way_out(fast_folder):
    home = fast_folder / "sentences"
    home.mkdir()
    two_badges(home)
    said = {}
    for code in CODES:
        disk = Failing(1 << 40, code, lasting=True)
        vault = opened(home, disk=disk)
        disk._left = 1
        with pytest.raises(VaultError) as caught:
            note(vault, ids_of(vault), 9)
        said[code] = str(caught.value)
        disk.mend()
        vault.close()
    assert "no space left" in said[errno.ENOSPC]
    assert "goes on by itself" in said[errno.ENOSPC]
    assert "may not be written" in said[errno.EROFS]
    assert "Too many files" in said[errno.EMFILE]
    assert str(home / "vault") in said[errno.EIO]

"""A vault on a tiny disk of its own that gets full, or read-only: run in a mount namespace, prints what it found.

`unshare -m python -m tests.faults.tiny_disk full|read-only FOLDER`
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from tests.faults.checking import examine
from tests.faults.scenes import PASSPHRASE, Fact, badge, ids_of, note, put, two_badges
from tests.vault.vault_material import arrival, opened

from passport.errors import PassportError
from passport.vault.vault import Vault

SIZE = "2m"


def mount(folder: Path, options: str) -> None:
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "badge-passport", str(folder)], check=True)


def remount(folder: Path, how: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{how}", str(folder)], check=True)


def attempt(said: list[str], facts: list[Fact], step: Callable[[], Fact | None]) -> bool:
    """Do something; note what is said when it is refused."""
    try:
        fact = step()
    except PassportError as error:
        said.append(str(error))
        return False
    if fact:
        facts.append(fact)
    return True


def fill(home: Path) -> dict[str, object]:
    """Put badges until nothing fits any more, go on trying, make room, and go on."""
    filler = home / "holiday.mp4"
    filler.write_bytes(bytes(900_000))
    facts = two_badges(home)
    vault = opened(home)
    ids, said, taken = ids_of(vault), list[str](), 0
    for number in range(10, 400):
        taken += attempt(said, facts, lambda n=number: put_large(vault, n))
        attempt(said, facts, lambda n=number: note(vault, ids, n))
        if len(said) >= 40:
            break
    reads = vault.search(limit=1000).total == taken + 2 and bool(vault.original(vault.search().entries[0].sha256))
    (home / "last.bin").write_bytes(b"")
    with suppress(OSError):  # until not a byte is free
        (home / "last.bin").write_bytes(bytes(1 << 20))
    attempt(said, facts, vault.reindex)
    attempt(said, facts, lambda: back_up(vault, home))
    vault.close()
    starts = attempt(list[str](), facts, lambda: opened(home).close())  # where the disk is full, too
    vault = opened(home)
    filler.unlink()
    (home / "last.bin").unlink()
    goes_on = attempt(said, facts, lambda: put_large(vault, 1000)) and attempt(
        said, facts, lambda: note(vault, ids, 1000)
    )
    vault.close()
    return result(home, facts, said, taken=taken, reads=reads, starts=starts, goes_on=goes_on)


def put_large(vault: Vault, number: int) -> Fact:
    entry = vault.put(arrival(badge(number, 30_000), number=number)).entry
    return {"kept": entry.id, "sha256": entry.sha256}


def back_up(vault: Vault, home: Path) -> None:
    vault.back_up(home / "backup.age", PASSPHRASE, work_factor=8)


def forbid(home: Path) -> dict[str, object]:
    """Try each step while the vault is read-only, then again when it is not. The daemon's own state can be written."""
    facts = two_badges(home)
    place = home / "vault"
    subprocess.run(["mount", "--bind", str(place), str(place)], check=True)
    vault = opened(home)
    ids, said = ids_of(vault), list[str]()
    steps: list[Callable[[], Fact | None]] = [
        lambda: put(vault, 3),
        lambda: note(vault, ids, 5),
        lambda: vault.purge(str(put(vault, 4)["kept"])),
        lambda: vault.restore(home / "backup.age", PASSPHRASE) and None,
    ]
    remount(place, "bind,ro")
    backed_up = attempt(said, facts, lambda: back_up(vault, home))  # reading is enough for that
    refused = [not attempt(said, facts, step) for step in steps]
    scrubbed = vault.scrub().sound
    vault.reindex()
    reads = vault.search().total == 2 and scrubbed and backed_up
    vault.close()
    vault = opened(home)  # a vault that can only be read is shown all the same
    reads = reads and vault.search().total == 2 and bool(vault.original(vault.search().entries[0].sha256))
    remount(place, "bind,rw")
    goes_on = all(attempt(said, facts, step) for step in steps)
    vault.close()
    return result(home, facts, said, refused=refused, reads=reads, goes_on=goes_on)


def result(home: Path, facts: list[Fact], said: list[str], **more: object) -> dict[str, object]:
    found = examine(home, facts)
    return {"wrong": found.all, "said": sorted(set(said)), "refusals": len(said), **more}


if __name__ == "__main__":
    place = Path(sys.argv[2])
    mount(place, f"size={SIZE}" if sys.argv[1] == "full" else "size=8m")
    print(json.dumps(fill(place) if sys.argv[1] == "full" else forbid(place)))

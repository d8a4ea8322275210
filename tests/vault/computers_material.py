"""Two or three computers with a folder each, and an engine of our own that carries files between the folders.

The engine does what real ones do: it delivers late, in any order and twice, makes conflict copies where both sides have
written, and delivers the beginning of a file before the rest.
"""

from __future__ import annotations

import hashlib
import random
import shutil
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.vault.vault_material import StillClock, arrival, places_in

from passport.disk import Disk
from passport.settings import Places
from passport.vault.joining import answer_to, ask, withdraw
from passport.vault.journal import Line, read_lines
from passport.vault.marker import machine_fingerprint, read_device, read_marker
from passport.vault.moving import Carrier, join, move
from passport.vault.signing import DeviceKey
from passport.vault.trust import Peer
from passport.vault.vault import Vault

SKIPPED = ("incoming", "quarantine")


class Careless(Disk):
    """Does not wait for the disk: for histories without crashes."""

    def sync(self, descriptor: int) -> None:
        pass

    def sync_folder(self, path: Path) -> None:
        pass


@dataclass
class Machine:
    """One computer: its home, the folder that is synced, its key in a keyring of its own."""

    home: Path
    clock: StillClock
    name: str
    key: DeviceKey = field(default_factory=DeviceKey.generate)
    shared: bool = False
    disk: Disk = field(default_factory=Careless)
    vault: Vault | None = None

    @property
    def folder(self) -> Path:
        return self.home / "sync"

    @property
    def places(self) -> Places:
        places = places_in(self.home)
        return replace(places, vault=self.folder) if self.shared else places

    def carrier(self) -> Carrier:
        return Carrier(key=self.key, settle=self.settle, clock=self.clock, disk=self.disk)

    def settle(self, _folder: Path) -> None:
        self.shared = True

    @property
    def device(self) -> str:
        return read_device(Disk(), self.places.state, machine_fingerprint()).id

    def open(self, *, locked: bool = False) -> Vault:
        key = None if locked or not self.shared else self.key
        self.vault = Vault.open(self.places, clock=self.clock, key=key, disk=self.disk)
        return self.vault

    def close(self) -> None:
        if self.vault:
            self.vault.close()
        self.vault = None

    def move(self) -> None:
        self.close()
        self.home.mkdir(parents=True, exist_ok=True)
        move(self.places, self.folder, self.name, self.carrier())

    def ask(self):
        marker = read_marker(self.folder)
        assert marker is not None
        return ask(Disk(), self.folder, marker.id, self.peer, self.clock())

    @property
    def peer(self) -> Peer:
        return Peer(id=self.device, name=self.name, key=self.key.public)

    def finish(self, asked) -> bool:
        peers = answer_to(asked, self.clock())
        if peers is None:
            return False
        self.close()
        join(self.places, self.folder, self.peer, peers, self.carrier())
        withdraw(asked)
        return True


def acquainted(tmp_path: Path, count: int) -> list[Machine]:
    """Return computers that share a passport, all open, without the codes: quick, for many histories."""
    first, *others = found = machines(tmp_path, count)
    first.move()
    first.open()
    for other in others:
        carry(first, other)
        join(other.places, other.folder, other.peer, [one.peer for one in found], other.carrier())
        other.open()
        assert first.vault
        first.vault.computers.know(other.peer)
    return found


def machines(tmp_path: Path, count: int = 2) -> list[Machine]:
    clock = StillClock()
    return [Machine(tmp_path / name, clock, name) for name in ("anna", "berta", "clara")[:count]]


def joined(tmp_path: Path, count: int = 2) -> list[Machine]:
    """Return computers that share a passport, all open."""
    first, *others = found = machines(tmp_path, count)
    first.move()
    first.open()
    for other in others:
        carry(first, other)
        asked = other.ask()
        carry(first, other)
        assert first.vault
        first.vault.computers.confirm(asked.code)
        carry(first, other)
        assert other.finish(asked)
        other.open()
    for _ in range(2):
        for other in others:
            carry(first, other)
        for one in found:
            assert one.vault
            one.vault.computers.take_up()
    return found


def files_in(folder: Path) -> dict[str, Path]:
    found = (path for path in folder.rglob("*") if path.is_file() and not path.name.endswith(".tmp"))
    named = {path.relative_to(folder).as_posix(): path for path in found}
    return {name: path for name, path in named.items() if name.split("/")[0] not in SKIPPED}


def carry(one: Machine, other: Machine, *, chance: random.Random | None = None) -> None:
    """Bring both folders to the same state; with `chance`, only some files, some of them torn, some twice."""
    one.folder.mkdir(parents=True, exist_ok=True)
    other.folder.mkdir(parents=True, exist_ok=True)
    for source, target in ((one.folder, other.folder), (other.folder, one.folder)):
        for name, path in sorted(files_in(source).items(), key=lambda _: chance.random() if chance else 0):
            deliver(path, target / name, chance)
    if chance is None:
        for name in ("request",):
            for path in (*one.folder.glob(f"devices/*.{name}"), *other.folder.glob(f"devices/*.{name}")):
                answered = path.with_suffix(".welcome").name
                if (one.folder / "devices" / answered).exists() or (other.folder / "devices" / answered).exists():
                    path.unlink()


def deliver(path: Path, target: Path, chance: random.Random | None) -> None:
    data = path.read_bytes()
    there = target.read_bytes() if target.exists() else None
    if there is not None and (there == data or there.startswith(data)):
        return
    if there is not None and not data.startswith(there) and path.suffix == ".jrnl":
        # both have written: the engine keeps both
        digest = hashlib.sha256(data).hexdigest()[:7].upper()
        target = target.with_name(f"{target.name.split('.sync-')[0]}.sync-conflict-20260301-120000-{digest}.jrnl")
        if target.exists():
            return
    if chance is not None:
        roll = chance.random()
        if roll < 0.4:
            return
        if roll < 0.6 and path.suffix == ".jrnl":
            data = data[: chance.randrange(len(data) + 1)]
            if there is not None and len(data) < len(there):
                return
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_name(f".syncthing.{target.name}.tmp")
    aside.write_bytes(data)
    shutil.move(aside, target)


def state_of(vault: Vault) -> dict[str, object]:
    """Return all that counts, to compare."""
    vault.computers.take_up()
    subjects = vault.subjects("")
    return {subject: vault.state(subject) for subject in subjects}


def put(machine: Machine, number: int = 1, **more) -> str:
    """Keep a badge, and return its id."""
    assert machine.vault
    return machine.vault.put(arrival(b"\x89PNG %d" % number, number=number, **more)).entry.id


def lines_of(machine: Machine) -> list[Line]:
    """Return all that stands in the journals of a computer's folder."""
    return [line for path in (machine.folder / "journal").iterdir() for line in read_lines(path.read_bytes())]

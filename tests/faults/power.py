"""A power cut, simulated: from the operations that were asked of the disk, every state that may be found afterwards.

What was synced is there. What was not may be there, may be missing, and a write may be there in part, or as zeros of
the right length (a file that got its size before its data). A folder's names are data of the folder: a file that was
synced under a name that was not may be gone. A rename is one step, as every file system keeps it; otherwise the names
that were not synced are kept in any combination, which is worse than what a journal of the file system allows.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.doors import Done

SECTOR = 512
State = dict[Path, bytes]
"""Files by their path below the home."""


@dataclass
class _Inode:
    durable: bytes = b""
    pending: list[tuple[str, bytes, int]] = field(default_factory=list)
    """`write` with data and its offset, or `truncate` with a size."""

    def sync(self) -> None:
        """Put on the disk what is in memory."""
        self.durable, self.pending = _content(self.durable, self.pending), []

    @property
    def size(self) -> int:
        """Its size in memory."""
        return len(_content(self.durable, self.pending))


@dataclass
class _Naming:
    """One change of names that is not synced yet."""

    folders: frozenset[Path]
    remove: Path | None = None
    add: Path | None = None
    inode: _Inode | None = None


class Machine:
    """Files and names, each as it is in memory and as it is on the disk."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._now: dict[Path, _Inode] = {}
        for path in sorted(home.rglob("*")):
            if path.is_file():
                self._now[path.relative_to(home)] = _Inode(path.read_bytes())
        self._durable = dict(self._now)
        self._pending: list[_Naming] = []

    def do(self, done: Done, home: Path) -> None:
        """Take in an operation that was done in another home."""
        if done.name == "sync_all":
            for inode in self._inodes():
                inode.sync()
            self._durable, self._pending = dict(self._now), []
        else:
            self._do(done, home)

    def _do(self, done: Done, home: Path) -> None:
        path = done.path.relative_to(home)
        match done.name:
            case "open_new":
                self._name(_Naming(frozenset({path.parent}), add=path, inode=_Inode()))
            case "write":
                inode = self._now[path]
                inode.pending.append(("write", done.data, inode.size))
            case "truncate":
                self._now[path].pending.append(("truncate", b"", done.size))
            case "sync":
                self._now[path].sync()
            case "rename":
                assert done.target is not None
                target = done.target.relative_to(home)
                folders = frozenset({path.parent, target.parent})
                self._name(_Naming(folders, remove=path, add=target, inode=self._now[path]))
            case "unlink" if path in self._now:
                self._name(_Naming(frozenset({path.parent}), remove=path))
            case "sync_folder":
                self._sync_folder(path)

    def _sync_folder(self, folder: Path) -> None:
        for naming in [one for one in self._pending if folder in one.folders]:
            _apply(self._durable, naming)
        self._pending = [one for one in self._pending if folder not in one.folders]

    def _name(self, naming: _Naming) -> None:
        _apply(self._now, naming)
        self._pending.append(naming)

    @property
    def unsure(self) -> bool:
        """Whether anything is not synced."""
        return bool(self._pending) or any(inode.pending for inode in self._inodes())

    def _inodes(self) -> list[_Inode]:
        pending = [one.inode for one in self._pending if one.inode is not None]
        return list({id(inode): inode for inode in (*self._durable.values(), *pending)}.values())

    def cut(self, how: str, chance: random.Random) -> State:
        """Return what is found after a power cut now: `drop` or `keep` all that is not synced, or a `mix`."""
        names = dict(self._durable)
        for naming in self._pending:
            if how == "keep" or (how == "mix" and chance.random() < 0.5):
                _apply(names, naming)
        contents: dict[int, bytes] = {}
        for inode in self._inodes():
            contents[id(inode)] = _content(inode.durable, _surviving(inode.pending, how, chance))
        return {path: contents[id(inode)] for path, inode in names.items()}


def _apply(names: dict[Path, _Inode], naming: _Naming) -> None:
    if naming.remove is not None:
        names.pop(naming.remove, None)
    if naming.add is not None:
        assert naming.inode is not None
        names[naming.add] = naming.inode


def _content(before: bytes, operations: Iterable[tuple[str, bytes, int]]) -> bytes:
    content = bytearray(before)
    for name, data, size in operations:
        if name == "write":
            content += bytes(max(0, size - len(content)))  # of what came before and is lost, the length is there
            content[size : size + len(data)] = data
        else:
            del content[size:]
    return bytes(content)


def _surviving(pending: list[tuple[str, bytes, int]], how: str, chance: random.Random) -> list[tuple[str, bytes, int]]:
    """Return what of the writes that were not synced is found."""
    if how != "mix":
        return pending if how == "keep" else []
    found = []
    for name, data, size in pending:
        fate = chance.random()
        if fate < 0.4:
            found.append((name, data, size))
        elif fate < 0.6 and name == "write":
            found.append((name, data[: _cut(len(data), chance)], size))
        elif fate < 0.75 and name == "write":
            kept = _cut(len(data), chance)
            found.append((name, data[:kept] + bytes(len(data) - kept), size))
        elif fate < 0.85 and name == "write":
            found.append((name, bytes(len(data)), size))
    return found


def _cut(size: int, chance: random.Random) -> int:
    """Return where a write is torn: between sectors, or anywhere."""
    if size > SECTOR and chance.random() < 0.7:
        return SECTOR * chance.randrange(0, size // SECTOR + 1)
    return chance.randrange(0, size + 1)


def fingerprint(state: Mapping[Path, bytes]) -> bytes:
    """Return something that tells a state from others."""
    digest = hashlib.blake2b(digest_size=16)
    for path in sorted(state):
        digest.update(b"%s\0%d\0" % (str(path).encode(), len(state[path])))
        digest.update(hashlib.blake2b(state[path]).digest())
    return digest.digest()


def lay_out(state: Mapping[Path, bytes], home: Path, empty: Iterable[Path] = ()) -> None:
    """Write a state into an empty folder; `empty` are folders that are there besides."""
    for folder in {home, *(home / path.parent for path in state), *(home / path for path in empty)}:
        folder.mkdir(parents=True, exist_ok=True)
    for path, content in state.items():
        (home / path).touch(0o600)  # as `Disk` makes them; the mode is set before a file has anything in it
        (home / path).write_bytes(content)

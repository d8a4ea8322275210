"""The index's files: a snapshot, and lines of what changed since."""

from __future__ import annotations

import gc
import os
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from passport.disk import Disk, write_whole
from passport.vault.lazy import LazyRows, Moved

Rows = dict[str, Any]
Tables = dict[str, LazyRows]
SNAPSHOT_BYTES = 8 << 20
"""After so many bytes of changes a new snapshot is written."""

_TIDY_BYTES = 256 << 10
_BUFFER_BYTES = 32 << 10
"""So much is gathered before it is written: what a crash takes is read again from the vault's journals."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a snapshot is made of, ready to be encoded."""

    tables: Mapping[str, Mapping[str, object]]
    lookups: Mapping[str, Mapping[str, object]]
    """By table and index; may be left out."""


@dataclass(slots=True)
class Loaded:
    """What was read: the tables as they are, look-ups as they were in the snapshot, and the changes since."""

    tables: Tables
    lookups: Mapping[str, Mapping[str, msgspec.Raw]]
    since: dict[str, list[Moved]] = field(default_factory=dict)

    def apply(self, change: Mapping[str, Any]) -> None:
        """Take in a change."""
        rows = self.tables.setdefault(change["t"], LazyRows())
        since = self.since.setdefault(change["t"], [])
        for key in (*change["d"], *change["s"]):
            since.append(Moved(key, rows.get(key), change["s"].get(key)))
        for key in change["d"]:
            rows.pop(key, None)
        rows.update(change["s"])


class Snapshots:
    """`index.json` holds a generation number and the tables; `index.<generation>.jrnl` the changes since.

    Derived data: a file that is damaged counts as not there, and one that cannot be written as not needed (the next
    start then reads more of the vault).
    """

    def __init__(self, disk: Disk, folder: Path, *, snapshot_bytes: int = SNAPSHOT_BYTES, anew: bool = False) -> None:
        self._disk = disk
        self._folder = folder
        self._snapshot_bytes = snapshot_bytes
        self._anew = anew
        """Whether files that are there count for nothing."""
        self._generation = 0
        self._descriptor: int | None = None
        self._size = 0
        """Of the journal, with what is not written yet."""
        self._buffer: list[bytes] = []
        self._buffered = 0
        self._paused = False
        self.behind = False
        """Whether the files lack something that memory has."""

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Write nothing meanwhile; a snapshot should follow."""
        self._paused = True
        try:
            yield
        finally:
            self._paused = False

    def load(self) -> Loaded:
        """Read everything and make ready to write."""
        with _no_collections():
            found = Loaded({}, {}) if self._anew else self._read_snapshot()
            raw = b"" if self._anew else _read(self._journal(self._generation))
            good = 0
            for end, change in _changes(raw):
                found.apply(change)
                good = end
        self._sweep()
        if good < len(raw):  # a torn tail: what follows it would never be read
            tables = {name: rows.stored for name, rows in found.tables.items()}
            self.snapshot(lambda: Contents(tables, {}))
        else:
            self._continue(good)
        return found

    def record(self, change: Mapping[str, Any], contents: Callable[[], Contents]) -> None:
        """Note a change that `contents` already has."""
        if self._paused:
            return
        if self.behind or self._descriptor is None:
            self.snapshot(contents)
            return
        line = _framed(change)
        self._buffer.append(line)
        self._buffered += len(line)
        self._size += len(line)
        if self._buffered > _BUFFER_BYTES:
            self.flush()
        if self._size > self._snapshot_bytes:
            self.snapshot(contents)

    def flush(self) -> None:
        """Write what was noted."""
        if self._descriptor is None or not self._buffer:
            return
        try:
            self._disk.write(self._descriptor, b"".join(self._buffer))
        except OSError:
            self._fall_behind()
        self._buffer, self._buffered = [], 0

    def snapshot(self, contents: Callable[[], Contents]) -> None:
        """Begin a new generation with everything in the snapshot. Leaves `behind` set where that cannot be done."""
        generation = self._generation + 1
        now = contents()
        data = _framed({"generation": generation, "lookups": now.lookups, "tables": now.tables})
        self._buffer, self._buffered = [], 0
        try:
            self._begin(generation, data)
        except OSError:
            self._fall_behind()
        else:
            self.behind = False

    def tidy(self, contents: Callable[[], Contents]) -> None:
        """Make the next start quick: a snapshot, where many lines have gathered."""
        if not self._paused and self._size > _TIDY_BYTES:
            self.snapshot(contents)

    def close(self) -> None:
        """Let go of the files."""
        self.flush()
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            with suppress(OSError):
                self._disk.close(descriptor)

    def _begin(self, generation: int, data: bytes) -> None:
        self.close()
        self._disk.unlink(self._journal(generation))
        descriptor = self._disk.open_new(self._journal(generation))
        try:
            aside = self._folder / "index.json.tmp"
            write_whole(self._disk, self._folder / "index.json", data, aside=aside)
        except OSError:
            with suppress(OSError):
                self._disk.close(descriptor)
            raise
        old, self._generation, self._descriptor, self._size = self._generation, generation, descriptor, 0
        with suppress(OSError):
            self._disk.unlink(self._journal(old))

    def _fall_behind(self) -> None:
        self.behind = True
        with suppress(OSError):
            if self._descriptor is not None:
                self._disk.truncate(self._descriptor, self._size - self._buffered)
        self._buffer, self._buffered = [], 0
        self.close()

    def _continue(self, size: int) -> None:
        path = self._journal(self._generation)
        try:
            self._descriptor = os.open(path, os.O_WRONLY | os.O_APPEND) if path.exists() else self._disk.open_new(path)
        except OSError:
            self.behind = True
        self._size = size

    def _read_snapshot(self) -> Loaded:
        try:
            data = msgspec.json.decode(_unframed(_read(self._folder / "index.json")), type=_Snapshot)
        except (ValueError, msgspec.MsgspecError, RecursionError):
            self._generation = 0
            return Loaded({}, {})
        self._generation = data.generation
        return Loaded({name: LazyRows(rows) for name, rows in data.tables.items()}, data.lookups)

    def _journal(self, generation: int) -> Path:
        return self._folder / f"index.{generation}.jrnl"

    def _sweep(self) -> None:
        for path in self._folder.glob("index.*"):
            if path.name not in {"index.json", self._journal(self._generation).name}:
                with suppress(OSError):
                    self._disk.unlink(path)


class _Snapshot(msgspec.Struct):
    generation: int
    tables: dict[str, dict[str, msgspec.Raw]]
    lookups: dict[str, dict[str, msgspec.Raw]] = {}


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


@contextmanager
def _no_collections() -> Iterator[None]:
    """Spare Python its search for garbage while a hundred thousand rows arrive that are none."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _framed(value: object) -> bytes:
    body = msgspec.json.encode(value)
    return b"%08x %s\n" % (zlib.crc32(body), body)


def _unframed(line: bytes) -> memoryview:
    """Return what the line holds, not copied; raise ValueError where its checksum is wrong."""
    body = memoryview(line)[9:-1]
    if not line.endswith(b"\n") or int(line[:8], 16) != zlib.crc32(body):
        raise ValueError("checksum")
    return body


def _changes(raw: bytes) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Yield the end and content of each whole line up to the first bad one."""
    position = 0
    while (end := raw.find(b"\n", position)) >= 0:
        try:
            change = msgspec.json.decode(_unframed(raw[position : end + 1]))
        except (ValueError, msgspec.MsgspecError, RecursionError):
            return
        position = end + 1
        yield position, change

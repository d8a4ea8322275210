"""The journals: what was said, one line an utterance, each device in files of its own.

`journal/<device>.<number>.jrnl` holds lines `crc32 SPACE json NEWLINE`; the JSON is `{"at": stamp, "of": [[subject,
{key: value}], …]}`, and keys that a later version adds beside these are left alone. In a vault that several computers
share there are besides `"by"`, the computer that vouches for the line, and, as the last, `"sig"`, its signature over
the bytes of the JSON without `"sig"` (`signing`). A line is the unit that is there or not there after a crash. A
segment is written by one process of one device, up to 256 KiB, and never opened for writing again, so that no sync
engine ever sees two writers of one file.
"""

from __future__ import annotations

import os
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import msgspec

from passport.disk import Disk
from passport.errors import VaultError
from passport.vault.clock import stamp_ms
from passport.vault.ordinary import is_placeholder, ordinary_sizes

SEGMENT_BYTES = 256 * 1024
MAX_BYTES = 64 << 20
"""A segment with one very long line is far below; what is larger is a stranger's, who would fill the memory."""
MAX_NUMBER = 10**12
"""Of a segment. Larger ones nobody counted up to: a stranger wrote them, to make the next name too long for a file."""
_OWN = re.compile(r"^(?P<device>[a-z0-9]+)\.(?P<number>[0-9]{6,18})\.jrnl$")
Said = Sequence[tuple[str, Mapping[str, object]]]
"""What one line says: subjects, each with values of its keys."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a line stands."""

    segment: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a journal as it was read."""

    offset: int
    length: int
    stamp: str = ""
    said: Said = ()
    damaged: bool = False
    """The checksum or the form is wrong: skipped and reported."""
    by: str = ""
    """The computer that vouches for it; empty: nobody signed it."""
    signature: str = ""
    body: bytes = b""
    """What is signed: the JSON without the signature."""


class Seal(Protocol):
    """Signs lines."""

    @property
    def device(self) -> str:
        """Who signs."""

    def seal(self, body: bytes) -> str:
        """Return the signature, in base64url."""


def encode_line(stamp: str, said: Said, seal: Seal | None = None) -> bytes:
    """Return the line for what is said. Raise VaultError for a value that JSON cannot hold."""
    try:
        body = msgspec.json.encode({"at": stamp, "of": said} | ({"by": seal.device} if seal else {}))
        body.decode("utf-8")
    except (TypeError, ValueError, msgspec.MsgspecError) as error:
        raise VaultError(f"This cannot be kept: {error}.") from error
    if seal:
        body = b'%s,"sig":"%s"}' % (body[:-1], seal.seal(body).encode())
    return b"%08x %s\n" % (zlib.crc32(body), body)


def read_lines(raw: bytes, start: int = 0) -> Iterator[Line]:
    """Read the whole lines of `raw`, which begins at offset `start` of its segment; a torn tail is left for later."""
    position = 0
    while (end := raw.find(b"\n", position)) >= 0:
        yield _decode(raw[position:end], start + position, end + 1 - position)
        position = end + 1


def _decode(line: bytes, offset: int, length: int) -> Line:
    try:
        if int(line[:8], 16) != zlib.crc32(line[9:]):
            return Line(offset, length, damaged=True)
        body = msgspec.json.decode(line[9:], type=_Body)
        stamp_ms(body.at)
    except (ValueError, msgspec.MsgspecError, RecursionError):  # the last: of brackets by the thousand
        return Line(offset, length, damaged=True)
    signed = line[9:]
    if body.sig:
        end = b',"sig":"%s"}' % body.sig.encode("ascii", "replace")
        if not signed.endswith(end):  # not of our making: what is signed could be told in two ways
            return Line(offset, length, damaged=True)
        signed = signed[: -len(end)] + b"}"
    by = body.by if body.sig else ""
    return Line(offset, length, body.at, body.of, by=by, signature=body.sig, body=signed)


class _Body(msgspec.Struct):
    at: str
    of: list[tuple[str, dict[str, object]]]
    by: str = ""
    sig: str = ""


def in_segments(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Join encoded lines to the contents of segments of the usual size."""
    block: list[bytes] = []
    size = 0
    for line in lines:
        if block and size + len(line) > SEGMENT_BYTES:
            yield b"".join(block)
            block, size = [], 0
        block.append(line)
        size += len(line)
    if block:
        yield b"".join(block)


def segment_sizes(folder: Path) -> dict[str, int]:
    """Return name and size of every journal, the sync engines' conflict copies included.

    Left out is what no program of ours makes: links, pipes, and what is far larger.
    """
    return {name: size for name, size in ordinary_sizes(folder, MAX_BYTES).items() if _is_journal(name)}


def _is_journal(name: str) -> bool:
    return ".jrnl" in name and not name.startswith(".") and not is_placeholder(name)


def read_from(folder: Path, segment: str, offset: int, length: int = -1) -> bytes:
    """Return a part of a segment; what cannot be read is empty."""
    try:
        with (folder / segment).open("rb") as file:
            file.seek(offset)
            return file.read(length)
    except FileNotFoundError:
        return b""


class JournalWriter:
    """Appends this device's lines. Not for several threads at once."""

    def __init__(self, disk: Disk, folder: Path, device: str) -> None:
        self._disk = disk
        self._folder = folder
        self._device = device
        self._descriptor: int | None = None
        self._name = ""
        self._size = 0
        self._written = b""
        """What stands in the open segment, in case somebody puts another file in its place."""
        self._owed = b""
        """What has to be written once more."""
        self.replaced = False
        """Whether somebody put another file in the place of an open segment."""
        self.names = {name for name in segment_sizes(folder) if name.startswith(f"{device}.")}
        """The segments that this computer wrote, as far as it knows."""

    def append(self, line: bytes) -> Place:
        """Make the line durable and return where it stands. Raise OSError, with nothing changed."""
        if self._descriptor is None or (self._size and self._size + len(line) > SEGMENT_BYTES):
            self._start_segment()
        descriptor = self._descriptor
        assert descriptor is not None  # noqa: S101 (for the type checker; _start_segment opens one)
        try:
            self._disk.write(descriptor, line)
            self._disk.sync(descriptor)
        except OSError:
            self._give_up(descriptor)
            raise
        place = Place(self._name, self._size, len(line))
        self._size += len(line)
        self._written += line
        return place

    def rescue(self) -> bool:
        """Write what stood in the open segment once more where that file was replaced or taken away.

        Of two journals with one name, a clone's and ours, a sync engine without conflict copies leaves one; and what is
        open would go on being written to no file at all. Return whether it was so. Raise OSError: tried again then.
        """
        if self._descriptor is not None and not self._is_in_place(self._descriptor):
            self._owed = self._written
            self.close()
        if not self._owed:
            return False
        self._start_segment()
        descriptor = self._descriptor
        assert descriptor is not None  # noqa: S101 (for the type checker; _start_segment opens one)
        try:
            self._disk.write(descriptor, self._owed)
            self._disk.sync(descriptor)
        except OSError:
            self._give_up(descriptor)
            raise
        self._size, self._written, self._owed = len(self._owed), self._owed, b""
        return True

    def _is_in_place(self, descriptor: int) -> bool:
        """Return whether the file of that name is the one that is open."""
        own = os.fstat(descriptor)
        try:
            there = (self._folder / self._name).lstat()
        except OSError:
            return False
        same = (there.st_dev, there.st_ino) == (own.st_dev, own.st_ino)
        self.replaced |= not same
        return same

    def close(self) -> None:
        """Close the segment; the next line begins a new one. An error says nothing: each line was synced."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            with suppress(OSError):
                self._disk.close(descriptor)

    def next_name(self) -> str:
        """Return the name of a segment that is not there yet."""
        there = segment_sizes(self._folder)
        own = (own_number(name, self._device) for name in there)
        number = 1 + max((number for number in own if number <= MAX_NUMBER), default=0)
        while (name := f"{self._device}.{number:06d}.jrnl") in there:
            number += 1
        self.names.add(name)
        return name

    def _start_segment(self) -> None:
        self.close()
        self._name = self.next_name()
        descriptor = self._disk.open_new(self._folder / self._name)
        try:
            self._disk.sync_folder(self._folder)
        except OSError:
            with suppress(OSError):
                self._disk.close(descriptor)
            raise
        self._descriptor, self._size, self._written = descriptor, 0, b""

    def _give_up(self, descriptor: int) -> None:
        """Take back what may have been written, and never trust this segment's end again."""
        with suppress(OSError):
            self._disk.truncate(descriptor, self._size)
        self.close()


def own_number(name: str, device: str) -> int:
    """Return the number of a segment of this device, 0 for any other file."""
    match = _OWN.match(name)
    return int(match["number"]) if match and match["device"] == device else 0

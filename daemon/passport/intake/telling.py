"""Telling a badge from everything else in a folder, by a few small reads, and a whole file from half a one."""

from __future__ import annotations

import os
from collections.abc import Callable
from enum import Enum
from functools import partial

from passport.badge.containers import looks_like_container
from passport.badge.sniffing import looks_like_badge
from passport.intake.opening import MAX_FILE_BYTES, opened

ReadAt = Callable[[int, int], bytes]
_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_END = b"\0\0\0\0IEND\xaeB`\x82"
_ZIP = b"PK\x03\x04"
_ZIP_END = b"PK\x05\x06"
_ZIP_TAIL = (1 << 16) + 22
"""The end of a ZIP's directory, with the longest comment behind it (APPNOTE 4.3.16)."""
_TAIL = 1024
_MAX_CHUNKS = 1 << 16


class Look(Enum):
    """What a file looks like."""

    BADGE = "badge"
    """Or something that may hold some: a ZIP, a mail."""
    OTHER = "other"
    TOO_LARGE = "too large"
    """It looks like a badge and is larger than what is read."""
    INCOMPLETE = "incomplete"
    UNREADABLE = "unreadable"


def look(path: str, *, patient: bool = True) -> Look:
    """Look at a file: at its headers, not at its content. Not `patient`: an incomplete one is judged as it is."""
    try:
        with opened(path) as (descriptor, found):
            return _look(partial(_read_at, descriptor), found.st_size, patient=patient)
    except OSError:
        return Look.UNREADABLE


def _look(read_at: ReadAt, size: int, *, patient: bool) -> Look:
    if patient and not is_complete(read_at(0, 64), read_at, size):
        return Look.INCOMPLETE
    if looks_like_badge(read_at, size, thorough=True):
        return Look.BADGE if size <= MAX_FILE_BYTES else Look.TOO_LARGE
    # what holds badges among other things is opened in the worker; a large one is some other download
    return Look.BADGE if size <= MAX_FILE_BYTES and looks_like_container(read_at, size) else Look.OTHER


def is_complete(head: bytes, read_at: ReadAt, size: int) -> bool:
    """Whether a file of a kind that says where it ends has reached that end; of other kinds all are complete."""
    if _PNG.startswith(head[:8]) and head:
        return _png_is_complete(read_at, size)
    if head.startswith(_ZIP):
        return _ZIP_END in read_at(max(0, size - _ZIP_TAIL), _ZIP_TAIL)
    if head.startswith(b"%PDF-"):
        return b"%%EOF" in read_at(max(0, size - _TAIL), _TAIL)
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    tail = read_at(max(0, size - _TAIL), _TAIL).rstrip(b" \t\r\n\0")
    if start.startswith((b"{", b"[")):
        return tail.endswith((b"}", b"]"))
    if start.startswith((b"<svg", b"<?xml")):
        return tail.endswith(b">")
    return True


def _png_is_complete(read_at: ReadAt, size: int) -> bool:
    """A PNG ends with IEND; only where something stands behind that, it takes a walk to find it."""
    if read_at(max(0, size - len(_PNG_END)), len(_PNG_END)) == _PNG_END:
        return True
    position = len(_PNG)
    for _ in range(_MAX_CHUNKS):
        header = read_at(position, 8)
        if len(header) < 8 or not header[4:].isalpha():
            return False
        position += 12 + int.from_bytes(header[:4], "big")
        if header[4:] == b"IEND":
            return position <= size
    return True


def _read_at(descriptor: int, offset: int, count: int) -> bytes:
    if hasattr(os, "pread"):
        return os.pread(descriptor, count, offset)
    os.lseek(descriptor, offset, os.SEEK_SET)  # Windows
    return os.read(descriptor, count)

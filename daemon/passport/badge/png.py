"""Statements in PNG pictures: an own walk over the chunks, so that no other reader can disagree in silence.

PNG third edition 11.3.3 (tEXt, zTXt, iTXt); Open Badges Baking 2.0 (iTXt `openbadges`) and 3.0 section 5.3.1 (iTXt
`openbadgecredential`). Of other chunks only the eight bytes of the header are looked at; no pixel is.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from passport.badge.statements import MAX_STATEMENT_BYTES, Statement, Unbaked, decode, settle
from passport.errors import BakingError

SIGNATURE = b"\x89PNG\r\n\x1a\n"
OLD_KEYWORD = "openbadges"
"""Open Badges 0.5 to 2.1."""
NEW_KEYWORD = "openbadgecredential"
"""Open Badges 3.0."""
KEYWORDS = (OLD_KEYWORD, NEW_KEYWORD)
MAX_CHUNKS = 1 << 16
"""More than any real picture of the size that is read has; a walk over this many takes some 30 ms."""
MAX_BADGE_CHUNKS = 64
"""So that repeats cannot multiply the work of inflating (security.md 2.3: 4096 chunks of any kind)."""

_TEXT_TYPES = (b"tEXt", b"zTXt", b"iTXt")
_BROKEN = "is broken"


@dataclass(frozen=True, slots=True)
class Chunk:
    """One chunk, as a stretch of the file."""

    type: bytes
    start: int
    """Of its length field."""
    data: bytes
    """Only of text chunks under our keywords; empty for all others."""
    end: int
    """Behind its CRC; more than the file has, when it is cut off."""
    keyword: str | None = None
    """Ours, or None."""


@dataclass(slots=True)
class _Findings:
    """What comes up on the way through one file."""

    statements: dict[str, list[Statement]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def unbake(file: bytes) -> Unbaked:
    """Return what a PNG carries. `file` starts with `SIGNATURE`."""
    findings = _Findings()
    ended = False
    count = 0
    for chunk in walk(file):
        if chunk.keyword is not None:
            count += 1
            if count > MAX_BADGE_CHUNKS:
                findings.problems.append(f"The picture has more than {MAX_BADGE_CHUNKS} badge chunks.")
                break
            _take(file, chunk, findings, after_end=ended)
        if chunk.end > len(file):
            findings.notes.append("The picture is cut off.")
        ended = ended or chunk.type == b"IEND"
    return _settled(findings)


def walk(file: bytes) -> Iterator[Chunk]:
    """Yield the chunks in order, also those behind IEND, until the file ends or stops making sense."""
    position = len(SIGNATURE)
    for _ in range(MAX_CHUNKS):
        if position + 8 > len(file):
            return
        length = int.from_bytes(file[position : position + 4], "big")
        kind = file[position + 4 : position + 8]
        if not kind.isalpha():
            return
        end = position + 12 + length
        keyword = _keyword(kind, file[position + 8 : min(position + 8 + length, position + 40)])
        data = file[position + 8 : min(end - 4, len(file))] if keyword and length <= 4 * MAX_STATEMENT_BYTES else b""
        yield Chunk(kind, position, data, end, keyword)
        position = end


def _keyword(kind: bytes, head: bytes) -> str | None:
    if kind not in _TEXT_TYPES:
        return None
    for keyword in KEYWORDS:
        if head.split(b"\0", 1)[0] == keyword.encode():
            return keyword
    return None


def _take(file: bytes, chunk: Chunk, findings: _Findings, *, after_end: bool) -> None:
    """Add what one of our chunks says, or what is wrong with it."""
    where = f'{chunk.type.decode()} chunk "{chunk.keyword}"'
    if chunk.end > len(file) or not chunk.data:
        findings.problems.append(f"The {where} is cut off or too large.")
        return
    if zlib.crc32(chunk.type + chunk.data) != int.from_bytes(file[chunk.end - 4 : chunk.end], "big"):
        findings.notes.append(f"The checksum of the {where} is wrong; its text was read nevertheless.")
    if after_end:
        # Most readers stop at IEND, so a statement behind it would be seen by some and not by others.
        findings.problems.append(f"The {where} stands behind the end of the picture, where other programs do not look.")
    try:
        raw, notes = _text_of(chunk)
    except BakingError as error:
        findings.problems.append(f"The {where} {error.problem}.")
        return
    text, note = decode(raw)
    findings.notes += [f"The {where}: {said}" for said in (*notes, *filter(None, [note]))]
    if not text.strip():
        findings.problems.append(f"The {where} is empty.")
        return
    findings.statements.setdefault(str(chunk.keyword), []).append(Statement(text, where))


def _text_of(chunk: Chunk) -> tuple[bytes, tuple[str, ...]]:
    rest = chunk.data.partition(b"\0")[2]
    if chunk.type == b"tEXt":
        return _within_limit(rest), ()
    if chunk.type == b"zTXt":
        if rest[:1] != b"\0":
            raise BakingError(_BROKEN)
        return _inflate(rest[1:]), ()
    parts = rest[2:].split(b"\0", 2)
    if len(parts) != 3 or rest[0] > 1:
        raise BakingError(_BROKEN)
    if rest[0] == 0:
        return _within_limit(parts[2]), ()
    if rest[1] != 0:
        raise BakingError(_BROKEN)
    return _inflate(parts[2]), ("It is compressed, which Open Badges advise against.",)


def _within_limit(text: bytes) -> bytes:
    if len(text) > MAX_STATEMENT_BYTES:
        raise BakingError("holds more than 1 MiB of text")
    return text


def _inflate(data: bytes) -> bytes:
    """Inflate at most the limit, and only what is whole (security.md 3, PNG: `d.eof` required)."""
    inflater = zlib.decompressobj()
    try:
        text = inflater.decompress(data, MAX_STATEMENT_BYTES + 1)
    except zlib.error as error:
        raise BakingError("is compressed and cannot be inflated") from error
    _within_limit(text)
    if not inflater.eof:
        raise BakingError("is compressed and cut off")
    return text


def _settled(findings: _Findings) -> Unbaked:
    kept: list[Statement] = []
    for statements in findings.statements.values():
        one, problem = settle(statements)
        kept += one
        if problem:
            findings.problems.append(problem)
        elif len(statements) > len(one):
            findings.notes.append("The same statement stands in the picture more than once.")
    return Unbaked("png", tuple(kept), tuple(findings.notes), " ".join(findings.problems) or None)


def bake(picture: bytes, statement: str, keyword: str) -> bytes:
    """Return the picture with the statement as an iTXt chunk behind IHDR; earlier statements are taken out.

    Every other byte stays as it was.

    Raises:
        BakingError: the picture is broken.
    """
    chunks = list(walk(picture))
    whole = [chunk.type for chunk in chunks if chunk.end <= len(picture)]
    if not chunks or chunks[0].type != b"IHDR" or b"IEND" not in whole:
        raise BakingError("The PNG picture is broken or cut off, so nothing was baked into it.")
    head, last = chunks[0].end, chunks[-1].end
    kept = [picture[chunk.start : chunk.end] for chunk in chunks[1:] if chunk.keyword is None]
    return b"".join([picture[:head], _chunk(statement, keyword), *kept, picture[last:]])


def _chunk(statement: str, keyword: str) -> bytes:
    data = keyword.encode() + b"\0\0\0\0\0" + statement.encode()
    kind = b"iTXt"
    return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

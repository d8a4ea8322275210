"""Telling badges apart in thousands of files: a walk over headers, a few small reads, no parsing.

A *yes* may be wrong (the full road says no later). A *no* is right for all that `baking.unbake` takes as a badge, but
for what stands at `looks_like_badge`.
"""

from __future__ import annotations

from collections.abc import Callable

from passport.badge import png, svg

ReadAt = Callable[[int, int], bytes]
"""Offset and count, in bytes -> that stretch of the file, shorter at its end."""

HEAD_BYTES = 4096
_BLOCK_BYTES = 256 << 10
_PDF_TAIL_BYTES = 4096
_MAX_TEXT_BYTES = 20 << 20
"""Backups of wallets hold many badges with their pictures."""
_MAX_PDF_BYTES = 20 << 20

_CHUNK_HEAD = 8 + max(len(keyword) for keyword in png.KEYWORDS) + 1
_TEXT_TYPES = frozenset({b"iTXt", b"tEXt", b"zTXt"})
_KEYWORDS = frozenset(keyword.encode() for keyword in png.KEYWORDS)

# Few words, each cheap to look for: `Credential` or `credential…` stands in all of OB 3.0 and its presentations,
# the other two in all assertions before.
_JSON_WORDS = (b"redential", b'"recipient"', b"openbadge")
_SVG_WORDS = (b"openbadge", b"imsglobal.org/ob/")
_PDF_WORDS = (b"openbadge", b"/EmbeddedFile")
_WIDE = ("utf-16-le", "utf-16-be")
_BLANK = b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"
"""White space, byte order marks, and the zeros of UTF-16."""


def looks_like_badge(read_at: ReadAt, size: int, *, thorough: bool = False) -> bool:
    """Return whether a file may carry a badge, by its content alone (names lie, and `x (2).png` is a name too).

    Not seen: a bare URL in a text file (every note would be one); JSON so broken that none of its usual words is left;
    what a PDF keeps in compressed objects or, unless `thorough`, between its first and last 4 KiB. Containers (ZIP,
    mail) are the matter of `looks_like_container`.

    Args:
        read_at: reads the file; the first call asks for its first `HEAD_BYTES`.
        size: of the file, in bytes.
        thorough: read PDFs from end to end, for a file that has just arrived.
    """
    head = read_at(0, HEAD_BYTES)
    if head.startswith(png.SIGNATURE):
        return _png_has_keyword(head, read_at, size)
    if head.startswith(b"%PDF-"):
        return _pdf_may_have_one(head, read_at, size, thorough=thorough)
    start = head[:64].lstrip(_BLANK)
    first = start[:1]
    if first in (b"{", b"["):
        return size <= _MAX_TEXT_BYTES and _any_word(_JSON_WORDS, head, read_at, size)
    if first == b"<":
        return size <= svg.MAX_BYTES and _any_word(_SVG_WORDS, head, read_at, size)
    if first == b"e":
        return size <= _MAX_TEXT_BYTES and start.startswith(b"eyJ") and b"." in head
    return head.startswith(b"\x1f\x8b\x08") and size <= svg.MAX_BYTES and _may_be_svg(head)


def _png_has_keyword(head: bytes, read_at: ReadAt, size: int) -> bool:
    """Walk from chunk to chunk, reading only headers: pixels are jumped over."""
    position = len(png.SIGNATURE)
    for _ in range(png.MAX_CHUNKS):
        if position + 8 > size:
            return False
        in_head = position + _CHUNK_HEAD <= len(head)
        start = head[position : position + _CHUNK_HEAD] if in_head else read_at(position, _CHUNK_HEAD)
        kind = start[4:8]
        if kind != b"IDAT":  # nearly all are
            if kind in _TEXT_TYPES and start[8:].split(b"\0", 1)[0] in _KEYWORDS:
                return True
            if not kind.isalpha():
                return False
        position += 12 + int.from_bytes(start[:4], "big")
    return False


def _pdf_may_have_one(head: bytes, read_at: ReadAt, size: int, *, thorough: bool) -> bool:
    """The information dictionary and the list of attached files stand near one of the ends, nearly always."""
    if thorough:
        return size <= _MAX_PDF_BYTES and _any_word(_PDF_WORDS, head, read_at, size)
    tail = read_at(max(size - _PDF_TAIL_BYTES, HEAD_BYTES), _PDF_TAIL_BYTES)
    return any(word in head or word in tail for word in _PDF_WORDS)


def _any_word(words: tuple[bytes, ...], head: bytes, read_at: ReadAt, size: int) -> bool:
    """Return whether one of the words stands anywhere in the file, read block by block."""
    if b"\0" in head[:64]:
        words = (*words, *(word.decode("ascii").encode(encoding) for word in words for encoding in _WIDE))
    for word in words:
        if word in head:
            return True
    overlap = max(len(word) for word in words) - 1
    for start in range(HEAD_BYTES, size, _BLOCK_BYTES):
        block = read_at(start - overlap, min(_BLOCK_BYTES, size - start) + overlap)
        for word in words:
            if word in block:
                return True
    return False


def _may_be_svg(head: bytes) -> bool:
    """A gzip file (RFC 1952) names what is in it or nothing; one that names something else is no SVGZ."""
    if not head[3:4] or not head[3] & 8:
        return True
    name = head[10:266].split(b"\0", 1)[0]
    return name.lower().endswith((b".svg", b".svgz"))

"""Traces of the owner's addresses in what would be handed on, however they are written there.

An address may stand in a JWT inside a statement, percent-encoded in a link, in the metadata of a picture or of one that
is embedded. What is looked at is bounded; what a person reads in pixels, or in the letters of a PDF, is not found.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import html
import json
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from unicodedata import normalize
from urllib.parse import unquote

from passport.badge import png

DEEPEST = 3
"""Packed in one another: a JWT in a statement, a picture in that, its metadata."""
MOST_INFLATED = 1 << 20
MOST_PIECES = 256
"""Packed pieces of one text or file that are looked into."""
MOST_CHARACTERS = 8 << 20
"""Of one text."""
MOST_IN_ALL, EACH = 48 << 20, 1 << 10
"""Characters of all texts of one file or text, and what each counts besides: a small one can unpack to very many."""
LEAST_DIGITS = 8
"""The end of a telephone number, which is the same with and without the country's code."""
_AT = re.compile(r"@(?:[^\W_][\w-]{0,62}\.){1,8}([^\W\d_]{2,24})")
_BEFORE = re.compile(r"[\w.+-]{1,64}\Z")
_NAMES_OF_FILES = frozenset({"css", "gif", "htm", "html", "jpeg", "jpg", "js", "json", "pdf", "png", "svg", "webp"})
"""What `badge@2x.png` ends with, which is no address."""
_PACKED = re.compile(r"[A-Za-z0-9_-]{16,}")
_EMBEDDED = re.compile(r"data:[^,\s\"'<>]{0,200};base64,([A-Za-z0-9+/=\s]+)", re.IGNORECASE)
_ESCAPED = re.compile(r"(?<!\\)\\+u([0-9a-fA-F]{4})")
_BETWEEN_DIGITS = r"[\s().\-/\u2010-\u2015]*"
_STREAM = re.compile(rb"stream\r?\n")
_ALGORITHMS = ("md5", "sha1", "sha256", "sha512")
_PIXELS = frozenset({b"IDAT", b"fdAT", b"PLTE", b"tRNS"})
_OF_ISSUERS = frozenset(
    {"issuer", "creator", "badge", "achievement", "endorsement", "endorsementJwt", "proof", "source", "@context"}
)
"""Members of a statement that say nothing of the recipient: whose badge it is, and what for."""


def mails(text: str) -> set[str]:
    """Return the e-mail addresses in a text."""
    found = set()
    for at in _AT.finditer(text):
        name = _BEFORE.search(text[max(0, at.start() - 64) : at.start()])
        if name and at[1].lower() not in _NAMES_OF_FILES:
            found.add(f"{name[0]}{at[0]}".casefold())
    return found


def personal(document: Mapping[str, object]) -> tuple[str, str]:
    """Return what a statement says of this award alone, and what it says of its issuer and achievement; as texts."""
    own: list[object] = []
    theirs: list[object] = []
    pending: list[object] = [document]
    while pending:
        one = pending.pop()
        if isinstance(one, dict):
            for name, value in one.items():
                (theirs if name in _OF_ISSUERS else pending).append(value)
                own.append(name)
        elif isinstance(one, list):
            pending += one
        else:
            own.append(one)
    return _written(own), _written(theirs)


def texts_in(text: str) -> Iterator[str]:
    """Yield a text, and what is written or packed in it in other ways."""
    return _bounded(_texts_in(text, DEEPEST))


def texts_of(file: bytes) -> Iterator[str]:
    """Yield the texts of a file but for its badge: metadata, comments, what stands behind its end."""
    return _bounded(_texts_of(file, DEEPEST))


def _bounded(texts: Iterator[str]) -> Iterator[str]:
    left = MOST_IN_ALL
    for text in texts:
        yield text
        left -= len(text) + EACH
        if left < 0:
            return


def _texts_in(text: str, deep: int) -> Iterator[str]:
    text = text[:MOST_CHARACTERS]
    yield text
    for plainer in (_ESCAPED.sub(lambda found: chr(int(found[1], 16)), text), html.unescape(text), unquote(text)):
        if plainer != text:
            yield plainer
    if deep:
        for found in _some(_PACKED.finditer(text)):
            packed = _decoded(found[0])
            if packed is not None and (packed[:1] in b"{[" or b"@" in packed):
                yield from _texts_in(packed.decode("utf-8", "replace"), deep - 1)
        for found in _some(_EMBEDDED.finditer(text)):
            yield from _texts_of(_decoded(found[1]) or b"", deep - 1)


def _texts_of(file: bytes, deep: int) -> Iterator[str]:
    for piece in _pieces(file):
        text = piece[:MOST_CHARACTERS].decode("utf-8", "replace")
        yield from _texts_in(text, deep)
        if "\0" in text:  # UTF-16, as EXIF has it
            yield text.replace("\0", "")


class Addresses:
    """Somebody's e-mail addresses and telephone numbers, ready to be looked for."""

    def __init__(self, identities: Iterable[str] = ()) -> None:
        identities = tuple(identities)
        mails = [identity for identity in identities if "@" in identity]
        numbers = [re.sub(r"\D", "", identity)[-LEAST_DIGITS:] for identity in identities if identity[:1] in {"+", "0"}]
        spellings = {spelling.encode() for one in mails for spelling in (one, one.lower())}
        self._mails = [_plain(mail) for mail in mails]
        self._numbers = [re.compile(_BETWEEN_DIGITS.join(one)) for one in numbers if len(one) == LEAST_DIGITS]
        self._digests = [
            hashlib.new(name, one, usedforsecurity=False).hexdigest() for one in spellings for name in _ALGORITHMS
        ]

    def in_any(self, texts: Sequence[str]) -> bool:
        """Whether one of them stands in one of the texts (see `texts_in`)."""
        return any(map(self._in, texts))

    def hashed_in_any(self, texts: Sequence[str]) -> bool:
        """Whether a plain hash of one of them stands there, as in the address of a portrait."""
        return any(digest in text for text in map(str.lower, texts) for digest in self._digests)

    def _in(self, text: str) -> bool:
        plain = _plain(text)
        return any(mail in plain for mail in self._mails) or any(number.search(plain) for number in self._numbers)


def _plain(text: str) -> str:
    return text.casefold() if text.isascii() else normalize("NFKC", text).casefold()


def _written(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _some(found: Iterator[re.Match[str]]) -> Iterator[re.Match[str]]:
    return (match for _, match in zip(range(MOST_PIECES), found, strict=False))


def _decoded(text: str) -> bytes | None:
    """Return what is packed in base64 of either alphabet; None: nothing."""
    plain = "".join(text.split()).translate({ord("-"): "+", ord("_"): "/"}).rstrip("=")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None


def _pieces(file: bytes) -> Iterator[bytes]:
    if file.startswith(png.SIGNATURE):
        yield from _pieces_of_png(file)
        return
    yield file
    if file.startswith(b"%PDF"):
        for _, found in zip(range(MOST_PIECES), _STREAM.finditer(file), strict=False):
            yield _inflated(file[found.end() : found.end() + MOST_INFLATED])


def _pieces_of_png(file: bytes) -> Iterator[bytes]:
    end = len(png.SIGNATURE)
    for chunk in png.walk(file):
        end = chunk.end
        if chunk.keyword is None and chunk.type not in _PIXELS:
            data = file[chunk.start + 8 : chunk.end - 4]
            yield data
            if chunk.type in {b"zTXt", b"iTXt", b"iCCP"}:
                yield from map(_inflated, _tails(data))
    yield file[end:]


def _tails(data: bytes) -> Iterator[bytes]:
    """Yield where the packed part of a text chunk may begin: behind each of its zeros (PNG 11.3.3)."""
    for place in [found.start() for found in re.finditer(b"\0", data[:256])][:8]:
        yield data[place + 1 :]
        yield data[place + 2 :]


def _inflated(data: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(data, MOST_INFLATED)
    except zlib.error:
        return b""

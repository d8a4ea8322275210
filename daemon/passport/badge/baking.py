"""Taking the statement out of a picture or file, and putting it into a picture.

bytes ──unbake──► statements as text ──parse──► AchievementCredential
"""

from __future__ import annotations

import codecs
import zlib

from passport.badge import pdf, png, svg, svg_baking
from passport.badge.detection import is_badge_text, is_credential_text
from passport.badge.statements import Form, Statement, Unbaked, decode, form_of, settle
from passport.errors import BakingError

__all__ = ["MAX_FILE_BYTES", "Statement", "Unbaked", "bake", "unbake"]

MAX_FILE_BYTES = 20 << 20
"""Larger files are refused (security.md 2.3)."""
MAX_TEXT_BYTES = 2 << 20
"""Longest text file (JSON, JWS) that is looked at; strict JSON has its own, lower limit."""

_GZIP = b"\x1f\x8b\x08"
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BOM_STARTS = frozenset(bom[:1] for bom, _ in _BOMS)
_PLAIN_STARTS = frozenset({b"{", b"e"})
"""Of JSON and compact JWS without anything before: nearly all text files that are badges."""
_TEXT_KINDS = {Form.JSON: "json", Form.COMPACT: "jws", Form.URL: "url"}


def unbake(file: bytes) -> Unbaked:
    """Return all statements that a file carries, and what is odd or wrong about them. Never raises.

    A PNG or SVG; a PDF (its own statement and those of attached files); a raw JSON document, JWS or URL.
    """
    if len(file) > MAX_FILE_BYTES:
        return Unbaked("other", problem=f"The file is larger than {MAX_FILE_BYTES >> 20} MiB.")
    if file[:1] in _PLAIN_STARTS:
        return _unbake_text(file)
    if file.startswith(png.SIGNATURE):
        return png.unbake(file)
    if file.startswith(b"%PDF-"):
        return _unbake_pdf(file)
    if file.startswith(_GZIP):
        file = _gunzip(file)
    return svg.unbake(file) if _looks_like_xml(file) else _unbake_text(file)


def bake(picture: bytes, statement: str) -> bytes:
    """Return the PNG or SVG picture with the statement in it, not a pixel touched; an earlier statement is replaced.

    Raises:
        BakingError: not a PNG or SVG, a broken one, or the statement is no JSON object, compact JWS or URL.
    """
    if form_of(statement) is Form.OTHER:
        raise BakingError("Only a JSON object, a compact JWS or an http(s) address can be baked into a picture.")
    new = is_credential_text(statement)
    if picture.startswith(png.SIGNATURE):
        return png.bake(picture, statement, png.NEW_KEYWORD if new else png.OLD_KEYWORD)
    if _looks_like_xml(picture):
        return svg_baking.bake(picture, statement, svg.CREDENTIAL if new else svg.ASSERTION)
    raise BakingError("Only PNG and SVG pictures can carry a badge.")


def _looks_like_xml(file: bytes) -> bool:
    head = file[:256].replace(b"\0", b"")
    for bom, _ in _BOMS:
        head = head.removeprefix(bom)
    return head.lstrip().startswith(b"<")


def _unbake_text(file: bytes) -> Unbaked:
    if len(file) > MAX_TEXT_BYTES or not _looks_like_text(file):
        return Unbaked("other")
    if file[:1] == b"{":
        try:
            return Unbaked("json", (Statement(file.decode(), "the file"),))
        except UnicodeDecodeError:
            pass  # and is read as what it may be below
    text, note = decode_file(file)
    kind = _TEXT_KINDS.get(form_of(text))
    if kind is None:
        return Unbaked("other")
    return Unbaked(kind, (Statement(text, "the file"),), (note,) if note else ())


def _looks_like_text(file: bytes) -> bool:
    if file[:1] in _PLAIN_STARTS:
        return True
    head = file[:64].replace(b"\0", b"")
    for bom, _ in _BOMS:
        head = head.removeprefix(bom)
    return head.lstrip()[:1] in {b"{", b"e", b"h", b"H"}


def decode_file(file: bytes) -> tuple[str, str | None]:
    for bom, encoding in _BOMS if file[:1] in _BOM_STARTS else ():
        if file.startswith(bom):
            try:
                return file[len(bom) :].decode(encoding), None
            except UnicodeDecodeError:
                break
    return decode(file)


def _gunzip(file: bytes) -> bytes:
    """Return what a gzip file (SVGZ) holds, at most what an SVG may have; empty when broken."""
    inflater = zlib.decompressobj(wbits=31)
    try:
        content = inflater.decompress(file, svg.MAX_BYTES + 1)
    except zlib.error:
        return b""
    return content if len(content) <= svg.MAX_BYTES else b""


def _unbake_pdf(file: bytes) -> Unbaked:
    content = pdf.read(file)
    own, problem = settle(list(content.statements))
    statements, problems = [*own], [problem]
    notes: list[str] = []
    for attached in content.attachments:
        inner = _unbake_attachment(attached)
        statements += inner.statements
        notes += inner.notes
        problems.append(inner.problem)
    if content.problem:
        (problems if b"openbadge" in file else notes).append(content.problem)
    unique = {statement.text.strip(): statement for statement in reversed(statements)}
    said = " ".join(filter(None, problems)) or None
    return Unbaked("pdf", tuple(reversed(unique.values())), tuple(notes), said)


def _unbake_attachment(attached: pdf.Attachment) -> Unbaked:
    """Return what an attached picture or document carries; a PDF in a PDF is left alone."""
    if attached.content.startswith(b"%PDF-"):
        return Unbaked("other")
    inner = unbake(attached.content)
    if inner.kind in {"json", "jws", "url", "other"} and not any(is_badge_text(one.text) for one in inner.statements):
        return Unbaked("other")
    where = f"attached file {attached.name}"
    return Unbaked(
        inner.kind, tuple(Statement(one.text, where) for one in inner.statements), inner.notes, inner.problem
    )

"""Statements in PDF files: the information dictionary, the XMP metadata, and attached files.

Open Badge Factory writes the first two (Salava `badge/parse.clj`, key `openbadges`; `<openbadges:assertion
verify="…">`); attached files are how other issuers send the baked picture along. pypdf is slow to import and never
saw hostile files enough: it loads when a PDF comes, and runs where the caller has put limits (design.md 3).
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from passport.badge.png import KEYWORDS
from passport.badge.statements import MAX_STATEMENT_BYTES, Statement
from passport.badge.svg import NotSvgError, RefusedError, Scanner, statements_of

if TYPE_CHECKING:
    from pypdf import PdfReader

MAX_ATTACHMENTS = 200
MAX_ATTACHMENT_BYTES = 20 << 20
_XMP_ROOTS = frozenset({"xmpmeta", "RDF", "xapmeta"})


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file inside a PDF."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class PdfContent:
    """What a PDF says of badges."""

    statements: tuple[Statement, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    problem: str | None = None


def read(file: bytes) -> PdfContent:
    """Return what stands in a PDF. Never raises."""
    # It writes a line for each oddity of a file, with the file's own words in it: no business of a log's.
    import logging  # noqa: PLC0415 (as pypdf: only where a PDF comes)

    from pypdf import PdfReader  # noqa: PLC0415 (a quarter of a second, only for PDFs)

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = PdfReader(io.BytesIO(file), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            return PdfContent(problem="The PDF is locked with a password.")
        statements = [*_information(reader), *_metadata(reader)]
        return PdfContent(tuple(statements), tuple(_attachments(reader)))
    except Exception:  # noqa: BLE001 (pypdf raises anything from a broken file: KeyError, RecursionError, its own…)
        return PdfContent(problem="The PDF is broken.")


def _information(reader: PdfReader) -> Iterator[Statement]:
    for key, value in (reader.metadata or {}).items():
        name = str(key).removeprefix("/")
        if name in KEYWORDS and isinstance(value, str) and value.strip():
            yield Statement(value[: MAX_STATEMENT_BYTES + 1], f"document information {name}")


def _metadata(reader: PdfReader) -> Iterator[Statement]:
    catalogue = reader.root_object
    stream = catalogue.get("/Metadata")
    if stream is None:
        return
    data = stream.get_object().get_data()
    start = max(data.find(b"<x:"), 0) if not data.lstrip().startswith(b"<?") else 0
    scanner = Scanner(data[start:], roots=_XMP_ROOTS)
    try:
        scanner.scan()
    except (NotSvgError, RefusedError):
        return
    for element in scanner.elements:
        for statement in statements_of(element):
            yield Statement(statement.text, f"XMP {statement.where}")


def _attachments(reader: PdfReader) -> Iterator[Attachment]:
    for attached in islice(reader.attachment_list, MAX_ATTACHMENTS):
        content = attached.content
        if 0 < len(content) <= MAX_ATTACHMENT_BYTES:
            yield Attachment(str(attached.name)[:255], content)

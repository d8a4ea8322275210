"""Opening a container, and the containers in it, each badge with a name of its own. In memory; nothing is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from passport.badge import pdf
from passport.badge.baking import MAX_FILE_BYTES, decode_file, unbake
from passport.badge.containers import archives, mails, records
from passport.badge.containers.parts import (
    MAX_BADGES,
    MAX_CONTAINER_BYTES,
    MAX_DEPTH,
    MAX_KEPT_BYTES,
    Budget,
    LimitError,
    Part,
)
from passport.badge.sniffing import HEAD_BYTES, ReadAt


@dataclass(frozen=True, slots=True)
class Contained:
    """One file with a badge, out of a container; or one that could not be opened."""

    name: str
    """Where it was, for people: `award.zip/mail.eml/badge.png`. From strangers; never a path to write to."""
    file: bytes
    problem: str | None = None
    """Why it could not be opened, as a sentence; `file` is then empty."""


def looks_like_container(read_at: ReadAt, size: int) -> bool:
    """Return whether a file is a ZIP or a mail, by its first bytes.

    PDF and JSON need no asking: `looks_like_badge` says yes to those that may hold badges.
    """
    head = read_at(0, HEAD_BYTES)
    return size <= MAX_CONTAINER_BYTES and (archives.is_archive(head) or mails.is_mail(head))


def open_container(file: bytes, name: str) -> tuple[Contained, ...]:
    """Return all badges in a container, with those in the containers in it.

    Nothing comes back for a file that is no container (also: that is itself one badge), and for one without badges.
    Where a limit stops the work, what was found until then comes back, and a last one with the `problem`. Never raises.

    Args:
        file: ZIP, mail, mailbox, PDF with attached badges, or JSON or JWT with credentials in it.
        name: of the file, for the names of what is in it.
    """
    found: list[Contained] = []
    kept = 0
    if _is_badge(file):
        return ()
    try:
        for one in _badges_in(Part(name, file), Budget(), 0):
            kept += len(one.file)
            if len(found) >= MAX_BADGES or kept > MAX_KEPT_BYTES:
                raise LimitError(f"It holds more than {MAX_BADGES:,} badges or {MAX_KEPT_BYTES >> 20} MiB of them.")  # noqa: TRY301 (the same end as all other limits)
            found.append(one)
    except LimitError as limit:
        found.append(Contained(name, b"", str(limit)))
    return tuple(found)


def _badges_in(outer: Part, budget: Budget, depth: int) -> Iterator[Contained]:
    if depth > MAX_DEPTH:
        raise LimitError("Its containers are nested too deep.")
    for part in _parts(outer.content, budget):
        name = f"{outer.name}/{part.name}"
        if part.problem:
            yield Contained(name, b"", part.problem)
        elif part.is_statement or _is_badge(part.content):
            yield Contained(name, part.content)
        else:
            yield from _badges_in(Part(name, part.content), budget, depth + 1)


def _parts(file: bytes, budget: Budget) -> Iterator[Part]:
    head = file[:HEAD_BYTES]
    if len(file) > MAX_CONTAINER_BYTES:
        return
    if archives.is_archive(head):
        yield from archives.parts(file, budget)
    elif mails.is_mail(head):
        yield from mails.parts(file, budget)
    elif head.startswith(b"%PDF-"):
        yield from _pdf_parts(file, budget)
    else:
        yield from _record_parts(file, budget)


def _pdf_parts(file: bytes, budget: Budget) -> Iterator[Part]:
    """Yield the attached files of a PDF that says nothing of a badge itself."""
    content = pdf.read(file) if len(file) <= MAX_FILE_BYTES else pdf.PdfContent()
    if content.statements:
        return
    for attached in content.attachments:
        budget.spend(len(attached.content))
        yield Part(attached.name, attached.content)


def _record_parts(file: bytes, budget: Budget) -> Iterator[Part]:
    if len(file) > MAX_FILE_BYTES:
        return
    start = file[:64].lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n")
    if start.decode("latin-1").startswith(records.LOCKED_PREFIXES):
        yield Part("the wallet", b"", "The wallet is locked with a password; export it without one.")
    elif start[:1] in (b"{", b"[", b"e"):
        for number, text in enumerate(records.statements_in(decode_file(file)[0], budget), 1):
            yield Part(f"credential {number}", text.encode(), is_statement=True)


def _is_badge(file: bytes) -> bool:
    """Return whether a file carries a badge, also a broken or hostile one, which is an answer of its own.

    A text with nothing but an address is a badge where it was baked, and a note elsewhere.
    """
    if len(file) > MAX_FILE_BYTES:
        return False
    found = unbake(file)
    if found.kind == "pdf":
        return any(statement.where.startswith(("document", "XMP")) for statement in found.statements)
    if found.kind in {"json", "jws", "url"}:
        return found.kind != "url" and any(records.is_statement(statement.text) for statement in found.statements)
    return found.problem is not None or bool(found.statements)

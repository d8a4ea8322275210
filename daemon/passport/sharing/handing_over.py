"""Handing badges over in other forms than the whole export: the originals alone, a table, a presentation."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from passport.errors import VaultError
from passport.sharing.exporting import original_name
from passport.sharing.presentation import HolderKey, present, presentable, presentation_file
from passport.vault.model import Entry
from passport.vault.vault import Vault

COLUMNS = (
    "name", "issuer", "issuer id", "issued", "expires", "verdict", "checked", "standard", "securing", "credential id",
    "tags", "skills", "note", "sha256",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def table(entries: Sequence[Entry]) -> bytes:
    """Return badges as CSV (RFC 4180), in UTF-8 with the mark by which spreadsheets know it."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(COLUMNS)
    for entry in entries:
        values = (
            entry.name,
            entry.issuer,
            entry.issuer_id,
            entry.valid_from,
            entry.valid_until,
            entry.verdict,
            entry.verified_at,
            entry.standard,
            entry.securing,
            entry.credential_id,
            ", ".join(entry.tags),
            ", ".join(entry.skills),
            entry.note,
            entry.sha256,
        )
        writer.writerow([harmless(value or "") for value in values])
    return b"\xef\xbb\xbf" + stream.getvalue().encode("utf-8", "replace")


def harmless(text: str) -> str:
    """Return text that no spreadsheet takes for a formula (OWASP, CSV injection)."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def originals(vault: Vault, entries: Sequence[Entry]) -> Iterator[tuple[str, bytes]]:
    """Yield the original files, each as `YYYY-MM-DD-Name.png`; two of one name are told apart. Raise VaultError."""
    used: set[str] = set()
    for entry in entries:
        name = original_name(entry)
        if name.casefold() in used:
            stem, dot, ending = name.rpartition(".")
            name = f"{stem}-{entry.id[:6]}{dot}{ending}"
        used.add(name.casefold())
        yield name, vault.original(entry.sha256)


def write_originals(vault: Vault, entries: Sequence[Entry], folder: Path) -> int:
    """Write the original files into a folder; what is there is never overwritten. Return how many. Raise VaultError."""
    count = 0
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in originals(vault, entries):
            with (folder / name).open("xb") as stream:
                stream.write(content)
            count += 1
    except FileExistsError as error:
        raise VaultError(f"{error.filename} is there already.", remedy="Choose another folder.") from error
    except OSError as error:
        raise VaultError(f"{folder} cannot be written: {error.strerror}.") from error
    return count


def presentation_of(
    vault: Vault, entries: Sequence[Entry], key: HolderKey, now: datetime, *, challenge: str, domain: str
) -> bytes:
    """Return a signed presentation of those badges that can go into one. Raise SharingError."""
    held = (presentable(vault.report(entry.id)) for entry in entries)
    return presentation_file(present([one for one in held if one], key, now, challenge=challenge, domain=domain))

"""The tables of the index: rows of badges, of all other subjects, and of the journals that were read."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import Any, ClassVar

from passport.vault.live import Indexed, LiveTable
from passport.vault.rows import FILE, PURGED, said


def _file_keys(row: Mapping[str, Any]) -> Iterable[Hashable]:
    purged = said(row["keys"], PURGED)
    if isinstance(purged, dict):
        return dict.fromkeys(purged.get("files", ()))
    return (key[len(FILE) :] for key, (_, value) in row["keys"].items() if key.startswith(FILE) and value)


def _canonical_keys(row: Mapping[str, Any]) -> Iterable[Hashable]:
    for key, (_, value) in row["keys"].items():
        if key.startswith(FILE) and value and value.get("canonical"):
            yield value["canonical"]


def _credential_keys(row: Mapping[str, Any]) -> Iterable[Hashable]:
    about = row.get("content") or {}
    if about.get("credential_id"):
        yield about["credential_id"]


def _unfinished_keys(row: Mapping[str, Any]) -> Iterable[Hashable]:
    """Return a value for what was purged and of which something is left to remove."""
    return ("yes",) if said(row["keys"], PURGED) and len(row["keys"]) > 1 else ()


class BadgeTable(LiveTable):
    """Rows of badges."""

    indexed: ClassVar[Indexed] = {
        "id": lambda row: (row["id"],),
        "file": _file_keys,
        "canonical": _canonical_keys,
        "credential": _credential_keys,
        "unfinished": _unfinished_keys,
    }


class SubjectTable(LiveTable):
    """Rows of everything else."""

    indexed: ClassVar[Indexed] = {"id": lambda row: (row["id"],)}


class SegmentTable(LiveTable):
    """How far each journal was read."""

    indexed: ClassVar[Indexed] = {"name": lambda row: (row["name"],)}

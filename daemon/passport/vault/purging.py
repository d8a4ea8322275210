"""Removing a badge for good: what stays is the word that it was removed, so that no other computer brings it back."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from passport.errors import VaultError
from passport.vault.compacting import Compactor
from passport.vault.disk import told_to_owner
from passport.vault.engine import Engine
from passport.vault.rows import CHECKED, FILE, PURGED, REPORT, said


class Purger:
    """Purges badges. `engine.writing` is held."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def purge(self, subject: str) -> None:
        """Say that the badge is purged, then remove its files, its documents and what was said of it.

        Once it is said it is done: what cannot be removed at the moment is removed by `finish`.
        """
        row = self._engine.index.row(subject) or {"keys": {}}
        self._engine.say([(subject, {PURGED: {"files": _files(row)}})])
        with suppress(VaultError):
            self.finish()

    def finish(self) -> None:
        """Remove what is to be removed, also after a crash or an error in the middle. Raise VaultError."""
        for row in self._engine.index.unfinished():
            self._remove(row["id"], row)

    def _remove(self, subject: str, row: Mapping[str, Any]) -> None:
        engine = self._engine
        with told_to_owner(engine.folder):
            hars = self._all_documents(row) - self._documents_of_others(subject)
            for sha256 in _files(row):
                if not any(said(r["keys"], FILE + sha256) and r.get("content") for r in engine.index.with_file(sha256)):
                    engine.objects.remove(sha256)
            for har in hars:
                engine.documents.remove(har)
        Compactor(engine).forget(subject)

    def _all_documents(self, row: Mapping[str, Any]) -> set[str]:
        """Return the documents of all reports that the badge ever had."""
        lines = [line for spot in row.get("log", ()) if (line := self._engine.index.line(tuple(spot)))]
        reports = [
            value
            for line in lines
            for name, values in line.said
            if name == row["id"]
            for key, value in values.items()
            if key.startswith((REPORT, CHECKED))
        ]
        return {har for value in reports if isinstance(value, dict) and isinstance(har := value.get("documents"), str)}

    def _documents_of_others(self, subject: str) -> set[str]:
        found = set[str]()
        for _, row in self._engine.index.badge_rows():
            if row["id"] != subject and row.get("content"):
                found |= documents_in(row)
        return found


def documents_in(row: Mapping[str, Any]) -> set[str]:
    """Return the SHA-256 of the documents of a badge's latest reports and checks."""
    values = [value for key, (_, value) in row["keys"].items() if key.startswith((REPORT, CHECKED))]
    return {value["documents"] for value in values if isinstance(value, dict) and value.get("documents")}


def _files(row: Mapping[str, Any]) -> list[str]:
    named = [key[len(FILE) :] for key, (_, value) in row["keys"].items() if key.startswith(FILE) and value]
    known = said(row["keys"], PURGED)
    return sorted({*named, *(known.get("files", []) if isinstance(known, dict) else [])})

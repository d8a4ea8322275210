"""What the vault answers: entries, states, histories, reports and the files themselves."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from passport.errors import ParseError, VaultError
from passport.vault import rows
from passport.vault.clock import rfc3339, stamp_device, stamp_ms
from passport.vault.disk import told_to_owner
from passport.vault.engine import Engine
from passport.vault.journal import Line
from passport.vault.model import Entry, Event, Page
from passport.vault.objects import ObjectStore
from passport.vault.queries import parse_query
from passport.vault.reports import decode_report
from passport.vault.search import Search
from passport.vault.skills import SkillNames
from passport.verification.documents import Documents
from passport.verification.har import documents_from_har
from passport.verification.report import VerificationReport

_WARM_AT_ONCE = 200


class Reader:
    """The looking half of a vault; from any thread. Raises VaultError."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._index = engine.index

    def entry(self, entry_id: str) -> Entry | None:
        """Return an entry; None where there is none (or it was purged)."""
        with self._engine.looking:
            row = self._index.row(f"badge:{entry_id}")
            return self._engine.entry(row) if row and row.get("content") else None

    def was_purged(self, sha256: str) -> bool:
        """Return whether the owner once had this file removed for good: then it is not taken in by itself again."""
        with self._engine.looking:
            found = self._index.with_file(sha256)
            return bool(found) and not any(row.get("content") for row in found)

    def search(
        self, query: str = "", *, sort: str = "added", offset: int = 0, limit: int = 60, include_trashed: bool = False
    ) -> Page:
        """Return a part of the entries that a query finds.

        Args:
            query: Words (each begins a word of the entry) and filters: tag, issuer, verdict, year, skill, is, has,
                collection, expiring, standard, visibility, state, rating; a minus before one turns it round.
            sort: added, date, name, issuer, expiry, rating, or `collection:<id>` for the order made by hand; a minus
                before it turns it round.
            offset: How many to skip.
            limit: How many to return at most.
            include_trashed: Whether entries in the trash count; `is:trashed` finds them besides.
        """
        with self._engine.looking:
            engine, asked, search = self._engine, parse_query(query), self._search()
            found = search.find(asked, sort=sort, offset=offset, limit=limit, include_trashed=include_trashed)
            entries = tuple(engine.entry(self._index.badge(number)) for number in found.numbers)
        return Page(entries=entries, total=found.total, facets=found.facets)

    def count(self, query: str) -> int:
        """Return how many entries outside the trash a query finds: quicker than to search for them."""
        with self._engine.looking:
            return self._search().count(parse_query(query))

    def skill_names(self) -> SkillNames:
        """Return which names of skills mean the same, as the badges outside the trash have it."""
        with self._engine.looking:
            return self._search().skill_names

    def _search(self) -> Search:
        engine, now = self._engine, self._engine.clock().timestamp()
        engine.catalogue.build(now)
        return Search(engine.catalogue, engine.collections, lambda i: self._index.number(f"badge:{i}"), now)

    def warm(self) -> None:
        """Make the first search quick: for a thread that has time. Others may look meanwhile."""
        ready = False
        while not ready:
            with self._engine.looking:
                ready = self._engine.catalogue.build(self._engine.clock().timestamp(), at_most=_WARM_AT_ONCE)

    def state(self, subject: str) -> dict[str, object]:
        """Return what was said of a subject, as it counts now; keys that were set to null are left out."""
        with self._engine.looking:
            keys = (self._index.row(subject) or {}).get("keys", {})
            return {k: v[1] for k, v in keys.items() if v[1] is not None and not k.startswith(rows.OWN_KEYS)}

    def subjects(self, prefix: str) -> list[str]:
        """Return the subjects that begin so and of which something is said, sorted."""
        with self._engine.looking:
            known = (*self._index.subjects.keys("id"), *self._index.badges.keys("id"))
        return sorted(s for s in known if isinstance(s, str) and s.startswith(prefix))

    def history(self, subject: str) -> list[Event]:
        """Return all that was ever said of a subject, oldest first; what was overruled is marked."""
        with self._engine.looking, told_to_owner(self._engine.folder):
            row = self._index.row(subject) or {"keys": {}, "log": []}
            lines = [line for spot in row["log"] if (line := self._index.line(tuple(spot)))]
        found = {(e.stamp, e.key): e for line in lines for e in _events(line, subject, row["keys"])}
        return [found[key] for key in sorted(found)]

    def damaged_lines(self) -> dict[str, int]:
        """Return the journals with lines that cannot be read, and how many."""
        with self._engine.looking:
            return self._index.damaged()

    def original(self, sha256: str) -> bytes:
        """Return an original file, byte for byte. Raise VaultError where it is missing or damaged."""
        return self._read(self._engine.objects, sha256, "The original file")

    def documents(self, entry_id: str) -> Documents:
        """Return what the network answered for the report of an entry."""
        _, _, row = self._counting_report(entry_id)
        return self.archive(rows.documents_of(row["keys"], row["best"]))

    def archive(self, har: str | None) -> Documents:
        """Return kept documents by their SHA-256 (see `verdicts`); None: no documents."""
        if not har:
            return Documents()
        data = self._read(self._engine.documents, har, "The file with the documents")
        try:
            return documents_from_har(data)
        except ParseError as error:
            raise VaultError(f"The kept documents cannot be read ({error}).") from error

    def report(self, entry_id: str) -> VerificationReport:
        """Return the latest report of an entry. Raise VaultError where it cannot be read."""
        key, summary, row = self._counting_report(entry_id)
        with self._engine.looking, told_to_owner(self._engine.folder):
            place = summary["log"]
            value = None if place is None else self._index.recall(tuple(row["log"][place]), row["id"], key)
        if not isinstance(value, dict):
            remedy = "Verify the badge again; or rebuild the index (reindex)."
            raise VaultError("The report cannot be read from the journal.", remedy=remedy)
        report = decode_report(value.get("report"))
        return replace(report, verified_at=rows.verified_at(row["keys"], row["best"], report.verified_at))

    def _counting_report(self, entry_id: str) -> tuple[str, Mapping[str, Any], Mapping[str, Any]]:
        """Return key and summary of the report that counts, and the row."""
        with self._engine.looking:
            row = self._index.row(f"badge:{entry_id}")
        if row is None or not row.get("content"):
            raise VaultError(f"There is no badge {entry_id} in the passport.")
        key = rows.REPORT + row["best"]
        return key, row["keys"][key][1], row

    def _refuse_unknown(self, entry_id: str) -> None:
        with self._engine.looking:
            row = self._index.row(f"badge:{entry_id}")
        if row is None or not row.get("content"):
            raise VaultError(f"There is no badge {entry_id} in the passport.")

    def _known(self, entry_id: str) -> Entry:
        entry = self.entry(entry_id)
        if entry is None:
            raise VaultError(f"There is no badge {entry_id} in the passport.")
        return entry

    def _read(self, store: ObjectStore, sha256: str, what: str) -> bytes:
        with told_to_owner(self._engine.folder):
            path = store.find(sha256)
            data = path.read_bytes() if path else b""
        if self._engine.trust.shared and not data:  # nothing there, or a cloud folder's placeholder
            remedy = "Wait until the sync program has brought it, or run scrub."
            raise VaultError(f"{what} is not here yet ({sha256[:12]}…).", remedy=remedy)
        if path is None:
            raise VaultError(f"{what} is not in the vault ({sha256[:12]}…).", remedy="Restore it from a backup.")
        if hashlib.sha256(data).hexdigest() != sha256:
            raise VaultError(f"{what} is damaged ({path.name}).", remedy="Run scrub, or restore it from a backup.")
        return data


def _events(line: Line, subject: str, keys: Mapping[str, Any]) -> list[Event]:
    return [
        Event(
            stamp=line.stamp,
            at=rfc3339(stamp_ms(line.stamp)),
            device=stamp_device(line.stamp),
            subject=subject,
            key=key,
            value=value,
            current=keys.get(key, [""])[0] == line.stamp,
        )
        for name, values in line.said
        if name == subject
        for key, value in values.items()
    ]

"""Is this badge already there? What has to be said so that it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from passport.badge.model import Securing
from passport.vault.deriving import confirmed
from passport.vault.identity import entry_id
from passport.vault.index import Index
from passport.vault.model import Arrival
from passport.vault.reports import encode_report
from passport.vault.rows import FILE, PURGED, REPORT, said
from passport.verification.report import Verdict


@dataclass(frozen=True, slots=True)
class Match:
    """Which entry an arrival belongs to, and what is new."""

    subject: str
    added: bool
    values: Mapping[str, object]
    """To be said of the subject; empty: nothing is new."""


class Matching:
    """One arrival against the index."""

    def __init__(self, index: Index, arrival: Arrival, sha256: str, documents: str | None, now: str) -> None:
        self._index = index
        self._arrival = arrival
        self._sha256 = sha256
        self._documents = documents
        self._now = now
        self._canonical = entry_id(arrival.report.credential, arrival.file, arrival.statement_index)

    def match(self) -> Match:
        """Find the entry."""
        row = self._same_file() or self._same_statement() or self._same_credential()
        if row is None:
            return Match(f"badge:{self._canonical}", added=True, values=self._all(None))
        if not row.get("content"):  # purged, and now it came again
            return Match(row["id"], added=True, values={PURGED: None, "trashed": None, **self._all(None)})
        return Match(row["id"], added=False, values=self._news(row))

    def _same_file(self) -> Mapping[str, Any] | None:
        index, key = self._arrival.statement_index, FILE + self._sha256
        files = ((row, said(row["keys"], key)) for row in self._index.with_file(self._sha256))
        return next((row for row, file in files if file and file.get("index", 0) == index), None)

    def _same_statement(self) -> Mapping[str, Any] | None:
        return self._index.row(f"badge:{self._canonical}") or self._with_canonical()

    def _same_credential(self) -> Mapping[str, Any] | None:
        """Return another version of the same credential: only what is confirmed can say that it is one."""
        report = self._arrival.report
        credential = report.credential
        if credential is None or credential.id is None or report.verdict is Verdict.INVALID:
            return None
        for number in self._index.badges.lookup("credential", credential.id):
            row = self._index.badges.raw(number)
            if self._is_version(row["content"]):
                return row
        return None

    def _is_version(self, about: Mapping[str, Any]) -> bool:
        report = self._arrival.report
        credential = report.credential
        if credential is None or about["verdict"] == Verdict.INVALID:
            return False
        if credential.securing is Securing.HOSTED and credential.hosted_url == about.get("hosted_url"):
            return True
        same_issuer = credential.issuer.id is not None and credential.issuer.id == about["issuer_id"]
        return same_issuer and confirmed(report.verdict) and confirmed(about["verdict"])

    def _with_canonical(self) -> Mapping[str, Any] | None:
        found = self._index.badges.lookup("canonical", self._canonical)
        return self._index.badges.raw(found[0]) if found else None

    def _news(self, row: Mapping[str, Any]) -> Mapping[str, object]:
        """Return what an entry does not have yet: the file, or a report that says more."""
        kept = said(row["keys"], FILE + self._sha256)
        values = {} if kept else self._all(row)
        if kept and self._says_more(said(row["keys"], REPORT + self._sha256)):
            values = {REPORT + self._sha256: self._report()}
        if said(row["keys"], "trashed") and self._arrival.origin.kind in {"import", "page"}:
            values = {**values, "trashed": None}  # who takes it in by hand wants it back
        return values

    def _says_more(self, known: Mapping[str, Any] | None) -> bool:
        verdict = self._arrival.report.verdict
        if known is None or known["verdict"] == verdict:
            return known is None
        return verdict is not Verdict.UNCONFIRMED

    def _all(self, row: Mapping[str, Any] | None) -> dict[str, object]:
        arrival = self._arrival
        origin = {"kind": arrival.origin.kind, "detail": arrival.origin.detail, "at": arrival.origin.at or self._now}
        file = {
            "media_type": arrival.media_type,
            "name": arrival.name,
            "size": len(arrival.file),
            "index": arrival.statement_index,
            "origin": origin,
        }
        if row is not None and row["id"] != f"badge:{self._canonical}":
            file["canonical"] = self._canonical
        return {FILE + self._sha256: file, REPORT + self._sha256: self._report()}

    def _report(self) -> dict[str, object]:
        return {"documents": self._documents, "report": encode_report(self._arrival.report)}

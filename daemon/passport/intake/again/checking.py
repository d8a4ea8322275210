"""Checking one kept badge anew: what the issuer says now, with what it said before where it does not answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from passport.errors import VaultError
from passport.intake.again.asking import Turn
from passport.intake.again.pace import moment
from passport.intake.again.sources import Sources, Trouble
from passport.intake.examining import examine_file
from passport.intake.investigate import Fetch, Findings
from passport.intake.owner import known_issuers, owner_identities
from passport.intake.pictures import with_picture
from passport.settings import Settings
from passport.vault.model import Entry
from passport.vault.vault import Vault
from passport.verification.documents import Documents
from passport.verification.report import Verdict, VerificationReport
from passport.workers import Workers

MAX_FILES = 8
"""Of one badge that are looked at when the first one's verdict has changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What came of a check."""

    entry: Entry
    """As it stands now."""
    before: str
    """The verdict before."""
    trouble: Trouble | None = None
    """What stood in the way; then what was known before still counts, unless the issuer said otherwise."""
    asked: frozenset[str] = frozenset()
    """Hosts; empty: nobody had to be asked."""

    @property
    def complete(self) -> bool:
        """Whether all that matters was answered."""
        return self.trouble is None


@dataclass(slots=True)
class Checker:
    """Checks kept badges. `settings` are asked for each time."""

    vault: Vault
    workers: Workers
    settings: Callable[[], Settings]
    clock: Callable[[], datetime]

    async def check(self, entry: Entry, turn: Turn) -> Checked:
        """Ask whether a badge still stands, and keep what is new. Raise VaultError, WorkerError."""
        kept, before = await asyncio.to_thread(self._known, entry)
        credential = before.credential if before else None
        sources = Sources(kept, turn, credential.hosted_url if credential else None)
        now = self.clock()
        fresh = await self._examine(entry.sha256, sources.fresh, now)
        trouble = sources.worst()
        found, report = fresh, _of(fresh, entry.statement_index)
        if trouble:
            found = await self._examine(entry.sha256, sources.best, now)
            merged = _of(found, entry.statement_index)
            if report.verdict is merged.verdict and merged.verdict is not Verdict.UNCONFIRMED:
                trouble = None  # what did not answer does not matter for the verdict
            report = merged
        verdict = before.verdict if before else None
        if trouble is None or (report.verdict is not verdict and report.verdict is not Verdict.UNCONFIRMED):
            await self._keep(entry, found, report, kept)
            if report.verdict is not verdict:
                await self._look_at_others(entry, sources.best, now)
        entry = self.vault.entry(entry.id) or entry
        return Checked(entry=entry, before=str(verdict or "unconfirmed"), trouble=trouble, asked=sources.hosts)

    async def recompute(self, entry: Entry) -> Entry:
        """Answer all questions anew from the kept documents, as of the last check: nobody is asked."""
        kept, before = await asyncio.to_thread(self._known, entry)
        found = await self._examine(entry.sha256, None, moment(entry.verified_at) or self.clock(), kept)
        report = _of(found, entry.statement_index)
        if report != before:
            await self._keep(entry, found, report, kept)
        return self.vault.entry(entry.id) or entry

    def _known(self, entry: Entry) -> tuple[Documents, VerificationReport | None]:
        """Return kept documents and report; damaged ones count as not there, so that a check heals them."""
        try:
            kept = self.vault.documents(entry.id)
        except VaultError:
            kept = Documents()
        try:
            return kept, self.vault.report(entry.id)
        except VaultError:
            return kept, None

    async def _examine(
        self, sha256: str, fetch: Fetch | None, now: datetime, documents: Documents | None = None
    ) -> Findings:
        file = await asyncio.to_thread(self.vault.original, sha256)
        return await examine_file(
            self.workers,
            file,
            fetch,
            documents or Documents(),
            identities=owner_identities(self.settings(), self.vault),
            known_issuers=known_issuers(self.vault),
            now=now,
        )

    async def _keep(self, entry: Entry, found: Findings, report: VerificationReport, kept: Documents) -> None:
        file = await asyncio.to_thread(self.vault.original, entry.sha256)
        documents = (await with_picture(found, file, None, kept)).documents
        await asyncio.to_thread(self.vault.record_report, entry.id, report, documents)

    async def _look_at_others(self, entry: Entry, fetch: Fetch, now: datetime) -> None:
        """Check the badge's other files too: an older report of one must not hide what was found of another."""
        for other in entry.files[1:MAX_FILES]:
            found = await self._examine(other.sha256, fetch, now)
            if other.statement_index < len(found.reports):
                report = found.reports[other.statement_index]
                await asyncio.to_thread(
                    self.vault.record_report, entry.id, report, found.documents, sha256=other.sha256
                )


def _of(found: Findings, index: int) -> VerificationReport:
    if index >= len(found.reports):
        raise VaultError("The statement is no longer found in its file.")
    return found.reports[index]

"""Looks for what the owner should hear of: after each new report, and a few times a day at the dates."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from passport.errors import PassportError, VaultError
from passport.intake.again.entries import every_entry
from passport.intake.again.pace import moment, rfc3339
from passport.intake.noticing.arising import from_dates, from_reports, from_standing
from passport.intake.noticing.book import NoticeBook
from passport.vault.model import Change, Entry
from passport.vault.reports import decode_report
from passport.vault.rows import REPORT, STANDING
from passport.vault.vault import Vault
from passport.verification.report import VerificationReport

log = logging.getLogger(__name__)
EVERY = timedelta(hours=6)
NEWS = timedelta(days=2)
"""A report that is older was made before anybody looked; it is in the badge's history."""


@dataclass(slots=True)
class Noticing:
    """Raises notices. Subscribe `changed` to the vault, and `run` it."""

    vault: Vault
    book: NoticeBook
    clock: Callable[[], datetime]
    expiry_days: Callable[[], Sequence[int]]

    def changed(self, change: Change) -> None:
        """Look at what changed; called from the vault's thread, with no lock held."""
        if change.kind != "changed" or not change.subject.startswith("badge:"):
            return
        try:
            entry = self.vault.entry(change.subject.removeprefix("badge:"))
            if entry is None or entry.trashed:
                return
            if STANDING in change.keys:
                self._stand(entry)
            elif any(key == "report" or key.startswith(REPORT) for key in change.keys):
                self._compare(entry)
        except VaultError as error:  # a full disk: what changed is durable, and stands in the history
            log.warning("A notice could not be kept: %s", error)

    def sweep(self) -> int:
        """Look at all dates; return how many notices are new. Raise VaultError."""
        now, days = self.clock(), self.expiry_days()
        found = (from_dates(entry, now, days) for entry in every_entry(self.vault))
        return sum(self.book.keep(notice) for notice in found if notice)

    async def run(self) -> None:
        """Sweep until cancelled."""
        while True:
            try:
                await asyncio.to_thread(self.sweep)
            except PassportError as error:
                log.warning("The dates could not be looked at: %s", error)
            await asyncio.sleep(EVERY.total_seconds())

    def _stand(self, entry: Entry) -> None:
        notice = from_standing(entry, rfc3339(self.clock()))
        if notice:
            self.book.keep(notice)

    def _compare(self, entry: Entry) -> None:
        reports = self._last_two(entry)
        if len(reports) < 2:
            return
        at = reports[1].verified_at or ""
        made = moment(at)
        if made is None or self.clock() - made > NEWS:
            return
        for notice in from_reports(entry, reports[0], reports[1], at):
            self.book.keep(notice)

    def _last_two(self, entry: Entry) -> list[VerificationReport]:
        """Return the last reports of the file that is shown, the older first; of a form not known they do not count."""
        key, found = f"{REPORT}{entry.sha256}", list[VerificationReport]()
        for event in reversed(self.vault.history(entry.subject)):
            if event.key == key and isinstance(event.value, dict) and len(found) < 2:
                try:
                    found.append(decode_report(event.value.get("report")))
                except VaultError:
                    continue
        return found[::-1]

"""The road of a badge (design 3): bytes, statements, credential, report with documents, entry."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Protocol

from passport.errors import IntakeError, WorkerError
from passport.intake.addresses import take_address
from passport.intake.again.asking import Asking, Turn
from passport.intake.again.checking import Checker
from passport.intake.again.memory import Memory
from passport.intake.diary import Diary
from passport.intake.examining import examine_file
from passport.intake.investigate import Fetch, Findings
from passport.intake.media import media_type
from passport.intake.opening import MAX_FILE_BYTES, read_file
from passport.intake.owner import known_issuers, owner_identities
from passport.intake.pictures import with_picture
from passport.intake.recipes import RecipeBook
from passport.intake.taken import NO_BADGE, Progress, Taken, no_badge, refused
from passport.settings import Settings
from passport.vault.model import Arrival, Entry, Kept, Origin
from passport.vault.vault import Vault
from passport.verification.documents import Documents, RemoteDocument
from passport.verification.report import Outcome, Verdict, VerificationReport
from passport.workers import Workers


class Piece(Protocol):
    """A file out of a container."""

    @property
    def name(self) -> str:
        """For people."""

    @property
    def file(self) -> bytes:
        """Its bytes."""

    @property
    def problem(self) -> str | None:
        """Why it could not be opened."""


@dataclass(slots=True)
class Intake:
    """Takes badges in. What it returns is durable. `settings` may be replaced while it works."""

    vault: Vault
    workers: Workers
    fetch: Fetch
    settings: Settings
    clock: Callable[[], datetime]
    recipes: RecipeBook = field(default_factory=RecipeBook)
    """What is known of issuers' addresses; the empty book fetches every address as it is."""
    diary: Diary = field(default_factory=Diary)
    """Hears of everything that came in or was refused."""

    async def take(self, file: bytes, *, origin: Origin, name: str) -> list[Taken]:
        """Take in a file: unbake, parse, verify, fetch, keep; one answer for each badge in it."""
        taken = await self._take(file, origin, name)
        self.diary.took((one for one in taken if one.result != NO_BADGE), origin)
        return taken

    async def _take(self, file: bytes, origin: Origin, name: str) -> list[Taken]:
        if len(file) > MAX_FILE_BYTES:
            return [refused(name, f"It is larger than {MAX_FILE_BYTES >> 20} MB.")]
        try:
            pieces = await self.workers.open(file, name)
            return [taken for piece in pieces for taken in await self._take_piece(piece, origin)] or [no_badge(name)]
        except WorkerError as error:
            return [refused(name, f"It was too much to look at: {error.problem}")]

    async def _take_piece(self, piece: Piece, origin: Origin) -> list[Taken]:
        if piece.problem:
            return [refused(piece.name, piece.problem)]
        if origin.kind == "watched" and self._was_removed(piece.file):
            return []
        found = await self.examine(piece.file)
        found = await with_picture(found, piece.file, self.fetch)
        return [
            await self._keep(piece, index, report, found.documents, origin)
            for index, report in enumerate(found.reports)
        ]

    def _was_removed(self, file: bytes) -> bool:
        """Whether the owner removed it for good: a copy in Downloads does not bring it back, an import by hand does."""
        return self.vault.was_purged(hashlib.sha256(file).hexdigest())

    async def examine(
        self,
        file: bytes,
        documents: Documents | None = None,
        *,
        offline: bool = False,
        identities: Sequence[str] | None = None,
        now: datetime | None = None,
    ) -> Findings:
        """Verify without keeping. Raise WorkerError. Without `identities` the owner's own are asked about."""
        return await examine_file(
            self.workers,
            file,
            None if offline else self.fetch,
            documents or Documents(),
            identities=owner_identities(self.settings, self.vault) if identities is None else identities,
            known_issuers=known_issuers(self.vault),
            now=now or self.clock(),
        )

    async def _keep(
        self, piece: Piece, index: int, report: VerificationReport, documents: Documents, origin: Origin
    ) -> Taken:
        if report.verdict is Verdict.NO_BADGE:
            return no_badge(piece.name)
        if report.credential is None:
            return refused(piece.name, report.checks[0].explanation if report.checks else "It cannot be read.")
        arrival = Arrival(
            file=piece.file,
            media_type=media_type(piece.file),
            name=piece.name,
            origin=replace(origin, at=origin.at or self.clock().isoformat().replace("+00:00", "Z")),
            report=report,
            statement_index=index,
            documents=documents,
        )
        kept = await asyncio.to_thread(self._put, arrival)
        return Taken(result=kept.result, name=piece.name, entry=kept.entry)

    def _put(self, arrival: Arrival) -> Kept:
        kept = self.vault.put(arrival)
        if kept.result == "added" and self.settings.accept_automatically and is_clearly_the_owners(arrival.report):
            self.vault.decide(kept.entry.subject, {"state": "accepted"})
            return replace(kept, entry=self.vault.entry(kept.entry.id) or kept.entry)
        return kept

    async def take_path(self, path: Path, *, origin: Origin | None = None) -> list[Taken]:
        """Take in a file by its path; it is only read."""
        given = origin or Origin(kind="import", detail=str(path))
        try:
            file = await asyncio.to_thread(read_file, path)
        except IntakeError as error:
            return self._not_taken(path.name, error.problem, given)
        except OSError as error:
            return self._not_taken(path.name, f"It cannot be read: {error.strerror or error}.", given)
        return await self.take(file, origin=given, name=path.name)

    def _not_taken(self, name: str, reason: str, origin: Origin) -> list[Taken]:
        taken = [refused(name, reason)]
        self.diary.took(taken, origin)
        return taken

    async def take_url(self, url: str, origin: Origin | None = None) -> list[Taken]:
        """Take in what an address holds: a picture, a document, a hosted assertion, an issuer's page."""
        taken = await take_address(self, url, origin)
        if not any(one.entry for one in taken):  # what was kept was noted as it was
            self.diary.took(taken, origin or Origin(kind="remote"))
        return taken

    async def pointed(self, body: bytes, url: str) -> bytes:
        """Return the address itself where the document is an assertion that does not say where it is hosted."""
        try:
            reports = await self.workers.examine(body, Documents(), identities=(), known_issuers=(), now=self.clock())
        except WorkerError:
            return body
        lost = any(r.credential and r.securing == "hosted" and not r.credential.hosted_url for r in reports)
        return url.encode() if lost else body

    def import_all(self, paths: Sequence[Path], urls: Sequence[str]) -> AsyncIterator[Taken | Progress]:
        """Take in files, folders and addresses; yield each answer when it is durable, and how far it is."""
        from passport.intake.importing import import_all  # noqa: PLC0415 (importing stands on this road)

        return import_all(self, paths, urls)

    async def reverify(self, entry_id: str, *, offline: bool = False) -> Entry | None:
        """Verify an entry anew and keep what is new; `offline`: from what is kept. Raise VaultError, WorkerError."""
        entry = self.vault.entry(entry_id)
        if entry is None:
            return None
        checker = Checker(self.vault, self.workers, lambda: self.settings, self.clock)
        if offline:
            return await checker.recompute(entry)
        asking = Asking(self._ask, Memory(), self.clock)
        return (await checker.check(entry, Turn(asking, None, self.clock))).entry

    async def _ask(self, url: str, known: RemoteDocument | None = None, /) -> RemoteDocument:
        del known  # by hand the whole answer is wanted
        return await self.fetch(url)


def is_clearly_the_owners(report: VerificationReport) -> bool:
    """Whether it is verified and was issued to one of the owner's identities: then it needs no look."""
    mine = any(check.name == "recipient" and check.outcome is Outcome.PASSED for check in report.checks)
    return report.verdict is Verdict.VERIFIED and mine

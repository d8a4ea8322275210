"""What a browser found on a page, taken in: its bytes if it could read them, else from its addresses.

The extension sends what the page's own session gave; the daemon fetches what the page could not read. Both lead to the
same road, so that a badge that comes both ways is one badge. Where a badge was taken from is remembered beside it (in
the vault, by a hash of the address), so that the popup can say "already in your passport" before anything is sent.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from passport.intake.recipes import parse
from passport.vault.model import Entry, Origin
from passport.verification.documents import Documents, RemoteDocument
from passport.verification.report import Verdict, VerificationReport

KEPT = ("added", "already-there")
MAX_NAME = 120
_SUBJECT = "capture:"


class Taken(Protocol):
    """What became of something that was handed in."""

    @property
    def result(self) -> str:
        """`added`, `already-there`, `no-badge` or `refused`."""

    @property
    def entry(self) -> Entry | None:
        """Of a badge."""

    @property
    def reason(self) -> str | None:
        """Why not, as a sentence."""


class Road(Protocol):
    """The road on which all badges come in."""

    async def take(self, file: bytes, *, origin: Origin, name: str) -> Sequence[Taken]:
        """Take in a file's bytes."""

    async def take_url(self, url: str, origin: Origin) -> Sequence[Taken]:
        """Take in what an address holds."""


class Memory(Protocol):
    """What the vault remembers."""

    def entry(self, entry_id: str) -> Entry | None:
        """Return one entry."""

    def state(self, subject: str) -> Mapping[str, object]:
        """Return what counts of a subject."""

    def decide(self, subject: str, values: Mapping[str, object]) -> None:
        """Write something down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """What a browser thinks is a badge."""

    page: str
    """The page's address, without what says who looked at it; empty: none."""
    name: str
    """What the page calls it."""
    addresses: tuple[str, ...]
    """Where it may be fetched, the best first."""
    file: bytes | None = None
    """As it came from the page, never drawn anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Captured:
    """What became of a candidate."""

    result: str
    reason: str | None
    entry: Entry | None


class Examiner(Protocol):
    """Looks into files, in a process with limits."""

    async def examine(
        self,
        file: bytes,
        documents: Documents,
        *,
        identities: Sequence[str],
        known_issuers: Sequence[str],
        now: datetime,
    ) -> Sequence[VerificationReport]:
        """Say what the file holds, without the network."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """What an address holds, as far as a glance can tell: nothing is verified and nothing is kept."""

    address: str
    badge: bool
    name: str = ""
    issuer: str = ""
    id: str = ""
    """What the statement calls itself, or where it is hosted."""


async def glance(
    addresses: Sequence[str],
    fetch: Callable[[str], Awaitable[RemoteDocument]],
    examiner: Examiner,
    now: datetime,
) -> list[Glance]:
    """Look into pictures that the page itself was not allowed to read, without the reader's cookies."""
    return list(await asyncio.gather(*(_glance(address, fetch, examiner, now) for address in addresses)))


async def _glance(
    address: str, fetch: Callable[[str], Awaitable[RemoteDocument]], examiner: Examiner, now: datetime
) -> Glance:
    document = await fetch(address)
    if not document.ok or not document.body:
        return Glance(address=address, badge=False)
    reports = await examiner.examine(document.body, Documents(), identities=(), known_issuers=(), now=now)
    found = next((report.credential for report in reports if report.credential is not None), None)
    if found is None:
        return Glance(address=address, badge=any(report.verdict != Verdict.NO_BADGE for report in reports))
    hosted = found.id or found.hosted_url or ""
    return Glance(address=address, badge=True, name=found.title or "", issuer=found.issuer.name or "", id=hosted)


async def capture(candidate: Candidate, road: Road, memory: Memory) -> Captured:
    """Take in the file, else what the addresses hold, in order, until one gives a badge."""
    origin = Origin(kind="page", detail=candidate.page)
    answers: list[Captured] = []
    if candidate.file:
        taken = await road.take(candidate.file, origin=origin, name=file_name(candidate))
        answers.append(best(taken))
    for address in candidate.addresses:
        if answers and answers[-1].result in KEPT:
            break
        answers.append(best(await road.take_url(address, origin)))
    last = next((each for each in reversed(answers) if each.result in KEPT), None) or _why_not(answers)
    if last.entry is not None:
        await asyncio.to_thread(remember, memory, candidate.addresses, last.entry.id)
    return last


def best(taken: Sequence[Taken]) -> Captured:
    """Choose what is told of a file with several credentials: a new badge before an old one, a reason before none."""
    order = ("added", "already-there", "refused", "no-badge")
    ranked = sorted(taken, key=lambda one: order.index(one.result))
    if not ranked:
        return Captured(result="no-badge", reason=None, entry=None)
    return Captured(result=ranked[0].result, reason=ranked[0].reason, entry=ranked[0].entry)


def _why_not(answers: Sequence[Captured]) -> Captured:
    """Choose the answer that says most of what was tried without a badge."""
    refused = [each for each in answers if each.result == "refused"]
    return (refused or list(answers) or [Captured(result="no-badge", reason=None, entry=None)])[0]


def file_name(candidate: Candidate) -> str:
    """Return what the file is called in the passport: what the page calls it, else the end of its address."""
    address = parse(candidate.addresses[0]) if candidate.addresses else None
    path = address.path if address else ""
    return " ".join((candidate.name or path.rpartition("/")[2] or "badge").split())[:MAX_NAME]


def remember(memory: Memory, addresses: Sequence[str], entry_id: str) -> None:
    """Write down that a badge came from these addresses."""
    for address in addresses:
        if memory.state(subject_of(address)).get("entry") != entry_id:
            memory.decide(subject_of(address), {"entry": entry_id})


def recall(memory: Memory, addresses: Sequence[str]) -> Entry | None:
    """Return the badge that came from one of these addresses, if it is still there."""
    for address in addresses:
        entry_id = memory.state(subject_of(address)).get("entry")
        entry = memory.entry(entry_id) if isinstance(entry_id, str) else None
        if entry is not None and not entry.trashed:
            return entry
    return None


def subject_of(address: str) -> str:
    """Return the vault's subject of an address: hashed, for an address can be long and is nobody's business."""
    return _SUBJECT + hashlib.sha256(address.encode("utf-8", "surrogatepass")).hexdigest()[:32]

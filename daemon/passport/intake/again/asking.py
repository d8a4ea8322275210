"""Asking politely: one question at a time, only for news, never a host that rests, and only so many a day."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Protocol
from urllib.parse import urlsplit

from passport.intake.again.memory import Memory, Note
from passport.intake.again.pace import Pace, rfc3339
from passport.verification.documents import RemoteDocument

BETWEEN_S = 1.0
"""Between two questions to one host."""
LONGEST_RETRY = timedelta(days=30)
"""A host that asks to be left alone for longer is asked after so long all the same."""
KEPT_ANSWERS = 200
KEPT_BYTES = 16 << 20
KEPT_FOR = timedelta(hours=12)
"""One answer serves all badges that need it (a profile, a list of hundreds of badges)."""


class Ask(Protocol):
    """The network: a URL and what it answered before in, a document out, also for failures."""

    async def __call__(self, url: str, known: RemoteDocument | None = None, /) -> RemoteDocument:
        """Ask; with `known` only for news."""


class Asking:
    """Asks for all badges, one question at a time, and remembers how hosts behave."""

    def __init__(
        self,
        ask: Ask,
        memory: Memory,
        clock: Callable[[], datetime],
        rest: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._ask = ask
        self.memory = memory
        self._clock = clock
        self._rest = rest
        self._turn = asyncio.Lock()
        self._last_host = ""
        self._answers: OrderedDict[str, tuple[datetime, RemoteDocument]] = OrderedDict()

    def recent(self, url: str, since: datetime) -> RemoteDocument | None:
        """Return an answer that came since then."""
        found = self._answers.get(url)
        return found[1] if found and found[0] >= since else None

    async def put(self, url: str, known: RemoteDocument | None) -> RemoteDocument:
        """Ask, and note how the host behaves."""
        host = host_of(url)
        async with self._turn:
            if host == self._last_host:
                await self._rest(BETWEEN_S)
            self._last_host = host
            now = self._clock()
            self.memory.count(host, now)
            document = await self._ask(url, known)
        self._note(host, document, now)
        self._keep(url, document, now)
        return document

    def _note(self, host: str, document: RemoteDocument, now: datetime) -> None:
        if document.status and document.status < 500 and document.status != 429:
            self.memory.hosts.pop(host, None)
            return
        why = document.problem or f"The server answers with an error ({document.status})."
        note = self.memory.hosts.setdefault(host, Note())
        note.failed(now, host, why, retry_after(document, now))

    def _keep(self, url: str, document: RemoteDocument, now: datetime) -> None:
        if document.status == 0 or document.status >= 500 or document.status == 429:
            return
        self._answers[url] = (now, document)
        self._answers.move_to_end(url)
        while len(self._answers) > KEPT_ANSWERS or sum(len(d.body) for _, d in self._answers.values()) > KEPT_BYTES:
            self._answers.popitem(last=False)


class Turn:
    """The questions of one run: by the schedule (within limits), or because the owner asked (without)."""

    def __init__(self, asking: Asking, pace: Pace | None, clock: Callable[[], datetime]) -> None:
        """Without `pace` the owner asks: then hosts that rest are asked too, but none again that fails meanwhile."""
        self._asking = asking
        self._pace = pace
        self._clock = clock
        self._began = clock()
        self._failed: dict[str, RemoteDocument] = {}
        self.waits: dict[str, datetime] = {}
        """Addresses that were not asked, and until when not."""

    async def __call__(self, url: str, known: RemoteDocument | None = None, /) -> RemoteDocument:
        """Return what a URL answers, or that it is not its turn."""
        now, host = self._clock(), host_of(url)
        recent = self._asking.recent(url, now - KEPT_FOR if self._pace else self._began)
        if recent:
            return recent
        if host in self._failed:
            return _not_now(url, now, self._failed[host].problem or "The server does not answer.")
        until = self._not_before(host, now)
        if until:
            self.waits[url] = until
            return _not_now(url, now, f"It is asked again on {rfc3339(until)[:10]}.")
        document = await self._asking.put(url, known)
        if document.status == 0:
            self._failed[host] = document
        return document

    def _not_before(self, host: str, now: datetime) -> datetime | None:
        if self._pace is None:
            return None
        note = self._asking.memory.hosts.get(host)
        until = note.rests(now) if note else None
        if until is None and not self._asking.memory.room(host, self._pace, now):
            return tomorrow(now)
        return until


def host_of(url: str) -> str:
    """Return the server that an address names; what names none is its own."""
    try:
        return urlsplit(url).netloc.rpartition("@")[2].lower() or url[:100]
    except ValueError:
        return url[:100]


def tomorrow(now: datetime) -> datetime:
    """Return when today's share is counted anew."""
    day = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return day + timedelta(days=1)


def retry_after(document: RemoteDocument, now: datetime) -> datetime | None:
    """Return when a host asks to be asked again (RFC 9110, 10.2.3), at most LONGEST_RETRY ahead."""
    text = next((value.strip() for name, value in document.headers if name.lower() == "retry-after"), "")
    if text.isascii() and text.isdigit():
        until = now + min(timedelta(seconds=int(text[:9])), LONGEST_RETRY)
    else:
        try:
            until = parsedate_to_datetime(text)
        except (ValueError, TypeError, IndexError):
            return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return min(until, now + LONGEST_RETRY)


def _not_now(url: str, now: datetime, why: str) -> RemoteDocument:
    return RemoteDocument(url=url, fetched_at=rfc3339(now), problem=why)

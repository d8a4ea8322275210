"""The schedule: which badges are asked about when, one by one, and what is noted of those that do not answer."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from passport.errors import PassportError
from passport.intake.again.asking import Ask, Asking, Turn, host_of, tomorrow
from passport.intake.again.checking import Checked, Checker
from passport.intake.again.entries import every_entry
from passport.intake.again.memory import BadgeNote, MemoryFile, Note
from passport.intake.again.pace import PACES, Pace, due_at, moment, rfc3339
from passport.intake.again.sources import Trouble
from passport.vault.model import Entry, Standing
from passport.vault.vault import Vault

log = logging.getLogger(__name__)

FIRST_LOOK = timedelta(minutes=2)
"""After the start: the computer has other things to do then."""
SHORTEST, LONGEST = timedelta(minutes=10), timedelta(hours=6)
"""Between two looks at what is due; in between nothing runs."""
SAID_AFTER = timedelta(days=3)
UNREACHABLE_AFTER = 3
"""So many failures over at least SAID_AFTER, and the badge's page says that the issuer does not answer."""
GONE_AFTER = 2
"""So many answers that the page is not there (or is another site's)."""
GIVEN_UP_AFTER = timedelta(days=30)
"""An issuer that did not answer once in so long counts as gone; it is still asked now and then."""


@dataclass(slots=True)
class Again:
    """Asks again. Used on one event loop. Nothing in it reads a clock of its own."""

    vault: Vault
    checker: Checker
    ask: Ask
    file: MemoryFile
    level: Callable[[], str]
    """`recheck` of the settings."""
    clock: Callable[[], datetime]
    paused: Callable[[], bool] = lambda: False
    online: Callable[[], bool] = lambda: True
    rest: Callable[[float], Awaitable[None]] = asyncio.sleep
    _asking: Asking = field(init=False)
    _wake: asyncio.Event = field(init=False, default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        """Remember."""
        self._asking = Asking(self.ask, self.file.load(), self.clock, self.rest)

    # -- by the schedule

    async def run(self) -> None:
        """Ask until cancelled."""
        until = self.clock() + FIRST_LOOK
        while True:
            await self._sleep(until)
            try:
                until = await self.step()
            except PassportError as error:  # a full disk, a vault that went away: another time
                log.warning("What was due could not be checked again: %s", error)
                until = self.clock() + LONGEST

    async def step(self) -> datetime:
        """Ask about what is due now; return when to look again."""
        pace = PACES.get(self.level())
        if pace is None or self.paused() or not self.online():
            return self.clock() + (LONGEST if pace is None else SHORTEST)
        turn = Turn(self._asking, pace, self.clock)
        due, following = await asyncio.to_thread(self._due, pace)
        for entry in due:
            if self.paused() or self.level() not in PACES:
                break
            if self._asking.memory.used_up(pace, self.clock()):
                break
            await self._try(entry, turn)
        if due:
            self._tidy()
            _, following = await asyncio.to_thread(self._due, pace)
        return following

    def wake(self) -> None:
        """Look at what is due soon: a setting has changed, or it is not paused any more."""
        self._wake.set()

    # -- because the owner asks

    async def check(self, entry_id: str) -> Checked | None:
        """Ask about one badge now; None: there is none. Raise PassportError."""
        async for checked in self.check_all([entry_id]):
            return checked
        return None

    async def check_all(self, ids: Sequence[str] | None = None) -> AsyncIterator[Checked]:
        """Ask about these badges (None: all outside the trash) now, one after the other. Raise PassportError."""
        turn = Turn(self._asking, None, self.clock)
        for entry_id in ids if ids is not None else await asyncio.to_thread(self._ids):
            entry = self.vault.entry(entry_id)
            if entry is not None:
                yield await self._check(entry, turn)
        self._tidy()

    def number(self) -> int:
        """Return how many badges `check_all` asks about."""
        return self.vault.search("", limit=1).total

    def _ids(self) -> list[str]:
        return [entry.id for entry in every_entry(self.vault)]

    # -- within

    async def _sleep(self, until: datetime) -> None:
        self._wake.clear()
        wait_s = max((until - self.clock()).total_seconds(), 1.0)
        with suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), wait_s)

    def _due(self, pace: Pace) -> tuple[list[Entry], datetime]:
        """Return what is due, what has waited longest first; and when to look again."""
        now = self.clock()
        found = [(when, entry) for entry in every_entry(self.vault) if (when := self._when(entry, pace))]
        due = sorted((pair for pair in found if pair[0] <= now), key=lambda pair: (pair[0], pair[1].id))
        soonest = min((when for when, _ in found if when > now), default=now + LONGEST)
        if due:
            soonest = tomorrow(now) if self._asking.memory.used_up(pace, now) else now
        return [entry for _, entry in due], min(max(soonest, now + SHORTEST), now + LONGEST)

    def _when(self, entry: Entry, pace: Pace) -> datetime | None:
        """Return when a badge is due, with what is remembered of it."""
        due, note = due_at(entry, pace), self._asking.memory.badges.get(entry.id)
        if due is None or note is None:
            return due
        if note.quiet and note.quiet == entry.verified_at:
            return None
        waits = [due, moment(note.not_before)]
        waits += [moment(host.not_before) for host in self._failing(note)]
        return max(when for when in waits if when)

    async def _try(self, entry: Entry, turn: Turn) -> None:
        """Check a badge of the schedule; what cannot be checked for another reason is left for another time."""
        note = self._asking.memory.badges.get(entry.id)
        resting = [
            h for h in (note.hosts if note else ()) if (n := self._asking.memory.hosts.get(h)) and n.rests(self.clock())
        ]
        if note and resting:
            self._stand(entry, note, "unreachable")
            return
        try:
            await self._check(entry, turn)
        except PassportError as error:
            log.warning("%s could not be checked again: %s", entry.id, error)
            self._asking.memory.badges.setdefault(entry.id, BadgeNote()).failed(self.clock(), entry.id, str(error))

    async def _check(self, entry: Entry, turn: Turn) -> Checked:
        checked, memory = await self.checker.check(entry, turn), self._asking.memory
        if checked.trouble:
            note = memory.badges.setdefault(entry.id, BadgeNote())
            note.hosts = [host_of(checked.trouble.url)]
            self._failed(checked.entry, note, checked.trouble)
        else:
            hosts = [host for host in sorted(checked.asked) if host not in memory.hosts]  # who fails does not matter
            memory.badges[entry.id] = BadgeNote(
                hosts=hosts, quiet="" if checked.asked else checked.entry.verified_at or ""
            )
            self.vault.record_standing(entry.id, None)
        return replace(checked, entry=self.vault.entry(entry.id) or checked.entry)

    def _failed(self, entry: Entry, note: BadgeNote, trouble: Trouble) -> None:
        now = self.clock()
        if trouble.state == "later":
            note.not_before = rfc3339(trouble.until or now + LONGEST)
        else:
            note.failed(now, entry.id, trouble.why)
            note.state = trouble.state
        self._stand(entry, note, note.state or "unreachable")

    def _stand(self, entry: Entry, note: BadgeNote, state: str) -> None:
        """Say of a badge what stands in the way, once it has done so for a while."""
        worst = max([note, *self._failing(note)], key=lambda n: n.failures)
        since = moment(note.since) or moment(worst.since)
        if since is None:
            return
        if state == "unreachable" and self.clock() - since >= GIVEN_UP_AFTER and worst.failures > UNREACHABLE_AFTER:
            state = "gone"
        enough = worst.failures >= (UNREACHABLE_AFTER if state == "unreachable" else GONE_AFTER)
        long_enough = state != "unreachable" or self.clock() - since >= SAID_AFTER
        standing = Standing(state=state, since=rfc3339(since), why=note.why or worst.why)
        if enough and long_enough and not (entry.standing and entry.standing.state == state):
            self.vault.record_standing(entry.id, standing)

    def _failing(self, note: BadgeNote) -> list[Note]:
        return [found for host in note.hosts if (found := self._asking.memory.hosts.get(host))]

    def _tidy(self) -> None:
        """Forget what was purged, and write down what is remembered."""
        there = {subject.removeprefix("badge:") for subject in self.vault.subjects("badge:")}
        self._asking.memory.badges = {key: note for key, note in self._asking.memory.badges.items() if key in there}
        self.file.save(self._asking.memory)


def has_route() -> bool:
    """Whether this computer is on a network at all: without one every issuer would look dead. Sends nothing."""
    for family, address in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):
        with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((address, 9))  # looks up a route; UDP sends with `send` only (RFC 5737, 3849: nobody's)
            return True
    return False

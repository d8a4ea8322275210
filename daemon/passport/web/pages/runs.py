"""Imports that are under way, so that a page can show how far they are."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from passport.errors import PassportError
from passport.vault.model import Origin
from passport.web.parts import IntakePart, TakenPart

MAX_RUNS = 20
MAX_LINES = 2_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """One thing to take in: a file, or the address that it has as its name."""

    name: str
    file: bytes | None
    problem: str | None = None

    def refused(self, problem: str) -> Wanted:
        """Return it as something that will not be looked at."""
        return replace(self, problem=problem, file=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What became of one thing."""

    name: str
    result: str
    """`added`, `already-there`, `no-badge` or `refused`."""
    reason: str = ""
    entry_id: str | None = None


@dataclass(slots=True)
class Run:
    """One import."""

    id: str
    lines: list[Line] = field(default_factory=list)
    total: int = 0
    _waiting: list[Wanted] = field(default_factory=list)
    _task: asyncio.Task[None] | None = None

    @property
    def done(self) -> int:
        """How many things were looked at."""
        return self.total - len(self._waiting)

    @property
    def running(self) -> bool:
        """Whether there is more to come."""
        return self._task is not None and not self._task.done()

    def count(self, result: str) -> int:
        """Return how many lines have a result."""
        return sum(line.result == result for line in self.lines)

    def add(self, wanted: Wanted) -> None:
        """Put something at the end of what waits."""
        self._waiting.append(wanted)
        self.total += 1

    def work(self, intake: IntakePart, clock: Callable[[], datetime]) -> None:
        """Begin to take in what waits, unless that is under way."""
        if not self.running:
            self._task = asyncio.get_running_loop().create_task(self._work(intake, clock))

    async def end(self) -> None:
        """Stop; what was taken in stays."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _work(self, intake: IntakePart, clock: Callable[[], datetime]) -> None:
        while self._waiting:
            wanted = self._waiting[0]
            self.lines.extend(await _taken(wanted, intake, clock()))
            del self.lines[MAX_LINES:]
            del self._waiting[0]


async def _taken(wanted: Wanted, intake: IntakePart, now: datetime) -> list[Line]:
    if wanted.problem:
        return [Line(name=wanted.name, result="refused", reason=wanted.problem)]
    at = now.astimezone(UTC).isoformat().replace("+00:00", "Z")
    origin = Origin(kind="import", detail=wanted.name[:2000], at=at)
    try:
        found = await _take(wanted, intake, origin)
    except PassportError as error:
        return [Line(name=wanted.name, result="refused", reason=str(error))]
    return [_line(taken, wanted.name) for taken in found] or [Line(name=wanted.name, result="no-badge")]


async def _take(wanted: Wanted, intake: IntakePart, origin: Origin) -> list[TakenPart]:
    if wanted.file is None:
        return list(await intake.take_url(wanted.name, origin))
    return list(await intake.take(wanted.file, origin=origin, name=wanted.name))


def _line(taken: TakenPart, name: str) -> Line:
    entry_id = taken.entry.id if taken.entry else None
    return Line(name=taken.name or name, result=str(taken.result), reason=taken.reason or "", entry_id=entry_id)


@dataclass(slots=True)
class Runs:
    """The last imports."""

    _runs: dict[str, Run] = field(default_factory=dict)

    def begin(self) -> Run:
        """Return a new run."""
        run = Run(secrets.token_urlsafe(9))
        self._runs[run.id] = run
        while len(self._runs) > MAX_RUNS:
            oldest = next((key for key, kept in self._runs.items() if not kept.running), None)
            if oldest is None or oldest == run.id:
                break
            del self._runs[oldest]
        return run

    def find(self, run_id: str) -> Run | None:
        """Return a run."""
        return self._runs.get(run_id)

    async def end(self) -> None:
        """Stop all of them."""
        for run in self._runs.values():
            await run.end()

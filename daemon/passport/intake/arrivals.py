"""From "something is there" to "taken in": settle, look, take, remember. Used by one thread, and told the time."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from passport.intake.known import Known
from passport.intake.opening import shape_of
from passport.intake.settling import Pace, Settled, Settling, Shape
from passport.intake.telling import Look, look

AT_ONCE = 4
"""Badges that are taken in at the same time: one slow issuer does not hold up the rest."""

Take = Callable[[Path], "Future[bool]"]
"""Takes a file in. True: dealt with for good; False or an exception: to be tried again later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reports:
    """Who hears of what is not taken in. Called from the watcher's thread; must not block."""

    incomplete: Callable[[Path], None] = lambda _path: None
    """It is cut off and stays so."""
    too_large: Callable[[Path], None] = lambda _path: None
    """It looks like a badge and is larger than what is read."""


class Arrivals:
    """Files on their way in."""

    def __init__(
        self,
        known: Known,
        take: Take,
        done: Callable[[Settled, Future[bool]], None],
        reports: Reports,
        pace: Pace,
    ) -> None:
        """`done` is called, from any thread, when a take is finished; it brings that to `finished` in ours."""
        self._known = known
        self._take = take
        self._done = done
        self._reports = reports
        self._pace = pace
        self._settling = Settling(shape_of, pace)
        self._ready: deque[Settled] = deque()
        self._in_hand: dict[str, Shape] = {}
        """Ready or being taken."""
        self._taking = 0

    @property
    def busy(self) -> bool:
        """Whether anything is on its way."""
        return bool(len(self._settling) or self._in_hand)

    def seen(self, path: str, shape: Shape | None, now: float, *, finished: bool = False) -> None:
        """A file was seen; None: it is not there any more."""
        if shape is None:
            self._settling.forget(path)
        elif not self._known.has(path, shape) and self._in_hand.get(path) != shape:
            self._settling.hint(path, shape, now, quick=finished)

    def next_due(self) -> float | None:
        """Return when there may be something to do."""
        return self._settling.next_due()

    def work(self, now: float) -> None:
        """Look at what has settled, and hand on what is a badge."""
        for file in self._settling.settled(now):
            self._judge(file, now)
        while self._ready and self._taking < AT_ONCE:
            self._hand_on(self._ready.popleft())

    def finished(self, file: Settled, result: Future[bool], now: float) -> None:
        """A badge was taken in, or could not be."""
        self._taking -= 1
        self._in_hand.pop(file.path, None)
        if not result.cancelled() and result.exception() is None and result.result():
            self._known.add(file.path, file.shape)
        else:
            self._settling.later(file, now + self._pace.retry_s)
        self.work(now)

    def _judge(self, file: Settled, now: float) -> None:
        seems = look(file.path)
        if seems in (Look.INCOMPLETE, Look.UNREADABLE):
            if self._settling.again(file, now):
                return
            seems = look(file.path, patient=False)
            if seems is not Look.BADGE:
                self._reports.incomplete(Path(file.path))
        if seems is Look.BADGE:
            self._in_hand[file.path] = file.shape
            self._ready.append(file)
            return
        if seems is Look.TOO_LARGE:
            self._reports.too_large(Path(file.path))
        self._known.add(file.path, file.shape)

    def _hand_on(self, file: Settled) -> None:
        self._taking += 1
        self._take(Path(file.path)).add_done_callback(lambda result: self._done(file, result))

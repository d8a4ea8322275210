"""When is a file complete? Pure: what was seen and when goes in, what has settled comes out.

Events are hints, `stat` is the truth, and a file is complete when nothing about it changed for a while. A rename from a
partial name is the browser's own word that it is done, so there the while is short.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """The watcher's times. Measured with Chromium and Firefox; slow writers pause for less (reference 2.3)."""

    quick_s: float = 0.05
    """A file settles so long after a rename from a partial name…"""
    slow_s: float = 0.6
    """…and so long after everything else."""
    patience_s: float = 60.0
    """So long a file that looks cut off, or cannot be read yet, is tried again."""
    retry_s: float = 30.0
    """After so long a badge that could not be kept (a full disk) is tried again."""
    supervise_s: float = 1.0
    """How often the folders are looked after."""
    poll_s: float = 5.0
    """How often a folder without events is scanned."""


class Shape(NamedTuple):
    """What tells one state of a file from another."""

    size: int
    mtime_ns: int
    inode: int

    @classmethod
    def of(cls, stat: os.stat_result) -> Shape:
        """Take it from a stat."""
        return cls(stat.st_size, stat.st_mtime_ns, stat.st_ino)


@dataclass(frozen=True, slots=True)
class Settled:
    """A file that did not change for a while."""

    path: str
    shape: Shape
    since: float
    """When it was first seen in this shape (monotonic)."""
    tries: int = 0
    """How often it was given back since."""


@dataclass(slots=True)
class _Waiting:
    shape: Shape
    due: float
    since: float
    tries: int = 0


class Settling:
    """Files that were seen and are not known to be complete."""

    def __init__(self, look: Callable[[str], Shape | None], pace: Pace) -> None:
        """`look` returns the shape of a regular file that is there now."""
        self._look = look
        self._pace = pace
        self._waiting: dict[str, _Waiting] = {}

    def __len__(self) -> int:
        """Return how many wait."""
        return len(self._waiting)

    def hint(self, path: str, shape: Shape, now: float, *, quick: bool = False) -> None:
        """Note that a file was seen. An empty one is a browser's placeholder: its content comes with another event."""
        before = self._waiting.get(path)
        if shape.size == 0:
            self._waiting.pop(path, None)
        elif before is None or before.shape != shape:
            self._waiting[path] = _Waiting(shape, now + (self._pace.quick_s if quick else self._pace.slow_s), now)
        elif quick:
            before.due = min(before.due, now + self._pace.quick_s)

    def forget(self, path: str) -> None:
        """A file is gone."""
        self._waiting.pop(path, None)

    def next_due(self) -> float | None:
        """Return when the next file may have settled."""
        return min((waiting.due for waiting in self._waiting.values()), default=None)

    def settled(self, now: float) -> list[Settled]:
        """Return the files that did not change while they waited; they wait no longer."""
        ready = []
        for path, waiting in list(self._waiting.items()):
            if waiting.due > now:
                continue
            shape = self._look(path)
            if shape is None or shape.size == 0:
                del self._waiting[path]
            elif shape != waiting.shape:
                self._waiting[path] = _Waiting(shape, now + self._pace.slow_s, now)
            else:
                del self._waiting[path]
                ready.append(Settled(path, shape, waiting.since, waiting.tries))
        return ready

    def again(self, file: Settled, now: float) -> bool:
        """Let a file that looked incomplete wait again, longer each time; False when patience is at its end."""
        wait = min(2.0**file.tries, 32.0) / 2
        if now + wait > file.since + self._pace.patience_s:
            return False
        self._waiting[file.path] = _Waiting(file.shape, now + wait, file.since, file.tries + 1)
        return True

    def later(self, file: Settled, due: float) -> None:
        """Let a file wait until a moment."""
        self._waiting.setdefault(file.path, _Waiting(file.shape, due, file.since, file.tries))

"""A watched folder with what came of it, and writers who take their time."""

from __future__ import annotations

import time
from concurrent.futures import Future
from pathlib import Path

from passport.intake.arrivals import Reports
from passport.intake.known import Known
from passport.intake.settling import Pace
from passport.intake.watching import Watcher
from passport.settings import WatchSettings

SWIFT = Pace(slow_s=0.2, supervise_s=0.2, poll_s=0.5, patience_s=3.0, retry_s=0.8)
"""The same rules, only sooner."""


class Taker:
    """Takes files in, and remembers what and how large."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, int]] = []
        self.at: dict[str, float] = {}
        self.fail = 0
        self.held: list[Future[bool]] | None = None

    def __call__(self, path: Path) -> Future[bool]:
        result: Future[bool] = Future()
        self.taken.append((path.name, path.stat().st_size))
        self.at.setdefault(path.name, time.monotonic())
        if self.held is not None:
            self.held.append(result)
        elif self.fail:
            self.fail -= 1
            result.set_exception(RuntimeError("the disk is full"))
        else:
            result.set_result(True)
        return result

    @property
    def names(self) -> list[str]:
        return sorted(name for name, _ in self.taken)


class Scene:
    """A folder, a watcher on it, and what came of it."""

    def __init__(
        self, folder: Path, *, start: bool = True, known: Known | None = None, pace: Pace = SWIFT, **settings: object
    ) -> None:
        self.folder = folder
        self.taker = Taker()
        self.incomplete: list[str] = []
        self.too_large: list[str] = []
        self.modes: list[str] = []
        self.watcher = Watcher(
            WatchSettings(folders=(folder,), **{"rescan_s": 3600.0, **settings}),
            self.taker,
            known=known,
            reports=Reports(
                incomplete=lambda path: self.incomplete.append(path.name),
                too_large=lambda path: self.too_large.append(path.name),
            ),
            pace=pace,
            health=lambda status: self.modes.append(status.mode),
        )
        if start:
            self.watcher.start()
            self.wait_for(lambda: self.modes != [], "the first look")

    @staticmethod
    def wait_for(condition, what: str, timeout: float = 8.0) -> None:
        end = time.monotonic() + timeout
        while not condition():
            assert time.monotonic() < end, what
            time.sleep(0.01)

    def quiet(self, seconds: float = 0.3) -> None:
        """Wait until nothing is on its way, and a little longer."""
        time.sleep(0.1)
        self.wait_for(lambda: not self.watcher.busy, "quiet")
        time.sleep(seconds)


def slowly(path: Path, data: bytes, parts: int = 5, pause: float = 0.05) -> None:
    step = len(data) // parts + 1
    with path.open("ab", buffering=0) as file:
        for i in range(parts):
            file.write(data[i * step : (i + 1) * step])
            time.sleep(pause)

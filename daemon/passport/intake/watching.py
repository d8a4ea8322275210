"""The watched folders: what arrives there is handed on once, complete, and never touched.

One thread waits for events, scans, and works on the arrivals. Events are hints; a scan at the start, every few minutes
and after every doubt is what makes sure that nothing is missed.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass

from passport.intake.arrivals import Arrivals, Reports, Take
from passport.intake.known import Known
from passport.intake.naming import Names
from passport.intake.observing import Overflows, Seen
from passport.intake.opening import shape_of
from passport.intake.scanning import below, files_below
from passport.intake.settling import Pace, Settled, Shape
from passport.intake.watched import FolderStatus, Watched
from passport.settings import WatchSettings


@dataclass(frozen=True, slots=True)
class _Taken:
    file: Settled
    result: Future[bool]


@dataclass(frozen=True, slots=True)
class _Scan:
    """All folders."""


@dataclass(frozen=True, slots=True)
class _Wake:
    """Something outside changed: paused, resumed, stopped."""


class Watcher:
    """Watches folders from `start` to `stop`. Its other methods may be called from any thread."""

    def __init__(
        self,
        settings: WatchSettings,
        take: Take,
        *,
        known: Known | None = None,
        reports: Reports | None = None,
        health: Callable[[FolderStatus], None] = lambda _status: None,
        pace: Pace | None = None,
    ) -> None:
        """`health` hears of each change in how a folder is watched, from the watcher's thread."""
        pace = pace or Pace()
        self._settings = settings
        self._pace = pace
        self._known = Known() if known is None else known
        self._health = health
        self._notes: queue.SimpleQueue[Seen | _Taken | _Scan | _Wake] = queue.SimpleQueue()
        self._arrivals = Arrivals(self._known, take, self._tell_taken, reports or Reports(), pace)
        names = Names(recursive=settings.recursive, ignore=settings.ignore)
        self._folders = {
            str(folder): Watched(folder, names, self._notes.put, recursive=settings.recursive, pace=pace)
            for folder in settings.folders
        }
        self._overflows = Overflows(self.rescan)
        self._thread = threading.Thread(target=self._run, name="watcher", daemon=True)
        self._stopping = threading.Event()
        self._paused = threading.Event()
        self._next_tending = 0.0
        self._next_scan = 0.0
        self._scanned: float | None = None

    def start(self) -> None:
        """Begin to watch, with a scan of what is there."""
        self._overflows.listen()
        self._thread.start()

    def stop(self) -> None:
        """End watching; what is being taken in goes on without us."""
        self._stopping.set()
        self._notes.put(_Wake())
        if self._thread.is_alive():
            self._thread.join(10)
        self._overflows.leave()

    def pause(self) -> None:
        """Note what arrives, but take nothing in."""
        self._paused.set()
        self._notes.put(_Wake())

    def resume(self) -> None:
        """Take in what arrived meanwhile."""
        self._paused.clear()
        self._notes.put(_Wake())

    def rescan(self) -> None:
        """Scan all folders now."""
        self._notes.put(_Scan())

    @property
    def paused(self) -> bool:
        """Whether nothing is taken in at the moment."""
        return self._paused.is_set()

    @property
    def busy(self) -> bool:
        """Whether something is on its way in."""
        return self._arrivals.busy

    @property
    def seconds_since_scan(self) -> float | None:
        """How long ago all folders were last looked through; None: not yet."""
        return None if self._scanned is None else time.monotonic() - self._scanned

    def status(self) -> tuple[FolderStatus, ...]:
        """Return how each folder is watched."""
        return tuple(folder.status for folder in self._folders.values())

    def _tell_taken(self, file: Settled, result: Future[bool]) -> None:
        self._notes.put(_Taken(file, result))

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._tend(time.monotonic())
                self._listen()
                if not self._paused.is_set():
                    self._arrivals.work(time.monotonic())
                self._known.save()
            except Exception:
                logging.getLogger(__name__).exception("A turn of the watcher failed; it goes on.")
                self._stopping.wait(self._pace.supervise_s)
        for folder in self._folders.values():
            folder.close()
        self._known.save()

    def _tend(self, now: float) -> None:
        """Look after the folders once a second, and scan where it is time to."""
        if now < self._next_tending:
            return
        self._next_tending = now + self._pace.supervise_s
        for folder in self._folders.values():
            before = folder.status
            scan = folder.tend(now)
            if folder.status != before:
                self._health(folder.status)
            if scan:
                self._scan(folder)
        if now >= self._next_scan:
            self._scan_all(now)

    def _listen(self) -> None:
        """Wait until something happens or is due."""
        now = time.monotonic()
        due = None if self._paused.is_set() else self._arrivals.next_due()
        until = self._next_tending if due is None else min(self._next_tending, due)
        try:
            self._hear(self._notes.get(timeout=max(until - now, 0)))
            while not self._stopping.is_set():
                self._hear(self._notes.get_nowait())
        except queue.Empty:
            return

    def _hear(self, note: Seen | _Taken | _Scan | _Wake) -> None:
        match note:
            case Seen(is_folder=True):
                self._scan(self._folders[note.folder], note.path)
            case Seen():
                self._see(note)
            case _Taken():
                self._arrivals.finished(note.file, note.result, time.monotonic())
            case _Scan():
                self._scan_all(time.monotonic())

    def _see(self, event: Seen) -> None:
        if self._folders[event.folder].names.wanted(below(event.path, event.folder)):
            self._arrivals.seen(event.path, shape_of(event.path), time.monotonic(), finished=event.finished)

    def _scan_all(self, now: float) -> None:
        self._next_scan = now + self._settings.rescan_s
        there = [file for folder in self._folders.values() for file in self._scan(folder)]
        self._scanned = now
        if all(folder.status.mode != "missing" for folder in self._folders.values()):
            self._known.keep_only(there)

    def _scan(self, folder: Watched, place: str | None = None) -> list[tuple[str, Shape]]:
        """Note every file in a folder, or in one that appeared below it."""
        if place is not None and not all(map(folder.names.entered, below(place, folder.folder).parts)):
            return []
        found = list(files_below(place or folder.folder, folder.names, folder.folder))
        now = time.monotonic()
        for path, shape in found:
            self._arrivals.seen(path, shape, now)
        return found

"""One watched folder: how it is watched at the moment, and whether that still works."""

from __future__ import annotations

import errno
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from passport.intake.mounts import needs_polling
from passport.intake.naming import Names
from passport.intake.observing import Attached, Seen, identity_of
from passport.intake.settling import Pace

TRY_AGAIN_S = 60.0
"""How often a folder that could not be watched for want of inotify watches is tried again."""
_EXHAUSTED = {
    errno.EMFILE: "the system has no more inotify instances (fs.inotify.max_user_instances)",
    errno.ENOSPC: "the system has no more inotify watches (fs.inotify.max_user_watches)",
}


@dataclass(frozen=True, slots=True)
class FolderStatus:
    """How a folder is watched, for people."""

    folder: str
    mode: str
    """native (the system's events), polling (scanned every few seconds) or missing."""
    reason: str | None = None
    """Why not native."""


class Watched:
    """A folder that is watched by events, by polling, or not there at the moment. Used by one thread.

    Polling is our own scan, not watchdog's PollingObserver: that one dies with its folder (watchdog #1065), and keeps a
    second picture of the whole tree in memory.
    """

    def __init__(
        self, folder: Path, names: Names, note: Callable[[Seen], None], *, recursive: bool, pace: Pace
    ) -> None:
        self.folder = str(folder)
        self.names = names
        self.status = FolderStatus(self.folder, "missing", "not looked at yet")
        self._note = note
        self._recursive = recursive
        self._pace = pace
        self._attached: Attached | None = None
        self._identity: tuple[int, int] | None = None
        self._next_scan = 0.0
        self._next_try = 0.0

    def tend(self, now: float) -> bool:
        """Look after it, once a second; return whether it is to be scanned."""
        identity = identity_of(self.folder)
        if identity is None:
            self.close()
            self._identity = None
            self.status = FolderStatus(self.folder, "missing", "the folder is not there")
            return False
        if self._attached is not None and self._attached.sound:
            return False
        if self._attached is not None or identity != self._identity or now >= self._next_try:
            self._identity = identity
            self._attach(now)
            return True
        return self._poll_is_due(now)

    def close(self) -> None:
        """Stop the events."""
        if self._attached is not None:
            self._attached.stop()
            self._attached = None

    def _attach(self, now: float) -> None:
        self.close()
        self._next_try = now + TRY_AGAIN_S
        self._next_scan = now + self._pace.poll_s
        reason = needs_polling(Path(self.folder))
        if reason is None:
            try:
                self._attached = Attached.to(self.folder, self._note, recursive=self._recursive)
            except OSError as error:
                reason = _EXHAUSTED.get(error.errno or 0, error.strerror or "no events")
        self.status = FolderStatus(self.folder, "polling" if reason else "native", reason)

    def _poll_is_due(self, now: float) -> bool:
        if now < self._next_scan:
            return False
        self._next_scan = now + self._pace.poll_s
        return True

"""The system's file events, by watchdog: started, asked whether they still come, stopped.

Every trap of reference desktop-and-storage 2.1 is met here: an exception in a handler kills watchdog's thread, a root
that was deleted or replaced goes silent without a word, an overflow loses events and only logs, and inotify runs out.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from dataclasses import dataclass

from watchdog.events import (
    DirCreatedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver

from passport.intake.naming import is_partial

_LOGGER = "watchdog.observers"
_EVENTS: list[type[FileSystemEvent]] = [
    DirCreatedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileModifiedEvent,
    FileMovedEvent,
]


@dataclass(frozen=True, slots=True)
class Seen:
    """One event."""

    folder: str
    """The watched folder."""
    path: str
    is_folder: bool
    finished: bool
    """The program that wrote it gave it its final name: it is complete."""


class _Handler(FileSystemEventHandler):
    """Only notes what happened; work here would hold up, and an exception end, all events."""

    def __init__(self, folder: str, note: Callable[[Seen], None]) -> None:
        self._folder = folder
        self._note = note

    def on_any_event(self, event: FileSystemEvent) -> None:
        try:
            source, target = os.fsdecode(event.src_path), os.fsdecode(event.dest_path)
            finished = bool(target) and is_partial(os.path.basename(source))  # noqa: PTH119 (no Path for each event)
            self._note(Seen(self._folder, target or source, event.is_directory, finished))
        except Exception:
            logging.getLogger(__name__).exception("A file event was lost; the next scan makes up for it.")


class Attached:
    """The events of one folder."""

    def __init__(self, folder: str, observer: BaseObserver, identity: tuple[int, int]) -> None:
        self._folder = folder
        self._observer = observer
        self._identity = identity

    @classmethod
    def to(cls, folder: str, note: Callable[[Seen], None], *, recursive: bool) -> Attached:
        """Start. Raise OSError: the folder is not there, or the system has no more watches (EMFILE, ENOSPC)."""
        identity = identity_of(folder)
        if identity is None:
            raise FileNotFoundError(folder)
        observer = Observer()
        observer.schedule(_Handler(folder, note), folder, recursive=recursive, event_filter=_EVENTS)
        observer.start()
        return cls(folder, observer, identity)

    @property
    def sound(self) -> bool:
        """Whether events still come, and from the folder that is there now."""
        alive = self._observer.is_alive() and all(emitter.is_alive() for emitter in self._observer.emitters)
        return alive and self._identity == identity_of(self._folder)

    def stop(self) -> None:
        """Stop; never raises."""
        try:
            self._observer.stop()
            self._observer.join(2)
        except Exception:
            logging.getLogger(__name__).exception("Watching %s did not end well.", self._folder)


class Overflows(logging.Handler):
    """Hears of lost events the only way watchdog tells of them: by a line in the log."""

    def __init__(self, tell: Callable[[], None]) -> None:
        super().__init__(logging.WARNING)
        self._tell = tell

    def emit(self, record: logging.LogRecord) -> None:
        """Note an overflow."""
        if "overflow" in record.getMessage().lower():
            self._tell()

    def listen(self) -> None:
        """Begin."""
        logging.getLogger(_LOGGER).addHandler(self)

    def leave(self) -> None:
        """End."""
        logging.getLogger(_LOGGER).removeHandler(self)


def identity_of(folder: str) -> tuple[int, int] | None:
    """Return what tells a folder from another of the same name; None when it is not there."""
    try:
        found = os.stat(folder)  # noqa: PTH116 (once a second)
    except (OSError, ValueError):
        return None
    return found.st_dev, found.st_ino

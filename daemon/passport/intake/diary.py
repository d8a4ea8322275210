"""What happened: every import, every refusal, and every request that went out; for the owner, on the activity page.

The newest few thousand, in a file of the daemon's state that only the owner can read. Losing it loses no badge, so
nothing waits for the disk; addresses are noted without query, which may hold a secret.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from passport.fetching import Asked
from passport.intake.taken import ADDED, ALREADY_THERE, Taken
from passport.vault.model import Origin

MOST = 2_000
"""So many are shown and kept of each kind."""
_MAX_BYTES = 1 << 20
_TEXT = 300


class Noted(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line."""

    at: str
    """RFC 3339, UTC."""
    what: str
    """The file's name, or the address."""
    result: str
    """added, already-there, no-badge, refused; or what the server answered."""
    detail: str = ""
    """Why, or where from."""
    entry: str = ""
    """Id of the badge."""
    request: bool = False
    """Whether it went out, and did not come in."""
    received: int = 0
    """Bytes."""


class Diary:
    """Used from several threads."""

    def __init__(self, file: Path | None = None, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """Without a file it is forgotten with the program."""
        self._file = file
        self._clock = clock
        self._lock = threading.Lock()
        self._lines = {False: deque[Noted](maxlen=MOST), True: deque[Noted](maxlen=MOST)}
        for line in _read(file) if file else ():
            self._lines[line.request].append(line)

    def took(self, taken: Iterable[Taken], origin: Origin) -> None:
        """Note what came in, and what did not."""
        at = self._clock().isoformat(timespec="seconds").replace("+00:00", "Z")
        for one in taken:
            kept = one.result in {ADDED, ALREADY_THERE}
            detail = f"{origin.kind}: {origin.detail}" if kept else one.reason or ""
            entry = one.entry.id if one.entry else ""
            self._note(Noted(at=at, what=one.name[:_TEXT], result=one.result, detail=detail[:_TEXT], entry=entry))

    def asked(self, asked: Asked) -> None:
        """Note a request that went out, or was refused before it did."""
        result = str(asked.status) if asked.status else "refused"
        what, detail = asked.url[:_TEXT], (asked.problem or "")[:_TEXT]
        self._note(Noted(at=asked.at, what=what, result=result, detail=detail, request=True, received=asked.received))

    def imports(self, most: int) -> list[Noted]:
        """Return what came in and what was refused, newest first."""
        return self._newest(most, request=False)

    def requests(self, most: int) -> list[Noted]:
        """Return what went out, newest first."""
        return self._newest(most, request=True)

    def _newest(self, most: int, *, request: bool) -> list[Noted]:
        with self._lock:
            return list(self._lines[request])[: -most - 1 : -1]

    def _note(self, line: Noted) -> None:
        with self._lock:
            self._lines[line.request].append(line)
            if self._file is not None:
                with contextlib.suppress(OSError):  # a full disk is told elsewhere
                    self._append(self._file, msgspec.json.encode(line) + b"\n")

    def _append(self, file: Path, line: bytes) -> None:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(descriptor, line)
            size = os.fstat(descriptor).st_size
        finally:
            os.close(descriptor)
        if size > _MAX_BYTES:
            file.replace(_older(file))


def _older(file: Path) -> Path:
    return file.with_name(f"{file.name}.1")


def _read(file: Path) -> Iterable[Noted]:
    """Yield what was noted; lines that cannot be read are left out."""
    for path in (_older(file), file):
        with contextlib.suppress(OSError):
            for line in path.read_bytes().splitlines():
                with contextlib.suppress(msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
                    yield msgspec.json.decode(line, type=Noted)

"""Quiet for a while: the owner wants no notices on the desktop until then. It outlives a restart."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType

import msgspec

from passport.intake.again.pace import moment, rfc3339

VERSION = 1


def midnight(now: datetime) -> datetime:
    """Return the end of the owner's day."""
    local = now.astimezone()
    return (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)


SNOOZES: Mapping[str, Callable[[datetime], datetime]] = MappingProxyType(
    {
        "hour": lambda now: now + timedelta(hours=1),
        "today": midnight,
        "week": lambda now: now + timedelta(days=7),
    }
)
"""How long one may ask for quiet."""


class _Kept(msgspec.Struct):
    version: int
    until: str


@dataclass(slots=True)
class Quiet:
    """Until when it is quiet. Used from several threads."""

    file: Path | None = None
    """None: it is forgotten with the program."""
    _until: datetime | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        """Remember; a damaged file is nothing."""
        if self.file is not None:
            with contextlib.suppress(OSError, msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
                kept = msgspec.json.decode(self.file.read_bytes(), type=_Kept)
                self._until = moment(kept.until) if kept.version == VERSION else None

    def until(self, now: datetime) -> datetime | None:
        """Return until when it is quiet; None: it is not."""
        return self._until if self._until and self._until > now else None

    def snooze(self, how_long: str, now: datetime) -> datetime | None:
        """Be quiet for an `hour`, `today` or a `week`; anything else ends it. Return until when."""
        make = SNOOZES.get(how_long)
        self._until = make(now) if make else None
        if self.file is not None:
            with contextlib.suppress(OSError):  # a full disk: it holds until the program ends
                self.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                aside = self.file.with_suffix(".tmp")
                aside.write_bytes(msgspec.json.encode(_Kept(VERSION, rfc3339(self._until) if self._until else "")))
                aside.replace(self.file)
        return self._until

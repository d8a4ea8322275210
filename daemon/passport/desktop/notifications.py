"""Notices on the desktop: few, batched, and only those that the owner wants."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Protocol

BATCH = timedelta(seconds=2)
"""Notices within this time of the first one become one notice."""


class Level(StrEnum):
    """What the owner wants to be told (`notify` in the settings)."""

    ALL = "all"
    NEW = "new"
    PROBLEMS = "problems"
    NONE = "none"


class Kind(StrEnum):
    """What a notice is about."""

    ADDED = "added"
    EXPIRING = "expiring"
    REVOKED = "revoked"
    PROBLEM = "problem"


WANTED = {
    Level.ALL: frozenset(Kind),
    Level.NEW: frozenset({Kind.ADDED, Kind.REVOKED, Kind.PROBLEM}),
    Level.PROBLEMS: frozenset({Kind.REVOKED, Kind.PROBLEM}),
    Level.NONE: frozenset[Kind](),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One thing to tell."""

    kind: Kind
    title: str
    text: str
    picture: Path | None = None
    """A thumbnail of our own, never the issuer's file."""


class Messenger(Protocol):
    """Something that can put a notice on the screen."""

    def show(self, notice: Notice) -> bool:
        """Show it; return False where that is not possible."""


@dataclass(slots=True)
class Notifier:
    """Collects notices for a moment and shows what is wanted."""

    messenger: Messenger
    clock: Callable[[], datetime]
    level: Level = Level.ALL
    snoozed_until: datetime | None = None
    _waiting: list[Notice] = field(default_factory=list, init=False)
    _since: datetime | None = field(default=None, init=False)

    def add(self, notice: Notice) -> None:
        """Take a notice; it is shown by the next `flush` that is due."""
        if notice.kind not in WANTED[self.level]:
            return
        if self._since is None:
            self._since = self.clock()
        self._waiting.append(notice)

    def snooze(self, until: datetime) -> None:
        """Be quiet until then; problems and revocations are told afterwards, news are not."""
        self.snoozed_until = until

    def flush(self) -> tuple[Notice, ...]:
        """Show what is due, each kind once; return what was shown."""
        now = self.clock()
        if self._since is None or now - self._since < BATCH or (self.snoozed_until and now < self.snoozed_until):
            return ()
        notices = tuple(summary(group) for group in by_kind(self._waiting))
        self._waiting, self._since = [], None
        return tuple(notice for notice in notices if self.messenger.show(notice))


def by_kind(notices: Sequence[Notice]) -> list[list[Notice]]:
    """Return the notices of each kind, problems first."""
    order = (Kind.PROBLEM, Kind.REVOKED, Kind.EXPIRING, Kind.ADDED)
    groups = [[notice for notice in notices if notice.kind is kind] for kind in order]
    return [group for group in groups if group]


def summary(group: Sequence[Notice]) -> Notice:
    """Return one notice for several of a kind."""
    if len(group) == 1:
        return group[0]
    titles = {
        Kind.ADDED: f"{len(group)} new badges",
        Kind.EXPIRING: f"{len(group)} badges expire soon",
        Kind.REVOKED: f"{len(group)} badges were withdrawn",
        Kind.PROBLEM: f"{len(group)} problems",
    }
    names = ", ".join(notice.title for notice in group[:3])
    more = f" and {len(group) - 3} more" if len(group) > 3 else ""
    return Notice(kind=group[0].kind, title=titles[group[0].kind], text=names + more, picture=group[-1].picture)


@dataclass(frozen=True, slots=True)
class NotifySend:
    """The `notify-send` of the freedesktop desktops; where the tray cannot show notices."""

    command: str = "notify-send"

    def show(self, notice: Notice) -> bool:
        """Run the command; a missing one or a missing notification server is no error."""
        found = shutil.which(self.command)
        if found is None:
            return False
        urgency = "critical" if notice.kind is Kind.PROBLEM else "normal"
        picture = [f"--icon={notice.picture}"] if notice.picture else []
        line = [
            found,
            "--app-name=Badge Passport",
            f"--urgency={urgency}",
            *picture,
            "--",
            notice.title,
            plain(notice.text),
        ]
        try:
            return subprocess.run(line, check=False, timeout=5, capture_output=True).returncode == 0  # noqa: S603 (no shell)
        except (OSError, subprocess.TimeoutExpired):
            return False


def plain(text: str) -> str:
    """Return text without the tags that notification servers understand (Desktop Notifications 1.2, Markup)."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

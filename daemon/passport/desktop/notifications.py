"""Notices on the desktop: few, batched, and only those that the owner wants."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from passport.look.words import noted_many

if TYPE_CHECKING:
    from passport.speech import Speech

MAX_WAITING = 10_000
BATCH = timedelta(seconds=2)
"""Notices that come within this time of each other become one…"""
LONGEST_BATCH = timedelta(seconds=30)
"""…but not for longer than this: who takes in a thousand badges hears of it now and then."""
NAMED = 3
"""Of several notices so many are named."""


class Level(StrEnum):
    """What the owner wants to be told (`notify` in the settings)."""

    ALL = "all"
    NEW = "new"
    PROBLEMS = "problems"
    NONE = "none"


class Kind(StrEnum):
    """What a notice is about."""

    ADDED = "added"
    ENDORSED = "endorsed"
    EXPIRING = "expiring"
    EXPIRED = "expired"
    CHANGED = "changed"
    """Another verdict than before."""
    GONE = "gone"
    """An issuer is not there any more."""
    REVOKED = "revoked"
    PROBLEM = "problem"


TITLES: Mapping[Kind, tuple[str, str]] = {
    Kind.ADDED: noted_many("%(number)s new badge", "%(number)s new badges"),
    Kind.ENDORSED: noted_many("%(number)s badge was endorsed", "%(number)s badges were endorsed"),
    Kind.EXPIRING: noted_many("%(number)s badge expires soon", "%(number)s badges expire soon"),
    Kind.EXPIRED: noted_many("%(number)s badge has expired", "%(number)s badges have expired"),
    Kind.CHANGED: noted_many("%(number)s badge has another verdict", "%(number)s badges have another verdict"),
    Kind.GONE: noted_many("%(number)s issuer is not there any more", "%(number)s issuers are not there any more"),
    Kind.REVOKED: noted_many("%(number)s badge was withdrawn", "%(number)s badges were withdrawn"),
    Kind.PROBLEM: noted_many("%(number)s problem", "%(number)s problems"),
}
"""What so many notices of a kind say together."""
BAD = frozenset({Kind.EXPIRED, Kind.CHANGED, Kind.REVOKED, Kind.PROBLEM})
"""They count as problems."""


WANTED = {
    Level.ALL: frozenset(Kind),
    Level.NEW: BAD | {Kind.ADDED, Kind.ENDORSED},
    Level.PROBLEMS: BAD,
    Level.NONE: frozenset[Kind](),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One thing to tell."""

    kind: Kind
    title: str
    text: str
    name: str = ""
    """Of what it is about, for a notice that stands for several."""
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
    say: Speech
    """May be set to another at any time, too."""
    level: Level = Level.ALL
    """May be set to another at any time."""
    snoozed_until: datetime | None = None
    _waiting: list[Notice] = field(default_factory=list, init=False)
    _since: datetime | None = field(default=None, init=False)
    _last: datetime | None = field(default=None, init=False)

    def add(self, notice: Notice) -> None:
        """Take a notice; it is shown by the next `flush` that is due."""
        if notice.kind not in WANTED[self.level]:
            return
        self._last = self.clock()
        self._since = self._since or self._last
        self._waiting.append(notice)
        del self._waiting[:-MAX_WAITING]

    def snooze(self, until: datetime | None) -> None:
        """Be quiet until then (None: no more); what came meanwhile is told afterwards, each kind as one."""
        self.snoozed_until = until

    def flush(self) -> tuple[Notice, ...]:
        """Show what is due, each kind once; return what was shown."""
        now = self.clock()
        if self._since is None or self._last is None or (self.snoozed_until and now < self.snoozed_until):
            return ()
        if now - self._last < BATCH and now - self._since < LONGEST_BATCH:
            return ()
        notices = tuple(summary(group, self.say) for group in by_kind(self._waiting))
        self._waiting, self._since = [], None
        return tuple(notice for notice in notices if self.messenger.show(notice))


def by_kind(notices: Sequence[Notice]) -> list[list[Notice]]:
    """Return the notices of each kind, problems first."""
    groups = [[notice for notice in notices if notice.kind is kind] for kind in reversed(Kind)]
    return [group for group in groups if group]


def summary(group: Sequence[Notice], say: Speech) -> Notice:
    """Return one notice for several of a kind."""
    if len(group) == 1:
        return group[0]
    title = say.many(*TITLES[group[0].kind], len(group))
    text = ", ".join(notice.name or notice.title for notice in group[:NAMED])
    if len(group) > NAMED:
        text = say.many(
            "%(names)s and %(number)s more", "%(names)s and %(number)s more", len(group) - NAMED, names=text
        )
    return Notice(kind=group[0].kind, title=title, text=text, picture=group[-1].picture)


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
            "--app-name=Badge Passport",  # no sentence
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

"""What is remembered between two questions: who did not answer, since when, and how much was asked today.

It lies beside the daemon's state, not in the vault: losing it costs some questions and nothing else.
"""

from __future__ import annotations

import contextlib
from datetime import datetime
from pathlib import Path

import msgspec

from passport.intake.again.pace import Pace, moment, rfc3339, wait_after

VERSION = 1


class Note(msgspec.Struct, kw_only=True):
    """A host or a badge that could not be asked."""

    failures: int = 0
    since: str = ""
    not_before: str = ""
    state: str = ""
    """Of a badge: unreachable, moved or gone."""
    why: str = ""

    def failed(self, now: datetime, name: str, why: str, until: datetime | None = None) -> None:
        """Note one more failure; `until`: when the host itself asked to be asked again.

        While it rests (the owner asks in between) a failure says nothing new.
        """
        if self.rests(now):
            return
        self.failures += 1
        self.since = self.since or rfc3339(now)
        self.why = why
        after = now + wait_after(self.failures, name)
        self.not_before = rfc3339(max(after, until) if until else after)

    def rests(self, now: datetime) -> datetime | None:
        """Return until when it is left alone; None: it may be asked."""
        until = moment(self.not_before)
        return until if until and until > now else None


class BadgeNote(Note, kw_only=True):
    """A badge that could not be asked about, or of which it is known whom to ask."""

    hosts: list[str] = []
    quiet: str = ""
    """The date of a check that had nobody to ask: it need not be made again."""


class Memory(msgspec.Struct, kw_only=True):
    """All of it."""

    version: int = VERSION
    day: str = ""
    asked: int = 0
    asked_hosts: dict[str, int] = {}
    """How often today, by host."""
    hosts: dict[str, Note] = {}
    badges: dict[str, BadgeNote] = {}

    def room(self, host: str, pace: Pace, now: datetime) -> bool:
        """Whether today's share is not used up."""
        self._turn(now)
        return self.asked < pace.a_day and self.asked_hosts.get(host, 0) < pace.a_day_and_host

    def used_up(self, pace: Pace, now: datetime) -> bool:
        """Whether nobody is to be asked any more today."""
        self._turn(now)
        return self.asked >= pace.a_day

    def count(self, host: str, now: datetime) -> None:
        """Note a question."""
        self._turn(now)
        self.asked += 1
        self.asked_hosts[host] = self.asked_hosts.get(host, 0) + 1

    def _turn(self, now: datetime) -> None:
        today = rfc3339(now)[:10]
        if self.day != today:
            self.day, self.asked, self.asked_hosts = today, 0, {}


class MemoryFile:
    """The memory's file, replaced as a whole."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def load(self) -> Memory:
        """Return what was remembered; a damaged file, or one of another version, is nothing."""
        try:
            found = msgspec.json.decode(self._file.read_bytes(), type=Memory)
        except (OSError, msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
            return Memory()
        return found if found.version == VERSION else Memory()

    def save(self, memory: Memory) -> None:
        """Write it; on a full disk some questions will be asked once more after a restart."""
        aside = self._file.with_suffix(".tmp")
        with contextlib.suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            aside.touch(0o600)
            aside.write_bytes(msgspec.json.encode(memory))
            aside.replace(self._file)

"""Taking back what was just decided: the last changes, with what stood there before."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

MAX_KEPT = 100

Decisions = Mapping[str, Mapping[str, object]]
"""Values by subject and key."""


@dataclass(frozen=True, slots=True)
class Done:
    """One change that can be taken back."""

    text: str
    """What was done, in the owner's language."""
    before: Decisions
    """What stood there; None: nothing."""
    key: str = ""
    """By which the page that follows finds it."""
    settings: Mapping[str, object] = field(default_factory=dict)
    """What stood in the settings, by their names."""

    @property
    def token(self) -> str:
        """What takes it back; empty: there is nothing to take back."""
        return self.key if self.before or self.settings else ""


@dataclass(slots=True)
class UndoLog:
    """The last changes of this run; older ones stay in the badge's history."""

    _done: dict[str, Done] = field(default_factory=dict)

    def note(self, text: str, before: Decisions, settings: Mapping[str, object] | None = None) -> Done:
        """Remember a change, or (with nothing before) only what shall be said of it."""
        done = Done(text, before, secrets.token_urlsafe(12), settings or {})
        self._done[done.key] = done
        while len(self._done) > MAX_KEPT:
            del self._done[next(iter(self._done))]
        return done

    def find(self, token: str) -> Done | None:
        """Return a change without taking it back (for the page that follows it)."""
        return self._done.get(token)

    def take(self, token: str) -> Done | None:
        """Return a change and forget it; None: there is nothing to take back under this token."""
        done = self._done.get(token)
        return self._done.pop(token) if done and done.token else None

    def newest(self) -> Done | None:
        """Return the last change that can be taken back."""
        return next((done for done in reversed(self._done.values()) if done.token), None)

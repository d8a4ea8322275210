"""Signing a browser in: an address that works once is swapped for a cookie.

Tickets and cookies are 256-bit random values; only their SHA-256 is kept, so comparing takes the same time for all and
a memory dump gives no session away. Nothing is written to disk: a restart of the daemon signs everybody out.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

TICKET_LIFE = timedelta(minutes=5)
SESSION_IDLE = timedelta(hours=24)
MAX_TICKETS = 20
MAX_SESSIONS = 25
"""As Syncthing keeps of its CSRF tokens (security 1.1); the oldest goes."""


@dataclass(frozen=True, slots=True)
class Session:
    """One signed-in browser."""

    csrf: str
    """To be sent as `X-CSRF-Token` with everything that changes something."""
    used_at: datetime


def cookie_name(port: int) -> str:
    """Return the cookie's name: cookies are shared by all ports of a host (extension 4.3, 6)."""
    return f"badge-passport-{port}"


@dataclass(slots=True)
class Sessions:
    """Who is signed in."""

    clock: Callable[[], datetime]
    _tickets: dict[str, datetime] = field(default_factory=dict)
    _sessions: dict[str, Session] = field(default_factory=dict)

    def issue_ticket(self) -> str:
        """Return a value that signs one browser in, once, within TICKET_LIFE."""
        ticket = secrets.token_urlsafe(32)
        self._tickets[_digest(ticket)] = self.clock() + TICKET_LIFE
        while len(self._tickets) > MAX_TICKETS:
            del self._tickets[next(iter(self._tickets))]
        return ticket

    def redeem(self, ticket: str) -> str | None:
        """Burn the ticket and return the value of a new session's cookie; None: the ticket is not valid (any more)."""
        ends_at = self._tickets.pop(_digest(ticket), None)
        if ends_at is None or self.clock() > ends_at:
            return None
        cookie = secrets.token_urlsafe(32)
        self._sessions[_digest(cookie)] = Session(secrets.token_urlsafe(32), self.clock())
        while len(self._sessions) > MAX_SESSIONS:
            del self._sessions[next(iter(self._sessions))]
        return cookie

    def find(self, cookie: str) -> Session | None:
        """Return the session of a cookie and note that it was used."""
        key = _digest(cookie)
        session = self._sessions.pop(key, None)
        now = self.clock()
        if session is None or now - session.used_at > SESSION_IDLE:
            return None
        self._sessions[key] = replace(session, used_at=now)  # moves to the end: the longest unused one goes first
        return session


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()

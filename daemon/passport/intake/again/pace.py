"""How often issuers are asked again. Pure: a badge, a level and a moment in, a moment out."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from passport.vault.model import Entry

FIRST = timedelta(days=1)
LONGEST = timedelta(days=60)
"""After a failure the next try waits FIRST, then twice as long each time, up to this: a dead host costs about ten
questions in its first year and six in each later one, however many badges it issued."""
SPREAD = 0.15
"""So much earlier or later than exactly, so that what came in together is not asked about together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """One level of `recheck` in the settings."""

    watched: timedelta
    """Badges that end, or whose issuer keeps a list of what was withdrawn."""
    hosted: timedelta
    """Badges without end that stand on the issuer's site."""
    key: timedelta
    """Signed ones of which only the key can be asked; and those that are withdrawn, expired or altered."""
    a_day: int
    """Questions a day, to all hosts together; midnight is that of UTC."""
    a_day_and_host: int
    """Questions a day to one host."""


PACES: Mapping[str, Pace] = MappingProxyType(
    {
        "gentle": Pace(
            watched=timedelta(days=7),
            hosted=timedelta(days=30),
            key=timedelta(days=90),
            a_day=500,
            a_day_and_host=100,
        ),
        "often": Pace(
            watched=timedelta(days=1),
            hosted=timedelta(days=7),
            key=timedelta(days=30),
            a_day=2000,
            a_day_and_host=400,
        ),
    }
)
"""Another level (`off`): nobody is asked."""


def due_at(entry: Entry, pace: Pace) -> datetime | None:
    """Return when a badge is to be asked about; None: never by itself.

    It is derived from the last answer's date, so that a restart changes nothing.
    """
    every = _interval(entry, pace)
    since = moment(entry.verified_at or entry.added_at)
    if every is None or since is None:
        return None
    return since + every * spread(f"{entry.id} {entry.verified_at}")


def wait_after(failures: int, name: str) -> timedelta:
    """Return how long to wait after so many failures in a row."""
    doubled = FIRST * (1 << min(failures - 1, 10))
    return min(doubled, LONGEST) * spread(f"{name} {failures}")


def spread(name: str) -> float:
    """Return a factor near 1 that is always the same for a name."""
    number = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=4).digest())
    return 1 - SPREAD + 2 * SPREAD * number / 0xFFFFFFFF


def moment(text: str | None) -> datetime | None:
    """Return the moment that an RFC 3339 text of our own names."""
    try:
        found = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return found if found is None or found.tzinfo else found.replace(tzinfo=UTC)


def rfc3339(when: datetime) -> str:
    """Return the moment as text, in UTC, to the second."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _interval(entry: Entry, pace: Pace) -> timedelta | None:
    if not entry.asks or entry.trashed or entry.state == "declined":
        return None
    if entry.verdict in {"revoked", "expired", "invalid"}:
        return pace.key
    if entry.asks == "list" or entry.valid_until or entry.verdict == "unconfirmed":
        return pace.watched
    return pace.hosted if entry.asks == "hosted" else pace.key

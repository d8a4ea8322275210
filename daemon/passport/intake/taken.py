"""What became of something that was handed in."""

from __future__ import annotations

from dataclasses import dataclass

from passport.vault.model import Entry

ADDED, ALREADY_THERE, NO_BADGE, REFUSED = "added", "already-there", "no-badge", "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One badge, or one file without one (design: Contract, An entry)."""

    result: str
    name: str
    """Of the file, or the address."""
    entry: Entry | None = None
    reason: str | None = None
    """Why not, as a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far an import is."""

    done: int
    total: int
    """As far as it is known yet."""


def no_badge(name: str) -> Taken:
    """Return that there is nothing to verify."""
    return Taken(result=NO_BADGE, name=name, reason="There is no badge in it.")


def refused(name: str, reason: str) -> Taken:
    """Return that it was not looked at, or could not be."""
    return Taken(result=REFUSED, name=name, reason=reason)

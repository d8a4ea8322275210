"""What a notice is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What a notice is about."""

    EXPIRING = "expiring"
    EXPIRED = "expired"
    REVOKED = "revoked"
    GONE = "gone"
    """The issuer, or its page, is not there any more."""
    CHANGED = "changed"
    """Another verdict than before, for better or worse."""
    ENDORSED = "endorsed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One thing to tell."""

    id: str
    """The same on every computer for the same thing, so that it is told once."""
    kind: Kind
    mark: str
    """What made it new: another mark makes it new again."""
    at: str
    """RFC 3339, UTC."""
    entries: tuple[str, ...] = ()
    """Ids of the badges that it is about."""
    detail: Mapping[str, str] = field(default_factory=dict)
    read: bool = False
    dismissed: bool = False

    @property
    def subject(self) -> str:
        """The subject of what is said of it in the vault."""
        return f"{PREFIX}{self.id}"


PREFIX = "notice:"
ABOUT = "badge:"
"""Keys of a notice: `badge:<entry id>` = true, beside `kind`, `mark`, `at`, `detail`, `read` and `dismissed`."""

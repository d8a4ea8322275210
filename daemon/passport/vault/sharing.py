"""How sharing stands, for people and programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec

from passport.vault.joining import Request
from passport.vault.model import Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Computer:
    """One of the computers, for people."""

    id: str
    name: str
    fingerprint: str
    this: bool = False
    revoked: bool = False
    seen_at: str | None = None
    """When it last said something that has arrived here: RFC 3339."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """How the files of a shared folder are."""

    healed: int = 0
    """Sync engines' copies that were folded back, and files put back from where they came, since the start."""
    damaged: int = 0
    """Files that are not what they were: somebody changed them, or the disk did."""
    missing: tuple[str, ...] = ()
    """Ids of badges of which a file is not here (yet)."""
    missing_since: datetime | None = None
    """Since when some are: what has just arrived is not worth a word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How sharing stands."""

    shared: bool
    folder: str
    computers: tuple[Computer, ...] = ()
    requests: tuple[Request, ...] = ()
    """Who asks to join; shown, and believed only with the code."""
    waiting: Mapping[str, int] | None = None
    """How many lines do not count (yet), by reason."""
    went_back: int = 0
    """Of how many things the folder knew less than this computer did."""
    conflicts: int = 0
    """Journals that a sync program made two of; both are read."""
    damaged: int = 0
    """Lines that cannot be read."""
    locked: bool = False
    """This computer's key cannot be had, so that what is said here is signed later."""
    stranger: bool = False
    """The others do not know this computer: it did not join, or was taken out."""
    healed: int = 0
    """Copies of files that a sync program made, and that were folded back."""
    swapped: int = 0
    """Files that are not what they were."""
    missing: int = 0
    """Badges of which a file is not here (yet)."""
    taking: Progress | None = None
    """How far taking up what arrived is; None: all of it is taken up."""

    def to_json(self) -> dict[str, object]:
        """Return it for programs."""
        found: dict[str, object] = msgspec.to_builtins(self)
        return found

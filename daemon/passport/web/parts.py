"""What handlers work with: built once, when the program starts, and handed to the app."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from aiohttp import web

from passport.settings import Places, Settings
from passport.vault.model import Change, Entry, Event, Page, Progress
from passport.verification.documents import Documents
from passport.verification.report import VerificationReport
from passport.web.clients import Clients
from passport.web.limits import Bucket
from passport.web.live import Changes
from passport.web.pairing import Nonces, PairingCodes
from passport.web.session import Sessions

Clock = Callable[[], datetime]


class VaultPart(Protocol):
    """What the web needs of the vault."""

    def entry(self, entry_id: str) -> Entry | None:
        """Return one entry."""

    def search(
        self, query: str = "", *, sort: str = ..., offset: int = 0, limit: int = ..., include_trashed: bool = False
    ) -> Page:
        """Find entries."""

    def decide(self, subject: str, values: Mapping[str, object]) -> None:
        """Write down what the owner decided."""

    def state(self, subject: str) -> Mapping[str, object]:
        """Return what counts of a subject."""

    def subjects(self, prefix: str) -> Sequence[str]:
        """Return all subjects of a kind."""

    def history(self, subject: str) -> Sequence[Event]:
        """Return all that was ever said of a subject."""

    def report(self, entry_id: str) -> VerificationReport:
        """Return the last report of an entry."""

    def documents(self, entry_id: str) -> Documents:
        """Return what proved it."""

    def original(self, sha256: str) -> bytes:
        """Return a file as it came."""

    def subscribe(self, callback: Callable[[Change], None]) -> Callable[[], None]:
        """Be told of changes; call the result to end it."""

    def reindex(self, progress: Callable[[Progress], None] = ...) -> object:
        """Rebuild the index."""


class IntakePart(Protocol):
    """What the web needs of the intake."""

    def import_all(self, paths: Sequence[Path], urls: Sequence[str]) -> AsyncIterator[object]:
        """Take in files, folders, addresses."""


class Control(Protocol):
    """What the daemon lets itself be told."""

    @property
    def paused(self) -> bool:
        """Whether watching rests."""

    async def pause(self) -> None:
        """Let watching rest."""

    async def resume(self) -> None:
        """Watch again."""

    def stop(self) -> None:
        """End the program, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Rate limits of the whole daemon."""

    pair: Bucket
    """10 a minute (extension 4.2)."""
    refused: Bucket
    """Requests without a valid key; those with one always pass."""

    @classmethod
    def of(cls, clock: Clock) -> Limits:
        """Start all of them full."""
        return cls(pair=Bucket(clock, 10, 10), refused=Bucket(clock, 300, 300))


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Everything a handler may need. Nothing here is ever replaced while the app lives."""

    port: int
    owner_key: str
    """What stands in daemon.json."""
    places: Places
    settings: Settings
    clock: Clock
    vault: VaultPart
    intake: IntakePart
    control: Control
    sessions: Sessions
    codes: PairingCodes
    clients: Clients
    changes: Changes
    nonces: Nonces = field(default_factory=Nonces)
    limits: Limits
    started_at: datetime

    @property
    def hosts(self) -> frozenset[str]:
        """The only values of Host that are ours (security 2.1: DNS rebinding)."""
        return frozenset({f"127.0.0.1:{self.port}", f"localhost:{self.port}", f"[::1]:{self.port}"})

    @property
    def origins(self) -> frozenset[str]:
        """The gallery's own origins."""
        return frozenset(f"http://{host}" for host in self.hosts)

    @property
    def address(self) -> str:
        """Where the gallery is."""
        return f"http://127.0.0.1:{self.port}"


PARTS = web.AppKey("parts", Parts)

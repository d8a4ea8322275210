"""What handlers work with: built once, when the program starts, and handed to the app."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from aiohttp import web

from passport.fetching import Fetch
from passport.intake.again.checking import Checked
from passport.intake.diary import Diary
from passport.intake.noticing.quiet import Quiet
from passport.intake.taken import Progress
from passport.intake.watched import FolderStatus
from passport.keychain import WAY_OUT, Backend, Keychain, KeychainTroubleError, Trouble
from passport.settings import Places, Settings
from passport.sharing.posting import Posting
from passport.vault.model import Entry, Origin
from passport.vault.vault import Vault
from passport.web.clients import Clients
from passport.web.limits import Bucket
from passport.web.live import Changes
from passport.web.pairing import Nonces, PairingCodes
from passport.web.session import Sessions
from passport.workers import Workers

Clock = Callable[[], datetime]


class TakenPart(Protocol):
    """What became of something that was handed in."""

    @property
    def result(self) -> str:
        """`added`, `already-there`, `no-badge` or `refused`."""

    @property
    def entry(self) -> Entry | None:
        """Of a badge."""

    @property
    def reason(self) -> str | None:
        """Why not, as a sentence."""

    @property
    def name(self) -> str:
        """Of the file, or the address."""


class IntakePart(Protocol):
    """What the web needs of the intake."""

    async def take(self, file: bytes, *, origin: Origin, name: str) -> Sequence[TakenPart]:
        """Take in a file's bytes."""

    async def take_url(self, url: str, origin: Origin) -> Sequence[TakenPart]:
        """Take in what an address holds."""

    def import_all(self, paths: Sequence[Path], urls: Sequence[str]) -> AsyncIterator[TakenPart | Progress]:
        """Take in files, folders, addresses."""

    async def reverify(self, entry_id: str, *, offline: bool = False) -> object:
        """Verify a badge anew and keep the report; `offline`: from what is kept, asking nobody."""


class AgainPart(Protocol):
    """What the web needs of asking issuers again."""

    async def check(self, entry_id: str) -> Checked | None:
        """Ask about one badge now; None: there is none."""

    def check_all(self, ids: Sequence[str] | None = None) -> AsyncIterator[Checked]:
        """Ask about these badges (None: all) now, one after the other."""

    def number(self) -> int:
        """Return how many `check_all` asks about."""


class NobodyAsks:
    """Asks nobody: for a passport without a network."""

    async def check(self, entry_id: str) -> Checked | None:
        """Find nothing."""

    async def check_all(self, ids: Sequence[str] | None = None) -> AsyncIterator[Checked]:
        """Find nothing."""
        nothing: tuple[Checked, ...] = ()
        for checked in nothing:
            yield checked

    def number(self) -> int:
        """Return 0."""
        return 0


class CarryingPart(Protocol):
    """Moving the vault into a synced folder, and joining one that is there; the daemon starts anew after it."""

    @property
    def code(self) -> str | None:
        """The code that is to be typed on the first computer, while this one asks to join."""

    @property
    def problem(self) -> str | None:
        """Why the last try failed."""

    @property
    def busy(self) -> bool:
        """Whether it has begun, and the daemon is about to start anew."""

    async def move(self, folder: Path) -> None:
        """Move the vault into a folder and share it. Raise PassportError where that cannot be begun."""

    async def join(self, folder: Path) -> str:
        """Ask to join the passport in a folder; return the code. Raise PassportError."""

    async def give_up(self) -> None:
        """Ask no more."""


class Control(Protocol):
    """What the daemon lets itself be told."""

    @property
    def paused(self) -> bool:
        """Whether watching rests."""

    @property
    def settings(self) -> Settings:
        """The settings as they are now."""

    @property
    def watching(self) -> Sequence[Path]:
        """The folders that are watched."""

    @property
    def paused_until(self) -> datetime | None:
        """When watching goes on by itself; None: it does not rest, or until it is resumed."""

    @property
    def folders(self) -> Sequence[FolderStatus]:
        """How each folder is watched."""

    @property
    def scanned_at(self) -> datetime | None:
        """When all folders were last looked through."""

    async def pause(self, seconds: float | None) -> None:
        """Let watching rest, for so long or until resumed."""

    async def resume(self) -> None:
        """Watch again."""

    async def apply(self, settings: Settings) -> None:
        """Work with these settings from now on: folders, identities, notices (they are saved already)."""

    def stop(self) -> None:
        """End the program, in order."""


def no_keychain() -> Keychain:
    """Return a keychain for where there is none."""

    def missing() -> Backend:
        raise KeychainTroubleError(Trouble.MISSING, "No keyring is running on this computer.", WAY_OUT)

    return Keychain(load=missing, record=Path(os.devnull))


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
    vault: Vault
    intake: IntakePart
    workers: Workers
    fetch: Fetch
    posting: Posting
    control: Control
    sessions: Sessions
    codes: PairingCodes
    clients: Clients
    changes: Changes
    keychain: Keychain = field(default_factory=no_keychain)
    """Accounts' tokens and keys; in tests that need none, one that says that there is none."""
    nonces: Nonces = field(default_factory=Nonces)
    limits: Limits
    started_at: datetime
    again: AgainPart = field(default_factory=NobodyAsks)
    quiet: Quiet = field(default_factory=Quiet)
    carrying: CarryingPart | None = None
    """Moves the vault, or joins another; None: this daemon cannot."""
    diary: Diary = field(default_factory=Diary)
    private: bool = False
    """Whether it lives only as long as one command."""

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

"""The connected browsers of this computer. Their keys lie in the computer's keyring, everything else in a private file.

Not in the vault: the vault is copied to other computers and into backups, and these keys open this one only. Where the
keyring is locked or does not answer, a key lives in memory and is put away later; where there is no keyring at all, it
lies in the file (0600), unless the owner forbids that; both is said on the pages and by `doctor`.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from enum import StrEnum
from pathlib import Path

import msgspec

from passport.disk import Disk, make_folders, write_whole
from passport.errors import PassportError
from passport.keychain import START_TIMEOUT_S, Keychain, KeychainTroubleError, Trouble

MAX_CLIENTS = 50
USED_AT_EVERY_S = 60
"""How old the noted last use may get before it is written again: not a write for each request."""
TRY_AGAIN_S = 30
"""How soon a keyring that was locked is asked again."""
FILE_VERSION = 2
"""1 was a list of clients, all with their keys."""


class Where(StrEnum):
    """Where a browser's key is kept."""

    KEYRING = "keyring"
    FILE = "file"
    MEMORY = "memory"


class Client(msgspec.Struct, frozen=True, kw_only=True):
    """One connected browser."""

    id: str
    """16 hex digits."""
    key: bytes | None = None
    """None: it is in the keyring, and was not needed yet."""
    kept: Where = Where.FILE
    label: str
    browser: str = ""
    origin: str
    """The extension's origin when it was paired."""
    paired_at: datetime
    used_at: datetime


class _File(msgspec.Struct, frozen=True, kw_only=True):
    version: int = FILE_VERSION
    clients: list[Client]
    gone: list[str] = []
    """Disconnected ones whose key is still to be taken out of the keyring."""


class Clients:
    """All of them; every change of the list is durable on return. Used on the daemon's loop."""

    def __init__(
        self,
        file: Path,
        clock: Callable[[], datetime],
        keychain: Keychain | None = None,
        *,
        in_file: bool = True,
        disk: Disk | None = None,
    ) -> None:
        """Read the file; `in_file` says whether keys may lie in it where there is no keyring. Raise PassportError."""
        self._file = file
        self._clock = clock
        self._keychain = keychain
        self._in_file = in_file
        self._disk = disk
        found = _read(file)
        self._clients = {client.id: client for client in found.clients if client.key or client.kept is Where.KEYRING}
        self._gone = list(found.gone)
        self._tried_at: datetime | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.trouble: KeychainTroubleError | None = None
        """Why the keyring could not be used last time."""

    def all(self) -> tuple[Client, ...]:
        """Return them, the newest first."""
        return tuple(sorted(self._clients.values(), key=lambda client: client.paired_at, reverse=True))

    def find(self, client_id: str) -> Client | None:
        """Return one."""
        return self._clients.get(client_id)

    async def key_of(self, client: Client) -> bytes | None:
        """Return the browser's key; None: it is lost, so that the browser must be connected again.

        Raise KeychainTroubleError while the keyring does not give it.
        """
        if self._is_due():
            self.begin_putting_away()
        if client.key is not None or self._keychain is None:
            return client.key
        try:
            found = await self._keychain.get(_name(client.id))
        except KeychainTroubleError as error:
            self.trouble = error
            if error.trouble is Trouble.LOST:
                return None
            raise
        if found is None:
            return None
        key = bytes.fromhex(found)
        self._clients[client.id] = msgspec.structs.replace(client, key=key)
        return key

    def add(self, *, label: str, browser: str, origin: str) -> Client:
        """Connect a browser with a key of its own, in memory at first. Raise PassportError when there are too many."""
        if len(self._clients) >= MAX_CLIENTS:
            raise PassportError("Too many browsers are connected.", remedy="Disconnect one on “Connect a browser”.")
        now = self._clock()
        client = Client(
            id=secrets.token_hex(8),
            key=secrets.token_bytes(32),
            kept=Where.FILE if self._keychain is None else Where.MEMORY,
            label=label,
            browser=browser,
            origin=origin,
            paired_at=now,
            used_at=now,
        )
        self._clients[client.id] = client
        try:
            self._write()
        except PassportError:
            del self._clients[client.id]
            raise
        return client

    async def put_away(self) -> None:
        """Put keys that are not in the keyring there, and take out those of disconnected browsers, where it lets us."""
        self._tried_at = self._clock()
        if self._keychain is None:
            return
        for client in [c for c in self.all() if c.kept is not Where.KEYRING]:
            try:
                await self._keychain.set(_name(client.id), (client.key or b"").hex(), timeout_s=START_TIMEOUT_S)
            except KeychainTroubleError as error:
                self._stay(client, error)
            else:
                self.trouble = None
                self._move(client.id, Where.KEYRING)
        for client_id in list(self._gone):
            try:
                await self._keychain.delete(_name(client_id), timeout_s=START_TIMEOUT_S)
            except KeychainTroubleError:
                return
            self._gone.remove(client_id)
            self._write()

    def begin_putting_away(self) -> None:
        """Do so beside everything else."""
        self._tried_at = self._clock()
        task = asyncio.get_running_loop().create_task(self.put_away())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    @property
    def outside(self) -> tuple[Client, ...]:
        """Those whose key is not in the keyring."""
        return tuple(client for client in self.all() if client.kept is not Where.KEYRING)

    def revoke(self, client_id: str) -> bool:
        """Disconnect one; False: there is none of this id."""
        client = self._clients.pop(client_id, None)
        if client is None:
            return False
        if client.kept is Where.KEYRING:
            self._gone.append(client_id)
        self._write()
        return True

    def note_use(self, client_id: str) -> None:
        """Remember when it was last there."""
        client = self._clients[client_id]
        now = self._clock()
        if abs((now - client.used_at).total_seconds()) >= USED_AT_EVERY_S:
            self._clients[client_id] = msgspec.structs.replace(client, used_at=now)
            with suppress(PassportError):  # a full disk must not turn away what only reads
                self._write()

    def _is_due(self) -> bool:
        if self._keychain is None or not (self.outside or self._gone):
            return False
        if self._tried_at is None:
            return True
        waits = self.trouble is None or self.trouble.trouble in {Trouble.LOCKED, Trouble.SILENT, Trouble.BROKEN}
        return waits and (self._clock() - self._tried_at).total_seconds() >= TRY_AGAIN_S

    def _stay(self, client: Client, error: KeychainTroubleError) -> None:
        """Leave a key where it is; a new one goes into the file where there is no keyring, if that is allowed."""
        self.trouble = error
        if client.kept is Where.MEMORY and error.trouble is Trouble.MISSING and self._in_file:
            self._move(client.id, Where.FILE)

    def _move(self, client_id: str, where: Where) -> None:
        client = self._clients.get(client_id)
        if client is None:  # disconnected meanwhile
            self._gone.append(client_id)
        else:
            self._clients[client_id] = msgspec.structs.replace(client, kept=where)
        self._write()

    def _write(self) -> None:
        kept = [c if c.kept is Where.FILE else msgspec.structs.replace(c, key=None) for c in self._clients.values()]
        content = msgspec.json.encode(_File(clients=kept, gone=self._gone))
        try:
            write_private(self._file, content, self._disk)
        except OSError as error:
            raise PassportError(
                f"The list of connected browsers in {self._file} cannot be written: {error.strerror or error}.",
                remedy="Make room on the disk, and the folder writable for yourself.",
            ) from error


def _name(client_id: str) -> str:
    return f"browser:{client_id}"


def _read(file: Path) -> _File:
    try:
        raw = file.read_bytes()
        if raw.lstrip().startswith(b"["):
            return _File(clients=msgspec.json.decode(raw, type=list[Client]))
        found = msgspec.json.decode(raw, type=_File)
    except FileNotFoundError:
        return _File(clients=[])
    except (msgspec.MsgspecError, OSError, RecursionError, UnicodeDecodeError) as error:
        raise PassportError(
            f"The list of connected browsers in {file} cannot be read: {error}.",
            remedy="Remove the file and connect your browsers again.",
        ) from error
    if found.version > FILE_VERSION:
        raise PassportError(
            f"The list of connected browsers in {file} was written by a newer version of Badge Passport.",
            remedy="Install the newer version, or remove the file and connect your browsers again.",
        )
    return found


def write_private(file: Path, content: bytes, disk: Disk | None = None) -> None:
    """Write a file that only the owner can read, all of it or nothing (security 2.5, 2.7)."""
    disk = disk or Disk()
    make_folders(disk, file.parent)
    aside = file.with_name(f".{file.name}.{secrets.token_hex(4)}.tmp")
    try:
        write_whole(disk, file, content, aside=aside)  # 0600 from the start
    except BaseException:
        aside.unlink(missing_ok=True)
        raise

"""The connected browsers of this computer, with their keys, in one file that only the owner can read (0600).

Not in the vault: the vault is copied to other computers and into backups, and these keys open this one only.
"""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import msgspec

from passport.errors import PassportError

MAX_CLIENTS = 50
USED_AT_EVERY_S = 60
"""How old the noted last use may get before it is written again: not a write for each request."""


class Client(msgspec.Struct, frozen=True, kw_only=True):
    """One connected browser."""

    id: str
    """16 hex digits."""
    key: bytes
    label: str
    browser: str = ""
    origin: str
    """The extension's origin when it was paired."""
    paired_at: datetime
    used_at: datetime


class Clients:
    """All of them; every change is durable on return."""

    def __init__(self, file: Path, clock: Callable[[], datetime]) -> None:
        self._file = file
        self._clock = clock
        self._clients = {client.id: client for client in _read(file)}

    def all(self) -> tuple[Client, ...]:
        """Return them, the newest first."""
        return tuple(sorted(self._clients.values(), key=lambda client: client.paired_at, reverse=True))

    def find(self, client_id: str) -> Client | None:
        """Return one."""
        return self._clients.get(client_id)

    def add(self, *, label: str, browser: str, origin: str) -> Client:
        """Connect a browser with a key of its own. Raise PassportError when there are too many."""
        if len(self._clients) >= MAX_CLIENTS:
            raise PassportError("Too many browsers are connected.", remedy="Disconnect one on “Connect a browser”.")
        now = self._clock()
        client = Client(
            id=secrets.token_hex(8),
            key=secrets.token_bytes(32),
            label=label,
            browser=browser,
            origin=origin,
            paired_at=now,
            used_at=now,
        )
        self._clients[client.id] = client
        self._write()
        return client

    def revoke(self, client_id: str) -> bool:
        """Disconnect one; False: there is none of this id."""
        if self._clients.pop(client_id, None) is None:
            return False
        self._write()
        return True

    def note_use(self, client_id: str) -> None:
        """Remember when it was last there."""
        client = self._clients[client_id]
        now = self._clock()
        if abs((now - client.used_at).total_seconds()) >= USED_AT_EVERY_S:
            self._clients[client_id] = msgspec.structs.replace(client, used_at=now)
            self._write()

    def _write(self) -> None:
        write_private(self._file, msgspec.json.encode(list(self._clients.values())))


def _read(file: Path) -> list[Client]:
    try:
        return msgspec.json.decode(file.read_bytes(), type=list[Client])
    except FileNotFoundError:
        return []
    except (msgspec.MsgspecError, OSError, RecursionError) as error:
        raise PassportError(
            f"The list of connected browsers in {file} cannot be read: {error}.",
            remedy="Remove the file and connect your browsers again.",
        ) from error


def write_private(file: Path, content: bytes) -> None:
    """Write a file that only the owner can read, all of it or nothing (security 2.5, 2.7)."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.", suffix=".tmp")  # mkstemp makes it 0600
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise

"""Whose word counts: the computers that share this passport, known outside the folder that they share.

`devices.json` beside the daemon's state holds them. As long as a passport is on one computer alone, everything in its
vault counts, signed or not; once it is shared, a line counts only when a computer that is known signed it. What does
not count is held, shown, and taken in when its computer becomes known. Where that file is not there, and anything says
that the passport is shared (its marker, a signed line, this computer's own memory: `marker`), nobody is known, and
nothing counts until this computer joins.

A computer becomes known by the short code (`joining`), or because one that is known says so: `device:<id>` with the key
`trusted` in a signed line; null there takes it back.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterable, Mapping
from enum import StrEnum
from pathlib import Path

import msgspec

from passport.disk import Disk, make_folders, write_whole
from passport.errors import VaultError
from passport.vault.journal import Line, Said
from passport.vault.signing import is_signed_by

FILE = "devices.json"
VERSION = 1
SUBJECT = "device:"
TRUSTED = "trusted"


class Why(StrEnum):
    """Why a line does not count (yet)."""

    AHEAD = "ahead"
    """Its clock was more than a day in the future."""
    UNSIGNED = "unsigned"
    UNKNOWN = "unknown"
    """Signed by a computer that is not known here."""
    FORGED = "forged"
    """The signature does not fit."""
    REVOKED = "revoked"
    """Signed by a computer that was taken out."""


class Peer(msgspec.Struct, frozen=True, kw_only=True):
    """A computer that shares the passport, or once did."""

    id: str
    name: str
    key: str
    """Ed25519, public, base64url."""
    at: str = ""
    """Stamp of the word that made it known or took it out; the newest counts."""
    revoked: bool = False


class _File(msgspec.Struct, frozen=True, kw_only=True):
    version: int = VERSION
    vault: str = ""
    shared: bool = False
    peers: list[Peer] = []
    unsigned: list[str] = []
    """SHA-256 of lines of this computer that were written while its key was locked away; signed later."""


class Trust:
    """All that is known of the computers. May be used from several threads."""

    def __init__(self, disk: Disk, state: Path, vault: str = "", *, shared: bool = False) -> None:
        """Read the file; one of another vault is not about this one. Raise VaultError.

        Args:
            disk: Changes the disk.
            state: The daemon's state.
            vault: The id of the vault; empty: whichever the file is about.
            shared: Whether something else than the file says that the passport is shared.
        """
        self._disk = disk
        self._path = state / FILE
        self._lock = threading.RLock()
        found = _read(self._path)
        self._file = found if found.vault == vault or not vault else _File(vault=vault)
        self._must = shared
        self.generation = 0
        """Goes up whenever something is known anew."""

    @property
    def shared(self) -> bool:
        """Whether the passport is on several computers."""
        return self._file.shared or self._must

    @property
    def knows_nobody(self) -> bool:
        """Whether the passport is shared and this computer did not join, or does not remember that it did."""
        return self.shared and not self._file.shared

    @property
    def vault(self) -> str:
        """The id of the vault that this is about."""
        return self._file.vault

    @property
    def unsigned(self) -> frozenset[str]:
        """Lines of our own that wait for a signature."""
        return frozenset(self._file.unsigned)

    def peers(self) -> list[Peer]:
        """Return all computers, those that were taken out too, by name."""
        return sorted(self._file.peers, key=lambda peer: (peer.revoked, peer.name.lower(), peer.id))

    def peer(self, device: str) -> Peer | None:
        """Return a computer, None where it was never known."""
        return next((peer for peer in self._file.peers if peer.id == device), None)

    def judge(self, line: Line) -> Why | None:
        """Return why a line does not count; None: it does."""
        if not self.shared:
            return None
        if not line.by:
            return None if digest_of(line) in self._file.unsigned else Why.UNSIGNED
        peer = self.peer(line.by)
        if peer is None:
            return Why.UNKNOWN
        if not is_signed_by(peer.key, line.signature, self._file.vault, line.body):
            return Why.FORGED
        return Why.REVOKED if peer.revoked else None

    def share(self, vault: str, peers: Iterable[Peer], unsigned: Iterable[str] = ()) -> None:
        """From now on only the word of these computers counts, and these unsigned lines. Durable on return."""
        self._set(vault=vault, shared=True, peers=list(peers), unsigned=list(unsigned))

    def know(self, peer: Peer) -> None:
        """Let a computer's word count, or not any more."""
        self._set(peers=[*(p for p in self._file.peers if p.id != peer.id), peer])

    def learn(self, subject: str, keys: Mapping[str, object]) -> None:
        """Take in what a known computer said of another; `keys` are a row's: stamp and value of each."""
        found = keys.get(TRUSTED)
        if self.knows_nobody or not self.shared or not isinstance(found, list | tuple):
            return
        device, stamp, value = subject.removeprefix(SUBJECT), str(found[0]), found[1]
        known = self.peer(device)
        if known is not None and known.at >= stamp:
            return
        if isinstance(value, dict) and isinstance(value.get("key"), str):
            name = str(value.get("name") or device)[:80]
            fresh = Peer(id=device, name=name, key=value["key"], at=stamp)
        elif known is not None:
            fresh = msgspec.structs.replace(known, at=stamp, revoked=True)
        else:
            return
        self.know(fresh)

    def note_unsigned(self, lines: Iterable[bytes]) -> None:
        """Remember lines that this computer is about to write without its key."""
        self._set(unsigned=[*self._file.unsigned, *(hashlib.sha256(line).hexdigest() for line in lines)])

    def all_signed(self) -> None:
        """Forget those lines: they are signed now."""
        if self._file.unsigned:
            self._set(unsigned=[])

    def _set(self, **changes: object) -> None:
        with self._lock:
            fresh = msgspec.structs.replace(self._file, **changes)
            make_folders(self._disk, self._path.parent)
            data = msgspec.json.format(msgspec.json.encode(fresh)) + b"\n"
            write_whole(self._disk, self._path, data, aside=self._path.with_suffix(".tmp"))
            self._file = fresh
            self.generation += 1


def digest_of(line: Line) -> str:
    """Return the SHA-256 of a line's body: what an unsigned line of our own is remembered by."""
    return hashlib.sha256(line.body).hexdigest()


def without_computers(said: Said) -> Said:
    """Return what is said of anything but computers.

    Who shares a passport is decided while it is shared: what was written down of computers before that, or comes out of
    a backup, lets nobody in.
    """
    return [(subject, values) for subject, values in said if not subject.startswith(SUBJECT)]


def _read(path: Path) -> _File:
    try:
        found = msgspec.json.decode(path.read_bytes(), type=_File)
    except FileNotFoundError:
        return _File()
    except (OSError, msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise VaultError(
            f"The list of computers that share this passport, {path}, cannot be read.",
            remedy="Put it back from a backup of this computer, or join the passport again (vault join).",
        ) from error
    if found.version > VERSION:
        raise VaultError(f"{path} was written by a newer version.", remedy="Install the newer version.")
    return found

"""Whose vault is it, of which form, and which device is this?

`vault.json` in the vault's folder names it. Where a known vault's marker is missing, the vault is *not there* (a disk
that is not mounted, a folder that was moved): never is that read as "everything was deleted".
"""

from __future__ import annotations

import hashlib
import secrets
import uuid
from pathlib import Path
from typing import TypeVar

import msgspec

from passport.disk import Disk, make_folders, write_whole
from passport.errors import VaultError
from passport.vault.migrations import migrate
from passport.vault.ordinary import ordinary_bytes
from passport.vault.trust import Trust

FORMAT = 3
MARKER = "vault.json"
MAX_BYTES = 1 << 20
_DEVICE = "device.json"
_T = TypeVar("_T")


class Marker(msgspec.Struct, frozen=True, kw_only=True):
    """`vault.json`."""

    id: str
    format: int = FORMAT
    program: str = "badge-passport"
    shared: bool = False
    """Whether it is on several computers: then only signed lines count, wherever it is opened."""


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """`device.json` beside the daemon's state: outside the vault, so that a copied vault does not copy it."""

    id: str
    fingerprint: str
    vaults: dict[str, str] = {}
    """Folder and id of each vault that was seen here."""
    shared: list[str] = []
    """Ids of the vaults that this computer shared or joined: what the folder says later does not undo that."""


def read_device(disk: Disk, state: Path, fingerprint: str) -> Device:
    """Return this device; a state that was copied from another computer gets an id of its own."""
    device = _read(state / _DEVICE, Device)
    if device is None or device.fingerprint != fingerprint:
        vaults = device.vaults if device else {}
        shared = device.shared if device else []
        device = Device(id=secrets.token_hex(6), fingerprint=fingerprint, vaults=vaults, shared=shared)
        _write(disk, state / _DEVICE, device)
    return device


def renewed_device(disk: Disk, state: Path, device: Device) -> Device:
    """Give this computer another id: a clone of it uses the old one. Raises OSError."""
    kept = _read(state / _DEVICE, Device) or device
    fresh = msgspec.structs.replace(device, id=secrets.token_hex(6), vaults=kept.vaults, shared=kept.shared)
    _write(disk, state / _DEVICE, fresh)
    return fresh


def known_vaults(state: Path) -> dict[str, str]:
    """Return folder and id of each vault that was seen from this state, without changing anything."""
    device = _read(state / _DEVICE, Device)
    return dict(device.vaults) if device else {}


def remember_shared(disk: Disk, state: Path, folder: Path, vault: str) -> None:
    """Remember, outside the folder, that the vault in it is shared, and its id. Durable on return. Raises OSError."""
    device = read_device(disk, state, machine_fingerprint())
    vaults, shared = {**device.vaults, str(folder): vault}, [*device.shared, vault]
    fresh = msgspec.structs.replace(device, vaults=vaults, shared=list(dict.fromkeys(shared)))
    if fresh != device:
        _write(disk, state / _DEVICE, fresh)


def is_remembered_shared(state: Path, vault: str) -> bool:
    """Return whether this computer shared or joined the vault with this id once."""
    device = _read(state / _DEVICE, Device)
    return device is not None and vault in device.shared


def machine_fingerprint() -> str:
    """Return something that differs between computers and stays on one; says nothing to others."""
    for path in (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id")):
        try:
            name = path.read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError):
            continue
        if name:
            break
    else:
        name = f"{uuid.getnode():012x}"
    return hashlib.sha256(b"badge-passport:" + name.encode()).hexdigest()[:16]


def read_marker(folder: Path) -> Marker | None:
    """Return the marker of a vault's folder; None: there is no vault (or it is not there now). Raise VaultError."""
    marker = _read(folder / MARKER, Marker)
    if marker is not None and marker.format > FORMAT:
        raise VaultError(
            f"The vault in {folder} was made by a newer version of Badge Passport (form {marker.format}).",
            remedy="Install the newer version.",
        )
    return marker


def write_marker(disk: Disk, folder: Path, marker: Marker) -> None:
    """Make the folder a vault. Raises OSError."""
    _write(disk, folder / MARKER, marker)


def open_marker(disk: Disk, folder: Path, device: Device, state: Path) -> Marker:
    """Return the vault's marker, made anew only where there never was a vault. Raise VaultError."""
    marker = _read(folder / MARKER, Marker)
    if marker is None:
        _refuse_lost_vault(folder, device)
        make_folders(disk, folder)
        marker = Marker(id=secrets.token_hex(16))
        _write(disk, folder / MARKER, marker)
    marker = _current(disk, folder, marker)
    _refuse_another(folder, device, marker, state)
    if device.vaults.get(str(folder)) != marker.id:
        kept = _read(state / _DEVICE, Device) or device
        known = {**kept.vaults, str(folder): marker.id}
        _write(disk, state / _DEVICE, msgspec.structs.replace(kept, vaults=known))
    return marker


def _current(disk: Disk, folder: Path, marker: Marker) -> Marker:
    """Return the marker of today's form, after bringing an older vault to it."""
    if marker.format > FORMAT:
        raise VaultError(
            f"The vault in {folder} was made by a newer version of Badge Passport (form {marker.format}).",
            remedy="Install the newer version.",
        )
    if marker.format < FORMAT:
        migrate(disk, folder, marker.format)
        marker = msgspec.structs.replace(marker, format=FORMAT)
        _write(disk, folder / MARKER, marker)
    return marker


def _refuse_lost_vault(folder: Path, device: Device) -> None:
    if (folder / MARKER).exists():
        raise VaultError(
            f"The file {MARKER} in {folder} is damaged, so it cannot be told which vault this is.",
            remedy="Put the file back from a backup; badges and decisions beside it are untouched.",
        )
    if str(folder) in device.vaults:
        raise VaultError(
            f"The vault is not there: {folder} has no {MARKER}. Nothing was deleted.",
            remedy="Mount the disk, or put the folder back to where it was.",
        )
    if any((folder / name).is_dir() for name in ("objects", "journal")):
        raise VaultError(
            f"{folder} holds badges but no {MARKER}, so it cannot be told which vault this is.",
            remedy="Put the file back from a backup; badges and decisions beside it are untouched.",
        )


def _refuse_another(folder: Path, device: Device, marker: Marker, state: Path) -> None:
    """Raise VaultError where the folder of a shared passport names another vault all at once.

    Whoever may write into the folder could do that, and of another vault no computer is known: all lines would count.
    """
    before = device.vaults.get(str(folder))
    trust = Trust(Disk(), state)
    was_shared = before is not None and (before in device.shared or (trust.shared and trust.vault == before))
    if was_shared and before != marker.id:
        raise VaultError(
            f"The file {MARKER} in {folder} names another passport than the one that this computer shares there.",
            remedy=f"Put the file back: its id was {before}. Badges and decisions beside it are untouched.",
        )


def _read(path: Path, kind: type[_T]) -> _T | None:
    try:
        return msgspec.json.decode(ordinary_bytes(path, MAX_BYTES), type=kind)
    except (OSError, ValueError, msgspec.MsgspecError, RecursionError):
        return None


def _write(disk: Disk, path: Path, value: msgspec.Struct) -> None:
    make_folders(disk, path.parent)
    write_whole(disk, path, msgspec.json.format(msgspec.json.encode(value)) + b"\n", aside=path.with_suffix(".tmp"))

"""Carrying a vault into a synced folder, signed line by line: for the first computer (move) and for others (join).

The old folder is left as it was. The order of a move is: objects and documents, journals, the marker; then the settings
that name the new folder (`settle`), and last the list of computers beside the state. A crash before the settings leaves
the old vault in use; one after them a vault that this computer alone signed, which is shared by trying again. Who joins
keeps the list first, so that nothing of a stranger's ever counts.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from msgspec.structs import replace

from passport.disk import Disk, make_folders, write_whole
from passport.errors import VaultError
from passport.settings import Places
from passport.vault.clock import Clock
from passport.vault.disk import told_to_owner
from passport.vault.engine import Told
from passport.vault.journal import Line, encode_line, in_segments, own_number, read_from, read_lines, segment_sizes
from passport.vault.locking import take_lock
from passport.vault.marker import (
    MARKER,
    Marker,
    machine_fingerprint,
    read_device,
    read_marker,
    remember_shared,
    write_marker,
)
from passport.vault.model import Progress
from passport.vault.objects import MTIME
from passport.vault.ordinary import is_ordinary
from passport.vault.signing import DeviceKey, Signer, is_signed_by
from passport.vault.trust import Peer, Trust, digest_of, without_computers
from passport.vault.vault import Vault
from passport.vault.witnesses import trust_in

_STORES = ("objects", "documents")
_OURS = ("objects", "documents", "journal", MARKER)
_IGNORE = "// what Badge Passport needs on this computer alone\nincoming\nquarantine\n*.tmp\n.*.tmp\n"  # no sentence


def check_target(places: Places, target: Path) -> None:
    """Raise VaultError where a vault cannot be moved to the folder."""
    if not target.is_absolute():
        raise VaultError("The folder's whole path is needed.")
    if target == places.vault or target in places.vault.parents or places.vault in target.parents:
        raise VaultError("The new folder may not be the old one, nor within it, nor around it.")
    if target.exists() and not target.is_dir():
        raise VaultError(f"{target} is a file.")
    if any((target / name).exists() for name in _OURS):
        raise VaultError(f"{target} holds a passport already.", remedy="Join it: badge-passport vault join.")
    if not target.parent.is_dir() and not target.is_dir():
        raise VaultError(f"There is no folder {target.parent}.", remedy="Make it, or mount the disk.")


LAST_RESORT = (
    "Join it, with a code of a computer that has it (vault join). Where none is left: choose another folder for the "
    "vault in the settings, and import the folder objects of this one; every badge is verified anew then."
)
Settle = Callable[[Path], None]
"""Writes the settings that name the vault's folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    """What carrying needs of its surroundings."""

    key: DeviceKey
    settle: Settle
    clock: Clock
    told: Told | None = None
    disk: Disk = field(default_factory=Disk)


def move(places: Places, target: Path, name: str, carrier: Carrier) -> None:
    """Carry the vault into the folder, signed, and share it from now on. Raise VaultError; then nothing is changed."""
    if target == places.vault:
        share_here(places, name, carrier)
        return
    check_target(places, target)
    disk, key = carrier.disk, carrier.key
    Vault.open(places, clock=carrier.clock, disk=carrier.disk).close()  # of today's form, swept up, and it can be read
    lock = take_lock(disk, places.lock_file)
    try:
        with told_to_owner(target):
            marker = _marker(places.vault)
            device = read_device(disk, places.state, machine_fingerprint())
            signer = Signer(device.id, marker.id, key)
            _carry(disk, places, target, signer, carrier.told)
            _mark(disk, target, marker)
            remember_shared(disk, places.state, target, marker.id)
            carrier.settle(target)
            Trust(disk, places.state).share(marker.id, [Peer(id=device.id, name=name, key=key.public)])
    finally:
        lock.release()


def check_join(places: Places, target: Path) -> Marker:
    """Return the marker of the passport in the folder. Raise VaultError where it cannot be joined."""
    marker = read_marker(target)
    if marker and target == places.vault and _is_known(places, marker):
        raise VaultError("This computer uses that folder already.")
    if marker is None:
        raise VaultError(
            f"There is no passport in {target} (no {MARKER}). Nothing was changed.",
            remedy="Wait until the sync program has brought it; on the first computer: badge-passport vault move.",
        )
    trust = Trust(Disk(), places.state)
    if trust.shared and trust.vault != marker.id:
        raise VaultError("This computer shares a passport already.", remedy="It can share one only.")
    return marker


def _is_known(places: Places, marker: Marker) -> bool:
    """Return whether this computer is one of those that share; one with a new id (a moved disk) has to join again."""
    trust = trust_in(Disk(), places.state, places.vault, marker)
    peer = trust.peer(read_device(Disk(), places.state, machine_fingerprint()).id)
    return not trust.shared or (peer is not None and not peer.revoked)


def join(places: Places, target: Path, own: Peer, peers: Sequence[Peer], carrier: Carrier) -> None:
    """Carry what this computer has into the shared passport, and use that from now on. Raise VaultError."""
    marker = check_join(places, target)
    disk = carrier.disk
    has_one = (places.vault / MARKER).is_file()
    if has_one:
        Vault.open(places, clock=carrier.clock, disk=carrier.disk).close()
    lock = take_lock(disk, places.lock_file)
    try:
        with told_to_owner(target):
            here = target == places.vault
            if has_one and not here:
                _carry(disk, places, target, Signer(own.id, marker.id, carrier.key), carrier.told)
            _mark(disk, target, marker)
            others = [peer for peer in peers if peer.id != own.id]
            remember_shared(disk, places.state, target, marker.id)
            trust = Trust(disk, places.state)
            trust.share(marker.id, [own, *others], trust.unsigned if here else ())
            carrier.settle(target)
    finally:
        lock.release()


def share_here(places: Places, name: str, carrier: Carrier) -> None:
    """Share a vault that lies in the synced folder already: what is in it now is signed. Raise VaultError."""
    disk = carrier.disk
    vault = Vault.open(places, clock=carrier.clock, disk=carrier.disk)
    try:
        marker = _marker(places.vault)
        trust = trust_in(disk, places.state, places.vault, marker)
        device = read_device(disk, places.state, machine_fingerprint())
        own = Peer(id=device.id, name=name, key=carrier.key.public)
        lines = list(_lines(places.vault / "journal"))
        if trust.shared and not (trust.knows_nobody and _all_said_by(own, marker.id, lines)):
            raise VaultError("This passport is shared already.", remedy=LAST_RESORT if trust.knows_nobody else None)
        digests = [digest_of(ln) for ln in lines if not ln.by and len(without_computers(ln.said)) == len(ln.said)]
        with told_to_owner(places.vault):
            _mark(disk, places.vault, marker)
            remember_shared(disk, places.state, places.vault, marker.id)
            Trust(disk, places.state).share(marker.id, [own], digests)
    finally:
        vault.close()
    Vault.open(places, clock=carrier.clock, disk=carrier.disk, key=carrier.key).close()  # signs


def _all_said_by(own: Peer, vault: str, lines: Sequence[Line]) -> bool:
    """Return whether this computer signed everything: then a move was cut off at its end, and is finished so."""
    return all(line.by == own.id and is_signed_by(own.key, line.signature, vault, line.body) for line in lines)


def _mark(disk: Disk, folder: Path, marker: Marker) -> None:
    make_folders(disk, folder)
    if not (folder / ".stignore").exists():
        write_whole(disk, folder / ".stignore", _IGNORE.encode(), aside=folder / ".stignore.tmp")
    there = read_marker(folder)
    if there is None or not there.shared:
        write_marker(disk, folder, replace(there or marker, shared=True))


def _marker(folder: Path) -> Marker:
    marker = read_marker(folder)
    if marker is None:
        raise VaultError(f"There is no vault in {folder}.")
    return marker


def _carry(disk: Disk, places: Places, target: Path, signer: Signer, told: Told | None) -> None:
    source, state = places.vault, places.state
    files = [path for store in _STORES for path in sorted((source / store).glob("??/*")) if is_ordinary(path)]
    for done, path in enumerate(files, 1):
        _copy(disk, path, target / path.relative_to(source))
        if told:
            told(Progress(done=done, total=len(files)))
    journals = target / "journal"
    make_folders(disk, journals)
    number = max((own_number(name, signer.device) for name in segment_sizes(journals)), default=0)
    known = trust_in(disk, state, source, _marker(source))
    counts = (line for line in _lines(source / "journal") if known.judge(line) is None)  # strangers' are not signed
    for block in in_segments(_signed(counts, signer, alone=not known.shared)):
        number += 1
        name = f"{signer.device}.{number:06d}.jrnl"
        write_whole(disk, journals / name, block, aside=target / f".{name}.tmp")


def _copy(disk: Disk, path: Path, target: Path) -> None:
    data = path.read_bytes()
    if target.exists() or hashlib.sha256(data).hexdigest() != path.name[:64]:
        return  # there already, or damaged: the old folder keeps it, and scrub names what is missing
    make_folders(disk, target.parent)
    aside = target.with_name(f".{secrets.token_hex(4)}.tmp")
    write_whole(disk, target, data, aside=aside, mtime=MTIME)


def _lines(journals: Path) -> Iterator[Line]:
    seen: set[bytes] = set()
    for name in sorted(segment_sizes(journals)):
        for line in read_lines(read_from(journals, name, 0)):
            digest = hashlib.sha256(line.body).digest()
            if not line.damaged and digest not in seen:
                seen.add(digest)
                yield line


def _signed(lines: Iterable[Line], signer: Signer, *, alone: bool) -> Iterator[bytes]:
    """Yield the lines under a signature; of a vault of one computer alone nothing that is said of computers."""
    for line in lines:
        said = without_computers(line.said) if alone else line.said
        if said:
            yield encode_line(line.stamp, said, signer)

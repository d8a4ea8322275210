"""Is this vault shared? Asked of everything that may know, so that taking one witness away opens nothing.

A vault counts as shared when this computer's list says so (`devices.json`), when its own memory does (`device.json`),
when the vault's marker does, or when a journal ends with a signed line. The last two lie in the folder and may be taken
away by whoever writes into it; the first two may be lost with a disk. Where it is shared and the list is not there,
nobody is known and nothing counts (`trust`).
"""

from __future__ import annotations

import re
from pathlib import Path

from passport.disk import Disk
from passport.vault.journal import segment_sizes
from passport.vault.marker import Marker, is_remembered_shared
from passport.vault.trust import Trust

_SIGNED_END = re.compile(rb'"sig":"[A-Za-z0-9_-]{86}"\}\n$')
_END_BYTES = 200


def trust_in(disk: Disk, state: Path, folder: Path, marker: Marker) -> Trust:
    """Return whose word counts in the vault. Raise VaultError, OSError."""
    found = Trust(disk, state, marker.id)
    if found.shared:
        return found
    shared = marker.shared or is_remembered_shared(state, marker.id) or has_signed_lines(folder / "journal")
    return Trust(disk, state, marker.id, shared=shared)


def has_signed_lines(journals: Path) -> bool:
    """Return whether a journal ends with a signed line. Raises OSError."""
    return any(_ends_signed(journals / name, size) for name, size in segment_sizes(journals).items())


def _ends_signed(path: Path, size: int) -> bool:
    try:
        with path.open("rb") as file:
            file.seek(max(0, size - _END_BYTES))
            return _SIGNED_END.search(file.read(_END_BYTES)) is not None
    except FileNotFoundError:
        return False

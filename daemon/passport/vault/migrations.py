"""Older forms of the vault, brought to today's: each step can be cut off anywhere and begun again.

| form | what it was |
|---|---|
| 1 | before the first release: objects and documents all in one folder each, `objects/<sha256>.png` |
| 2 | in 256 folders by the first two digits, `objects/ab/<sha256>.png` |
| 3 | lines of journals may be signed, and are where the passport is shared (older programs would not sign) |

The marker is written last; until then the old form counts, and what has already been moved is skipped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from passport.disk import Disk, make_folders

_FLAT = re.compile(r"^[0-9a-f]{64}(\.[a-z0-9]{1,5})?$")


def migrate(disk: Disk, folder: Path, form: int) -> None:
    """Bring the vault from an older form to today's, the marker excepted. Raises OSError."""
    while form in _STEPS:
        _STEPS[form](disk, folder)
        form += 1


def _into_folders(disk: Disk, folder: Path) -> None:
    for store in (folder / "objects", folder / "documents"):
        flat = sorted(path for path in store.glob("*") if path.is_file() and _FLAT.match(path.name))
        for path in flat:
            target = store / path.name[:2]
            make_folders(disk, target)
            disk.rename(path, target / path.name)
        for target in sorted({store / path.name[:2] for path in flat}):
            disk.sync_folder(target)
        if flat:
            disk.sync_folder(store)


def _nothing_moves(_disk: Disk, _folder: Path) -> None:
    """Lines of one computer alone stay unsigned until the passport is shared (`moving`), which writes them anew."""


_STEPS: Mapping[int, Callable[[Disk, Path], None]] = {1: _into_folders, 2: _nothing_moves}

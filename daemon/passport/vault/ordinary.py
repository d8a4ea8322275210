"""Files as the vault reads them: ordinary ones, of a size that is ours.

A sync program brings whatever somebody put into the folder: a link to a device never ends, a pipe is waited for for
ever, a link that leads nowhere is an error in the middle of a list.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

_NOT_HERE_YET = (".nextcloud", ".owncloud", ".icloud", ".part", ".partial", ".filepart", ".tmp")
"""Ends of names of what a sync program will bring, or is bringing at the moment."""


def is_placeholder(name: str) -> bool:
    """Return whether a sync program's file of this name stands for one that is not here yet."""
    return name.endswith(_NOT_HERE_YET)


def is_ordinary(path: Path, at_most: int | None = None) -> bool:
    """Return whether it is a file, and no link to one, of so many bytes at most."""
    try:
        about = path.lstat()
    except OSError:
        return False
    return stat.S_ISREG(about.st_mode) and (at_most is None or about.st_size <= at_most)


def ordinary_bytes(path: Path, at_most: int) -> bytes:
    """Return what a file holds. Raise OSError; FileNotFoundError also for what is no ordinary file or too large."""
    about = path.lstat()
    if not stat.S_ISREG(about.st_mode) or about.st_size > at_most:
        raise FileNotFoundError(path)
    with path.open("rb") as file:
        return file.read(at_most)


def ordinary_sizes(folder: Path, at_most: int) -> dict[str, int]:
    """Return name and size of the ordinary files in a folder, each looked at by itself: others may go meanwhile."""
    found: dict[str, int] = {}
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                try:
                    about = entry.stat(follow_symlinks=False)
                except OSError:
                    continue
                if stat.S_ISREG(about.st_mode) and about.st_size <= at_most:
                    found[entry.name] = about.st_size
    except FileNotFoundError:
        return {}
    return found

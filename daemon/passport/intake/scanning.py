"""Walking through watched and imported folders."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import PurePath

from passport.intake.naming import Names
from passport.intake.settling import Shape

MAX_DEPTH = 64


def files_below(folder: str, names: Names, root: str | None = None) -> Iterator[tuple[str, Shape]]:
    """Yield the wanted regular files in a folder, which is `root` or below it; what cannot be read is left out.

    Links are not followed, so there are no loops; nothing is opened.
    """
    root = root or folder
    waiting = [(folder, 0)]
    while waiting:
        place, depth = waiting.pop()
        for entry in _entries(place):
            try:
                if entry.is_dir(follow_symlinks=False):
                    if depth < MAX_DEPTH and names.entered(entry.name):
                        waiting.append((entry.path, depth + 1))
                elif entry.is_file(follow_symlinks=False) and names.wanted(below(entry.path, root)):
                    yield entry.path, Shape.of(entry.stat(follow_symlinks=False))
            except OSError:
                continue


def below(path: str, root: str) -> PurePath:
    """Return a path relative to the watched folder it lies in."""
    return PurePath(path[len(root) :].lstrip(os.sep) or ".")


def _entries(place: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(place) as found:
            return list(found)
    except OSError:
        return []

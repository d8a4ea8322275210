"""Files that were drawn before and may be thrown away at any time: a cache that never stands in the way."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Collection
from pathlib import Path


def read_kept(file: Path) -> bytes | None:
    """Return what is kept; None: nothing."""
    try:
        return file.read_bytes() or None
    except OSError:
        return None


def names_in(folder: Path) -> frozenset[str]:
    """Return the names of what is kept in a folder."""
    try:
        return frozenset(file.name for file in folder.iterdir())
    except OSError:
        return frozenset()


def keep(file: Path, content: bytes) -> None:
    """Keep a file, whole or not at all; one that cannot be kept is just made again."""
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=file.parent, suffix=".tmp")
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        Path(name).replace(file)
    except OSError:
        return


def forget(folder: Path, wanted: Collection[str]) -> None:
    """Remove the files of a folder that nobody wants any more."""
    try:
        for old in folder.iterdir():
            if old.name not in wanted:
                old.unlink(missing_ok=True)
    except OSError:
        return

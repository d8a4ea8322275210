"""The watched folders, as people call them."""

from __future__ import annotations

from pathlib import Path

from passport.settings import Settings


def folder_names(settings: Settings) -> str:
    """Return the watched folders in one line; empty: the computer's own download folder."""
    return ", ".join(short(folder) for folder in settings.watch.folders)


def short(folder: Path) -> str:
    """Return a path below the home folder as `~/…`."""
    try:
        return f"~/{folder.relative_to(Path.home()).as_posix()}"
    except ValueError:
        return str(folder)

"""How the program changes the disk: one small object, so that tests can hand in one that fails or dies at any step.

The order that loses nothing (SQLite's and borg's): write aside, fsync, rename, fsync the folder, and only then say so.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

FILE_MODE = 0o600
FOLDER_MODE = 0o700
_BINARY = getattr(os, "O_BINARY", 0)


class Disk:
    """Every operation that changes something on the disk. Raises OSError."""

    def open_new(self, path: Path) -> int:
        """Create a file that must not be there yet, for writing; return its descriptor."""
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | _BINARY, FILE_MODE)

    def write(self, descriptor: int, data: bytes) -> None:
        """Write all of the data."""
        view = memoryview(data)
        while view:
            view = view[os.write(descriptor, view) :]

    def sync(self, descriptor: int) -> None:
        """Return when the file's data is on the disk."""
        getattr(os, "fdatasync", os.fsync)(descriptor)

    def truncate(self, descriptor: int, size: int) -> None:
        """Cut off what stands behind `size`."""
        os.ftruncate(descriptor, size)

    def close(self, descriptor: int) -> None:
        """Close the descriptor."""
        os.close(descriptor)

    def rename(self, source: Path, target: Path) -> None:
        """Put the file in the place of another, at once."""
        source.replace(target)

    def unlink(self, path: Path) -> None:
        """Remove a file; one that is gone already is no error."""
        path.unlink(missing_ok=True)

    def make_folder(self, path: Path) -> None:
        """Create a folder for this user alone; one that is there is no error."""
        path.mkdir(mode=FOLDER_MODE, exist_ok=True)

    def sync_folder(self, path: Path) -> None:
        """Return when the folder's names are on the disk (a journalling Windows volume does so itself)."""
        if os.name == "nt":
            return
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def sync_all(self) -> None:
        """Return when everything is on the disk: for very many files at once. Windows has no such thing."""
        if hasattr(os, "sync"):
            os.sync()


def make_folders(disk: Disk, path: Path) -> None:
    """Create a folder and those above it, durably."""
    if path.is_dir():
        return
    make_folders(disk, path.parent)
    disk.make_folder(path)
    disk.sync_folder(path.parent)


def write_whole(disk: Disk, path: Path, data: bytes, *, aside: Path, mtime: int | None = None) -> None:
    """Make the file hold exactly `data`, durably: before or after a crash the old content or the new, never a part.

    Args:
        disk: Does it.
        path: The file.
        data: Its new content.
        aside: A name on the same volume for the time of writing; a leftover of a crash.
        mtime: Seconds since 1970, where the file's time should say nothing.
    """
    with written_aside(disk, path, aside=aside, mtime=mtime) as write:
        write(data)


@contextmanager
def written_aside(
    disk: Disk, path: Path, *, aside: Path, mtime: int | None = None
) -> Iterator[Callable[[bytes], None]]:
    """Give a function that writes a piece; when the block ends well the file is durable under its name, else not there.

    The arguments are those of `write_whole`, for what is too large to be in memory.
    """
    disk.unlink(aside)
    descriptor = disk.open_new(aside)
    try:
        yield lambda data: disk.write(descriptor, data)
        disk.sync(descriptor)
    except BaseException:
        with suppress(OSError):
            disk.unlink(aside)  # a full disk should not stay full of halves
        raise
    finally:
        disk.close(descriptor)
    if mtime is not None:
        os.utime(aside, (mtime, mtime))
    disk.rename(aside, path)
    disk.sync_folder(path.parent)

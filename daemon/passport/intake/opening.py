"""Reading files that strangers may have put there: regular files only, never through a link, never too much.

Security reference 2.3, path tricks: FIFO, device, symlink, a file swapped while it is read.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from passport.errors import IntakeError
from passport.intake.settling import Shape

MAX_FILE_BYTES = 20 << 20
"""Pictures, documents, archives: a larger file is refused before a byte of it is read (security reference 2.3)."""
_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_BLOCK = 1 << 20


@contextmanager
def opened(path: str | Path) -> Iterator[tuple[int, os.stat_result]]:
    """Open a regular file. Raise OSError; also for what is no regular file."""
    descriptor = os.open(path, _FLAGS | getattr(os, "O_CLOEXEC", 0))
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise OSError(f"{Path(path).name} is no regular file")
        yield descriptor, found
    finally:
        os.close(descriptor)


def shape_of(path: str) -> Shape | None:
    """Return the shape of a regular file; None for everything else and for what cannot be looked at."""
    try:
        found = os.lstat(path)
    except (OSError, ValueError):
        return None
    return Shape.of(found) if stat.S_ISREG(found.st_mode) else None


def read_file(path: Path) -> bytes:
    """Return a file's content, the same from beginning to end. Raise IntakeError with the reason."""
    try:
        with opened(path) as (descriptor, before):
            if before.st_size > MAX_FILE_BYTES:
                raise IntakeError(f"The file is larger than {MAX_FILE_BYTES >> 20} MiB.")
            content = _whole(descriptor)
            after = os.fstat(descriptor)
    except OSError as error:
        raise IntakeError(f"The file cannot be read: {error.strerror or error}.") from error
    if len(content) > MAX_FILE_BYTES or Shape.of(before) != Shape.of(after) or len(content) != after.st_size:
        raise IntakeError("The file changed while it was read.", remedy="It is tried again when it is complete.")
    return content


def _whole(descriptor: int) -> bytes:
    content = bytearray()
    while len(content) <= MAX_FILE_BYTES and (block := os.read(descriptor, _BLOCK)):
        content += block
    return bytes(content)

"""Files that the owner asked for, written where the owner said."""

from __future__ import annotations

from pathlib import Path

from passport.errors import SharingError


def write_whole(file: Path, content: bytes) -> None:
    """Write a file whole or not at all. Raise SharingError."""
    fresh = file.with_name(f".{file.name}.new")
    try:
        fresh.unlink(missing_ok=True)
        with fresh.open("xb") as stream:  # never through a link that somebody left there
            stream.write(content)
        fresh.replace(file)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise SharingError(f"{file} cannot be written: {error.strerror}.") from error

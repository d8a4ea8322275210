"""The disk, as the vault uses it: what the system says of it becomes a sentence for the owner."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from passport.disk import Disk, make_folders, write_whole
from passport.errors import VaultError

__all__ = ["Disk", "explain", "make_folders", "told_to_owner", "write_whole"]


@contextmanager
def told_to_owner(folder: Path) -> Iterator[None]:
    """Turn what the system says into a VaultError with a sentence for the owner."""
    try:
        yield
    except OSError as error:
        raise explain(error, folder) from error


def explain(error: OSError, folder: Path) -> VaultError:
    """Say what an error of the system means for the vault."""
    if error.errno in {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}:
        return VaultError(
            f"There is no space left on the disk that holds the vault ({folder}); nothing was changed.",
            remedy="Free some space; then it goes on by itself.",
        )
    if error.errno in {errno.EROFS, errno.EACCES, errno.EPERM}:
        return VaultError(
            f"The vault in {folder} may not be written to or read ({error.strerror}); nothing was changed.",
            remedy="Make the folder and the disk writable for yourself.",
        )
    if error.errno in {errno.EMFILE, errno.ENFILE}:
        return VaultError("Too many files are open on this computer; nothing was changed.", remedy="Try again.")
    return VaultError(f"The disk that holds the vault ({folder}) reports: {error.strerror or error}.")

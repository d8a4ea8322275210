"""One process at a time: an operating system's lock, free again the moment its holder dies."""

from __future__ import annotations

from pathlib import Path

from filelock import FileLock, Timeout

from passport.disk import Disk, make_folders
from passport.errors import VaultError
from passport.vault.disk import explain


def take_lock(disk: Disk, file: Path) -> FileLock:
    """Take the lock or raise VaultError at once where another process has it."""
    lock = FileLock(file, mode=0o600, thread_local=False)
    try:
        make_folders(disk, file.parent)
        lock.acquire(timeout=0)
    except Timeout as error:
        raise VaultError(
            "Another Badge Passport is using this vault already.", remedy="Stop it, or use the one that runs."
        ) from error
    except OSError as error:
        raise explain(error, file.parent) from error
    return lock

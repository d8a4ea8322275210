"""Where secrets can be kept: the computer's keyring; only where the owner asked for it, a file of the owner's alone."""

from __future__ import annotations

import json
import os
import threading
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from passport.disk import Disk, make_folders, write_whole
from passport.errors import KeychainError

FILE_VERSION = 1
TRUSTED_BACKENDS = (
    "keyring.backends.macOS.",
    "keyring.backends.Windows.",
    "keyring.backends.SecretService.",
    "keyring.backends.libsecret.",
    "keyring.backends.kwallet.",
)
"""Keyrings that the computer itself protects. Others (plain files, prompts on standard input) need to be asked for."""
WAY_OUT = (
    'Start one (on Linux: gnome-keyring or KWallet), or allow a file that only you can read: [secrets] keep = "file" '
    "in settings.toml, or the button in the gallery's settings."
)


class Trouble(StrEnum):
    """Why the keyring cannot be used."""

    LOCKED = "locked"
    MISSING = "missing"
    SILENT = "silent"
    LOST = "lost"
    BROKEN = "broken"


class KeychainTroubleError(KeychainError):
    """The keyring cannot be used; says why and what to do."""

    def __init__(self, trouble: Trouble, problem: str, remedy: str) -> None:
        super().__init__(problem, remedy=remedy)
        self.trouble = trouble


class Backend(Protocol):
    """What is asked of a keyring (the part of keyring's KeyringBackend that is used)."""

    def get_password(self, service: str, username: str) -> str | None:
        """Return the secret, or None."""

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep the secret."""

    def delete_password(self, service: str, username: str) -> None:
        """Forget the secret."""


def chosen_backend(keep: str, file: Path) -> Backend:
    """Return where the owner wants secrets to be (`[secrets] keep`). Raise KeychainTroubleError."""
    return FileBackend(file) if keep == "file" else computers_keyring()


def computers_keyring() -> Backend:
    """Return the computer's keyring. Raise KeychainTroubleError where none is trusted. May take half a second."""
    import keyring  # noqa: PLC0415 (slow to load; most runs never need it)

    found: Backend = keyring.get_keyring()
    candidates: list[Backend] = [found, *getattr(found, "backends", ())]
    for candidate in candidates:
        if class_name(candidate).startswith(TRUSTED_BACKENDS):
            return candidate
    problem = "This computer has no keyring that Badge Passport trusts with secrets."
    raise KeychainTroubleError(Trouble.MISSING, problem, WAY_OUT)


def class_name(backend: object) -> str:
    """Return the full name of a backend's class."""
    return f"{type(backend).__module__}.{type(backend).__qualname__}"


@dataclass(slots=True)
class FileBackend:
    """Secrets in a file that only the owner can read (0600): for computers without a keyring, when asked for."""

    file: Path
    disk: Disk = field(default_factory=Disk)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)

    def get_password(self, service: str, username: str) -> str | None:
        """Return the secret, or None. Raise KeychainTroubleError."""
        with self._lock:
            return self._read().get(f"{service}/{username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep the secret. Raise KeychainTroubleError."""
        with self._lock:
            self._write({**self._read(), f"{service}/{username}": password})

    def delete_password(self, service: str, username: str) -> None:
        """Forget the secret. Raise KeychainTroubleError."""
        with self._lock:
            self._write({name: value for name, value in self._read().items() if name != f"{service}/{username}"})

    def _read(self) -> dict[str, str]:
        try:
            if os.name != "nt" and self.file.stat().st_mode & 0o077:
                raise KeychainTroubleError(
                    Trouble.BROKEN, f"Others may read the secrets in {self.file}.", f"chmod 600 {self.file}"
                )
            content = json.loads(self.file.read_text(encoding="utf-8"))
            return {str(name): str(value) for name, value in content["secrets"].items()}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise KeychainTroubleError(
                Trouble.BROKEN,
                f"The file with the secrets, {self.file}, cannot be read.",
                "Restore it from a backup, or move it away and connect again what used it.",
            ) from error

    def _write(self, secrets: dict[str, str]) -> None:
        try:
            write_private(self.file, json.dumps({"version": FILE_VERSION, "secrets": secrets}), self.disk)
        except OSError as error:
            raise KeychainTroubleError(
                Trouble.BROKEN,
                f"The file with the secrets, {self.file}, cannot be written: {error.strerror or error}.",
                "Make room on the disk, and the folder writable for yourself.",
            ) from error


def write_private(file: Path, text: str, disk: Disk | None = None) -> None:
    """Write a file whole or not at all, readable by the owner alone; durable on return."""
    disk = disk or Disk()
    make_folders(disk, file.parent)
    write_whole(disk, file, text.encode("utf-8"), aside=file.with_name(f"{file.name}.tmp.{os.getpid()}"))

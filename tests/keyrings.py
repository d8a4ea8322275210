"""Keyrings as they are met: one that works, and locked, null and hanging ones."""

from __future__ import annotations

import threading


class Memory:
    """A keyring in memory."""

    def __init__(self) -> None:
        self.secrets: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.secrets.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.secrets[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.secrets[service, username]


class Null(Memory):
    """Takes everything and keeps nothing (keyring.backends.null)."""

    def set_password(self, service: str, username: str, password: str) -> None:
        return


class KeyringLocked(Exception):  # noqa: N818 (the name that keyring gives it)
    """As keyring.errors.KeyringLocked."""


class Failing(Memory):
    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def get_password(self, service: str, username: str) -> str | None:
        raise self.error

    def set_password(self, service: str, username: str, password: str) -> None:
        raise self.error


class Hanging(Memory):
    def __init__(self) -> None:
        super().__init__()
        self.release = threading.Event()

    def get_password(self, service: str, username: str) -> str | None:
        self.release.wait(20)
        return super().get_password(service, username)


class NoKeyringError(Exception):
    """As keyring.errors.NoKeyringError."""


class Lockable(Memory):
    """A keyring that can be locked and unlocked while it is used."""

    def __init__(self, *, locked: bool = True) -> None:
        super().__init__()
        self.locked = locked

    def get_password(self, service: str, username: str) -> str | None:
        if self.locked:
            raise KeyringLocked("locked")
        return super().get_password(service, username)

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.locked:
            raise KeyringLocked("locked")
        super().set_password(service, username, password)

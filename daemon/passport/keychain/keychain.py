"""Tokens and keys, in the computer's keyring; never in plain text without being asked.

Keyrings are locked, missing, replaced by another one, or do not answer for minutes (D-Bus). So every call runs in a
thread of its own with a time limit, every write is read back, and a small record beside the index remembers which
keyring held which key: *nothing there* is then never mistaken for *never had one*. The record holds no secret, only
fingerprints.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from passport.keychain.backends import (
    WAY_OUT,
    Backend,
    KeychainTroubleError,
    Trouble,
    class_name,
    write_private,
)

SERVICE = "badge-passport"
RECORD_VERSION = 1
START_TIMEOUT_S = 5.0
ASKED_TIMEOUT_S = 60.0
MAX_HANGING_CALLS = 3

T = TypeVar("T")


@dataclass(slots=True)
class Keychain:
    """The door to the keyring for the whole program."""

    load: Callable[[], Backend]
    """Finds the keyring; called once, in a thread."""
    record: Path
    """Which keyring held which key; fingerprints alone."""
    timeout_s: float = START_TIMEOUT_S
    trouble: KeychainTroubleError | None = field(default=None, init=False)
    """Why it could not be used the last time it was asked; None: it could, or was not asked yet."""
    _backend: Backend | None = field(default=None, init=False)
    _hanging: int = field(default=0, init=False)

    async def get(self, name: str, *, timeout_s: float | None = None) -> str | None:
        """Return the secret; None only if there never was one. Raise KeychainTroubleError."""
        value = await self._call(lambda backend: backend.get_password(SERVICE, name), timeout_s)
        known = self._keys().get(name)
        if value is None and known is not None:
            raise KeychainTroubleError(
                Trouble.LOST,
                f"The key {name} ({known['fingerprint']}) has gone from the keyring; it was in {known['backend']}.",
                "Unlock or restore that keyring, or connect the account again.",
            )
        return value

    async def set(self, name: str, secret: str, *, timeout_s: float = ASKED_TIMEOUT_S) -> None:
        """Keep a secret and read it back. Raise KeychainTroubleError; then nothing is kept."""
        await self._call(lambda backend: backend.set_password(SERVICE, name, secret), timeout_s)
        back = await self._call(lambda backend: backend.get_password(SERVICE, name), timeout_s)
        if back != secret:
            raise KeychainTroubleError(
                Trouble.BROKEN,
                "The keyring said that it kept the secret, and does not have it.",
                "Choose another keyring for this computer.",
            )
        entry = {"backend": class_name(self._backend), "fingerprint": fingerprint(secret)}
        self._remember({**self._keys(), name: entry})

    async def delete(self, name: str, *, timeout_s: float = ASKED_TIMEOUT_S) -> None:
        """Forget a secret; one that is not there is no trouble. Raise KeychainTroubleError."""
        if await self._call(lambda backend: backend.get_password(SERVICE, name), timeout_s) is not None:
            await self._call(lambda backend: backend.delete_password(SERVICE, name), timeout_s)
        self._remember({key: value for key, value in self._keys().items() if key != name})

    async def examine(self) -> str:
        """Return the name of the keyring in use, after asking it for something. Raise KeychainTroubleError."""
        await self._call(lambda backend: backend.get_password(SERVICE, "examination"), None)
        return class_name(self._backend)

    def look_anew(self) -> None:
        """Choose the keyring again at the next call: the owner changed where secrets are to be."""
        self._backend = None

    def knows(self, name: str) -> bool:
        """Return whether a secret of this name was once kept, by the record alone."""
        return name in self._keys()

    async def _call(self, ask: Callable[[Backend], T], timeout_s: float | None) -> T:
        try:
            answer = await self._asked(ask, timeout_s)
        except KeychainTroubleError as error:
            self.trouble = error
            raise
        self.trouble = None
        return answer

    async def _asked(self, ask: Callable[[Backend], T], timeout_s: float | None) -> T:
        if self._hanging >= MAX_HANGING_CALLS:
            raise silent()
        answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        threading.Thread(target=self._in_thread, args=(ask, answer), daemon=True, name="keyring").start()
        self._hanging += 1
        answer.add_done_callback(self._answered)
        try:
            return await asyncio.wait_for(asyncio.shield(answer), timeout_s or self.timeout_s)
        except TimeoutError as error:
            raise silent() from error

    def _answered(self, answer: asyncio.Future[T]) -> None:
        self._hanging -= 1
        if not answer.cancelled():
            answer.exception()  # fetched, so that a late failure is not reported as forgotten

    def _in_thread(self, ask: Callable[[Backend], T], answer: asyncio.Future[T]) -> None:
        try:
            if self._backend is None:
                self._backend = self.load()
            result = ask(self._backend)
        except Exception as error:  # noqa: BLE001 (backends raise EOFError, D-Bus errors and more beside KeyringError)
            trouble = error if isinstance(error, KeychainTroubleError) else understood(error)
            deliver(answer, lambda: answer.set_exception(trouble))
        else:
            deliver(answer, lambda: answer.set_result(result))

    def _keys(self) -> dict[str, dict[str, str]]:
        try:
            return dict(json.loads(self.record.read_text(encoding="utf-8")).get("keys", {}))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, TypeError, AttributeError, RecursionError) as error:
            raise KeychainTroubleError(
                Trouble.BROKEN,
                f"The record of keys in {self.record} cannot be read.",
                "Restore it from a backup or remove it.",
            ) from error

    def _remember(self, keys: dict[str, dict[str, str]]) -> None:
        write_private(self.record, json.dumps({"version": RECORD_VERSION, "keys": keys}))


def deliver(answer: asyncio.Future[T], step: Callable[[], None]) -> None:
    """Hand a thread's answer to the loop, unless nobody waits any more."""

    def give() -> None:
        if not answer.done():
            step()

    try:
        answer.get_loop().call_soon_threadsafe(give)
    except RuntimeError:  # the loop has closed: the program ends
        return


def fingerprint(secret: str) -> str:
    """Return what tells one key from another without giving it away."""
    return hashlib.sha256(f"{SERVICE}:{secret}".encode()).hexdigest()[:12]


def silent() -> KeychainTroubleError:
    """Return the error of a keyring that does not answer."""
    return KeychainTroubleError(
        Trouble.SILENT,
        "The computer's keyring does not answer.",
        "Unlock it (it may be asking in another window), then try again.",
    )


def understood(error: Exception) -> KeychainTroubleError:
    """Return a backend's error in the words of the owner."""
    name = type(error).__name__
    if name in {"KeyringLocked", "InitError", "PasswordSetError"} or "lock" in str(error).lower():
        return KeychainTroubleError(Trouble.LOCKED, "The computer's keyring is locked.", "Unlock it, then try again.")
    if name in {"NoKeyringError", "EOFError"}:
        return KeychainTroubleError(Trouble.MISSING, "No keyring is running on this computer.", WAY_OUT)
    problem = f"The computer's keyring failed: {error}."
    return KeychainTroubleError(Trouble.BROKEN, problem, "Try again, or see `badge-passport doctor`.")

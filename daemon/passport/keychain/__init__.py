"""Tokens and keys, in the computer's keyring; never in plain text without being asked."""

from passport.keychain.backends import (
    WAY_OUT,
    Backend,
    FileBackend,
    KeychainTroubleError,
    Trouble,
    chosen_backend,
    class_name,
    computers_keyring,
)
from passport.keychain.keychain import ASKED_TIMEOUT_S, MAX_HANGING_CALLS, START_TIMEOUT_S, Keychain, fingerprint

__all__ = [
    "ASKED_TIMEOUT_S",
    "MAX_HANGING_CALLS",
    "START_TIMEOUT_S",
    "WAY_OUT",
    "Backend",
    "FileBackend",
    "Keychain",
    "KeychainTroubleError",
    "Trouble",
    "chosen_backend",
    "class_name",
    "computers_keyring",
    "fingerprint",
]

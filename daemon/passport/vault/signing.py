"""Each computer's own signature on what it says, so that whoever can write into a synced folder cannot lie.

Ed25519 (RFC 8032). What is signed is a line of a journal, bound to the vault it stands in, so that a line of one vault
means nothing in another. Reports name their files and documents by SHA-256, so the signature of the line covers them.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_PURPOSE = b"badge-passport journal 1\n"


class DeviceKey:
    """The private key of this computer; kept in the keyring as text."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        self.public = encoded(private.public_key().public_bytes_raw())
        """In base64url: what others know this computer by."""

    @classmethod
    def generate(cls) -> DeviceKey:
        """Make a new one."""
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def from_text(cls, text: str) -> DeviceKey:
        """Read it as the keyring holds it. Raise ValueError."""
        return cls(Ed25519PrivateKey.from_private_bytes(decoded(text)))

    def to_text(self) -> str:
        """Return it as the keyring holds it."""
        return encoded(self._private.private_bytes_raw())

    def sign(self, data: bytes) -> bytes:
        """Return the signature."""
        return self._private.sign(data)


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs this computer's lines in one vault."""

    device: str
    vault: str
    key: DeviceKey

    def seal(self, body: bytes) -> str:
        """Return the signature of a line's body, in base64url."""
        return encoded(self.key.sign(what_is_signed(self.vault, body)))


def what_is_signed(vault: str, body: bytes) -> bytes:
    """Return the bytes that a line's signature is over."""
    return _PURPOSE + vault.encode() + b"\n" + body


def is_signed_by(public: str, signature: str, vault: str, body: bytes) -> bool:
    """Return whether the signature of a line fits the key."""
    return fits(public, signature, what_is_signed(vault, body))


def fits(public: str, signature: str, data: bytes) -> bool:
    """Return whether a signature fits the key and the data; anything malformed does not."""
    try:
        Ed25519PublicKey.from_public_bytes(decoded(public)).verify(decoded(signature), data)
    except (InvalidSignature, ValueError):
        return False
    return True


def fingerprint(public: str) -> str:
    """Return a key's short name, for people."""
    digest = base64.b32encode(hashlib.sha256(public.encode()).digest()).decode()[:12]
    return "-".join(digest[place : place + 4] for place in (0, 4, 8))


def encoded(raw: bytes) -> str:
    """Return bytes as base64url without padding."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def decoded(text: str) -> bytes:
    """Return the bytes of `encoded`. Raise ValueError."""
    try:
        return base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise ValueError(text) from error

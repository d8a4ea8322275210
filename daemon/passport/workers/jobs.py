"""What a worker is asked, and what it answers: messages, never code (no pickle)."""

from __future__ import annotations

from datetime import datetime

import msgspec

from passport.verification.documents import RemoteDocument


class Examine(msgspec.Struct, frozen=True, tag=True):
    """Verify everything in a file. Answers `list[VerificationReport]`."""

    file: bytes
    documents: tuple[RemoteDocument, ...]
    identities: tuple[str, ...]
    known_issuers: tuple[str, ...]
    now: datetime


class Unbake(msgspec.Struct, frozen=True, tag=True):
    """Take the statements out of a file. Answers `list[str]`."""

    file: bytes


class Open(msgspec.Struct, frozen=True, tag=True):
    """Take the files out of a container. Answers `list[Piece]`; one that is no container is its own only piece."""

    file: bytes
    name: str


class Thumbnail(msgspec.Struct, frozen=True, tag=True):
    """Make a small PNG. Answers `bytes | None`."""

    file: bytes
    size: int


class Clean(msgspec.Struct, frozen=True, tag=True):
    """Make HTML of an issuer's Markdown. Answers `str`."""

    text: str


Job = Examine | Unbake | Open | Thumbnail | Clean


class Piece(msgspec.Struct, frozen=True):
    """One file out of a container."""

    name: str
    file: bytes
    problem: str | None = None
    """Why it could not be opened, as a sentence; `file` is then empty."""


class Reply(msgspec.Struct, frozen=True):
    """The answer to a job."""

    problem: str | None
    """Why there is no value: a sentence for the owner."""
    value: msgspec.Raw = msgspec.Raw(b"\xc0")  # nil

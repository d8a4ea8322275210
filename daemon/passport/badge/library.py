"""`unbake` and `bake` for those who use the core as a library."""

from __future__ import annotations


def unbake(file: bytes) -> list[str]:
    """Return the statements that a file carries, as text; none is an empty list. To be filled."""
    raise NotImplementedError


def bake(picture: bytes, statement: str) -> bytes:
    """Return the picture with the statement in it, not a pixel touched. To be filled."""
    raise NotImplementedError

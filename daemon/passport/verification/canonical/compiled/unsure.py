"""The one way out of the fast way."""

from __future__ import annotations


class UnsureError(Exception):
    """Something that the fast way does not surely know; the text is for developers."""


class UndefinedError(UnsureError):
    """No context defines a name: PyLD will refuse it, and say so."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is not defined")
        self.name = name

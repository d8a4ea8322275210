"""The one way out of the fast way."""

from __future__ import annotations


class UnsureError(Exception):
    """Something that the fast way does not surely know; the text is for developers."""

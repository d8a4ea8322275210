"""One part of a container, and the limits of opening one (security.md 2.3; each keeps a worker within its memory)."""

from __future__ import annotations

from dataclasses import dataclass

MAX_CONTAINER_BYTES = 64 << 20
MAX_PARTS = 5_000
"""Looked at in one container, with all that is in it."""
MAX_BADGES = 2_000
MAX_UNPACKED_BYTES = 256 << 20
"""Inflated or decoded in all: 4 times the largest container."""
MAX_KEPT_BYTES = 64 << 20
"""Handed back in all."""
MAX_DEPTH = 4
"""A ZIP in a mail in a ZIP is read, and one level more."""


@dataclass(frozen=True, slots=True)
class Part:
    """One thing in a container, before anybody knows what it is."""

    name: str
    content: bytes
    problem: str | None = None
    """Why it cannot be read, as a sentence; the content is then empty."""
    is_statement: bool = False
    """Whether it was taken out as a statement, so that nobody needs to ask whether it is a badge."""


class LimitError(Exception):
    """A limit was reached; what was found so far stays. The message is a sentence for people."""


@dataclass(slots=True)
class Budget:
    """What may still be spent on one container."""

    parts: int = MAX_PARTS
    unpacked: int = MAX_UNPACKED_BYTES

    def spend(self, size: int) -> None:
        """Take one part of this many bytes.

        Raises:
            LimitError: it is too much.
        """
        self.parts -= 1
        self.unpacked -= size
        if self.parts < 0:
            raise LimitError(f"It holds more than {MAX_PARTS:,} files; the rest was not looked at.")
        if self.unpacked < 0:
            raise LimitError(f"It unpacks to more than {MAX_UNPACKED_BYTES >> 20} MiB; the rest was not looked at.")


def clean_name(name: str, fallback: str) -> str:
    """Return a name to show: no control characters, no way out of a folder, not too long. Never a path to write to."""
    parts = [part for part in name.replace("\\", "/").split("/") if part not in {"", ".", ".."}]
    shown = "".join(c for c in "/".join(parts) if c.isprintable())
    return shown[-200:] or fallback

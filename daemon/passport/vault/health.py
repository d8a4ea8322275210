"""A look at the journals from outside: what can be read of them, and how far their clocks are.

For the doctor; needs neither the lock nor the index.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from passport.vault.clock import MAX_AHEAD_MS, stamp_ms
from passport.vault.journal import Line, read_from, read_lines, segment_sizes


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalHealth:
    """What was found."""

    lines: int
    damaged: Mapping[str, int]
    """Lines that cannot be read, by file."""
    torn: tuple[str, ...]
    """Files that end in the middle of a line: a crash, or an engine that has not delivered the rest yet."""
    newest_ms: int
    """Of all stamps that are not far ahead; 0: there is none."""
    ahead: int
    """How many lines come from a clock that was far in the future."""


def all_lines(folder: Path) -> Iterator[Line]:
    """Iterate over all lines of a vault's journals that can be read. Raises OSError."""
    journals = folder / "journal"
    for name in sorted(segment_sizes(journals)):
        yield from (line for line in read_lines(read_from(journals, name, 0)) if not line.damaged)


def examine_journals(folder: Path, now_ms: int) -> JournalHealth:
    """Read all journals of a vault's folder. Raises OSError."""
    lines = newest = ahead = 0
    damaged: dict[str, int] = {}
    torn = []
    for name in sorted(segment_sizes(folder)):
        raw = read_from(folder, name, 0)
        for line in read_lines(raw):
            lines += 1
            if line.damaged:
                damaged[name] = damaged.get(name, 0) + 1
            elif (ms := stamp_ms(line.stamp)) > now_ms + MAX_AHEAD_MS:
                ahead += 1
            else:
                newest = max(newest, ms)
        if raw and not raw.endswith(b"\n"):
            torn.append(name)
    return JournalHealth(lines=lines, damaged=damaged, torn=tuple(torn), newest_ms=newest, ahead=ahead)

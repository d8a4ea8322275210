"""Rewriting this device's own journals: many small ones into few, and without what was purged.

The new segment is whole on the disk before an old one is removed, and an event that is read twice says nothing new: so
a crash in between loses nothing and doubles nothing. Other devices' journals are never touched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from passport.disk import write_whole
from passport.vault.disk import told_to_owner
from passport.vault.engine import Engine, Utterance
from passport.vault.journal import SEGMENT_BYTES, Line, Said, own_number, read_from, read_lines, segment_sizes
from passport.vault.rows import PURGED
from passport.vault.trust import digest_of

MANY_SEGMENTS = 64
_AT_ONCE = 200
_SMALL_BYTES = SEGMENT_BYTES // 4
Kept = Callable[[Said], Said]
"""Returns what of a line is to be kept."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A line that now stands elsewhere."""

    segment: str
    offset: int
    raw: bytes
    to: str = ""
    """The new segment; empty: the line is gone."""
    at: int = 0
    length: int = 0


class Compactor:
    """Rewrites own segments. `engine.writing` is held."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def join_small(self) -> None:
        """Join this device's small segments (one is made at each start) where there are many."""
        small = [name for name, size in self._own() if size < _SMALL_BYTES]
        if len(small) >= MANY_SEGMENTS:
            self._rewrite(small, lambda said: said)

    def forget(self, subject: str) -> None:
        """Remove from this device's segments all that was said of a purged subject, but that it was purged."""
        spots = (self._engine.index.row(subject) or {}).get("log", [])
        names = {self._engine.index.segment_name(spot[0]) for spot in spots}
        self._rewrite([name for name, _ in self._own() if name in names], lambda said: list(_without(said, subject)))

    def sign(self) -> None:
        """Sign what is vouched for and unsigned: written while the key was locked away, or before there was one."""
        unsigned = self._engine.trust.unsigned
        if not unsigned or self._engine.signer is None:
            return
        found = [(name, line) for name, line in self._all() if not line.by and digest_of(line) in unsigned]
        own = {name for name, _ in self._own()}
        self._say_again(line for name, line in found if name not in own)
        self._rewrite(sorted({name for name, _ in found if name in own}), lambda said: said)
        self._engine.trust.all_signed()

    def vouch(self, device: str) -> None:
        """Say again, under this computer's signature, all that counts of what another one said."""
        engine = self._engine
        self._say_again(line for _, line in self._all() if line.by == device and engine.trust.judge(line) is None)

    def _say_again(self, lines: Iterable[Line]) -> None:
        found = [Utterance(line.stamp, line.said) for line in lines]
        for start in range(0, len(found), _AT_ONCE):
            self._engine.keep(found[start : start + _AT_ONCE])

    def _all(self) -> Iterator[tuple[str, Line]]:
        """Iterate over all lines of all journals that can be read."""
        folder = self._engine.journals
        for name in sorted(segment_sizes(folder)):
            yield from ((name, line) for line in read_lines(read_from(folder, name, 0)) if not line.damaged)

    def _own(self) -> list[tuple[str, int]]:
        device = self._engine.device.id
        sizes = self._engine.index.segment_sizes()
        return sorted((name, size) for name, size in sizes.items() if own_number(name, device))

    def _rewrite(self, names: list[str], kept: Kept) -> None:
        if not names:
            return
        engine = self._engine
        engine.writer.close()
        with told_to_owner(engine.folder):
            moved = list(self._write([line for name in names for line in self._lines(name, kept)]))
        with engine.looking:
            engine.index.relocate(names, moved)
        with told_to_owner(engine.folder):  # what stays by an error is read again as new, and says nothing new
            for name in names:
                engine.disk.unlink(engine.journals / name)
            engine.disk.sync_folder(engine.journals)

    def _lines(self, name: str, kept: Kept) -> Iterator[Moved]:
        raw = read_from(self._engine.journals, name, 0)
        for line in read_lines(raw):
            here = raw[line.offset : line.offset + line.length]
            yield Moved(name, line.offset, here if line.damaged else self._rest(line, here, kept))

    def _rest(self, line: Line, raw: bytes, kept: Kept) -> bytes:
        said = kept(line.said)
        if self._engine.trust.judge(line) is not None:  # a stranger's, under our name: it must never get our signature
            return raw if said == line.said else b""
        unsigned = self._engine.trust.shared and not line.by
        if said == line.said and not unsigned:
            return raw
        return self._engine.encode(line.stamp, said) if said else b""

    def _write(self, lines: Iterable[Moved]) -> Iterator[Moved]:
        """Write the lines to new segments, a repeated one once, and return where each stands now."""
        engine, known, block, offset = self._engine, dict[bytes, Moved](), list[bytes](), 0
        name = engine.writer.next_name()
        for line in lines:
            if line.raw and line.raw not in known:
                if block and offset + len(line.raw) > SEGMENT_BYTES:
                    self._write_segment(name, block)
                    name, block, offset = engine.writer.next_name(), [], 0
                known[line.raw] = Moved(line.segment, line.offset, line.raw, name, offset, len(line.raw))
                block.append(line.raw)
                offset += len(line.raw)
            there = known.get(line.raw)
            yield Moved(line.segment, line.offset, b"", there.to, there.at, there.length) if there else line
        self._write_segment(name, block)

    def _write_segment(self, name: str, block: list[bytes]) -> None:
        if not block:
            return
        engine = self._engine
        engine.disk.make_folder(engine.incoming)
        aside = engine.incoming / f"{engine.device.id}-journal.tmp"
        write_whole(engine.disk, engine.journals / name, b"".join(block), aside=aside)


def _without(said: Said, subject: str) -> Iterator[tuple[str, dict[str, object]]]:
    for name, values in said:
        left = dict(values) if name != subject else {k: v for k, v in values.items() if k == PURGED}
        if left:
            yield name, left

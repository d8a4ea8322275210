"""The index: one row for each subject, derived from the journals and rebuilt from them whenever anything is odd."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

from passport.disk import Disk
from passport.vault.clock import HybridClock, stamp_device
from passport.vault.floors import Floor
from passport.vault.journal import Line, read_from, read_lines, segment_sizes
from passport.vault.lookups import Lookups
from passport.vault.model import Progress
from passport.vault.remembered import Remembered
from passport.vault.rows import PURGED, Row, fold_in, is_badge, said, settle
from passport.vault.trust import SUBJECT as DEVICE
from passport.vault.trust import Trust, Why

INDEX_FORMAT = 4
"""Another number in the index means: derive it anew."""


class Moved(Protocol):
    """A line of a journal that now stands elsewhere, or nowhere."""

    @property
    def segment(self) -> str:
        """Where it stood."""

    @property
    def offset(self) -> int:
        """Where in that segment."""

    @property
    def to(self) -> str:
        """The segment in which it stands; empty: it is gone."""

    @property
    def at(self) -> int:
        """Where in that segment."""

    @property
    def length(self) -> int:
        """How long it is there."""


class Index(Lookups):
    """All rows, derived anew whenever they do not fit. Not for several threads at once."""

    def __init__(
        self,
        disk: Disk,
        folder: Path,
        journals: Path,
        *,
        vault_id: str,
        clock: HybridClock,
        trust: Trust,
        remembered: Remembered,
    ) -> None:
        super().__init__(disk, folder, journals, trust)
        self._trust_seen = -1
        self._came: set[str] = set()
        self._vault_id = vault_id
        self._remembered = remembered
        self._clock = clock
        self.on_row: Callable[[str, int, Mapping[str, Any] | None, Row], None] = lambda *_: None
        """Told of each row that was set: its subject and number, the old row and the new one."""
        self.on_rebuild: Callable[[], None] = lambda: None
        """Told that everything is derived anew from here on."""
        self.doubtful = False

    def catch_up(self, progress: Callable[[Progress], None] | None = None) -> set[str]:
        """Read what is new in the journals and return the subjects it is about; rebuild an index that does not fit."""
        sizes = segment_sizes(self._journals)
        if self._is_odd(sizes):
            self.rebuild(progress)
            return set()
        changed = self._release_held()
        for name in sorted(sizes):
            changed |= self._read_segment(name, sizes[name])
        return changed | self._release_held()

    def speak_for(self, clock: HybridClock) -> None:
        """Take the events of this clock's device for this computer's own."""
        self._clock = clock

    def behind(self, sizes: Mapping[str, int]) -> list[str]:
        """Return the journals with something new, by their sizes; an index that does not fit is behind with all."""
        if self._is_odd(sizes):
            return [""]
        found = [name for name in sorted(sizes) if self.read_size(name) != sizes[name]]
        fresh = self._trust_seen != self._trust.generation
        due = any(self._is_due(row, fresh=fresh) for _, row in self._held.raw_rows())
        return found or ([""] if due else [])

    def catch_up_with(self, name: str, sizes: Mapping[str, int]) -> tuple[set[str], set[str]]:
        """Read what is new in one journal (empty: in all); return what changed, and the badges that came."""
        self._came = set()
        changed = self._read_segment(name, sizes[name]) | self._release_held() if name else self.catch_up()
        return changed, self._came & changed

    def rebuild(self, progress: Callable[[Progress], None] | None = None) -> None:
        """Forget everything and derive it anew from the journals. Raises OSError; the rows are as before then."""
        floors = self._floors()
        before = dict(vars(self))
        self.on_rebuild()
        self._snapshots.close()
        for path in self._folder.glob("index.*"):
            with suppress(OSError):
                self._disk.unlink(path)
        try:
            self._open(anew=True)  # even where a file of the old index could not be removed
            self._read_all(progress, floors)
        except BaseException:
            self._snapshots.close()
            vars(self).update(before)
            self._snapshots.behind = True
            raise

    def _read_all(self, progress: Callable[[Progress], None] | None, floors: tuple[Floor, ...]) -> None:
        sizes = segment_sizes(self._journals)
        with self._snapshots.paused():
            for done, name in enumerate(sorted(sizes), 1):
                self._read_segment(name, sizes[name])
                if progress:
                    progress(Progress(done=done, total=len(sizes)))
            self._release_held()
            lost: dict[str, None] = {}
            for floor in floors:
                for subject, row in floor.raised({row["id"]: row for row in self.rows()}):
                    old = self.row(subject)
                    self.on_row(subject, self._table(subject).put(self.number(subject), row), old, row)
                    lost[subject] = None
            self._meta.put(1, self._about())
            self._meta.put(2, {"went_back": list(lost)})
        self._database.journal.snapshot()
        self.doubtful = False

    def remember(self, *, now: bool = False) -> None:
        """Write down, beside the index, what must not be less after it is derived anew. Raises OSError."""
        ms = self._clock.now_ms()
        if self._trust.shared and not self._trust.knows_nobody and (now or self._remembered.is_due(ms)):
            self._remembered.keep(self.rows(), ms)

    def doubt(self) -> None:
        """Note that rows may lack what the journals have: they are derived anew, at last at the next start."""
        self.doubtful = True
        self._meta.put(1, {**self._about(), "doubtful": True})

    def _is_odd(self, sizes: Mapping[str, int]) -> bool:
        meta = self._meta.get(doc_id=1)
        if not isinstance(meta, dict) or meta != self._about():
            return True
        return any(row["size"] > sizes.get(row["name"], -1) for _, row in self._segments.raw_rows())

    def _read_segment(self, name: str, size: int) -> set[str]:
        number = self._segment_number(name)
        row = self._segments.raw(number) if number else {"size": 0, "damaged": 0}
        if row["size"] == size:
            return set()
        raw = read_from(self._journals, name, row["size"])
        changed: set[str] = set()
        for line in read_lines(raw, row["size"]):
            changed |= self.apply(line, name)
        return changed

    def apply(self, line: Line, segment: str) -> set[str]:
        """Take in a line that stands in a segment, and all before it; return the subjects it changed."""
        number = self._segment_number(segment) or self._segments.put(None, {"name": segment, "size": 0, "damaged": 0})
        changed = set() if line.damaged else self._take(line, number)
        row = self._segments.raw(number)
        end = line.offset + line.length
        read = {**row, "size": end, "damaged": row["damaged"] + line.damaged}
        self._segments.put(number, read, found_as_before=True)
        return changed

    def _take(self, line: Line, number: int) -> set[str]:
        why = self._why_not(line)
        if why:
            spot = [number, line.offset, line.length]
            self._held.put(None, {"stamp": line.stamp, "spot": spot, "why": why.value, "by": line.by})
            return set()
        return self._take_good(line, number)

    def _why_not(self, line: Line) -> Why | None:
        own = stamp_device(line.stamp) == self._clock.device
        if not own and self._clock.is_ahead(line.stamp):
            return Why.AHEAD
        return self._trust.judge(line)

    def _take_good(self, line: Line, number: int) -> set[str]:
        self._clock.saw(line.stamp)
        spot = (number, line.offset, line.length)
        return {subject for subject, values in line.said if self._fold(subject, line.stamp, values, spot)}

    def _fold(self, subject: str, stamp: str, values: Mapping[str, object], spot: tuple[int, int, int]) -> bool:
        table = self._table(subject)
        number = self.number(subject)
        old = table.raw(number) if number else None
        row = fold_in(old, subject, stamp, values, spot)
        if row is None:
            return False
        settled = "fresh" not in row and "content" in row  # nothing about files or reports, which look-ups are of
        if "fresh" in row:
            row = settle(row, self.recall)
        self.on_row(subject, table.put(number, row, found_as_before=settled), old, row)
        if old is None and is_badge(subject):
            self._came.add(subject)
        if subject.startswith(DEVICE):
            self._trust.learn(subject, row["keys"])
        return True

    def _release_held(self) -> set[str]:
        """Take in what was held and counts now; what becomes known by that may let more of it count."""
        changed: set[str] = set()
        while True:
            fresh = self._trust_seen != self._trust.generation
            self._trust_seen = self._trust.generation
            for number, row in list(self._held.raw_rows()):
                if self._is_due(row, fresh=fresh):
                    changed |= self._try_again(number, row)
            if self._trust_seen == self._trust.generation:
                return changed

    def _is_due(self, row: Mapping[str, Any], *, fresh: bool) -> bool:
        if row.get("why", Why.AHEAD) == Why.AHEAD:
            return not self._clock.is_ahead(row["stamp"])
        return fresh

    def _try_again(self, number: int, row: Mapping[str, Any]) -> set[str]:
        line = self._raw_line(tuple(row["spot"]))
        why = self._why_not(line) if line else None
        if line and why:
            self._held.put(number, {**row, "why": why.value})
            return set()
        self._held.remove(doc_ids=[number])
        return self._take_good(line, row["spot"][0]) if line else set()

    def relocate(self, gone: Iterable[str], moved: Iterable[Moved]) -> None:
        """Follow lines to new segments. The old segments' rows go last: a crash before that makes the index odd."""
        places: dict[tuple[int, int], list[int] | None] = {}
        for line in moved:
            number = self._segment_number(line.segment)
            if number is not None:
                places[number, line.offset] = self._new_spot(line)
        for table in (self.badges, self.subjects):
            for number, row in list(table.raw_rows()):
                if any((spot[0], spot[1]) in places for spot in row["log"]):
                    table.put(number, _follow(row, places))
        for number, row in list(self._held.raw_rows()):
            spot = row["spot"]
            self._held.put(number, {**row, "spot": places.get((spot[0], spot[1])) or spot})
        self._segments.remove(doc_ids=[number for name in gone if (number := self._segment_number(name))])
        self._snapshots.flush()  # what is gone from the disk should not be looked for there at the next start

    def _new_spot(self, line: Moved) -> list[int] | None:
        if not line.to:
            return None
        number = self._segment_number(line.to)
        end = line.at + line.length
        fresh: Mapping[str, Any] = {"name": line.to, "size": 0, "damaged": 0}
        row = self._segments.raw(number) if number else fresh
        number = self._segments.put(number, {**row, "size": max(row["size"], end)})
        return [number, line.at, line.length]

    def _floors(self) -> tuple[Floor, ...]:
        """Return what is known of a shared vault and must not be less afterwards."""
        if not self._trust.shared:
            return ()
        meta = self._meta.get(doc_id=1)
        of_this = isinstance(meta, dict) and {**meta, **self._about()} == meta
        return Floor(self.rows() if of_this else ()), Floor(self._remembered.rows())

    def _about(self) -> dict[str, object]:
        """Return what the index is made of: where that changes, it is derived anew."""
        about: dict[str, object] = {"format": INDEX_FORMAT, "vault": self._vault_id}
        return about | ({"shared": True} if self._trust.shared else {})


def _follow(row: Mapping[str, Any], places: Mapping[tuple[int, int], list[int] | None]) -> Row:
    """Return the row with the new places; of one that was purged only that word is left."""
    log = [places.get((spot[0], spot[1]), spot) for spot in row["log"]]
    if said(row["keys"], PURGED) and None in log:
        return {**row, "keys": {PURGED: row["keys"][PURGED]}, "log": [spot for spot in log if spot]}
    return {**row, "log": [spot for spot in log if spot]}

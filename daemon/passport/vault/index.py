"""The index: one row for each subject, derived from the journals and rebuilt from them whenever anything is odd."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar, NamedTuple, Protocol

from passport.disk import Disk, make_folders
from passport.vault.clock import HybridClock, stamp_device
from passport.vault.floors import Floor
from passport.vault.journal import Line, Place, read_from, read_lines, segment_sizes
from passport.vault.live import Indexed, LiveDatabase, LiveTable
from passport.vault.model import Progress
from passport.vault.rows import FILE, PURGED, Row, fold_in, is_badge, said, settle
from passport.vault.snapshots import Snapshots
from passport.vault.trust import SUBJECT as DEVICE
from passport.vault.trust import Trust, Why

INDEX_FORMAT = 2
"""Another number in the index means: derive it anew."""


def _file_keys(row: Mapping[str, Any]) -> Iterable[Hashable]:
    purged = said(row["keys"], PURGED)
    if isinstance(purged, dict):
        return dict.fromkeys(purged.get("files", ()))
    return (key[len(FILE) :] for key, (_, value) in row["keys"].items() if key.startswith(FILE) and value)


def _canonical_keys(row: Mapping[str, Any]) -> Iterable[Hashable]:
    for key, (_, value) in row["keys"].items():
        if key.startswith(FILE) and value and value.get("canonical"):
            yield value["canonical"]


def _credential_keys(row: Mapping[str, Any]) -> Iterable[Hashable]:
    about = row.get("content") or {}
    if about.get("credential_id"):
        yield about["credential_id"]


def _unfinished_keys(row: Mapping[str, Any]) -> Iterable[Hashable]:
    """Return a value for what was purged and of which something is left to remove."""
    return ("yes",) if said(row["keys"], PURGED) and len(row["keys"]) > 1 else ()


class BadgeTable(LiveTable):
    """Rows of badges."""

    indexed: ClassVar[Indexed] = {
        "id": lambda row: (row["id"],),
        "file": _file_keys,
        "canonical": _canonical_keys,
        "credential": _credential_keys,
        "unfinished": _unfinished_keys,
    }


class SubjectTable(LiveTable):
    """Rows of everything else."""

    indexed: ClassVar[Indexed] = {"id": lambda row: (row["id"],)}


class SegmentTable(LiveTable):
    """How far each journal was read."""

    indexed: ClassVar[Indexed] = {"name": lambda row: (row["name"],)}


class Waiting(NamedTuple):
    """A line that does not count (yet)."""

    why: Why
    by: str
    """The computer that signed it; empty: none did."""
    stamp: str


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


class Index:
    """All rows, in memory and in files outside the vault. Not for several threads at once."""

    def __init__(
        self, disk: Disk, folder: Path, journals: Path, *, vault_id: str, clock: HybridClock, trust: Trust
    ) -> None:
        self._trust = trust
        self._trust_seen = -1
        self._came: set[str] = set()
        self._disk = disk
        self._folder = folder
        self._journals = journals
        self._vault_id = vault_id
        self._clock = clock
        self.on_row: Callable[[str, int, Mapping[str, Any] | None, Row], None] = lambda *_: None
        """Told of each row that was set: its subject and number, the old row and the new one."""
        self.on_rebuild: Callable[[], None] = lambda: None
        """Told that everything was derived anew."""
        self.doubtful = False
        self._open()

    def _open(self) -> None:
        make_folders(self._disk, self._folder)
        self._snapshots = Snapshots(self._disk, self._folder)
        self._database = LiveDatabase(self._snapshots)
        storage = self._database.journal
        self.badges = BadgeTable(storage, "badges")
        self.subjects = SubjectTable(storage, "subjects")
        self._segments = SegmentTable(storage, "segments")
        self._meta = LiveTable(storage, "meta")
        self._held = LiveTable(storage, "held")

    def close(self) -> None:
        """Let go of the files."""
        self._database.close()

    # -- reading the journals ---------------------------------------------------------------------------------------

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
        found = [name for name in sorted(sizes) if self._read_size(name) != sizes[name]]
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
        floor = self._floor()
        before = dict(vars(self))
        self._snapshots.close()
        for path in self._folder.glob("index.*"):
            with suppress(OSError):
                self._disk.unlink(path)
        try:
            self._open()
            self._read_all(progress, floor)
        except OSError:
            self._snapshots.close()
            vars(self).update(before)
            self._snapshots.behind = True
            raise
        finally:
            self.on_rebuild()

    def _read_all(self, progress: Callable[[Progress], None] | None, floor: Floor) -> None:
        sizes = segment_sizes(self._journals)
        with self._snapshots.paused():
            for done, name in enumerate(sorted(sizes), 1):
                self._read_segment(name, sizes[name])
                if progress:
                    progress(Progress(done=done, total=len(sizes)))
            self._release_held()
            lost = floor.raised({row["id"]: row for row in self.rows()})
            for subject, row in lost:
                self._table(subject).put(self.number(subject), row)
            self._meta.put(1, self._about())
            self._meta.put(2, {"went_back": [subject for subject, _ in lost]})
        self._database.journal.snapshot()
        self.doubtful = False

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

    # -- looking up -------------------------------------------------------------------------------------------------

    def row(self, subject: str) -> Mapping[str, Any] | None:
        """Return the row of a subject, not to be changed."""
        number = self.number(subject)
        return self._table(subject).raw(number) if number else None

    def with_file(self, sha256: str) -> list[Mapping[str, Any]]:
        """Return the rows of all badges that have, or before they were purged had, this file."""
        return [self.badges.raw(number) for number in self.badges.lookup("file", sha256)]

    def unfinished(self) -> list[Mapping[str, Any]]:
        """Return the rows of badges that were purged and of which something is left to remove."""
        return [self.badges.raw(number) for number in self.badges.lookup("unfinished", "yes")]

    def badge_rows(self) -> Iterator[tuple[int, Mapping[str, Any]]]:
        """Iterate over the badges' numbers and rows, not to be changed."""
        return self.badges.raw_rows()

    def badge(self, number: int) -> Mapping[str, Any]:
        """Return the row with this number, not to be changed."""
        return self.badges.raw(number)

    def recall(self, spot: tuple[int, int, int], subject: str, key: str) -> object:
        """Return the value of a subject's key in a line of a journal; None where it cannot be read (any more)."""
        line = self._line(spot)
        found = [values[key] for name, values in line.said if name == subject and key in values] if line else []
        return found[0] if found else None

    def line(self, spot: tuple[int, int, int]) -> Line | None:
        """Return the line of a journal at a place, None where it cannot be read (any more)."""
        return self._line(spot)

    def segment_sizes(self) -> dict[str, int]:
        """Return the journals that were read, and how far."""
        return {row["name"]: row["size"] for _, row in self._segments.raw_rows()}

    def segment_name(self, number: int) -> str:
        """Return the name of the journal with this number."""
        name: str = self._segments.raw(number)["name"]
        return name

    def held(self) -> list[Place]:
        """Return the places of the events that come from a clock far ahead."""
        return [Place(self._segments.raw(r["spot"][0])["name"], *r["spot"][1:]) for _, r in self._held.raw_rows()]

    def damaged(self) -> dict[str, int]:
        """Return the journals with damaged lines, and how many."""
        return {row["name"]: row["damaged"] for _, row in self._segments.raw_rows() if row["damaged"]}

    def waiting(self) -> list[Waiting]:
        """Return what does not count (yet), with the reason and who said it."""
        rows = [row for _, row in self._held.raw_rows()]
        return [Waiting(Why(r.get("why", Why.AHEAD)), r.get("by", ""), r["stamp"]) for r in rows]

    def went_back(self) -> list[str]:
        """Return the subjects of which the folder knew less, at the last rebuild, than this computer did before."""
        row = self._meta.get(doc_id=2)
        return list(row["went_back"]) if isinstance(row, dict) else []

    def rows(self) -> Iterator[Mapping[str, Any]]:
        """Iterate over the rows of all subjects, not to be changed."""
        yield from (row for _, row in self.badges.raw_rows())
        yield from (row for _, row in self.subjects.raw_rows())

    def _floor(self) -> Floor:
        """Return what is known of a shared vault and must not be less afterwards."""
        meta = self._meta.get(doc_id=1)
        of_this = isinstance(meta, dict) and {**meta, **self._about()} == meta
        return Floor(self.rows() if self._trust.shared and of_this else ())

    def _about(self) -> dict[str, object]:
        """Return what the index is made of: where that changes, it is derived anew."""
        about: dict[str, object] = {"format": INDEX_FORMAT, "vault": self._vault_id}
        return about | ({"shared": True} if self._trust.shared else {})

    def _line(self, spot: tuple[int, int, int]) -> Line | None:
        """Return a line that counts; somebody may have written over it since it was taken in."""
        line = self._raw_line(spot)
        return None if line is None or self._trust.judge(line) not in {None, Why.REVOKED} else line

    def _raw_line(self, spot: tuple[int, int, int]) -> Line | None:
        number, offset, length = spot
        if not self._segments.contains(doc_id=number):
            return None
        raw = read_from(self._journals, self._segments.raw(number)["name"], offset, length)
        line = next(read_lines(raw, offset), None)
        return None if line is None or line.damaged else line

    def _table(self, subject: str) -> LiveTable:
        return self.badges if is_badge(subject) else self.subjects

    def number(self, subject: str) -> int | None:
        """Return the number of a subject's row."""
        found = self._table(subject).lookup("id", subject)
        return found[0] if found else None

    def _read_size(self, name: str) -> int:
        number = self._segment_number(name)
        return int(self._segments.raw(number)["size"]) if number else 0

    def _segment_number(self, name: str) -> int | None:
        found = self._segments.lookup("name", name)
        return found[0] if found else None


def _follow(row: Mapping[str, Any], places: Mapping[tuple[int, int], list[int] | None]) -> Row:
    """Return the row with the new places; of one that was purged only that word is left."""
    log = [places.get((spot[0], spot[1]), spot) for spot in row["log"]]
    if said(row["keys"], PURGED) and None in log:
        return {**row, "keys": {PURGED: row["keys"][PURGED]}, "log": [spot for spot in log if spot]}
    return {**row, "log": [spot for spot in log if spot]}

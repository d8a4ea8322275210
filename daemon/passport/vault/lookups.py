"""The looking half of the index: rows by what they are about, lines by their places, and what does not count (yet)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from passport.disk import Disk, make_folders
from passport.vault.journal import Line, read_from, read_lines
from passport.vault.live import LiveDatabase, LiveTable
from passport.vault.rows import is_badge
from passport.vault.snapshots import Snapshots
from passport.vault.tables import BadgeTable, SegmentTable, SubjectTable
from passport.vault.trust import Trust, Why


class Waiting(NamedTuple):
    """A line that does not count (yet)."""

    why: Why
    by: str
    """The computer that signed it; empty: none did."""
    stamp: str


class Lookups:
    """All tables, in memory and in files outside the vault. Not for several threads at once."""

    def __init__(self, disk: Disk, folder: Path, journals: Path, trust: Trust) -> None:
        self._disk = disk
        self._folder = folder
        self._journals = journals
        self._trust = trust
        self._open()

    def _open(self, *, anew: bool = False) -> None:
        make_folders(self._disk, self._folder)
        self._snapshots = Snapshots(self._disk, self._folder, anew=anew)
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
        line = self.line(spot)
        found = [values[key] for name, values in line.said if name == subject and key in values] if line else []
        return found[0] if found else None

    def line(self, spot: tuple[int, int, int]) -> Line | None:
        """Return the line of a journal at a place, if it counts; somebody may have written over it meanwhile."""
        line = self._raw_line(spot)
        return None if line is None or self._trust.judge(line) not in {None, Why.REVOKED} else line

    def segment_sizes(self) -> dict[str, int]:
        """Return the journals that were read, and how far."""
        return {row["name"]: row["size"] for _, row in self._segments.raw_rows()}

    def segment_name(self, number: int) -> str:
        """Return the name of the journal with this number."""
        name: str = self._segments.raw(number)["name"]
        return name

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

    def read_size(self, name: str) -> int:
        """Return how far a journal was read."""
        number = self._segment_number(name)
        return int(self._segments.raw(number)["size"]) if number else 0

    def _segment_number(self, name: str) -> int | None:
        found = self._segments.lookup("name", name)
        return found[0] if found else None

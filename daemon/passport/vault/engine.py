"""The parts of an open vault, joined: what is said is made durable first, then shown."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from passport.disk import Disk, make_folders
from passport.settings import Places
from passport.vault import rows
from passport.vault.catalogue import Catalogue
from passport.vault.clock import Clock, HybridClock
from passport.vault.collecting import PREFIX as COLLECTION
from passport.vault.collecting import Collections
from passport.vault.disk import told_to_owner
from passport.vault.index import Index
from passport.vault.journal import JournalWriter, Line, Said, encode_line, read_lines
from passport.vault.marker import Device, Marker
from passport.vault.model import Change, Entry, Progress
from passport.vault.objects import ObjectStore
from passport.vault.remembered import Remembered
from passport.vault.signing import Signer
from passport.vault.witnesses import trust_in

HAR = ".har"
Told = Callable[[Progress], None]
"""Is told how far long work is."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """One line to be kept: a stamp (of whichever device) and what it says."""

    stamp: str
    said: Said


class Engine:
    """Objects, documents, journal and index of one vault, and the two locks that keep threads apart.

    `writing` is held while something is made durable, and taken before `looking`, which is held while the index is read
    or changed, in memory alone: who looks never waits for the disk.
    """

    def __init__(self, places: Places, disk: Disk, clock: Clock, device: Device, marker: Marker) -> None:
        self.folder = places.vault
        self.state = places.state
        self.disk = disk
        self.clock = clock
        self.device = device
        self.marker = marker
        self.writing = threading.RLock()
        self.looking = threading.RLock()
        self.subscribers: list[Callable[[Change], None]] = []
        self.stamps = HybridClock(device.id, clock)
        self.objects = ObjectStore(disk, self.folder / "objects", self.incoming, device.id)
        self.documents = ObjectStore(disk, self.folder / "documents", self.incoming, f"{device.id}-d")
        make_folders(disk, self.journals)
        self.writer = JournalWriter(disk, self.journals, device.id)
        self.trust = trust_in(disk, places.state, self.folder, marker)
        self.signer: Signer | None = None
        """Signs what is said; None: the passport is on this computer alone, or its key is locked away."""
        self.index = Index(
            disk,
            places.index,
            self.journals,
            vault_id=marker.id,
            clock=self.stamps,
            trust=self.trust,
            remembered=Remembered(disk, places.state, marker.id),
        )
        self.collections = Collections()
        self.catalogue = Catalogue(self.index.badge_rows, self.index.badge)
        self.index.on_row, self.index.on_rebuild = self._set_row, self.catalogue.forget

    def become(self, device: Device, signer: Signer | None) -> None:
        """Speak as another device from now on. `writing` is held."""
        with self.looking:
            self.writer.close()
            self.device = device
            self.stamps = self.stamps.of_device(device.id)
            self.writer = JournalWriter(self.disk, self.journals, device.id)
            self.index.speak_for(self.stamps)
            self.signer = signer

    @property
    def incoming(self) -> Path:
        """Where files are written before they have their names; what a crash leaves there is swept at the start."""
        return self.folder / "incoming"

    @property
    def journals(self) -> Path:
        """The folder of all devices' journals."""
        return self.folder / "journal"

    def start(self, progress: Told | None) -> None:
        """Sweep up after a crash and read what is new in the journals."""
        for path in self.incoming.glob(f"{self.device.id}-*.tmp"):
            self.disk.unlink(path)
        for subject in self.index.subjects.keys("id"):
            if isinstance(subject, str) and subject.startswith(COLLECTION) and (row := self.index.row(subject)):
                self.collections.set(row)
        self.index.catch_up(progress)

    def close(self) -> None:
        """Let go of the files."""
        with self.writing, self.looking:
            self.writer.close()
            with suppress(OSError):  # a full disk: what was written down before still counts
                self.index.remember(now=True)
            self.index.close()

    def say(self, said: Said) -> None:
        """Keep what is said, all of it or nothing; durable on return. Raise VaultError. `writing` is held."""
        self.keep([Utterance(self.stamps.tick(after=self._newest_stamp(said)), said)])

    def keep(self, utterances: Iterable[Utterance]) -> None:
        """Keep lines with the stamps they have; one fsync for all. Raise VaultError. `writing` is held."""
        found = list(utterances)
        lines = [self.encode(u.stamp, u.said) for u in found]
        with told_to_owner(self.folder):
            self.look_after_journal()
            place = self.writer.append(b"".join(lines))
        with self.looking:
            for line in self._as_read(found, lines, place.offset):
                self._apply(line, place.segment)

    def look_after_journal(self) -> bool:
        """Keep what was said where it belongs, and the index by it; return whether something was derived anew.

        Raises OSError. `writing` is held.
        """
        if not (self.writer.rescue() or self.index.doubtful):
            return False
        with self.looking:
            self.index.rebuild(None)
        return True

    def _as_read(self, said: list[Utterance], lines: list[bytes], offset: int) -> Iterator[Line]:
        """Yield the lines as the journal gives them; what nobody signed need not be decoded for that."""
        if self.trust.shared:
            yield from read_lines(b"".join(lines), offset)
            return
        for one, line in zip(said, lines, strict=True):
            yield Line(offset, len(line), one.stamp, one.said)
            offset += len(line)

    def encode(self, stamp: str, said: Said) -> bytes:
        """Return a line as this computer writes it: signed, where the passport is shared."""
        if not self.trust.shared:
            return encode_line(stamp, said)
        line = encode_line(stamp, said, self.signer)
        if self.signer is None:
            with told_to_owner(self.folder):
                self.trust.note_unsigned([line[9:-1]])
        return line

    def _apply(self, line: Line, segment: str) -> None:
        """Show what is durable. Where an older line that it needs cannot be read, it is shown later."""
        try:
            self.index.apply(line, segment)
        except OSError:
            self.index.doubt()

    def tell(self, change: Change) -> None:
        """Tell the subscribers; no lock should be held."""
        for callback in tuple(self.subscribers):
            callback(change)

    def entry(self, row: Mapping[str, Any]) -> Entry:
        """Return the entry of a badge's row. `looking` is held."""
        found = self.collections.of(row["id"].removeprefix("badge:"))
        return rows.entry_of(row, found, self.clock().timestamp())

    def entries(self) -> list[Entry]:
        """Return all entries, those in the trash included."""
        with self.looking:
            return [self.entry(row) for _, row in self.index.badge_rows() if row.get("content")]

    def _newest_stamp(self, said: Said) -> str:
        """Return the greatest stamp of what will be said anew: the newest word wins even over a wrong clock's."""
        stamps = [""]
        for subject, values in said:
            keys = (self.index.row(subject) or {}).get("keys", {})
            stamps += [keys[key][0] for key in values if key in keys]
        return max(stamps)

    def _set_row(self, subject: str, number: int, old: Mapping[str, Any] | None, new: rows.Row) -> None:
        if rows.is_badge(subject):
            self.catalogue.set(number, old, new)
        elif subject.startswith(COLLECTION):
            self.collections.set(new)

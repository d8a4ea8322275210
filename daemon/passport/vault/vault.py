"""The door to all that is kept."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Mapping
from typing import Any

from filelock import FileLock

from passport.errors import VaultError
from passport.settings import Places
from passport.vault import rows
from passport.vault.arriving import Matching
from passport.vault.catalogue import Catalogue
from passport.vault.clock import Clock, HybridClock, rfc3339, stamp_device, stamp_ms
from passport.vault.collecting import PREFIX as COLLECTION
from passport.vault.collecting import Collections
from passport.vault.disk import Disk, make_folders, told_to_owner
from passport.vault.har import from_har, to_har
from passport.vault.index import Index
from passport.vault.journal import JournalWriter, Line, Said, encode_line
from passport.vault.locking import take_lock
from passport.vault.marker import machine_fingerprint, open_marker, read_device
from passport.vault.model import Arrival, Change, Entry, Event, Kept, Page, Progress
from passport.vault.objects import ObjectStore, extension_of
from passport.vault.queries import parse_query
from passport.vault.reports import decode_report, encode_report
from passport.vault.search import Search
from passport.verification.documents import Documents
from passport.verification.report import VerificationReport

_HAR = ".har"
_WARM_AT_ONCE = 200
Told = Callable[[Progress], None]
"""Is told how far long work is."""


class Vault:
    """Objects, documents and journals in a folder, with an index beside the daemon's state.

    May be used from several threads. What changes something returns when it is durable: fsynced objects and documents,
    then one fsynced line of this device's journal, then the index. Raises VaultError.
    """

    def __init__(self, places: Places, disk: Disk, clock: Clock, lock: FileLock, fingerprint: str) -> None:
        self._folder = places.vault
        self._disk = disk
        self._clock = clock
        self._os_lock = lock
        self._writing = threading.RLock()
        """Held while something is made durable; taken before `_looking`."""
        self._looking = threading.RLock()
        """Held while the index is read or changed, in memory alone: readers never wait for the disk."""
        self._subscribers: list[Callable[[Change], None]] = []
        device = read_device(disk, places.state, fingerprint)
        self.marker = open_marker(disk, places.vault, device, places.state)
        self._hybrid = HybridClock(device.id, clock)
        incoming = places.vault / "incoming"
        self._objects = ObjectStore(disk, places.vault / "objects", incoming, device.id)
        self._documents = ObjectStore(disk, places.vault / "documents", incoming, f"{device.id}-d")
        journals = places.vault / "journal"
        self._writer = JournalWriter(disk, journals, device.id)
        self._index = Index(disk, places.index, journals, vault_id=self.marker.id, clock=self._hybrid)
        make_folders(disk, journals)
        self._collections = Collections()
        self._catalogue = Catalogue(self._index.badge_rows, self._index.badge)
        self._index.on_row, self._index.on_rebuild = self._set_row, self._catalogue.forget

    @classmethod
    def open(
        cls,
        places: Places,
        *,
        clock: Clock,
        disk: Disk | None = None,
        progress: Told | None = None,
    ) -> Vault:
        """Open the vault for this process alone. Raise VaultError where it is in use, not there or not readable."""
        disk = disk or Disk()
        lock = take_lock(disk, places.lock_file)
        try:
            with told_to_owner(places.vault):
                vault = cls(places, disk, clock, lock, machine_fingerprint())
                vault._sweep()
                vault._catch_up(progress)
        except BaseException:
            lock.release()
            raise
        return vault

    def close(self) -> None:
        """Let go of the files and the lock."""
        with self._writing, self._looking:
            self._writer.close()
            self._index.close()
            self._os_lock.release()

    # -- changing ---------------------------------------------------------------------------------------------------

    def put(self, arrival: Arrival) -> Kept:
        """Keep a badge; durable on return.

        The same file or the same statement is *already there*; so is another version of the same credential of the same
        issuer. A forged copy never takes the place of the real one.
        """
        with told_to_owner(self._folder):
            sha256 = self._objects.put(arrival.file, extension_of(arrival.media_type))
            documents = self._keep_documents(arrival.documents)
        with self._writing:
            match = Matching(self._index, arrival, sha256, documents, self._now()).match()
            if match.values:
                self._say([(match.subject, match.values)])
            entry = self.entry(match.subject.removeprefix("badge:"))
        if entry is None:
            raise VaultError("What was kept cannot be found in the index.", remedy="Rebuild the index (reindex).")
        if match.values:
            self._tell(
                Change(kind="added" if match.added else "changed", subject=match.subject, keys=tuple(match.values))
            )
        return Kept(entry=entry, result="added" if match.added else "already-there")

    def decide(self, subject: str, values: Mapping[str, object]) -> None:
        """Keep what the owner says of a subject; all of it or nothing, durable on return."""
        self.decide_all({subject: values})

    def decide_all(self, decisions: Mapping[str, Mapping[str, object]]) -> None:
        """Keep what the owner says of several subjects; all of it or nothing, durable on return."""
        with self._writing:
            for subject in decisions:
                if rows.is_badge(subject) and not self._index.row(subject):
                    raise VaultError(f"There is no badge {subject.removeprefix('badge:')} in the passport.")
            self._say(list(decisions.items()))
        for subject, values in decisions.items():
            self._tell(Change(kind="changed", subject=subject, keys=tuple(values)))

    def record_report(
        self, entry_id: str, report: VerificationReport, documents: Documents, *, sha256: str | None = None
    ) -> None:
        """Keep a new verification of an entry (of its shown file, or of another of its files)."""
        entry = self._known(entry_id)
        file = sha256 or entry.sha256
        with told_to_owner(self._folder):
            har = self._keep_documents(documents)
        value = {"documents": har, "report": encode_report(report)}
        with self._writing:
            self._say([(entry.subject, {rows.REPORT + file: value})])
        self._tell(Change(kind="changed", subject=entry.subject, keys=("report",)))

    def reindex(self, progress: Told | None = None) -> None:
        """Derive the index anew from the vault."""
        with self._writing, self._looking, told_to_owner(self._folder):
            self._index.rebuild(progress)
        self._tell(Change(kind="reindexed"))

    def _say(self, said: Said) -> None:
        stamp = self._hybrid.tick(after=self._newest_stamp(said))
        data = encode_line(stamp, said)
        with told_to_owner(self._folder):
            place = self._writer.append(data)
        line = Line(place.offset, place.length, stamp, said)
        with self._looking:
            self._index.apply(line, place.segment)

    def _newest_stamp(self, said: Said) -> str:
        """Return the greatest stamp of what will be said anew, so that the newest word wins even over a wrong clock."""
        stamps = [""]
        for subject, values in said:
            keys = (self._index.row(subject) or {}).get("keys", {})
            stamps += [keys[key][0] for key in values if key in keys]
        return max(stamps)

    def _keep_documents(self, documents: Documents) -> str | None:
        return self._documents.put(to_har(documents), _HAR) if len(documents) else None

    # -- looking ----------------------------------------------------------------------------------------------------

    def entry(self, entry_id: str) -> Entry | None:
        """Return an entry; None where there is none (or it was purged)."""
        with self._looking:
            row = self._index.row(f"badge:{entry_id}")
            return self._entry(row, self._clock().timestamp()) if row and row.get("content") else None

    def search(
        self, query: str = "", *, sort: str = "added", offset: int = 0, limit: int = 60, include_trashed: bool = False
    ) -> Page:
        """Return a part of the entries that a query finds.

        Args:
            query: Words (each begins a word of the entry) and filters: tag, issuer, verdict, year, skill, is, has,
                collection, expiring, standard, visibility, state, rating; a minus before one turns it round.
            sort: added, date, name, issuer, expiry or rating; a minus before it turns it round.
            offset: How many to skip.
            limit: How many to return at most.
            include_trashed: Whether entries in the trash count; `is:trashed` finds them besides.
        """
        asked, now = parse_query(query), self._clock().timestamp()
        with self._looking:
            self._catalogue.build(now)
            search = Search(self._catalogue, self._collections, lambda i: self._index.number(f"badge:{i}"), now)
            found = search.find(asked, sort=sort, offset=offset, limit=limit, include_trashed=include_trashed)
            entries = tuple(self._entry(self._index.badge(number), now) for number in found.numbers)
        return Page(entries=entries, total=found.total, facets=found.facets)

    def warm(self) -> None:
        """Make the first search quick: for a thread that has time. Others may look meanwhile."""
        ready = False
        while not ready:
            with self._looking:
                ready = self._catalogue.build(self._clock().timestamp(), at_most=_WARM_AT_ONCE)

    def state(self, subject: str) -> dict[str, object]:
        """Return what was said of a subject, as it counts now; keys that were set to null are left out."""
        with self._looking:
            keys = (self._index.row(subject) or {}).get("keys", {})
            return {k: v[1] for k, v in keys.items() if v[1] is not None and not k.startswith((rows.REPORT, rows.FILE))}

    def subjects(self, prefix: str) -> list[str]:
        """Return the subjects that begin so and of which something is said, sorted."""
        with self._looking:
            known = (*self._index.subjects.keys("id"), *self._index.badges.keys("id"))
        return sorted(s for s in known if isinstance(s, str) and s.startswith(prefix))

    def history(self, subject: str) -> list[Event]:
        """Return all that was ever said of a subject, oldest first; what was overruled is marked."""
        with self._looking:
            row = self._index.row(subject) or {"keys": {}, "log": []}
            lines = [line for spot in row["log"] if (line := self._index.line(tuple(spot)))]
        found = {(e.stamp, e.key): e for line in lines for e in _events(line, subject, row["keys"])}
        return [found[key] for key in sorted(found)]

    def original(self, sha256: str) -> bytes:
        """Return an original file, byte for byte. Raise VaultError where it is missing or damaged."""
        return self._read(self._objects, sha256, "The original file")

    def documents(self, entry_id: str) -> Documents:
        """Return what the network answered for the report of an entry."""
        har = self._register(entry_id)[1].get("documents")
        return from_har(self._read(self._documents, har, "The file with the documents")) if har else Documents()

    def report(self, entry_id: str) -> VerificationReport:
        """Return the latest report of an entry. Raise VaultError where it cannot be read."""
        key, register, row = self._report_row(entry_id)
        with self._looking:
            value = self._index.recall(tuple(row["log"][register["log"]]), row["id"], key)
        if not isinstance(value, dict):
            raise VaultError("The report cannot be read from the journal.", remedy="Rebuild the index (reindex).")
        return decode_report(value.get("report"))

    def subscribe(self, callback: Callable[[Change], None]) -> Callable[[], None]:
        """Call back after each change, from the thread that made it; the returned function ends that."""
        self._subscribers.append(callback)
        return lambda: self._subscribers.remove(callback)

    def _entry(self, row: Mapping[str, Any], now: float) -> Entry:
        return rows.entry_of(row, self._collections.of(row["id"].removeprefix("badge:")), now)

    def _set_row(self, subject: str, number: int, old: Mapping[str, Any] | None, new: rows.Row) -> None:
        if rows.is_badge(subject):
            self._catalogue.set(number, old, new)
        elif subject.startswith(COLLECTION):
            self._collections.set(new)

    def _known(self, entry_id: str) -> Entry:
        entry = self.entry(entry_id)
        if entry is None:
            raise VaultError(f"There is no badge {entry_id} in the passport.")
        return entry

    def _register(self, entry_id: str) -> tuple[str, Mapping[str, Any]]:
        key, register, _ = self._report_row(entry_id)
        return key, register

    def _report_row(self, entry_id: str) -> tuple[str, Mapping[str, Any], Mapping[str, Any]]:
        with self._looking:
            row = self._index.row(f"badge:{entry_id}")
            if row is None or not row.get("content"):
                raise VaultError(f"There is no badge {entry_id} in the passport.")
            key = rows.REPORT + row["best"]
            return key, row["keys"][key][1], row

    def _read(self, store: ObjectStore, sha256: str, what: str) -> bytes:
        with told_to_owner(self._folder):
            path = store.find(sha256)
            data = path.read_bytes() if path else b""
        if path is None:
            raise VaultError(f"{what} is not in the vault ({sha256[:12]}…).", remedy="Restore it from a backup.")
        if hashlib.sha256(data).hexdigest() != sha256:
            raise VaultError(f"{what} is damaged ({path.name}).", remedy="Run scrub, or restore it from a backup.")
        return data

    def _now(self) -> str:
        return rfc3339(self._hybrid.now_ms())

    def _catch_up(self, progress: Told | None) -> None:
        for _, row in self._index.subjects.raw_rows():
            if row["id"].startswith(COLLECTION):
                self._collections.set(row)
        self._index.catch_up(progress)

    def _sweep(self) -> None:
        """Remove what a crash of this device left half written."""
        for path in (self._folder / "incoming").glob(f"{self._hybrid.device}-*.tmp"):
            self._disk.unlink(path)

    def _tell(self, change: Change) -> None:
        for callback in tuple(self._subscribers):
            callback(change)


def _events(line: Line, subject: str, keys: Mapping[str, Any]) -> list[Event]:
    return [
        Event(
            stamp=line.stamp,
            at=rfc3339(stamp_ms(line.stamp)),
            device=stamp_device(line.stamp),
            subject=subject,
            key=key,
            value=value,
            current=keys.get(key, [""])[0] == line.stamp,
        )
        for name, values in line.said
        if name == subject
        for key, value in values.items()
    ]

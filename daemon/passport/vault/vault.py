"""The door to all that is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from filelock import FileLock

from passport.disk import Disk
from passport.errors import VaultError
from passport.settings import Places
from passport.vault import rows
from passport.vault.age import WORK_FACTOR
from passport.vault.arriving import Matching
from passport.vault.backup import back_up
from passport.vault.clock import Clock, rfc3339, stamp_ms
from passport.vault.compacting import Compactor
from passport.vault.computers import Computers, note_shared
from passport.vault.disk import told_to_owner
from passport.vault.engine import HAR, Engine, Told
from passport.vault.locking import take_lock
from passport.vault.marker import machine_fingerprint, open_marker, read_device
from passport.vault.model import Arrival, Change, Entry, Kept, Scrubbed, Standing
from passport.vault.objects import extension_of
from passport.vault.purging import Purger
from passport.vault.reading import Reader
from passport.vault.reports import encode_report
from passport.vault.restoring import Restored, Restorer
from passport.vault.scrubbing import Scrubber
from passport.vault.signing import DeviceKey
from passport.verification.documents import Documents, says_the_same
from passport.verification.har import documents_to_har
from passport.verification.report import VerificationReport

_DAY_MS = 24 * 3600 * 1000


def _quiet(_progress: object) -> None:
    """Tell nobody how far it is."""


class Vault(Reader):
    """Objects, documents and journals in a folder, with an index beside the daemon's state.

    May be used from several threads. What changes something returns when it is durable: fsynced objects and documents,
    then one fsynced line of this device's journal, then the index. Raises VaultError.
    """

    def __init__(self, engine: Engine, lock: FileLock, settings: Path) -> None:
        super().__init__(engine)
        self.computers = Computers(engine)
        """Those that share the passport."""
        self._lock = lock
        self._settings = settings

    @classmethod
    def open(
        cls,
        places: Places,
        *,
        clock: Clock,
        disk: Disk | None = None,
        progress: Told | None = None,
        key: DeviceKey | None = None,
    ) -> Vault:
        """Open the vault for this process alone. Raise VaultError where it is in use, not there or not readable.

        Args:
            places: Where things are.
            clock: Tells the time.
            disk: Changes the disk.
            progress: Is told how far the reading is.
            key: Of this computer, where the passport is shared; without it, what is said is signed later.
        """
        disk = disk or Disk()
        lock = take_lock(disk, places.lock_file)
        try:
            with told_to_owner(places.vault):
                device = read_device(disk, places.state, machine_fingerprint())
                marker = open_marker(disk, places.vault, device, places.state)
                engine = Engine(places, disk, clock, device, marker)
                note_shared(engine)
                engine.start(progress)
                if key is not None and engine.trust.shared:
                    with suppress(VaultError):  # not its key, or a vault that can only be read: it is signed later
                        Computers(engine).unlock(key)
                with suppress(VaultError):  # a vault that can only be read is shown all the same
                    Purger(engine).finish()
                    Compactor(engine).join_small()
        except BaseException:
            lock.release()
            raise
        return cls(engine, lock, places.settings_file)

    def close(self) -> None:
        """Let go of the files and the lock."""
        try:
            self._engine.close()
        finally:
            self._lock.release()

    def put(self, arrival: Arrival) -> Kept:
        """Keep a badge; durable on return.

        The same file or the same statement is *already there*; so is another version of the same credential of the same
        issuer. A forged copy never takes the place of the real one.
        """
        engine = self._engine
        with told_to_owner(engine.folder):
            sha256 = engine.objects.put(arrival.file, extension_of(arrival.media_type))
            documents = self._keep_documents(arrival.documents)
        now = rfc3339(engine.stamps.now_ms())
        with engine.writing:
            match = Matching(engine.index, arrival, sha256, documents, now).match()
            if match.values:
                engine.say([(match.subject, match.values)])
        if match.values:
            kind = "added" if match.added else "changed"
            engine.tell(Change(kind=kind, subject=match.subject, keys=tuple(match.values)))
        entry = self._known(match.subject.removeprefix("badge:"))
        return Kept(entry=entry, result="added" if match.added else "already-there")

    def decide(self, subject: str, values: Mapping[str, object]) -> None:
        """Keep what the owner says of a subject; all of it or nothing, durable on return."""
        self.decide_all({subject: values})

    def decide_all(self, decisions: Mapping[str, Mapping[str, object]]) -> None:
        """Keep what the owner says of several subjects; all of it or nothing, durable on return."""
        with self._engine.writing:
            for subject, values in decisions.items():
                self._refuse_nonsense(subject, values)
            self._engine.say(list(decisions.items()))
        for subject, values in decisions.items():
            self._engine.tell(Change(kind="changed", subject=subject, keys=tuple(values)))

    def record_report(
        self, entry_id: str, report: VerificationReport, documents: Documents, *, sha256: str | None = None
    ) -> None:
        """Keep a new verification of an entry (of its shown file, or of another of its files).

        Where it says what the last one said, only the time is kept (and the documents, where they have changed), so
        that checking every week costs next to nothing.
        """
        entry = self._known(entry_id)
        file = sha256 or entry.sha256
        if file == entry.sha256 and self._is_known(entry_id, report):
            said: Mapping[str, object] = {rows.CHECKED + file: self._checked(entry, report, documents)}
        else:
            with told_to_owner(self._engine.folder):
                har = self._keep_documents(documents)
            said = {rows.REPORT + file: {"documents": har, "report": encode_report(report)}}
        with self._engine.writing:
            self._engine.say([(entry.subject, said)])
        self._engine.tell(Change(kind="changed", subject=entry.subject, keys=("report",)))

    def _checked(self, entry: Entry, report: VerificationReport, documents: Documents) -> object:
        """Return the event of a check that found nothing new; the documents are kept anew where they say more."""
        with self._engine.looking:
            keys = (self._engine.index.row(entry.subject) or {"keys": {}})["keys"]
        har = rows.documents_of(keys, entry.sha256)
        if len(documents) and not self._same_documents(har, documents):
            with told_to_owner(self._engine.folder):
                har = self._keep_documents(documents)
        if har == (rows.said(keys, rows.REPORT + entry.sha256) or {}).get("documents"):
            return report.verified_at
        return {"at": report.verified_at, "documents": har}

    def _same_documents(self, har: str | None, documents: Documents) -> bool:
        try:
            return says_the_same(self.archive(har), documents)
        except VaultError:  # damaged: the new ones heal it
            return False

    def record_standing(self, entry_id: str, standing: Standing | None) -> None:
        """Keep what stands in the way of asking the issuer; None: nothing does any more."""
        entry = self._known(entry_id)
        if entry.standing == standing:
            return
        with self._engine.writing:
            self._engine.say([(entry.subject, {rows.STANDING: standing.to_json() if standing else None})])
        self._engine.tell(Change(kind="changed", subject=entry.subject, keys=(rows.STANDING,)))

    def reindex(self, progress: Told | None = None) -> None:
        """Derive the index anew from the vault."""
        engine = self._engine
        with engine.writing, engine.looking, told_to_owner(engine.folder):
            engine.index.rebuild(progress)
        engine.tell(Change(kind="reindexed"))

    def scrub(self, progress: Told | None = None) -> Scrubbed:
        """Read everything again, heal what can be healed, and return what was found. Others may go on meanwhile."""
        return Scrubber(self._engine, progress).scrub()

    def back_up(
        self, file: Path, passphrase: str, progress: Told | None = None, *, work_factor: int = WORK_FACTOR
    ) -> int:
        """Write an encrypted backup; return the number of files in it. Others may use the vault meanwhile."""
        told = progress or _quiet
        return back_up(self._engine, file, passphrase, told, settings=self._settings, work_factor=work_factor)

    def restore(self, file: Path, passphrase: str, progress: Told | None = None) -> list[Restored]:
        """Bring back a backup: what is missing (or was purged since) is added, nothing that is there is changed."""
        return Restorer(self._engine, progress or _quiet, settings=self._settings).restore(file, passphrase)

    def purge(self, entry_id: str) -> None:
        """Remove an entry for good, with its files: there is no undo but a backup."""
        entry = self._known(entry_id)
        with self._engine.writing:
            Purger(self._engine).purge(entry.subject)
        self._engine.tell(Change(kind="purged", subject=entry.subject))

    def empty_trash(self, *, days: int = 0) -> list[str]:
        """Remove for good what has been in the trash for so many days, and return the ids."""
        before = self._engine.stamps.now_ms() - days * _DAY_MS
        with self._engine.looking:
            due = [e.id for e in self._engine.entries() if e.trashed and self._trashed_ms(e.subject) <= before]
        for entry_id in due:
            self.purge(entry_id)
        return due

    def subscribe(self, callback: Callable[[Change], None]) -> Callable[[], None]:
        """Call back after each change, from the thread that made it; the returned function ends that."""
        self._engine.subscribers.append(callback)
        return lambda: self._engine.subscribers.remove(callback)

    def _trashed_ms(self, subject: str) -> int:
        row = self._engine.index.row(subject)
        return stamp_ms(row["keys"]["trashed"][0]) if row else 0

    def _is_known(self, entry_id: str, report: VerificationReport) -> bool:
        try:
            return replace(self.report(entry_id), verified_at=report.verified_at) == report
        except VaultError:  # of a form that this version cannot read
            return False

    def _refuse_nonsense(self, subject: str, values: Mapping[str, object]) -> None:
        if not rows.is_badge(subject):
            return
        self._refuse_unknown(subject.removeprefix("badge:"))
        if any(key.startswith(rows.OWN_KEYS) for key in values):
            raise VaultError("What was verified is not the owner's to decide.")

    def _keep_documents(self, documents: Documents) -> str | None:
        return self._engine.documents.put(documents_to_har(documents), HAR) if len(documents) else None

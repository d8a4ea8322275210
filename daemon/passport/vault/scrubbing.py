"""Reading everything again: is each file still what its name says? What can be healed is healed, the rest is named."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path

from passport.vault.disk import told_to_owner
from passport.vault.engine import Engine, Told
from passport.vault.journal import read_from, read_lines, segment_sizes
from passport.vault.model import Finding, Progress, Scrubbed
from passport.vault.objects import ObjectStore, extension_of
from passport.vault.ordinary import is_ordinary, is_placeholder
from passport.vault.purging import Purger, documents_in
from passport.vault.rows import FILE, said

_NAME = re.compile(r"^(?P<sha256>[0-9a-f]{64})(?P<extension>\.[a-z0-9]{1,5})?$")
_COPY = re.compile(r"^(?P<sha256>[0-9a-f]{64})(?=.*?(?P<extension>\.(?:png|svg|pdf|json|jwt|txt|bin|har))\b)?.+$")
"""What sync engines make of a name: `<sha256>.sync-conflict-….png`, `<sha256>.png..path1`, `<sha256> (copy).png`."""


@dataclass(slots=True)
class _State:
    checked: int = 0
    findings: list[Finding] = field(default_factory=list)

    def found(self, kind: str, path: str, explanation: str, entries: tuple[str, ...] = ()) -> None:
        self.findings.append(Finding(kind=kind, path=path, explanation=explanation, entries=entries))


class Scrubber:
    """One pass over objects, documents and journals. Others may use the vault meanwhile."""

    def __init__(self, engine: Engine, told: Told | None) -> None:
        self._engine = engine
        self._told = told
        self._state = _State()
        self._total = 0

    def scrub(self) -> Scrubbed:
        """Check all, heal what can be healed, and return what was found."""
        engine = self._engine
        with engine.writing, told_to_owner(engine.folder):
            Purger(engine).finish()
        with told_to_owner(engine.folder):
            paths = [(store, path) for store in (engine.objects, engine.documents) for path in store.walk()]
            journals = segment_sizes(engine.journals)
            self._total = len(paths) + len(journals)
            bad = [(store, path) for store, path in paths if not self._is_good(path)]
            for store, path in bad:
                with engine.writing:
                    self._mend(store, path)
            for name in sorted(journals):
                self._read_journal(name)
            self._look_for_missing()
        return self._scrubbed()

    def look(self, seen: dict[Path, tuple[int, int]], *, fold: bool) -> Scrubbed:
        """Check what is new or was changed since `seen` (size and time of each file), which is brought up to date.

        For a shared folder, where sync programs make copies and strangers may write: healed and told as by `scrub`.
        Copies are folded back where `fold` says so: on one computer alone, or some engines would take the same file
        of two computers for a conflict again, and make new copies for ever. They are read as they are meanwhile.
        """
        engine = self._engine
        with told_to_owner(engine.folder):
            paths = [(store, path) for store in (engine.objects, engine.documents) for path in store.walk()]
            for store, path in paths:
                about = _about(path)
                if about is None or seen.get(path) == about:
                    continue
                if self._is_good(path):
                    seen[path] = about
                    continue
                if fold or _NAME.match(path.name):
                    with engine.writing:
                        self._mend(store, path)
            self._look_for_missing()
        return self._scrubbed()

    def _scrubbed(self) -> Scrubbed:
        return Scrubbed(checked=self._state.checked, findings=tuple(self._state.findings))

    def _is_good(self, path: Path) -> bool:
        self._checked()
        match = _NAME.match(path.name)
        return match is not None and _hash(path) == match["sha256"]

    def _mend(self, store: ObjectStore, path: Path) -> None:
        """Deal with a file whose name and content do not belong together."""
        copy = _NAME.match(path.name) or _COPY.match(path.name)
        if copy is None or is_placeholder(path.name) or not path.exists():
            return  # not ours, or not here yet: let it lie
        sha256, found = copy["sha256"], _hash(path)
        if _NAME.match(path.name):
            if found != sha256:  # a copy may have been folded back meanwhile
                self._mend_original(store, path, sha256)
        elif found == sha256:
            self._fold_back(store, path, sha256, copy["extension"] or "")
        elif path.stat().st_size:
            self._set_aside(path)

    def _mend_original(self, store: ObjectStore, path: Path, sha256: str) -> None:
        for other in sorted(path.parent.glob(f"{sha256}*")):
            if other != path and is_ordinary(other) and _hash(other) == sha256:
                self._engine.disk.rename(other, path)
                self._state.found("healed", self._name(path), "It was damaged; a sync engine's copy of it was whole.")
                return
        if self._fetch_back(store, path, sha256):
            self._state.found("healed", self._name(path), "It was damaged; the file it came from was still there.")
        elif path.stat().st_size:
            self._state.found("damaged", self._name(path), "Its content is not what it was.", self._users(sha256))
        # an empty file is a cloud folder's placeholder: not here yet, and found missing below

    def _fold_back(self, store: ObjectStore, path: Path, sha256: str, extension: str) -> None:
        target = store.path(sha256, extension)
        if target.exists() and _hash(target) == sha256:
            self._engine.disk.unlink(path)
        else:
            self._engine.disk.rename(path, target)
        self._engine.disk.sync_folder(path.parent)
        self._state.found("healed", self._name(path), "A sync engine's copy was folded back.")

    def _set_aside(self, path: Path) -> None:
        aside = self._engine.folder / "quarantine"
        self._engine.disk.make_folder(aside)
        self._engine.disk.rename(path, aside / path.name)
        self._state.found("set-aside", self._name(path), "A copy with other content was moved to quarantine.")

    def _read_journal(self, name: str) -> None:
        self._checked()
        damaged = sum(line.damaged for line in read_lines(read_from(self._engine.journals, name, 0)))
        if damaged:
            self._state.found("journal", f"journal/{name}", f"{damaged} of its lines cannot be read.")

    def _look_for_missing(self) -> None:
        engine = self._engine
        with engine.looking:
            wanted = [
                (row["id"], row["keys"], documents_in(row))
                for _, row in engine.index.badge_rows()
                if row.get("content")
            ]
        objects, documents = (_whole(store) for store in (engine.objects, engine.documents))
        for subject, keys, hars in wanted:
            for key in (k for k in keys if k.startswith(FILE) and said(keys, k) and k[len(FILE) :] not in objects):
                self._report_missing(key[len(FILE) :], subject, str(said(keys, key).get("media_type", "")))
            for har in (one for one in hars - documents if not _has_copy(engine.documents, one)):
                self._missing(har, subject, "The documents that proved it are not in the vault.")

    def _report_missing(self, sha256: str, subject: str, media_type: str) -> None:
        target = self._engine.objects.path(sha256, extension_of(media_type))
        if _has_copy(self._engine.objects, sha256):
            return
        if self._fetch_back(self._engine.objects, target, sha256):
            self._state.found("healed", self._name(target), "It was missing; the file it came from was still there.")
        else:
            self._missing(sha256, subject, "The original file is not in the vault.")

    def _missing(self, sha256: str, subject: str, explanation: str) -> None:
        self._state.found("missing", sha256, explanation, (subject.removeprefix("badge:"),))

    def _fetch_back(self, store: ObjectStore, target: Path, sha256: str) -> bool:
        """Put back what is still where it came from, if it is the same to the byte."""
        for row in self._engine.index.with_file(sha256):
            origin = (said(row["keys"], FILE + sha256) or {}).get("origin") or {}
            source = Path(str(origin.get("detail", "")))
            if source.is_absolute() and source.is_file() and _hash(source) == sha256:
                if target.exists():
                    self._engine.disk.unlink(target)
                store.put(source.read_bytes(), target.suffix)
                return True
        return False

    def _users(self, sha256: str) -> tuple[str, ...]:
        with self._engine.looking:
            rows = [row for _, row in self._engine.index.badge_rows() if row.get("content")]
            using = [r["id"] for r in rows if said(r["keys"], FILE + sha256) or sha256 in documents_in(r)]
        return tuple(subject.removeprefix("badge:") for subject in using)

    def _checked(self) -> None:
        self._state.checked += 1
        if self._told:
            self._told(Progress(done=self._state.checked, total=self._total))

    def _name(self, path: Path) -> str:
        return path.relative_to(self._engine.folder).as_posix()


def _has_copy(store: ObjectStore, sha256: str) -> bool:
    """Return whether a sync engine's copy of a file is there, from which it can be read."""
    path = store.find(sha256)
    return path is not None and _NAME.match(path.name) is None


def _about(path: Path) -> tuple[int, int] | None:
    """Return size and time of a file; None where it is gone, or stands for one that is elsewhere and empty here."""
    try:
        found = path.stat()
    except OSError:
        return None
    elsewhere = found.st_size > 0 and getattr(found, "st_blocks", 1) == 0
    return None if elsewhere else (found.st_size, found.st_mtime_ns)


def _whole(store: ObjectStore) -> set[str]:
    """Return the hashes of the files that are there and not empty."""
    return {match["sha256"] for path in store.walk() if (match := _NAME.match(path.name)) and path.stat().st_size}


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

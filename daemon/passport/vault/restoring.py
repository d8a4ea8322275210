"""Bringing back a backup: what is missing is added, nothing that is there is changed.

Files come first, then the lines about them, so that a crash leaves no entry without its file; and before the file has
been proved to its end no line is taken in. The lines keep their stamps, so that a later word said here still wins, but
they are written to this device's own journals: what is purged later can then be removed from them too.

A badge that was purged here since the backup was made comes back: purging promises that "there is no undo but a
backup", and bringing one back is how the owner asks for it. One that was purged before is not in the backup.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import re
import tarfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import msgspec

from passport.disk import make_folders, write_whole
from passport.errors import VaultError
from passport.vault.age import LockedError, Opened
from passport.vault.backup import SETTINGS, VERSION, Told
from passport.vault.disk import told_to_owner
from passport.vault.engine import Engine
from passport.vault.journal import Line, in_segments, read_from, read_lines, segment_sizes
from passport.vault.model import Change, Progress
from passport.vault.rows import FILE, PURGED, is_badge, said
from passport.vault.trust import without_computers

MAX_BYTES = 64 << 30
_MAX_MEMBER = 256 << 20
_OBJECT = re.compile(r"^(objects|documents)/(?:[0-9a-f]{2}/)?(?P<sha256>[0-9a-f]{64})(?P<extension>\.[a-z0-9]{1,5})?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What became of one badge of a backup."""

    id: str
    name: str
    result: str
    """`added`, `already-there` or `failed`."""
    reason: str | None = None

    def to_json(self) -> dict[str, object]:
        """Return it as `restore --json` shows it."""
        return {"id": self.id, "name": self.name, "result": self.result, "reason": self.reason}


@dataclass(slots=True)
class _Mentioned:
    """What a backup says of one badge."""

    has_file: bool = False
    purged_at: str = ""
    purged: bool = False


@dataclass(slots=True)
class _Brought:
    """What was found in a backup."""

    journals: list[Path] = field(default_factory=list)
    """Aside, not taken in yet."""
    broken: set[str] = field(default_factory=set)
    """SHA-256 of files that are not what their name says."""
    settings: bytes | None = None


class Restorer:
    """One restoring. Others may use the vault meanwhile."""

    def __init__(self, engine: Engine, told: Told, *, settings: Path) -> None:
        self._engine = engine
        self._told = told
        self._settings = settings
        self._counter = itertools.count()

    def restore(self, file: Path, passphrase: str) -> list[Restored]:
        """Bring it back; return what became of each badge. Raise VaultError; nothing was changed then."""
        engine = self._engine
        brought = _Brought()
        try:
            with told_to_owner(engine.folder):
                self._unpack(file, passphrase, brought)
                before, mentioned = self._compare(brought)
                self._take_in(brought, mentioned)
                self._put_settings(brought)
        finally:
            for path in brought.journals:
                with suppress(OSError):  # swept at the next start
                    engine.disk.unlink(path)
        engine.tell(Change(kind="reindexed"))
        named = sorted(s for s, what in mentioned.items() if what.has_file and not what.purged)
        with engine.looking:
            return [self._outcome(subject, before, brought.broken) for subject in named]

    # -- out of the file ------------------------------------------------------------------------------------------

    def _unpack(self, file: Path, passphrase: str, brought: _Brought) -> None:
        total = 0
        for members, (name, content) in enumerate(_members(file, passphrase), 1):
            if name == "backup.json":
                total = _checked(content)
            elif name == SETTINGS:
                brought.settings = content
            elif name.startswith("journal/"):
                brought.journals.append(self._set_aside(content))
            elif (match := _OBJECT.match(name)) and not self._put(match, content):
                brought.broken.add(match["sha256"])
            self._told(Progress(done=members, total=max(members, total)))

    def _set_aside(self, content: bytes) -> Path:
        engine = self._engine
        make_folders(engine.disk, engine.incoming)
        path = engine.incoming / f"{engine.device.id}-restoring-{next(self._counter)}.tmp"
        write_whole(engine.disk, path, content, aside=path.with_suffix(".new.tmp"))
        return path

    def _put(self, match: re.Match[str], content: bytes) -> bool:
        if hashlib.sha256(content).hexdigest() != match["sha256"]:
            return False
        store = self._engine.objects if match[1] == "objects" else self._engine.documents
        if store.find(match["sha256"]) is None:
            store.put(content, match["extension"] or "")
        return True

    # -- into the journals ----------------------------------------------------------------------------------------

    def _compare(self, brought: _Brought) -> tuple[set[str], dict[str, _Mentioned]]:
        """Return the subjects of the badges that are here, and what the backup says of each of its own."""
        mentioned: dict[str, _Mentioned] = {}
        for path in brought.journals:
            for line in read_lines(path.read_bytes()):
                for subject, values in line.said:
                    if is_badge(subject):
                        _mention(mentioned.setdefault(subject, _Mentioned()), line.stamp, values)
        with self._engine.looking:
            rows = {subject: self._engine.index.row(subject) for subject in mentioned}
            return {subject for subject, row in rows.items() if row and row.get("content")}, mentioned

    def _take_in(self, brought: _Brought, mentioned: dict[str, _Mentioned]) -> None:
        engine = self._engine
        with engine.writing:
            self._want_back(mentioned)
            known = self._known_lines()
        for path in brought.journals:
            raw = path.read_bytes()
            fresh = {said: line for line in _whole(raw) if (said := _what(line)) not in known}
            known.update(fresh)
            for block in in_segments(self._vouched(fresh.values(), raw)):
                with engine.writing:
                    self._write_segment(block)
                    with engine.looking:
                        engine.index.catch_up()

    def _want_back(self, mentioned: dict[str, _Mentioned]) -> None:
        """Say of what was purged since that it is wanted back; first, so that after a crash no purging is finished."""
        rows = {subject: self._engine.index.row(subject) for subject in mentioned}
        purged = [
            subject
            for subject, what in mentioned.items()
            if what.has_file and not what.purged and (row := rows[subject]) and said(row["keys"], PURGED)
        ]
        if purged:
            self._engine.say([(subject, {PURGED: None, "trashed": None}) for subject in sorted(purged)])

    def _known_lines(self) -> set[bytes]:
        """Return what all lines that are here say."""
        folder = self._engine.journals
        return {_what(line) for name in segment_sizes(folder) for line in _whole(read_from(folder, name, 0))}

    def _vouched(self, lines: Iterable[Line], raw: bytes) -> Iterator[bytes]:
        """Yield lines as they count here: in a shared passport this computer signs what its owner brings back.

        Which computers shared the passport of the backup is left out: they did not join this one. So are signatures in
        a passport that is on one computer alone: by them it would be taken for a shared one (`witnesses`).
        """
        trust = self._engine.trust
        for line in lines:
            what = without_computers(line.said)
            counts = trust.judge(line) is None and (trust.shared or not line.signature)
            if counts and len(what) == len(line.said):
                yield raw[line.offset : line.offset + line.length]
            elif what:
                yield self._engine.encode(line.stamp, what)

    def _write_segment(self, block: bytes) -> None:
        engine = self._engine
        aside = engine.incoming / f"{engine.device.id}-journal.tmp"
        write_whole(engine.disk, engine.journals / engine.writer.next_name(), block, aside=aside)

    def _put_settings(self, brought: _Brought) -> None:
        """Bring back the settings where there are none."""
        if brought.settings is None or self._settings.exists():
            return
        make_folders(self._engine.disk, self._settings.parent)
        aside = self._settings.with_name(f".{self._settings.name}.restored.tmp")
        write_whole(self._engine.disk, self._settings, brought.settings, aside=aside)

    def _outcome(self, subject: str, before: set[str], broken: set[str]) -> Restored:
        engine, name = self._engine, subject.removeprefix("badge:")
        row = engine.index.row(subject)
        if row is None or not row.get("content"):
            return Restored(id=name, name="", result="failed", reason="It cannot be read.")
        entry = engine.entry(row)
        if entry.sha256 in broken or engine.objects.find(entry.sha256) is None:
            return Restored(id=name, name=entry.name, result="failed", reason="Its file is missing or damaged.")
        return Restored(id=name, name=entry.name, result="already-there" if subject in before else "added")


def _mention(what: _Mentioned, stamp: str, values: Mapping[str, object]) -> None:
    what.has_file = what.has_file or any(key.startswith(FILE) for key in values)
    if PURGED in values and stamp >= what.purged_at:
        what.purged_at, what.purged = stamp, values[PURGED] is not None


def _whole(raw: bytes) -> Iterator[Line]:
    return (line for line in read_lines(raw) if not line.damaged)


def _what(line: Line) -> bytes:
    """Return what a line says and when, whoever signed it, as something short."""
    return hashlib.blake2b(msgspec.json.encode((line.stamp, line.said)), digest_size=16).digest()


def _members(file: Path, passphrase: str) -> Iterator[tuple[str, bytes]]:
    """Yield names and contents, and end well only where the file is whole. Raise VaultError."""
    try:
        with file.open("rb") as stream:
            if file.stat().st_size > MAX_BYTES:
                raise VaultError(f"{file} is too large for a backup.")
            opened = Opened(stream, passphrase)
            with tarfile.open(fileobj=opened, mode="r|") as archive:
                yield from _contents(archive)
            opened.drain()
    except LockedError as error:
        remedy = error.remedy or "Check the passphrase; nothing was changed."
        raise VaultError(
            f"{file} cannot be opened: wrong passphrase, or no backup. {error.problem}", remedy=remedy
        ) from error
    except (tarfile.TarError, ValueError, EOFError) as error:
        raise VaultError(f"{file} is no backup of Badge Passport.") from error
    except OSError as error:
        raise VaultError(f"{file} cannot be read: {error.strerror or error}.") from error


def _contents(archive: tarfile.TarFile) -> Iterator[tuple[str, bytes]]:
    for member in archive:
        content = archive.extractfile(member) if member.isfile() and member.size <= _MAX_MEMBER else None
        if content is not None:
            yield PurePosixPath(member.name).as_posix(), content.read()


def _checked(content: bytes) -> int:
    """Return how many files there are. Raise VaultError for a backup of a later version."""
    try:
        about = json.loads(content)
    except (ValueError, RecursionError):
        about = None
    version = about.get("version", 0) if isinstance(about, dict) else None
    if not isinstance(version, int):
        raise VaultError("The file is no backup of Badge Passport.", remedy="Nothing was changed. Try another copy.")
    if version > VERSION:
        raise VaultError("The backup was made by a later version.", remedy="Update Badge Passport.")
    files = about.get("files", 0)
    return files if isinstance(files, int) else 0

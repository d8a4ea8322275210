"""Backups: the whole vault in one file, encrypted with a passphrase in the age format (age-encryption.org/v1).

Inside is a tar: `backup.json` (version), then objects, documents and journals as they are in the vault. Restoring adds
what is missing and changes nothing that is there: journals of other devices and times are merged like those of a
second computer, so that a backup may be restored into an empty passport or into one in use.
"""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from passport.errors import VaultError
from passport.vault.disk import make_folders, told_to_owner, write_whole
from passport.vault.engine import Engine
from passport.vault.journal import Line, read_lines, segment_sizes
from passport.vault.model import Change, Progress

VERSION = 1
MIN_PASSPHRASE = 8
MAX_BYTES = 8 << 30
_PARTS = ("objects", "documents", "journal")

Told = Callable[[Progress], None]


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


def back_up(engine: Engine, file: Path, passphrase: str, told: Told) -> int:
    """Write the vault into a file, whole or not at all; return the number of files in it. Raise VaultError."""
    import pyrage  # noqa: PLC0415 (only for backups)

    if len(passphrase) < MIN_PASSPHRASE:
        raise VaultError(f"The passphrase is shorter than {MIN_PASSPHRASE} characters.", remedy="Choose a longer one.")
    with engine.writing, told_to_owner(engine.folder):
        paths = [path for part in _PARTS for path in sorted((engine.folder / part).rglob("*")) if path.is_file()]
        plain = _tar(engine.folder, paths, told)
    sealed = pyrage.passphrase.encrypt(plain, passphrase)
    try:
        write_whole(engine.disk, file, sealed, aside=file.with_name(f".{file.name}.new"))
    except OSError as error:
        raise VaultError(f"{file} cannot be written: {error.strerror}.") from error
    return len(paths)


def _tar(folder: Path, paths: list[Path], told: Told) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        _add(archive, "backup.json", json.dumps({"version": VERSION}).encode())
        for done, path in enumerate(paths):
            _add(archive, path.relative_to(folder).as_posix(), path.read_bytes())
            told(Progress(done=done + 1, total=len(paths)))
    return stream.getvalue()


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    about = tarfile.TarInfo(name)
    about.size, about.mode = len(content), 0o600
    archive.addfile(about, io.BytesIO(content))


def restore(engine: Engine, file: Path, passphrase: str, told: Told) -> list[Restored]:
    """Bring back a backup; return what became of each badge. Raise VaultError; nothing is lost then."""
    contents = dict(_opened(file, passphrase))
    before = {entry.id for entry in engine.entries()}
    broken: set[str] = set()
    journals = [(name, raw) for name, raw in contents.items() if name.startswith("journal/")]
    with engine.writing, told_to_owner(engine.folder):
        for done, (name, content) in enumerate(contents.items()):
            told(Progress(done=done, total=len(contents)))
            if name.startswith(("objects/", "documents/")) and not _put(engine, name, content):
                broken.add(PurePosixPath(name).name[:64])
        for name, content in journals:
            _put_journal(engine, PurePosixPath(name).name, content)
        with engine.looking:
            engine.index.rebuild(None)
    engine.tell(Change(kind="reindexed"))
    mentioned = {subject for _, raw in journals for subject in _badges(raw)}
    return [_outcome(engine, subject, before, broken) for subject in sorted(mentioned)]


def _opened(file: Path, passphrase: str) -> Iterator[tuple[str, bytes]]:
    import pyrage  # noqa: PLC0415 (only for backups)

    try:
        if file.stat().st_size > MAX_BYTES:
            raise VaultError(f"{file} is too large for a backup.")
        plain = pyrage.passphrase.decrypt(file.read_bytes(), passphrase)
    except OSError as error:
        raise VaultError(f"{file} cannot be read: {error.strerror}.") from error
    except pyrage.DecryptError as error:
        remedy = "Check the passphrase; nothing was changed."
        raise VaultError(f"{file} cannot be opened: wrong passphrase, or no backup.", remedy=remedy) from error
    try:
        with tarfile.open(fileobj=io.BytesIO(plain)) as archive:
            yield from _members(archive)
    except (tarfile.TarError, ValueError) as error:
        raise VaultError(f"{file} is no backup of Badge Passport.") from error


def _members(archive: tarfile.TarFile) -> Iterator[tuple[str, bytes]]:
    for member in archive:
        content = archive.extractfile(member) if member.isfile() else None
        raw = content.read() if content else b""
        if member.name == "backup.json":
            if json.loads(raw).get("version", 0) > VERSION:
                raise VaultError("The backup was made by a later version.", remedy="Update Badge Passport.")
        elif PurePosixPath(member.name).parts[:1] and PurePosixPath(member.name).parts[0] in _PARTS:
            yield member.name, raw


def _put(engine: Engine, name: str, content: bytes) -> bool:
    path = PurePosixPath(name)
    if hashlib.sha256(content).hexdigest() != path.name[:64]:
        return False
    store = engine.objects if path.parts[0] == "objects" else engine.documents
    if store.find(path.name[:64]) is None:
        store.put(content, path.suffix)
    return True


def _put_journal(engine: Engine, name: str, content: bytes) -> None:
    """Add a journal under a name of its own: what ours holds already is said twice, and counts once."""
    there = segment_sizes(engine.journals)
    if name in there and (engine.journals / name).read_bytes().startswith(content):
        return
    marked = f"restored-{hashlib.sha256(content).hexdigest()[:12]}.jrnl"
    target = name if name not in there and _plain(name) else marked
    if target not in there:
        make_folders(engine.disk, engine.incoming)
        path = engine.journals / target
        write_whole(engine.disk, path, content, aside=engine.incoming / f"{target}.restoring")


def _plain(name: str) -> bool:
    return name.replace(".", "").isalnum() and name.endswith(".jrnl")


def _badges(raw: bytes) -> Iterator[str]:
    lines: Iterator[Line] = read_lines(raw)
    for line in lines:
        for subject, values in line.said:
            if subject.startswith("badge:") and any(key.startswith("file:") for key in values):
                yield subject


def _outcome(engine: Engine, subject: str, before: set[str], broken: set[str]) -> Restored:
    entry_id = subject.removeprefix("badge:")
    entry = next((entry for entry in engine.entries() if entry.id == entry_id), None)
    if entry is None:
        return Restored(id=entry_id, name="", result="failed", reason="It was removed for good, or cannot be read.")
    if entry.sha256 in broken or engine.objects.find(entry.sha256) is None:
        return Restored(id=entry_id, name=entry.name, result="failed", reason="Its file is missing or damaged.")
    return Restored(id=entry_id, name=entry.name, result="already-there" if entry_id in before else "added")

"""Backups: the whole vault in one file, encrypted with a passphrase in the age format (age-encryption.org/v1).

Inside is a tar: `backup.json` (version, number of files), `settings.toml`, then journals, objects and documents as they
are in the vault. It is written as a stream, in constant memory, and nobody waits for it: what is put or decided
meanwhile may be in it or not, and what was there when it began is. Journals come first, because each line's files were
there before the line was.
"""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from passport.disk import written_aside
from passport.errors import VaultError
from passport.vault.age import WORK_FACTOR, Sealer
from passport.vault.engine import Engine
from passport.vault.journal import read_from, read_lines, segment_sizes
from passport.vault.model import Progress

VERSION = 1
SETTINGS = "settings.toml"
MIN_PASSPHRASE = 8
_ROUNDS = 10

Told = Callable[[Progress], None]
Member = tuple[str, bytes]


@dataclass(slots=True)
class _Told:
    """Counts what is written."""

    told: Told
    total: int
    done: int = 0

    def one(self) -> None:
        self.done += 1
        self.told(Progress(done=self.done, total=max(self.done, self.total)))


def back_up(
    engine: Engine, file: Path, passphrase: str, told: Told, *, settings: Path, work_factor: int = WORK_FACTOR
) -> int:
    """Write the vault into a file, whole or not at all; return the number of files in it. Raise VaultError."""
    if len(passphrase) < MIN_PASSPHRASE:
        raise VaultError(f"The passphrase is shorter than {MIN_PASSPHRASE} characters.", remedy="Choose a longer one.")
    stores = (engine.objects, engine.documents)
    counted = _Told(told, len(segment_sizes(engine.journals)) + sum(1 for store in stores for _ in store.walk()))
    try:
        with written_aside(engine.disk, file, aside=file.with_name(f".{file.name}.new")) as write:
            sealer = Sealer(write, passphrase, work_factor)
            # tarfile asks no more of its file than `write`
            with tarfile.open(fileobj=cast(IO[bytes], sealer), mode="w|") as archive:
                _add(archive, "backup.json", json.dumps({"version": VERSION, "files": counted.total}).encode())
                if settings.is_file():
                    _add(archive, SETTINGS, settings.read_bytes())
                for name, content in _contents(engine):
                    _add(archive, name, content)
                    counted.one()
            sealer.finish()
    except OSError as error:
        raise VaultError(f"{file} cannot be written: {error.strerror}.") from error
    return counted.done


def _contents(engine: Engine) -> Iterator[Member]:
    yield from _journals(engine)
    for store in (engine.objects, engine.documents):
        for path in store.walk():
            content = _read(path)
            if content is not None:  # else purged meanwhile
                yield path.relative_to(engine.folder).as_posix(), content


def _journals(engine: Engine) -> Iterator[Member]:
    """Yield the journals. Compacting may put their lines into new ones while we read: so look again until none is new.

    A line that comes twice says nothing new.
    """
    taken: dict[str, int] = {}
    for _ in range(_ROUNDS):
        with engine.writing:  # a moment: between two lines
            fresh = {name: size for name, size in segment_sizes(engine.journals).items() if name not in taken}
        if not fresh:
            return
        for name, size in sorted(fresh.items()):
            taken[name] = size
            yield f"journal/{name}", _what_counts(engine, read_from(engine.journals, name, 0, size))


def _what_counts(engine: Engine, raw: bytes) -> bytes:
    """Leave out what strangers wrote into a shared folder: all of a backup counts where it is restored."""
    if not engine.trust.shared:
        return raw
    lines = [line for line in read_lines(raw) if line.damaged or engine.trust.judge(line) is None]
    return b"".join(raw[line.offset : line.offset + line.length] for line in lines)


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    about = tarfile.TarInfo(name)
    about.size, about.mode = len(content), 0o600
    archive.addfile(about, io.BytesIO(content))

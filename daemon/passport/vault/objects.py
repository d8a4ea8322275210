"""Files by their SHA-256: written once, never changed, in `ab/<sha256>.ext`."""

from __future__ import annotations

import errno
import hashlib
import itertools
import re
from collections.abc import Iterator
from pathlib import Path

from passport.disk import Disk, make_folders, write_whole
from passport.vault.ordinary import is_ordinary

MTIME = 946_684_800
"""2000-01-01 on every file, so that sync engines that compare times see equal files as equal."""
MAX_BYTES = 256 << 20
"""Far more than a badge or its documents; what is larger is a stranger's, who would fill the memory or take all day."""
_EXTENSIONS = {
    "image/png": ".png",
    "image/svg+xml": ".svg",
    "application/pdf": ".pdf",
    "application/json": ".json",
    "application/ld+json": ".json",
    "application/jwt": ".jwt",
    "application/jose": ".jwt",
    "text/plain": ".txt",
}
_KEPT_AS = tuple(sorted({*_EXTENSIONS.values(), ".bin"}))
_NAME = re.compile(r"^(?P<sha256>[0-9a-f]{64})(?P<extension>\.[a-z0-9]{1,5})?$")


def extension_of(media_type: str) -> str:
    """Return the extension with which a file of the type is kept."""
    return _EXTENSIONS.get(media_type.partition(";")[0].strip().lower(), ".bin")


class ObjectStore:
    """A folder of files named by their own hash. Raises OSError."""

    def __init__(self, disk: Disk, folder: Path, incoming: Path, device: str) -> None:
        self._disk = disk
        self._folder = folder
        self._incoming = incoming
        self._device = device
        self._counter = itertools.count()

    def put(self, data: bytes, extension: str) -> str:
        """Keep the bytes, durably, and return their SHA-256."""
        sha256 = hashlib.sha256(data).hexdigest()
        target = self.path(sha256, extension)
        if target.parent.is_symlink():  # in a synced folder strangers may lay one, and would get every file
            why = "A link stands where a folder of the vault belongs; remove it"
            raise OSError(errno.ELOOP, why, str(target.parent))
        if _size(target) == len(data):  # same name and size: scrub finds what is damaged inside
            return sha256
        make_folders(self._disk, target.parent)
        make_folders(self._disk, self._incoming)
        aside = self._incoming / f"{self._device}-{next(self._counter)}.tmp"
        write_whole(self._disk, target, data, aside=aside, mtime=MTIME)
        return sha256

    def path(self, sha256: str, extension: str) -> Path:
        """Return where the object with this hash stands, or would stand."""
        return self._folder / sha256[:2] / f"{sha256}{extension}"

    def find(self, sha256: str) -> Path | None:
        """Return where the object is, whatever its extension; else a sync engine's copy of it, if that is whole."""
        folder = self._folder / sha256[:2]
        if folder.is_symlink():
            return None
        usual = (folder / f"{sha256}{extension}" for extension in _KEPT_AS)
        if found := next((path for path in usual if is_ordinary(path, MAX_BYTES)), None):
            return found  # a listing of the folder takes ten times as long
        there = sorted(p for p in folder.glob(f"{sha256}*") if is_ordinary(p, MAX_BYTES))
        named = (path for path in there if _NAME.match(path.name))
        copies = (path for path in there if hashlib.sha256(path.read_bytes()).hexdigest() == sha256)
        return next(named, None) or next(copies, None)

    def remove(self, sha256: str) -> None:
        """Remove the object; one that is not there is no error."""
        while path := self.find(sha256):
            self._disk.unlink(path)
            self._disk.sync_folder(path.parent)

    def walk(self) -> Iterator[Path]:
        """Iterate over all files, by name; what a link leads to is not the vault's."""
        for folder in sorted(p for p in self._folder.glob("[0-9a-f][0-9a-f]") if p.is_dir() and not p.is_symlink()):
            yield from sorted(path for path in folder.iterdir() if is_ordinary(path, MAX_BYTES))


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return -1

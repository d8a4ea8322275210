"""Which states of which files were dealt with, so that a restart looks at none of them again.

A fingerprint of 8 bytes stands for path, size, time and inode: the list tells nobody what lies in the folder. Losing it
costs time only: what is taken in twice is *already there*.
"""

from __future__ import annotations

import contextlib
import hashlib
from pathlib import Path

from passport.intake.settling import Shape

_MAGIC = b"bpknown1"
_WIDTH = 8
_SPARE = 4096
"""So many fingerprints of vanished files are carried along before the list is written anew."""


class Known:
    """A set of fingerprints with a file behind it."""

    def __init__(self, file: Path | None = None, *, tag: str = "") -> None:
        """`tag` says what the list belongs to (the vault's id); a list of something else is not read."""
        self._file = file
        self._head = _MAGIC + hashlib.blake2b(tag.encode(), digest_size=_WIDTH).digest()
        self._marks, self._sound = self._load()
        self._unsaved = bytearray()

    def __len__(self) -> int:
        """Return how many are known."""
        return len(self._marks)

    def has(self, path: str, shape: Shape) -> bool:
        """Whether a file was dealt with in this state."""
        return _mark(path, shape) in self._marks

    def add(self, path: str, shape: Shape) -> None:
        """Note that a file was dealt with; `save` makes it last."""
        mark = _mark(path, shape)
        if mark not in self._marks:
            self._marks.add(mark)
            self._unsaved += mark

    def keep_only(self, files: list[tuple[str, Shape]]) -> None:
        """Forget all but these, when enough has vanished to be worth it."""
        there = {_mark(path, shape) for path, shape in files}
        if len(self._marks) > len(there) + _SPARE:
            self._marks &= there
            self._sound = False

    def save(self) -> None:
        """Write what is new. On a full disk the files will be looked at once more after a restart."""
        if self._file is None or (self._sound and not self._unsaved):
            return
        with contextlib.suppress(OSError):
            if self._sound:
                with self._file.open("ab") as stream:
                    stream.write(self._unsaved)
            else:
                self._rewrite(self._file)
                self._sound = True
            self._unsaved.clear()

    def _load(self) -> tuple[set[bytes], bool]:
        """Return the fingerprints, and whether the file can be written on to."""
        try:
            data = self._file.read_bytes() if self._file is not None else b""
        except OSError:
            data = b""
        if not data.startswith(self._head):
            return set(), False
        body = data[len(self._head) :]
        marks = {body[i : i + _WIDTH] for i in range(0, len(body) - _WIDTH + 1, _WIDTH)}
        return marks, len(body) % _WIDTH == 0

    def _rewrite(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        aside = file.with_suffix(".tmp")
        aside.touch(0o600)
        aside.write_bytes(self._head + b"".join(self._marks))
        aside.replace(file)


def _mark(path: str, shape: Shape) -> bytes:
    text = f"{path}\0{shape.size}\0{shape.mtime_ns}\0{shape.inode}"
    return hashlib.blake2b(text.encode("utf-8", "surrogateescape"), digest_size=_WIDTH).digest()

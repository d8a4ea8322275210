"""Disks that die, fail, note down, or do their work badly: handed to the vault in place of its own."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from passport.disk import Disk

OPERATIONS = (
    "open_new",
    "write",
    "sync",
    "truncate",
    "close",
    "rename",
    "unlink",
    "make_folder",
    "sync_folder",
    "sync_all",
)


@dataclass(frozen=True)
class Done:
    """One operation as it was asked for."""

    name: str
    path: Path
    target: Path | None = None
    data: bytes = b""
    size: int = 0


class Noting(Disk):
    """Does all, and tells of each operation before it is done."""

    def __init__(self, *, base: Disk | None = None) -> None:
        self.base = base or Disk()
        self.paths: dict[int, Path] = {}

    def before(self, done: Done) -> None:
        """Hear of an operation that is about to be done; may raise, or never return."""

    def after(self, done: Done) -> None:
        """Hear that it is done."""

    def _step(self, done: Done, action: Callable[[], object]) -> object:
        self.before(done)
        found = action()
        self.after(done)
        return found

    def open_new(self, path: Path) -> int:
        descriptor = self._step(Done("open_new", path), lambda: self.base.open_new(path))
        assert isinstance(descriptor, int)
        self.paths[descriptor] = path
        return descriptor

    def write(self, descriptor: int, data: bytes) -> None:
        self._step(Done("write", self._path(descriptor), data=data), lambda: self.base.write(descriptor, data))

    def sync(self, descriptor: int) -> None:
        self._step(Done("sync", self._path(descriptor)), lambda: self.base.sync(descriptor))

    def truncate(self, descriptor: int, size: int) -> None:
        self._step(Done("truncate", self._path(descriptor), size=size), lambda: self.base.truncate(descriptor, size))

    def close(self, descriptor: int) -> None:
        self._step(Done("close", self._path(descriptor)), lambda: self.base.close(descriptor))
        self.paths.pop(descriptor, None)

    def rename(self, source: Path, target: Path) -> None:
        self._step(Done("rename", source, target), lambda: self.base.rename(source, target))

    def unlink(self, path: Path) -> None:
        self._step(Done("unlink", path), lambda: self.base.unlink(path))

    def make_folder(self, path: Path) -> None:
        self._step(Done("make_folder", path), lambda: self.base.make_folder(path))

    def sync_folder(self, path: Path) -> None:
        self._step(Done("sync_folder", path), lambda: self.base.sync_folder(path))

    def sync_all(self) -> None:
        self._step(Done("sync_all", Path()), self.base.sync_all)

    def _path(self, descriptor: int) -> Path:
        known = self.paths.get(descriptor)
        return known if known is not None else Path(f"/proc/self/fd/{descriptor}").readlink()


class Recording(Noting):
    """Keeps a list of all operations; `marks` between them say what was promised then."""

    def __init__(self, *, base: Disk | None = None) -> None:
        super().__init__(base=base)
        self.log: list[Done | str] = []

    def before(self, done: Done) -> None:
        self.log.append(done)

    def mark(self, promise: str) -> None:
        """Note that something was acknowledged now."""
        self.log.append(promise)

    @property
    def operations(self) -> int:
        """How many operations there were."""
        return sum(isinstance(one, Done) for one in self.log)


class Deadly(Noting):
    """Kills its own process (SIGKILL) at the n-th operation: before it, in the middle of a write, or after it."""

    def __init__(self, number: int, how: str, *, base: Disk | None = None) -> None:
        super().__init__(base=base)
        self._left = number
        self._how = how

    def before(self, done: Done) -> None:
        self._left -= 1
        if self._left == 0 and self._how == "before":
            die()
        if self._left == 0 and self._how == "middle" and isinstance(self.base, Copying):
            self.base.die_between = True

    def after(self, done: Done) -> None:
        if self._left == 0 and self._how == "after":
            die()

    def write(self, descriptor: int, data: bytes) -> None:
        if self._left == 1 and self._how == "middle":
            self.base.write(descriptor, data[: len(data) // 2])
            die()
        super().write(descriptor, data)


def die() -> None:
    """End this process as a power cut ends it: nothing is flushed, no handler runs."""
    os.kill(os.getpid(), signal.SIGKILL)
    signal.pause()


class Failing(Noting):
    """Raises an error of the system at the n-th operation, once, or at it and all that follow until `mended`."""

    def __init__(self, number: int, code: int, *, lasting: bool = False) -> None:
        super().__init__()
        self._left = number
        self._code = code
        self._lasting = lasting
        self.failed = 0

    def mend(self) -> None:
        """Work again."""
        self._left = 1 << 60

    def before(self, done: Done) -> None:
        if done.name in {"close", "unlink"} and self._lasting:
            return  # a full or failing disk lets go of files and removes them
        self._left -= 1
        if self._left == 0 or (self._lasting and self._left < 0):
            self.failed += 1
            raise OSError(self._code, os.strerror(self._code), str(done.path))


# -- defences switched off: each of these must make the tests fail ----------------------------------------------------


class Forgetful(Disk):
    """Says that it has synced when it has not."""

    def sync(self, descriptor: int) -> None:
        """Do nothing."""


class ForgetfulOfFolders(Disk):
    """Does not sync folders."""

    def sync_folder(self, path: Path) -> None:
        """Do nothing."""


class Buffering(Disk):
    """Keeps what is written in memory until the file is closed, as a program that forgets to flush."""

    def __init__(self) -> None:
        self._waiting: dict[int, list[bytes]] = {}

    def write(self, descriptor: int, data: bytes) -> None:
        self._waiting.setdefault(descriptor, []).append(data)

    def close(self, descriptor: int) -> None:
        super().write(descriptor, b"".join(self._waiting.pop(descriptor, [])))
        super().close(descriptor)


class Copying(Disk):
    """Puts files in their place by copying them there, not by renaming."""

    die_between = False

    def rename(self, source: Path, target: Path) -> None:
        data = source.read_bytes()
        target.write_bytes(data[: len(data) // 2])
        if self.die_between:
            die()
        target.write_bytes(data)
        source.unlink()


class Hasty(Disk):
    """Gives objects their names only when the next line stands in the journal: the row first, its file later."""

    def __init__(self) -> None:
        self._late: list[tuple[Path, Path]] = []
        self._line_stands = False

    def rename(self, source: Path, target: Path) -> None:
        if "objects" in target.parts:
            self._late.append((source, target))
        else:
            super().rename(source, target)

    def write(self, descriptor: int, data: bytes) -> None:
        super().write(descriptor, data)
        self._line_stands = b'"of":' in data

    def sync(self, descriptor: int) -> None:
        super().sync(descriptor)
        if self._line_stands:
            late, self._late = self._late, []
            for source, target in late:
                super().rename(source, target)

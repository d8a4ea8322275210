"""What the running daemon lets itself be told: pause, resume, new settings, end. It also owns the watcher."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import platformdirs

from passport.intake.known import Known
from passport.intake.road import Intake
from passport.intake.watched import FolderStatus
from passport.intake.watching import Watcher
from passport.settings import Places, Settings
from passport.vault.model import Origin

log = logging.getLogger(__name__)


class Steering:
    """The `Control` of a daemon. Used on the daemon's loop."""

    def __init__(self, intake: Intake, places: Places, stop: Callable[[], None]) -> None:
        self._intake = intake
        self._places = places
        self._stop = stop
        self._loop = asyncio.get_running_loop()
        self._watcher: Watcher | None = None
        self._timer: asyncio.TimerHandle | None = None
        self.changed: Callable[[], None] = lambda: None
        """Told when it is not paused any more, or settings are others."""
        self._until: datetime | None = None

    @property
    def paused(self) -> bool:
        """Whether watching rests."""
        return self._watcher is None or self._watcher.paused

    @property
    def settings(self) -> Settings:
        """The settings as they are now."""
        return self._intake.settings

    @property
    def watching(self) -> Sequence[Path]:
        """The folders that are watched."""
        return folders(self._intake.settings)

    @property
    def paused_until(self) -> datetime | None:
        """When watching goes on by itself; None: it does not rest, or until it is resumed."""
        return self._until

    @property
    def scanned_at(self) -> datetime | None:
        """When all folders were last looked through."""
        ago = self._watcher.seconds_since_scan if self._watcher else None
        return None if ago is None else datetime.now(UTC) - timedelta(seconds=ago)

    @property
    def folders(self) -> Sequence[FolderStatus]:
        """How each folder is watched."""
        return self._watcher.status() if self._watcher else ()

    async def start(self) -> None:
        """Begin to watch, with what came while nobody did."""
        watch = replace(self._intake.settings.watch, folders=tuple(self.watching))
        known = Known(self._places.state / "known", tag=str(self._places.vault))
        self._watcher = Watcher(watch, self._take, known=known, health=tell_health)
        await asyncio.to_thread(self._watcher.start)

    async def pause(self, seconds: float | None) -> None:
        """Let watching rest, for so long or until resumed."""
        self._cancel()
        if self._watcher:
            self._watcher.pause()
        if seconds:
            self._timer = self._loop.call_later(seconds, self._resume)
            self._until = datetime.now(UTC) + timedelta(seconds=seconds)

    async def resume(self) -> None:
        """Watch again."""
        self._resume()

    def _resume(self) -> None:
        self._cancel()
        if self._watcher:
            self._watcher.resume()
        self.changed()

    def _cancel(self) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer = self._until = None

    async def apply(self, settings: Settings) -> None:
        """Work with these settings from now on; what is paused stays paused."""
        before, was_paused = self._intake.settings.watch, self.paused
        self._intake.settings = settings
        self.changed()
        if self._watcher is None or settings.watch == before:
            return
        await asyncio.to_thread(self._watcher.stop)
        await self.start()
        if was_paused:
            await self.pause(None)

    async def end(self) -> None:
        """Watch no more."""
        self._cancel()
        if self._watcher:
            await asyncio.to_thread(self._watcher.stop)

    def stop(self) -> None:
        """End the program, in order."""
        self._stop()

    def _take(self, path: Path) -> Future[bool]:
        return asyncio.run_coroutine_threadsafe(self._take_in(path), self._loop)

    async def _take_in(self, path: Path) -> bool:
        taken = await self._intake.take_path(path, origin=Origin(kind="watched", detail=str(path)))
        for one in taken:
            # names of files are nobody's business, and the log may be handed on
            log.info("A file (%s) arrived: %s", path.suffix or "no suffix", one.result)
        return True


def folders(settings: Settings) -> tuple[Path, ...]:
    """Return the folders of the settings; without any, the computer's download folder."""
    return settings.watch.folders or (Path(platformdirs.user_downloads_dir()),)


def tell_health(status: FolderStatus) -> None:
    """Write down how a folder is watched."""
    log.info("%s is watched: %s%s", status.folder, status.mode, f" ({status.reason})" if status.reason else "")

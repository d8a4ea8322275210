"""A daemon for one command: the same app in this process, on a port of its own, with the vault's lock."""

from __future__ import annotations

from passport.cli.assembly import Plan
from passport.cli.looping import LoopThread
from passport.cli.privacy import be_private
from passport.cli.speaking import Daemon
from passport.settings import Places, Settings


class PrivateDaemon:
    """Lives as long as the command."""

    def __init__(self, places: Places) -> None:
        self._plan = Plan(places=places, settings=Settings.load(places.settings_file), port=0, private=True)
        self._thread: LoopThread | None = None

    def start(self) -> Daemon:
        """Take the lock and be ready. Raise VaultError while somebody else has it."""
        be_private()
        thread = LoopThread(self._plan)
        parts = thread.start()
        self._thread = thread
        return Daemon(parts.port, parts.owner_key)

    def close(self) -> None:
        """Let go of everything."""
        if self._thread is not None:
            self._thread.stop()
            self._thread.join()

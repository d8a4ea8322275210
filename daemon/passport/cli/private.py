"""A daemon for one command: the same app in this process, on a port of its own, with the vault's lock."""

from __future__ import annotations

import os

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
        self._umask: int | None = None

    def start(self) -> Daemon:
        """Take the lock and be ready. Raise VaultError while somebody else has it."""
        before = be_private()
        self._umask = before if self._umask is None else self._umask  # it is started anew while another has the lock
        thread = LoopThread(self._plan)
        parts = thread.start()
        self._thread = thread
        return Daemon(parts.port, parts.owner_key)

    def close(self) -> None:
        """Let go of everything; what the command itself writes then is as its user wants it."""
        if self._thread is not None:
            self._thread.stop()
            self._thread.join()
        if self._umask is not None:
            os.umask(self._umask)
            self._umask = None

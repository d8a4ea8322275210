"""Where a command's requests go: to the running daemon, or to one made for this command alone."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from passport.cli.speaking import Daemon
from passport.errors import PassportError, VaultError
from passport.settings import Places

if TYPE_CHECKING:
    from passport.cli.private import PrivateDaemon

LOCK_PATIENCE_S = 120.0
"""How long to wait for another command that holds the vault."""
LOCK_RETRY_S = 0.1


@contextmanager
def connected(places: Places | None = None) -> Iterator[Daemon]:
    """Yield a daemon to ask. Without a running one, this process holds the vault's lock until the context ends."""
    places = places or Places.from_environment()
    daemon = Daemon.find(places)
    if daemon is not None:
        yield daemon
        return
    from passport.cli.private import PrivateDaemon

    private = PrivateDaemon(places)
    try:
        yield _started(private, places)
    finally:
        private.close()


def _started(private: PrivateDaemon, places: Places) -> Daemon:
    """Start it; while another process holds the lock, wait: it is a command that will end, or a daemon to ask."""
    ends_at = time.monotonic() + LOCK_PATIENCE_S
    while True:
        try:
            return private.start()
        except VaultError as error:
            daemon = Daemon.find(places)
            if daemon is not None:
                return daemon
            if not in_use(error) or time.monotonic() > ends_at:
                raise
            time.sleep(LOCK_RETRY_S)


def in_use(error: VaultError) -> bool:
    """Whether the vault is merely in use by another process."""
    return error.problem.startswith("Another Badge Passport")


def running_daemon() -> Daemon:
    """Return the running daemon. Raise PassportError when there is none."""
    daemon = Daemon.find(Places.from_environment())
    if daemon is None:
        raise PassportError("Badge Passport is not running.", remedy="Start it with `badge-passport start`.")
    return daemon

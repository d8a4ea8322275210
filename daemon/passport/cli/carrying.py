"""Moving the vault into a synced folder, joining one, and this computer's key: what the running daemon does of it.

The vault cannot be exchanged under a daemon that works with it: it asks to be ended, the carrying is done, and it
starts anew in the same process, at the same port, with whoever was signed in.
"""

from __future__ import annotations

import asyncio
import logging
import platform
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from passport.disk import Disk
from passport.errors import PassportError, VaultError
from passport.keychain import ASKED_TIMEOUT_S, START_TIMEOUT_S, Keychain, KeychainTroubleError
from passport.settings import Places, write_settings
from passport.vault.clock import Clock
from passport.vault.joining import Asked, answer_to, ask, withdraw
from passport.vault.marker import machine_fingerprint, read_device
from passport.vault.moving import Carrier, check_join, check_target, join, move
from passport.vault.signing import DeviceKey
from passport.vault.trust import Peer, Trust

ANSWER_S = 0.5
PROBLEM_FILE = "carrying.txt"
log = logging.getLogger(__name__)


async def key_where_shared(places: Places, keychain: Keychain) -> DeviceKey | None:
    """Return this computer's key where the passport is shared; None: it is not, or the keyring does not give it."""
    if not Trust(Disk(), places.state).shared:
        return None
    with suppress(PassportError, OSError):
        device = await asyncio.to_thread(read_device, Disk(), places.state, machine_fingerprint())
        return await own_key(keychain, device.id, make=False, timeout_s=START_TIMEOUT_S)
    return None


async def own_key(keychain: Keychain, device: str, *, make: bool, timeout_s: float = ASKED_TIMEOUT_S) -> DeviceKey:
    """Return this computer's key; a new one only where there never was one. Raise PassportError."""
    name = f"device:{device}"
    text = await keychain.get(name, timeout_s=timeout_s)
    if text is None and make:
        key = DeviceKey.generate()
        await keychain.set(name, key.to_text())
        return key
    try:
        return DeviceKey.from_text(text or "")
    except ValueError as error:
        raise PassportError(
            "This computer's key is not in the keyring.", remedy="Restore the keyring, or join the passport again."
        ) from error


def this_computer() -> str:
    """Return this computer's name, for the others."""
    return platform.node()[:80] or "a computer"


@dataclass(frozen=True, slots=True)
class Self:
    """This computer and its key."""

    peer: Peer
    key: DeviceKey


async def myself(places: Places, keychain: Keychain) -> Self:
    """Return this computer, with a key; one is made where there never was one. Raise PassportError."""
    device = await asyncio.to_thread(read_device, Disk(), places.state, machine_fingerprint())
    try:
        key = await own_key(keychain, device.id, make=True)
    except KeychainTroubleError as error:
        problem = f"Sharing needs a place for this computer's key. {error.problem}"
        raise PassportError(problem, remedy=error.remedy) from error
    return Self(Peer(id=device.id, name=this_computer(), key=key.public), key)


def carrier_of(places: Places, key: DeviceKey, clock: Clock) -> Carrier:
    """Return what carrying needs."""

    def settle(folder: Path) -> None:
        write_settings(places, {"vault.folder": str(folder)})

    return Carrier(key=key, settle=settle, clock=clock)


class Carrying:
    """The running daemon's part: checks, asks, waits, and lets the daemon start anew. Used on its loop."""

    def __init__(
        self, places: Places, keychain: Keychain, clock: Clock, anew: Callable[[Callable[[], None]], None]
    ) -> None:
        self._places = places
        self._keychain = keychain
        self._clock = clock
        self._anew = anew
        self._asked: Asked | None = None
        self._waiting: asyncio.Task[None] | None = None
        self.busy = False
        self.problem = last_problem(places)

    @property
    def code(self) -> str | None:
        """The code that is to be typed on the first computer."""
        return self._asked.code if self._asked else None

    async def move(self, folder: Path) -> None:
        """Move the vault into a folder and share it. Raise PassportError where that cannot be begun."""
        if folder != self._places.vault:
            await asyncio.to_thread(check_target, self._places, folder)
        me = await myself(self._places, self._keychain)
        carrier = carrier_of(self._places, me.key, self._clock)
        self._begin(lambda: move(self._places, folder, me.peer.name, carrier))

    async def join(self, folder: Path) -> str:
        """Ask to join the passport in a folder; return the code. Raise PassportError."""
        await self.give_up()
        marker = await asyncio.to_thread(check_join, self._places, folder)
        me = await myself(self._places, self._keychain)
        try:
            self._asked = await asyncio.to_thread(ask, Disk(), folder, marker.id, me.peer, self._clock())
        except OSError as error:
            raise VaultError(f"{folder} cannot be written: {error.strerror}.") from error
        self.problem = None
        self._waiting = asyncio.get_running_loop().create_task(self._wait(self._asked, me))
        return self._asked.code

    async def give_up(self) -> None:
        """Ask no more."""
        if self._waiting is not None:
            self._waiting.cancel()
            with suppress(asyncio.CancelledError):
                await self._waiting
        if self._asked is not None:
            await asyncio.to_thread(withdraw, self._asked)
        self._asked = self._waiting = None

    async def _wait(self, asked: Asked, me: Self) -> None:
        try:
            while True:
                peers = await asyncio.to_thread(answer_to, asked, self._clock())
                if peers is not None:
                    break
                await asyncio.sleep(ANSWER_S)
        except (PassportError, OSError) as error:
            self.problem, self._asked = str(error), None
            with suppress(OSError):
                await asyncio.to_thread(withdraw, asked)
            return
        carrier = carrier_of(self._places, me.key, self._clock)

        def step() -> None:
            join(self._places, asked.folder, me.peer, peers, carrier)
            withdraw(asked)

        self._begin(step)

    def _begin(self, step: Callable[[], None]) -> None:
        self.busy = True

        def guarded() -> None:
            try:
                step()
            except (PassportError, OSError) as error:
                log.warning("The vault could not be carried: %s", error)
                (self._places.state / PROBLEM_FILE).write_text(str(error), encoding="utf-8")

        self._anew(guarded)


def last_problem(places: Places) -> str | None:
    """Return why carrying failed, once; None: it did not."""
    file = places.state / PROBLEM_FILE
    try:
        text = file.read_text(encoding="utf-8")
        file.unlink()
    except OSError:
        return None
    return text[:1000]

"""What the running daemon does of a shared passport by itself: it takes up what the sync program brings."""

from __future__ import annotations

import asyncio
import logging

from passport.cli.carrying import own_key
from passport.errors import PassportError
from passport.keychain import START_TIMEOUT_S, Keychain
from passport.vault.signing import DeviceKey
from passport.vault.vault import Vault

TAKE_UP_S = 0.4
"""How often a shared folder is looked at: what the sync program brings is here within a second."""
ALONE_S = 5.0
KEY_AGAIN_S = 30.0
LOOK_FIRST_S = 15.0
"""So long after something arrived, and as long as files are missing, the files are looked at: others come meanwhile."""
LOOK_AGAIN_S = 600.0
RENEW_AGAIN_S = 3600.0
"""Of true clones one is enough; a stranger who writes journals in this computer's name would have it do so for ever."""
log = logging.getLogger(__name__)


class TakingUp:
    """Takes up what the other computers say, for as long as the daemon lives."""

    def __init__(self, vault: Vault, keychain: Keychain) -> None:
        self._computers = vault.computers
        self._keychain = keychain
        self._next_key = KEY_AGAIN_S
        self._next_look = LOOK_FIRST_S
        self._next_renewal = 0.0

    async def run(self) -> None:
        """Work until cancelled; what fails is said once and tried again."""
        loop, said = asyncio.get_running_loop(), ""
        began = loop.time()
        while True:
            await asyncio.sleep(TAKE_UP_S if self._computers.shared else ALONE_S)
            try:
                if self._computers.shared:
                    await self._once(loop.time() - began)
                said = ""
            except PassportError as error:
                if str(error) != said:
                    log.warning("What other computers said could not be taken up: %s", error.problem)
                said = str(error)
            except Exception:
                if said != "failed":
                    log.exception("Taking up what other computers said failed; it is tried again.")
                said = "failed"

    async def _once(self, now: float) -> None:
        computers = self._computers
        if await asyncio.to_thread(computers.take_up):
            self._next_look = min(self._next_look, now + LOOK_FIRST_S)
        if computers.locked and now >= self._next_key:
            self._next_key = now + KEY_AGAIN_S
            key = await own_key(self._keychain, computers.device, make=False, timeout_s=START_TIMEOUT_S)
            await asyncio.to_thread(computers.unlock, key)
        if computers.cloned and not computers.locked and now >= self._next_renewal:
            self._next_renewal = now + RENEW_AGAIN_S
            await self._renew()
        if now >= self._next_look:
            await asyncio.to_thread(computers.look_at_files)
            self._next_look = now + (LOOK_FIRST_S if computers.looked.missing else LOOK_AGAIN_S)

    async def _renew(self) -> None:
        """Take another id: a clone of this computer (a restored image, a copied virtual machine) speaks with its id."""
        key = DeviceKey.generate()
        device = await asyncio.to_thread(self._computers.renew, key)
        log.warning("A clone of this computer writes with its id; it is %s from now on.", device)
        await self._keychain.set(f"device:{device}", key.to_text())

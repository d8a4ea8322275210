"""Politeness to hosts: few requests at a time, and none for a while to one that just left us waiting."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

AT_ONCE = 8
AT_ONCE_PER_HOST = 2
PATIENCE = 3
"""So many timeouts one after another…"""
REST_S = 60.0
"""…and a host is left alone for so long. Refused connections cost nothing and do not count."""


@dataclass(slots=True)
class _Host:
    slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE_PER_HOST))
    users: int = 0
    timeouts: int = 0
    rests_until: float = 0.0


class Hosts:
    """Who is being asked at the moment, and who does not answer."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._all = asyncio.Semaphore(AT_ONCE)
        self._hosts: dict[str, _Host] = {}

    @asynccontextmanager
    async def turn(self, name: str) -> AsyncIterator[None]:
        """Wait for a turn to ask a host."""
        host = self._hosts.setdefault(name, _Host())
        host.users += 1
        try:
            async with host.slots, self._all:
                yield
        finally:
            host.users -= 1
            self._forget_quiet()

    def rests(self, name: str) -> bool:
        """Whether a host is left alone because it answered nothing several times."""
        host = self._hosts.get(name)
        return host is not None and host.rests_until > self._monotonic()

    def timed_out(self, name: str) -> None:
        """Note that a host left us waiting."""
        host = self._hosts.setdefault(name, _Host())
        host.timeouts += 1
        if host.timeouts >= PATIENCE:
            host.rests_until = self._monotonic() + REST_S  # after the rest one more timeout is enough

    def answered(self, name: str) -> None:
        """Note that a host answered."""
        host = self._hosts.get(name)
        if host is not None:
            host.timeouts = 0
            host.rests_until = 0.0

    def _forget_quiet(self) -> None:
        now = self._monotonic()
        quiet = [n for n, h in self._hosts.items() if not h.users and not h.timeouts and h.rests_until <= now]
        for name in quiet:
            del self._hosts[name]

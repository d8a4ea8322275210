"""The one way to open connections: no cookies, no proxies, guarded addresses, verified TLS.

Whoever speaks to servers (`fetcher`, `posting`, `uploading`) does so by a `Line`, so that no guard can be forgotten;
what differs between them is their `Manner`, and none of it is a guard.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import aiohttp

from passport import __version__
from passport.errors import SettingsError
from passport.fetching.guard import Guard, Lookup, OpenSocket
from passport.settings import NetworkSettings

USER_AGENT = f"BadgePassport/{__version__}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How a door behaves towards servers. Times in seconds."""

    connect_s: float
    read_s: float
    """Between two pieces of an answer."""
    whole_s: float | None = None
    """For everything; None: whoever asks sees to it."""
    at_once: int
    per_host: int = 0
    """0: no limit of its own."""
    keep_alive: bool = True
    """Whether connections are used again."""


class Line:
    """A session of aiohttp that is opened with the first request, for one event loop. Every connection is guarded."""

    def __init__(
        self,
        network: NetworkSettings,
        manner: Manner,
        *,
        own_ports: Callable[[], Collection[int]] = tuple,
        user_agent: str = USER_AGENT,
        lookup: Lookup | None = None,
        open_socket: OpenSocket = socket.socket,
    ) -> None:
        """`own_ports` are the daemon's own; they are never connected to. The last two are seams for tests."""
        self._extra_ca = network.extra_ca
        self._manner = manner
        self._user_agent = user_agent
        self._guard = Guard(network, own_ports=own_ports, lookup=lookup, open_socket=open_socket)
        self._opening = asyncio.Lock()
        self._session: aiohttp.ClientSession | None = None

    async def opened(self) -> aiohttp.ClientSession:
        """Return the session; the first time it takes a while: certificate authorities are loaded."""
        async with self._opening:
            if self._session is None:
                trust = await asyncio.to_thread(tls_context, self._extra_ca)
                self._session = self._open(trust)
            return self._session

    def _open(self, trust: ssl.SSLContext) -> aiohttp.ClientSession:
        manner = self._manner
        connector = aiohttp.TCPConnector(
            resolver=self._guard,
            socket_factory=self._guard.socket,
            ssl=trust,
            use_dns_cache=False,
            limit=manner.at_once,
            limit_per_host=manner.per_host,
            force_close=not manner.keep_alive,
        )
        timeout = aiohttp.ClientTimeout(total=manner.whole_s, sock_connect=manner.connect_s, sock_read=manner.read_s)
        return aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,  # `reading` unpacks, within limits
            trust_env=False,  # a proxy would look names up out of our sight
            timeout=timeout,
            headers={"User-Agent": self._user_agent, "Accept-Encoding": "gzip"},
        )

    async def close(self) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()
        await self._guard.close()


class Door:
    """What speaks to servers by a `Line`: open within `async with`, or until `close`."""

    def __init__(self, line: Line) -> None:
        self._line = line

    async def close(self) -> None:
        """Close all connections."""
        await self._line.close()

    async def __aenter__(self) -> Self:
        """Return the door."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        await self.close()


def tls_context(extra_ca: Path | None) -> ssl.SSLContext:
    """Return whom to believe: the computer's certificate authorities, and those of `extra_ca`. Raise SettingsError."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if extra_ca is None:
        return context
    try:
        context.load_verify_locations(cafile=extra_ca)
    except (OSError, ssl.SSLError) as error:
        raise SettingsError(
            f"The certificate authorities in {extra_ca} cannot be read.",
            remedy="Mend [network] extra_ca in settings.toml.",
        ) from error
    return context

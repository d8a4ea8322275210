"""The door to a server that the owner named for uploads: many requests over few connections, no redirects.

A server in the owner's own network is welcome here (the owner wrote its address), the daemon itself is not. `resolve`
and `extra_ca` of `[network]` count as everywhere.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Self

import aiohttp
from yarl import URL

from passport import __version__
from passport.fetching.answers import sentence
from passport.fetching.guard import Guard
from passport.fetching.session import tls_context
from passport.settings import NetworkSettings

CONNECT_S, READ_S, WHOLE_S = 10.0, 60.0, 300.0
AT_ONCE = 4
MAX_ANSWER_BYTES = 16 << 20


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes


class UploadError(OSError):
    """No whole answer came; the message is a sentence."""


class Uploader:
    """Requests to one server. Use it as a context, in one event loop."""

    def __init__(self, network: NetworkSettings, *, own_ports: Callable[[], Collection[int]] = tuple) -> None:
        """`own_ports` are the daemon's own; they are never connected to."""
        self._network = replace(network, allow_private_addresses=True)
        self._guard = Guard(self._network, own_ports=own_ports, open_socket=socket.socket)
        self._session: aiohttp.ClientSession | None = None

    async def __call__(self, method: str, url: str, headers: Mapping[str, str], body: bytes = b"") -> Answer:
        """Return the answer, whatever its status. Raise UploadError."""
        if self._session is None:
            raise UploadError("The connection is closed.")
        try:
            async with self._session.request(
                method, URL(url, encoded=True), headers=headers, data=body or None, allow_redirects=False
            ) as response:
                content = await _whole(response)
                return Answer(response.status, {k.lower(): v for k, v in response.headers.items()}, content)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise UploadError(sentence(error)) from error

    async def __aenter__(self) -> Self:
        """Open the session."""
        trust = await asyncio.to_thread(tls_context, self._network.extra_ca)
        connector = aiohttp.TCPConnector(
            resolver=self._guard, socket_factory=self._guard.socket, ssl=trust, use_dns_cache=False, limit=AT_ONCE
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,  # a proxy would look names up out of our sight
            timeout=aiohttp.ClientTimeout(total=WHOLE_S, sock_connect=CONNECT_S, sock_read=READ_S),
            headers={"User-Agent": f"BadgePassport/{__version__}"},
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        if self._session is not None:
            await self._session.close()
        await self._guard.close()


async def _whole(response: aiohttp.ClientResponse) -> bytes:
    """Return the whole body: half a manifest would be none. Raise UploadError for a very long one."""
    content = bytearray()
    async for piece in response.content.iter_chunked(1 << 16):
        content += piece
        if len(content) > MAX_ANSWER_BYTES:
            raise UploadError("The server's answer is too long.")
    return bytes(content)

"""The door to a server that the owner named for uploads: many requests over few connections, no redirects.

A server in the owner's own network is welcome here (the owner wrote its address), the daemon itself is not. `resolve`
and `extra_ca` of `[network]` count as everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Self

import aiohttp
from yarl import URL

from passport.fetching.answers import sentence
from passport.fetching.reading import TooLargeError, body_of
from passport.fetching.session import Door, Line, Manner
from passport.settings import NetworkSettings

MANNER = Manner(connect_s=10.0, read_s=60.0, whole_s=300.0, at_once=4)
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


class Uploader(Door):
    """Requests to one server. Use it as a context, in one event loop."""

    def __init__(
        self, network: NetworkSettings, *, own_ports: Callable[[], Collection[int]] = tuple, manner: Manner = MANNER
    ) -> None:
        """`own_ports` are the daemon's own; they are never connected to."""
        super().__init__(Line(replace(network, allow_private_addresses=True), manner, own_ports=own_ports))
        self._open = False

    async def __call__(self, method: str, url: str, headers: Mapping[str, str], body: bytes = b"") -> Answer:
        """Return the answer, whatever its status. Raise UploadError."""
        if not self._open:
            raise UploadError("The connection is closed.")
        try:
            session = await self._line.opened()
            async with session.request(
                method, URL(url, encoded=True), headers=headers, data=body or None, allow_redirects=False
            ) as response:
                content = await body_of(response, MAX_ANSWER_BYTES)
                return Answer(response.status, {k.lower(): v for k, v in response.headers.items()}, content)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError, TooLargeError) as error:
            raise UploadError(sentence(error)) from error

    async def __aenter__(self) -> Self:
        """Return the door, open."""
        self._open = True
        return self

    async def close(self) -> None:
        """Close all connections; what is asked from then on is refused."""
        self._open = False
        await super().close()

"""The door by which something is sent: one request, one answer, and whether it can have arrived when there is none.

Same guard as the fetcher's. Three differences: no redirect is followed (what carries a token goes where it was meant to
go), every request has a connection of its own (a server that closes idle ones would leave it open whether a post was
taken), and tokens travel over https alone.
"""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

import aiohttp
from yarl import URL

from passport.fetching.answers import sentence
from passport.fetching.guard import Lookup, OpenSocket
from passport.fetching.observing import Asked, without_query
from passport.fetching.reading import TooLargeError, body_of
from passport.fetching.session import Door, Line, Manner
from passport.fetching.targets import RefusedError, checked
from passport.settings import NetworkSettings

MANNER = Manner(connect_s=10.0, read_s=30.0, whole_s=90.0, at_once=0, keep_alive=False)
"""The whole: with the upload of a picture over a slow line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """One request."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One answer."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes

    @property
    def said(self) -> object:
        """The body as JSON; None where it is none."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None


class NotReachedError(OSError):
    """Nothing was sent: the server could not be reached, or may not be. The message is a sentence."""


class UnansweredError(OSError):
    """Something was sent, and no whole answer came: it may have been taken. The message is a sentence."""


class Send(Protocol):
    """What sends."""

    async def __call__(self, sending: Sending) -> Reply:
        """Return the answer, whatever its status. Raise NotReachedError, UnansweredError."""


def observed(send: Send, observe: Callable[[Asked], None], clock: Callable[[], datetime]) -> Send:
    """Return a sender whose requests are noted: for the page of activity."""

    async def sent(sending: Sending) -> Reply:
        at, began = clock().isoformat(timespec="seconds").replace("+00:00", "Z"), time.monotonic()

        def note(status: int, received: int, problem: str | None) -> None:
            url, took_s = f"{sending.method} {without_query(sending.url)}", time.monotonic() - began
            observe(Asked(url=url, at=at, status=status, received=received, took_s=took_s, problem=problem))

        try:
            reply = await send(sending)
        except (NotReachedError, UnansweredError) as error:
            note(0, 0, str(error))
            raise
        note(reply.status, len(reply.body), None)
        return reply

    return sent


class Poster(Door):
    """Sends to servers. One for a program and an event loop; close it (or use it as a context)."""

    def __init__(
        self,
        network: NetworkSettings,
        *,
        own_ports: Callable[[], Collection[int]] = tuple,
        read_s: float = MANNER.read_s,
        lookup: Lookup | None = None,
        open_socket: OpenSocket = socket.socket,
    ) -> None:
        """`own_ports` are the daemon's own; they are never connected to. The last two are seams for tests."""
        self._network = network
        manner = replace(MANNER, read_s=read_s)
        super().__init__(Line(network, manner, own_ports=own_ports, lookup=lookup, open_socket=open_socket))

    async def __call__(self, sending: Sending) -> Reply:
        """Return the answer, whatever its status. Raise NotReachedError, UnansweredError."""
        url = self._checked(sending.url)
        session = await self._line.opened()
        try:
            async with session.request(
                sending.method, url, headers=sending.headers, data=sending.body or None, allow_redirects=False
            ) as response:
                body = await body_of(response, self._network)
                headers = {name.lower(): value for name, value in response.headers.items()}
                return Reply(status=response.status, headers=headers, body=body)
        except (RefusedError, aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise NotReachedError(sentence(error)) from error
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError, TooLargeError) as error:
            raise UnansweredError(sentence(error)) from error

    def _checked(self, text: str) -> URL:
        try:
            url = checked(text, self._network)
        except RefusedError as error:
            raise NotReachedError(str(error)) from error
        if url.scheme != "https" and not self._network.allow_private_addresses:
            raise NotReachedError("What belongs to an account is sent over https alone.")
        return url

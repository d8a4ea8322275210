"""The one door to the network: a URL in, a document out; never an exception for what a network does."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import UTC, datetime

import aiohttp
from yarl import URL

from passport.fetching.answers import REDIRECTS, conditions, document_of, next_hop, sentence
from passport.fetching.guard import Lookup, OpenSocket
from passport.fetching.hosts import AT_ONCE, AT_ONCE_PER_HOST, Hosts
from passport.fetching.observing import Asked, without_query
from passport.fetching.reading import TooLargeError, body_of
from passport.fetching.session import USER_AGENT, Door, Line, Manner
from passport.fetching.targets import RefusedError, checked
from passport.settings import NetworkSettings
from passport.verification.documents import RemoteDocument

MAX_REDIRECTS = 5
MANNER = Manner(connect_s=3.0, read_s=5.0, at_once=AT_ONCE, per_host=AT_ONCE_PER_HOST)
"""The whole has `NetworkSettings.timeout_s` (security reference 2.4)."""
_FAILURES = (aiohttp.ClientError, TimeoutError, OSError, ValueError, TooLargeError)


class Fetcher(Door):
    """Asks servers. One for a program and an event loop; close it (or use it as a context)."""

    def __init__(
        self,
        network: NetworkSettings,
        clock: Callable[[], datetime],
        *,
        user_agent: str = USER_AGENT,
        own_ports: Callable[[], Collection[int]] = tuple,
        observe: Callable[[Asked], None] = lambda _asked: None,
        lookup: Lookup | None = None,
        open_socket: OpenSocket = socket.socket,
    ) -> None:
        """`own_ports` are the daemon's own; they are never connected to. The last two are seams for tests."""
        self._network = network
        self._clock = clock
        self._observe = observe
        super().__init__(
            Line(network, MANNER, own_ports=own_ports, user_agent=user_agent, lookup=lookup, open_socket=open_socket)
        )
        self._hosts = Hosts(time.monotonic)

    async def __call__(self, url: str, known: RemoteDocument | None = None) -> RemoteDocument:
        """Return what a URL answers. With `known`, an answer kept from before, the server may say "unchanged"."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            document = await self._follow(url, known)
        except _FAILURES as error:
            document = RemoteDocument(url=url, fetched_at=self._now(), problem=sentence(error))
        self._observe(
            Asked(
                url=without_query(url),
                at=document.fetched_at,
                status=document.status,
                received=len(document.body),
                took_s=loop.time() - began,
                problem=document.problem,
            )
        )
        return document

    async def _follow(self, url: str, known: RemoteDocument | None) -> RemoteDocument:
        hop, left = checked(url, self._network), self._network.timeout_s
        for _ in range(MAX_REDIRECTS + 1):
            document, target, took = await self._ask(url, hop, known, left)
            if target is None:
                return document
            hop, left = checked(next_hop(hop, target), self._network), left - took
        raise RefusedError(f"The address leads on more than {MAX_REDIRECTS} times.")

    async def _ask(
        self, url: str, hop: URL, known: RemoteDocument | None, left: float
    ) -> tuple[RemoteDocument, str | None, float]:
        """Ask one server once. Return the document, where it leads on to, and the seconds it took."""
        session, hosts, host = await self._line.opened(), self._hosts, hop.host or ""
        async with hosts.turn(host):
            if hosts.rests(host):
                raise RefusedError(f"{host} did not answer several times in a row; it is left alone for a minute.")
            loop = asyncio.get_running_loop()
            began = loop.time()
            try:
                async with asyncio.timeout(left):
                    document, target = await self._get(session, url, hop, known)
            except TimeoutError:
                hosts.timed_out(host)
                raise
            hosts.answered(host)
            return document, target, loop.time() - began

    async def _get(
        self, session: aiohttp.ClientSession, url: str, hop: URL, known: RemoteDocument | None
    ) -> tuple[RemoteDocument, str | None]:
        headers = conditions(hop, known)
        async with session.get(hop, headers=headers, allow_redirects=False) as response:
            target = response.headers.get("Location") if response.status in REDIRECTS else None
            if target is not None:
                response.close()  # what a redirect says besides is of no interest
                return RemoteDocument(url=url, fetched_at=self._now()), target
            if response.status == 304 and known is not None and headers:
                return replace(known, fetched_at=self._now()), None
            try:
                body = await body_of(response, self._network)
            except TooLargeError:
                response.close()
                if response.ok:
                    raise
                body = b""  # the page that goes with "not found" may be as large as it likes
            return document_of(url, hop, response, body, self._now()), None

    def _now(self) -> str:
        return self._clock().astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

"""How many connections each door opens, and that none is left when it is closed."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import pytest
from tests.web.served import Clock

from passport.fetching import Fetcher
from passport.fetching.hosts import PATIENCE
from passport.fetching.posting import Poster, Sending
from passport.fetching.session import Door
from passport.fetching.uploading import Uploader, UploadError
from passport.settings import NetworkSettings

NETWORK = NetworkSettings(allow_private_addresses=True, timeout_s=60)
DOORS = ("fetching", "posting", "uploading")
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


class Counting:
    """A server that counts its connections, and answers when it is let."""

    def __init__(self) -> None:
        self.port = 0
        self.opened = self.open = self.asking = self.most = 0
        self.answers = asyncio.Event()
        self.answers.set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.opened += 1
        self.open += 1
        try:
            with suppress(asyncio.IncompleteReadError, ConnectionError):
                while True:
                    await self._answer(reader, writer)
        finally:
            self.open -= 1
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = await reader.readuntil(b"\r\n\r\n")
        self.asking += 1
        self.most = max(self.most, self.asking)
        if asked.startswith(b"GET /never"):
            await reader.read()
        await self.answers.wait()
        self.asking -= 1
        writer.write(ANSWER)
        await writer.drain()


@asynccontextmanager
async def counting() -> AsyncIterator[Counting]:
    counted = Counting()
    server = await asyncio.start_server(counted.serve, "127.0.0.1", 0)
    counted.port = server.sockets[0].getsockname()[1]
    try:
        yield counted
    finally:
        server.close()


def door(name: str) -> tuple[Door, Callable[[str], Awaitable[object]]]:
    """Return a door and how it is asked."""
    if name == "fetching":
        fetcher = Fetcher(NETWORK, Clock())
        return fetcher, fetcher
    if name == "posting":
        poster = Poster(NETWORK)
        return poster, lambda url: poster(Sending(method="GET", url=url))
    uploader = Uploader(NETWORK)
    return uploader, lambda url: uploader("GET", url, {})


async def until(true: Callable[[], bool]) -> None:
    for _ in range(6000):
        if true():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not come")


@pytest.mark.parametrize(("name", "connections"), [("fetching", 1), ("posting", 3), ("uploading", 1)])
async def test_what_is_sent_has_a_connection_of_its_own_and_what_is_fetched_shares_one(
    name: str, connections: int
) -> None:
    opened, ask = door(name)
    async with counting() as server, opened:
        for _ in range(3):
            await ask(f"http://127.0.0.1:{server.port}/")
    assert server.opened == connections


@pytest.mark.parametrize(("name", "most"), [("fetching", 2), ("posting", 9), ("uploading", 4)])
async def test_so_many_at_once_are_asked_of_one_server(name: str, most: int) -> None:
    opened, ask = door(name)
    async with counting() as server, opened:
        server.answers.clear()
        asking = [asyncio.create_task(ask(f"http://127.0.0.1:{server.port}/{n}")) for n in range(9)]
        await until(lambda: server.asking == most)
        await asyncio.sleep(0.05)
        server.answers.set()
        await asyncio.gather(*asking)
    assert server.most == most


@pytest.mark.parametrize("name", DOORS)
async def test_a_door_that_is_closed_leaves_no_connection_and_no_thread(name: str) -> None:
    def threads() -> int:
        return sum(one.name.startswith("names") for one in threading.enumerate())

    before = threads()
    opened, ask = door(name)
    async with counting() as server:
        async with opened as same:
            assert same is opened
            await ask(f"http://localhost:{server.port}/")
            assert threads() > before
        await until(lambda: server.open == 0 and threads() == before)


async def test_uploads_are_taken_between_opening_and_closing_alone() -> None:
    uploader = Uploader(NETWORK)
    async with counting() as server:
        url = f"http://127.0.0.1:{server.port}/"
        with pytest.raises(UploadError, match="closed"):
            await uploader("PUT", url, {}, b"x")
        async with uploader:
            assert (await uploader("PUT", url, {})).status == 200
        with pytest.raises(UploadError, match="closed"):
            await uploader("PUT", url, {}, b"x")
    assert server.opened == 1


async def test_a_host_that_answers_again_has_all_its_tries_again() -> None:
    network = NetworkSettings(allow_private_addresses=True, timeout_s=1)
    async with counting() as server, Fetcher(network, Clock()) as fetch:
        for name in ("never", "fast", "never", "fast"):
            for _ in range(PATIENCE - 1 if name == "never" else 1):
                document = await fetch(f"http://127.0.0.1:{server.port}/{name}")
                assert document.ok is (name == "fast"), document.problem

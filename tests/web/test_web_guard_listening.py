"""Connections: the header timer, the cap, and who gives way (security 2.1: slow or huge requests)."""

from __future__ import annotations

import asyncio
import contextlib
import time

import pytest

from passport.web import listening
from passport.web.listening import Gate, bind

pytestmark = pytest.mark.clock

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"


class Answering(asyncio.Protocol):
    """Answers when a header is whole."""

    def connection_made(self, transport):
        self.transport, self.seen = transport, b""

    def data_received(self, data):
        self.seen += data
        if b"\r\n\r\n" in self.seen:
            self.transport.write(OK)
            if b"keep" not in self.seen:
                self.transport.close()


@contextlib.asynccontextmanager
async def gate(**limits):
    listener = bind(0)
    server = await asyncio.get_running_loop().create_server(Gate(Answering, **limits), sock=listener)
    try:
        yield listener.getsockname()[1]
    finally:
        server.close()


async def connect(port, first=b""):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(first)
    return reader, writer


async def ends_within(reader, seconds):
    began = time.monotonic()
    with contextlib.suppress(ConnectionError, TimeoutError):
        await asyncio.wait_for(reader.read(), seconds)
    return time.monotonic() - began


async def test_half_a_header_is_waited_for_only_so_long():
    async with gate(header_timeout_s=0.2) as port:
        for first in (b"", b"G", b"GET / HTTP/1.1\r\nHost: x\r\n", b"GET / HTTP/1.1\r\n\r"):
            reader, writer = await connect(port, first)
            assert 0.1 < await ends_within(reader, 2) < 1
            writer.close()


async def test_a_trickled_header_gains_no_time():
    async with gate(header_timeout_s=0.3) as port:
        reader, writer = await connect(port, b"GET / HTTP/1.1\r\n")
        with contextlib.suppress(ConnectionError):
            for _ in range(10):
                writer.write(b"X: y\r\n")
                await asyncio.sleep(0.1)
        assert await ends_within(reader, 1) < 0.5


async def test_a_header_in_pieces_is_recognised():
    async with gate(header_timeout_s=1) as port:
        reader, writer = await connect(port)
        for piece in (b"GET / HTTP/1.1\r\n", b"Host: x\r", b"\n\r", b"\n"):
            writer.write(piece)
            await asyncio.sleep(0.02)
        assert await asyncio.wait_for(reader.read(), 1) == OK


async def test_who_sent_a_header_is_not_timed_out():
    async with gate(header_timeout_s=0.1) as port:
        reader, writer = await connect(port, b"GET /keep HTTP/1.1\r\n\r\n")
        assert await reader.readexactly(len(OK)) == OK
        await asyncio.sleep(0.3)
        writer.write(b" ")
        assert not reader.at_eof()
        writer.close()


async def test_half_open_connections_give_way_to_new_ones():
    async with gate(max_connections=5) as port:
        held = [await connect(port, b"GET") for _ in range(20)]
        reader, _ = await connect(port, b"GET / HTTP/1.1\r\n\r\n")
        assert await asyncio.wait_for(reader.read(), 1) == OK
        ended = [await ends_within(reader, 0.05) < 0.05 for reader, _ in held]
        assert ended.count(False) <= 5
        assert ended[0]
        for _, writer in held:
            writer.close()


async def test_when_all_are_in_earnest_the_next_is_told_so():
    async with gate(max_connections=3) as port:
        busy = [await connect(port, b"GET /keep HTTP/1.1\r\n\r\n") for _ in range(3)]
        for reader, _ in busy:
            await reader.readexactly(len(OK))
        reader, _ = await connect(port, b"GET / HTTP/1.1\r\n\r\n")
        assert (await asyncio.wait_for(reader.read(), 1)).startswith(b"HTTP/1.1 503")
        busy[0][1].close()
        await asyncio.sleep(0.05)
        reader, _ = await connect(port, b"GET / HTTP/1.1\r\n\r\n")
        assert await asyncio.wait_for(reader.read(), 1) == OK
        for _, writer in busy:
            writer.close()


async def test_the_app_stands_behind_the_gate(served):
    reader, writer = await connect(served.port, b"GET /api/v1/ping HTTP/1.1\r\n")
    assert listening.HEADER_TIMEOUT_S <= 10
    assert listening.MAX_CONNECTIONS == 128
    held = [await connect(served.port, b"GET") for _ in range(128)]
    assert await ends_within(reader, 1) < 0.5  # the oldest half-open one gave way
    assert (await served.ask("GET", "/api/v1/ping")).status == 200
    for _, other in [*held, (reader, writer)]:
        other.close()

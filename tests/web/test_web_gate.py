"""The gate before each connection, without sockets and without waiting: who is let in, and who gives way.

That it holds on a real socket and by a real clock is shown in `test_web_guard_listening.py`.
"""

from __future__ import annotations

import asyncio

import pytest
from aiohttp import web

from passport.errors import PassportError
from passport.web.listening import BUSY, LOOPBACK, PORTS_TO_TRY, Gate, bind, listening

HEADER = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
SOON = 0.0
"""The timer ends as soon as the loop is back."""
NEVER = 3600.0


class Wire(asyncio.Transport):
    """The other end of a connection: it notes what is done to it, and tells the protocol when it is cut."""

    def __init__(self, protocol: asyncio.Protocol) -> None:
        super().__init__()
        self.protocol = protocol
        self.written = b""
        self.closed = self.aborted = False
        protocol.connection_made(self)

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += data

    def close(self) -> None:
        self.closed = True

    def abort(self) -> None:
        self.aborted = True

    def say(self, *pieces: bytes) -> Wire:
        for piece in pieces:
            self.protocol.data_received(piece)
        return self


class Inner(asyncio.Protocol):
    """What stands behind the gate: it notes what reaches it."""

    def __init__(self) -> None:
        self.events: list[object] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.events.append("made")

    def data_received(self, data: bytes) -> None:
        self.events.append(data)

    def eof_received(self) -> bool:
        self.events.append("eof")
        return True

    def pause_writing(self) -> None:
        self.events.append("pause")

    def resume_writing(self) -> None:
        self.events.append("resume")

    def connection_lost(self, exc: Exception | None) -> None:
        self.events.append(exc)


class Door:
    """A gate, and what stands behind it for each connection."""

    def __init__(self, header_timeout_s: float = NEVER, max_connections: int = 2) -> None:
        self.inners: list[Inner] = []
        self.gate = Gate(self._inner, header_timeout_s, max_connections)

    def _inner(self) -> Inner:
        self.inners.append(Inner())
        return self.inners[-1]

    def connect(self, *pieces: bytes) -> Wire:
        return Wire(self.gate()).say(*pieces)


async def turns() -> None:
    """Let the loop come round a few times: a timer of no length has ended then."""
    for _ in range(5):
        await asyncio.sleep(0)


async def test_everything_is_passed_on_in_both_directions() -> None:
    door, error = Door(), OSError("cut")
    wire = door.connect(HEADER[:7], HEADER[7:], b"body")
    assert wire.protocol.eof_received() is True
    wire.protocol.pause_writing()
    wire.protocol.resume_writing()
    wire.protocol.connection_lost(error)
    assert door.inners[0].events == ["made", HEADER[:7], HEADER[7:], b"body", "eof", "pause", "resume", error]


@pytest.mark.parametrize(
    "pieces", [(), (b"G",), (HEADER[:-1],), (b"\r\n", b"X: y\r\n"), (b"\r", b"\n", b" \r\n"), (b"\n\n\n\n",)]
)
async def test_half_a_header_is_cut_off_when_its_time_is_over(pieces: tuple[bytes, ...]) -> None:
    wire = Door(SOON).connect(*pieces)
    assert not wire.aborted
    await turns()
    assert wire.aborted


@pytest.mark.parametrize("at", range(len(HEADER)))
async def test_a_whole_header_is_recognised_wherever_it_is_cut(at: int) -> None:
    wire = Door(SOON).connect(HEADER[:at], HEADER[at:])
    await turns()
    assert not wire.aborted


async def test_a_header_that_comes_byte_by_byte_is_recognised() -> None:
    wire = Door(SOON).connect(*(bytes([byte]) for byte in HEADER))
    await turns()
    assert not wire.aborted


async def test_the_timer_of_a_connection_that_has_ended_cuts_off_nobody() -> None:
    wire = Door(SOON).connect(b"GET")
    wire.protocol.connection_lost(None)
    await turns()
    assert not wire.aborted


async def test_the_oldest_half_open_connection_gives_way() -> None:
    door = Door()
    earnest, oldest, third = door.connect(HEADER), door.connect(b"G"), door.connect(b"G")
    assert (earnest.aborted, oldest.aborted, third.aborted) == (False, True, False)
    assert door.inners[2].events == ["made", b"G"]
    fourth = door.connect(HEADER)
    assert (earnest.aborted, third.aborted, fourth.closed) == (False, True, False)


async def test_where_all_are_in_earnest_the_next_is_told_that_it_is_busy_and_reaches_nobody() -> None:
    door = Door()
    first, second = door.connect(HEADER), door.connect(HEADER)
    refused = door.connect(HEADER)
    assert (refused.written, refused.closed) == (BUSY, True)
    assert refused.protocol.eof_received() is None
    refused.protocol.pause_writing()
    refused.protocol.resume_writing()
    refused.protocol.connection_lost(None)
    assert door.inners[2].events == []
    assert not (first.aborted)
    assert not (second.aborted)
    assert not refused.aborted


async def test_a_place_is_free_again_when_a_connection_ends() -> None:
    door = Door()
    first, _ = door.connect(HEADER), door.connect(HEADER)
    first.protocol.connection_lost(None)
    assert not door.connect(HEADER).closed
    assert door.connect(HEADER).closed


def test_who_is_told_that_it_is_busy_is_told_when_to_come_again() -> None:
    head, _, body = BUSY.decode("ascii").partition("\r\n\r\n")
    status, *headers = head.split("\r\n")
    assert (status, body) == ("HTTP/1.1 503 Service Unavailable", "")
    assert dict(header.split(": ") for header in headers) == {
        "Connection": "close",
        "Retry-After": "5",
        "Content-Length": "0",
    }


def test_a_taken_port_gives_the_next_one() -> None:
    with bind(0) as first, bind(first.getsockname()[1]) as second:
        port = first.getsockname()[1]
        assert second.getsockname()[0] == "127.0.0.1"
        assert port < second.getsockname()[1] < port + PORTS_TO_TRY


def test_no_free_port_is_said_with_the_ports_that_were_tried() -> None:
    with bind(65535), pytest.raises(PassportError) as refused:
        bind(65535)
    assert "65535 to 65535" in refused.value.problem


async def test_what_is_served_ends_with_its_context() -> None:
    ended = []

    async def end(_: web.Application) -> None:
        ended.append(True)

    app = web.Application()
    app.on_cleanup.append(end)
    listener = bind(0)
    port = listener.getsockname()[1]
    async with listening(app, listener):
        _, writer = await asyncio.open_connection(LOOPBACK, port)
        writer.close()
        assert ended == []
    assert ended == [True]
    with pytest.raises(OSError, match=str(port)):
        await asyncio.open_connection(LOOPBACK, port)

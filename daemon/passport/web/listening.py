"""Listening on loopback, with the two limits that aiohttp lacks: a header timer and a cap on connections.

Source: security.md 2.1 (slow or huge requests): 900 half-open connections were all still there after 25 s.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import cast

from aiohttp import web

from passport.errors import PassportError

LOOPBACK = "127.0.0.1"
PORTS_TO_TRY = 10
HEADER_TIMEOUT_S = 10.0
MAX_CONNECTIONS = 128
KEEP_ALIVE_S = 15.0
"""Between two requests of a connection; also ends one that sends half of its second header."""
MAX_LINE_BYTES = 1 << 16
"""Of a request's first line: the longest parameters that the API takes fit into it, each character as four bytes in
percent signs, so that what is too long is refused by the API, in its own words."""
LINGERING_S = 2.0
"""How long the rest of a refused body is still read, so that the client gets to see why."""
BUSY = b"HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 5\r\nContent-Length: 0\r\n\r\n"
END_OF_HEADER = b"\r\n\r\n"


def bind(port: int) -> socket.socket:
    """Take the port, or the next free one of ten (0: any). Raise PassportError when none is free."""
    tried = [0] if port == 0 else [number for number in range(port, port + PORTS_TO_TRY) if number < 1 << 16]
    for number in tried:
        try:
            return socket.create_server((LOOPBACK, number), backlog=256)
        except OSError:
            continue
    raise PassportError(
        f"None of the ports {tried[0]} to {tried[-1]} is free.",
        remedy="Choose another with `badge-passport start --port N`, or `port = N` in settings.toml.",
    )


@dataclass(slots=True)
class Gate:
    """Makes a protocol for each connection, as long as there is room.

    When all places are taken, the oldest connection that has not yet sent a whole header gives way: whoever holds
    connections half open keeps nobody else out.
    """

    make_inner: Callable[[], asyncio.Protocol]
    header_timeout_s: float = HEADER_TIMEOUT_S
    max_connections: int = MAX_CONNECTIONS
    _open: set[_Connection] = field(default_factory=set)
    _half_open: dict[_Connection, None] = field(default_factory=dict)

    def __call__(self) -> asyncio.Protocol:
        """Return the protocol of one more connection."""
        return _Connection(self, self.make_inner())

    def enter(self, connection: _Connection) -> bool:
        """Give a place to a connection; False: there is none."""
        if len(self._open) >= self.max_connections:
            oldest = next(iter(self._half_open), None)
            if oldest is None:
                return False
            oldest.abort()
            self.leave(oldest)
        self._open.add(connection)
        self._half_open[connection] = None
        return True

    def header_came(self, connection: _Connection) -> None:
        """Note that a connection is in earnest."""
        self._half_open.pop(connection, None)

    def leave(self, connection: _Connection) -> None:
        """Free a connection's place."""
        self._open.discard(connection)
        self._half_open.pop(connection, None)


class _Connection(asyncio.Protocol):
    """Passes everything on to aiohttp's protocol, once it has a place; watches for the end of the first header."""

    def __init__(self, gate: Gate, inner: asyncio.Protocol) -> None:
        self._gate = gate
        self._inner = inner
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._tail: bytes | None = b""
        """The last bytes seen while the header is not whole; then None."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        stream = cast("asyncio.Transport", transport)
        if not self._gate.enter(self):
            stream.write(BUSY)
            stream.close()
            return
        self._transport = stream
        self._timer = asyncio.get_running_loop().call_later(self._gate.header_timeout_s, self.abort)
        self._inner.connection_made(transport)

    def data_received(self, data: bytes) -> None:
        if self._transport is None:
            return
        if self._tail is not None:
            self._look_for_end(data)
        self._inner.data_received(data)

    def _look_for_end(self, data: bytes) -> None:
        seen = (self._tail or b"") + data
        if END_OF_HEADER not in seen:
            self._tail = seen[1 - len(END_OF_HEADER) :]
            return
        self._tail = None
        self._cancel_timer()
        self._gate.header_came(self)

    def abort(self) -> None:
        """Close at once."""
        if self._transport is not None:
            self._transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self._cancel_timer()
        self._gate.leave(self)
        if self._transport is not None:
            self._inner.connection_lost(exc)

    def eof_received(self) -> bool | None:
        return self._inner.eof_received() if self._transport is not None else None

    def pause_writing(self) -> None:
        if self._transport is not None:
            self._inner.pause_writing()

    def resume_writing(self) -> None:
        if self._transport is not None:
            self._inner.resume_writing()

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


@asynccontextmanager
async def listening(app: web.Application, listener: socket.socket) -> AsyncIterator[None]:
    """Serve the app on a bound socket for as long as the context lasts."""
    runner = web.AppRunner(
        app,
        access_log=None,
        keepalive_timeout=KEEP_ALIVE_S,
        lingering_time=LINGERING_S,
        shutdown_timeout=2.0,
        max_line_size=MAX_LINE_BYTES,
    )
    await runner.setup()
    inner = runner.server
    if inner is None:
        raise PassportError("The web server did not start.")
    server = await asyncio.get_running_loop().create_server(
        Gate(cast("Callable[[], asyncio.Protocol]", inner)), sock=listener
    )
    try:
        yield
    finally:
        server.close()
        await runner.cleanup()

"""A connection to a real server that is cut when the test says so: the request went through, the answer does not."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass


@dataclass
class Cutter:
    """Stands before a server. `next` requests to `path` are done there, and their answers thrown away."""

    port: int
    path: str
    next: int = 0
    url: str = ""

    async def pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self.port)
        first = await reader.read(1 << 16)
        cut = self.next > 0 and first.startswith(f"POST {self.path} ".encode())
        self.next -= cut
        back.write(first)
        asking = asyncio.create_task(self.pump(reader, back))
        if cut:
            with contextlib.suppress(ConnectionError):
                await there.read(1)  # it has answered: so it has done it
            writer.transport.abort()
        else:
            answering = asyncio.create_task(self.pump(there, writer))
            await asyncio.wait((asking, answering), return_when=asyncio.FIRST_COMPLETED)
            answering.cancel()
        asking.cancel()
        for end in (back, writer):
            end.close()

    async def pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while piece := await reader.read(1 << 16):
                writer.write(piece)
                await writer.drain()


@contextlib.asynccontextmanager
async def cutting(port: int, path: str) -> AsyncIterator[Cutter]:
    """Listen on a port of loopback for as long as the context lasts."""
    cutter = Cutter(port, path)
    server = await asyncio.start_server(cutter.pass_on, "127.0.0.1", 0)
    cutter.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield cutter
    finally:
        server.close()

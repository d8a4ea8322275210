"""What changes, told at once: the hub between the vault's thread and the pages' event streams.

`GET /events` is a stream of server-sent events (HTML, section 9.2). Event names and data:

| event | data |
|---|---|
| `hello` | `{}`: the stream is open |
| `added` | `{"subject": "badge:<id>", "keys": [...]}`: a new entry |
| `changed` | `{"subject": …, "keys": […]}`: a decision, a report |
| `purged`, `reindexed`, `resync` | everything may have changed: load the page anew |
| `client` | `{"id", "label", "connected": bool}`: a browser was connected or disconnected |
| `daemon` | `{"paused": bool}` |

A browser opens at most six connections to one host: a page closes its stream while it is hidden.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing, suppress
from dataclasses import dataclass, field

import msgspec
from aiohttp import web

from passport.vault.model import Change

MAX_WAITING = 200
"""Events for one slow listener; then it gets one `resync` instead."""
KEEP_ALIVE_S = 25.0


@dataclass(frozen=True, slots=True)
class Live:
    """One event."""

    event: str
    data: Mapping[str, object] = field(default_factory=dict)

    def encode(self) -> bytes:
        """Return the event as a stream carries it; JSON has no raw line ends."""
        return b"event: %s\ndata: %s\n\n" % (self.event.encode(), msgspec.json.encode(self.data))


class Changes:
    """Tells everybody who listens. `tell` may be called from any thread; everything else belongs to the loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._listeners: set[asyncio.Queue[Live | None]] = set()
        self._closed = False

    def tell(self, change: Change) -> None:
        """Pass on a change of the vault."""
        self.tell_all(Live(change.kind, {"subject": change.subject, "keys": list(change.keys)}))

    def tell_all(self, live: Live) -> None:
        """Pass on an event to all listeners."""
        with suppress(RuntimeError):  # the loop is closed: nobody listens any more
            self._loop.call_soon_threadsafe(self._spread, live)

    async def listen(self) -> AsyncGenerator[Live | None, None]:
        """Yield events until closed; None every KEEP_ALIVE_S without one."""
        queue: asyncio.Queue[Live | None] = asyncio.Queue(MAX_WAITING + 1)
        self._listeners.add(queue)
        try:
            yield Live("hello")
            while not self._closed:
                try:
                    live = await asyncio.wait_for(queue.get(), KEEP_ALIVE_S)
                except TimeoutError:
                    yield None
                    continue
                if live is None:
                    return
                yield live
        finally:
            self._listeners.discard(queue)

    def close(self) -> None:
        """End all streams."""
        self._closed = True
        for queue in self._listeners:
            _empty(queue)
            queue.put_nowait(None)

    def _spread(self, live: Live) -> None:
        for queue in self._listeners:
            if queue.qsize() >= MAX_WAITING:
                _empty(queue)
                queue.put_nowait(Live("resync"))
            else:
                queue.put_nowait(live)


def _empty(queue: asyncio.Queue[Live | None]) -> None:
    while not queue.empty():
        queue.get_nowait()


async def stream(request: web.Request, changes: Changes) -> web.StreamResponse:
    """Answer with the stream of events."""
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
    with suppress(ConnectionResetError):  # the page was left
        await response.prepare(request)
        async with aclosing(changes.listen()) as events:
            async for live in events:
                await response.write(b": still here\n\n" if live is None else live.encode())
    return response

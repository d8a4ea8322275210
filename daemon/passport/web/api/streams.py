"""Long work as a stream of JSON lines (application/x-ndjson), each sent when it is true."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from typing import cast

import msgspec
from aiohttp import web

from passport.errors import PassportError
from passport.vault.model import Progress
from passport.web.api.types import Line

MEDIA_TYPE = "application/x-ndjson"
Report = Callable[[Progress], None]


async def stream_lines(request: web.Request, lines: AsyncIterator[Line | Mapping[str, object]]) -> web.StreamResponse:
    """Send each line when it comes. What goes wrong after the start is the last line, of kind `problem`."""
    response = web.StreamResponse(headers={"Content-Type": MEDIA_TYPE})
    await response.prepare(request)
    try:
        async for line in lines:
            await response.write(_encoded(line))
    except PassportError as error:
        await response.write(_encoded(Line(kind="problem", detail=error.problem, remedy=error.remedy)))
    except ConnectionResetError:
        raise
    except Exception:
        logging.getLogger(__name__).exception("%s failed", request.path)
        await response.write(_encoded(Line(kind="problem", detail="Something went wrong inside; the log says more.")))
    return response


async def progressing(work: Callable[[Report], object]) -> AsyncIterator[Line]:
    """Run work in a thread and yield how far it is; the last line is `done` with what it returned."""
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[Progress | None] = asyncio.Queue()

    def tell(progress: Progress) -> None:
        loop.call_soon_threadsafe(queue.put_nowait, progress)

    task = asyncio.ensure_future(asyncio.to_thread(work, tell))
    task.add_done_callback(lambda _: queue.put_nowait(None))
    while (progress := await queue.get()) is not None:
        yield Line(kind="progress", done=progress.done, total=progress.total)
    yield Line(kind="done", item=cast("dict[str, object] | None", await task))


def _encoded(line: Line | Mapping[str, object]) -> bytes:
    return msgspec.json.encode(line) + b"\n"

"""What drives Firefox never waits for ever: a browser that ends, is silent or talks nonsense is told in a sentence."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from tests.browser.firefox import BrowserError, Marionette, free_port

GREETING = b'50:{"applicationType":"gecko","marionetteProtocol":3}'


def python(code: str) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE)


@asynccontextmanager
async def speaking(answers: list[bytes], *, hang_up: bool) -> AsyncIterator[tuple[int, subprocess.Popen]]:
    """A program that says this to whoever connects, and hangs up or falls silent; beside it a process that lives."""
    over = asyncio.Event()

    async def serve(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for answer in answers:
            writer.write(answer)
        await writer.drain()
        if not hang_up:
            await over.wait()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    process = python("input()")
    try:
        yield server.sockets[0].getsockname()[1], process
    finally:
        over.set()
        server.close()
        process.kill()
        process.wait(30)


@pytest.mark.parametrize(
    ("answers", "hang_up", "words"),
    [
        ([], True, "closed the connection"),
        ([GREETING[:20]], True, "closed the connection"),
        ([GREETING], True, "closed the connection"),
        ([], False, "no answer within"),
        ([GREETING, b"9"], False, "no answer within"),
        ([b"HTTP/1.1 400 Bad Request, and more"], False, "not Marionette"),
        ([GREETING, b"13:[1,99,null,1]"], False, "came for command"),
    ],
)
async def test_a_browser_that_does_not_answer_is_told(answers: list[bytes], hang_up: bool, words: str):
    async with speaking(answers, hang_up=hang_up) as (port, process):
        with pytest.raises(BrowserError, match=words):
            await asyncio.wait_for(asyncio.to_thread(Marionette, port, process, 0.5), 30)


async def test_a_browser_that_ends_at_once_is_told():
    process = python("raise SystemExit(3)")
    with pytest.raises(BrowserError, match="status 3"):
        await asyncio.wait_for(asyncio.to_thread(Marionette, free_port(), process), 60)

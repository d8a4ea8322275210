"""Every door to the network has every guard: they are opened in one place, and each is tried here."""

from __future__ import annotations

import ast
import gzip
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from tests.web.served import Clock

import passport
from passport.fetching import Fetcher
from passport.fetching.posting import NotReachedError, Poster, Sending, UnansweredError
from passport.fetching.uploading import MAX_ANSWER_BYTES, Uploader, UploadError
from passport.settings import NetworkSettings

Ask = Callable[[str], Awaitable[bytes]]
"""An address in, the body of its answer out; OSError for what was refused."""
DOORS = ("fetching", "posting", "uploading")


@asynccontextmanager
async def door(name: str, own_port: int = 0) -> AsyncIterator[Ask]:
    """Open one of the doors, to private addresses: all guards but that one are left."""
    network = NetworkSettings(allow_private_addresses=True, timeout_s=20)
    if name == "fetching":
        async with Fetcher(network, Clock(), own_ports=lambda: {own_port}) as fetch:

            async def fetched(url: str) -> bytes:
                document = await fetch(url)
                if document.problem:
                    raise OSError(document.problem)
                return document.body

            yield fetched
    elif name == "posting":
        async with Poster(network, own_ports=lambda: {own_port}) as post:

            async def posted(url: str) -> bytes:
                return (await post(Sending(method="GET", url=url))).body

            yield posted
    else:
        async with Uploader(network, own_ports=lambda: {own_port}) as upload:

            async def uploaded(url: str) -> bytes:
                return (await upload("GET", url, {})).body

            yield uploaded


@asynccontextmanager
async def answering(handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> AsyncIterator[TestServer]:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handler)
    async with TestServer(app, host="127.0.0.1") as server:
        yield server


@pytest.mark.parametrize("name", DOORS)
async def test_no_cookie_is_kept_and_no_proxy_asked(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[web.Request] = []

    async def greet(request: web.Request) -> web.Response:
        seen.append(request)
        return web.Response(text="hello", headers={"Set-Cookie": "spy=1; Path=/"})

    for variable in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(variable, "http://127.0.0.1:9")
    async with answering(greet) as server, door(name) as ask:
        for _ in range(2):
            assert await ask(str(server.make_url("/x"))) == b"hello"
    assert [request.headers.get("Cookie") for request in seen] == [None, None]
    assert not any("Content-Type" in request.headers for request in seen)  # nothing is sent along
    assert all(request.headers["User-Agent"].startswith("BadgePassport/") for request in seen)


@pytest.mark.parametrize("name", DOORS)
async def test_the_daemons_own_port_is_never_asked(name: str) -> None:
    async def greet(_request: web.Request) -> web.Response:
        return web.Response(text="the owner's gallery")

    async with answering(greet) as server, door(name, own_port=server.port or 0) as ask:
        with pytest.raises((OSError, NotReachedError), match="own address"):
            await ask(str(server.make_url("/")))


@pytest.mark.parametrize("name", DOORS)
async def test_a_body_that_grows_when_unpacked_is_stopped(name: str) -> None:
    packed = gzip.compress(bytes(MAX_ANSWER_BYTES + 1))

    async def bomb(_request: web.Request) -> web.Response:
        return web.Response(body=packed, headers={"Content-Encoding": "gzip", "Content-Type": "text/plain"})

    async with answering(bomb) as server, door(name) as ask:
        with pytest.raises((OSError, UnansweredError, UploadError), match="larger than"):
            await ask(str(server.make_url("/")))


@pytest.mark.parametrize("name", DOORS)
async def test_what_is_packed_is_unpacked(name: str) -> None:
    async def pack(_request: web.Request) -> web.Response:
        return web.Response(body=gzip.compress(b"{}"), headers={"Content-Encoding": "gzip"})

    async with answering(pack) as server, door(name) as ask:
        assert await ask(str(server.make_url("/"))) == b"{}"


def test_connections_are_opened_in_one_place_alone() -> None:
    """A session made by hand would lack a guard: `fetching/session.py` alone makes them."""
    package = Path(passport.__file__).parent
    makers = set()
    for file in package.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
                if name in {"ClientSession", "TCPConnector", "create_connection", "urlopen", "open_connection"}:
                    makers.add((file.relative_to(package).as_posix(), name))
    assert {name for place, name in makers if place == "fetching/session.py"} == {"ClientSession", "TCPConnector"}
    assert {place for place, name in makers if name in {"ClientSession", "TCPConnector"}} == {"fetching/session.py"}

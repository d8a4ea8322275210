"""The door by which something is sent: what it refuses and tells, and that it knows whether anything can be there."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from tests.fetching.servers import Authority
from tests.fetching.test_fetching_addresses import NAMES, Line

from passport.fetching import Asked
from passport.fetching.posting import NotReachedError, Poster, Reply, Sending, UnansweredError, observed
from passport.settings import NetworkSettings

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
LOCAL = NetworkSettings(allow_private_addresses=True)


def sending(url: str, method: str = "POST", **headers: str) -> Sending:
    return Sending(method=method, url=url, headers={"Authorization": "Bearer secret", **headers}, body=b"{}")


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://inside.example/",
        "https://both.example/",
        "https://public.example:22/",
        "https://user:pw@public.example/",
        "https://server.internal/",
        "https://server.lan/",
        "https://server.home.arpa/",
        "ftp://public.example/",
        "file:///etc/passwd",
        "",
    ],
)
async def test_what_is_never_sent(url):
    line = Line(NAMES)
    async with Poster(NetworkSettings(), lookup=line.lookup, open_socket=line.open_socket) as send:
        with pytest.raises(NotReachedError) as caught:
            await send(sending(url))
    assert line.opened == 0
    assert str(caught.value).endswith((".", ")."))


async def test_what_belongs_to_an_account_goes_over_https_alone():
    line = Line(NAMES)
    async with Poster(NetworkSettings(), lookup=line.lookup, open_socket=line.open_socket) as send:
        with pytest.raises(NotReachedError, match="https alone"):
            await send(sending("http://public.example/"))
        assert line.opened == 0
        with pytest.raises(NotReachedError, match="cannot be reached"):
            await send(sending("https://public.example/"))
        assert line.opened == 1  # the seam does see what is sent


async def server_of(handler) -> TestServer:
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", handler)
    server = TestServer(app)
    await server.start_server()
    return server


async def test_a_redirect_is_an_answer_and_nothing_is_sent_on():
    seen = []

    async def lead_on(request: web.Request) -> web.Response:
        seen.append((request.path, dict(request.headers)))
        return web.Response(status=307, headers={"Location": "/other", "Set-Cookie": "a=b"})

    server = await server_of(lead_on)
    async with Poster(LOCAL) as send:
        for _ in range(2):
            reply = await send(sending(str(server.make_url("/one"))))
    await server.close()
    assert (reply.status, reply.headers["location"]) == (307, "/other")
    assert [path for path, _ in seen] == ["/one", "/one"]
    assert "Cookie" not in seen[1][1]
    assert seen[0][1]["Authorization"] == "Bearer secret"
    assert seen[0][1]["User-Agent"].startswith("BadgePassport/")


async def test_what_was_said_is_read_as_json_or_is_none():
    assert Reply(status=200, headers={}, body=b'{"a": 1}').said == {"a": 1}
    assert Reply(status=200, headers={}, body=b"<p>").said is None
    assert Reply(status=200, headers={}, body=b"[" * 200_000).said is None


async def test_an_answer_that_breaks_off_may_have_been_taken():
    async def broken(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort")
        request.transport.close()
        return web.Response()

    async def silent(_: web.Request) -> web.StreamResponse:
        await asyncio.sleep(5)
        return web.Response()

    for handler in (broken, silent):
        server = await server_of(handler)
        async with Poster(LOCAL, read_s=0.3) as send:
            with pytest.raises(UnansweredError):
                await send(sending(str(server.make_url("/"))))
        await server.close()


async def test_nobody_there_and_a_stranger_there_are_not_reached(tmp_path):
    other = Authority(tmp_path)
    server = await asyncio.start_server(lambda _r, w: w.close(), "127.0.0.1", 0, ssl=other.server("127.0.0.1"))
    port = server.sockets[0].getsockname()[1]
    async with Poster(LOCAL) as send:
        with pytest.raises(NotReachedError, match="could not prove"):
            await send(sending(f"https://127.0.0.1:{port}/"))
        server.close()
        await server.wait_closed()
        with pytest.raises(NotReachedError, match="cannot be reached"):
            await send(sending(f"https://127.0.0.1:{port}/"))


async def test_the_daemons_own_port_is_not_posted_to():
    async def fine(_: web.Request) -> web.Response:
        return web.Response()

    server = await server_of(fine)
    async with Poster(LOCAL, own_ports=lambda: {server.port}) as send:
        with pytest.raises(NotReachedError, match="own address"):
            await send(sending(str(server.make_url("/"))))
    await server.close()


async def test_what_is_sent_is_noted_without_what_stands_behind_the_question_mark():
    noted: list[Asked] = []

    async def answer(asked: Sending) -> Reply:
        if asked.url.endswith("gone"):
            raise NotReachedError("Nobody is there.")
        return Reply(status=201, headers={}, body=b"12345")

    send = observed(answer, noted.append, lambda: NOW)
    await send(sending("https://m.example/api?token=secret#x", method="PUT"))
    with pytest.raises(NotReachedError):
        await send(sending("https://m.example/gone"))
    assert [(one.url, one.status, one.received, one.problem) for one in noted] == [
        ("PUT https://m.example/api", 201, 5, None),
        ("POST https://m.example/gone", 0, 0, "Nobody is there."),
    ]
    assert noted[0].at == "2026-03-04T05:06:07Z"
    assert all(0 <= one.took_s < 60 for one in noted)

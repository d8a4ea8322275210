"""What the fetcher makes of real answers: good ones, and every way a server can misbehave."""

from __future__ import annotations

import asyncio
import gzip
import os
import sys
import zlib
from datetime import UTC, datetime

import pytest
from aiohttp import web
from tests.fetching.servers import serving

from passport.fetching import Asked, Fetcher
from passport.settings import NetworkSettings

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


def fetcher(**settings: object) -> Fetcher:
    return Fetcher(NetworkSettings(allow_private_addresses=True, **settings), lambda: NOW)


async def answer(request: web.Request) -> web.Response:
    return web.json_response(
        {"path": request.path_qs, "headers": dict(request.headers)},
        headers={"ETag": '"1"', "Set-Cookie": "a=b", "X": "y"},
    )


async def test_a_document():
    async with serving(("/a", answer)) as server, fetcher() as fetch:
        url = str(server.make_url("/a?x=1#part"))
        document = await fetch(url)
    assert document.ok
    assert (document.url, document.status, document.final_url, document.problem) == (url, 200, None, None)
    assert document.content_type == "application/json; charset=utf-8"
    assert document.fetched_at == "2026-03-04T05:06:07.000Z"
    assert {name for name, _ in document.headers} == {"ETag", "Date"}
    assert b'"/a?x=1"' in document.body


async def test_what_servers_are_told():
    seen = []

    async def note(request: web.Request) -> web.Response:
        seen.append(dict(request.headers))
        return await answer(request)

    async with serving(("/a", note)) as server, fetcher() as fetch:
        for _ in range(2):
            await fetch(str(server.make_url("/a")))
    for headers in seen:
        assert set(headers) == {"Host", "User-Agent", "Accept", "Accept-Encoding"}
        assert headers["User-Agent"].startswith("BadgePassport/")
        assert headers["Accept-Encoding"] == "gzip"
        assert "html" not in headers["Accept"]
        assert "*/*" not in headers["Accept"]


async def test_no_proxy_is_taken_from_the_environment():
    """A proxy would look names up where the guard does not see it."""
    script = (
        "import asyncio, sys; from datetime import datetime, UTC\n"
        "from passport.fetching import Fetcher; from passport.settings import NetworkSettings\n"
        "async def main():\n"
        "    network = NetworkSettings(allow_private_addresses=True)\n"
        "    async with Fetcher(network, lambda: datetime.now(UTC)) as fetch:\n"
        "        print((await fetch(sys.argv[1])).status)\n"
        "asyncio.run(main())\n"
    )
    proxy = "http://127.0.0.1:9"  # nobody is there
    given = {"PYTHONPATH": os.pathsep.join(sys.path), "http_proxy": proxy, "all_proxy": proxy, "HTTP_PROXY": proxy}
    async with serving(("/a", answer)) as server:
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-c", script, str(server.make_url("/a")), stdout=asyncio.subprocess.PIPE, env=given
        )
        out, _ = await child.communicate()
    assert out.strip() == b"200"


@pytest.mark.parametrize("status", [400, 404, 410, 500, 503])
async def test_a_status_is_an_answer(status):
    async def fail(_: web.Request) -> web.Response:
        return web.json_response({"revoked": True}, status=status)

    async with serving(("/a", fail)) as server, fetcher() as fetch:
        document = await fetch(str(server.make_url("/a")))
    assert (document.status, document.problem, document.ok) == (status, None, False)
    assert document.body == b'{"revoked": true}'


async def test_the_page_of_an_error_may_be_large():
    async def fail(_: web.Request) -> web.Response:
        return web.Response(body=b"x" * 4096, status=404)

    async with serving(("/a", fail)) as server, fetcher(max_document_bytes=1024) as fetch:
        document = await fetch(str(server.make_url("/a")))
    assert (document.status, document.body, document.problem) == (404, b"", None)


@pytest.mark.parametrize(
    ("size", "kind", "start", "fits"),
    [
        (1024, "application/json", b"", True),
        (1025, "application/json", b"", False),
        (4096, "image/png", b"", True),
        (4097, "image/png", b"", False),
        (4096, "application/octet-stream", b"\x89PNG\r\n\x1a\n", True),
        (4096, "application/octet-stream", b"%PDF-1.7", True),
        (4096, "text/html", b"<html>", False),
    ],
)
async def test_the_limit_of_size(size, kind, start, fits):
    async def large(_: web.Request) -> web.Response:
        return web.Response(body=start + b"x" * (size - len(start)), content_type=kind)

    async with serving(("/a", large)) as server, fetcher(max_document_bytes=1024, max_image_bytes=4096) as fetch:
        document = await fetch(str(server.make_url("/a")))
    assert document.ok is fits
    assert len(document.body) == (size if fits else 0)
    assert fits or "larger than" in (document.problem or "")


def _gzip_of_zeros(size: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(packer.compress(bytes(1 << 20)) for _ in range(size >> 20)) + packer.flush()


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (_gzip_of_zeros(64 << 20), "gzip"),
        (gzip.compress(_gzip_of_zeros(64 << 20)), "gzip, gzip"),
        (gzip.compress(b"") * 50_000, "gzip"),
        (b"not gzip at all", "gzip"),
        (_gzip_of_zeros(1 << 20)[:200], "gzip"),
        (gzip.compress(b"{}") + b"tail", "gzip"),
        (zlib.compress(b"{}"), "deflate"),
        (b"{}", "br"),
        (b"", "gzip"),
    ],
    ids=["bomb", "twice", "empty-members", "no-gzip", "cut", "tail", "deflate", "br", "empty"],
)
async def test_a_packed_answer_that_goes_wrong(body, encoding):
    async def bomb(_: web.Request) -> web.Response:
        return web.Response(body=body, headers={"Content-Encoding": encoding, "Content-Type": "application/json"})

    async with serving(("/a", bomb)) as server, fetcher() as fetch:
        async with asyncio.timeout(5):
            document = await fetch(str(server.make_url("/a")))
    assert not document.ok
    assert document.body == b""


async def test_a_packed_answer():
    async def packed(_: web.Request) -> web.Response:
        return web.Response(body=gzip.compress(b'{"a":') + gzip.compress(b" 1}"), headers={"Content-Encoding": "gzip"})

    async with serving(("/a", packed)) as server, fetcher() as fetch:
        assert (await fetch(str(server.make_url("/a")))).body == b'{"a": 1}'


async def trickle(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    for _ in range(100):
        await response.write(b" ")
        await asyncio.sleep(0.05)
    return response


async def silence(_: web.Request) -> web.Response:
    await asyncio.sleep(5)
    return web.Response()


@pytest.mark.parametrize("handler", [trickle, silence])
async def test_a_server_that_takes_its_time(handler):
    loop = asyncio.get_running_loop()
    async with serving(("/a", handler)) as server, fetcher(timeout_s=0.3) as fetch:
        began = loop.time()
        document = await fetch(str(server.make_url("/a")))
        assert loop.time() - began < 1
    assert document.problem == "The server did not answer in time."
    assert document.body == b""


async def test_a_host_that_never_answers_is_left_alone_for_a_while():
    asked = 0

    async def count(request: web.Request) -> web.Response:
        nonlocal asked
        asked += 1
        return await silence(request)

    async with serving(("/a", count)) as server, fetcher(timeout_s=0.1) as fetch:
        documents = [await fetch(str(server.make_url("/a"))) for _ in range(6)]
    assert asked == 3
    assert "left alone" in (documents[-1].problem or "")


async def test_few_requests_at_a_time_for_each_host():
    now = most = 0

    async def count(_: web.Request) -> web.Response:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(0.02)
        now -= 1
        return web.Response(text="{}")

    async with serving(("/a", count)) as server, fetcher() as fetch:
        documents = await asyncio.gather(*(fetch(str(server.make_url(f"/a?{i}"))) for i in range(20)))
    assert all(document.ok for document in documents)
    assert most == 2


async def broken(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort")
    request.transport.close()
    return web.Response()


async def nonsense(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.write(b"\x16\x03\x01\x00 nonsense\r\n\r\n")
    request.transport.close()
    return web.Response()


async def many_headers(_: web.Request) -> web.Response:
    return web.Response(headers={f"X-{i}": "y" * 500 for i in range(400)})


async def long_header(_: web.Request) -> web.Response:
    return web.Response(headers={"X": "y" * 20_000})


@pytest.mark.parametrize("handler", [broken, nonsense, many_headers, long_header])
async def test_an_answer_that_cannot_be_read(handler):
    async with serving(("/a", handler)) as server, fetcher() as fetch:
        document = await fetch(str(server.make_url("/a")))
    assert not document.ok
    assert document.problem


async def test_nobody_there():
    async with serving() as server:
        url = str(server.make_url("/a"))
    async with fetcher() as fetch:
        assert (await fetch(url)).problem == "The server cannot be reached."


async def test_own_address_is_never_asked():
    async with serving(("/a", answer)) as server:
        network = NetworkSettings(allow_private_addresses=True)
        async with Fetcher(network, lambda: NOW, own_ports=lambda: [server.port]) as fetch:
            for host in ("127.0.0.1", "localhost", "0.0.0.0", "[::ffff:127.0.0.1]"):
                document = await fetch(f"http://{host}:{server.port}/a")
                assert document.problem, host
                assert document.status == 0


async def test_unchanged_is_not_sent_again():
    sent = []

    async def conditional(request: web.Request) -> web.Response:
        sent.append(request.headers.get("If-None-Match"))
        if request.headers.get("If-None-Match") == '"1"':
            return web.Response(status=304)
        return await answer(request)

    async with serving(("/a", conditional)) as server, fetcher() as fetch:
        url = str(server.make_url("/a"))
        first = await fetch(url)
        second = await fetch(url, first)
    assert sent == [None, '"1"']
    assert second == first


async def test_a_failure_is_not_asked_for_conditionally():
    async with serving(("/a", answer)) as server, fetcher() as fetch:
        url = str(server.make_url("/a"))
        failed = (await fetch(str(server.make_url("/missing")))).__class__(
            url=url, fetched_at="", status=404, headers=(("ETag", '"1"'),)
        )
        document = await fetch(url, failed)
    assert b"If-None-Match" not in document.body


async def test_every_request_can_be_watched_without_its_query():
    asked: list[Asked] = []
    network = NetworkSettings(allow_private_addresses=True)
    async with serving(("/a", answer)) as server, Fetcher(network, lambda: NOW, observe=asked.append) as fetch:
        await fetch(str(server.make_url("/a?identity__email=ada@example.org#x")))
        await fetch("ftp://user:secret@host.example/x?y")
    assert [a.status for a in asked] == [200, 0]
    assert asked[0].received > 0
    assert "ada" not in repr(asked)
    assert "secret" not in repr(asked)

"""Redirects are followed by hand, few, and never to worse."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from aiohttp import web
from tests.fetching.servers import Authority, serving

from passport.errors import SettingsError
from passport.fetching import Fetcher
from passport.settings import NetworkSettings


def fetcher(**settings: object) -> Fetcher:
    return Fetcher(NetworkSettings(allow_private_addresses=True, **settings), lambda: datetime.now(UTC))


async def arrived(_: web.Request) -> web.Response:
    return web.json_response({"here": True}, headers={"ETag": '"1"'})


def to(target: str, status: int = 302):
    async def redirect(_: web.Request) -> web.Response:
        return web.Response(status=status, headers={"Location": target})

    return redirect


async def count(request: web.Request) -> web.Response:
    n = int(request.query["n"])
    return await (arrived(request) if n == 0 else to(f"/count?n={n - 1}")(request))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_followed(status):
    async with serving(("/a", to("/b", status)), ("/b", arrived)) as server, fetcher() as fetch:
        document = await fetch(str(server.make_url("/a")))
        assert document.ok
        assert document.url == str(server.make_url("/a"))
        assert document.final_url == str(server.make_url("/b"))


@pytest.mark.parametrize(("hops", "ok"), [(0, True), (5, True), (6, False)])
async def test_five_are_enough(hops, ok):
    async with serving(("/count", count)) as server, fetcher() as fetch:
        document = await fetch(str(server.make_url(f"/count?n={hops}")))
    assert document.ok is ok
    assert ok or "more than 5 times" in (document.problem or "")


@pytest.mark.parametrize(
    "target",
    [
        "/a",
        "ftp://x.example/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "http://u:p@127.0.0.1/",
        "http://[::1",
    ],
)
async def test_a_redirect_that_is_not_followed(target):
    async with serving(("/a", to(target))) as server, fetcher() as fetch:
        document = await fetch(str(server.make_url("/a")))
    assert not document.ok
    assert document.status == 0
    assert document.problem


@pytest.mark.parametrize(
    "target",
    ["http://127.0.0.1:{port}/b", "http://localhost:{port}/b", "http://169.254.169.254/", "http://[::1]:{port}/b"],
)
async def test_a_redirect_to_a_private_address(target):
    """The first hop is allowed by name; the second is judged anew."""
    reached = False

    async def note(request: web.Request) -> web.Response:
        nonlocal reached
        reached = True
        return await arrived(request)

    async with serving(("/b", note)) as server:

        async def lookup(host: str, port: int) -> list[str]:
            return ["93.184.216.34"]

        def open_socket(*_: int):
            raise OSError("no outside in tests")

        network = NetworkSettings(ports=(80, server.port or 0))
        async with Fetcher(network, lambda: datetime.now(UTC), lookup=lookup, open_socket=open_socket) as fetch:
            document = await fetch(target.format(port=server.port))
    assert not reached
    assert "private" in (document.problem or "")


async def test_a_redirect_without_a_target_is_an_answer():
    async def nowhere(_: web.Request) -> web.Response:
        return web.Response(status=302)

    async with serving(("/a", nowhere)) as server, fetcher() as fetch:
        assert (await fetch(str(server.make_url("/a")))).status == 302


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("ca"))


async def test_names_and_certificates_stay_the_originals(authority):
    """The settings of the contract: connect elsewhere, with the name in TLS and Host unchanged."""
    hosts = []

    async def note(request: web.Request) -> web.Response:
        hosts.append(request.host)
        return await arrived(request)

    tls = authority.server("www.credly.com")
    async with serving(("/a", note), ("/r", to("http://www.credly.com/a")), tls=tls) as server:
        resolve = {"www.credly.com:443": f"127.0.0.1:{server.port}"}
        async with fetcher(resolve=resolve, extra_ca=authority.ca) as fetch:
            document = await fetch("https://www.credly.com/a")
            assert document.ok, document.problem
            assert document.final_url is None
            downgraded = await fetch("https://www.credly.com/r")
            assert "unprotected" in (downgraded.problem or "")
    assert hosts == ["www.credly.com"]


@pytest.mark.parametrize(
    ("name", "days", "trusted"),
    [("other.example", 1, True), ("www.credly.com", -1, True), ("www.credly.com", 1, False)],
)
async def test_a_server_that_cannot_prove_who_it_is(authority, name, days, trusted):
    tls = authority.server(name, days=days)
    async with serving(("/a", arrived), tls=tls) as server:
        resolve = {"www.credly.com:443": f"127.0.0.1:{server.port}"}
        async with fetcher(resolve=resolve, extra_ca=authority.ca if trusted else None) as fetch:
            document = await fetch("https://www.credly.com/a")
    assert document.status == 0
    assert "prove who it is" in (document.problem or "")


async def test_authorities_that_cannot_be_read_are_the_owners_matter(tmp_path):
    (tmp_path / "ca.pem").write_text("nonsense")
    async with fetcher(extra_ca=tmp_path / "ca.pem") as fetch:
        with pytest.raises(SettingsError, match="extra_ca"):
            await fetch("https://a.example/")

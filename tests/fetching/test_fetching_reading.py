"""Unpacking within limits, and what may be shown of an address, piece by piece."""

from __future__ import annotations

import gzip
import zlib

import pytest
from aiohttp import web
from tests.fetching.servers import Handler, serving
from tests.web.served import Clock

from passport.fetching import Fetcher
from passport.fetching.observing import without_query
from passport.fetching.reading import TooLargeError, limit_for, unpack
from passport.settings import NetworkSettings
from passport.verification.documents import RemoteDocument

NETWORK = NetworkSettings(max_document_bytes=1, max_image_bytes=2)


async def fetched(handler: Handler) -> RemoteDocument:
    """Return what a server's answer is made into."""
    network = NetworkSettings(allow_private_addresses=True, timeout_s=20)
    async with serving(("/a", handler)) as server, Fetcher(network, Clock()) as fetch:
        return await fetch(str(server.make_url("/a")))


@pytest.mark.parametrize("members", [1, 2, 16])
def test_a_body_may_be_packed_in_a_few_parts(members: int) -> None:
    packed = b"".join(gzip.compress(b"ab") for _ in range(members))
    assert unpack(packed, 2 * members) == b"ab" * members


@pytest.mark.parametrize(
    ("packed", "why"),
    [
        (gzip.compress(b"") * 17, "too many parts"),
        (gzip.compress(b"ab")[:-1], "cut off"),
        (gzip.compress(b"ab")[:5], "cut off"),
        (b"", "cut off"),
        (b"ab", "packed wrongly"),
        (gzip.compress(b"ab") + b"x" * 20, "packed wrongly"),
        (zlib.compress(b"ab"), "packed wrongly"),
        (gzip.compress(b"ab")[:-8] + bytes(8), "packed wrongly"),
    ],
    ids=["parts", "no-end", "head", "empty", "plain", "tail", "zlib", "sum"],
)
def test_what_is_packed_wrongly_is_refused(packed: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        unpack(packed, 1 << 20)


@pytest.mark.parametrize(
    "packed",
    [gzip.compress(b"x" * 1025), gzip.compress(b"x" * 1000) + gzip.compress(b"x" * 25), gzip.compress(bytes(1 << 24))],
    ids=["one", "two", "bomb"],
)
def test_what_grows_beyond_its_limit_is_refused(packed: bytes) -> None:
    with pytest.raises(TooLargeError, match="larger than 1 KiB"):
        unpack(packed, 1024)


def test_what_just_fits_is_taken() -> None:
    assert len(unpack(gzip.compress(bytes(1000)) + gzip.compress(bytes(24)), 1024)) == 1024


@pytest.mark.parametrize(
    ("kind", "start", "limit"),
    [
        ("image/png", b"", 2),
        ("image/svg+xml", b"{", 2),
        ("text/plain", b"\x89PNG\r\n\x1a\n", 2),
        ("application/octet-stream", b"\xff\xd8\xff\xe0", 2),
        ("application/octet-stream", b"GIF89a", 2),
        ("application/octet-stream", b"RIFF", 2),
        ("text/html", b"<svg xmlns", 2),
        ("text/xml", b"<?xml version", 2),
        ("", b"%PDF-1.7", 2),
        ("application/json", b"{", 1),
        ("text/image/png", b"", 1),
        ("text/html", b"<html>", 1),
        ("", b" \x89PNG", 1),
    ],
)
def test_a_picture_may_be_larger_than_a_document(kind: str, start: bytes, limit: int) -> None:
    assert limit_for(kind, start, NETWORK) == limit


@pytest.mark.parametrize(("status", "packed"), [(204, True), (304, True), (200, False), (404, False)])
async def test_an_answer_without_a_body_may_say_that_it_is_packed(status: int, packed: bool) -> None:
    async def empty(_: web.Request) -> web.Response:
        return web.Response(status=status, headers={"Content-Encoding": "gzip"})

    document = await fetched(empty)
    assert (document.problem is None) is packed
    assert document.status == (status if packed else 0)


@pytest.mark.parametrize("encoding", ["GZIP", " gzip ", "x-gzip", "identity", ""])
async def test_the_ways_to_say_how_it_is_packed(encoding: str) -> None:
    body = gzip.compress(b"{}") if "gzip" in encoding.lower() else b"{}"

    async def packed(_: web.Request) -> web.Response:
        return web.Response(body=body, headers={"Content-Encoding": encoding})

    document = await fetched(packed)
    assert (document.problem, document.body) == (None, b"{}")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://me:secret@a.example/x?y=z#w", "https://a.example/x"),
        ("https://a.example/x", "https://a.example/x"),
        ("https://a.example/".ljust(600, "x"), "https://a.example/".ljust(500, "x")),
        ("http://[::1/x?secret#secret", "http://[::1/x"),
        ("http://me:secret@[::1/x@y", "http://[::1/x@y"),
        ("http://me:secret@[::1/y@z", "http://[::1/y@z"),
        ("not\x00an address", "not\x00an address"),
        ("http://[::1/x#secret?secret", "http://[::1/x"),
        ("http://[::1/".ljust(600, "x"), "http://[::1/".ljust(500, "x")),
    ],
)
def test_what_is_shown_of_an_address(url: str, shown: str) -> None:
    assert without_query(url) == shown

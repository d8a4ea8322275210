"""Pictures and Markdown, through real workers."""

from __future__ import annotations

import io
import struct
import time
import zlib
from random import Random

import pytest
from PIL import Image, PngImagePlugin

from passport.workers import Workers


@pytest.fixture(scope="module")
def picture():
    def make(size=(600, 300), kind="PNG", mode="RGBA", **options) -> bytes:
        out = io.BytesIO()
        Image.new(mode, size, "teal").save(out, kind, **options)
        return out.getvalue()

    return make


def opened(file: bytes | None) -> Image.Image:
    assert file is not None
    return Image.open(io.BytesIO(file))


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def bomb(width: int, height: int) -> bytes:
    """A PNG that says it is large, and is."""
    rows = zlib.compressobj(9)
    data = b"".join(rows.compress(bytes(1 + width * 4)) for _ in range(height)) + rows.flush()
    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


async def test_pictures_become_small(picture):
    async with Workers() as workers:
        for kind in ("PNG", "WEBP", "GIF"):
            small = opened(await workers.thumbnail(picture(kind=kind), 128))
            assert (small.format, small.size) == ("PNG", (128, 64))
        assert opened(await workers.thumbnail(picture(kind="JPEG", mode="RGB"), 128)).size == (128, 64)
        assert opened(await workers.thumbnail(picture(size=(20, 20)), 128)).size == (20, 20)
        assert opened(await workers.thumbnail(picture(size=(5000, 5)), 99999)).size == (1024, 1)


async def test_pixels_stay_as_they_were():
    noise = Image.frombytes("RGBA", (128, 90), Random(7).randbytes(128 * 90 * 4))
    for made in (Image.radial_gradient("L"), Image.linear_gradient("L").convert("P"), noise, noise.crop((0, 0, 1, 90))):
        out = io.BytesIO()
        made.save(out, "PNG")
        async with Workers() as workers:
            again = opened(await workers.thumbnail(out.getvalue(), 512))
        again.load()
        assert (again.mode, again.info) == ("RGBA", {})
        assert again.tobytes() == made.convert("RGBA").tobytes()


async def test_a_picture_taken_sideways_is_set_upright(picture):
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera lay on its right side
    async with Workers() as workers:
        assert opened(await workers.thumbnail(picture(exif=exif), 128)).size == (64, 128)


async def test_nothing_but_pixels_is_passed_on(picture):
    text = PngImagePlugin.PngInfo()
    text.add_itxt("openbadges", "https://secret.example/" + "x" * 100_000)
    exif = Image.Exif()
    exif[0x010E] = "secret"
    async with Workers() as workers:
        for file in (picture(pnginfo=text), picture(kind="JPEG", mode="RGB", exif=exif)):
            small = await workers.thumbnail(file, 64)
            assert small is not None
            assert b"secret" not in small


@pytest.mark.parametrize(
    "file",
    [
        b"",
        b"\x89PNG\r\n\x1a\n",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%PDF-1.7",
        bomb(4097, 4096),
        bomb(300, 300)[:200],
        b"BM" + bytes(100),
        b"\x00" * 1000,
    ],
    ids=["empty", "magic", "svg", "pdf", "bomb", "cut", "bmp", "zeros"],
)
async def test_what_is_no_picture_of_ours(file):
    async with Workers() as workers:
        assert await workers.thumbnail(file, 64) is None


async def test_the_largest_picture():
    async with Workers() as workers:
        assert opened(await workers.thumbnail(bomb(4096, 4096), 64)).size == (64, 64)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("# A *b*", "<h3>A <em>b</em></h3>\n"),
        ("#### A\n# B\n### C\n### D", "<h3>A</h3>\n<h3>B</h3>\n<h4>C</h4>\n<h4>D</h4>\n"),
        ("- [x](https://a.example)", '<a href="https://a.example" rel="noopener noreferrer nofollow ugc">x</a>'),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>"),
        ("[x](mailto:a@b.example)", "mailto:a@b.example"),
        ("![x](https://a.example/track.png)", "!<a href"),
        ("a <b>c</b>", "&lt;b&gt;"),
        ("<script>alert(1)</script>", "&lt;script&gt;"),
        ("<img src=x onerror=alert(1)>", "&lt;img"),
        ("`a < b`", "<code>a &lt; b</code>"),
        ("a\\\nb", "<br>"),
        ("\ud800 lone", "? lone"),
    ],
)
async def test_markdown(text, html):
    async with Workers() as workers:
        cleaned = await workers.clean_markdown(text.encode("utf-8", "replace").decode())
    assert html in cleaned
    assert "<img" not in cleaned
    assert "<script" not in cleaned


@pytest.mark.parametrize("text", ["<div>" * 100_000, "> " * 50_000, "*a_ " * 100_000, "[" * 100_000, "- " * 50_000])
async def test_markdown_that_would_take_long(text):
    async with Workers() as workers:
        await workers.clean_markdown("warm")
        began = time.monotonic()
        cleaned = await workers.clean_markdown(text)
        assert time.monotonic() - began < 20
    assert len(cleaned) < 400_000

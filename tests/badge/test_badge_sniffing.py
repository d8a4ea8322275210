"""Telling badges apart by a few reads: no badge is overlooked, and pixels are never read."""

import gzip
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.badge.pictures import ASSERTION, CREDENTIAL, JWS, SIGNATURE, chunk, png, svg, text_chunk

from passport.badge.baking import bake, unbake
from passport.badge.sniffing import looks_like_badge

VECTORS = Path(__file__).parents[2].parent / "shared" / "vectors"


class Read:
    """A file in memory that counts what is read of it."""

    def __init__(self, content):
        self.content = content
        self.calls = []

    def __call__(self, offset, count):
        assert offset >= 0
        assert count > 0
        self.calls.append((offset, count))
        return self.content[offset : offset + count]

    @property
    def read_bytes(self):
        return sum(len(self.content[offset : offset + count]) for offset, count in self.calls)


def sniff(content, **choices):
    return looks_like_badge(Read(content), len(content), **choices)


BIG_PIXELS = tuple(chunk(b"IDAT", bytes(8192)) for _ in range(200))
BADGES = {
    "PNG": bake(png(), ASSERTION),
    "PNG, behind the pixels": png(*BIG_PIXELS, behind=(text_chunk("tEXt", b"openbadges", "https://example.org/a"),)),
    "PNG, compressed": png(behind=(text_chunk("zTXt", b"openbadgecredential", CREDENTIAL),)),
    "PNG, across the end of the first block": png(
        chunk(b"tEXt", b"Comment\0" + b"x" * (4096 - 75)), text_chunk("iTXt", b"openbadges", ASSERTION)
    ),
    "PNG, cut off in the badge": bake(png(), ASSERTION)[:70],
    "PNG, behind IEND": png(after_end=text_chunk("iTXt", b"openbadges", ASSERTION)),
    "SVG": bake(svg(), ASSERTION),
    "SVG, far down": svg("<g/>" * 100_000)[:-6] + bake(svg(), CREDENTIAL).partition(b">")[2],
    "SVG, UTF-16": b"\xff\xfe" + bake(svg(), CREDENTIAL).decode().encode("utf-16-le"),
    "SVGZ": gzip.compress(bake(svg(), ASSERTION)),
    "JSON": ASSERTION.encode(),
    "JSON, marked": b"\xef\xbb\xbf" + CREDENTIAL.encode(),
    "JSON, UTF-16": CREDENTIAL.encode("utf-16"),
    "JSON behind white space": b"\n \t" + ASSERTION.encode(),
    "JSON, the badge far down": b'{"image": "data:image/png;base64,' + b"A" * 700_000 + b'", ' + ASSERTION[1:].encode(),
    "JSON of OB 0.5": b'{"recipient": "ann@example.org", "badge": {"name": "x"}}',
    "a list": b"[" + ASSERTION.encode() + b"]",
    "JWS": JWS.encode(),
    "JWS with a newline in front": b"\n" + JWS.encode(),
    "PDF, information": b"%PDF-1.4\n1 0 obj << /openbadges (x) >>",
    "PDF, at the end": b"%PDF-1.4\n" + bytes(50_000) + b"/EmbeddedFiles",
}
OTHERS = {
    "nothing": b"",
    "a text": b"hello",
    "a URL": b"https://example.org/a",
    "JPEG": b"\xff\xd8\xff\xe0" + bytes(100),
    "PNG": png(text_chunk("tEXt", b"Comment", "openbadges"), *BIG_PIXELS),
    "PNG, other case": png(text_chunk("tEXt", b"OpenBadges", ASSERTION)),
    "PNG, signature only": SIGNATURE,
    "PNG, nonsense": SIGNATURE + b"\0\0\0\4" + b"\x01\x02\x03\x04" + text_chunk("iTXt", b"openbadges", ASSERTION),
    "SVG": svg("<g/>" * 10_000),
    "a page": b"<!DOCTYPE html><p>Badges!</p>",
    "JSON": b'{"name": "x", "version": "1.0.0"}',
    "a long JSON": b'{"a": "' + b"x" * 500_000 + b'"}',
    "JSON beyond all limits": b'{"openbadge": "' + b"x" * (21 << 20) + b'"}',
    "PDF": b"%PDF-1.4\n" + bytes(100_000),
    "eyJ and nothing more": b"eyJhbGci",
    "gzip of something": b"\x1f\x8b\x08\x08\0\0\0\0\0\0notes.txt\0" + bytes(10),
    "gzip cut off": b"\x1f\x8b\x08",
    "ZIP": b"PK\x03\x04" + bytes(100),
}  # fmt: skip


@pytest.mark.parametrize("name", BADGES)
def test_badges(name):
    assert sniff(BADGES[name])


@pytest.mark.parametrize("name", [name for name in OTHERS if name != "gzip cut off"])
def test_others(name):
    assert not sniff(OTHERS[name])


def test_only_a_thorough_look_reads_a_pdf_through():
    pdf = b"%PDF-1.4\n" + bytes(50_000) + b"/EmbeddedFile" + bytes(50_000)
    assert not sniff(pdf)
    assert sniff(pdf, thorough=True)


def test_pixels_are_jumped_over():
    picture = Read(png(chunk(b"IDAT", bytes(5 << 20)), *BIG_PIXELS))
    assert not looks_like_badge(picture, len(picture.content))
    assert picture.read_bytes < 16_000


@pytest.mark.parametrize("name", ["JPEG", "ZIP", "a text", "SVG", "PDF"])
def test_what_is_nothing_is_read_no_further_than_it_must(name):
    file = Read(OTHERS[name])
    looks_like_badge(file, len(file.content))
    assert len(file.calls) <= {"SVG": 2, "PDF": 2}.get(name, 1)


@pytest.mark.skipif(not VECTORS.is_dir(), reason="the shared vectors are not here")
def test_no_vector_with_a_badge_is_overlooked():
    overlooked = []
    for case in VECTORS.glob("*/*/expected.json"):
        file = next(path for path in case.parent.iterdir() if path.name.startswith("badge."))
        content = file.read_bytes()
        found = unbake(content)
        if (found.statements or found.problem) and not sniff(content):
            overlooked.append(file)
    assert overlooked == []


@given(
    st.binary(max_size=100),
    st.sampled_from([b"", SIGNATURE, b"%PDF-", b"{", b"<svg", b"eyJ", b"\x1f\x8b\x08", b"\xff\xfe<\0"]),
)
def test_never_raises_and_never_overlooks(noise, start):
    content = start + noise
    found = unbake(content) if start != b"%PDF-" else None
    assert sniff(content) or found is None or not found.problem


@given(
    st.lists(
        st.sampled_from(
            [text_chunk("tEXt", b"openbadges", "x"), text_chunk("tEXt", b"a", "b" * 5000), chunk(b"IDAT", bytes(3000))]
        ),
        max_size=6,
    ),
    st.integers(0, 40),
)
def test_agrees_with_the_walk(chunks, cut):
    content = png(*chunks)
    content = content[: len(content) - cut]
    found = unbake(content)
    assert sniff(content) == bool(found.statements or found.problem)
    assert isinstance(io.BytesIO(content).read(1), bytes)

"""Small pictures of what issuers send. Runs in a worker only."""

from __future__ import annotations

import io
import warnings
import zlib

from PIL import Image, ImageOps

from passport.badge.png import SIGNATURE

MAX_PIXELS = 16_777_216
"""Security reference, finding 11: Pillow's own limit lets 657 KB of PNG take 647 MB."""
_FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
_MIN, _MAX = 16, 1024
_DRAWN = 8192
"""So many colours has a badge that was drawn, with the soft edges of its forms; a photograph has more."""
_LEVEL = 3
"""Of compression: the higher ones take twice as long for a twentieth of the size."""
_EIGHT_BITS_RGBA = bytes((8, 6, 0, 0, 0))
"""The end of the header: without interlacing (PNG 11.2.1)."""


def thumbnail(file: bytes, size: int) -> bytes | None:
    """Return a PNG of at most `size` x `size` pixels; None for what is no picture of ours (SVG, broken, too large).

    Nothing of the original but its pixels is in it: no text chunks, no EXIF.
    """
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            return _small(file, max(_MIN, min(size, _MAX)))
        except (OSError, ValueError, SyntaxError, EOFError, ArithmeticError, Image.DecompressionBombError):
            return None  # what Pillow raises for broken files
        except Image.DecompressionBombWarning:
            return None


def _small(file: bytes, size: int) -> bytes:
    with Image.open(io.BytesIO(file), formats=_FORMATS) as picture:
        picture.draft("RGB", (size * 2, size * 2))  # a JPEG is decoded small from the start
        ImageOps.exif_transpose(picture, in_place=True)
        upright = picture if picture.mode == "RGBA" else picture.convert("RGBA")
        upright.thumbnail((size, size), Image.Resampling.LANCZOS)
        return _drawn(upright) if upright.getcolors(_DRAWN) else _photographed(upright)


def _drawn(picture: Image.Image) -> bytes:
    """Return a PNG of a picture in few colours: unfiltered (PNG 12.7), which is smaller for it and half the work."""
    width, height = picture.size
    pixels, row = picture.tobytes(), width * 4
    rows = b"".join(b"\0" + pixels[start : start + row] for start in range(0, height * row, row))
    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + _EIGHT_BITS_RGBA
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(rows, _LEVEL)), (b"IEND", b""))
    return SIGNATURE + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")


def _photographed(picture: Image.Image) -> bytes:
    """Return a PNG of a picture in many colours: each row filtered as suits it best."""
    plain, out = Image.new("RGBA", picture.size), io.BytesIO()
    plain.paste(picture)
    plain.save(out, "PNG", compress_level=_LEVEL)
    return out.getvalue()

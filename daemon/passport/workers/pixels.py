"""Small pictures of what issuers send. Runs in a worker only."""

from __future__ import annotations

import io
import warnings

from PIL import Image, ImageOps

MAX_PIXELS = 16_777_216
"""Security reference, finding 11: Pillow's own limit lets 657 KB of PNG take 647 MB."""
_FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
_MIN, _MAX = 16, 1024


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
        upright = ImageOps.exif_transpose(picture)
        upright = upright.convert("RGBA")
        upright.thumbnail((size, size), Image.Resampling.LANCZOS)
        plain = Image.new("RGBA", upright.size)
        plain.paste(upright)
    out = io.BytesIO()
    plain.save(out, "PNG", compress_level=6)
    return out.getvalue()

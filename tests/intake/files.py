"""Files as they lie in download folders."""

from __future__ import annotations

import json
import struct
import zlib


def chunk(kind: bytes, data: bytes) -> bytes:
    """Return a PNG chunk."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(*extra: bytes, size: int = 8, pixels: int = 1) -> bytes:
    """Return a PNG picture with further chunks before IEND; `pixels` is how many IDAT chunks of noise it has."""
    rows = zlib.compress(b"".join(b"\0" + bytes(range(4)) * size for _ in range(size)))
    head = struct.pack(">IIBBBBB", size, size, 8, 6, 0, 0, 0)
    filler = b"".join(chunk(b"prVt", bytes(8192)) for _ in range(pixels - 1))
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", rows)
        + filler
        + b"".join(extra)
        + chunk(b"IEND", b"")
    )


def itxt(text: str, keyword: str = "openbadges") -> bytes:
    """Return the chunk that makes a picture a badge."""
    return chunk(b"iTXt", keyword.encode() + b"\0\0\0\0\0" + text.encode())


def assertion(n: int = 0, host: str = "issuer.example") -> str:
    """Return a hosted OB 2.0 assertion that nobody serves."""
    base = f"https://{host}"
    return json.dumps(
        {
            "@context": "https://w3id.org/openbadges/v2",
            "type": "Assertion",
            "id": f"{base}/assertions/{n}",
            "recipient": {"type": "email", "hashed": False, "identity": "ada@example.org"},
            "badge": f"{base}/badges/1",
            "verification": {"type": "hosted"},
            "issuedOn": "2020-01-01T00:00:00Z",
        }
    )


def badge(n: int = 0, *, pixels: int = 1) -> bytes:
    """Return a picture with a badge in it."""
    return png(itxt(assertion(n)), pixels=pixels)

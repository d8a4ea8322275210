"""`data:` URIs (RFC 2397): how statements and pictures stand within other statements."""

from __future__ import annotations

import base64
from urllib.parse import unquote_to_bytes


def is_data_uri(address: str) -> bool:
    """Say whether this address carries what it leads to."""
    return address.startswith("data:")


def data_of(uri: str) -> bytes | None:
    """Return the bytes that a `data:` URI holds; None where none can be read.

    White space and missing padding in Base64 are overlooked, as browsers do (Infra, "forgiving-base64 decode").
    """
    head, comma, body = uri.partition(",")
    if not is_data_uri(uri) or not comma:
        return None
    try:
        data = unquote_to_bytes(body)
        return _base64(data) if head.endswith(";base64") else data
    except ValueError:  # no Base64, or half a character, which JSON can write as `\ud800`
        return None


def _base64(data: bytes) -> bytes:
    packed = b"".join(data.split())
    return base64.b64decode(packed + b"=" * (-len(packed) % 4), validate=True)

"""The bits of a status list: base64url, gzip, then one or more bits for each credential, the first bit leftmost.

Bitstring Status List 1.0, 3.2 and 3.3; StatusList2021, 4.2. A list that cannot be read is never "not revoked".
"""

from __future__ import annotations

import base64
import binascii
import zlib
from functools import lru_cache

MIN_BITS = 131_072
"""Bitstring Status List 1.0, 6.1: a shorter list would tell which credential is asked for."""
MAX_BYTES = 16 << 20
"""Of a list when inflated: 134 million credentials (security.md 2.4, bombs)."""
MAX_STATUS_SIZE = 64


class StatusListError(ValueError):
    """A list cannot be read; the text is a part of a sentence."""


@lru_cache(maxsize=2)  # a list stands behind many badges, and may take 16 MiB
def inflate(encoded: str) -> bytes:
    """Return the bits of an encoded list; raise StatusListError."""
    text = encoded[1:] if encoded[:1] == "u" else encoded  # multibase; StatusList2021 has no such prefix
    try:
        packed = base64.b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error) as error:
        raise StatusListError("the list is no base64url") from error
    inflater = zlib.decompressobj(wbits=31)
    try:
        bits = inflater.decompress(packed, MAX_BYTES + 1)
    except zlib.error as error:
        raise StatusListError("the list is not compressed as the standard says") from error
    if len(bits) > MAX_BYTES or not inflater.eof or inflater.unused_data:
        raise StatusListError("the list is too large, or cut off")
    return bits


def status_at(bits: bytes, index: int, size: int = 1) -> int:
    """Return the value at an index; raise StatusListError for places that the list does not have."""
    if not 1 <= size <= MAX_STATUS_SIZE:
        raise StatusListError("the size of a status is none that is allowed (statusSize)")
    if len(bits) * 8 < MIN_BITS * size:
        raise StatusListError(f"the list is shorter than the {MIN_BITS:,} places that the standard demands")
    start = index * size
    if index < 0 or start + size > len(bits) * 8:
        raise StatusListError(f"the list has no place {index}")
    first, last = start // 8, (start + size - 1) // 8
    window = int.from_bytes(bits[first : last + 1], "big")
    return (window >> ((last + 1) * 8 - start - size)) & ((1 << size) - 1)

"""Reading an answer's body within its limit, however it is packed.

Unpacking is our own, not aiohttp's: it stops at the limit, and takes a packed body that was cut off for what it is.
"""

from __future__ import annotations

import zlib

import aiohttp

from passport.settings import NetworkSettings

_PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"<svg", b"<?xml", b"%PDF-")
_CHUNK = 64 << 10
_MAX_MEMBERS = 16
"""Of one gzip body; thousands of empty ones cost quadratic time (GHSA-h4cc-hm5h-fmm9)."""
_GZIP = 31  # zlib's wbits for the gzip format


class TooLargeError(Exception):
    """A body is larger than its limit; the message is a sentence for the owner."""


async def body_of(response: aiohttp.ClientResponse, most: NetworkSettings | int) -> bytes:
    """Return the unpacked body, of at most so many bytes (or what the settings say for its kind).

    Raise TooLargeError, ValueError (packed wrongly), or what aiohttp raises.
    """
    limit, body = most if isinstance(most, int) else 0, bytearray()
    async for chunk in response.content.iter_chunked(_CHUNK):
        body += chunk
        if isinstance(most, NetworkSettings):
            limit = limit or limit_for(response.content_type, bytes(body[:16]), most)
        if len(body) > limit:
            raise _too_large(limit)
    encoding = response.headers.get("Content-Encoding", "").strip().lower()
    bodiless = not body and (response.method == "HEAD" or response.status in (204, 304))  # RFC 9110, 6.4.1
    if bodiless or encoding in ("", "identity"):
        return bytes(body)
    if encoding not in ("gzip", "x-gzip"):
        raise ValueError(f"packed as {encoding}, which was not asked for")
    return unpack(bytes(body), limit)


def limit_for(content_type: str, start: bytes, network: NetworkSettings) -> int:
    """Return the limit for a body by what it says it is, or looks like: a picture may be larger than a document."""
    if content_type.startswith("image/") or start.startswith(_PICTURES):
        return network.max_image_bytes
    return network.max_document_bytes


def unpack(packed: bytes, limit: int) -> bytes:
    """Return what a gzip body holds. Raise TooLargeError or ValueError (security reference 2.4, bombs)."""
    body = bytearray()
    for _ in range(_MAX_MEMBERS):
        member = zlib.decompressobj(_GZIP)
        try:
            body += member.decompress(packed, limit + 1 - len(body))
        except zlib.error as error:
            raise ValueError("packed wrongly") from error
        if len(body) > limit:
            raise _too_large(limit)
        if not member.eof:
            raise ValueError("cut off")
        packed = member.unused_data
        if not packed:
            return bytes(body)
    raise ValueError("packed in too many parts")


def _too_large(limit: int) -> TooLargeError:
    return TooLargeError(f"The answer is larger than {limit // 1024} KiB.")

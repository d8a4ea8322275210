"""Messages over pipes: four bytes of length (big-endian), then the message."""

from __future__ import annotations

import asyncio
import os

MAX_FRAME = 256 << 20
_HEAD = 4


def packed(message: bytes) -> bytes:
    """Return a message as it goes over the pipe."""
    return len(message).to_bytes(_HEAD, "big") + message


def read(fd: int) -> bytes | None:
    """Read one message, waiting for it; None when the other side is gone."""
    head = _exactly(fd, _HEAD)
    if head is None:
        return None
    return _exactly(fd, int.from_bytes(head, "big"))


def write(fd: int, message: bytes) -> None:
    """Write one message."""
    rest = memoryview(packed(message))
    while rest:
        rest = rest[os.write(fd, rest) :]


async def receive(reader: asyncio.StreamReader) -> bytes:
    """Read one message. Raise asyncio.IncompleteReadError when the other side is gone, ValueError when it is mad."""
    length = int.from_bytes(await reader.readexactly(_HEAD), "big")
    if length > MAX_FRAME:
        raise ValueError("a message of impossible length")
    return await reader.readexactly(length)


def _exactly(fd: int, length: int) -> bytes | None:
    parts = bytearray()
    while len(parts) < length:
        part = os.read(fd, min(length - len(parts), 1 << 20))
        if not part:
            return None
        parts += part
    return bytes(parts)

"""A daemon of its own under load, and what is looked at meanwhile: connections, pages, memory."""

from __future__ import annotations

import asyncio
import contextlib
import re
import time
from dataclasses import dataclass, field
from pathlib import Path

HALF = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "


def room_for(connections: int) -> bool:
    """Return whether this process may hold so many connections; raise its limit where it may."""
    import resource

    wanted = connections + 200
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted and (hard == resource.RLIM_INFINITY or hard >= wanted):
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0] >= wanted


@dataclass
class HalfOpen:
    """Connections that send half a header and then nothing."""

    port: int
    count: int
    closed_s: list[float] = field(default_factory=list)
    """After how long each was closed by the daemon."""
    _watching: list[asyncio.Task[None]] = field(default_factory=list)

    async def open(self) -> None:
        for _ in range(self.count):
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            writer.write(HALF)
            self._watching.append(asyncio.create_task(self._until_closed(reader, writer, time.monotonic())))

    async def _until_closed(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, at: float) -> None:
        with contextlib.suppress(ConnectionError):
            await reader.read()
        self.closed_s.append(time.monotonic() - at)
        writer.close()

    async def all_closed(self, within_s: float) -> bool:
        """Wait until the daemon has closed all of them."""
        done, left = await asyncio.wait(self._watching, timeout=within_s)
        for task in left:
            task.cancel()
        return len(done) == self.count


async def get(port: int, path: str, headers: dict[str, str]) -> int:
    """Ask for a page on a connection of its own; return its status. What hangs raises TimeoutError."""
    async with asyncio.timeout(120):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        answer = await reader.read()
        writer.close()
        return int(answer.split(b" ", 2)[1])


async def times_of(port: int, path: str, headers: dict[str, str], count: int, pause_s: float = 0.0) -> list[float]:
    """Ask so often, one after the other; return how long each took, in ms, the quickest first."""
    taken = []
    for _ in range(count):
        began = time.perf_counter()
        status = await get(port, path, headers)
        taken.append((time.perf_counter() - began) * 1000)
        assert status == 200, status
        await asyncio.sleep(pause_s)
    return sorted(taken)


def percentile(times: list[float], part: float) -> float:
    """Return the time below which this part of all lies."""
    return times[min(len(times) - 1, int(len(times) * part))]


def memory_of(pid: int, name: str = "VmRSS") -> float:
    """Return what a process holds, in MB (`VmHWM`: at most so far)."""
    said = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    found = re.search(rf"^{name}:\s+(\d+) kB", said, re.MULTILINE)
    return int(found[1]) / 1024 if found else 0.0

"""A network of its own in which every address of the world leads back to this computer, and every attempt is seen.

Run inside `unshare -rnm`: nothing that is sent here can leave. A packet socket sees each TCP connection that is begun
(SYN), to whatever address and port, answered or not. A name server and a web server stand for the public internet.
"""

from __future__ import annotations

import asyncio
import ctypes
import ipaddress
import os
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

from tests.fetching.servers import Authority

PUBLIC = "93.184.216.34"
PROXY = "10.9.9.9:3128"
ROOT = Path(__file__).resolve().parents[2]
SEEN_LAST = ("198.51.100.77", 9)
SO_ATTACH_FILTER, SOL_PACKET, PACKET_STATISTICS = 26, 263, 6
"""Of socket(7) and packet(7); Python's `socket` has no names for them."""
SYN_ONLY = (
    (0x28, 0, 0, 0xFFFFF000),  # the protocol: IPv4, IPv6, or none of ours
    (0x15, 1, 0, 0x0800),
    (0x15, 5, 11, 0x86DD),
    (0x30, 0, 0, 9),  # IPv4: TCP?
    (0x15, 0, 9, 6),
    (0xB1, 0, 0, 0),
    (0x50, 0, 0, 13),  # its flags, behind a header of that length
    (0x05, 0, 0, 3),
    (0x30, 0, 0, 6),  # IPv6: TCP?
    (0x15, 0, 4, 6),
    (0x30, 0, 0, 53),
    (0x54, 0, 0, 0x12),  # SYN without ACK
    (0x15, 0, 1, 0x02),
    (0x06, 0, 0, 256),
    (0x06, 0, 0, 0),
)
"""A filter for the kernel (classic BPF): a busy watch does not lose what it looks for."""
ENTER = ("unshare", "--map-root-user", "--net", "--mount")


def possible() -> bool:
    """Whether such a network can be made here."""
    if sys.platform != "linux":
        return False
    try:
        command = [*ENTER, "ip", "link", "set", "lo", "up"]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def run(module: str, *arguments: str, timeout_s: float) -> str:
    """Run a module of the tests inside; return what it printed. Proxies are named in its environment."""
    names = ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
    environment = {**os.environ, **dict.fromkeys(names, f"http://{PROXY}")}
    environment["PYTHONPATH"] = os.pathsep.join((str(ROOT / "daemon"), str(ROOT)))
    done = subprocess.run(
        [*ENTER, sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return done.stdout


def lead_everything_here() -> None:
    """Make every address one of this computer, and the name server ours."""
    for command in (
        "ip link set lo up",
        "ip route add local 0.0.0.0/0 dev lo",
        "ip -6 route add local ::/0 dev lo",
    ):
        subprocess.run(command.split(), check=True, capture_output=True)
    for command in (  # for what names an interface; where the kernel has no bridges, that is asked for in vain
        "ip link add eth0 type bridge",
        "ip link set eth0 up",
        "ip -6 address add fe80::1/64 dev eth0 nodad",
    ):
        subprocess.run(command.split(), check=False, capture_output=True)
    with tempfile.NamedTemporaryFile("w", delete=False) as file:
        file.write("nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")
    subprocess.run(["mount", "--bind", file.name, "/etc/resolv.conf"], check=True)


class Watch:
    """Sees each connection that is begun on any interface."""

    def __init__(self) -> None:
        self.begun: Counter[tuple[str, int]] = Counter()
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(3))
        self._socket.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, _program(SYN_ONLY))
        threading.Thread(target=self._look, daemon=True).start()

    def _look(self) -> None:
        while True:
            packet, (_, kind, direction, *_) = self._socket.recvfrom(256)
            if direction != socket.PACKET_OUTGOING:
                continue
            begun = _begun(packet, kind)
            if begun:
                self.begun[begun] += 1

    def settled(self) -> Counter[tuple[str, int]]:
        """Return what was seen, up to now: a last connection of our own has to be seen first."""
        before = self.begun[SEEN_LAST]
        end = time.monotonic() + 120
        while self.begun[SEEN_LAST] == before:
            assert time.monotonic() < end, "the watch sees nothing"
            with socket.socket() as last:
                last.setblocking(False)
                last.connect_ex(SEEN_LAST)
            time.sleep(0.05)
        _, dropped = struct.unpack("II", self._socket.getsockopt(SOL_PACKET, PACKET_STATISTICS, 8))
        assert dropped == 0, "packets went by unseen"
        return Counter({where: count for where, count in self.begun.items() if where != SEEN_LAST})


def _program(steps: tuple[tuple[int, int, int, int], ...]) -> bytes:
    """Return a `struct sock_fprog`; its steps stay where they are for as long as the program runs."""
    kept = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    _KEPT.append(kept)
    return struct.pack("HL", len(steps), ctypes.addressof(kept))


def _begun(packet: bytes, kind: int) -> tuple[str, int] | None:
    if kind == 0x0800 and packet[9] == socket.IPPROTO_TCP:
        there, tcp = packet[16:20], packet[(packet[0] & 15) * 4 :]
    elif kind == 0x86DD and packet[6] == socket.IPPROTO_TCP:
        there, tcp = packet[24:40], packet[40:]
    else:
        return None
    begins = tcp[13] & 0x12 == 0x02  # SYN without ACK
    return (str(ipaddress.ip_address(there)), struct.unpack(">H", tcp[2:4])[0]) if begins else None


_KEPT: list[object] = []

Answers = Callable[[str, int], list[str]]
"""A name and the number of its lookup (from 1) in, its addresses out."""


class Names(asyncio.DatagramProtocol):
    """A name server: RFC 1035, as much of it as a stub resolver needs."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self._lookups: Counter[str] = Counter()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, sender: tuple[str, int]) -> None:
        place, labels = 12, []
        while data[place]:
            labels.append(data[place + 1 : place + 1 + data[place]].decode("latin-1"))
            place += data[place] + 1
        name, kind = ".".join(labels).lower(), struct.unpack(">H", data[place + 1 : place + 3])[0]
        self._lookups[name] += kind == 1
        found = [ipaddress.ip_address(a) for a in self._answers(name, max(1, self._lookups[name]))]
        records = [a.packed for a in found if (a.version, kind) in {(4, 1), (6, 28)}]
        head = data[:2] + struct.pack(">HHHHH", 0x8180 if found else 0x8183, 1, len(records), 0, 0)
        body = data[12 : place + 5]
        for packed in records:
            body += b"\xc0\x0c" + struct.pack(">HHIH", kind, 1, 0, len(packed)) + packed
        self._transport.sendto(head + body, sender)


@asynccontextmanager
async def internet(answers: Answers, moves: Callable[[str], str], folder: Path, *names: str) -> AsyncIterator[Path]:
    """Serve names, and http and https on every address: a path leads to where `moves` says, if anywhere.

    Yields the certificate of the authority that vouches for the names.
    """

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            path = head.split(b" ")[1].decode("latin-1")
            to = moves(path)
            where = f"Location: {to}\r\n".encode() if to else b""
            status = b"302 Found" if to else b"404 Not Found"
            writer.write(
                b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\nConnection: close\r\n"
                b"Set-Cookie: a=b\r\n" + where + b"\r\n"
            )
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    authority = Authority(folder)
    loop = asyncio.get_running_loop()
    asking, _ = await loop.create_datagram_endpoint(lambda: Names(answers), local_addr=("127.0.0.1", 53))
    plain = await asyncio.start_server(serve, None, 80)
    safe = await asyncio.start_server(serve, None, 443, ssl=authority.server(*names))
    try:
        yield authority.ca
    finally:
        asking.close()
        plain.close()
        safe.close()

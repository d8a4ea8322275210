"""What stands between aiohttp and the network: the names' lookup, and the last look at an address before `connect`.

A resolver alone is no guard: aiohttp does not ask it for addresses written as numbers, redirects among them. So the
socket factory, which sees the very address that is about to be connected to, checks again; it also ends DNS rebinding
(security reference, finding 1 and section 2.4).
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from aiohttp.abc import AbstractResolver, ResolveResult

from passport.fetching.addresses import is_loopback, is_public
from passport.fetching.targets import RefusedError, mapping_key
from passport.settings import NetworkSettings

Lookup = Callable[[str, int], Awaitable[Sequence[str]]]
"""A host and a port in, its addresses out; OSError when there are none."""
OpenSocket = Callable[[int, int, int], socket.socket]
AddressInfo = tuple[int | socket.AddressFamily, int | socket.SocketKind, int, str, tuple[object, ...]]
_LOOKUP_THREADS = 4  # our own few: a name server that hangs must not hold up the rest of the program


class Guard(AbstractResolver):
    """A resolver and a socket factory that refuse whatever is not public, unless the settings allow it."""

    def __init__(
        self,
        network: NetworkSettings,
        *,
        own_ports: Callable[[], Collection[int]],
        lookup: Lookup | None = None,
        open_socket: OpenSocket = socket.socket,
    ) -> None:
        self._network = network
        self._own_ports = own_ports
        self._open_socket = open_socket
        self._threads = ThreadPoolExecutor(_LOOKUP_THREADS, thread_name_prefix="names")
        self._lookup = lookup or self._ask_system

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return where to connect for a name: what `resolve` of the settings says, else what the system says."""
        del family
        mapped = self._network.resolve.get(mapping_key(host, port))
        if mapped is not None:
            target = urlsplit(f"//{mapped}")
            addresses: Sequence[str] = [target.hostname or ""]
            port = target.port or port
        else:
            addresses = await self._lookup(host, port)
        for address in addresses:  # one private address among public ones is no accident: none is used
            self._check(address, port)
        return [_result(host, address, port) for address in addresses]

    def socket(self, info: AddressInfo) -> socket.socket:
        """Open the socket for an address, or raise RefusedError."""
        family, kind, protocol, _, address = info
        self._check(str(address[0]), int(str(address[1])))
        return self._open_socket(family, kind, protocol)

    async def close(self) -> None:
        """Let the threads of the lookups go."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _check(self, address: str, port: int) -> None:
        if is_loopback(address) and port in self._own_ports():
            raise RefusedError("This is Badge Passport's own address.")
        if not self._network.allow_private_addresses and not is_public(address):
            raise RefusedError(f"{address} is a private address; these are not asked ([network] in settings.toml).")

    async def _ask_system(self, host: str, port: int) -> Sequence[str]:
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self._threads, _system_lookup, host, port)
        return list(dict.fromkeys(found))


def _system_lookup(host: str, port: int) -> list[str]:
    return [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def _result(host: str, address: str, port: int) -> ResolveResult:
    return ResolveResult(
        hostname=host,
        host=address,
        port=port,
        family=socket.AF_INET6 if ":" in address else socket.AF_INET,
        proto=socket.IPPROTO_TCP,
        flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
    )

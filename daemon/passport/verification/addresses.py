"""Web addresses, taken apart: scope is decided by origin and path segments, never by how a string begins.

`https://good.example.evil.example/`, `https://good.example@evil.example/` and `https://good.example/team-evil/` all
begin like something of good.example (security.md 2.4).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_FORM = re.compile(
    r"(?P<scheme>https?)://"
    r"(?P<host>[^\s/?#@:\\\[\]%]+|\[[0-9a-f:.]+\])"  # no `@`: a user name in front of the host is only ever a trick
    r"(?::(?P<port>\d{1,5}))?"
    r"(?P<path>/[^\s?#\\]*)?"
    r"(?P<query>\?[^\s#\\]*)?"
    r"(?P<fragment>#[^\s\\]*)?",
    re.IGNORECASE,
)
_DEFAULT_PORTS = {"http": 80, "https": 443}
_DOTS = re.compile(r"/(?:\.|%2e){1,2}(?:/|\Z)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Address:
    """An http(s) address in parts."""

    scheme: str
    host: str
    """Lower case, A-labels, without a last dot."""
    port: int
    rest: str
    """Path and query."""

    @property
    def secure(self) -> bool:
        """Whether nobody between could have changed what it answers."""
        return self.scheme == "https"

    def same_origin(self, other: Address) -> bool:
        """Whether both are served by the same host and port; http and https on their own ports count as one."""
        return self.host == other.host and (self.port == other.port or {self.port, other.port} == {80, 443})


@lru_cache(maxsize=2048)
def parse_address(text: str) -> Address | None:
    """Return the parts of an http(s) address; None for anything else, and for forms that readers disagree about."""
    match = _FORM.fullmatch(text)
    if not match or len(text) > 4096 or not text.isprintable():
        return None
    scheme = match["scheme"].lower()
    port = int(match["port"]) if match["port"] else _DEFAULT_PORTS[scheme]
    host = _host(match["host"])
    if host is None or not 0 < port < 65536 or _DOTS.search(match["path"] or ""):
        return None
    return Address(scheme, host, port, (match["path"] or "/") + (match["query"] or ""))


def without_fragment(url: str) -> str:
    """Return what is asked of the network for a URL."""
    return url.partition("#")[0] if "#" in url else url


def same_origin(one: str, other: str) -> bool:
    """Whether two URLs are of one origin; anything that is not http(s) has none."""
    first, second = parse_address(one), parse_address(other)
    return first is not None and second is not None and first.same_origin(second)


def begins_with(url: str, prefix: str) -> bool:
    """Whether a URL lies under a prefix: same origin, and the path continues the prefix at a boundary.

    `…/club` covers `…/club`, `…/club/1` and `…/club?id=1`, but not `…/club-evil/1`; `…/badge-` covers `…/badge-1`.
    """
    address, start = parse_address(url), parse_address(prefix)
    if address is None or start is None or not address.same_origin(start) or not address.rest.startswith(start.rest):
        return False
    remainder = address.rest[len(start.rest) :]
    return not remainder or start.rest[-1] in "/?=&" or remainder[0] in "/?" or "/" not in remainder


def _host(text: str) -> str | None:
    host = text.lower().removesuffix(".")
    if not host or ".." in host or host.startswith("."):
        return None
    if host.isascii():
        return host
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return None

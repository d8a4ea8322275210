"""The aiohttp session behind the fetcher: no cookies, no proxies, guarded connections, verified TLS."""

from __future__ import annotations

import ssl
from pathlib import Path

import aiohttp

from passport.errors import SettingsError
from passport.fetching.guard import Guard
from passport.fetching.hosts import AT_ONCE, AT_ONCE_PER_HOST

CONNECT_S = 3.0
READ_S = 5.0
"""Between two pieces of an answer; the whole has `NetworkSettings.timeout_s` (security reference 2.4)."""


def open_session(guard: Guard, trust: ssl.SSLContext, user_agent: str) -> aiohttp.ClientSession:
    """Return a session whose every connection passes the guard."""
    connector = aiohttp.TCPConnector(
        resolver=guard,
        socket_factory=guard.socket,
        ssl=trust,
        use_dns_cache=False,
        limit=AT_ONCE,
        limit_per_host=AT_ONCE_PER_HOST,
    )
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,  # `reading` unpacks, within limits
        trust_env=False,  # a proxy would look names up out of our sight
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_S, sock_read=READ_S),
        headers={"User-Agent": user_agent, "Accept-Encoding": "gzip"},
    )


def tls_context(extra_ca: Path | None) -> ssl.SSLContext:
    """Return whom to believe: the computer's certificate authorities, and those of `extra_ca`. Raise SettingsError."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if extra_ca is None:
        return context
    try:
        context.load_verify_locations(cafile=extra_ca)
    except (OSError, ssl.SSLError) as error:
        raise SettingsError(
            f"The certificate authorities in {extra_ca} cannot be read.",
            remedy="Mend [network] extra_ca in settings.toml.",
        ) from error
    return context

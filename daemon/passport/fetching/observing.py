"""What the owner may see of outbound requests: the activity page's raw material."""

from __future__ import annotations

from dataclasses import dataclass

from yarl import URL


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request that went out, or was refused before it did."""

    url: str
    """Without query and fragment: those may hold an address or a secret."""
    at: str
    """RFC 3339, UTC."""
    status: int
    """0: no answer."""
    received: int
    """Bytes."""
    took_s: float
    problem: str | None = None


def without_query(text: str) -> str:
    """Return a URL as it may be shown and logged: without user, query and fragment."""
    try:
        return str(URL(text).with_user(None).with_query(None).with_fragment(None))[:500]
    except ValueError:
        scheme, slashes, rest = text.split("?", 1)[0].split("#", 1)[0].partition("//")
        server, slash, path = rest.partition("/")
        return f"{scheme}{slashes}{server.rpartition('@')[2]}{slash}{path}"[:500]

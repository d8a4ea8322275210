"""How an issuer's values are shown. All of them are hostile until escaped, which templates do by themselves."""

from __future__ import annotations

import unicodedata
from urllib.parse import urlsplit

from passport.vault.model import Entry

_HIDDEN = frozenset("\u200b\u200e\u200f\u061c\ufeff") | {
    chr(c) for c in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))
}
"""Marks that change the direction of text or cannot be seen (security 2.3: names)."""
MAX_NAME = 300


def tidy(text: str | None, limit: int = MAX_NAME) -> str:
    """Return a name on one line, without what could make it look like another one."""
    if text and len(text) <= limit and text.isascii() and text.isprintable():
        return " ".join(text.split())  # nearly all names, ten times as fast
    kept = "".join(" " if c.isspace() else c for c in (text or "")[: limit * 4] if _seen(c))
    short = " ".join(kept.split())
    return short if len(short) <= limit else f"{short[: limit - 1]}…"


def _seen(sign: str) -> bool:
    return sign not in _HIDDEN and (sign.isspace() or unicodedata.category(sign) not in {"Cc", "Cs", "Co", "Cn"})


def host(issuer_id: str | None) -> str:
    """Return the domain that an issuer's id names, in ASCII; empty: it names none."""
    if not issuer_id:
        return ""
    if issuer_id.startswith("did:web:"):
        return ascii_host(issuer_id.removeprefix("did:web:").split(":")[0].split("%")[0])
    if not is_web(issuer_id):
        return ""
    return ascii_host(urlsplit(issuer_id).hostname or "")


def ascii_host(name: str) -> str:
    """Return a host in ASCII, since `pаypal` in Cyrillic letters looks like another."""
    plain = tidy(name, 253).lower()
    if plain.isascii():
        return plain.removeprefix("www.")
    try:
        return plain.encode("idna").decode("ascii").removeprefix("www.")
    except UnicodeError:
        return plain.encode("ascii", "backslashreplace").decode()


def is_web(url: str | None) -> bool:
    """Return whether an address may be a link: only http and https."""
    if not url or any(c.isspace() or not c.isprintable() for c in url):
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme.lower() in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return False


def shortened(url: str, limit: int = 72) -> str:
    """Return an address for reading: without its scheme, and cut in the middle."""
    text = tidy(url.removeprefix("https://").removeprefix("http://"), 4000).rstrip("/")
    return text if len(text) <= limit else f"{text[: limit - 21]}…{text[-20:]}"


def initial(name: str) -> str:
    """Return what stands on the seal of a badge without a picture."""
    return next((c.upper() for c in name if c.isalnum()), "✦")[:1]


def machine_lines(entry: Entry) -> tuple[str, str]:
    """Return two lines like those at the foot of a passport. Decoration: nothing reads them."""
    first = f"B<{_machine(entry.issuer)}<<{_machine(entry.name)}"
    day = "".join(c for c in (entry.valid_from or "")[:10] if c in "0123456789")
    second = f"{_machine(entry.id)}<{day}<<OB{_machine((entry.standard or '').replace('.', ''))}"
    return first[:44].ljust(44, "<"), second[:44].ljust(44, "<")


def _machine(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).upper()
    kept = "".join(c if "A" <= c <= "Z" or "0" <= c <= "9" else "<" if c.isspace() or c in "-'." else "" for c in plain)
    return "<".join(part for part in kept.split("<") if part)

"""What a page that was fetched says of a badge: its other addresses, its statements, its pictures. Pure.

Only some tags are looked at, each within a bound, so that a hostile page costs milliseconds (security reference 2.3);
nothing is drawn and no script is run. The extension sees far more: it reads the page as the browser built it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from urllib.parse import urljoin

from passport.badge.reading import is_url

MAX_PAGE = 1 << 20
"""Characters that are looked at: what matters here stands in the head."""
MAX_TAGS = 2000
MAX_TAG = 2000
MAX_EACH = 20
STATEMENT_TYPES = frozenset(
    {"application/vc+ld+json", "application/vc", "application/vc+jwt", "application/openbadge+json"}
)
_SCRIPT_TYPES = STATEMENT_TYPES | {"application/ld+json"}
_PAGE = re.compile(r"<(?:!doctype html|html|head|body)\b", re.IGNORECASE)
_START = re.compile(r"<(link|meta|img|script|base)(?=[\s/>])", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""[\s/]++([a-zA-Z:-]++)(?:\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'>]++)))?""")
_SELF = frozenset({"og:url"})
_PICTURES = frozenset({"og:image", "og:image:url", "twitter:image"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What was found."""

    selves: tuple[str, ...] = ()
    """What the page calls its own address."""
    alternates: tuple[str, ...] = ()
    """Where it says that its credential is (`link rel=alternate` with the type of one)."""
    statements: tuple[str, ...] = ()
    """JSON in its scripts that speaks of a credential."""
    pictures: tuple[str, ...] = ()


def read_page(body: bytes, url: str) -> Page | None:
    """Read a page; None: it is none."""
    if b"\0" in body[:1024]:
        return None
    text = body[: MAX_PAGE * 2].decode("utf-8", "replace")[:MAX_PAGE]
    if not text.lstrip("\ufeff \t\r\n").startswith("<") or not _PAGE.search(text):
        return None
    tags = list(_tags(text))
    base = _joined(url, next((a["href"] for name, a, _ in tags if name == "base" and a.get("href")), "")) or url
    return Page(
        selves=_addresses(base, _selves(tags)),
        alternates=_addresses(base, _alternates(tags)),
        statements=tuple(_statements(text, tags))[:MAX_EACH],
        pictures=_addresses(base, _pictures(tags), most=200),
    )


Tag = tuple[str, dict[str, str], int]
"""Its name, its attributes, where it ends."""


def _tags(text: str) -> Iterator[Tag]:
    for count, start in enumerate(_START.finditer(text)):
        if count >= MAX_TAGS:
            return
        attributes: dict[str, str] = {}
        at = start.end()
        while (found := _ATTRIBUTE.match(text, at, start.end() + MAX_TAG)) is not None:
            attributes.setdefault(found[1].lower(), unescape(found[2] or found[3] or found[4] or "").strip())
            at = found.end()
        yield start[1].lower(), attributes, at


def _addresses(base: str, found: Iterator[str], most: int = MAX_EACH) -> tuple[str, ...]:
    whole = dict.fromkeys(_joined(base, each) for each in found)
    return tuple(address for address in whole if is_url(address))[:most]


def _joined(base: str, address: str) -> str:
    try:
        return urljoin(base, address)
    except ValueError:
        return ""


def _selves(tags: list[Tag]) -> Iterator[str]:
    for name, attributes, _ in tags:
        if name == "link" and "canonical" in attributes.get("rel", "").lower().split():
            yield attributes.get("href", "")
        if name == "meta" and attributes.get("property", "").lower() in _SELF:
            yield attributes.get("content", "")


def _alternates(tags: list[Tag]) -> Iterator[str]:
    for name, attributes, _ in tags:
        is_alternate = name == "link" and "alternate" in attributes.get("rel", "").lower().split()
        if is_alternate and _media_type(attributes) in STATEMENT_TYPES:
            yield attributes.get("href", "")


def _pictures(tags: list[Tag]) -> Iterator[str]:
    for name, attributes, _ in tags:
        if name == "img":
            yield attributes.get("src", "")
        if name == "meta" and (attributes.get("property") or attributes.get("name", "")).lower() in _PICTURES:
            yield attributes.get("content", "")


def _statements(text: str, tags: list[Tag]) -> Iterator[str]:
    for name, attributes, end in tags:
        if name == "script" and _media_type(attributes) in _SCRIPT_TYPES:
            closing = text.find("</", end)
            content = text[text.find(">", end) + 1 : closing if closing >= 0 else len(text)].strip()
            if '"credentialSubject"' in content or '"recipient"' in content:
                yield content


def _media_type(attributes: dict[str, str]) -> str:
    return attributes.get("type", "").partition(";")[0].strip().lower()

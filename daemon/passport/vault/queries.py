"""What a query asks for: words, all of them and as prefixes, and filters such as `tag:python` or `-verdict:expired`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from passport.vault.deriving import fold, words_of

FILTERS = frozenset(
    {
        "tag",
        "issuer",
        "verdict",
        "year",
        "skill",
        "is",
        "has",
        "collection",
        "expiring",
        "standard",
        "visibility",
        "state",
        "rating",
    }
)
_PART = re.compile(r'(?P<minus>-)?(?:(?P<name>[a-z]+):)?(?:"(?P<quoted>[^"]*)"?|(?P<plain>[^\s"]*))')


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition on a field."""

    name: str
    value: str
    """Folded."""
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """A query as it was understood. Any text is one; nothing in it is an error."""

    words: tuple[str, ...] = ()
    """Folded; each must begin a word of what is searched."""
    without: tuple[str, ...] = ()
    filters: tuple[Filter, ...] = ()


def parse_query(text: str) -> Query:
    """Read a query as people type it."""
    words: list[str] = []
    without: list[str] = []
    filters: list[Filter] = []
    for part in _PART.finditer(text[:2000]):
        value = part["quoted"] if part["quoted"] is not None else part["plain"]
        if part["name"] in FILTERS:
            filters.append(Filter(part["name"], fold(value).strip(), part["minus"] is not None))
        else:
            named = f"{part['name']} {value}" if part["name"] else value
            (without if part["minus"] else words).extend(words_of(named))
    return Query(tuple(words), tuple(without), tuple(filters))

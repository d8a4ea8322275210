"""Finding entries: words, filters, sorting, and how many there are of each kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from passport.vault.deriving import fold, moment, words_of
from passport.vault.model import Entry
from passport.vault.queries import Filter, Query

_DAY_S = 86_400


def sort_key(sort: str) -> tuple[Callable[[Entry], Any], bool]:
    """Return the key and whether the greatest comes first; a minus before the name turns it round."""
    name = sort.removeprefix("-")
    key, greatest_first = {
        "date": (lambda e: moment(e.valid_from) or 0.0, True),
        "name": (lambda e: fold(e.name), False),
        "issuer": (lambda e: (fold(e.issuer), fold(e.name)), False),
        "expiry": (lambda e: moment(e.valid_until) or float("inf"), False),
        "rating": (lambda e: e.rating, True),
        "added": (lambda e: e.added_at, True),
    }.get(name, (lambda e: e.added_at, True))
    return key, greatest_first != sort.startswith("-")


def matches(entry: Entry, words: str, query: Query, now: datetime) -> bool:
    """Return whether the entry is what the query asks for."""
    haystack = f" {words} " + " ".join(words_of(" ".join((*entry.tags, entry.note, entry.file_name))))
    return (
        all(f" {word}" in haystack for word in query.words)
        and not any(f" {word}" in haystack for word in query.without)
        and all(_passes(entry, f, now) != f.negated for f in query.filters)
    )


def _passes(entry: Entry, condition: Filter, now: datetime) -> bool:
    if condition.name == "expiring":
        return _expiring(entry, condition.value, now)
    if condition.name == "issuer":
        return condition.value in fold(f"{entry.issuer} {entry.issuer_id}")
    return condition.value in [fold(v) for v in values(entry).get(condition.name, ())]


def _expiring(entry: Entry, within: str, now: datetime) -> bool:
    days = "".join(c for c in within if c.isdigit())
    until = moment(entry.valid_until)
    start = now.timestamp()
    return until is not None and start <= until <= start + (int(days) if days else 30) * _DAY_S


def values(entry: Entry) -> Mapping[str, Iterable[str]]:
    """Return the values of an entry by which it can be filtered and counted."""
    return {
        "verdict": [entry.verdict],
        "issuer": [entry.issuer],
        "tag": entry.tags,
        "collection": entry.collections,
        "year": [entry.valid_from[:4]] if entry.valid_from else [],
        "skill": entry.skills,
        "state": [entry.state],
        "is": [entry.state, entry.visibility, entry.verdict, "trashed" if entry.trashed else "kept"],
        "has": [n for n, v in (("evidence", entry.has_evidence), ("note", entry.note), ("tag", entry.tags)) if v],
        "standard": [entry.standard or ""],
        "visibility": [entry.visibility],
        "rating": [str(entry.rating)],
    }


def count(entries: Iterable[Entry]) -> dict[str, dict[str, int]]:
    """Count the found by each of their values."""
    counters: dict[str, Counter[str]] = {}
    for entry in entries:
        for name, found in values(entry).items():
            counters.setdefault(name, Counter()).update(found)
    return {name: dict(counter.most_common()) for name, counter in counters.items()}

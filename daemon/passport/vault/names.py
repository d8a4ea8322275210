"""The names that a vault holds, of badges, files, issuers and people: to be kept out of what is handed on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path, PurePath

from passport.vault.journal import read_from, read_lines, segment_sizes

_NAMED = frozenset({"name", "email", "given_name", "family_name", "identity", "hashed_identity", "detail"})


def names_in(folder: Path) -> set[str]:
    """Return every name, address and path in the journals of a vault's folder, those of reports included."""
    journals = folder / "journal"
    found: set[str] = set()
    for segment in segment_sizes(journals):
        for line in read_lines(read_from(journals, segment, 0)):
            for subject, values in line.said:
                found.update(_in_values(subject, values))
    return {name for name in found if len(name) > 3}


def _in_values(subject: str, values: Mapping[str, object]) -> Iterator[str]:
    for key, value in values.items():
        kind, _, rest = key.partition(":")
        if kind in {"tag", "identity"} and rest:
            yield rest
        if isinstance(value, str) and (subject.startswith(("profile", "collection:", "goal:")) or key == "note"):
            yield value
        yield from _in_json(value, 0)


def _in_json(value: object, depth: int) -> Iterator[str]:
    if depth > 12:
        return
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in _NAMED and isinstance(inner, str) and inner:
                yield inner
                if key == "detail":
                    yield PurePath(inner).name
            else:
                yield from _in_json(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            yield from _in_json(inner, depth + 1)

"""Rows and look-ups that are decoded when they are first looked at: a start with ten thousand badges reads none.

A snapshot is checked as a whole by its checksum, split into rows, and that is all; of the look-ups it holds those that
are asked for are decoded.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

Row = Mapping[str, Any]
_row_decoder = msgspec.json.Decoder()
_lookup_decoder = msgspec.json.Decoder(dict[str, tuple[str, ...]])


class LazyRows(MutableMapping[str, Any]):
    """Rows by their key, some of them still as they came from the file."""

    __slots__ = ("stored",)

    def __init__(self, stored: dict[str, Any] | None = None) -> None:
        self.stored: dict[str, Any] = {} if stored is None else stored
        """Rows, decoded or `msgspec.Raw`; good to be encoded as it is."""

    def __getitem__(self, key: str) -> Any:  # noqa: ANN401 (any JSON value)
        """Return a row, and keep it decoded from now on."""
        row = self.stored[key]
        if type(row) is msgspec.Raw:
            row = self.stored[key] = _row_decoder.decode(row)
        return row

    def __setitem__(self, key: str, row: object) -> None:
        """Set a row."""
        self.stored[key] = row

    def __delitem__(self, key: str) -> None:
        """Remove a row."""
        del self.stored[key]

    def __contains__(self, key: object) -> bool:
        """Tell whether the row is there."""
        return key in self.stored

    def __iter__(self) -> Iterator[str]:
        """Iterate over the keys."""
        return iter(self.stored)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.stored)


@dataclass(frozen=True, slots=True)
class Moved:
    """A row that changed since the snapshot."""

    key: str
    old: Row | None
    new: Row | None


class Lookup:
    """Which rows have which value; from a snapshot and what changed since, or from all rows, when first needed."""

    def __init__(
        self,
        values_of: Callable[[Row], Iterable[Hashable]],
        rows: Callable[[], Mapping[str, Row]],
        kept: msgspec.Raw | None,
        since: Sequence[Moved],
    ) -> None:
        self._values_of = values_of
        self._rows = rows
        self._kept = kept
        self._since = since
        self._found: dict[Hashable, tuple[str, ...]] | None = None

    def find(self, value: Hashable) -> tuple[str, ...]:
        """Return the keys of the rows that have the value."""
        return self._loaded().get(value, ())

    def values(self) -> list[Hashable]:
        """Return all values."""
        return list(self._loaded())

    def move(self, key: str, old: Row | None, new: Row | None) -> None:
        """Follow a row that changes; call it before the row is set."""
        before = tuple(self._values_of(old)) if old is not None else ()
        after = tuple(self._values_of(new)) if new is not None else ()
        if before != after:
            _change(self._loaded(), key, before, after)

    def encodable(self) -> object:
        """Return what a snapshot keeps of it."""
        return self._loaded() if self._found is not None or self._since or self._kept is None else self._kept

    def _loaded(self) -> dict[Hashable, tuple[str, ...]]:
        if self._found is None:
            self._found = self._load()
            self._kept, self._since = None, ()
        return self._found

    def _load(self) -> dict[Hashable, tuple[str, ...]]:
        found: dict[Hashable, tuple[str, ...]] = {}
        if self._kept is None:
            for key, row in self._rows().items():
                _change(found, key, (), tuple(self._values_of(row)))
            return found
        found.update(_lookup_decoder.decode(self._kept))
        for one in self._since:
            before = tuple(self._values_of(one.old)) if one.old is not None else ()
            _change(found, one.key, before, tuple(self._values_of(one.new)) if one.new is not None else ())
        return found


def _change(
    found: dict[Hashable, tuple[str, ...]], key: str, before: tuple[Hashable, ...], after: tuple[Hashable, ...]
) -> None:
    for value in before:
        rest = tuple(other for other in found.pop(value, ()) if other != key)
        if rest:
            found[value] = rest
    for value in after:
        found[value] = (*found[value], key) if value in found else (key,)

"""TinyDB with changes that cost what they change, through its extension points.

Stock TinyDB rewrites its whole file for every change (140 ms at 10,000 badges). Here a `JournalStorage` holds the
tables in memory, beside a snapshot and an append-only journal of changes; a `LiveTable` hands it only what changed.
Overridden are `Table._read_table` and `Table._update_table`, the two methods the maintainer points to in tinydb#480; a
test compares with stock TinyDB.

What is kept so is derived from the vault, so nothing is fsynced but the snapshot: after a crash a prefix of the
changes is there, and the vault's journals give the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, MutableMapping
from typing import Any, ClassVar

import msgspec
from tinydb import TinyDB
from tinydb.queries import QueryLike
from tinydb.storages import Storage
from tinydb.table import Document, Table

from passport.vault.snapshots import Rows, Snapshots, Tables

Indexed = Mapping[str, Callable[[Mapping[str, Any]], Iterable[Hashable]]]
"""Names of look-ups, each with the values under which a row is found."""
_copy_decoder = msgspec.json.Decoder()


def private_copy(value: Any) -> Any:  # noqa: ANN401 (any JSON value)
    """Return a copy that shares nothing; raise TypeError for what JSON cannot hold."""
    return _copy_decoder.decode(msgspec.json.encode(value))


class JournalStorage(Storage):
    """Holds all tables in memory; writes a line for each change and now and then a snapshot."""

    def __init__(self, snapshots: Snapshots) -> None:
        self._snapshots = snapshots
        self._tables: Tables = snapshots.load()

    def read(self) -> dict[str, dict[str, Any]]:
        """Return the live tables; callers must not change them."""
        return self._tables

    def write(self, data: Mapping[str, Mapping[str, Any]]) -> None:
        """Replace everything (what TinyDB does for `drop_tables`)."""
        self._tables = {name: {str(i): dict(row) for i, row in rows.items()} for name, rows in data.items()}
        self._snapshots.snapshot(self._tables)

    def commit(self, table: str, sets: Rows, removed: list[str]) -> None:
        """Change some rows of one table."""
        rows = self._tables.setdefault(table, {})
        for key in removed:
            rows.pop(key, None)
        rows.update(sets)
        self._snapshots.record({"t": table, "s": sets, "d": removed}, self._tables)

    def close(self) -> None:
        """Let go of the files."""
        self._snapshots.tidy(self._tables)
        self._snapshots.close()


class OwnDocument(Document):
    """A result that its reader may change without changing the database."""

    def __init__(self, value: Mapping[str, Any], doc_id: int) -> None:
        super().__init__(private_copy(value), doc_id)


class Overlay(MutableMapping[int, Any]):
    """What an updater sees: reads fall through to the table, and a row that was read is a private copy."""

    def __init__(self, base: Mapping[str, Any]) -> None:
        self._base = base
        self.sets: dict[str, Any] = {}
        self.removed: dict[str, None] = {}

    def __getitem__(self, key: int) -> Any:  # noqa: ANN401 (TinyDB's rows)
        """Return a row to look at or change."""
        name = str(key)
        if name not in self.sets:
            if name in self.removed:
                raise KeyError(key)
            self.sets[name] = private_copy(self._base[name])
        return self.sets[name]

    def __setitem__(self, key: int, value: Any) -> None:  # noqa: ANN401
        """Set a row to a copy of the value."""
        self.sets[str(key)] = private_copy(value)
        self.removed.pop(str(key), None)

    def __delitem__(self, key: int) -> None:
        """Remove a row."""
        name = str(key)
        if key not in self:
            raise KeyError(key)
        self.sets.pop(name, None)
        if name in self._base:
            self.removed[name] = None

    def __contains__(self, key: object) -> bool:
        """Tell whether the row is there, without copying it."""
        name = str(key)
        return name in self.sets or (name in self._base and name not in self.removed)

    def __iter__(self) -> Iterator[int]:
        """Iterate over the ids."""
        yield from [int(name) for name in self._base if name not in self.removed]
        yield from [int(name) for name in self.sets if name not in self._base]

    def __len__(self) -> int:
        """Return how many rows there are."""
        return sum(1 for _ in self)

    def clear(self) -> None:
        """Remove all rows."""
        self.sets.clear()
        self.removed = dict.fromkeys(self._base)


class LiveTable(Table):
    """A table whose changes cost O(change), with look-ups by what `indexed` says."""

    document_class = OwnDocument
    default_query_cache_capacity = 0
    indexed: ClassVar[Indexed] = {}

    def __init__(self, storage: Storage, name: str, cache_size: int = 0, persist_empty: bool = False) -> None:
        self._lookups: dict[str, dict[Hashable, tuple[str, ...]]] = {index: {} for index in self.indexed}
        super().__init__(storage, name, cache_size, persist_empty)
        for key, row in self._read_table().items():
            self._enter(key, row)

    def lookup(self, index: str, value: Hashable) -> list[int]:
        """Return the ids of the rows that have the value in the index."""
        return [int(key) for key in self._lookups[index].get(value, ())]

    def keys(self, index: str) -> list[Hashable]:
        """Return all values of an index."""
        return list(self._lookups[index])

    def raw(self, doc_id: int) -> Mapping[str, Any]:
        """Return the live row, not to be changed. Raise KeyError."""
        row: Mapping[str, Any] = self._read_table()[str(doc_id)]
        return row

    def raw_rows(self) -> Iterator[tuple[int, Mapping[str, Any]]]:
        """Iterate over the live rows, not to be changed."""
        return ((int(key), row) for key, row in self._read_table().items())

    def put(self, doc_id: int | None, row: dict[str, Any]) -> int:
        """Set a whole row that from now on belongs to the table; the caller must not keep it."""
        key = str(doc_id if doc_id is not None else self._get_next_id())  # type: ignore[no-untyped-call]  # TinyDB's
        self._commit({key: row}, [])
        return int(key)

    def update(
        self,
        fields: Mapping[Any, Any] | Callable[[MutableMapping[Any, Any]], None],
        cond: QueryLike | None = None,
        doc_ids: Iterable[int] | None = None,
    ) -> list[int]:
        """Update as TinyDB does; the condition is resolved first, so that only its hits are copied."""
        if doc_ids is None and cond is not None:
            doc_ids = self._hits(cond)
        return super().update(fields, None, doc_ids)

    def remove(self, cond: QueryLike | None = None, doc_ids: Iterable[int] | None = None) -> list[int]:
        """Remove as TinyDB does."""
        if doc_ids is None and cond is not None:
            doc_ids = self._hits(cond)
        return super().remove(None, doc_ids)

    def _hits(self, cond: QueryLike) -> list[int]:
        return [int(key) for key, row in self._read_table().items() if cond(row)]

    def _read_table(self) -> dict[str, Mapping[str, Any]]:
        tables = self._storage.read() or {}
        return tables.get(self.name, {})

    def _update_table(self, updater: Callable[[Any], None]) -> None:
        overlay = Overlay(self._read_table())
        updater(overlay)  # raises: nothing has changed
        if overlay.sets or overlay.removed:
            self._commit(overlay.sets, list(overlay.removed))
        self.clear_cache()

    def _commit(self, sets: Rows, removed: list[str]) -> None:
        rows = self._read_table()
        for key in (*sets, *removed):
            if key in rows:
                self._leave(key, rows[key])
        storage = self._storage
        assert isinstance(storage, JournalStorage)  # noqa: S101 (LiveTable lives in no other)
        storage.commit(self.name, sets, removed)
        for key, row in sets.items():
            self._enter(key, row)

    def _enter(self, key: str, row: Mapping[str, Any]) -> None:
        for index, values_of in self.indexed.items():
            lookup = self._lookups[index]
            for value in values_of(row):
                lookup[value] = (*lookup[value], key) if value in lookup else (key,)

    def _leave(self, key: str, row: Mapping[str, Any]) -> None:
        for index, values_of in self.indexed.items():
            lookup = self._lookups[index]
            for value in values_of(row):
                rest = tuple(other for other in lookup.pop(value, ()) if other != key)
                if rest:
                    lookup[value] = rest


class LiveDatabase(TinyDB):
    """TinyDB wired to the two classes above."""

    default_storage_class = JournalStorage  # type: ignore[assignment]  # TinyDB declares its own default only
    table_class = LiveTable

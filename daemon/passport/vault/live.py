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
from typing import Any, ClassVar, cast

import msgspec
from tinydb import TinyDB
from tinydb.queries import QueryLike
from tinydb.storages import Storage
from tinydb.table import Document, Table

from passport.vault.lazy import LazyRows, Lookup
from passport.vault.snapshots import Contents, Rows, Snapshots

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
        self._loaded = snapshots.load()
        self._tables = self._loaded.tables
        self._lookups: dict[str, Mapping[str, Lookup]] = {}

    def read(self) -> dict[str, dict[str, Any]]:
        """Return the live tables; callers must not change them."""
        return cast(dict[str, dict[str, Any]], self._tables)  # TinyDB asks no more of rows than a mapping has

    def lookups(self, table: str, indexed: Indexed) -> Mapping[str, Lookup]:
        """Return the look-ups of a table, which from now on are kept in snapshots."""
        kept, since = self._loaded.lookups.get(table, {}), self._loaded.since.get(table, [])
        if kept.keys() != indexed.keys():  # of another version
            kept = {}
            self._snapshots.behind = self._snapshots.behind or table in self._tables
        self._lookups[table] = {
            name: Lookup(values_of, lambda: self._tables.get(table, LazyRows()), kept.get(name), since)
            for name, values_of in indexed.items()
        }
        return self._lookups[table]

    def snapshot(self) -> None:
        """Write everything anew."""
        self._snapshots.snapshot(self._contents)

    def _contents(self) -> Contents:
        tables = {name: rows.stored for name, rows in self._tables.items()}
        kept = {
            table: {name: lookup.encodable() for name, lookup in lookups.items()}
            for table, lookups in self._lookups.items()
        }
        return Contents(tables, kept)

    def write(self, data: Mapping[str, Mapping[str, Any]]) -> None:
        """Replace everything (what TinyDB does for `drop_tables`)."""
        self._tables = {name: LazyRows({str(i): dict(row) for i, row in rows.items()}) for name, rows in data.items()}
        self._snapshots.snapshot(self._contents)

    def commit(self, table: str, sets: Rows, removed: list[str]) -> None:
        """Change some rows of one table."""
        rows = self._tables.setdefault(table, LazyRows())
        for key in removed:
            rows.stored.pop(key, None)
        rows.stored.update(sets)
        self._snapshots.record({"t": table, "s": sets, "d": removed}, self._contents)

    def close(self) -> None:
        """Let go of the files."""
        self._snapshots.tidy(self._contents)
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

    def __setitem__(self, key: int, value: Any) -> None:  # noqa: ANN401 (as above)
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
        super().__init__(storage, name, cache_size, persist_empty)
        self._lookups = self._journal().lookups(name, self.indexed)

    def lookup(self, index: str, value: Hashable) -> list[int]:
        """Return the ids of the rows that have the value in the index."""
        return [int(key) for key in self._lookups[index].find(value)]

    def keys(self, index: str) -> list[Hashable]:
        """Return all values of an index."""
        return self._lookups[index].values()

    def raw(self, doc_id: int) -> Mapping[str, Any]:
        """Return the live row, not to be changed. Raise KeyError."""
        row: Mapping[str, Any] = self._read_table()[str(doc_id)]
        return row

    def raw_rows(self) -> Iterator[tuple[int, Mapping[str, Any]]]:
        """Iterate over the live rows, not to be changed."""
        return ((int(key), row) for key, row in self._read_table().items())

    def put(self, doc_id: int | None, row: dict[str, Any], *, found_as_before: bool = False) -> int:
        """Set a whole row that from now on belongs to the table; the caller must not keep it.

        `found_as_before`: the caller knows that all look-ups give for it what they gave.
        """
        key = str(doc_id if doc_id is not None else self._get_next_id())  # type: ignore[no-untyped-call]  # TinyDB's
        if found_as_before:
            self._journal().commit(self.name, {key: row}, [])
        else:
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
            old, new = rows.get(key), sets.get(key)
            for lookup in self._lookups.values():
                lookup.move(key, old, new)
        self._journal().commit(self.name, sets, removed)

    def _journal(self) -> JournalStorage:
        storage = self._storage
        assert isinstance(storage, JournalStorage)  # noqa: S101 (LiveTable lives in no other)
        return storage


class LiveDatabase(TinyDB):
    """TinyDB wired to the two classes above."""

    default_storage_class = JournalStorage  # type: ignore[assignment]  # TinyDB declares its own default only
    table_class = LiveTable

    @property
    def journal(self) -> JournalStorage:
        """The storage."""
        return cast(JournalStorage, self.storage)

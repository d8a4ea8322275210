"""What makes finding quick: words, values and orders of all entries, beside the index and derived from its rows."""

from __future__ import annotations

import itertools
from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from passport.vault.bitmaps import Values, Words, bit, bitmap_of
from passport.vault.fields import SORTS, values_in, words_in

Row = Mapping[str, Any]


class Catalogue:
    """Built from the rows when first needed, then kept up to date. Not for several threads at once."""

    def __init__(self, rows: Callable[[], Iterator[tuple[int, Row]]], row: Callable[[int], Row]) -> None:
        self._rows = rows
        self.row = row
        self.forget()

    def forget(self) -> None:
        """Forget all; the next search builds it anew."""
        self.every = 0
        """All entries, as a bitmap."""
        self.words = Words()
        self.values: dict[str, Values] = {}
        self._orders: dict[str, list[tuple[Any, int]]] = {}
        self._now = 0.0
        self._pending: dict[int, None] | None = None
        """Rows that are not in yet; None: the building has not begun."""
        self._found: dict[str, int] = {}

    @property
    def size(self) -> int:
        """A number above those of all entries."""
        return self.every.bit_length()

    def build(self, now: float, at_most: int | None = None) -> bool:
        """Take in rows that are not in yet, all or a part; return whether all are."""
        if self._pending is None:
            self._now = now
            self._pending = {number: None for number, row in self._rows() if row.get("content")}
        for number in list(itertools.islice(self._pending, at_most)):
            del self._pending[number]
            self._enter(number, self.row(number))
        if not self._pending:
            self._let_lapse(now)
        return not self._pending

    def set(self, number: int, old: Row | None, new: Row) -> None:
        """Keep up with a row that was set."""
        if self._pending is None or number in self._pending:
            return  # it will be taken in as it is then
        self._found.clear()
        if old is not None and old.get("content"):
            self._leave(number, old, new)
        if new.get("content"):
            self._enter(number, new, old)

    def order(self, sort: str) -> list[tuple[Any, int]]:
        """Return all entries' keys and numbers in ascending order."""
        if sort not in self._orders:
            key = SORTS[sort]
            self._orders[sort] = sorted((key(row), number) for number, row in self._rows() if row.get("content"))
        return self._orders[sort]

    def with_word(self, prefix: str) -> int:
        """Return the entries with a word that begins so."""
        if prefix not in self._found:
            self._found[prefix] = self.words.beginning_with(prefix)
        return self._found[prefix]

    def until(self, start: float, end: float) -> int:
        """Return the entries whose last moment is within the two."""
        order = self.order("expiry")
        first, last = bisect_left(order, (start, -1)), bisect_right(order, (end, self.size))
        return bitmap_of((number for _, number in order[first:last]), self.size)

    def _enter(self, number: int, row: Row, old: Row | None = None) -> None:
        self.every |= bit(number)
        known = words_in(old) if old is not None and old.get("content") else frozenset[str]()
        self.words.add(number, words_in(row) - known)
        for name, values in values_in(row, self._now).items():
            self.values.setdefault(name, Values()).add(number, dict.fromkeys(values))
        for sort, order in self._orders.items():
            insort(order, (SORTS[sort](row), number))

    def _leave(self, number: int, row: Row, new: Row) -> None:
        self.every &= ~bit(number)
        kept = words_in(new) if new.get("content") else frozenset[str]()
        self.words.remove(number, words_in(row) - kept)
        for name, values in values_in(row, self._now).items():
            self.values[name].remove(number, values)
        for sort, order in self._orders.items():
            del order[bisect_left(order, (SORTS[sort](row), number))]

    def _let_lapse(self, now: float) -> None:
        """Count those as expired whose last moment has passed since the last look."""
        before, order = self._now, self.order("expiry")
        if now == before:
            return
        start, end = sorted((before, now))
        lapsed = order[bisect_left(order, (start, -1)) : bisect_right(order, (end, self.size))]
        for moment, turn in ((before, Values.remove), (now, Values.add)):
            for _, number in lapsed:
                for name, values in values_in(self.row(number), moment).items():
                    if name in {"verdict", "is"}:
                        turn(self.values[name], number, values)
        self._now = now

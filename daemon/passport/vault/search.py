"""Finding entries: words, filters, sorting, and how many there are of each kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from passport.vault.bitmaps import Membership, bit, bitmap_of, numbers_in
from passport.vault.catalogue import Catalogue
from passport.vault.collecting import Collection, Collections
from passport.vault.deriving import fold
from passport.vault.fields import COUNTED, GREATEST_FIRST, NAMED, SORTS, named_in, values_in
from passport.vault.queries import Filter, Query, parse_query
from passport.vault.skills import SkillNames

_DAY_S = 86_400.0
_EXPIRING_DAYS = 30
_FACET_VALUES = 200
"""So many values of a field are counted at most: the most frequent."""
_FEW = 300
"""So many results are sorted by themselves."""
_FEW_COUNTED = 40
"""So many results are counted one by one; of more, each value's bitmap is quicker."""
_RULES_DEEP = 3
"""A collection's rule may name a collection whose rule names a collection, but not for ever."""


NumberOf = Callable[[str], int | None]
"""Gives the row's number of an entry's id."""


@dataclass(frozen=True, slots=True)
class Found:
    """Numbers of rows: one page of them, how many in all, and the counts of all."""

    numbers: tuple[int, ...]
    total: int
    facets: dict[str, dict[str, int]]


class Search:
    """Answers queries from the catalogue. Not for several threads at once."""

    def __init__(self, catalogue: Catalogue, collections: Collections, number_of: NumberOf, now: float) -> None:
        self._catalogue = catalogue
        self._collections = collections
        self._number_of = number_of
        self._now = now

    def find(self, query: Query, *, sort: str, offset: int, limit: int, include_trashed: bool) -> Found:
        """Return the page and the counts."""
        hits = self.hits(query)
        if not include_trashed:
            hits = self._kept(hits, query)
        page = self._page(hits, sort, offset, max(limit, 0))
        return Found(tuple(page), hits.bit_count(), self._count(hits))

    def count(self, query: Query) -> int:
        """Return how many entries outside the trash the query finds."""
        return self._kept(self.hits(query), query).bit_count()

    def _kept(self, hits: int, query: Query) -> int:
        if any(f.name == "is" and f.value == "trashed" for f in query.filters):
            return hits
        return hits & ~self._value("is", "trashed")

    def hits(self, query: Query, depth: int = 0) -> int:
        """Return all entries that the query asks for, those in the trash included."""
        hits = self._catalogue.every
        for word in query.words:
            hits &= self._catalogue.with_word(word)
        for word in query.without:
            hits &= ~self._catalogue.with_word(word)
        for condition in query.filters:
            passing = self._passing(condition, depth)
            hits &= ~passing if condition.negated else passing
        return hits

    def _passing(self, condition: Filter, depth: int) -> int:
        if condition.name == "expiring":
            digits = "".join(c for c in condition.value if c.isdecimal())[:6]
            days = int(digits) if digits else _EXPIRING_DAYS
            return self._catalogue.until(self._now, self._now + days * _DAY_S)
        if condition.name == "collection":
            return self._in_collection(condition.value, depth)
        if condition.name == "issuer":
            return self._issued_by(condition.value)
        if condition.name == "skill":
            return self._of_skill(condition.value)
        return self._value(condition.name, condition.value)

    def _value(self, field: str, folded: str) -> int:
        rows = self._catalogue.values[field].rows if field in self._catalogue.values else {}
        found = 0
        for value, bitmap in rows.items():
            if fold(value) == folded:
                found |= bitmap
        return found

    @cached_property
    def skill_names(self) -> SkillNames:
        """The names that skills have, as the badges outside the trash give them."""
        kept, named = ~self._value("is", "trashed"), self._catalogue.values.get(NAMED)
        said = {value: (rows & kept).bit_count() for value, rows in named.rows.items()} if named else {}
        return SkillNames({named_in(value): number for value, number in said.items() if number})

    def _of_skill(self, folded: str) -> int:
        """Return the entries for a skill, under whichever of its names."""
        rows = self._catalogue.values["skill"].rows if "skill" in self._catalogue.values else {}
        same = {other for name in rows if fold(name) == folded for other in self.skill_names.all(name)}
        found = 0
        for name, bitmap in rows.items():
            if fold(name) == folded or name.casefold() in same:
                found |= bitmap
        return found

    def _issued_by(self, folded: str) -> int:
        """Return what an issuer of exactly this name or id issued, else those whose name or id contains it."""
        exact = self._value("issuer", folded) | self._value("issuer_id", folded)
        if exact or not folded:
            return exact
        fields = [self._catalogue.values[f].rows for f in ("issuer", "issuer_id") if f in self._catalogue.values]
        found = 0
        for rows in fields:
            for value, bitmap in rows.items():
                if folded in fold(value):
                    found |= bitmap
        return found

    def _in_collection(self, folded: str, depth: int) -> int:
        found = 0
        for collection in self._collections.by_id.values():
            if folded in {fold(collection.id), fold(collection.name)}:
                found |= self._members(collection, depth)
        return found

    def _members(self, collection: Collection, depth: int) -> int:
        numbers = [number for member in collection.members if (number := self._number_of(member)) is not None]
        found = bitmap_of(numbers, max(numbers, default=0) + 1) & self._catalogue.every
        if collection.rule.strip() and depth < _RULES_DEEP:
            found |= self.hits(parse_query(collection.rule), depth + 1)
        return found

    def _page(self, hits: int, sort: str, offset: int, limit: int) -> list[int]:
        name = sort.removeprefix("-")
        if name.startswith("collection:"):
            return self._in_hand_order(hits, name.partition(":")[2])[offset : offset + limit]
        name = name if name in SORTS else "added"
        descending = (name in GREATEST_FIRST) != sort.startswith("-")
        page: list[int] = []
        for number in self._ordered(hits, name, descending=descending):
            if offset > 0:
                offset -= 1
            elif len(page) < limit:
                page.append(number)
            else:
                break
        return page

    def _ordered(self, hits: int, name: str, *, descending: bool) -> Iterator[int]:
        if hits.bit_count() <= _FEW:
            key = SORTS[name]
            few = sorted((key(self._catalogue.row(number)), number) for number in numbers_in(hits))
            yield from (number for _, number in (reversed(few) if descending else few))
            return
        order, hit = self._catalogue.order(name), Membership(hits)
        yield from (number for _, number in (reversed(order) if descending else order) if number in hit)

    def _in_hand_order(self, hits: int, collection_id: str) -> list[int]:
        """Return first what the owner gave a place, in that order, then what else the rule adds, newest first."""
        collection = self._collections.by_id.get(collection_id)
        given = {**collection.members, **collection.places} if collection else {}
        known = [(_place(given[m]), number) for m in given if (number := self._number_of(m)) is not None]
        by_hand = [number for _, number in sorted(known) if bit(number) & hits]
        rest = hits & ~bitmap_of(by_hand, max(by_hand, default=0) + 1)
        return by_hand + list(self._ordered(rest, "date", descending=True))

    def _count(self, hits: int) -> dict[str, dict[str, int]]:
        counters = self._count_few(hits) if hits.bit_count() <= _FEW_COUNTED else self._count_many(hits)
        counters["collection"] = Counter(
            {c.id: n for c in self._collections.by_id.values() if (n := (self._members(c, 0) & hits).bit_count())}
        )
        return {name: dict(counter.most_common(_FACET_VALUES)) for name, counter in counters.items()}

    def _count_few(self, hits: int) -> dict[str, Counter[str]]:
        counters = {name: Counter[str]() for name in COUNTED}
        for number in numbers_in(hits):
            values: dict[str, Any] = dict(values_in(self._catalogue.row(number), self._now))
            values["skill"] = map(self.skill_names.main, values["skill"])
            for name in COUNTED:
                counters[name].update(dict.fromkeys(values[name], 1))
        return counters

    def _count_many(self, hits: int) -> dict[str, Counter[str]]:
        return {
            name: Counter({v: n for v, rows in self._rows_of(name).items() if (n := (rows & hits).bit_count())})
            for name in COUNTED
            if name in self._catalogue.values
        }

    def _rows_of(self, field: str) -> Mapping[str, int]:
        rows = self._catalogue.values[field].rows
        if field != "skill":
            return rows
        joined: dict[str, int] = {}
        for name, bitmap in rows.items():
            main = self.skill_names.main(name)
            joined[main] = joined.get(main, 0) | bitmap
        return joined


def _place(value: object) -> tuple[int, float, str]:
    """Return something that orders numbers before texts before the rest."""
    if isinstance(value, int | float):
        return 0, float(value), ""
    return (1, 0.0, value) if isinstance(value, str) else (2, 0.0, "")

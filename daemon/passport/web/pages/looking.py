"""What the gallery is asked to show: the address bar holds all of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from multidict import MultiMapping

PAGE_SIZE = 60
"""Whole rows in 1, 2, 3, 4, 5 and 6 columns: each page of cards is a sheet of its own."""
SORTS = ("date", "added", "name", "issuer", "expiry", "rating")
LAYOUTS = ("grid", "list", "timeline")
ONE_OF = ("verdict", "issuer", "year", "state", "visibility", "rating")
"""A badge has one of these, so a further value takes the place of the one before."""
MANY_OF = ("tag", "collection", "skill", "has", "expiring")
FILTERS = (*ONE_OF, *MANY_OF)
MAX_FILTERS = 20

Filters = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A view of the gallery."""

    words: str = ""
    filters: Filters = ()
    sort: str = "date"
    layout: str = "grid"
    offset: int = 0

    @classmethod
    def parse(cls, query: MultiMapping[str] | Mapping[str, str]) -> Look:
        """Read the address; what is not understood is left out."""
        pairs = tuple((name, value[:300]) for name, value in query.items() if name in FILTERS and value.strip())[
            :MAX_FILTERS
        ]
        sort, layout, offset = query.get("sort", ""), query.get("view", ""), query.get("offset", "")
        return cls(
            words=query.get("q", "")[:500],
            filters=tuple(dict.fromkeys(pairs)),
            sort=sort if sort.removeprefix("-") in SORTS else "date",
            layout=layout if layout in LAYOUTS else "grid",
            offset=int(offset) if offset.isascii() and offset.isdecimal() and len(offset) < 8 else 0,
        )

    @property
    def asked(self) -> str:
        """The query as the vault reads it."""
        return " ".join(filter(None, (self.words, *(f'{name}:"{_plain(value)}"' for name, value in self.filters))))

    @property
    def order(self) -> str:
        """How the vault shall sort; a timeline is by date whatever else is chosen."""
        return "date" if self.layout == "timeline" else self.sort

    @property
    def everything(self) -> bool:
        """Whether nothing is left out."""
        return not self.words.strip() and not self.filters

    def on(self, name: str, value: str) -> bool:
        """Return whether a filter is set."""
        return (name, value) in self.filters

    def toggled(self, name: str, value: str) -> Look:
        """Return the look with a filter put on or taken off."""
        if self.on(name, value):
            return replace(self, filters=tuple(f for f in self.filters if f != (name, value)), offset=0)
        others = tuple(f for f in self.filters if name not in ONE_OF or f[0] != name)
        return replace(self, filters=(*others, (name, value)), offset=0)

    def without(self, name: str) -> Look:
        """Return the look with nothing chosen of one kind."""
        return replace(self, filters=tuple(f for f in self.filters if f[0] != name), offset=0)

    def address(self, **changes: object) -> str:
        """Return the address of this look, with changes."""
        pairs = list(replace(self, **changes).pairs()) if changes else list(self.pairs())  # type: ignore[arg-type] # names of fields
        return f"/?{urlencode(pairs)}" if pairs else "/"

    def pairs(self, leave: Sequence[str] = ()) -> Iterator[tuple[str, str]]:
        """Yield what the address holds, without what is as usual."""
        usual = (("q", self.words, ""), ("sort", self.sort, "date"), ("view", self.layout, "grid"))
        for name, value, default in usual:
            if value != default and name not in leave:
                yield name, value
        yield from self.filters
        if self.offset and "offset" not in leave:
            yield "offset", str(self.offset)


def _plain(value: str) -> str:
    return value.replace('"', " ")

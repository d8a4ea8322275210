"""Collections: put together by hand, by a rule, or both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from passport.vault.rows import said

PREFIX = "collection:"
MEMBER = "member:"
PLACE = "place:"
"""Key of where the owner wants an entry to stand that only the rule puts in; it puts nothing in by itself."""


@dataclass(frozen=True, slots=True)
class Collection:
    """What the vault reads of a collection."""

    id: str
    name: str = ""
    rule: str = ""
    """A query of `search`; empty: by hand alone."""
    members: Mapping[str, object] = field(default_factory=dict)
    """Ids of entries, each with what to order by."""
    places: Mapping[str, object] = field(default_factory=dict)
    """The same for what the rule puts in, where the owner gave it a place."""

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Collection | None:
        """Read it from the index's row; None where it is in the trash or deleted."""
        keys = row["keys"]
        if said(keys, "trashed") or all(value is None for _, value in keys.values()):
            return None
        members = {k[len(MEMBER) :]: keys[k][1] for k in keys if k.startswith(MEMBER) and keys[k][1] is not None}
        places = {k[len(PLACE) :]: keys[k][1] for k in keys if k.startswith(PLACE) and keys[k][1] is not None}
        rule, name = said(keys, "rule"), said(keys, "name")
        return cls(
            row["id"][len(PREFIX) :],
            name if isinstance(name, str) else "",
            rule if isinstance(rule, str) else "",
            {k: v for k, v in members.items() if v is not False},
            places,
        )


class Collections:
    """All collections, and which entries are in which by hand."""

    def __init__(self) -> None:
        self.by_id: dict[str, Collection] = {}
        self._of_entry: dict[str, tuple[str, ...]] = {}

    def set(self, row: Mapping[str, Any]) -> None:
        """Take in the row of a collection."""
        name = row["id"][len(PREFIX) :]
        old, new = self.by_id.pop(name, None), Collection.from_row(row)
        for member in old.members if old else ():
            self._of_entry[member] = tuple(c for c in self._of_entry[member] if c != name)
        if new:
            self.by_id[name] = new
        for member in new.members if new else ():
            self._of_entry[member] = tuple(sorted((*self._of_entry.get(member, ()), name)))

    def of(self, entry_id: str) -> tuple[str, ...]:
        """Return the ids of the collections into which the entry was put by hand."""
        return self._of_entry.get(entry_id, ())

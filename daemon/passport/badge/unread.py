"""Things of the model whose parts are read when they are first asked for.

To verify a badge takes a few of its words; to show it takes all. So what is dear to read waits, and nobody can tell:
such a thing equals, and is written and copied like, one that was read at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar


class Reader(Protocol):
    """What reads the parts that are waiting."""

    def part(self, thing: object, name: str) -> object:
        """Return the part of this name; raise AttributeError for one that there is not."""


class Unread:
    """The base of a frozen dataclass with slots, of which some slots may still be empty."""

    __slots__ = ("_reader",)

    if not TYPE_CHECKING:  # mypy is to go on refusing names that no class has

        def __getattr__(self, name: str) -> object:
            """Read a part into its slot: Python comes here only while that is empty."""
            if name == "_reader":
                raise AttributeError(name)
            value = self._reader.part(self, name)
            object.__setattr__(self, name, value)
            return value


Kind = TypeVar("Kind", bound=Unread)


def unread(kind: type[Kind], reader: Reader, known: Mapping[str, object]) -> Kind:
    """Return a thing that has the parts in `known`, and gets the others from the reader."""
    thing = object.__new__(kind)
    put = object.__setattr__
    put(thing, "_reader", reader)
    for name, value in known.items():
        put(thing, name, value)
    return thing


def read_fully(thing: object) -> None:
    """Read all that is waiting in a thing, and in what it is made of."""
    if isinstance(thing, tuple):
        for item in thing:
            read_fully(item)
    elif is_dataclass(thing):
        for part in fields(thing):
            read_fully(getattr(thing, part.name))

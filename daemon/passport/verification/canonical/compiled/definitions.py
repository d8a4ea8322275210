"""Terms as a context defines them: JSON-LD 1.1 API, 4.1 (Context Processing) and 4.2 (Create Term Definition).

Only what the shipped contexts use is known: `@id`, `@type`, `@container`, `@context`, `@protected`, `@version`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from passport.verification.canonical.compiled.unsure import UnsureError

ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+\-.]*:[^\s<>\"\x00-\x20\x7f]*")
"""Absolute for PyLD (no white space of any script), and for N-Quads."""
_MEMBERS = frozenset({"@id", "@type", "@container", "@context", "@protected"})
_CONTAINERS = frozenset({"@set", "@list", "@graph"})
_PREFIX_END = re.compile(r"[:/?#\[\]@]\Z")


@dataclass(frozen=True, slots=True)
class Definition:
    """What a term means. Two are equal when JSON-LD calls them so (4.2, step 27.1)."""

    id: str
    """An absolute IRI, `@id` or `@type`."""
    is_prefix: bool = False
    protected: bool = False
    type: str | None = None
    """`@id`, `@vocab`, `@json` or the IRI of a datatype."""
    container: tuple[str, ...] = ()
    has_context: bool = False
    context: object = None
    """The scoped context: an object, or None for one that clears all terms."""


Definitions = Mapping[str, Definition]


def define(
    known: Definitions, local: Mapping[str, object], *, override_protected: bool = False
) -> dict[str, Definition]:
    """Return the terms that hold after a local context (an object) was added to `known`."""
    work = _Processing(dict(known), local, override_protected)
    for term, value in local.items():
        work.term(term, override_protected=override_protected)
        if isinstance(value, dict) and "@context" in value:
            _validate(work.known, value["@context"])
    return work.known


def _validate(known: Definitions, scoped: object) -> None:
    """Add a scoped context for trial, as the algorithm demands (4.2, step 21.3): it may be refused."""
    if isinstance(scoped, dict):
        define(known, scoped, override_protected=True)
    elif scoped is not None:
        raise UnsureError("a scoped context that is no object")


class _Processing:
    """One local context on its way into an active one."""

    def __init__(self, known: dict[str, Definition], local: Mapping[str, object], override_protected: bool) -> None:
        self.known = known
        self._local = local
        self._done: dict[str, bool] = {"@protected": True, "@version": True}
        self._protected = local.get("@protected", False)
        if self._protected not in (True, False) or ("@protected" in local and not self._protected):
            raise UnsureError("@protected")
        if local.get("@version", 1.1) != 1.1:
            raise UnsureError("@version")

    def term(self, term: str, *, override_protected: bool = False) -> None:
        """Define a term, and before it those that it is made of."""
        if term in self._done:
            if not self._done[term]:
                raise UnsureError(f"{term} is made of itself")
            return
        if not term or term[:1] == "@" or ":" in term or "/" in term:
            raise UnsureError(f"the term {term}")
        self._done[term] = False
        previous = self.known.pop(term, None)
        new = self._read(term)
        if previous is not None and previous.protected and not override_protected:
            new = _protected(new)
            if new != previous:
                raise UnsureError(f"{term} is protected")
        self.known[term] = new
        self._done[term] = True

    def _read(self, term: str) -> Definition:
        value = self._local[term]
        simple = isinstance(value, str)
        entry = {"@id": value} if simple else value
        if not isinstance(entry, dict) or not entry.keys() <= _MEMBERS:
            raise UnsureError(f"the definition of {term}")
        named = entry.get("@id")
        if not isinstance(named, str) or named == term:
            raise UnsureError(f"the address of {term}")
        iri = self._expand(named)
        return Definition(
            id=iri,
            is_prefix=simple and _PREFIX_END.search(iri) is not None,
            protected=self._is_protected(entry),
            type=self._type(entry),
            container=_container(entry),
            has_context="@context" in entry,
            context=entry.get("@context"),
        )

    def _is_protected(self, entry: Mapping[str, object]) -> bool:
        own = entry.get("@protected", self._protected)
        if not isinstance(own, bool):
            raise UnsureError("@protected of a term")
        return own

    def _type(self, entry: Mapping[str, object]) -> str | None:
        if "@type" not in entry:
            return None
        kind = entry["@type"]
        if kind in ("@id", "@vocab", "@json"):
            return str(kind)
        if not isinstance(kind, str) or kind[:1] == "@":
            raise UnsureError("@type of a term")
        return self._expand(kind)

    def _expand(self, value: str) -> str:
        """Return the IRI or keyword that a value stands for within a context (5.2)."""
        if value[:1] == "@":
            if value in ("@id", "@type"):
                return value
            raise UnsureError(f"the keyword {value}")
        if value in self._local and self._done.get(value) is not True:
            self.term(value)
        if value in self.known:
            return self.known[value].id
        prefix, colon, suffix = value.partition(":")
        if colon and prefix and not suffix.startswith("//"):
            if prefix in self._local and not self._done.get(prefix):
                self.term(prefix)
            known = self.known.get(prefix)
            if known is not None and known.is_prefix:
                value = known.id + suffix
        if not ABSOLUTE.fullmatch(value):
            raise UnsureError(f"{value} is no absolute address")
        return value


def _protected(definition: Definition) -> Definition:
    return Definition(
        definition.id,
        definition.is_prefix,
        True,
        definition.type,
        definition.container,
        definition.has_context,
        definition.context,
    )


def _container(entry: Mapping[str, object]) -> tuple[str, ...]:
    value = entry.get("@container", [])
    listed = value if isinstance(value, list) else [value]
    if not all(isinstance(item, str) and item in _CONTAINERS for item in listed) or len(listed) > 1:
        raise UnsureError("@container")
    return tuple(listed)

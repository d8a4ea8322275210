"""Active contexts as tables: what each name means at one place of a document, worked out once and kept.

An active context is reached from another by contexts named in the document, by the types of an object, or by a
property (JSON-LD 1.1, 4.1.8, Scoped Contexts). There are few of them for one kind of badge, so each way is remembered.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from passport.verification.canonical import terms
from passport.verification.canonical.compiled.definitions import ABSOLUTE, Definition, Definitions, define
from passport.verification.canonical.compiled.unsure import UndefinedError, UnsureError
from passport.verification.canonical.contexts import Contexts

MAX_REMEMBERED = 200
"""Ways out of one active context that are kept; strangers choose the types of their objects."""
MAX_URLS = 8
"""PyLD counts the contexts of one list, and may give up beyond ten."""
Kept = TypeVar("Kept")
KEYWORDS = frozenset({"@id", "@type"})


@dataclass(frozen=True, slots=True)
class Term:
    """What is to be done with the values of one name of an object."""

    predicate: str = ""
    """In brackets; empty: it is no property (`@context` and the names of id and type)."""
    is_list: bool = False
    is_graph: bool = False
    scalars: Active | None = None
    """Where a text or number is read. None only where there is no predicate."""
    objects: Active | None = None
    """Where an object is read, before its own contexts and types."""
    coercion: str = ""
    """Of texts: `@id`, `@vocab`, or nothing."""
    datatype: str | None = None
    """What follows a literal: `^^<…>`, or nothing for texts. None: the kind of value tells."""


_NO_PROPERTY = Term()


class Active:
    """One active context. Mutable only in what it remembers."""

    __slots__ = ("_local", "_typed", "definitions", "id_key", "previous", "terms", "type_key")

    def __init__(self, definitions: Definitions, previous: Active | None = None) -> None:
        self.definitions = definitions
        self.previous = previous
        """Where one is again in objects within an object whose type brought this context."""
        self.id_key = _only_name(definitions, "@id")
        self.type_key = _only_name(definitions, "@type")
        self.terms: dict[str, Term] = {}
        self._typed: dict[object, tuple[Active, tuple[str, ...]]] = {}
        self._local: dict[object, Active] = {}

    def term(self, name: str) -> Term:
        """Return what to do with a name, for one that is not among `terms` yet."""
        known = self.definitions.get(name)
        if name == "@context":
            term = _NO_PROPERTY
        elif known is None:
            raise UnsureError(f"the keyword {name}") if name[:1] == "@" else UndefinedError(name)
        elif known.id in KEYWORDS:
            term = _NO_PROPERTY
        else:
            term = self._property(name, known)
        self.terms[name] = term
        return term

    def _property(self, name: str, known: Definition) -> Term:
        values = self.scoped(known) if known.has_context else self
        inner = values.definitions.get(name)
        kind = inner.type if inner else None
        if "@json" in (kind, known.type) or ("@list" in known.container) != ("@list" in _container(inner)):
            raise UnsureError(f"{name} is of a kind that is left to PyLD")
        objects = values.previous or values
        if inner is not None and inner.has_context:
            objects = objects.scoped(inner)
        return Term(
            predicate=f"<{known.id}>",
            is_list="@list" in known.container,
            is_graph="@graph" in known.container,
            scalars=values,
            objects=objects,
            coercion=kind if kind in ("@id", "@vocab") else "",
            datatype=_datatype(kind),
        )

    def scoped(self, known: Definition) -> Active:
        """Return the active context within the values of a property that has a context of its own."""
        if known.context is None:
            return Active({})
        if not isinstance(known.context, dict):
            raise UnsureError("a scoped context that is no object")
        return Active(define(self.definitions, known.context, override_protected=True), self.previous)

    def typed(self, types: object) -> tuple[Active, tuple[str, ...]]:
        """Return the active context of an object with these types, and the types in brackets."""
        key = tuple(types) if isinstance(types, list) else types
        try:
            found = self._typed.get(key)
        except TypeError as error:
            raise UnsureError("types that are no texts") from error
        if found is None:
            found = self._with_types((key,) if isinstance(key, str) else key)
            _remember(self._typed, key, found)
        return found

    def _with_types(self, names: object) -> tuple[Active, tuple[str, ...]]:
        if not isinstance(names, tuple) or not names or not all(isinstance(name, str) for name in names):
            raise UnsureError("types that are no texts")
        active = self
        for name in sorted(names):
            known = self.definitions.get(name)
            if known is not None and isinstance(known.context, dict):
                start = active if active.previous else Active(active.definitions, active)
                active = Active(define(start.definitions, known.context), start.previous)
            elif known is not None and known.has_context and known.context is not None:
                raise UnsureError("a scoped context that is no object")
        if active.type_key != self.type_key:
            raise UnsureError("a type that gives the name for types another meaning")
        return active, tuple(self.vocabulary(name) for name in names)

    def vocabulary(self, value: str) -> str:
        """Return the IRI, in brackets, of a value that may be a term."""
        known = self.definitions.get(value)
        return self.address(known.id if known else value)

    def address(self, value: str) -> str:
        """Return an absolute IRI in brackets; compact, relative and blank ones are left to PyLD."""
        if not ABSOLUTE.fullmatch(value):
            raise UnsureError(f"{value} is no absolute address")
        prefix, _, suffix = value.partition(":")
        if prefix in self.definitions and not suffix.startswith("//"):
            raise UnsureError(f"{value} may be a compact address")
        return f"<{value}>"

    def local(self, named: object, contexts: Contexts) -> Active:
        """Return the active context of an object that names contexts of its own."""
        urls = tuple(named) if isinstance(named, list) else (named,)
        if not all(isinstance(url, str) for url in urls):
            raise UnsureError("contexts that are no addresses")
        found = self._local.get(urls)
        if found is None:
            found = self._with_contexts(urls, contexts)
            _remember(self._local, urls, found)
        return found

    def _with_contexts(self, urls: tuple[object, ...], contexts: Contexts) -> Active:
        if not 0 < len(urls) <= MAX_URLS:
            raise UnsureError("no contexts, or many")
        definitions = self.definitions
        for url in urls:
            if url not in contexts:
                raise UnsureError(f"{url} is not shipped")
            for local in _objects(contexts.load(str(url)), contexts):
                definitions = define(definitions, local)
        return Active(definitions, self.previous)


def _objects(value: object, contexts: Contexts) -> list[Mapping[str, object]]:
    """Return the objects that a context is made of, in order."""
    if isinstance(value, dict):
        return [value]
    if isinstance(value, list):
        return [one for item in value for one in _objects(item, contexts)]
    if isinstance(value, str) and value in contexts:
        return _objects(contexts.load(value), contexts)
    raise UnsureError("a context that is no object")


def _datatype(kind: str | None) -> str | None:
    if kind is None or kind[:1] == "@":
        return None
    return "" if kind == f"{terms.XSD}string" else f"^^<{kind}>"


def _container(known: Definition | None) -> tuple[str, ...]:
    return known.container if known else ()


def _only_name(definitions: Definitions, keyword: str) -> str:
    """Return the one name of a keyword; empty when it has none or several, which is left to PyLD."""
    names = [name for name, known in definitions.items() if known.id == keyword]
    return names[0] if len(names) == 1 else ""


def _remember(memory: dict[object, Kept], key: object, value: Kept) -> None:
    if len(memory) >= MAX_REMEMBERED:
        memory.clear()
    memory[key] = value

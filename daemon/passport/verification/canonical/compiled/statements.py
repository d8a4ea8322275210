"""One pass over a document: expansion, and the statements that come of it (JSON-LD 1.1 API, 5.1 and 8.1)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise

from passport.verification.canonical import terms
from passport.verification.canonical.compiled.active import Active, Term
from passport.verification.canonical.compiled.unsure import UnsureError
from passport.verification.canonical.contexts import Contexts
from passport.verification.canonical.rdfc10 import Quad

MAX_DEPTH = 40
"""Objects within objects; PyLD runs out of stack not far beyond."""
MAX_INTEGER = 10**15
"""Larger numbers are written as doubles from 10^21 on, and floats are exact below 2^53: the rest is PyLD's."""
_DOUBLE_ZEROS = re.compile(r"(\d)0*E\+?(-)?0*(\d)")


def statements(document: Mapping[str, object], contexts: Contexts, start: Active) -> list[Quad]:
    """Return the statements of a document; UnsureError where PyLD must tell.

    `start`: the active context without any term, which remembers what was worked out before.
    """
    run = _Run(contexts)
    try:
        run.root(document, start)
    except RecursionError as error:
        raise UnsureError("nested too deeply") from error
    if not run.quads:
        raise UnsureError("it says nothing")
    return run.quads


class _Run:
    """The way through one document."""

    __slots__ = ("contexts", "nodes", "quads", "root_id")

    def __init__(self, contexts: Contexts) -> None:
        self.contexts = contexts
        self.quads: list[Quad] = []
        self.nodes = 0
        self.root_id: str | None = None

    def root(self, document: Mapping[str, object], start: Active) -> None:
        if "@context" not in document:
            raise UnsureError("it names no context")
        self.node(document, start, "", 0)

    def node(self, element: Mapping[str, object], active: Active, graph: str, depth: int) -> str:
        """Emit an object's statements; return its name."""
        if depth > MAX_DEPTH:
            raise UnsureError("nested deeply")
        if "@context" in element:
            active = active.local(element["@context"], self.contexts)
        if not active.type_key or not active.id_key:
            raise UnsureError("no one name for types and ids")
        types: tuple[str, ...] = ()
        outer = active
        if active.type_key in element:
            active, types = active.typed(element[active.type_key])
        subject = self.name_of(element, active, outer, graph, depth)
        quads = self.quads
        for type_ in types:
            quads.append((subject, terms.RDF_TYPE, type_, graph))
        known = active.terms
        for name, value in element.items():
            term = known.get(name) or active.term(name)
            if value is None or not term.predicate:
                continue
            if isinstance(value, str) and not term.is_list and not term.is_graph:
                quads.append((subject, term.predicate, _text(value, term), graph))
            else:
                self.values(subject, term, value, graph, depth)
        return subject

    def name_of(self, element: Mapping[str, object], active: Active, outer: Active, graph: str, depth: int) -> str:
        """Return the IRI of an object, or a new blank node."""
        if active.id_key != outer.id_key:
            raise UnsureError("a type that gives the name for ids another meaning")
        if active.id_key not in element:
            return self.blank()
        value = element[active.id_key]
        if not isinstance(value, str):
            raise UnsureError("an id that is no text")
        name = active.address(value)
        if depth == 0:
            self.root_id = name
        elif name == self.root_id and not graph and not element.keys() <= {active.id_key, active.type_key, "@context"}:
            raise UnsureError("another object with the credential's id")
        return name

    def blank(self) -> str:
        self.nodes += 1
        return f"_:b{self.nodes}"

    def values(self, subject: str, term: Term, value: object, graph: str, depth: int) -> None:
        """Emit the values of a property that are more than one text."""
        if term.is_list:
            self.ordered(subject, term, value, graph, depth)
            return
        if isinstance(value, list):
            for item in value:
                self.values(subject, term, item, graph, depth + 1)
        elif value is not None:
            if term.is_graph:
                name = self.blank()
                self.quads.append((subject, term.predicate, name, graph))
                if not isinstance(value, dict):
                    raise UnsureError("a graph that is no object")
                self.value(value, term, name, depth)
            else:
                self.quads.append((subject, term.predicate, self.value(value, term, graph, depth), graph))

    def value(self, value: object, term: Term, graph: str, depth: int) -> str:
        """Return the object of a statement, and emit what is to be said of it."""
        if isinstance(value, str):
            return _text(value, term)
        if isinstance(value, dict):
            if len(value) == 1 and term.scalars is not term.objects:
                self.refuse_doubtful_reference(value, term)
            assert term.objects is not None  # noqa: S101 # a property has both
            return self.node(value, term.objects, graph, depth + 1)
        return _number(value, term)

    def refuse_doubtful_reference(self, value: Mapping[str, object], term: Term) -> None:
        """An object of nothing but an id is read where its property stands, not where its objects are (5.1.2, 7)."""
        (name,) = value
        if term.scalars is None or term.objects is None or term.scalars.previous is None:
            return
        if name == term.scalars.id_key != term.objects.id_key:
            raise UnsureError("a reference that is read in two ways")
        if name == term.scalars.id_key and isinstance(value[name], str):
            term.scalars.address(str(value[name]))

    def ordered(self, subject: str, term: Term, value: object, graph: str, depth: int) -> None:
        """Emit an ordered list (8.3, List to RDF Conversion)."""
        items = [item for item in (value if isinstance(value, list) else [value]) if item is not None]
        if any(isinstance(item, list) for item in items):
            raise UnsureError("a list in a list")
        nodes = [*(self.blank() for _ in items), terms.RDF_NIL]
        self.quads.append((subject, term.predicate, nodes[0], graph))
        for item, (node, following) in zip(items, pairwise(nodes), strict=True):
            self.quads.append((node, terms.RDF_FIRST, self.value(item, term, graph, depth), graph))
            self.quads.append((node, terms.RDF_REST, following, graph))


def _text(value: str, term: Term) -> str:
    if term.coercion:
        assert term.scalars is not None  # noqa: S101 # a property has both
        return term.scalars.address(value) if term.coercion == "@id" else term.scalars.vocabulary(value)
    if term.datatype == DOUBLE:
        raise UnsureError("a text that is to be a double")
    return terms.literal(value) + (term.datatype or "")


DOUBLE = f"^^<{terms.XSD}double>"
INTEGER = f"^^<{terms.XSD}integer>"
BOOLEAN = f"^^<{terms.XSD}boolean>"


def _number(value: object, term: Term) -> str:
    """Return a literal of a number or truth value (8.2, Object to RDF Conversion)."""
    if term.coercion or term.datatype == DOUBLE:
        raise UnsureError("a number where an address or a double belongs")
    if value is True or value is False:
        return _literal("true" if value else "false", term, BOOLEAN)
    if not isinstance(value, int | float) or not -MAX_INTEGER < value < MAX_INTEGER:
        raise UnsureError("a number of another kind")
    if int(value) == value:
        return _literal(str(int(value)), term, INTEGER)
    return _literal(_DOUBLE_ZEROS.sub(r"\1E\2\3", f"{value:1.15E}"), term, DOUBLE)


def _literal(text: str, term: Term, natural: str) -> str:
    return f'"{text}"{natural if term.datatype is None else term.datatype}'

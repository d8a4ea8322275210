"""An assertion of OB 0.5-2.1 with its badge class and issuer, each from where it lives.

Only what an address itself answers counts as its word: a class or issuer that is embedded under an http(s) id is asked
for there, and the embedded copy is only compared (OB 2.0, Verification; security.md 2.4).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from passport.badge.model import AchievementCredential
from passport.badge.parsing import parse_document
from passport.errors import ParseError
from passport.verification.addresses import parse_address
from passport.verification.documents import Documents
from passport.verification.remote import Reading, State, read_object


@dataclass(frozen=True, slots=True)
class Part:
    """A badge class or issuer."""

    url: str | None = None
    """Its http(s) id; None: it has none, and stands embedded in its parent."""
    embedded: Mapping[str, object] | None = None
    """The copy that stands in its parent."""
    reading: Reading | None = None
    """What its address answered."""

    @property
    def value(self) -> Mapping[str, object] | None:
        """What counts as its word; None while it is not known."""
        return self.embedded if self.url is None else self.reading.value if self.reading else None

    @property
    def unread(self) -> Reading | None:
        """The reading that failed, if one did."""
        return self.reading if self.reading is not None and self.reading.state is not State.READ else None


@dataclass(frozen=True, slots=True)
class Graph:
    """The three together."""

    assertion: Mapping[str, object]
    badge: Part
    issuer: Part

    @property
    def unread(self) -> list[Reading]:
        """Class and issuer, as far as they could not be read."""
        return [part.unread for part in (self.badge, self.issuer) if part.unread is not None]

    @property
    def issuer_id(self) -> str:
        """The issuer's URL; where it has none, what it calls itself."""
        if self.issuer.url:
            return self.issuer.url
        value = self.issuer.value or {}
        own = value.get("id") or value.get("origin") or value.get("url")
        return own if isinstance(own, str) else ""


def assemble(assertion: Mapping[str, object], documents: Documents) -> Graph:
    """Return the assertion with its class and issuer, as far as the documents go."""
    badge = part_of(assertion.get("badge"), documents)
    issuer = part_of((badge.value or {}).get("issuer"), documents)
    return Graph(assertion, badge, issuer)


def as_credential(graph: Graph, original: AchievementCredential) -> AchievementCredential | None:
    """Return what the graph says as a whole; `source` stays the statement in the file. None: it is no badge."""
    document = dict(graph.assertion)
    if graph.badge.value is not None:
        badge = dict(graph.badge.value)
        if graph.issuer.value is not None:
            badge["issuer"] = dict(graph.issuer.value)
        document["badge"] = badge
    try:
        found = parse_document(document, source=original.source)
    except ParseError:
        return None
    return found


def part_of(value: object, documents: Documents) -> Part:
    """Return the class or issuer that a property names (a URL) or holds (an object)."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, str):
        return Part(value, None, read_object(documents, value))
    if not isinstance(value, dict):
        return Part()
    name = value.get("id") or value.get("@id")
    if isinstance(name, str) and parse_address(name.partition("#")[0]) is not None:
        return Part(name, value, read_object(documents, name))
    return Part(None, value)

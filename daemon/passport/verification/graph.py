"""An assertion of OB 0.5-2.1 with its badge class and issuer, each from where it lives.

Only what an address itself answers counts as its word: a class or issuer that is embedded under an http(s) id is asked
for there, and the embedded copy is only compared (OB 2.0, Verification; security.md 2.4).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from passport.badge.generations.assertion import read as read_assertion
from passport.badge.model import AchievementCredential, AchievementSubject, Securing
from passport.badge.parsing import parse_document
from passport.errors import ParseError
from passport.verification.addresses import parse_address
from passport.verification.documents import Documents
from passport.verification.remote import SMALL_CHARACTERS, Reading, State, read_json, read_object

T = TypeVar("T", AchievementCredential, AchievementSubject)


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
    def served(self) -> tuple[str, str] | None:
        """The address and the text that it answered, where that is small: what is derived of it is kept at hand."""
        reading = self.reading
        if reading is None or reading.value is None or self.url is None or len(reading.text) > SMALL_CHARACTERS:
            return None
        return self.url, reading.text

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
    document = _composed(graph.assertion, graph.badge.value, graph.issuer.value)
    badge, issuer = graph.badge.served, graph.issuer.served
    if badge and issuer and graph.assertion == original.document and original.securing is not Securing.NONE:
        described = _described(badge[1], issuer[1], original.standard)
        if described is not None:
            subject = _changed(original.subject, achievement=described.subject.achievement)
            oddities = original.oddities + described.oddities
            return _changed(original, document=document, subject=subject, issuer=described.issuer, oddities=oddities)
    try:
        return parse_document(document, source=original.source)
    except ParseError:
        return None


def _composed(
    assertion: Mapping[str, object], badge: Mapping[str, object] | None, issuer: Mapping[str, object] | None
) -> dict[str, object]:
    if badge is None:
        return dict(assertion)
    inner = {**badge} if issuer is None else {**badge, "issuer": issuer}
    return {**assertion, "badge": inner}


@lru_cache(maxsize=128)
def _described(badge: str, issuer: str, standard: str) -> AchievementCredential | None:
    """Return an empty credential with this class and issuer: they stand behind many badges, and are read once."""
    described, by = read_json(badge), read_json(issuer)
    if not isinstance(described, dict) or not isinstance(by, dict):
        return None
    document = _composed({"type": "Assertion"}, described, by)
    try:
        return read_assertion(document, standard=standard, source="", signed=False)
    except ParseError:
        return None


def _changed(thing: T, **changes: object) -> T:
    """Return a copy with changes: `dataclasses.replace`, in a third of the time."""
    copy: T = object.__new__(type(thing))
    for name in type(thing).__slots__:
        object.__setattr__(copy, name, changes[name] if name in changes else getattr(thing, name))
    return copy


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

"""An assertion of OB 0.5-2.1 with its badge class and issuer, each from where it lives.

Only what an address itself answers counts as its word: a class or issuer that is embedded under an http(s) id is asked
for there, and the embedded copy is only compared (OB 2.0, Verification; security.md 2.4).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from passport.badge.generations.assertion import described
from passport.badge.generations.parts import profile
from passport.badge.model import AchievementCredential, Profile, Securing
from passport.badge.parsing import parse_document
from passport.badge.reading import Node
from passport.errors import ParseError
from passport.verification.addresses import parse_address, without_fragment
from passport.verification.documents import Documents
from passport.verification.remote import Reading, State, read_object


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A badge class or issuer. Compared by identity, so that what is derived of it can be kept at hand."""

    url: str | None = None
    """Its http(s) id; None: it has none, and stands embedded in its parent."""
    embedded: Mapping[str, object] | None = None
    """The copy that stands in its parent."""
    reading: Reading | None = None
    """What its address answered."""
    value: Mapping[str, object] | None = None
    """What counts as its word; None while it is not known."""

    is_shared: bool = False
    """Whether it is the same object for all badges that name it: what is derived of it is worth keeping."""

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
    def is_read(self) -> bool:
        """Whether class and issuer could be read, or need not be."""
        badge, issuer = self.badge.reading, self.issuer.reading
        return (badge is None or badge.state is State.READ) and (issuer is None or issuer.state is State.READ)

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
    if original.securing is not Securing.NONE and (
        graph.assertion is original.document or graph.assertion == original.document
    ):
        return described(original, document, _shared_profile(graph.issuer) if graph.issuer.is_shared else None)
    try:
        return parse_document(document, source=original.source, signed=original.securing is Securing.JWS)
    except ParseError:
        return None


@lru_cache(maxsize=128)
def _shared_profile(issuer: Part) -> Profile | None:
    """Return the profile of an issuer that stands behind many badges."""
    return profile(Node(issuer.value, "issuer", [])) if issuer.value is not None else None


def _composed(
    assertion: Mapping[str, object], badge: Mapping[str, object] | None, issuer: Mapping[str, object] | None
) -> dict[str, object]:
    if badge is None:
        return dict(assertion)
    inner = badge if issuer is None else {**badge, "issuer": issuer}
    return {**assertion, "badge": inner}


def part_of(value: object, documents: Documents) -> Part:
    """Return the class or issuer that a property names (a URL) or holds (an object)."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, str):
        reading = read_object(documents, value)
        return _shared_part(value, reading) if reading.is_small else Part(value, None, reading, reading.value)
    if not isinstance(value, dict):
        return Part()
    name = value.get("id") or value.get("@id")
    if isinstance(name, str) and parse_address(without_fragment(name)) is not None:
        reading = read_object(documents, name)
        return Part(name, value, reading, reading.value)
    return Part(None, value, None, value)


@lru_cache(maxsize=256)
def _shared_part(url: str, reading: Reading) -> Part:
    return Part(url, None, reading, reading.value, is_shared=True)

"""The structure of OB 0.5-2.1: Assertion, BadgeClass, Issuer/Profile (OB 2.0, Data Structures; OB 1.1, 1.0, 0.5).

Shapes that issuers really use are allowed where they say the same (issuers.md 0, rule 6): `verify` for
`verification`, `alignments`, an image as object, a list of one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from passport.badge.dates import parse_instant
from passport.badge.detection import contexts_of, types_of
from passport.errors import ParseError
from passport.verification.comparing import same_address
from passport.verification.graph import Graph, Part
from passport.verification.structure import Finding, shown

_CONTEXT = re.compile(
    r"https?://(?:w3id\.org/openbadges/v2|openbadgespec\.org/v2|(?:www\.)?openbadges\.org/v2"
    r"|purl\.imsglobal\.org/(?:spec/)?ob/v2p|purl\.1edtech\.org/(?:spec/)?ob/v2p)",
    re.IGNORECASE,
)
_SPACE = re.compile(r"\s")
_ASSERTION_TYPES = frozenset({"Assertion"})
_MODERN = frozenset({"2.0", "2.1"})

Test = Callable[[object], bool]


@dataclass(frozen=True, slots=True)
class _Rule:
    """One property of one class."""

    names: tuple[str, ...]
    test: Test
    wanted: str
    required: bool = False


def _is_text(value: object) -> bool:
    if isinstance(value, dict):  # in several languages (OB 2.0, Internationalization; JSON-LD)
        return bool(value) and all(isinstance(item, str | dict) for item in value.values())
    return isinstance(value, str) and bool(value.strip())


def _is_iri(value: object) -> bool:
    return isinstance(value, str) and ":" in value and _SPACE.search(value) is None


def _is_link_or_object(value: object) -> bool:
    if type(value) is dict:
        return True
    items = value if isinstance(value, list) and len(value) == 1 else [value]
    return isinstance(items[0], dict) or (isinstance(items[0], str) and bool(items[0].strip()))


def _is_any_link(value: object) -> bool:
    items = value if isinstance(value, list) else [value]
    return all(isinstance(item, str | dict) for item in items)


def _is_date(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return False
    try:
        parse_instant(value)
    except ParseError:
        return False
    return True


def _is_texts(value: object) -> bool:
    return isinstance(value, str) or (isinstance(value, list) and all(isinstance(item, str) for item in value))


def _is_flag(value: object) -> bool:
    return isinstance(value, bool)


def _is_recipient(value: object) -> bool:
    if type(value) is dict:
        return True
    items = value if isinstance(value, list) and value else [value]
    return all(isinstance(item, dict) for item in items)


def _is_old_recipient(value: object) -> bool:
    return isinstance(value, str | dict) and bool(value)


_ASSERTION = (
    _Rule(("badge",), _is_link_or_object, "the address of a BadgeClass, or one", required=True),
    _Rule(("expires",), _is_date, "a date"),
    _Rule(("evidence",), _is_any_link, "an address, an object or a list of these"),
    _Rule(("image",), _is_any_link, "an address or an object"),
    _Rule(("narrative",), _is_text, "a text"),
    _Rule(("revoked",), _is_flag, "true or false"),
)
_ISSUED = _Rule(("issuedOn", "issued_on"), _is_date, "a date", required=True)
_RECIPIENT = _Rule(("recipient",), _is_recipient, "an IdentityObject", required=True)
_RULES: Mapping[str, tuple[_Rule, ...]] = {
    "0.5": (
        *_ASSERTION,
        _Rule(("recipient",), _is_old_recipient, "an identity", required=True),
        _Rule(("issued_on", "issuedOn"), _is_date, "a date"),
    ),
    "1.x": (
        *_ASSERTION,
        _ISSUED,
        _Rule(("recipient",), _is_old_recipient, "an IdentityObject", required=True),
        _Rule(("verify", "verification"), _is_recipient, "a VerificationObject", required=True),
    ),
    "2.x": (
        *_ASSERTION,
        _ISSUED,
        _RECIPIENT,
        _Rule(("id", "@id"), _is_iri, "an IRI", required=True),
        _Rule(("verification", "verify"), _is_recipient, "a VerificationObject", required=True),
    ),
}
_BADGE = (
    _Rule(("name",), _is_text, "a text", required=True),
    _Rule(("description",), _is_text, "a text", required=True),
    _Rule(("issuer",), _is_link_or_object, "the address of a Profile, or one", required=True),
    _Rule(("criteria",), _is_any_link, "an address or Criteria", required=True),
    _Rule(("image",), _is_any_link, "an address or an object", required=True),
    _Rule(("tags",), _is_texts, "a list of texts"),
    _Rule(("alignment", "alignments"), _is_any_link, "a list of Alignments"),
)
_ISSUER_OLD = (
    _Rule(("name",), _is_text, "a text", required=True),
    _Rule(("url",), _is_iri, "an address", required=True),
)
_ISSUER = (*_ISSUER_OLD, _Rule(("email",), _is_text, "a text", required=True))
_ISSUER_05 = (
    _Rule(("name",), _is_text, "a text", required=True),
    _Rule(("origin",), _is_iri, "an address", required=True),
)
_IDENTITY = (
    _Rule(("type",), _is_texts, "a text", required=True),
    _Rule(("identity",), _is_text, "a text", required=True),
    _Rule(("hashed",), _is_flag, "true or false", required=True),
    _Rule(("salt",), lambda value: isinstance(value, str), "a text"),
)
_ALIGNMENT = (
    _Rule(("targetName", "name"), _is_text, "a text", required=True),
    _Rule(("targetUrl", "url"), _is_iri, "an address", required=True),
)


def check_assertion(graph: Graph, standard: str) -> list[Finding]:
    """Return what is not as the standard says in an assertion and, as far as they are known, its class and issuer."""
    family = standard if standard == "0.5" else "2.x" if standard in _MODERN else "1.x"
    section = f"OB {standard}"
    findings = _obey(graph.assertion, _RULES[family], "Assertion", section)
    findings += _assertion_details(graph.assertion, family, section)
    badge, issuer = graph.badge, graph.issuer
    if badge.is_shared and issuer.is_shared:
        return [*findings, *_shared_findings(badge, issuer, family, section)]
    return [*findings, *_class(badge, family, section), *_issuer(issuer, family, section)]


@lru_cache(maxsize=128)
def _shared_findings(badge: Part, issuer: Part, family: str, section: str) -> tuple[Finding, ...]:
    """Return the findings of a class and issuer at their own addresses: they stand behind many badges."""
    return (*_class(badge, family, section), *_issuer(issuer, family, section))


def _assertion_details(assertion: Mapping[str, object], family: str, section: str) -> list[Finding]:
    found = list(_wrong_type(assertion, _ASSERTION_TYPES, "Assertion", section, needed=family == "2.x"))
    recipient = assertion.get("recipient")
    if family == "2.x":
        context = assertion.get("@context")
        if not _is_context((context,) if isinstance(context, str) else contexts_of(assertion)):
            text = f"Its @context is none of Open Badges, so its words could mean anything ({section}, JSON-LD)."
            found.append(Finding(text))
        for item in recipient if isinstance(recipient, list) else (recipient,):
            if isinstance(item, dict):
                found += _obey(item, _IDENTITY, "recipient", f"{section}, IdentityObject")
    elif isinstance(recipient, dict):
        found += _obey(recipient, (_IDENTITY[1],), "recipient", f"{section}, IdentityObject")
    return found


@lru_cache(maxsize=64)
def _is_context(urls: tuple[str, ...]) -> bool:
    return any(_CONTEXT.match(url) for url in urls)


def _class(part: Part, family: str, section: str) -> Iterator[Finding]:
    badge = part.value
    if badge is None:
        return
    rules = _BADGE if family != "0.5" else tuple(rule for rule in _BADGE if rule.names != ("image",))
    yield from _obey(badge, rules, "BadgeClass", section)
    yield from _wrong_type(badge, frozenset({"BadgeClass"}), "BadgeClass", section, needed=family == "2.x")
    yield from _own_id(part, "BadgeClass", section)
    alignment = badge.get("alignment", badge.get("alignments"))
    for item in alignment if isinstance(alignment, list) else [alignment]:
        if isinstance(item, dict):
            for finding in _obey(item, _ALIGNMENT, "alignment", f"{section}, AlignmentObject"):
                yield Finding(finding.text, grave=False)
    criteria = badge.get("criteria")
    if family == "2.x" and isinstance(criteria, dict) and not {"id", "@id", "narrative"} & criteria.keys():
        yield Finding(f"Its criteria hold neither an address nor a text ({section}, Criteria).")


def _issuer(part: Part, family: str, section: str) -> Iterator[Finding]:
    issuer = part.value
    if issuer is None:
        return
    rules = {"0.5": _ISSUER_05, "1.x": _ISSUER_OLD, "2.x": _ISSUER}[family]
    yield from _obey(issuer, rules, "issuer", f"{section}, Profile")
    yield from _wrong_type(
        issuer, frozenset({"Issuer", "Profile", "IssuerOrg"}), "issuer", section, needed=family == "2.x"
    )
    yield from _own_id(part, "issuer", section)
    if family == "2.x" and part.url is None:
        yield Finding(f"Its issuer has no web address as id, so nobody can be asked ({section}, Profile, id).")


def _obey(thing: Mapping[str, object], rules: tuple[_Rule, ...], what: str, section: str) -> list[Finding]:
    found: list[Finding] = []
    for rule in rules:
        for name in rule.names:
            value = thing.get(name)
            if value is not None:
                if not rule.test(value):
                    text = f"{what}.{name} must be {rule.wanted}, and is {shown(value)} ({section}, {name})."
                    found.append(Finding(text))
                break
        else:
            if rule.required:
                found.append(
                    Finding(f"{what}.{rule.names[0]} is missing; the standard demands it ({section}, {what}).")
                )
    return found


def _wrong_type(
    thing: Mapping[str, object], allowed: frozenset[str], what: str, section: str, *, needed: bool
) -> Iterator[Finding]:
    types = types_of(thing)
    if not types.isdisjoint(allowed):
        return
    types = _names(types)
    if types & allowed:
        return
    if types:
        yield Finding(f"What is to be the {what} says that it is {shown(sorted(types))} ({section}, type).")
    elif needed:
        yield Finding(f"{what}.type is missing; the standard demands it ({section}, {what}).")


def _own_id(part: Part, what: str, section: str) -> Iterator[Finding]:
    """A thing must be served under its own id; otherwise anyone could serve another's."""
    own = (part.value or {}).get("id")
    if part.url is not None and own is not None and not same_address(own, part.url):
        yield Finding(f"{part.url[:120]} answers the {what} of another address ({section}, id).")


@lru_cache(maxsize=256)
def _names(types: frozenset[str]) -> frozenset[str]:
    """Return types without prefixes (`obi:Issuer`, `https://w3id.org/openbadges#Issuer`)."""
    return frozenset(re.split(r"[:#/]", name)[-1] for name in types)

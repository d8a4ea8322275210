"""Signed badges of OB 1.0-2.1: a JWS by a key that the issuer's own profile lists (OB 2.0, SignedBadge).

"Do not trust a key that is not properly linked from the issuer Profile": the profile names the key, and the key names
the profile. In OB 1.x `verify.url` answers the key itself, which must be served by the issuer's own site.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from passport.badge.compact import CompactJws, parse_again
from passport.badge.model import AchievementCredential
from passport.errors import ParseError
from passport.verification.addresses import same_origin
from passport.verification.answers import failed, passed, unknown
from passport.verification.comparing import embedded_contradictions, same_address
from passport.verification.documents import Documents
from passport.verification.graph import Graph, as_credential, assemble
from passport.verification.hosting import unread_part
from passport.verification.jose import check_signature, header_problem
from passport.verification.keys import KeyAnswer, read_key, resolve_key
from passport.verification.report import Check, IssuerIdentity, Outcome


@dataclass(frozen=True, slots=True)
class SignedAssertion:
    """What the signature of an assertion proves."""

    checks: tuple[Check, ...]
    credential: AchievementCredential
    graph: Graph
    identity: IssuerIdentity | None = None
    key: KeyAnswer | None = None


def check_signed_assertion(credential: AchievementCredential, documents: Documents, now: datetime) -> SignedAssertion:
    """Return whether the issuer's key made the JWS of an assertion."""
    graph = assemble(credential.document, documents)
    told = as_credential(graph, credential) or credential
    try:
        jws = parse_again(credential.source, credential.document)
    except ParseError as error:
        return SignedAssertion((failed("signature", f"The signed text cannot be read: {error}."),), told, graph)
    problem = header_problem(jws)
    if problem:
        return SignedAssertion((problem,), told, graph)
    checks, key = _signature(jws, credential, graph, documents, now)
    differences = embedded_contradictions(graph)
    if differences:
        text = f"The signed text and the issuer's site contradict each other about {', '.join(differences)}."
        checks = (*checks, failed("hosting", text))
    checks += tuple(unread_part(reading) for reading in graph.unread)
    good = all(check.outcome is Outcome.PASSED for check in checks)
    identity = IssuerIdentity.DOMAIN if good else None
    return SignedAssertion(checks, told, graph, identity, key)


def _signature(
    jws: CompactJws, credential: AchievementCredential, graph: Graph, documents: Documents, now: datetime
) -> tuple[tuple[Check, ...], KeyAnswer | None]:
    name = _key_name(credential.document, graph)
    if name is None:
        text = "It does not say which key signed it, and the issuer's profile names none."
        return (unknown("key", text),), None
    key = _key(name, graph, documents, now)
    if key.outcome is not Outcome.PASSED:
        say = failed if key.outcome is Outcome.FAILED else unknown
        text = f"The key that is to prove it cannot be had: {key.explanation}."
        return (replace(say("key", text), needs=key.needs),), key
    return (check_signature(jws, key), _belongs(name, key, graph, loose=credential.standard in ("1.0", "1.1"))), key


def _key(name: str, graph: Graph, documents: Documents, now: datetime) -> KeyAnswer:
    """Return the key of a name: where the issuer's profile holds it, from there; else from its own address."""
    profile = graph.issuer.value if graph.issuer.url else None
    for item in _items((profile or {}).get("publicKey")):
        if isinstance(item, dict) and same_address(item.get("id"), name) and len(item) > 1:
            return read_key(name, item, controller=_owner(item), origin="profile", listed_by=graph.issuer.url or "")
    return resolve_key(name, documents, now=now)


def _owner(key: Mapping[str, object]) -> str | None:
    owner = key.get("owner") or key.get("controller")
    return owner if isinstance(owner, str) else None


def _key_name(assertion: Mapping[str, object], graph: Graph) -> str | None:
    """Return the URL of the key: `verification.creator`, `verify.url`, else the one key of the issuer."""
    for member in ("verification", "verify"):
        found = assertion.get(member)
        item = found[0] if isinstance(found, list) and found else found
        if isinstance(item, dict):
            name = item.get("creator") or item.get("url")
            name = name.get("id") if isinstance(name, dict) else name
            if isinstance(name, str):
                return name
    own = _listed(graph)
    return own[0] if len(own) == 1 else None


def _listed(graph: Graph) -> list[str]:
    items = _items((graph.issuer.value or {}).get("publicKey"))
    names = (item.get("id") if isinstance(item, dict) else item for item in items)
    return [name for name in names if isinstance(name, str)]


def _belongs(name: str, key: KeyAnswer, graph: Graph, *, loose: bool) -> Check:
    if graph.issuer.value is None or graph.issuer.url is None:
        reading = graph.issuer.reading or graph.badge.reading
        why = reading.why if reading else "it has no address of its own"
        text = f"Whose key signed it is not known, because the issuer cannot be asked: {why}."
        return unknown("key", text, needs=reading.needs if reading else ())
    issuer = graph.issuer.url
    if any(same_address(name, listed) for listed in _listed(graph)):
        if key.controller is not None and not same_address(key.controller, issuer):
            return failed(
                "key", f"The key that signed it belongs to {key.controller[:120]}, not to the issuer (owner)."
            )
        return passed("key", "The key that signed it is listed by the issuer's own profile (publicKey).")
    if loose and not _listed(graph) and same_origin(name, issuer):
        return passed("key", "The key that signed it is served by the issuer's own site (verify.url).")
    return failed("key", "The key that signed it is not one of the issuer's: its profile does not list it (publicKey).")


def _items(value: object) -> list[object]:
    return value if isinstance(value, list) else [] if value is None else [value]

"""A third party's word: OB 3.0 EndorsementCredential (JSON or JWT), OB 2.x Endorsement."""

from __future__ import annotations

import json
from collections.abc import Mapping

from passport.badge.compact import parse_compact
from passport.badge.detection import credential_of
from passport.badge.generations.parts import profile
from passport.badge.model import EndorsementCredential
from passport.badge.reading import Node, is_url
from passport.errors import ParseError

MAX_ENDORSEMENTS = 50
"""Of one thing: each one more is a signature to check."""
_MEMBERS = frozenset({"endorsement", "endorsementJwt"})
_HOLDERS = frozenset({"vc", "credentialSubject", "achievement", "hasCredential", "badge", "issuer"})


def may_be_endorsed(document: Mapping[str, object]) -> bool:
    """Return whether a statement, its achievement or its issuer may carry endorsements: a look without reading it."""
    if not document.keys().isdisjoint(_MEMBERS):
        return True
    for name in document.keys() & _HOLDERS:
        inner = document[name]
        for item in inner if isinstance(inner, list) else (inner,):
            if isinstance(item, dict) and may_be_endorsed(item):
                return True
    return False


def endorsements(node: Node) -> tuple[EndorsementCredential, ...]:
    """Read all endorsements of a credential, achievement or profile."""
    if not isinstance(node.value, dict) or node.value.keys().isdisjoint(_MEMBERS):
        return ()
    waiting = [*node.get("endorsement").items(), *node.get("endorsementJwt").items()]
    return tuple(endorsement(item) for item in waiting[:MAX_ENDORSEMENTS] if isinstance(item.value, dict | str))


def endorsement(node: Node) -> EndorsementCredential:
    """Read one endorsement: a URL, a compact JWS, or an object."""
    if isinstance(node.value, str):
        if is_url(node.value):
            return EndorsementCredential(id=node.value, source=node.value)
        return _signed(node, node.value)
    # Proofs inside a document sign values, not spelling, so writing the part anew loses nothing.
    return _from_object(node, json.dumps(node.value, ensure_ascii=False))


def _signed(node: Node, source: str) -> EndorsementCredential:
    try:
        payload = credential_of(parse_compact(source).payload)
    except ParseError:
        return EndorsementCredential(source=source)
    return _from_object(Node(dict(payload), node.path, node.oddities), source)


def _from_object(node: Node, source: str) -> EndorsementCredential:
    subject = next(
        (item for item in node.get("credentialSubject", "claim").items() if isinstance(item.value, dict)), None
    )
    subject = subject or Node({}, node.path, node.oddities)
    return EndorsementCredential(
        id=node.text_of("id", "@id"),
        issuer=profile(node.get("issuer")),
        about=subject.text_of("id", "@id"),
        comment=subject.text_of("endorsementComment"),
        valid_from=node.text_of("validFrom", "issuanceDate", "issuedOn"),
        source=source,
    )

"""A signed document that was fetched for a check (a status list): is it signed, and by the issuer in question?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from passport.badge import strict_json
from passport.badge.compact import parse_compact
from passport.badge.detection import credential_of
from passport.badge.statements import Form, form_of
from passport.errors import ParseError
from passport.verification.documents import Documents
from passport.verification.proofs import check_proofs
from passport.verification.report import Check, Outcome
from passport.verification.vc_jwt import check_jwt


@dataclass(frozen=True, slots=True)
class Signed:
    """A fetched credential, and what speaks against it."""

    document: Mapping[str, object] | None
    """None: it is no credential at all."""
    problem: str | None = None
    """A part of a sentence; None: it is intact and the issuer's."""
    needs: tuple[str, ...] = ()


def read_signed(text: str, issuer: str, documents: Documents, now: datetime) -> Signed:
    """Return a credential that `issuer` must have signed, as JSON with a proof or as a compact JWS."""
    compact = form_of(text) is Form.COMPACT
    try:
        document = credential_of(parse_compact(text).payload) if compact else strict_json.loads(text)
    except ParseError:
        return Signed(None)
    if not isinstance(document, dict):
        return Signed(None)
    named = document.get("issuer")
    named = named.get("id") if isinstance(named, dict) else named
    if named != issuer:
        return Signed(document, "it is that of another issuer")
    if compact:
        return _settled(document, check_jwt(text.strip(), issuer, documents, now).checks)
    if not document.get("proof"):
        return Signed(document, "it is not signed")
    return _settled(document, check_proofs(document, issuer, documents, now).checks)


def _settled(document: Mapping[str, object], checks: tuple[Check, ...]) -> Signed:
    needs = tuple(url for check in checks for url in check.needs)
    for check in checks:
        if check.matters and check.outcome is not Outcome.PASSED:
            return Signed(document, check.explanation.rstrip("."), needs)
    return Signed(document, None, needs)

"""OB 3.0 credentials as JWT: the signature, whose key it is, and claims that agree with the credential (OB 3.0, 8.2).

Also VC-JOSE-COSE, where the payload is the credential itself, and SD-JWT, of which the disclosed form was put together
by `badge.parsing`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from passport.badge.compact import CompactJws, parse_again, parse_compact
from passport.badge.dates import parse_instant
from passport.badge.detection import credential_of
from passport.errors import ParseError
from passport.verification.answers import failed
from passport.verification.documents import Documents
from passport.verification.jose import algorithm_of, check_signature, embedded_key_of, header_problem, key_id_of
from passport.verification.ownership import Ownership, issuers_header_key, issuers_key, issuers_only_keys
from passport.verification.report import Check, Outcome

CLAIM_SLACK_S = 60.0
"""How far `nbf` and `exp` may lie from the dates of the credential: issuers write both from two looks at the clock."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """What a JWT proves of a credential."""

    checks: tuple[Check, ...]
    ownership: Ownership | None = None
    not_before: float | None = None
    expires: float | None = None


def check_jwt(
    source: str, issuer: str, documents: Documents, now: datetime, *, payload: dict[str, object] | None = None
) -> Envelope:
    """Return whether the issuer signed a JWT.

    Args:
        source: the compact JWS or SD-JWT.
        issuer: the id that the credential names.
        documents: what the network answered.
        now: the moment for which to answer.
        payload: the claims as they were read from this source before, to spare reading them again.
    """
    try:
        jws = parse_compact(source) if payload is None else parse_again(source, payload)
    except ParseError as error:
        return Envelope((failed("signature", f"The signed text cannot be read: {error}."),))
    problem = header_problem(jws)
    if problem:
        return Envelope((problem,))
    claims = tuple(failed("structure", text) for text in claim_problems(jws.payload))
    ownership = _right_key(jws, _candidates(jws, issuer, documents, now))
    dates = (_number(jws.payload.get("nbf")), _number(jws.payload.get("exp")))
    if ownership.key.public_key is None:
        return Envelope((ownership.check, *claims), ownership, *dates)
    return Envelope((check_signature(jws, ownership.key), ownership.check, *claims), ownership, *dates)


def claim_problems(claims: Mapping[str, object]) -> Iterator[str]:
    """Yield where the claims of a JWT say something else than the credential within (OB 3.0, 8.2.1; VC 1.1, 6.3.1)."""
    credential = credential_of(claims)
    pairs = (
        ("iss", _id(credential.get("issuer")), "the issuer (issuer.id)"),
        ("jti", _text(credential.get("id")), "the credential's id (id)"),
        ("sub", _subject_id(credential), "the person (credentialSubject.id)"),
    )
    for claim, inside, what in pairs:
        outside = claims.get(claim)
        if outside is not None and not isinstance(outside, str):
            yield f"The claim {claim} of the JWT is no text."
        elif outside is not None and inside is not None and outside != inside:
            yield f"The signed envelope and the badge within name different things as {what}: {claim} is another."
    yield from _date_problems(claims, credential)
    if credential is not claims:
        for name in ("credentialSubject", "issuer", "credentialStatus", "validFrom", "validUntil"):
            if name in claims and claims[name] != credential.get(name):
                yield f"It holds two credentials that differ ({name}); nobody can tell which one is meant."
                return


def _date_problems(claims: Mapping[str, object], credential: Mapping[str, object]) -> Iterator[str]:
    for claim, names in (("nbf", ("validFrom", "issuanceDate")), ("exp", ("validUntil", "expirationDate"))):
        outside = claims.get(claim)
        if outside is None:
            continue
        seconds = _number(outside)
        if seconds is None:
            yield f"The claim {claim} of the JWT is no number of seconds (RFC 7519, 2)."
            continue
        inside = next((credential[name] for name in names if isinstance(credential.get(name), str)), None)
        if isinstance(inside, str) and _apart(seconds, inside):
            yield f"The signed envelope and the badge within name different dates ({claim} and {names[0]})."


def _candidates(jws: CompactJws, issuer: str, documents: Documents, now: datetime) -> list[Ownership]:
    name = key_id_of(jws)
    if name is not None:
        return [issuers_key(name if ":" in name else f"#{name.removeprefix('#')}", issuer, documents, now)]
    jwk = embedded_key_of(jws)
    if jwk is not None:
        return [issuers_header_key(jwk, issuer, documents, now)]
    return issuers_only_keys(issuer, documents, now)


def _right_key(jws: CompactJws, candidates: list[Ownership]) -> Ownership:
    """Return the candidate that made the signature; the first one when none did."""
    if len(candidates) > 1:
        usable = [one for one in candidates if one.key.public_key is not None and algorithm_of(jws)]
        for one in usable:
            if check_signature(jws, one.key).outcome is Outcome.PASSED:
                return one
        return (usable or candidates)[0]
    return candidates[0]


def _apart(seconds: float, date: str) -> bool:
    try:
        instant = parse_instant(date)
    except ParseError:
        return False  # the check of the dates says so
    low, high = instant.earliest.timestamp() - CLAIM_SLACK_S, instant.latest.timestamp() + CLAIM_SLACK_S
    return not low <= seconds <= high


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _id(value: object) -> str | None:
    return _text(value.get("id")) if isinstance(value, dict) else _text(value)


def _subject_id(credential: Mapping[str, object]) -> str | None:
    subject = credential.get("credentialSubject")
    items = subject if isinstance(subject, list) else [subject]
    names = [_id(item) for item in items if isinstance(item, dict)]
    return names[0] if len(names) == 1 else None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None

"""What makes a statement verifiable, and does it hold? One way for each kind of securing, with the structure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from passport.badge.detection import credential_of
from passport.badge.model import AchievementCredential, Securing
from passport.badge.parsing import parse
from passport.errors import ParseError
from passport.verification.answers import failed, passed, unknown
from passport.verification.documents import Documents
from passport.verification.graph import Graph
from passport.verification.hosting import check_hosting
from passport.verification.keys import KeyAnswer
from passport.verification.proofs import check_proofs
from passport.verification.refresh import fresher_copy, refresh_url
from passport.verification.remote import State, read_text
from passport.verification.report import Check, IssuerIdentity, Outcome
from passport.verification.revocation_list import check_revocation_list
from passport.verification.schemas_named import check_extensions, check_named_schemas
from passport.verification.signed_assertion import check_signed_assertion
from passport.verification.status import check_status
from passport.verification.structure import structure_checks
from passport.verification.structure_assertion import check_assertion
from passport.verification.structure_credential import check_credential
from passport.verification.validity import Period
from passport.verification.vc_jwt import check_jwt

_PARTIAL_SUITES = frozenset({"ecdsa-sd-2023", "bbs-2023"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Secured:
    """A credential, after what makes it verifiable was looked at."""

    credential: AchievementCredential
    """What may be shown: the signed bytes, or what the issuer's site says."""
    securing: str
    """As the report names it."""
    checks: tuple[Check, ...]
    standing: tuple[Check, ...] = ()
    """Whether the issuer still stands by it."""
    identity: IssuerIdentity | None = None
    key: KeyAnswer | None = None
    """The key that proved it."""
    claims: Period | None = None
    """The period, where an envelope narrows that of the credential."""
    taken_back: bool = False
    """Whether it is revoked so thoroughly that nothing of it is left to be looked at."""

    @property
    def holds(self) -> bool:
        """Whether everything that matters about it passed."""
        return all(check.outcome is Outcome.PASSED for check in self.checks if check.matters)

    @property
    def names_recipient(self) -> bool:
        """Whether there is anything to compare the owner's addresses with."""
        return bool(self.credential.document) and not self.taken_back


def check_securing(credential: AchievementCredential, documents: Documents, now: datetime) -> Secured:
    """Return what makes a credential verifiable and whether that holds, for the freshest copy that is to be had."""
    secured = _WAYS[credential.securing](credential, documents, now)
    url = refresh_url(credential) if credential.standard == "3.0" else None
    if url is None or not secured.holds:
        return secured
    return _refreshed(secured, fresher_copy(credential, url, documents), documents, now)


def _refreshed(secured: Secured, copy: AchievementCredential | Check, documents: Documents, now: datetime) -> Secured:
    if isinstance(copy, Check):
        return replace(secured, checks=(*secured.checks, copy))
    fresh = _WAYS[copy.securing](copy, documents, now)
    if not fresh.holds:
        needs = tuple(url for check in fresh.checks for url in check.needs)
        text = "The fresher copy that is offered does not hold, so this one is looked at."
        return replace(secured, checks=(*secured.checks, unknown("refresh", text, needs=needs, matters=False)))
    text = "The issuer offers this copy as the fresher one; it is what is looked at here."
    return replace(fresh, checks=(*fresh.checks, passed("refresh", text, matters=False)))


def _hosted(credential: AchievementCredential, documents: Documents, now: datetime) -> Secured:
    served = None if credential.document else _signed_statement(credential, documents)
    if served is not None:
        return _WAYS[served.securing](served, documents, now)
    hosting = check_hosting(credential, documents)
    return Secured(
        credential=hosting.credential,
        securing="hosted",
        checks=(*_structure(hosting.graph, hosting.credential, documents), *hosting.checks),
        identity=hosting.identity,
        taken_back=hosting.revoked,
    )


def _signed_statement(credential: AchievementCredential, documents: Documents) -> AchievementCredential | None:
    """Return the signed statement that an address answers, which needs no word of its host; None: it answers none."""
    reading = read_text(documents, credential.hosted_url or "")
    if reading.state is not State.READ:
        return None
    try:
        served = parse(reading.text)
    except ParseError:
        return None
    return served if served.securing is not Securing.HOSTED and served.document else None


def _signed(credential: AchievementCredential, documents: Documents, now: datetime) -> Secured:
    signed = check_signed_assertion(credential, documents, now)
    status = check_revocation_list(signed.graph, documents)
    return Secured(
        credential=signed.credential,
        securing="jws",
        checks=(*_structure(signed.graph, signed.credential, documents), *signed.checks),
        standing=(status,) if status else (),
        identity=signed.identity,
        key=signed.key,
    )


def _enveloped(credential: AchievementCredential, documents: Documents, now: datetime) -> Secured:
    partial = credential.securing is Securing.SD_JWT
    claims = None if partial else credential.document  # what was disclosed stands in the document, not in the claims
    envelope = check_jwt(credential.source, credential.issuer.id or "", documents, now, payload=claims)
    inner = credential_of(credential.document)
    status = check_status(inner, credential.id, credential.issuer.id or "", documents, now)
    return Secured(
        credential=credential,
        securing=credential.securing.value,
        checks=(*_form(inner, documents, partial=partial), *envelope.checks),
        standing=(status,) if status else (),
        identity=envelope.ownership.identity if envelope.ownership else None,
        key=envelope.ownership.key if envelope.ownership else None,
        claims=_period(credential, inner, envelope.not_before, envelope.expires),
    )


def _proven(credential: AchievementCredential, documents: Documents, now: datetime) -> Secured:
    document = credential.document
    proven = check_proofs(document, credential.issuer.id or "", documents, now)
    partial = proven.suite in _PARTIAL_SUITES
    status = check_status(document, credential.id, credential.issuer.id or "", documents, now)
    return Secured(
        credential=credential,
        securing=proven.suite,
        checks=(*_form(document, documents, partial=partial), *proven.checks),
        standing=(status,) if status else (),
        identity=proven.ownership.identity if proven.ownership else None,
        key=proven.ownership.key if proven.ownership else None,
    )


def _unsecured(credential: AchievementCredential, documents: Documents, now: datetime) -> Secured:
    if credential.standard == "3.0":
        return _proven(credential, documents, now)
    verification = credential.document.get("verification") or credential.document.get("verify")
    if "signed" in str(verification).lower():
        check = failed("signature", "It says that it is signed, but stands here without its signature.")
    else:
        check = unknown("hosting", "It names nothing that could prove it: no address where it is hosted, no signature.")
    return Secured(credential=credential, securing="none", checks=(check,))


def _structure(graph: Graph | None, credential: AchievementCredential, documents: Documents) -> list[Check]:
    if graph is None:
        return []
    found = structure_checks(check_assertion(graph, credential.standard), credential.standard)
    return found + check_extensions(graph, documents)


def _form(document: Mapping[str, object], documents: Documents, *, partial: bool) -> list[Check]:
    found = structure_checks(check_credential(document, partial=partial), "3.0")
    return found + check_named_schemas(document, documents) if "credentialSchema" in document else found


def _period(
    credential: AchievementCredential, inner: Mapping[str, object], not_before: float | None, expires: float | None
) -> Period:
    """Return the period of a JWT; dates that the model took from `nbf` and `exp` alone do not count twice."""
    start = credential.valid_from if {"validFrom", "issuanceDate"} & inner.keys() else None
    end = credential.valid_until if {"validUntil", "expirationDate"} & inner.keys() else None
    return Period(start, end, not_before, expires)


def names_of(key: KeyAnswer | None) -> frozenset[str]:
    """Return the names by which an owner may have marked a key as known."""
    if key is None or key.public_key is None:
        return frozenset()
    from passport.verification.publickeys import multikey_of  # noqa: PLC0415 (hosted badges need no cryptography)

    multikey = multikey_of(key.public_key)
    names = {key.id, multikey, f"did:key:{multikey}" if multikey else None, key.listed_by}
    return frozenset(name for name in names if name) - ({key.listed_by} if key.origin == "https" else set())


_WAYS: Mapping[Securing, Callable[[AchievementCredential, Documents, datetime], Secured]] = {
    Securing.HOSTED: _hosted,
    Securing.JWS: _signed,
    Securing.VC_JWT: _enveloped,
    Securing.SD_JWT: _enveloped,
    Securing.DATA_INTEGRITY: _proven,
    Securing.NONE: _unsecured,
}

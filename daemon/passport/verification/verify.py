"""All questions about one credential, in order. Pure: no network, no files, no clock.

A check that lacks a document answers *unknown* and names the URL that it needs; whoever may fetch does, and asks again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from passport.badge.model import AchievementCredential
from passport.verification.canonical.work import Limited
from passport.verification.documents import Documents
from passport.verification.endorsements import check_endorsements
from passport.verification.issuer import check_issuer
from passport.verification.recipient import check_recipient
from passport.verification.report import Check, IssuerIdentity, VerificationReport
from passport.verification.securing import Secured, check_securing, names_of
from passport.verification.validity import check_validity
from passport.verification.verdicts import verdict_of


def verify(
    credential: AchievementCredential,
    documents: Documents | None = None,
    *,
    identities: Sequence[str] = (),
    known_issuers: Sequence[str] = (),
    now: datetime,
) -> VerificationReport:
    """Return the answers to all questions about a credential, with the verdict.

    Args:
        credential: as parsed from the statement.
        documents: what the network answered so far.
        identities: by what the owner is known; empty: the recipient is not asked.
        known_issuers: ids of issuers and keys that the owner marked as known.
        now: the moment for which to answer, aware.
    """
    with Limited():
        return _verify(
            credential, Documents() if documents is None else documents, tuple(identities), tuple(known_issuers), now
        )


def _verify(
    credential: AchievementCredential,
    known: Documents,
    identities: tuple[str, ...],
    known_issuers: tuple[str, ...],
    now: datetime,
) -> VerificationReport:
    # 1. Is it what the issuer's site, or key, vouches for? And (OB 3.0) is it formed as the standard says?
    secured = check_securing(credential, known, now)
    # 2. Does the issuer still stand by it?
    checks = [*secured.checks, *secured.standing]
    if not secured.taken_back:
        # 3. Does it hold now?
        checks.append(check_validity(secured.credential, now, claims=secured.claims))
    # 4. Is it the owner's?
    if identities and secured.names_recipient:
        checks.append(check_recipient(secured.credential, identities))
    # 5. What do others say of it?
    shown, endorsed = check_endorsements(secured.credential, known, now)
    checks += endorsed
    # 6. Who is the issuer?
    identity = known_identity(secured, frozenset(known_issuers)) if known_issuers else secured.identity
    checks += check_issuer(secured.credential, identity, known_issuers)
    return _report(secured, shown, checks, identity, now)


def known_identity(secured: Secured, known: frozenset[str]) -> IssuerIdentity | None:
    """Return how the issuer is known: what its own site proves counts more than the owner's word."""
    if secured.identity is IssuerIdentity.DOMAIN or not known:
        return secured.identity
    proven = secured.identity is not None
    issuer = secured.credential.issuer.id
    if (proven and issuer in known) or not known.isdisjoint(names_of(secured.key)):
        return IssuerIdentity.KNOWN
    return secured.identity


def _report(
    secured: Secured,
    shown: AchievementCredential,
    checks: Sequence[Check],
    identity: IssuerIdentity | None,
    now: datetime,
) -> VerificationReport:
    return VerificationReport(
        verdict=verdict_of(checks),
        standard=shown.standard or None,
        securing=secured.securing,
        checks=tuple(checks),
        credential=shown,
        issuer_identity=identity,
        verified_at=_written(now),
    )


def _written(now: datetime) -> str:
    """Return a moment as RFC 3339 writes it, in UTC."""
    moment = now if now.tzinfo is UTC else now.astimezone(UTC)
    return moment.isoformat().removesuffix("+00:00") + "Z"

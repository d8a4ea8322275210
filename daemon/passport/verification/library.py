"""`verify` for those who use the core as a library; also what the worker runs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from passport.badge.baking import Statement, Unbaked, unbake
from passport.badge.parsing import parse
from passport.errors import NotABadgeError, ParseError
from passport.verification.answers import failed
from passport.verification.documents import Documents
from passport.verification.report import Check, Verdict, VerificationReport
from passport.verification.verify import verify as verify_credential

MAX_STATEMENTS = 64
"""Badges of one file that are looked at (a PDF may carry several)."""


def verify(
    file: bytes,
    documents: Documents | None = None,
    *,
    identities: Sequence[str] = (),
    known_issuers: Sequence[str] = (),
    now: datetime | None = None,
) -> list[VerificationReport]:
    """Return one report for each credential in the file; a file without one gives one report `no-badge`.

    Args:
        file: a picture, a PDF, a document or a signed text.
        documents: what the network answered (see `needs` of a report for what would help).
        identities: by what the owner is known; empty: the recipient is not asked.
        known_issuers: ids of issuers and keys that the owner marked as known.
        now: the moment for which to answer; None: now. A moment without a zone is one in UTC.
    """
    moment = now or datetime.now(UTC)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    found = unbake(file)
    if found.problem:
        return [_refused(Verdict.INVALID, failed("baking", found.problem), moment)]
    reports = [
        report
        for statement in found.statements[:MAX_STATEMENTS]
        if (report := _verify_statement(statement, found, documents, identities, known_issuers, moment)) is not None
    ]
    return reports or [_refused(Verdict.NO_BADGE, None, moment)]


def _verify_statement(
    statement: Statement,
    found: Unbaked,
    documents: Documents | None,
    identities: Sequence[str],
    known_issuers: Sequence[str],
    now: datetime,
) -> VerificationReport | None:
    try:
        credential = parse(statement.text)
    except NotABadgeError as error:
        # what stands where only badges stand was meant as one
        baked = found.kind in ("png", "svg") and statement.text.strip()
        return _refused(Verdict.INVALID, failed("structure", f"{_sentence(error)}"), now) if baked else None
    except ParseError as error:
        return _refused(Verdict.INVALID, failed("structure", f"It cannot be read: {error}."), now)
    return verify_credential(credential, documents, identities=identities, known_issuers=known_issuers, now=now)


def _sentence(error: ParseError) -> str:
    return f"What stands in the picture is no badge: {error.problem}."


def _refused(verdict: Verdict, check: Check | None, now: datetime) -> VerificationReport:
    return VerificationReport(
        verdict=verdict,
        standard=None,
        securing="none",
        checks=(check,) if check else (),
        credential=None,
        verified_at=now.astimezone(UTC).isoformat().replace("+00:00", "Z"),
    )

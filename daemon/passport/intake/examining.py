"""Verifying a file with the worker and the network, keeping nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from passport.errors import WorkerError
from passport.intake.investigate import Fetch, Findings, investigate
from passport.verification.documents import Documents
from passport.verification.report import Check, Outcome, Verdict, VerificationReport
from passport.workers import Workers


async def examine_file(
    workers: Workers,
    file: bytes,
    fetch: Fetch | None,
    documents: Documents,
    *,
    identities: Sequence[str] = (),
    known_issuers: Sequence[str] = (),
    now: datetime,
) -> Findings:
    """Return the reports of a file, with the documents they rest on. Raise WorkerError."""

    async def once(given: Documents) -> list[VerificationReport]:
        return await workers.examine(file, given, identities=identities, known_issuers=known_issuers, now=now)

    return await investigate(once, fetch, documents)


def too_much(error: WorkerError, now: datetime) -> VerificationReport:
    """Return the report of a file that could not be looked at within the limits."""
    check = Check(name="baking", outcome=Outcome.FAILED, explanation=f"It was too much to look at: {error.problem}")
    at = now.isoformat().replace("+00:00", "Z")
    return VerificationReport(
        verdict=Verdict.INVALID, standard=None, securing="none", checks=(check,), credential=None, verified_at=at
    )

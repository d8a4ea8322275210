"""`verify` for those who use the core as a library; also what the worker runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice

from passport.badge.baking import MAX_FILE_BYTES, Statement, Unbaked, unbake
from passport.badge.parsing import parse
from passport.errors import NotABadgeError, ParseError
from passport.verification.answers import failed, unknown
from passport.verification.documents import Documents
from passport.verification.report import Check, Verdict, VerificationReport
from passport.verification.verify import verify as verify_credential

MAX_STATEMENTS = 64
"""Badges of one file that are looked at (a PDF may carry several)."""
MAX_REPORTS = 500
"""Badges of one container that are looked at: some seconds of work."""


def verify(
    file: bytes,
    documents: Documents | None = None,
    *,
    identities: Sequence[str] = (),
    known_issuers: Sequence[str] = (),
    now: datetime | None = None,
) -> list[VerificationReport]:
    """Return one report for each credential in the file; a file without one gives one report `no-badge`.

    What holds several badges is opened: ZIPs, mails, presentations, learner records (CLR), wallets' backups. The badges
    in it are verified, each by its own proof; who put them together is not asked.

    Args:
        file: a picture, a PDF, a document or a signed text; or a container of these.
        documents: what the network answered (see `needs` of a report for what would help).
        identities: by what the owner is known; empty: the recipient is not asked.
        known_issuers: ids of issuers and keys that the owner marked as known.
        now: the moment for which to answer; None: now. A moment without a zone is one in UTC.
    """
    moment = now or datetime.now(UTC)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    question = _Question(documents, tuple(identities), tuple(known_issuers), moment)
    reports = question.of_file(file)
    if reports and len(file) <= MAX_FILE_BYTES:  # a larger file than any badge may be a ZIP or mail that holds some
        return reports
    reports = list(islice(question.of_container(file), MAX_REPORTS)) or reports
    return reports or [_refused(Verdict.NO_BADGE, None, moment)]


@dataclass(frozen=True, slots=True)
class _Question:
    """What is asked of every badge of a file."""

    documents: Documents | None
    identities: tuple[str, ...]
    known_issuers: tuple[str, ...]
    now: datetime

    def of_file(self, file: bytes) -> list[VerificationReport]:
        """Return the reports of what a file itself carries."""
        found = unbake(file)
        if found.problem:
            return [_refused(Verdict.INVALID, failed("baking", found.problem), self.now)]
        answers = []
        for statement in found.statements[:MAX_STATEMENTS]:
            report = self.of_statement(statement, found)
            if report is not None:
                answers.append(report)
        return answers

    def of_container(self, file: bytes) -> Iterator[VerificationReport]:
        """Yield the reports of the files in a file."""
        from passport.badge.containers import open_container  # noqa: PLC0415 (seldom needed)

        for part in open_container(file, "file"):
            if part.problem:
                yield _refused(Verdict.UNCONFIRMED, unknown("baking", part.problem), self.now)
            else:
                yield from self.of_file(part.file)

    def of_statement(self, statement: Statement, found: Unbaked) -> VerificationReport | None:
        """Return the report of one statement; None: it is no badge, and nothing says that it was meant as one."""
        try:
            credential = parse(statement.text)
        except NotABadgeError as error:
            # what stands where only badges stand was meant as one
            baked = found.kind in ("png", "svg") and statement.text.strip()
            return _refused(Verdict.INVALID, failed("structure", f"{_sentence(error)}"), self.now) if baked else None
        except ParseError as error:
            return _refused(Verdict.INVALID, failed("structure", f"It cannot be read: {error}."), self.now)
        return verify_credential(
            credential,
            self.documents,
            identities=self.identities,
            known_issuers=self.known_issuers,
            now=self.now,
        )


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

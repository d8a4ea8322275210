"""Short ways for tests to ask the verifier."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from tests.issuer import Issuer

from passport.verification.documents import Documents
from passport.verification.files import verify
from passport.verification.report import Check, VerificationReport

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def ask(
    file: bytes | str | Mapping[str, Any], source: Issuer | Documents | None = None, **options: Any
) -> VerificationReport:
    """Return the one report for a file, a statement or a document."""
    data = file if isinstance(file, bytes) else (file if isinstance(file, str) else json.dumps(file)).encode()
    documents = source.documents() if isinstance(source, Issuer) else source
    (report,) = verify(data, documents, **({"now": NOW} | options))
    return report


def check(report: VerificationReport, name: str) -> Check:
    """Return the first check of a name that is not passed, else the first."""
    named = [one for one in report.checks if one.name == name]
    return next((one for one in named if one.outcome != "passed"), named[0])


def said(report: VerificationReport) -> str:
    """Return all that a report says, for messages of failing tests."""
    return "\n".join(f"{one.name} {one.outcome}: {one.explanation}" for one in report.checks)

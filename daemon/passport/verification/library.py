"""`verify` for those who use the core as a library; also what the worker runs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from passport.verification.documents import Documents
from passport.verification.report import VerificationReport


def verify(
    file: bytes,
    documents: Documents | None = None,
    *,
    identities: Sequence[str] = (),
    known_issuers: Sequence[str] = (),
    now: datetime | None = None,
) -> list[VerificationReport]:
    """Return one report for each credential in the file. To be filled."""
    raise NotImplementedError

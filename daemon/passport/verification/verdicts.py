"""All answers in one word."""

from __future__ import annotations

from collections.abc import Iterable

from passport.verification.report import Check, Outcome, Verdict

_ORDER = (Verdict.INVALID, Verdict.REVOKED, Verdict.EXPIRED, Verdict.NOT_YOURS)


def verdict_of(checks: Iterable[Check]) -> Verdict:
    """Return the first verdict that applies, in the order of the contract."""
    said = [check for check in checks if check.outcome is not Outcome.PASSED and check.matters]
    if not said:
        return Verdict.VERIFIED
    failures = {check.verdict or Verdict.INVALID for check in said if check.outcome is Outcome.FAILED}
    for verdict in _ORDER:
        if verdict in failures:
            return verdict
    return Verdict.UNCONFIRMED

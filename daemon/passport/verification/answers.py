"""Short ways to say what a check found."""

from __future__ import annotations

from passport.verification.report import Check, Outcome, Verdict


def passed(name: str, explanation: str, *, matters: bool = True) -> Check:
    """Return a check that was made and held."""
    return Check(name=name, outcome=Outcome.PASSED, explanation=explanation, matters=matters)


def failed(name: str, explanation: str, *, verdict: Verdict | None = None, matters: bool = True) -> Check:
    """Return a check that was made and did not hold; `verdict` None makes the credential invalid."""
    return Check(name=name, outcome=Outcome.FAILED, explanation=explanation, verdict=verdict, matters=matters)


def unknown(name: str, explanation: str, *, needs: tuple[str, ...] = (), matters: bool = True) -> Check:
    """Return a check that could not be made, with the URLs that would help."""
    return Check(name=name, outcome=Outcome.UNKNOWN, explanation=explanation, needs=needs, matters=matters)

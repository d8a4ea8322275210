"""One question and its answer; all of them with a verdict."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from passport.badge.model import AchievementCredential


class Outcome(StrEnum):
    """The answer to one check. *Could not be checked* is an answer of its own."""

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Verdict(StrEnum):
    """All checks in one word; the first that applies, in this order (design: Contract)."""

    NO_BADGE = "no-badge"
    INVALID = "invalid"
    REVOKED = "revoked"
    EXPIRED = "expired"
    NOT_YOURS = "not-yours"
    UNCONFIRMED = "unconfirmed"
    VERIFIED = "verified"


class IssuerIdentity(StrEnum):
    """How the issuer's name is known. The verdict does not depend on it; what is shown does."""

    DOMAIN = "domain"
    KNOWN = "known"
    SELF_ASSERTED = "self-asserted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One question about a credential, with its answer."""

    name: str
    """baking, structure, hosting, signature, proof, key, issuer, status, expiry, recipient, endorsement or refresh."""
    outcome: Outcome
    explanation: str
    """A sentence that a person understands; names the property and the section of the standard where that helps."""
    needs: tuple[str, ...] = ()
    """URLs of the documents without which the answer stays unknown."""
    verdict: Verdict | None = None
    """What a failure of this check makes of the credential; None: INVALID."""
    matters: bool = True
    """False: information only; an unknown or failed outcome does not change the verdict."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationReport:
    """All checks of one credential, with a verdict."""

    verdict: Verdict
    standard: str | None
    securing: str
    """As in the contract: hosted, jws, vc-jwt, sd-jwt, the cryptosuite's name, or none."""
    checks: tuple[Check, ...]
    credential: AchievementCredential | None
    """What was *verified*: for hosted badges the fetched data, for signed ones the signed bytes. Show only this."""
    issuer_identity: IssuerIdentity | None = None
    verified_at: str | None = None
    """The `now` of the verification, RFC 3339, UTC."""

    @property
    def needs(self) -> frozenset[str]:
        """All documents that would help, for the loop in `intake`."""
        return frozenset(url for check in self.checks for url in check.needs)

    def to_json(self) -> dict[str, object]:
        """Return the report as the contract shows it (without `file`)."""
        return {
            "verdict": self.verdict.value,
            "standard": self.standard,
            "securing": self.securing,
            "issuerIdentity": self.issuer_identity.value if self.issuer_identity else None,
            "verifiedAt": self.verified_at,
            "checks": [{"name": c.name, "outcome": c.outcome.value, "explanation": c.explanation} for c in self.checks],
            "credential": _credential(self.credential),
        }


def _credential(credential: AchievementCredential | None) -> dict[str, object] | None:
    if credential is None:
        return None
    return {
        "id": credential.id,
        "name": credential.title,
        "issuer": {"id": credential.issuer.id, "name": credential.issuer.name},
        "validFrom": credential.valid_from,
        "validUntil": credential.valid_until,
    }

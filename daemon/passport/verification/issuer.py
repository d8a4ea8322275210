"""Who is the issuer? What is known of the name that a badge shows."""

from __future__ import annotations

from passport.badge.model import AchievementCredential
from passport.verification.answers import passed
from passport.verification.report import Check, IssuerIdentity

_WORDS = {
    IssuerIdentity.DOMAIN: "The issuer is known by its own site.",
    IssuerIdentity.KNOWN: "You have marked this issuer as known.",
    IssuerIdentity.SELF_ASSERTED: "The issuer's name is its own claim; nobody else vouches for it.",
}


def check_issuer(credential: AchievementCredential, identity: IssuerIdentity | None) -> list[Check]:
    """Return what is known of the issuer; information only."""
    del credential
    return [passed("issuer", _WORDS[identity], matters=False)] if identity else []

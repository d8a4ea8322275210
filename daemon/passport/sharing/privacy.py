"""What a badge would give away if its signed bytes were shown to strangers.

Signed bytes cannot be shortened: whoever gets the original gets all of it. So it is held back until the owner agrees.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from passport.badge.model import AchievementCredential, IdentityObject, Securing
from passport.badge.parsing import parse
from passport.errors import ParseError

ADDRESS_TYPES = ("email", "emailaddress", "telephone", "phone", "phonenumber")


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """Why the original should not be shown without consent."""

    kind: str
    """`plain` or `guessable`."""
    explanation: str


def exposure(credential: AchievementCredential, identities: Sequence[str] = ()) -> Exposure | None:
    """Return what showing the signed bytes would give away; None: nothing that is known.

    A hash of an address counts even with a salt: it stands beside it, so anyone who suspects an address can check.
    """
    shown = (credential, *in_the_file(credential))
    named = [identity for one in shown for identity in one.subject.identifiers]
    if any(is_address(identity) and not identity.hashed for identity in named):
        return Exposure(kind="plain", explanation="The signed badge holds your address in plain text.")
    if any(holds_any(one, identities) for one in shown):
        return Exposure(kind="plain", explanation="The signed badge holds one of your addresses in plain text.")
    if any(is_address(identity) for identity in named):
        text = "The signed badge holds a hash of your address: who suspects your address can check it."
        return Exposure(kind="guessable", explanation=text)
    return None


def in_the_file(credential: AchievementCredential) -> tuple[AchievementCredential, ...]:
    """Return what the file itself says of a hosted badge: the site's word is shown, and the file is handed on."""
    if credential.securing is not Securing.HOSTED or not credential.source.lstrip().startswith("{"):
        return ()
    try:
        return (parse(credential.source),)
    except ParseError:
        return ()


def is_address(identity: IdentityObject) -> bool:
    """Whether an identity is an e-mail address or a telephone number."""
    return identity.type.lower() in ADDRESS_TYPES or (not identity.hashed and "@" in identity.identity)


def holds_any(credential: AchievementCredential, identities: Sequence[str]) -> bool:
    """Whether one of the owner's addresses stands anywhere in the statement."""
    text = json.dumps(credential.document, ensure_ascii=False).casefold()
    return any(identity.casefold() in text for identity in identities if "@" in identity or identity[:1] in "+0")

"""What a badge would give away if its signed bytes were shown to strangers.

Signed bytes cannot be shortened: whoever gets the original gets all of it. So it is held back until the owner agrees.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from passport.badge.model import AchievementCredential, IdentityObject, Securing
from passport.badge.parsing import parse
from passport.errors import ParseError
from passport.sharing.traces import Addresses, mails, personal, texts_in, texts_of

ADDRESS_TYPES = ("email", "emailaddress", "telephone", "phone", "phonenumber", "nationalidentitynumber")
OPEN_TYPES = ("url", "uri", "did")
_MARKS = re.compile(r"<[^<>]*>|[\\\\*`]")
"""What disappears from Markdown when it is shown, and may stand within an address: `ann\\_b@example.org`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """Why the original should not be shown without consent."""

    kind: str
    """`plain` or `guessable`."""
    explanation: str


def exposure(credential: AchievementCredential, identities: Sequence[str] = (), file: bytes = b"") -> Exposure | None:
    """Return what showing the signed bytes, and the `file` they came in, would give away; None: nothing that is known.

    A hash of an address counts even with a salt: it stands beside it, so anyone who suspects an address can check.
    An e-mail address of whom ever counts where the award itself has it, and not where its issuer tells its own.
    """
    shown = (credential, *in_the_file(credential))
    named = [identity for one in shown for identity in one.subject.identifiers]
    if any(is_address(identity) and not identity.hashed for identity in named):
        return Exposure(kind="plain", explanation="The signed badge holds your address in plain text.")
    beside = list(texts_of(file))
    texts = [text for one in shown for text in _texts(one)] + beside
    owners = Addresses(identities)
    if owners.in_any(texts) or _of_the_award(shown, beside):
        return Exposure(kind="plain", explanation="The signed badge holds one of your addresses in plain text.")
    if any(is_guessable(identity) for identity in named) or owners.hashed_in_any(texts):
        text = "The signed badge holds a hash of your address: who suspects your address can check it."
        return Exposure(kind="guessable", explanation=text)
    return None


@dataclass(frozen=True, slots=True)
class Private:
    """What must not stand in a text that strangers read."""

    addresses: Addresses = field(default_factory=Addresses)
    short: tuple[str, ...] = ()
    """Numbers that are looked for as they are written: their digits alone stand in many a text by chance."""
    any_address: bool = False
    """Whether no e-mail address at all may: the badge is held back for one, and whose is not known."""

    @classmethod
    def of(
        cls,
        identities: Sequence[str],
        credential: AchievementCredential | None = None,
        *,
        any_address: bool = False,
    ) -> Private:
        """Return the owner's addresses, and whatever else a badge says in plain of whose it is."""
        named = credential.subject.identifiers if credential else ()
        found = (*identities, *(identity.identity for identity in named if not identity.hashed))
        short = tuple(word.casefold() for word in found if word[:1] in {"+", "0"} and len(word) > 4)
        return cls(Addresses(found), short, any_address)

    def in_any(self, *texts: str | None) -> bool:
        """Whether one of the texts holds one, however it is written there: encoded as in links, as in Markdown."""
        written = [form for text in texts if text for form in (text, _MARKS.sub("", html.unescape(text)))]
        forms = [form for text in dict.fromkeys(written) for form in texts_in(text)]
        if self.addresses.in_any(forms) or self.addresses.hashed_in_any(forms):
            return True
        if self.any_address and any(map(mails, forms)):
            return True
        return any(number in form for form in map(str.casefold, forms) for number in self.short)


def in_the_file(credential: AchievementCredential) -> tuple[AchievementCredential, ...]:
    """Return what the file itself says of a hosted badge: the site's word is shown, and the file is handed on."""
    if credential.securing is not Securing.HOSTED or not credential.source.lstrip().startswith("{"):
        return ()
    try:
        return (parse(credential.source),)
    except ParseError:
        return ()


def is_address(identity: IdentityObject) -> bool:
    """Whether an identity is an e-mail address, a telephone number, or a number that the state gave."""
    plain = "@" in identity.identity or identity.identity.lower().startswith("tel:")
    return identity.type.lower() in ADDRESS_TYPES or (not identity.hashed and plain)


def _of_the_award(shown: Sequence[AchievementCredential], beside: Sequence[str]) -> bool:
    """Whether an address stands where only the award speaks, or in the file; the issuer tells its own."""
    parts = [personal(one.document) for one in shown]
    contacts = {mail for _, theirs in parts for text in texts_in(theirs) for mail in mails(text)}
    own = [text for said, _ in parts for text in texts_in(said)]
    if any((one.subject.id or "").lower().startswith("tel:") for one in shown):
        return True
    return any(mails(text) - contacts for text in (*own, *beside))


def is_guessable(identity: IdentityObject) -> bool:
    """Whether an identity is a hash of something that somebody may suspect; addresses of the web are no secret."""
    return identity.hashed and identity.type.lower() not in OPEN_TYPES


def _texts(credential: AchievementCredential) -> Iterator[str]:
    """Yield what the statement says, as it was read and as it was written."""
    yield from texts_in(json.dumps(credential.document, ensure_ascii=False))
    yield credential.subject.id or ""
    yield from texts_in(credential.source)

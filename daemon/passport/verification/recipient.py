"""Is it the owner's? Every form in which Open Badges name a person, against all the owner's addresses.

OB 2.0 IdentityObject and IdentityHash; OB 3.0, 8.5 "Verify the Recipient Using an Identifier". Exact rules and no
guessing: e-mail addresses are compared without regard to case (as issuers do), and nothing else is bent.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from passport.badge.model import AchievementCredential, IdentityObject
from passport.verification.addresses import parse_address
from passport.verification.answers import failed, passed, unknown
from passport.verification.report import Check, Verdict

_HASH_FORM = re.compile(r"([A-Za-z0-9_-]{2,20})\$([0-9A-Fa-f]+)")
_ALGORITHMS = {name: name for name in ("md5", "sha1", "sha224", "sha256", "sha384", "sha512")} | {
    "sha-1": "sha1",
    "sha-256": "sha256",
    "sha-384": "sha384",
    "sha-512": "sha512",
}
_WEAK = frozenset({"md5", "sha1"})
MAX_IDENTIFIERS = 256
"""Identifiers of one badge that are looked at."""


class _Match(Enum):
    YES = "yes"
    NO = "no"
    CANNOT_TELL = "cannot tell"


@dataclass(frozen=True, slots=True)
class _Answer:
    match: _Match
    how: str = ""


def check_recipient(credential: AchievementCredential, identities: Sequence[str]) -> Check:
    """Return whether one of the owner's identities (there is one) is the one that the badge was given to."""
    named = _named(credential)[:MAX_IDENTIFIERS]
    known = [identity.strip() for identity in identities if identity.strip()]
    answers = [(identity, _compare(one, identity)) for one in named for identity in known]
    for identity, answer in answers:
        if answer.match is _Match.YES:
            return passed("recipient", f"It was given to {identity}{answer.how}, which is one of your addresses.")
    unsure = [answer for _, answer in answers if answer.match is _Match.CANNOT_TELL]
    if unsure or not named:
        why = unsure[0].how if unsure else "It does not say to whom it was given"
        return unknown("recipient", f"{why}, so nobody can tell whether it is yours.")
    text = "It was given to somebody else: none of your addresses is the one it names (recipient)."
    return failed("recipient", text, verdict=Verdict.NOT_YOURS)


def is_same_identity(one: IdentityObject, other: IdentityObject) -> bool:
    """Whether two identities are of the same person, as far as can be told: equal, or one the hash of the other."""
    first, second = one.identity.strip(), other.identity.strip()
    if _HASH_FORM.fullmatch(first) and _HASH_FORM.fullmatch(second):
        return first.lower() == second.lower() and (one.salt or "") == (other.salt or "")
    if _HASH_FORM.fullmatch(first):
        return _compare(one, second).match is _Match.YES
    return _compare(other, first).match is _Match.YES


def _named(credential: AchievementCredential) -> list[IdentityObject]:
    subject = credential.subject
    own = [IdentityObject(identity=subject.id, type="id")] if subject.id else []
    return [*own, *subject.identifiers]


def _compare(named: IdentityObject, identity: str) -> _Answer:
    text = named.identity.strip()
    form = _HASH_FORM.fullmatch(text)
    if form:
        return _compare_hash(form[1].lower(), form[2].lower(), named.salt or "", identity)
    if named.hashed and "$" in text:
        return _Answer(_Match.CANNOT_TELL, "The way in which its recipient is hidden is not known")
    if text.lower().startswith("urn:uuid:"):
        return _Answer(_Match.CANNOT_TELL, "Its recipient is a number that only the issuer can tell")
    equal = bool(text) and bool(_plain_forms(text) & _plain_forms(identity))
    return _Answer(_Match.YES if equal else _Match.NO)


def _compare_hash(algorithm: str, digest: str, salt: str, identity: str) -> _Answer:
    name = _ALGORITHMS.get(algorithm)
    if name is None:
        return _Answer(_Match.CANNOT_TELL, f"Its recipient is hidden by {algorithm!r}, which is not known")
    for spelling in _spellings(identity):
        made = hashlib.new(name, (spelling + salt).encode("utf-8", "replace"), usedforsecurity=False).hexdigest()
        if hmac.compare_digest(made, digest):
            weak = f" (hidden by {name}, which is easily forged)" if name in _WEAK else ""
            return _Answer(_Match.YES, weak)
    return _Answer(_Match.NO)


def _spellings(identity: str) -> Iterator[str]:
    """Yield how issuers may have spelled an identity before they hashed it: as it is, and in the usual cases."""
    bare = _bare(identity)
    local, at, domain = bare.rpartition("@")
    spellings = [identity, bare, bare.lower()]
    if at:
        named = ".".join(part.capitalize() for part in local.split("."))
        spellings += [bare.upper(), bare.lower().capitalize(), local + at + domain.lower(), named + at + domain.lower()]
        spellings += [f"mailto:{bare}", f"mailto:{bare.lower()}"]
    elif parse_address(bare) is not None:
        spellings += [bare.rstrip("/"), bare.rstrip("/") + "/"]
    yield from dict.fromkeys(spellings)


def _plain_forms(text: str) -> set[str]:
    bare = _bare(text)
    if "@" in bare and "/" not in bare:
        return {bare.lower()}
    address = parse_address(bare)
    if address is not None:
        return {f"//{address.host}:{'' if address.port in (80, 443) else address.port}{address.rest.rstrip('/')}"}
    digits = re.sub(r"[\s()./-]", "", bare)
    return {digits} if re.fullmatch(r"\+?\d{6,20}", digits) else {bare}


def _bare(text: str) -> str:
    stripped = text.strip()
    scheme, colon, rest = stripped.partition(":")
    return rest if colon and scheme.lower() in ("mailto", "tel") else stripped

"""Which generation of Open Badges a document is, or that it is none: by `@context`, types and shape, in that order.

Nothing to verify (`NotABadgeError`) is told apart from a badge that is broken (`ParseError`): an invoice in
Downloads is no forged badge.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from passport.badge import strict_json
from passport.badge.compact import parse_compact, roughly_decoded
from passport.badge.statements import Form, form_of
from passport.errors import NotABadgeError, ParseError

_CREDENTIAL_CONTEXT = re.compile(
    r"imsglobal\.org/(?:spec/)?ob/v3p0|1edtech\.org/(?:spec/)?ob/v3p0|openbadges-specification/context"
    r"|jff-vc-edu-plugfest",
    re.IGNORECASE,
)
_CONTEXTS = (
    (re.compile(r"ob/v2p1|ob_v2p1|openbadges/v2p?1\b", re.IGNORECASE), "2.1"),
    (re.compile(r"w3id\.org/openbadges/v2|openbadgespec\.org/v2|ob/v2p0|openbadges/v2\b", re.IGNORECASE), "2.0"),
    (
        re.compile(
            r"w3id\.org/openbadges/v1|openbadges\.org/1\.1|openbadgespec\.org/v1|openbadges/v1\b", re.IGNORECASE
        ),
        "1.1",
    ),
)
CREDENTIAL_TYPES = frozenset({"OpenBadgeCredential", "AchievementCredential"})
_OTHER_THINGS = {
    "VerifiablePresentation": "this is a presentation, which holds credentials",
    "ClrCredential": "this is a learner record (CLR), which holds credentials",
    "EndorsementCredential": "this is an endorsement, a word about a badge",
    "Endorsement": "this is an endorsement, a word about a badge",
    "BadgeClass": "this describes a badge, it awards it to nobody",
    "Achievement": "this describes an achievement, it awards it to nobody",
    "Issuer": "this describes an issuer",
    "Profile": "this describes an issuer",
    "CryptographicKey": "this is a key",
    "RevocationList": "this is a list of revoked badges",
}
_ASSERTION_MEMBERS = frozenset({"recipient", "uid", "verify", "verification", "issuedOn", "issued_on"})
# Words that only stand in text that was meant as a badge (used where the text cannot be read).
_BADGE_WORDS = re.compile(r"openbadge|imsglobal\.org/(?:spec/)?ob/|AchievementCredential", re.IGNORECASE)
_AWARD_WORDS = (re.compile(r'"recipient"\s*:'), re.compile(r'"(?:badge|verify|verification)"\s*:'))


def standard_of(document: Mapping[str, object]) -> str:
    """Return the version of the standard: `0.5`, `1.0`, `1.1`, `2.0`, `2.1` or `3.0`.

    Args:
        document: an assertion, a credential, or the claims of a JWT (`vc` looked into).

    Raises:
        NotABadgeError: it is something else; says what, where that can be told.
    """
    credential = credential_of(document)
    types = types_of(credential)
    if _is_credential(credential, types):
        return "3.0"
    own = types if credential is document else types_of(document)
    if "Assertion" in own or _has_assertions_members(document):
        return _assertion_version(document, own)
    for name in sorted(types):
        if name in _OTHER_THINGS:
            raise NotABadgeError("the type", _OTHER_THINGS[name])
    if "VerifiableCredential" in types:
        raise NotABadgeError("the type", "this is a verifiable credential, but no Open Badge")
    raise NotABadgeError("the document", "this is no Open Badge")


def credential_of(document: Mapping[str, object]) -> Mapping[str, object]:
    """Return the credential in the claims of a JWT: the `vc` claim (VC 1.1 section 6.3.1), or the claims themselves."""
    inner = document.get("vc")
    return inner if isinstance(inner, dict) and inner else document


def types_of(document: Mapping[str, object]) -> frozenset[str]:
    """Return the types, whether one or several, `type` or `@type`."""
    value = document.get("type", document.get("@type"))
    if isinstance(value, str):
        return frozenset((value,))
    return frozenset([one for one in value if isinstance(one, str)]) if isinstance(value, list) else frozenset()


def contexts_of(document: Mapping[str, object]) -> tuple[str, ...]:
    """Return the contexts that are named by URL."""
    value = document.get("@context")
    values = value if isinstance(value, list) else [value]
    return tuple(one for one in values if isinstance(one, str))


def is_meant_as_badge(text: str) -> bool:
    """Return whether text that cannot be read was meant as a badge: a broken one is `invalid`, not `no-badge`."""
    start = text[: strict_json.MAX_CHARACTERS]
    if form_of(start) is Form.COMPACT:
        start = roughly_decoded(start)
    return _BADGE_WORDS.search(start) is not None or all(word.search(start) for word in _AWARD_WORDS)


def is_credential_text(text: str) -> bool:
    """Return whether a statement is an Open Badges 3.0 credential; False for what cannot be read."""
    try:
        document = _document(text)
        return standard_of(document) == "3.0"
    except ParseError:
        return False


def _document(text: str) -> dict[str, object]:
    if form_of(text) is Form.COMPACT:
        return parse_compact(text).payload
    value = strict_json.loads(text)
    return value if isinstance(value, dict) else {}


def _is_credential(document: Mapping[str, object], types: frozenset[str]) -> bool:
    if types & {"VerifiablePresentation", "ClrCredential", "EndorsementCredential"} and not types & CREDENTIAL_TYPES:
        return False
    if types & CREDENTIAL_TYPES:
        return True
    if "VerifiableCredential" not in types and "credentialSubject" not in document:
        return False
    return any(_CREDENTIAL_CONTEXT.search(url) for url in contexts_of(document)) or _has_achievement(document)


def _has_achievement(document: Mapping[str, object]) -> bool:
    subject = document.get("credentialSubject")
    subjects = subject if isinstance(subject, list) else [subject]
    return any(
        isinstance(one, dict) and ("achievement" in one or "AchievementSubject" in types_of(one)) for one in subjects
    )


def _has_assertions_members(document: Mapping[str, object]) -> bool:
    names = _ASSERTION_MEMBERS.intersection(document)
    if "badge" in document and names:
        return True
    return not names.isdisjoint(("recipient", "uid")) and not names.isdisjoint(("verify", "verification"))


def _assertion_version(document: Mapping[str, object], types: frozenset[str]) -> str:
    named = document.get("@context")
    contexts = (named,) if isinstance(named, str) else contexts_of(document)
    version = _context_version(contexts)
    if version is not None:
        return version
    if contexts or "verification" in document:
        return "2.0"
    if "verify" in document or "uid" in document:
        return "1.1" if "Assertion" in types else "1.0"
    return "2.0" if "Assertion" in types else "0.5"


@lru_cache(maxsize=256)
def _context_version(contexts: tuple[str, ...]) -> str | None:
    for form, version in _CONTEXTS:
        if any(form.search(url) for url in contexts):
            return version
    return None


def is_badge_text(text: str) -> bool:
    """Return whether text is a badge, or was meant as one and cannot be read."""
    try:
        standard_of(_document(text))
    except NotABadgeError:
        return False
    except ParseError:
        return is_meant_as_badge(text)
    return True

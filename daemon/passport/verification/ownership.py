"""Is the key the issuer's? A signature proves only that some key made it (OB 3.0, 8.3; vc-data-integrity, 4.2).

A key belongs to the issuer when it is the issuer (did:key, did:jwk), when the issuer's own document lists it (did:web,
https), or when the issuer's own host serves it and it names nobody else as its holder. A key that stands in the
credential itself proves nothing of who.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from passport.verification.addresses import parse_address, same_origin, without_fragment
from passport.verification.answers import failed, passed, unknown
from passport.verification.documents import Documents
from passport.verification.keys import KeyAnswer, key_from_description, keys_of, resolve_key
from passport.verification.report import Check, IssuerIdentity, Outcome

_SELF_CONTAINED = frozenset({"did:key", "did:jwk", "header"})


@dataclass(frozen=True, slots=True)
class Ownership:
    """A key, and what is known of whose it is."""

    key: KeyAnswer
    check: Check
    """The check `key`."""
    identity: IssuerIdentity | None = None
    """How the issuer is known by this key; None: not at all."""

    @property
    def belongs(self) -> bool:
        """Whether it is the issuer's."""
        return self.check.outcome is Outcome.PASSED


def issuers_key(method_id: str, issuer: str, documents: Documents, now: datetime) -> Ownership:
    """Return the key of a verification method, and whether it is the issuer's."""
    key = resolve_key(method_id, documents, issuer=issuer, now=now)
    if key.outcome is Outcome.PASSED:
        return _owned(key, issuer, documents, now)
    say = failed if key.outcome is Outcome.FAILED else unknown
    text = f"The key that is to prove it cannot be had: {key.explanation}."
    return Ownership(key, replace(say("key", text), needs=key.needs))


def issuers_header_key(jwk: Mapping[str, object], issuer: str, documents: Documents, now: datetime) -> Ownership:
    """Return the key in a JWT's own header, and whether the issuer says that it is its own."""
    from passport.verification.publickeys import KeyFormError  # noqa: PLC0415 (hosted badges need no cryptography)

    try:
        key = key_from_description(jwk)
    except KeyFormError as error:
        answer = KeyAnswer(id="", outcome=Outcome.FAILED, explanation=str(error))
        return Ownership(answer, failed("key", f"The key in its header cannot be used: {error}."))
    answer = KeyAnswer(id="", outcome=Outcome.PASSED, public_key=key, origin="header")
    return _owned(answer, issuer, documents, now)


def issuers_only_keys(issuer: str, documents: Documents, now: datetime) -> list[Ownership]:
    """Return the keys that the issuer publishes, for a signature that names none; at least one answer."""
    found = []
    for key in keys_of(issuer, documents, now=now):
        if key.outcome is Outcome.PASSED:
            found.append(_owned(key, issuer, documents, now))
        else:
            say = failed if key.outcome is Outcome.FAILED else unknown
            text = f"It names no key, and the issuer's keys cannot be had: {key.explanation}."
            found.append(Ownership(key, replace(say("key", text), needs=key.needs)))
    return found


def _owned(key: KeyAnswer, issuer: str, documents: Documents, now: datetime) -> Ownership:
    holder = key.listed_by or ""
    if key.controller is None or key.controller == issuer:
        if holder == issuer or holder == without_fragment(issuer):
            return _its_own(key, issuer)
        if key.origin == "https" and same_origin(holder, issuer):
            return _its_own(key, issuer)
    return _listed(key, issuer, documents, now)


def _its_own(key: KeyAnswer, issuer: str) -> Ownership:
    if key.origin in ("did:key", "did:jwk"):
        text = "The key is the issuer itself (did:key): what it signed is intact, and its name is its own claim."
        return Ownership(key, passed("key", text), IssuerIdentity.SELF_ASSERTED)
    return Ownership(key, passed("key", _served(issuer)), IssuerIdentity.DOMAIN)


def _listed(key: KeyAnswer, issuer: str, documents: Documents, now: datetime) -> Ownership:
    """Look for a key that comes from elsewhere in the issuer's own document."""
    from passport.verification.publickeys import same_key  # noqa: PLC0415 (as above)

    own = keys_of(issuer, documents, now=now)
    for one in own:
        if one.controller not in (None, issuer):
            continue  # the issuer's document only repeats somebody else's key (Controlled Identifiers 1.0, 3.3)
        if one.public_key is not None and same_key(one.public_key, key.public_key):
            found = replace(key, origin=one.origin, listed_by=one.listed_by, algorithm=key.algorithm or one.algorithm)
            return _its_own(found, issuer)
    return Ownership(key, _not_its_own(key, issuer, own))


def _not_its_own(key: KeyAnswer, issuer: str, own: list[KeyAnswer]) -> Check:
    if any(one.public_key is not None for one in own):
        text = "The key that signed it is not among those of the issuer: somebody else made it in the issuer's name."
        return failed("key", text)
    needs = tuple(url for one in own for url in one.needs)
    if key.origin not in _SELF_CONTAINED and not needs and _has_spoken(own):
        return failed("key", f"The key belongs to {key.controller or key.listed_by}, not to the issuer {issuer}.")
    why = "stands in the badge itself" if key.origin == "header" else "is not the issuer's address"
    text = f"The key {why}, and {issuer or 'the issuer'} could not be asked whether it is its own"
    return unknown("key", f"{text}: it is intact, but nothing shows who made it.", needs=needs)


def _has_spoken(own: list[KeyAnswer]) -> bool:
    return all(one.outcome is not Outcome.PASSED and "publishes no key" in one.explanation for one in own)


def _served(issuer: str) -> str:
    address = parse_address(without_fragment(issuer))
    if address is None:
        return f"The key was published by the issuer itself ({issuer})."
    unprotected = "" if address.secure else ", though over an unprotected connection (http)"
    return f"The key was published by the issuer's own site, {address.host}{unprotected}."

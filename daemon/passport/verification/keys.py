"""From the name of a key to the key, and to whoever vouches for it.

Verification methods are read as Controlled Identifiers 1.0 (3.3) and DID Core (did:key, did:jwk, did:web) say; OB 2.0
`CryptographicKey` and PEM files too. A `#z6Mk…` at the end of an address is a name, not a proof that whoever owns the
address holds the key: the address must answer it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import unquote

from passport.badge import strict_json
from passport.badge.dates import parse_instant
from passport.errors import ParseError
from passport.verification.addresses import parse_address, same_origin, without_fragment
from passport.verification.multibase import decode_base64url
from passport.verification.remote import Reading, State, read_object
from passport.verification.report import Outcome

if TYPE_CHECKING:
    from passport.verification.documents import Documents
    from passport.verification.publickeys import PublicKey

_RELATIONSHIPS = frozenset({"authentication", "keyAgreement", "capabilityInvocation", "capabilityDelegation"})
_ENDS = frozenset({"revoked", "expires"})
MAX_LISTED = 64
"""Keys of one document that are looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyAnswer:
    """A key with who vouches for it, or why there is none."""

    id: str
    outcome: Outcome
    """PASSED: `public_key` is there. FAILED: it is no key to be used. UNKNOWN: it could not be looked up."""
    explanation: str = ""
    """A part of a sentence about a key that is not there."""
    public_key: PublicKey | None = None
    controller: str | None = None
    """Who holds the key, in the word of the document that was found."""
    origin: str = ""
    """did:key, did:jwk, did:web, https, profile or header."""
    listed_by: str | None = None
    """The URL or DID of the document in which the key was found."""
    algorithm: str | None = None
    """The one JOSE algorithm that the key is meant for, where it says so."""
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Found:
    """A key's description within a document."""

    description: Mapping[str, object]
    id: str
    for_assertion: bool
    is_whole: bool = False
    """Whether the document is nothing but this key."""


@dataclass(frozen=True, slots=True)
class _Place:
    """A document that may hold keys."""

    base: str
    """What relative names of keys hang on: the DID or the URL."""
    reading: Reading
    origin: str
    found: tuple[_Found, ...] = field(default=())


def resolve_key(method_id: str, documents: Documents, *, issuer: str = "", now: datetime | None = None) -> KeyAnswer:
    """Return the key that a name stands for (an absolute URL or DID URL; `#…` belongs to the issuer).

    Whether the key is the *issuer's* is another question: compare `controller` and `listed_by`.
    """
    name = issuer + method_id if method_id.startswith("#") else method_id
    method = name.split(":", 2)[:2]
    if method == ["did", "key"]:
        return _did_key(name)
    if method == ["did", "jwk"]:
        return _did_jwk(name)
    if method == ["did", "web"]:
        return _from_place(name, _did_web(without_fragment(name), documents), now)
    if parse_address(without_fragment(name)) is not None:
        return _from_place(name, _web(without_fragment(name), documents), now)
    what = f"the method did:{method[1]}" if method[0] == "did" and len(method) > 1 else f"{_shown(name)}"
    return _missing(name, Outcome.UNKNOWN, f"{what} names no key that this program can look up")


def keys_of(owner: str, documents: Documents, *, now: datetime | None = None) -> list[KeyAnswer]:
    """Return the keys that an issuer (DID or URL) publishes for assertions; else one answer without key."""
    if owner.startswith(("did:key:", "did:jwk:")):
        return [resolve_key(owner, documents)]
    if not owner.startswith("did:web:") and parse_address(without_fragment(owner)) is None:
        return [_missing(owner, Outcome.UNKNOWN, f"{_shown(owner)} is no address that publishes keys")]
    place = _did_web(owner, documents) if owner.startswith("did:web:") else _web(owner, documents)
    if place.reading.state is not State.READ:
        return [_unread(owner, place)]
    answers = [_answer(found.id, found, place, now) for found in place.found if found.for_assertion]
    return answers or [_missing(owner, Outcome.UNKNOWN, f"{_shown(owner)} publishes no key")]


def did_web_url(did: str) -> str | None:
    """Return where the document of a did:web is (did:web Method, 3.2); None for what is no did:web."""
    parts = did.removeprefix("did:web:").split(":")
    if not did.startswith("did:web:") or not all(parts) or "/" in did or "?" in did:
        return None
    host = unquote(parts[0])
    path = "/".join(parts[1:]) or ".well-known"
    url = f"https://{host}/{path}/did.json"
    return url if "/" not in host and "@" not in host and parse_address(url) is not None else None


def key_from_description(description: Mapping[str, object]) -> PublicKey:
    """Return the key of a verification method, CryptographicKey or JWK; raise publickeys.KeyFormError."""
    from passport.verification import publickeys  # noqa: PLC0415 (hosted badges need no cryptography)

    jwk = description.get("publicKeyJwk")
    if isinstance(jwk, dict):
        return publickeys.key_from_jwk(jwk)
    if "kty" in description:
        return publickeys.key_from_jwk(description)
    forms = {
        "publicKeyMultibase": publickeys.key_from_multikey,
        "publicKeyPem": publickeys.key_from_pem,
        "publicKeyBase58": publickeys.key_from_base58,
    }
    for name, read in forms.items():
        value = description.get(name)
        if isinstance(value, str):
            return read(value)
    raise publickeys.KeyFormError("it holds no key in a form that is known")


def _did_key(name: str) -> KeyAnswer:
    did, _, fragment = name.partition("#")
    value = did.removeprefix("did:key:")
    if fragment and fragment != value:
        return _missing(name, Outcome.FAILED, "a did:key has one key, and its name names another")
    return read_key(name, {"publicKeyMultibase": value}, controller=did, origin="did:key", listed_by=did)


def _did_jwk(name: str) -> KeyAnswer:
    did, _, fragment = name.partition("#")
    if fragment not in ("", "0"):
        return _missing(name, Outcome.FAILED, "a did:jwk has one key, and its name names another")
    try:
        jwk = strict_json.loads(decode_base64url(did.removeprefix("did:jwk:")).decode("utf-8"))
    except (ValueError, ParseError):
        return _missing(name, Outcome.FAILED, "the did:jwk cannot be read")
    if not isinstance(jwk, dict):
        return _missing(name, Outcome.FAILED, "the did:jwk cannot be read")
    return read_key(name, jwk, controller=did, origin="did:jwk", listed_by=did)


def _did_web(did: str, documents: Documents) -> _Place:
    url = did_web_url(did)
    if url is None:
        return _Place(did, Reading(did, State.UNREADABLE, f"{_shown(did)} is no did:web"), "did:web")
    reading = read_object(documents, url)
    if reading.value is not None and reading.value.get("id") != did:
        reading = Reading(url, State.UNREADABLE, f"the document at {url} is not that of {_shown(did)}")
    return _Place(did, reading, "did:web", _keys_in(reading, did))


def _web(url: str, documents: Documents) -> _Place:
    base = without_fragment(url)
    reading = read_object(documents, base)
    is_json = reading.text.lstrip()[:1] == "{"  # broken JSON with a key in it is no key by itself
    if reading.state is State.UNREADABLE and "-----BEGIN" in reading.text[:200] and not is_json:
        reading = Reading(base, State.READ, "", reading.text, {"id": base, "publicKeyPem": reading.text})
    return _Place(base, reading, "https", _keys_in(reading, base))


def _keys_in(reading: Reading, base: str) -> tuple[_Found, ...]:
    if reading.value is None:
        return ()
    return _small_keys_in(reading, base) if reading.is_small else tuple(_listed(reading.value, base))


@lru_cache(maxsize=256)
def _small_keys_in(reading: Reading, base: str) -> tuple[_Found, ...]:
    """Return the keys of a small document: one key stands behind many badges."""
    return tuple(_listed(reading.value or {}, base))


def _listed(document: Mapping[str, object], base: str) -> Iterator[_Found]:
    """Yield the keys in a controller document, profile, JWK Set, or a document that is itself a key."""
    if any(name in document for name in ("kty", "publicKeyMultibase", "publicKeyPem", "publicKeyJwk")):
        yield _Found(
            document,
            _absolute(document.get("id") or document.get("kid") or base, base),
            for_assertion=True,
            is_whole=True,
        )
    allowed = {_name(item, base) for item in _items(document.get("assertionMethod"))}
    bound = "assertionMethod" in document or not _RELATIONSHIPS.isdisjoint(document)
    for member in ("verificationMethod", "publicKey", "keys", "assertionMethod"):
        strict = bound or member == "verificationMethod"
        for item in _items(document.get(member))[:MAX_LISTED]:
            if isinstance(item, dict):
                name = _name(item, base)
                yield _Found(item, name, for_assertion=name in allowed or not strict)


def _from_place(name: str, place: _Place, now: datetime | None) -> KeyAnswer:
    if place.reading.state is not State.READ:
        return _unread(name, place)
    if place.reading.is_small and not any(_ENDS & found.description.keys() for found in place.found):
        return _timeless(name, place.base, place.reading, place.origin)
    return _found_in(name, place, now)


@lru_cache(maxsize=256)
def _timeless(name: str, base: str, reading: Reading, origin: str) -> KeyAnswer:
    """Return a key of a small document of which no key ever ends: one key stands behind many badges."""
    return _found_in(name, _Place(base, reading, origin, _keys_in(reading, base)), None)


def _found_in(name: str, place: _Place, now: datetime | None) -> KeyAnswer:
    matching = [found for found in place.found if found.id == name]
    if not matching and "#" not in name and len(place.found) == 1 and place.found[0].for_assertion:
        matching = list(place.found)
    if not matching:
        return _missing(name, Outcome.FAILED, f"{place.reading.url} is served, but holds no key of that name")
    if len({id(found.description) for found in matching}) > 1 and matching[0].description != matching[-1].description:
        return _missing(name, Outcome.FAILED, f"{place.reading.url} holds two keys of that name")
    if not matching[0].for_assertion:
        return _missing(name, Outcome.FAILED, "the key is published, but not for making statements (assertionMethod)")
    return _answer(name, matching[0], place, now)


def _answer(name: str, found: _Found, place: _Place, now: datetime | None) -> KeyAnswer:
    document = place.reading.value or {}
    owner = None if found.is_whole else document.get("id")
    controller = found.description.get("controller") or found.description.get("owner") or owner
    if _is_over(found.description.get("revoked"), now):
        return _missing(name, Outcome.FAILED, "the key was revoked by its owner")
    if _is_over(found.description.get("expires"), now):
        return _missing(name, Outcome.FAILED, "the key is past the date until which its owner used it")
    controller = controller if isinstance(controller, str) else None
    return read_key(name, found.description, controller=controller, origin=place.origin, listed_by=place.base)


def read_key(
    name: str, description: Mapping[str, object], *, controller: str | None, origin: str, listed_by: str
) -> KeyAnswer:
    """Return the key that a description holds, with who vouches for it."""
    from passport.verification.publickeys import KeyFormError, UnsupportedKeyError  # noqa: PLC0415 (as above)

    try:
        key = key_from_description(description)
    except UnsupportedKeyError as error:
        return _missing(name, Outcome.UNKNOWN, str(error))
    except KeyFormError as error:
        return _missing(name, Outcome.FAILED, str(error))
    jwk = description.get("publicKeyJwk")
    algorithm = jwk.get("alg") if isinstance(jwk, dict) else description.get("alg")
    return KeyAnswer(
        id=name,
        outcome=Outcome.PASSED,
        public_key=key,
        controller=controller,
        origin=origin,
        listed_by=listed_by,
        algorithm=algorithm if isinstance(algorithm, str) else None,
    )


def _unread(name: str, place: _Place) -> KeyAnswer:
    # A name that answers something else than it says of itself is a fault; silence is not.
    wrong = place.reading.state is State.UNREADABLE and place.reading.why.startswith("the document at")
    outcome = Outcome.FAILED if wrong else Outcome.UNKNOWN
    return KeyAnswer(id=name, outcome=outcome, explanation=place.reading.why, needs=place.reading.needs)


def _missing(name: str, outcome: Outcome, why: str) -> KeyAnswer:
    return KeyAnswer(id=name, outcome=outcome, explanation=why)


def _items(value: object) -> list[object]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _name(item: object, base: str) -> str:
    name = (item.get("id") or item.get("kid")) if isinstance(item, dict) else item
    return _absolute(name, base)


def _absolute(name: object, base: str) -> str:
    if not isinstance(name, str) or not name:
        return base
    if name.startswith("#"):
        return base + name
    return name if ":" in name else f"{base}#{name}"


def _is_over(date: object, now: datetime | None) -> bool:
    if now is None or not isinstance(date, str):
        return False
    try:
        return parse_instant(date).earliest <= now
    except ParseError:
        return True


def _shown(name: str) -> str:
    return name if len(name) <= 100 else name[:99] + "…"


__all__ = ["KeyAnswer", "did_web_url", "key_from_description", "keys_of", "read_key", "resolve_key", "same_origin"]

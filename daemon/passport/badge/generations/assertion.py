"""OB 0.5 to 2.1: Assertion, hosted or in a JWS, with its badge class and issuer embedded or named by URL."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from passport.badge.detection import types_of
from passport.badge.generations.achievements import achievement
from passport.badge.generations.endorsements import endorsements
from passport.badge.generations.parts import evidence, image, profile
from passport.badge.model import AchievementCredential, AchievementSubject, IdentityObject, Oddity, Profile, Securing
from passport.badge.reading import Node, is_url
from passport.badge.unread import read_fully, unread

_HASH = re.compile(r"(?:sha-?\d{1,3}|sha3-?\d{3}|md5)\$[0-9a-f]+", re.IGNORECASE)
_HASH_OF_ANY_KIND = re.compile(r"[^$@\s]{1,20}\$\S+")
_PATHS = frozenset({"image", "criteria"})
_HOSTED_TYPES = frozenset({"hosted", "HostedBadge", "HostedAssertion"})
_NOTHING: Mapping[str, object] = {}
_OF_THE_ASSERTION = ("standard", "securing", "source", "id", "hosted_url", "valid_from", "valid_until")
_SIGNED_TYPES = frozenset({"signed", "SignedBadge"})


def read(document: dict[str, object], *, standard: str, source: str, signed: bool) -> AchievementCredential:
    """Read an assertion; what has the wrong shape is left out and noted among the oddities."""
    node = _node(document, standard)
    verification = _NOTHING if signed else _verification(document)
    types = types_of(verification)
    hosted_url = None if types & _SIGNED_TYPES else _hosted_url(node, verification, standard)
    if signed:
        securing, hosted_url = Securing.JWS, None
    else:
        securing = _securing(types, hosted_url, standard)
    known = {
        "standard": standard,
        "securing": securing,
        "source": source,
        "document": document,
        "id": node.text_of("id", "@id") or hosted_url or node.text_of("uid"),
        "hosted_url": hosted_url,
        "valid_from": node.text_of("issuedOn", "issued_on"),
        "valid_until": node.text_of("expires"),
    }
    return unread(AchievementCredential, _Reader(node), known)


def described(
    credential: AchievementCredential, document: dict[str, object], issuer: Profile | None = None
) -> AchievementCredential:
    """Return a credential with its class and issuer as `document` describes them; the rest of that is the same."""
    known = {name: getattr(credential, name) for name in _OF_THE_ASSERTION}
    known["document"] = document
    if issuer is not None:
        known["issuer"] = issuer
    return unread(AchievementCredential, _Reader(_node(document, credential.standard)), known)


class _Reader:
    """Reads of an assertion what is not needed to verify it."""

    __slots__ = ("_node",)

    def __init__(self, node: Node) -> None:
        self._node = node

    def part(self, credential: object, name: str) -> object:
        if name == "oddities":
            return _oddities(self._node.value, getattr(credential, "standard", ""))
        if name in _LATER_ONLY:
            return _LATER_ONLY[name]
        read = _PARTS.get(name)
        if read is None:
            raise AttributeError(name)
        return read(self._node)


def _oddities(document: object, standard: str) -> tuple[Oddity, ...]:
    """Return what has the wrong shape, of all that there is to read."""
    node = Node(document, "", [])
    for read in _PARTS.values():
        read_fully(read(node))
    verification = _verification(document) if isinstance(document, dict) else _NOTHING
    if not types_of(verification) & _SIGNED_TYPES:
        _hosted_url(node, verification, standard)
    return tuple(node.oddities)


def _node(document: dict[str, object], standard: str) -> Node:
    return Node(_with_origin(document) if standard == "0.5" else document, "", [])


def _with_origin(document: dict[str, object]) -> dict[str, object]:
    """Return an OB 0.5 assertion whose paths are URLs: they are relative to `badge.issuer.origin`."""
    badge = document.get("badge")
    issuer = badge.get("issuer") if isinstance(badge, dict) else None
    origin = issuer.get("origin") if isinstance(issuer, dict) else None
    if not isinstance(badge, dict) or not isinstance(origin, str) or not is_url(origin):
        return document
    start = origin.rstrip("/")
    places = {name: start + path for name, path in badge.items() if name in _PATHS and _is_path(path)}
    evidence_path = document.get("evidence")
    own = {"evidence": start + evidence_path} if isinstance(evidence_path, str) and _is_path(evidence_path) else {}
    return {**document, "badge": {**badge, **places}, **own}


def _is_path(value: object) -> bool:
    return isinstance(value, str) and value.startswith("/") and not value.startswith("//")


def _verification(document: Mapping[str, object]) -> Mapping[str, object]:
    found = document.get("verification")
    found = document.get("verify") if found is None else found
    for item in found if isinstance(found, list) else (found,):
        if isinstance(item, dict):
            return item
    return _NOTHING


def _hosted_url(node: Node, verification: Mapping[str, object], standard: str) -> str | None:
    """Return where the assertion lives: `verify.url` in OB 1.x, the `id` in OB 2.x (Assertion, HostedBadge).

    An OB 0.5 assertion does not say.
    """
    named = verification.get("url")
    named = named if named is None or type(named) is str else Node(named, "url", []).text()
    own = node.text_of("id", "@id")
    if named is None or not is_url(named):
        return own if is_url(own) else None
    if is_url(own):
        if named != own:
            where = "verification" if node.has("verification") else "verify"
            node.oddities.append(Oddity(where=where, problem="names another address than the assertion's id"))
        return own if standard.startswith("2") else str(named)
    return str(named)


def _securing(types: frozenset[str], hosted_url: str | None, standard: str) -> Securing:
    if types & _SIGNED_TYPES:
        return Securing.NONE  # says that it is signed, and stands outside of its signature
    hosted = hosted_url is not None or standard == "0.5" or bool(types & _HOSTED_TYPES)
    return Securing.HOSTED if hosted else Securing.NONE


def _issuer(node: Node) -> Profile:
    for item in node.get("badge").items():
        if isinstance(item.value, dict):
            return profile(item.get("issuer"))
    return Profile()


def _subject(node: Node) -> AchievementSubject:
    identity = _recipient(node.get("recipient"), node.get("salt"))
    return AchievementSubject(
        identifiers=(identity,) if identity else (),
        achievement=achievement(node.get("badge")),
        narrative=node.text_of("narrative"),
        recipient_name=node.get("extensions:recipientProfile").text_of("name"),
    )


def _recipient(node: Node, salt: Node) -> IdentityObject | None:
    """Read to whom: an object, or in OB 0.5 a text with the salt beside it."""
    item = next(node.items(), node)
    identity = item.value if isinstance(item.value, str) else item.text_of("identity")
    if not identity:
        return None
    return IdentityObject(
        identity=identity,
        hashed=_is_hashed(item, identity),
        salt=item.text_of("salt") or salt.text(),
        type=item.text_of("type") or "email",
    )


def _is_hashed(node: Node, identity: str) -> bool:
    """Return whether the identity is a hash, whatever `hashed` says of it (Moodle says `true` of plain ones)."""
    if node.get("hashed").flag() is not True:
        return _HASH.fullmatch(identity) is not None
    if _HASH_OF_ANY_KIND.fullmatch(identity) or "@" not in identity:
        return True
    node.oddities.append(Oddity(where=f"{node.path}.hashed", problem="is true, and the identity is plain"))
    return False


_PARTS: Mapping[str, Callable[[Node], object]] = {
    "issuer": _issuer,
    "subject": _subject,
    "evidence": lambda node: evidence(node.get("evidence")),
    "endorsements": endorsements,
    "image": lambda node: image(node.get("image")),
}
_LATER_ONLY: Mapping[str, object] = {
    "name": None,
    "description": None,
    "awarded_date": None,
    "partner": None,
    "terms_of_use": (),
}
"""What only OB 3.0 has."""

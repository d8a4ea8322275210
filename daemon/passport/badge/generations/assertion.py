"""OB 0.5 to 2.1: Assertion, hosted or in a JWS, with its badge class and issuer embedded or named by URL."""

from __future__ import annotations

import re

from passport.badge.generations.achievements import achievement
from passport.badge.generations.endorsements import endorsements
from passport.badge.generations.parts import evidence, image, profile
from passport.badge.model import AchievementCredential, AchievementSubject, IdentityObject, Oddity, Profile, Securing
from passport.badge.reading import Node, is_url

_HASH = re.compile(r"(?:sha-?\d{1,3}|sha3-?\d{3}|md5)\$[0-9a-f]+", re.IGNORECASE)
_HASH_OF_ANY_KIND = re.compile(r"[^$@\s]{1,20}\$\S+")
_PATHS = frozenset({"image", "criteria"})
_HOSTED_TYPES = frozenset({"hosted", "HostedBadge", "HostedAssertion"})
_SIGNED_TYPES = frozenset({"signed", "SignedBadge"})


def read(document: dict[str, object], *, standard: str, source: str, signed: bool) -> AchievementCredential:
    """Read an assertion; what has the wrong shape is left out and noted among the oddities."""
    oddities: list[Oddity] = []
    node = Node(_with_origin(document) if standard == "0.5" else document, "", oddities)
    verification = Node({}, "", oddities) if signed else _verification(node)
    hosted_url = None if signed else _hosted_url(node, verification, standard)
    return AchievementCredential(
        standard=standard,
        securing=Securing.JWS if signed else _securing(verification, hosted_url, standard),
        source=source,
        document=document,
        id=_id(node, hosted_url),
        hosted_url=hosted_url,
        issuer=_issuer(node),
        subject=_subject(node),
        valid_from=node.text_of("issuedOn", "issued_on"),
        valid_until=node.text_of("expires"),
        evidence=evidence(node.get("evidence")),
        endorsements=endorsements(node),
        image=image(node.get("image")),
        oddities=tuple(oddities),
    )


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


def _verification(node: Node) -> Node:
    found = node.get("verification", "verify")
    for item in found.items():
        if isinstance(item.value, dict):
            return item
    return Node({}, "verification", node.oddities, node)


def _hosted_url(node: Node, verification: Node, standard: str) -> str | None:
    """Return where the assertion lives: `verify.url` in OB 1.x, the `id` in OB 2.x (Assertion, HostedBadge).

    An OB 0.5 assertion does not say.
    """
    if verification.types() & _SIGNED_TYPES:
        return None
    named, own = verification.text_of("url"), node.text_of("id", "@id")
    order = (own, named) if standard.startswith("2") else (named, own)
    if is_url(named) and is_url(own) and named != own:
        node.oddities.append(Oddity(where=verification.path, problem="names another address than the assertion's id"))
    return next((url for url in order if is_url(url)), None)


def _securing(verification: Node, hosted_url: str | None, standard: str) -> Securing:
    types = verification.types()
    if types & _SIGNED_TYPES:
        return Securing.NONE  # says that it is signed, and stands outside of its signature
    hosted = hosted_url is not None or standard == "0.5" or bool(types & _HOSTED_TYPES)
    return Securing.HOSTED if hosted else Securing.NONE


def _id(node: Node, hosted_url: str | None) -> str | None:
    return node.text_of("id", "@id") or hosted_url or node.text_of("uid")


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

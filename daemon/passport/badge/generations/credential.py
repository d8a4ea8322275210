"""OB 3.0: AchievementCredential, on VC 1.1 or VC 2.0, as JSON or in the claims of a JWT."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from passport.badge.detection import credential_of
from passport.badge.generations.achievements import achievement, results
from passport.badge.generations.endorsements import endorsements
from passport.badge.generations.parts import evidence, image, profile, profile_or_none, says_nothing
from passport.badge.model import (
    AchievementCredential,
    AchievementSubject,
    IdentityObject,
    Oddity,
    Profile,
    Securing,
)
from passport.badge.reading import Node
from passport.badge.unread import read_fully, unread

_NOTHING: Mapping[str, object] = {}
_ENVELOPES = frozenset({Securing.VC_JWT, Securing.SD_JWT})


def read(document: dict[str, object], *, source: str, securing: Securing) -> AchievementCredential:
    """Read a credential; what has the wrong shape is left out and noted among the oddities."""
    node = Node(credential_of(document), "", [])
    claims = Node(document if securing in _ENVELOPES else _NOTHING, "", node.oddities)
    known = {
        "standard": "3.0",
        "securing": securing,
        "source": source,
        "document": document,
        "hosted_url": None,
        "id": node.text_of("id", "@id") or claims.text_of("jti"),
        "issuer": _issuer(node, claims),
        "valid_from": node.text_of("validFrom", "issuanceDate") or _numeric_date(claims.get("nbf", "iat")),
        "valid_until": node.text_of("validUntil", "expirationDate") or _numeric_date(claims.get("exp")),
    }
    return unread(AchievementCredential, _Reader(node, claims), known)


class _Reader:
    """Reads of a credential what is not needed to verify it."""

    __slots__ = ("_claims", "_node")

    def __init__(self, node: Node, claims: Node) -> None:
        self._node = node
        self._claims = claims

    def part(self, _: object, name: str) -> object:
        if name == "subject":
            return _subject(self._node.get("credentialSubject"), self._claims)
        if name == "oddities":
            return self._oddities()
        read = _PARTS.get(name)
        if read is None:
            raise AttributeError(name)
        return read(self._node)

    def _oddities(self) -> tuple[Oddity, ...]:
        """Return what has the wrong shape, of all that there is to read."""
        node = Node(self._node.value, "", [])
        claims = Node(self._claims.value, "", node.oddities)
        for text in ("id", "name"):
            node.text_of(text)
        read_fully(_issuer(node, claims))
        read_fully(_subject(node.get("credentialSubject"), claims))
        for read in _PARTS.values():
            read_fully(read(node))
        return tuple(node.oddities)


_PARTS: Mapping[str, Callable[[Node], object]] = {
    "name": lambda node: node.text_of("name"),
    "description": lambda node: node.text_of("description"),
    "awarded_date": lambda node: node.text_of("awardedDate", "issuedOn"),
    "evidence": lambda node: evidence(node.get("evidence")),
    "endorsements": endorsements,
    "image": lambda node: image(node.get("image")),
    "partner": lambda node: profile_or_none(node.get("partner")),
    "terms_of_use": lambda node: tuple(url for item in node.get("termsOfUse").items() if (url := item.id())),
}


def _issuer(node: Node, claims: Node) -> Profile:
    """Read the issuer; in the claims of a JWT `iss` may stand alone (VC 1.1 section 6.3.1)."""
    found = profile(node.get("issuer"))
    return Profile(id=claims.text_of("iss")) if says_nothing(found) else found


def _subject(node: Node, claims: Node) -> AchievementSubject:
    subjects = [item for item in node.items() if isinstance(item.value, dict)]
    if len(subjects) > 1:
        node.oddities.append(
            Oddity(where=node.path, problem="names more than one subject; only the first one is shown")
        )
    if not subjects:
        node.object()  # for the oddity
    subject = subjects[0] if subjects else Node(_NOTHING, node.path, node.oddities)
    return AchievementSubject(
        id=subject.text_of("id", "@id") or claims.text_of("sub"),
        identifiers=_identifiers(subject.get("identifier")),
        achievement=achievement(subject.get("achievement", "hasCredential")),
        results=results(subject.get("result")),
        activity_start=subject.text_of("activityStartDate"),
        activity_end=subject.text_of("activityEndDate"),
        credits_earned=subject.text_of("creditsEarned"),
        role=subject.text_of("role"),
        narrative=subject.text_of("narrative"),
        image=image(subject.get("image")),
        recipient_name=subject.text_of("name") or _plain_name(subject.get("identifier")),
        license_number=subject.text_of("licenseNumber"),
        term=subject.text_of("term"),
        source=profile_or_none(subject.get("source")),
    )


def _identifiers(node: Node) -> tuple[IdentityObject, ...]:
    found = []
    for item in node.items():
        identity = item.text_of("identityHash", "identity", "identifier") if isinstance(item.value, dict) else None
        if identity:
            found.append(
                IdentityObject(
                    identity=identity,
                    hashed=item.get("hashed").flag() is True,
                    salt=item.text_of("salt"),
                    type=item.text_of("identityType", "identifierType") or "identifier",
                )
            )
    return tuple(found)


def _plain_name(node: Node) -> str | None:
    """Return the name that an identifier gives in plain text (OB 3.0 IdentifierTypeEnum `name`)."""
    names = (one.identity for one in _identifiers(node) if one.type == "name" and not one.hashed)
    return next(names, None)


def _numeric_date(node: Node) -> str | None:
    """Return a NumericDate of RFC 7519 section 2 as ISO 8601, the form of all other dates of this generation."""
    value = node.value
    if isinstance(value, bool) or not isinstance(value, int | float):
        return node.text()
    try:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=value)
    except (OverflowError, ValueError):
        return str(value)
    return moment.isoformat().replace("+00:00", "Z")

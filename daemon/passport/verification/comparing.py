"""The copy in the file against what the issuer's site says: only the site counts, and differences are told.

A file that names another person, badge, issuer or date of issue than the site is not the badge that the site vouches
for. Other differences (a new description, more evidence, a later date of expiry) are what issuers rightly change later;
whoever changes them in the file gains nothing, because only what the site says is shown and counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from passport.badge.dates import Instant, parse_instant
from passport.badge.model import AchievementCredential, IdentityObject
from passport.errors import ParseError
from passport.verification.addresses import parse_address
from passport.verification.graph import Graph
from passport.verification.recipient import is_same_identity

_HARMLESS = ("evidence", "narrative", "image")


def contradictions(copy: Mapping[str, object], told: AchievementCredential, graph: Graph) -> list[str]:
    """Return what the copy says otherwise than the site, of what makes the badge what it is; parts of a sentence."""
    if (copy is graph.assertion or copy == graph.assertion) and not isinstance(copy.get("badge"), dict):
        return []
    return [*_assertion(copy, told, graph), *_embedded(copy.get("badge"), graph)]


def small_differences(copy: Mapping[str, object], assertion: Mapping[str, object]) -> list[str]:
    """Return the properties in which the copy differs without being another badge."""
    if copy == assertion:
        return []
    found = [name for name in _HARMLESS if name in copy and name in assertion and copy[name] != assertion[name]]
    return [*found, "the date of expiry"] if _other_expiry(copy.get("expires"), assertion.get("expires")) else found


def _other_expiry(one: object, other: object) -> bool:
    """Whether two dates of expiry differ; having one and having none does too."""
    if one is None or other is None:
        return one is not other
    return not _same_date(one, str(other))


def same_address(one: object, other: object) -> bool:
    """Whether two ids are the same: as text, or as addresses but for http and https, the case of the host, the port."""
    if one == other:
        return True
    if not isinstance(one, str) or not isinstance(other, str):
        return False
    first, second = parse_address(one), parse_address(other)
    return first is not None and second is not None and first.same_origin(second) and first.rest == second.rest


def _assertion(copy: Mapping[str, object], told: AchievementCredential, graph: Graph) -> Iterator[str]:
    said = _copied_recipient(copy)
    there = told.subject.identifiers[0] if told.subject.identifiers else None
    if said and there and not is_same_identity(said, there):
        yield "the recipient"
    issued = next((copy[name] for name in ("issuedOn", "issued_on") if name in copy), None)
    if issued is not None and told.valid_from is not None and not _same_date(issued, told.valid_from):
        yield "the date of issue"
    own_id, its_id = _id(copy.get("badge")), graph.badge.url
    if own_id and its_id and parse_address(own_id) and not same_address(own_id, its_id):
        yield "the badge class"


def _embedded(badge: object, graph: Graph) -> Iterator[str]:
    if not isinstance(badge, dict) or graph.badge.value is None:
        return
    if _differ(badge.get("name"), graph.badge.value.get("name")):
        yield "the name of the badge"
    issuer = badge.get("issuer")
    own_id = _id(issuer)
    if own_id and graph.issuer.url and parse_address(own_id) and not same_address(own_id, graph.issuer.url):
        yield "the issuer"
    if isinstance(issuer, dict) and _differ(issuer.get("name"), (graph.issuer.value or {}).get("name")):
        yield "the name of the issuer"


def embedded_contradictions(graph: Graph) -> list[str]:
    """Return in what the copies within the hosted assertion differ from what their own addresses answer."""
    if graph.badge.embedded is None and graph.issuer.embedded is None:
        return []
    found = []
    for part, what in ((graph.badge, "the name of the badge"), (graph.issuer, "the name of the issuer")):
        if part.url and part.embedded and part.value and _differ(part.embedded.get("name"), part.value.get("name")):
            found.append(what)
    return found


def _differ(one: object, other: object) -> bool:
    return isinstance(one, str) and isinstance(other, str) and one.split() != other.split()


def _id(value: object) -> str | None:
    name = value.get("id") if isinstance(value, dict) else value
    return name if isinstance(name, str) else None


def _copied_recipient(copy: Mapping[str, object]) -> IdentityObject | None:
    recipient = copy.get("recipient")
    item = recipient[0] if isinstance(recipient, list) and recipient else recipient
    identity = item.get("identity") if isinstance(item, dict) else item
    salt = (item.get("salt") if isinstance(item, dict) else None) or copy.get("salt")
    if not isinstance(identity, str):
        return None
    return IdentityObject(identity=identity, salt=salt if isinstance(salt, str) else None)


def _same_date(one: object, other: str) -> bool:
    if isinstance(one, bool) or not isinstance(one, str | int | float):
        return False
    try:
        first, second = parse_instant(one), parse_instant(other)
    except ParseError:
        return str(one) == other
    return abs(first.utc - second.utc) <= _slack(first, second)


def _slack(first: Instant, second: Instant) -> timedelta:
    if first.has_time and second.has_time:
        return timedelta(0) if first.has_zone and second.has_zone else timedelta(hours=14)
    return timedelta(days=1)

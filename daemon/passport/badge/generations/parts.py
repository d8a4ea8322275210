"""The parts that all generations share: pictures, criteria, alignments, evidence, profiles."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from passport.badge.model import Alignment, Criteria, Evidence, Image, Profile
from passport.badge.reading import Node, is_url, other_languages
from passport.badge.unread import unread


def image(node: Node) -> Image | None:
    """Read a picture: a URL, a `data:` URI, or an object with one (OB 3.0 Image, OB 2.0 Image)."""
    found = node.id()
    if not found and isinstance(node.value, dict):
        found = node.text_of("url", "contentUrl")
    return Image(id=found, caption=node.text_of("caption")) if found else None


def criteria(node: Node) -> Criteria | None:
    """Read criteria: a URL, a text, or an object (OB 3.0 Criteria, OB 2.0 Criteria)."""
    for item in node.items():
        if isinstance(item.value, str):
            return Criteria(id=item.value) if is_url(item.value) else Criteria(narrative=item.value)
        if isinstance(item.value, dict):
            narrative = item.text_of("narrative") or item.text()
            return Criteria(id=item.text_of("id", "@id"), narrative=narrative)
    return None


def alignments(node: Node) -> tuple[Alignment, ...]:
    """Read alignments (OB 3.0 Alignment; OB 1.x AlignmentObject with `name`, `url`, `description`)."""
    return tuple(_alignment(item) for item in node.items() if isinstance(item.value, dict | str))


def _alignment(node: Node) -> Alignment:
    if isinstance(node.value, str):
        return Alignment(target_url=node.value)
    return Alignment(
        target_name=node.text_of("targetName", "name"),
        target_url=node.text_of("targetUrl", "url", "id"),
        target_description=node.text_of("targetDescription", "description"),
        target_framework=node.text_of("targetFramework", "frameworkName"),
        target_code=node.text_of("targetCode"),
        target_type=node.text_of("targetType"),
    )


def evidence(node: Node) -> tuple[Evidence, ...]:
    """Read evidence: a URL, a text, an object, or a list of any of these."""
    return tuple(_evidence(item) for item in node.items() if isinstance(item.value, dict | str) and item.value)


def _evidence(node: Node) -> Evidence:
    if isinstance(node.value, str):
        return Evidence(id=node.value) if is_url(node.value) else Evidence(narrative=node.value)
    return Evidence(
        id=node.text_of("id", "@id"),
        name=node.text_of("name"),
        narrative=node.text_of("narrative"),
        description=node.text_of("description"),
        genre=node.text_of("genre"),
        audience=node.text_of("audience"),
    )


def identifiers(node: Node) -> tuple[tuple[str, str], ...]:
    """Read IdentifierEntry objects as pairs of type and identifier; plain texts have no type."""
    found = []
    for item in node.items():
        text = item.value if isinstance(item.value, str) else item.text_of("identifier")
        if text:
            kind = item.text_of("identifierType") if isinstance(item.value, dict) else None
            found.append((kind or "identifier", text))
    return tuple(found)


def profile(node: Node) -> Profile:
    """Read a profile: its URL or DID, or an object (OB 3.0 Profile, OB 2.0 Profile, OB 1.x IssuerOrganization)."""
    for item in node.items():
        if isinstance(item.value, str) and item.value:
            return Profile(id=item.value)
        if isinstance(item.value, dict):
            known = {
                "id": item.text_of("id", "@id"),
                "name": item.text_of("name") or _full_name(item),
                "url": item.text_of("url", "origin"),
            }
            return unread(Profile, _ProfileReader(item), known)
    return Profile()


class _ProfileReader:
    """Reads of a profile what few ask for."""

    __slots__ = ("_node",)

    def __init__(self, node: Node) -> None:
        self._node = node

    def part(self, _: object, name: str) -> object:
        text = _PROFILE_TEXTS.get(name)
        if text is not None:
            return self._node.text_of(*text)
        read = _PROFILE_PARTS.get(name)
        if read is None:
            raise AttributeError(name)
        return read(self._node)


_PROFILE_TEXTS: Mapping[str, tuple[str, ...]] = {
    "email": ("email", "contact"),
    "description": ("description",),
    "telephone": ("phone", "telephone"),
    "given_name": ("givenName",),
    "additional_name": ("additionalName",),
    "family_name_prefix": ("familyNamePrefix",),
    "family_name": ("familyName",),
    "patronymic_name": ("patronymicName",),
    "honorific_prefix": ("honorificPrefix",),
    "honorific_suffix": ("honorificSuffix",),
    "date_of_birth": ("dateOfBirth",),
    "official": ("official",),
}


def _endorsements(node: Node) -> object:
    from passport.badge.generations.endorsements import endorsements  # noqa: PLC0415 (they hold profiles in turn)

    return endorsements(node)


def profile_or_none(node: Node) -> Profile | None:
    """Read a profile where there is one."""
    if node.value is None:
        return None
    found = profile(node)
    return None if says_nothing(found) else found


def says_nothing(found: Profile) -> bool:
    """Return whether nothing of a profile could be read."""
    return found.id is None and found.name is None and found.url is None and found == Profile()


def _full_name(node: Node) -> str | None:
    names = (node.text_of(name) for name in ("givenName", "familyNamePrefix", "familyName"))
    return " ".join(name for name in names if name) or None


def _address(node: Node) -> str | None:
    if isinstance(node.value, str):
        return node.value or None
    order = ("streetAddress", "postOfficeBoxNumber", "postalCode", "addressLocality", "addressRegion", "addressCountry")
    parts = (node.text_of(name) for name in order)
    return ", ".join(part for part in parts if part) or None


_PROFILE_PARTS: Mapping[str, Callable[[Node], object]] = {
    "image": lambda node: image(node.get("image")),
    "address": lambda node: _address(node.get("address")),
    "other_identifiers": lambda node: identifiers(node.get("otherIdentifier")),
    "parent_org": lambda node: profile_or_none(node.get("parentOrg")),
    "endorsements": _endorsements,
    "translations": lambda node: other_languages(node.get("name"), node.get("description")),
}

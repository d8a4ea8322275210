"""The parts that all generations share: pictures, criteria, alignments, evidence, profiles."""

from __future__ import annotations

from passport.badge.model import Alignment, Criteria, Evidence, Image, Profile
from passport.badge.reading import Node, is_url, other_languages


def image(node: Node) -> Image | None:
    """Read a picture: a URL, a `data:` URI, or an object with one (OB 3.0 Image, OB 2.0 Image)."""
    found = node.id()
    if not found and isinstance(node.value, dict):
        found = node.get("url", "contentUrl").text()
    return Image(id=found, caption=node.get("caption").text()) if found else None


def criteria(node: Node) -> Criteria | None:
    """Read criteria: a URL, a text, or an object (OB 3.0 Criteria, OB 2.0 Criteria)."""
    for item in node.items():
        if isinstance(item.value, str):
            return Criteria(id=item.value) if is_url(item.value) else Criteria(narrative=item.value)
        if isinstance(item.value, dict):
            narrative = item.get("narrative").text() or item.text()
            return Criteria(id=item.get("id", "@id").text(), narrative=narrative)
    return None


def alignments(node: Node) -> tuple[Alignment, ...]:
    """Read alignments (OB 3.0 Alignment; OB 1.x AlignmentObject with `name`, `url`, `description`)."""
    return tuple(_alignment(item) for item in node.items() if isinstance(item.value, dict | str))


def _alignment(node: Node) -> Alignment:
    if isinstance(node.value, str):
        return Alignment(target_url=node.value)
    return Alignment(
        target_name=node.get("targetName", "name").text(),
        target_url=node.get("targetUrl", "url", "id").text(),
        target_description=node.get("targetDescription", "description").text(),
        target_framework=node.get("targetFramework", "frameworkName").text(),
        target_code=node.get("targetCode").text(),
        target_type=node.get("targetType").text(),
    )


def evidence(node: Node) -> tuple[Evidence, ...]:
    """Read evidence: a URL, a text, an object, or a list of any of these."""
    return tuple(_evidence(item) for item in node.items() if isinstance(item.value, dict | str) and item.value)


def _evidence(node: Node) -> Evidence:
    if isinstance(node.value, str):
        return Evidence(id=node.value) if is_url(node.value) else Evidence(narrative=node.value)
    return Evidence(
        id=node.get("id", "@id").text(),
        name=node.get("name").text(),
        narrative=node.get("narrative").text(),
        description=node.get("description").text(),
        genre=node.get("genre").text(),
        audience=node.get("audience").text(),
    )


def identifiers(node: Node) -> tuple[tuple[str, str], ...]:
    """Read IdentifierEntry objects as pairs of type and identifier; plain texts have no type."""
    found = []
    for item in node.items():
        text = item.value if isinstance(item.value, str) else item.get("identifier").text()
        if text:
            kind = item.get("identifierType").text() if isinstance(item.value, dict) else None
            found.append((kind or "identifier", text))
    return tuple(found)


def profile(node: Node) -> Profile:
    """Read a profile: its URL or DID, or an object (OB 3.0 Profile, OB 2.0 Profile, OB 1.x IssuerOrganization)."""
    from passport.badge.generations.endorsements import endorsements  # noqa: PLC0415 (they hold profiles in turn)

    for item in node.items():
        if isinstance(item.value, str) and item.value:
            return Profile(id=item.value)
        if isinstance(item.value, dict):
            break
    else:
        return Profile()
    return Profile(
        id=item.get("id", "@id").text(),
        name=item.get("name").text() or _full_name(item),
        url=item.get("url", "origin").text(),
        email=item.get("email", "contact").text(),
        description=item.get("description").text(),
        image=image(item.get("image")),
        telephone=item.get("phone", "telephone").text(),
        address=_address(item.get("address")),
        other_identifiers=identifiers(item.get("otherIdentifier")),
        given_name=item.get("givenName").text(),
        additional_name=item.get("additionalName").text(),
        family_name_prefix=item.get("familyNamePrefix").text(),
        family_name=item.get("familyName").text(),
        patronymic_name=item.get("patronymicName").text(),
        honorific_prefix=item.get("honorificPrefix").text(),
        honorific_suffix=item.get("honorificSuffix").text(),
        date_of_birth=item.get("dateOfBirth").text(),
        official=item.get("official").text(),
        parent_org=profile_or_none(item.get("parentOrg")),
        endorsements=endorsements(item),
        translations=other_languages(item.get("name"), item.get("description")),
    )


def profile_or_none(node: Node) -> Profile | None:
    """Read a profile where there is one."""
    found = profile(node)
    return None if found == Profile() else found


def _full_name(node: Node) -> str | None:
    names = (node.get(name).text() for name in ("givenName", "familyNamePrefix", "familyName"))
    return " ".join(name for name in names if name) or None


def _address(node: Node) -> str | None:
    if isinstance(node.value, str):
        return node.value or None
    order = ("streetAddress", "postOfficeBoxNumber", "postalCode", "addressLocality", "addressRegion", "addressCountry")
    parts = (node.get(name).text() for name in order)
    return ", ".join(part for part in parts if part) or None

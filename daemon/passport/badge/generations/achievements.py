"""What was achieved: OB 3.0 Achievement, OB 2.x and 1.x BadgeClass."""

from __future__ import annotations

from passport.badge.generations.endorsements import endorsements
from passport.badge.generations.parts import alignments, criteria, identifiers, image, profile_or_none
from passport.badge.model import Achievement, Related, Result, ResultDescription, RubricCriterionLevel
from passport.badge.reading import Node, other_languages


def achievement(node: Node) -> Achievement:
    """Read an achievement or a badge class: its URL, or an object."""
    item = next((one for one in node.items() if isinstance(one.value, dict)), None)
    if item is None:
        url = node.id()
        if url is None and node.value is not None:
            node.object()  # for the oddity
        return Achievement(id=url)
    return Achievement(
        id=item.text_of("id", "@id"),
        name=item.text_of("name"),
        description=item.text_of("description"),
        type=item.text_of("achievementType"),
        criteria=criteria(item.get("criteria")),
        image=image(item.get("image")),
        tags=item.get("tag", "tags").texts(),
        alignments=alignments(item.get("alignment", "alignments")),
        creator=profile_or_none(item.get("creator")),
        endorsements=endorsements(item),
        result_descriptions=_result_descriptions(item.get("resultDescription")),
        credits_available=item.text_of("creditsAvailable"),
        field_of_study=item.text_of("fieldOfStudy"),
        specialization=item.text_of("specialization"),
        human_code=item.text_of("humanCode"),
        language=item.text_of("inLanguage", "@language"),
        version=item.text_of("version"),
        translations=other_languages(item.get("name"), item.get("description")),
        other_identifiers=identifiers(item.get("otherIdentifier")),
        related=_related(item.get("related")),
    )


def results(node: Node) -> tuple[Result, ...]:
    """Read the results that were achieved."""
    return tuple(
        Result(
            value=item.text_of("value"),
            status=item.text_of("status"),
            achieved_level=item.get("achievedLevel").id(),
            result_description=item.get("resultDescription").id(),
            alignments=alignments(item.get("alignment")),
        )
        for item in node.items()
        if isinstance(item.value, dict)
    )


def _result_descriptions(node: Node) -> tuple[ResultDescription, ...]:
    return tuple(
        ResultDescription(
            id=item.text_of("id", "@id"),
            name=item.text_of("name"),
            result_type=item.text_of("resultType"),
            value_min=item.text_of("valueMin"),
            value_max=item.text_of("valueMax"),
            allowed_values=item.get("allowedValue").texts(),
            required_value=item.text_of("requiredValue"),
            required_level=item.get("requiredLevel").id(),
            levels=_levels(item.get("rubricCriterionLevel")),
            alignments=alignments(item.get("alignment")),
        )
        for item in node.items()
        if isinstance(item.value, dict)
    )


def _levels(node: Node) -> tuple[RubricCriterionLevel, ...]:
    return tuple(
        RubricCriterionLevel(
            id=item.text_of("id", "@id"),
            name=item.text_of("name"),
            description=item.text_of("description"),
            level=item.text_of("level"),
            points=item.text_of("points"),
            alignments=alignments(item.get("alignment")),
        )
        for item in node.items()
        if isinstance(item.value, dict)
    )


def _related(node: Node) -> tuple[Related, ...]:
    found = []
    for item in node.items():
        url = item.id()
        if url:
            language, version = item.text_of("inLanguage", "@language"), item.text_of("version")
            found.append(Related(id=url, language=language, version=version))
    return tuple(found)

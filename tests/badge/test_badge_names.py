"""Each property by each of its names, one at a time: what is read from where, in all the generations' spellings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from passport.badge.generations.achievements import achievement, results
from passport.badge.generations.parts import alignments, criteria, evidence, identifiers, image, profile
from passport.badge.reading import Node, Oddity

Read = Callable[[Node], Any]


def node(value: object, oddities: list[Oddity] | None = None) -> Node:
    return Node(value, "", [] if oddities is None else oddities)


def first(read: Callable[[Node], Any]) -> Read:
    return lambda given: read(given)[0]


def within(read: Read, name: str, inner: str) -> Read:
    """Read a part of an achievement: what stands under `name` is found under `inner`."""
    return lambda given: getattr(read(node({name: [given.value]})), inner)[0]


ACHIEVEMENT = {
    "id": ("id", "@id"),
    "name": ("name",),
    "description": ("description",),
    "type": ("achievementType",),
    "credits_available": ("creditsAvailable",),
    "field_of_study": ("fieldOfStudy",),
    "specialization": ("specialization",),
    "human_code": ("humanCode",),
    "language": ("inLanguage", "@language"),
    "version": ("version",),
}
ALIGNMENT = {
    "target_name": ("targetName", "name"),
    "target_url": ("targetUrl", "url", "id"),
    "target_description": ("targetDescription", "description"),
    "target_framework": ("targetFramework", "frameworkName"),
    "target_code": ("targetCode",),
    "target_type": ("targetType",),
}
EVIDENCE = {
    "id": ("id", "@id"),
    **{name: (name,) for name in ("name", "narrative", "description", "genre", "audience")},
}
PROFILE = {
    "id": ("id", "@id"),
    "name": ("name",),
    "url": ("url", "origin"),
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
DESCRIPTION = {
    "id": ("id", "@id"),
    "name": ("name",),
    "result_type": ("resultType",),
    "value_min": ("valueMin",),
    "value_max": ("valueMax",),
    "required_value": ("requiredValue",),
    "required_level": ("requiredLevel",),
}
LEVEL = {
    "id": ("id", "@id"),
    "name": ("name",),
    "description": ("description",),
    "level": ("level",),
    "points": ("points",),
}
RESULT = {
    "value": ("value",),
    "status": ("status",),
    "achieved_level": ("achievedLevel",),
    "result_description": ("resultDescription",),
}
RELATED = {"language": ("inLanguage", "@language"), "version": ("version",)}
description = within(achievement, "resultDescription", "result_descriptions")
level = within(lambda given: description(node(given.value)), "rubricCriterionLevel", "levels")


def related(given: Node) -> Any:
    return achievement(node({"related": [{"id": "https://r.example/1", **given.value}]})).related[0]


TABLES: list[tuple[str, Read, dict[str, tuple[str, ...]]]] = [
    ("achievement", achievement, ACHIEVEMENT),
    ("alignment", first(alignments), ALIGNMENT),
    ("evidence", first(evidence), EVIDENCE),
    ("profile", profile, PROFILE),
    ("result", first(results), RESULT),
    ("result description", description, DESCRIPTION),
    ("level", level, LEVEL),
    ("related", related, RELATED),
]
CASES = [
    pytest.param(read, field, name, id=f"{what}: {name}")
    for what, read, table in TABLES
    for field, names in table.items()
    for name in names
]


@pytest.mark.parametrize(("read", "field", "name"), CASES)
def test_a_property_is_read_by_each_of_its_names(read: Read, field: str, name: str) -> None:
    assert getattr(read(node({name: "here"})), field) == "here"


@pytest.mark.parametrize(("read", "table"), [pytest.param(read, table, id=what) for what, read, table in TABLES])
def test_the_first_name_counts_and_strangers_do_not(read: Read, table: dict[str, tuple[str, ...]]) -> None:
    for field, names in table.items():
        assert getattr(read(node({name: name for name in names})), field) == names[0]
    nothing = read(node({"strange": "here", "Name": "here", "ID": "here"}))
    assert all(getattr(nothing, field) is None for field in table)


@pytest.mark.parametrize("name", ["id", "@id", "url", "contentUrl"])
def test_a_picture_by_each_of_its_names(name: str) -> None:
    found = image(node({name: "https://i.example/1.png", "caption": "One"}))
    assert found is not None
    assert (found.id, found.caption) == ("https://i.example/1.png", "One")
    assert image(node({"caption": "One"})) is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("https://c.example/", ("https://c.example/", None)),
        ("Ten knots.", (None, "Ten knots.")),
        ({"id": "https://c.example/", "narrative": "Ten."}, ("https://c.example/", "Ten.")),
        ({"@id": "https://c.example/"}, ("https://c.example/", None)),
        ({"@value": "Ten."}, (None, "Ten.")),
        ([7, {"narrative": "Ten."}], (None, "Ten.")),
    ],
)
def test_criteria_in_all_their_shapes(value: object, expected: tuple[str | None, str | None]) -> None:
    found = criteria(node(value))
    assert found is not None
    assert (found.id, found.narrative) == expected


def test_addresses_names_and_identifiers_of_a_profile() -> None:
    parts = ("streetAddress", "postOfficeBoxNumber", "postalCode", "addressLocality", "addressRegion", "addressCountry")
    assert profile(node({"address": {name: name for name in reversed(parts)}})).address == ", ".join(parts)
    assert profile(node({"address": "Pier 1"})).address == "Pier 1"
    assert profile(node({"address": {}})).address is None
    person = {"familyName": "Beethoven", "familyNamePrefix": "van", "givenName": "Ludwig"}
    assert profile(node(person)).name == "Ludwig van Beethoven"
    assert profile(node(["", "did:example:1"])).id == "did:example:1"
    assert profile(node([7, {"name": "Club"}])).name == "Club"
    parent = profile(node({"parentOrg": {"id": "https://p.example/"}})).parent_org
    assert parent is not None
    assert parent.id == "https://p.example/"
    assert profile(node({"parentOrg": {}})).parent_org is None
    entries = [{"identifierType": "lis", "identifier": "1"}, {"identifier": "2"}, "3", {"identifierType": "x"}]
    assert identifiers(node(entries)) == (("lis", "1"), ("identifier", "2"), ("identifier", "3"))


def test_lists_of_an_achievement() -> None:
    found = achievement(
        node(
            {
                "tags": ["a", "b", "a", 3],
                "alignments": ["https://s.example/1", {"name": "Knots"}, 7],
                "otherIdentifier": [{"identifier": "1"}],
                "creator": "did:example:1",
                "resultDescription": [{"allowedValue": ["A", "B"]}, "text"],
                "related": ["https://r.example/1", {"id": "https://r.example/2"}, {}],
            }
        )
    )
    assert found.tags == ("a", "b", "3")
    assert [one.target_url or one.target_name for one in found.alignments] == ["https://s.example/1", "Knots"]
    assert found.creator is not None
    assert found.creator.id == "did:example:1"
    assert [one.allowed_values for one in found.result_descriptions] == [("A", "B")]
    assert [one.id for one in found.related] == ["https://r.example/1", "https://r.example/2"]
    assert found.other_identifiers == (("identifier", "1"),)


@pytest.mark.parametrize(
    ("value", "flag"),
    [
        (True, True),
        (False, False),
        ("true", True),
        ("FALSE", False),
        ("yes", None),
        ("", None),
        (1, None),
        (None, None),
    ],
)
def test_a_flag_is_said_and_not_guessed(value: object, *, flag: bool | None) -> None:
    assert node(value).flag() is flag


def test_where_an_achievement_is_no_object() -> None:
    oddities: list[Oddity] = []
    assert achievement(node("https://a.example/1", oddities)).id == "https://a.example/1"
    assert oddities == []
    assert achievement(node(7, oddities)).id is None
    assert [odd.problem for odd in oddities] == ["should be an object"]

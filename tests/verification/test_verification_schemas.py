"""Schemas that badges name themselves: applied as `jsonschema` does, bounded, and never passed over in silence."""

from __future__ import annotations

import json
import random
import time
from typing import Any

import jsonschema
import pytest
from tests.issuer import Issuer
from tests.verification.asking import ask, check, said
from tests.verification.test_verification_structure_credential import SCHEMA, damaged, documents, needs_schema

from passport.verification.json_schema import NotUnderstoodError, first_violation

VALUES: list[Any] = [
    None, True, False, 0, 1, 1.0, 2.5, -3, 10**20, "", "a", "abc", "https://a.example", [], [1], [1, 1], ["a", 1],
    {}, {"a": 1}, {"a": "x", "b": 2}, {"b": []}, {"a": {"a": {"a": 1}}},
]  # fmt: skip
SCHEMAS: list[Any] = [
    True,
    False,
    {},
    *({"type": kind} for kind in ("string", "number", "integer", "object", "array", "boolean", "null")),
    {"type": ["string", "null"]},
    {"enum": [1, "a", None, True]},
    {"const": {"a": 1}},
    {"required": ["a"], "properties": {"a": {"type": "integer"}}},
    {"properties": {"a": True}, "additionalProperties": False},
    {"additionalProperties": {"type": "number"}},
    {"patternProperties": {"^a": {"type": "string"}}, "additionalProperties": False},
    {"items": {"type": "number"}},
    {"items": {"type": "number"}, "prefixItems": [{"type": "string"}]},
    {"prefixItems": [{"type": "string"}], "minItems": 1},
    {"minItems": 1, "maxItems": 1, "uniqueItems": True},
    {"contains": {"const": 1}},
    {"minLength": 1, "maxLength": 2},
    {"pattern": "^h[a-z]+://"},
    {"minimum": 1, "maximum": 2.5},
    {"exclusiveMinimum": 0, "exclusiveMaximum": 2.5},
    {"multipleOf": 0.5},
    {"minProperties": 1, "maxProperties": 1},
    {"allOf": [{"type": "number"}, {"minimum": 1}]},
    {"anyOf": [{"type": "number"}, {"type": "string"}]},
    {"oneOf": [{"type": "number"}, {"type": "integer"}]},
    {"not": {"type": "object"}},
    {"if": {"type": "number"}, "then": {"minimum": 1}, "else": {"type": "string"}},
    {"dependentRequired": {"a": ["b"]}},
    {"$defs": {"x": {"type": "object", "properties": {"a": {"$ref": "#/$defs/x"}}}}, "$ref": "#/$defs/x"},
]


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda schema: json.dumps(schema)[:50])
def test_it_says_what_jsonschema_says(schema: Any) -> None:
    validator = jsonschema.Draft202012Validator(schema)
    for value in VALUES:
        assert (first_violation(value, schema) is None) == validator.is_valid(value), value


@pytest.mark.parametrize(
    "schema",
    [
        {"minimum": 1, "exclusiveMinimum": True},
        {"maximum": 1, "exclusiveMaximum": True},
        {"items": [{"type": "number"}]},
    ],
)
def test_draft_4(schema: Any) -> None:
    validator = jsonschema.Draft4Validator(schema)
    for value in VALUES:
        assert (first_violation(value, schema) is None) == validator.is_valid(value), value


@needs_schema
def test_it_applies_the_official_schema() -> None:
    schema = json.loads(SCHEMA.read_text())
    validator = jsonschema.Draft201909Validator(schema)
    luck, originals = random.Random(7), documents()
    for _ in range(300):
        case = damaged(luck.choice(originals), luck)
        assert (first_violation(case, schema) is None) == validator.is_valid(case)


@pytest.mark.parametrize(
    "schema",
    [
        7,
        None,
        [],
        {"type": "text"},
        {"$ref": "https://evil.example/schema"},
        {"$ref": "#/nowhere"},
        {"$ref": "#"},
        {"$dynamicRef": "#x"},
        {"unevaluatedProperties": False},
        {"allOf": 7},
        {"properties": {"a": 7}},
        {"patternProperties": {"(a+)+$": {}}},
        {"anyOf": [{"$ref": "#"}, {"$ref": "#"}]},
    ],
)
def test_what_is_not_understood_is_unknown(schema: Any) -> None:
    with pytest.raises(NotUnderstoodError):
        first_violation({"a": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!"}, schema)


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+$", "(a|a)*$", "(a*)*b", "a*a*a*a*a*a*a*a*b", "(?:a+){20}", "([a-z]+)*$", "(", "a" * 400,
        "a*a*a*b", "^a*a*a*a*b", "a?" * 40 + "a" * 40, "(?:a|a)" * 40 + "b", "a{0,99}a{1,}a{,9}a*b",
    ],
)  # fmt: skip
def test_patterns_that_take_for_ever_are_not_tried(pattern: str) -> None:
    begun = time.process_time()
    with pytest.raises(NotUnderstoodError):
        first_violation("a" * 500 + "!", {"pattern": pattern})
    assert time.process_time() - begun < 6


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"^[^@]+@[^@]+\.[^@]+$", "somebody@somewhere.example"),
        (r"^https?://.+$", "https://issuer.example/" + "a" * 400),
        (r"^[a-z]+:[^/]*/[0-9]+$", "urn:" + "x" * 200 + "/12"),
        (r"^(a|b|c|d|e|f|g|h)$", "h"),
    ],
)
def test_patterns_as_people_write_them_are_tried(pattern: str, text: str) -> None:
    assert first_violation(text, {"pattern": pattern}) is None
    assert first_violation("", {"pattern": pattern}) is not None


def test_of_very_long_lists_not_every_pair_is_compared() -> None:
    unique = {"uniqueItems": True}
    assert first_violation([*range(199), 0], unique) is not None
    assert first_violation([*range(200), 0], unique) is None
    assert first_violation([*range(200), 0], {"uniqueItems": False}) is None


@pytest.mark.parametrize(
    ("value", "schema", "words"),
    [
        (7, {"type": "string"}, "it is not of the type ['string']"),
        ({"a": {"b": 7}}, {"properties": {"a": {"properties": {"b": {"type": ["string", "null"]}}}}}, "a.b is not of"),
        ([0, "x"], {"items": {"type": "number"}}, "[1] is not of the type"),
        ({}, {"required": ["a"]}, "a is missing"),
        ({"a": {}}, {"properties": {"a": {"required": ["b"]}}}, "a.b is missing"),
        ({"a": 1}, {"additionalProperties": False}, "a is not allowed"),
        ({"a": 1}, {"patternProperties": {"^a": False}}, "a is not allowed"),
        ([], {"contains": {}}, "it holds nothing of what it must hold"),
        (1, {"anyOf": [False]}, "it is none of what it may be"),
        (1, {"not": {}}, "it is what it must not be"),
        (1, {"enum": []}, "it is none of the values it may have"),
        (1, {"const": 2}, "it is not the value it must have"),
        ("a", {"pattern": "b"}, "it is not written as it must be"),
        (1, {"minimum": 2}, "it is too large, small, long or short"),
        ([1, 1], {"uniqueItems": True}, "it holds the same thing twice"),
        ([["x"]], {"prefixItems": [{"prefixItems": [{"const": 7}]}]}, "[0][0] is not the value"),
    ],
)
def test_it_is_told_what_is_wrong_and_where(value: Any, schema: Any, words: str) -> None:
    assert str(first_violation(value, schema)).startswith(words)


def test_many_patterns_end() -> None:
    """Each is tried quickly, and all of them together would not be."""
    schema = {"allOf": [{"pattern": f"^a*a*{number}$"} for number in range(2000)]}
    begun = time.process_time()
    with pytest.raises(NotUnderstoodError):
        first_violation("a" * 500, {"anyOf": [{"not": schema}, schema]})
    assert time.process_time() - begun < 6


def test_names_that_are_none_and_numbers_beyond_all_bounds() -> None:
    with pytest.raises(NotUnderstoodError):
        first_violation({"a": 1}, {"required": [["a"]]})
    assert first_violation(10**400, {"type": "integer", "minimum": 1.5}) is None
    assert first_violation(10**400, {"maximum": 1e308}) is not None


def test_a_wide_schema_ends() -> None:
    schema: Any = {"type": "object"}
    for _ in range(40):
        schema = {"anyOf": [{"not": schema}, schema]}
    begun = time.process_time()
    with pytest.raises(NotUnderstoodError):
        first_violation({}, schema)
    assert time.process_time() - begun < 6


# as parts of badges


def schema_badge(url: str) -> str:
    issuer = Issuer()
    schema = {"id": url, "type": "1EdTechJsonSchemaValidator2019"}
    return issuer.jwt(issuer.credential(credentialSchema=[schema]))


@pytest.mark.parametrize(
    ("schema", "verdict", "outcome"),
    [
        ({"required": ["name"]}, "verified", "passed"),
        ({"required": ["evidence"]}, "invalid", "failed"),
        ("<html>", "verified", "unknown"),
        ({"$ref": "https://elsewhere.example"}, "verified", "unknown"),
        (None, "verified", "unknown"),
    ],
)
def test_a_credential_keeps_to_its_own_schema(schema: Any, verdict: str, outcome: str) -> None:
    issuer = Issuer()
    url = issuer.url("/schema.json")
    if schema is not None:
        issuer.serve(url, schema)
    badge = schema_badge(url)
    if schema is None:
        for odd in ({"id": 7}, {"type": "JsonSchema"}, {"id": url, "type": "Unheard"}, [{"id": url, "type": []}], 7):
            other = Issuer()
            assert url not in ask(other.jwt(other.credential(credentialSchema=odd))).needs
        one = Issuer()
        single = one.credential(credentialSchema={"id": url, "type": "JsonSchema"})
        assert ask(one.jwt(single)).needs == {url}
    report = ask(badge, issuer if schema is not None else None)
    assert report.verdict == verdict, said(report)
    told = [one for one in report.checks if "schema" in one.explanation]
    assert [one.outcome for one in told] == [outcome]
    assert report.needs == (set() if schema is not None else {url})


def test_the_official_schema_is_not_asked_for() -> None:
    report = ask(
        schema_badge("https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json")
    )
    assert (report.verdict, report.needs) == ("verified", set())


@pytest.mark.parametrize(
    ("extension", "verdict", "outcome"),
    [
        ({"type": ["Extension", "extensions:ApplyLink"], "url": "https://a.example"}, "verified", "passed"),
        ({"type": ["Extension", "extensions:ApplyLink"]}, "invalid", "failed"),
        ({"type": ["Extension", "extensions:ApplyLink"], "url": 7}, "invalid", "failed"),
        ({"type": ["Extension", "x:Own"], "@context": "https://issuer.example/ctx", "size": 7}, "verified", "passed"),
        ({"type": ["Extension", "x:Own"], "@context": "https://issuer.example/ctx", "size": "7"}, "invalid", "failed"),
        ({"type": ["Extension", "x:Other"], "@context": "https://issuer.example/ctx"}, "verified", "unknown"),
        ({"type": ["Extension", "x:Own"], "@context": "https://nowhere.example/ctx"}, "verified", "unknown"),
        ({"type": ["Extension", "x:Own"], "@context": {"x": "y"}}, "verified", "unknown"),
    ],
)
def test_an_extension_keeps_to_its_schema(extension: dict[str, Any], verdict: str, outcome: str) -> None:
    issuer = Issuer()
    validation = {"obi:validatesType": "x:Own", "obi:validationSchema": issuer.url("/own.json")}
    issuer.serve("/ctx", {"@context": {}, "obi:validation": [validation]})
    issuer.serve("/own.json", {"type": "object", "properties": {"size": {"type": "integer"}}, "required": ["size"]})
    report = ask(issuer.hosted_badge(**{"extensions:own": extension}), issuer)  # type: ignore[arg-type] # a property
    assert report.verdict == verdict, said(report)
    told = [one for one in report.checks if "extension" in one.explanation]
    assert [one.outcome for one in told] == [outcome]
    assert check(report, "structure")

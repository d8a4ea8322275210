"""Schemas that a badge itself names: `credentialSchema` of OB 3.0, extensions of OB 1.1-2.1 (obi:validation).

The official schemas are built in (`structure_credential`), the known extensions too; others are asked for. A schema
that cannot be had says nothing against a badge.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from passport.badge import strict_json
from passport.badge.detection import credential_of, types_of
from passport.errors import ParseError
from passport.verification.answers import failed, passed, unknown
from passport.verification.documents import Documents
from passport.verification.graph import Graph, Part
from passport.verification.json_schema import NotUnderstoodError, first_violation
from passport.verification.remote import read_object, read_text
from passport.verification.report import Check

SCHEMA_TYPES = frozenset({"1EdTechJsonSchemaValidator2019", "JsonSchemaValidator2018", "JsonSchema"})
MAX_SCHEMAS = 8
_Extension = tuple[str, Mapping[str, object]]
_OFFICIAL = re.compile(r"https://purl\.(?:imsglobal|1edtech)\.org/spec/(?:ob|clr|vccs)/")


def _wanted(*required: str, objects: tuple[str, ...] = ()) -> Mapping[str, object]:
    properties = {name: {"type": ["object", "array"] if name in objects else "string"} for name in required}
    return {"type": "object", "required": list(required), "properties": properties}


_EXTENSIONS: Mapping[str, Mapping[str, object]] = {
    "ApplyLink": _wanted("url"),
    "AssessmentExtension": _wanted("description", "assessments", objects=("assessments",)),
    "ExampleExtension": _wanted("exampleProperty"),
    "ExtraDescriptionExtension": _wanted("name", "narrative"),
    "GeoCoordinates": _wanted("description", "geo", objects=("geo",)),
    "IssuerAccreditation": _wanted("name", "contactInstructions", "url", "address", objects=("address",)),
    "LicenseExtension": _wanted("id", "name"),
    "originalCreator": _wanted("url"),
    "OriginalCreator": _wanted("url"),
}
"""What the schemas of the published extensions demand (OB 2.0, Extensions)."""


def check_named_schemas(document: Mapping[str, object], documents: Documents) -> list[Check]:
    """Return whether a credential keeps to the schemas that it names (VC JSON Schema; VCCS 1.0)."""
    credential = credential_of(document)
    value = credential.get("credentialSchema")
    checks = []
    for item in (value if isinstance(value, list) else [value])[:MAX_SCHEMAS]:
        url = item.get("id") if isinstance(item, dict) else None
        if not isinstance(item, dict) or not isinstance(url, str) or _OFFICIAL.match(url):
            continue
        if types_of(item) & SCHEMA_TYPES:
            checks.append(_kept(credential, url, documents, "It", "credentialSchema"))
    return checks


def check_extensions(graph: Graph, documents: Documents) -> list[Check]:
    """Return whether the extensions of an assertion, its class and issuer keep to their schemas."""
    found = [*_extensions(graph.assertion), *_of_part(graph.badge), *_of_part(graph.issuer)]
    if not found:
        return []
    return [check for name, value in found[:MAX_SCHEMAS] for check in _check_extension(name, value, documents)]


def _of_part(part: Part) -> tuple[_Extension, ...]:
    return _of_shared(part) if part.is_shared else tuple(_extensions(part.value or {}))


@lru_cache(maxsize=256)
def _of_shared(part: Part) -> tuple[_Extension, ...]:
    return tuple(_extensions(part.value or {}))


def _extensions(part: Mapping[str, object]) -> list[_Extension]:
    return [(name, value) for name, value in part.items() if isinstance(value, dict) and "Extension" in types_of(value)]


def _check_extension(name: str, value: Mapping[str, object], documents: Documents) -> Iterator[Check]:
    for kind in sorted(types_of(value) - {"Extension"}):
        known = _EXTENSIONS.get(re.split(r"[:#/]", kind)[-1])
        if known is not None:
            yield _applied(value, known, f"Its extension {name[:60]}", "OB 2.0, Extensions")
            continue
        schema = _schema_of(kind, value, documents)
        if isinstance(schema, str):
            yield _kept(value, schema, documents, f"Its extension {name[:60]}", "OB 2.0, Extensions")
        else:
            text = f"Its extension {name[:60]} is not known here, so its form was not looked at."
            yield unknown("structure", text, needs=schema, matters=False)


def _schema_of(kind: str, value: Mapping[str, object], documents: Documents) -> str | tuple[str, ...]:
    """Return the address of the schema that an extension's own context names for a type, else what to ask for."""
    contexts = value.get("@context")
    needs: tuple[str, ...] = ()
    for url in (contexts if isinstance(contexts, list) else [contexts])[:MAX_SCHEMAS]:
        if not isinstance(url, str):
            continue
        reading = read_object(documents, url)
        needs += reading.needs
        for schema_kind, schema in _validations(reading.value or {}):
            if re.split(r"[:#/]", schema_kind)[-1] == re.split(r"[:#/]", kind)[-1]:
                return schema
    return needs


def _validations(context: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    value = context.get("obi:validation", context.get("validation"))
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict):
            kind = item.get("obi:validatesType", item.get("validatesType"))
            schema = item.get("obi:validationSchema", item.get("validationSchema"))
            if isinstance(kind, str) and isinstance(schema, str):
                yield kind, schema


def _kept(value: Mapping[str, object], url: str, documents: Documents, what: str, section: str) -> Check:
    reading = read_text(documents, url)
    if not reading.text:
        text = f"{what} names a schema of its own that could not be had: {reading.why}."
        return unknown("structure", text, needs=reading.needs, matters=False)
    try:
        schema = strict_json.loads(reading.text)
    except ParseError:
        return unknown("structure", f"{what} names a schema of its own that cannot be read.", matters=False)
    return _applied(value, schema, what, section)


def _applied(value: Mapping[str, object], schema: object, what: str, section: str) -> Check:
    try:
        violation = first_violation(value, schema)
    except NotUnderstoodError as error:
        return unknown("structure", f"{what} names a schema that cannot be applied: {error}.", matters=False)
    if violation:
        return failed("structure", f"{what} does not keep to its own schema: {violation} ({section}).")
    return passed("structure", f"{what} keeps to the schema that it names.", matters=False)

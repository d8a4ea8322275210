"""The structure of OB 3.0: our table finds what the official JSON Schema finds, over real and damaged credentials."""

from __future__ import annotations

import base64
import copy
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from tests.issuer import Issuer

from passport.verification.structure_credential import check_credential, schema_findings

VECTORS = Path(__file__).parents[3] / "shared" / "vectors"
SCHEMA = VECTORS / "schemas" / "ob-v3p0-achievementcredential-2019-09.json"
WRONG = [7, 1.5, True, "x", "", None, [], {}, [7], [{}], ["x"], {"id": 7}, {"type": "x"}]
needs_schema = pytest.mark.skipif(not SCHEMA.exists(), reason="the schemas are not here")
# where we allow more than the schema, because VC 2.0 does: several statuses, each without an id
LOOSER = ("credentialStatus", "refreshService")


def documents() -> list[dict[str, Any]]:
    found = []
    for path in sorted(VECTORS.glob("ob30-*/*/badge.json")) + sorted(VECTORS.glob("proofs/ob30-complete/*.json")):
        try:
            found.append(json.loads(path.read_text()))
        except ValueError:
            continue
    for path in sorted(VECTORS.glob("ob30-jwt/*/badge.jwt")):
        payload = path.read_text().split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        found.append(claims.get("vc", claims))
    unique = {json.dumps(document, sort_keys=True): document for document in found}
    return list(unique.values())


def as_schema_sees(value: Any) -> Any:
    """Return a credential with the dates of VC 2.0 under their names in the schema, which is that of VC 1.1."""
    if isinstance(value, list):
        return [as_schema_sees(item) for item in value]
    if not isinstance(value, dict):
        return value
    names = {"validFrom": "issuanceDate", "validUntil": "expirationDate"}
    return {names.get(name, name): as_schema_sees(item) for name, item in value.items() if name not in LOOSER}


def paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, item in items:
        if name not in LOOSER:
            yield (*path, name)
            yield from paths(item, (*path, name))


def damaged(document: dict[str, Any], luck: random.Random) -> dict[str, Any]:
    result = copy.deepcopy(document)
    *way, last = luck.choice(list(paths(document)))
    place = result
    for step in way:
        place = place[step]
    choice = luck.choice([*WRONG, "remove", "add"])
    if choice == "remove":
        del place[last]
    elif choice == "add" and isinstance(place, dict):
        place["unheardOf"] = "x"
    else:
        place[last] = choice
    return result


@needs_schema
def test_the_table_agrees_with_the_official_schema() -> None:
    validator = jsonschema.Draft201909Validator(json.loads(SCHEMA.read_text()))
    luck, originals, differences = random.Random(30), documents(), []
    assert len(originals) > 40
    cases = originals + [damaged(luck.choice(originals), luck) for _ in range(3000)]
    refused = 0
    for case in cases:
        wanted = next(validator.iter_errors(as_schema_sees(case)), None)
        found = schema_findings({name: value for name, value in case.items() if name not in LOOSER})
        refused += wanted is not None
        if bool(found) != (wanted is not None):
            differences.append((found, wanted and (list(wanted.absolute_path), wanted.message[:100])))
    assert not differences, differences[:5]
    assert refused > 1000


def grave(credential: dict[str, Any], **options: bool) -> list[str]:
    return [finding.text for finding in check_credential(credential, **options) if finding.grave]


def test_a_good_credential_has_no_findings() -> None:
    assert check_credential(Issuer().credential()) == []


@pytest.mark.parametrize("name", ["@context", "id", "type", "name", "credentialSubject", "issuer", "validFrom"])
def test_a_missing_property_is_named(name: str) -> None:
    credential = Issuer().credential()
    del credential[name]
    found = grave(credential)
    assert any(name in text and "OB 3.0" in text for text in found)


@pytest.mark.parametrize(
    ("path", "value", "word"),
    [
        (("credentialSubject", "achievement", "name"), 7, "achievement.name must be a text"),
        (("credentialSubject", "achievement", "criteria"), 7, "criteria must be an object"),
        (("credentialSubject", "achievement", "type"), ["Profile"], "is to be the Achievement"),
        (("credentialSubject", "type"), ["Person"], "is to be the AchievementSubject"),
        (("credentialSubject", "identifier"), None, "to whom"),
        (("type",), ["VerifiableCredential"], "must name VerifiableCredential and"),
        (("@context",), ["https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"], "first @context"),
        (("@context",), ["https://www.w3.org/ns/credentials/v2"], "of Open Badges 3.0 is missing"),
    ],
)
def test_a_wrong_property_is_named(path: tuple[str, ...], value: object, word: str) -> None:
    credential = Issuer().credential()
    place: Any = credential
    for step in path[:-1]:
        place = place[step]
    if value is None:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    assert any(word in text for text in grave(credential))


def test_what_is_not_disclosed_is_not_held_against_it() -> None:
    credential = Issuer().credential(name=None)
    del credential["credentialSubject"]["identifier"]
    assert grave(credential)
    assert not grave(credential, partial=True)


def test_an_unknown_kind_of_achievement_is_unusual_and_not_wrong() -> None:
    credential = Issuer().credential()
    credential["credentialSubject"]["achievement"]["achievementType"] = "Program"
    assert [finding.grave for finding in check_credential(credential)] == [False]

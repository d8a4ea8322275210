"""SD-JWT: what was disclosed comes back; whatever was not signed is refused."""

import base64
import hashlib
import json

import pytest
from tests.badge.pictures import CREDENTIAL

from passport.badge.compact import parse_compact
from passport.badge.parsing import parse
from passport.badge.sd_jwt import disclosed
from passport.errors import ParseError


def encoded(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def digest(disclosure, name="sha256"):
    return base64.urlsafe_b64encode(hashlib.new(name, disclosure.encode()).digest()).rstrip(b"=").decode()


def sd_jwt(payload, *disclosures, tail=""):
    return f"{encoded({'alg': 'EdDSA'})}.{encoded(payload)}.c2ln~" + "".join(f"{one}~" for one in disclosures) + tail


NAME = encoded(["salt", "name", "Knot Master"])
INNER = encoded(["salt2", "criteria", {"_sd": [digest(NAME)]}])
ITEM = encoded(["salt3", "rope"])


def credential(achievement):
    document = json.loads(CREDENTIAL)
    document["credentialSubject"]["achievement"] = achievement
    return document


def test_disclosures_are_put_in_place_and_the_rest_stays_hidden():
    payload = credential(
        {"_sd": [digest(NAME), digest("decoy")], "tag": ["sea", {"...": digest(ITEM)}, {"...": "decoy"}]}
    ) | {"_sd_alg": "sha-256"}
    found = parse(sd_jwt(payload, NAME, ITEM))
    assert (found.securing, found.title, found.subject.achievement.tags) == ("sd-jwt", "Knot Master", ("sea", "rope"))
    assert "_sd_alg" not in found.document
    assert parse(sd_jwt(payload)).title is None


def test_disclosures_within_disclosures_and_other_hashes_and_key_binding():
    jws = parse_compact(sd_jwt({"_sd": [digest(INNER)]}, NAME, INNER, tail="a.b.c"))
    assert disclosed(jws) == {"criteria": {"name": "Knot Master"}}
    assert jws.key_binding == "a.b.c"
    assert disclosed(parse_compact(sd_jwt({"_sd": [digest(NAME, "sha512")], "_sd_alg": "sha-512"}, NAME))) == {
        "name": "Knot Master"
    }


@pytest.mark.parametrize(
    ("payload", "disclosures"),
    [
        ({}, [NAME]),
        ({"_sd": [digest(NAME)]}, [NAME, NAME]),
        ({"_sd": [digest(NAME)], "name": "other"}, [NAME]),
        ({"_sd": [digest(ITEM)]}, [ITEM]),
        ({"a": [{"...": digest(NAME)}]}, [NAME]),
        ({"_sd": [digest(NAME)], "_sd_alg": "md5"}, [NAME]),
        ({"_sd": [digest(NAME)], "_sd_alg": 5}, [NAME]),
        ({"_sd": 5}, [NAME]),
        ({"_sd": [digest(NAME + "=")]}, [NAME + "="]),
        ({"_sd": [digest("e30")]}, ["e30"]),
        ({"_sd": [digest("_w")]}, ["_w"]),
        ({"_sd": [digest(encoded(["s", "_sd", []]))]}, [encoded(["s", "_sd", []])]),
        ({"_sd": [digest(encoded(["s", 1, 2]))]}, [encoded(["s", 1, 2])]),
        ({"_sd": [digest(encoded(["s"]))]}, [encoded(["s"])]),
        ({"_sd": [digest("")]}, [""]),
        ({}, [f"{n:04}" for n in range(1001)]),
    ],
)
def test_refused(payload, disclosures):
    with pytest.raises(ParseError):
        disclosed(parse_compact(sd_jwt(payload, *disclosures)))


def chained(levels):
    """An SD-JWT whose payload is so many objects deep, each disclosed on its own."""
    chain = [encoded(["s", "x", 1])]
    for _ in range(levels - 1):
        chain.append(encoded(["s", "x", {"_sd": [digest(chain[-1])]}]))
    return parse_compact(sd_jwt({"_sd": [digest(chain[-1])]}, *chain))


def listed(levels):
    """The same with arrays."""
    chain = [encoded(["s", 1])]
    for _ in range(levels - 2):
        chain.append(encoded(["s", [{"...": digest(chain[-1])}]]))
    return parse_compact(sd_jwt({"x": [{"...": digest(chain[-1])}]}, *chain))


@pytest.mark.parametrize("nested", [chained, listed])
def test_disclosures_nest_as_deep_as_json_may_and_no_deeper(nested):
    assert json.dumps(disclosed(nested(64))).count("1") == 1
    with pytest.raises(ParseError, match="deeper"):
        disclosed(nested(65))


def test_the_standard_is_told_even_of_a_forged_one():
    with pytest.raises(ParseError) as refusal:
        parse(sd_jwt(json.loads(CREDENTIAL), NAME))
    assert refusal.value.standard == "3.0"

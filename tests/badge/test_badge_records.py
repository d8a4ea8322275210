"""JSON and JWT that hold badges: found by what they are, and handed on exactly as they stood there."""

import base64
import json
import time

import pytest
from tests.badge.pictures import ASSERTION, CREDENTIAL, OTHER_ASSERTION, png
from tests.badge.samples import jwt

from passport.badge.baking import bake
from passport.badge.containers import open_container

BADGE = bake(png(), ASSERTION)
CREDENTIAL_JWT = jwt(json.loads(CREDENTIAL))


def names(file, name="x"):
    return [one.name for one in open_container(file, name)]


def files(file):
    found = open_container(file, "x")
    assert [one.problem for one in found] == [None] * len(found)
    return [one.file for one in found]


VP = {"@context": ["https://www.w3.org/ns/credentials/v2"], "type": ["VerifiablePresentation"]}


def enveloped(text, kind="EnvelopedVerifiableCredential", head="data:application/vc+jwt,"):
    return {"@context": "https://www.w3.org/ns/credentials/v2", "type": kind, "id": head + text}


def credential():
    return json.loads(CREDENTIAL)


CLR = {
    "type": ["VerifiableCredential", "ClrCredential"],
    "@context": ["https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json"],
}
KEY = {"type": "Ed25519VerificationKey2020", "privateKeyMultibase": "z1"}
BADGR = [
    {"entityType": "Assertion", "openBadgeId": "https://b.example/assertions/1", "recipient": {}, "badgeclass": "y"},
    {"entityType": "BadgeClass", "openBadgeId": "https://b.example/badges/1", "recipient": "?"},
    {"entityType": "Other", "openBadgeId": "https://b.example/other/1"},
]
PASSPORT = [
    {"id": 1, "assertion_url": "https://x.example/1", "assertion_jws": None, "assertion_json": ASSERTION},
    {"id": 2, "assertion_url": None, "assertion_jws": CREDENTIAL_JWT},
    {"id": 3, "assertion_url": None, "assertion_json": OTHER_ASSERTION},
]
DISPLAYER = {"hostedUrl": "https://x.example/1", "assertion": {"recipient": "a", "badge": {"name": "x"}}}
JWT_IN_BASE64 = base64.b64encode(CREDENTIAL_JWT.encode()).decode()
VP_JWT = jwt(VP | {"verifiableCredential": [enveloped(CREDENTIAL_JWT)]})
HOLDERS = {
    "a list": ([credential(), json.loads(ASSERTION)], [CREDENTIAL, ASSERTION]),
    "a presentation": (VP | {"verifiableCredential": [credential()]}, [CREDENTIAL]),
    "a presentation with one": (VP | {"verifiableCredential": credential()}, [CREDENTIAL]),
    "a presentation with JWTs": (
        VP | {"verifiableCredential": [CREDENTIAL_JWT, credential()]},
        [CREDENTIAL_JWT, CREDENTIAL],
    ),
    "an enveloped credential": (VP | {"verifiableCredential": [enveloped(CREDENTIAL_JWT)]}, [CREDENTIAL_JWT]),
    "an enveloped credential alone": (enveloped(CREDENTIAL_JWT), [CREDENTIAL_JWT]),
    "an enveloped credential in base64": (
        enveloped(JWT_IN_BASE64, head="data:application/vc+jwt;base64,"),
        [CREDENTIAL_JWT],
    ),
    "an enveloped presentation": (enveloped(VP_JWT, "EnvelopedVerifiablePresentation"), [CREDENTIAL_JWT]),
    "a learner record": (
        CLR | {"credentialSubject": {"type": "ClrSubject", "verifiableCredential": [credential()] * 2}},
        [CREDENTIAL, CREDENTIAL],
    ),
    "an empty learner record": (CLR | {"credentialSubject": {"type": "ClrSubject", "achievement": [{}]}}, []),
    "VerifierPlus": ({"vp": VP | {"verifiableCredential": credential()}, "shared": True}, [CREDENTIAL]),
    "Learner Credential Wallet": (
        [{"type": "UniversalWallet2020", "status": "UNLOCKED", "contents": [credential(), KEY]}],
        [CREDENTIAL],
    ),
    "Badgr": ({"status": {"success": True}, "result": BADGR}, ["https://b.example/assertions/1"]),
    "Open Badge Passport": (PASSPORT, ["https://x.example/1", CREDENTIAL_JWT, OTHER_ASSERTION]),
    "Mozilla": ({"userId": 1, "badges": [DISPLAYER]}, ["https://x.example/1"]),
    "Badge Connect": (
        {"status": {}, "results": [json.loads(ASSERTION)], "signedAssertions": [CREDENTIAL_JWT]},
        [ASSERTION, CREDENTIAL_JWT],
    ),
    "OB 3.0 API": (
        {"credential": [credential()], "compactJwsString": [CREDENTIAL_JWT]},
        [CREDENTIAL, CREDENTIAL_JWT],
    ),
}


@pytest.mark.parametrize("name", HOLDERS)
def test_json_that_holds_badges(name):
    value, expected = HOLDERS[name]
    found = [file.decode() for file in files(json.dumps(value, ensure_ascii=False).encode())]
    assert found == expected


@pytest.mark.parametrize(
    "claims",
    [
        {"vp": VP | {"verifiableCredential": [CREDENTIAL_JWT]}},
        VP | {"verifiableCredential": [enveloped(CREDENTIAL_JWT)]},
    ],
)
def test_a_presentation_as_jwt(claims):
    assert files(jwt(claims).encode()) == [CREDENTIAL_JWT.encode()]


def test_what_was_inside_comes_out_as_it_stood_there():
    odd = CREDENTIAL.replace(", ", " ,\n\t").replace("Ten knots.", '1.10 \\u0041 {[\\"}')
    file = '{"type": "VerifiablePresentation", "x": {"y": {}}, "verifiableCredential": [{}, ' + odd + ', {"a": 1}]}'
    assert files(file.encode()) == [odd.encode()]
    assert names(file.encode(), "vp.json") == ["vp.json/credential 1"]


@pytest.mark.parametrize(
    "file",
    [
        ASSERTION.encode(),
        CREDENTIAL_JWT.encode(),
        CREDENTIAL.replace('"proof"', '"x"').encode(),
        BADGE,
        b"[]",
        b"{}",
        b"",
        b"[" * 100_000,
        b'{"type": "EnvelopedVerifiableCredential", "id": "data:application/vc+jwt,nothing"}',
        b'{"type": "EnvelopedVerifiableCredential", "id": "data:x;base64,%%%"}',
        b'{"type": "EnvelopedVerifiableCredential", "id": 5}',
        b'{"assertion_url": "file:///etc/passwd"}',
        jwt({"sub": "1"}).encode(),
    ],
)
def test_no_container(file):
    assert open_container(file, "x") == ()


def test_a_wallet_may_be_larger_than_a_badge():
    picture = "data:image/png;base64," + "A" * 400_000
    wallet = json.dumps([{"type": "UniversalWallet2020", "contents": [credential() | {"image": picture}] * 5}])
    assert len(wallet) > 2_000_000
    assert len(files(wallet.encode())) == 5


def test_a_locked_wallet_says_so():
    assert "password" in open_container(b"locked_wallet:U2FsdGVkX1", "x")[0].problem


def test_a_hundred_thousand_texts_and_objects_are_no_work():
    started = time.process_time()
    tokens = open_container(json.dumps([CREDENTIAL_JWT, *["eyJhbGciOiJub25lIn0.bm9wZQ.c2ln"] * 100_000]).encode(), "x")
    assert (tokens[0].file, tokens[1].problem is None) == (CREDENTIAL_JWT.encode(), False)
    assert open_container(json.dumps([{"type": "x", "id": 1}] * 100_000).encode(), "x") == ()
    assert time.process_time() - started < 4


def test_texts_in_texts_end():
    text = CREDENTIAL_JWT
    for _ in range(6):
        text = jwt({"vp": VP | {"verifiableCredential": [text]}})
    assert open_container(text.encode(), "x") == ()

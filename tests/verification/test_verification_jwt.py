"""Badges of OB 3.0 as JWT: whose key, which algorithm, and claims that agree. Refusals above all."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.issuer import Issuer
from tests.issuer_keys import compact, did_key, jwk_of, make_key
from tests.verification.asking import NOW, ask, check, said

from passport.verification.files import verify
from passport.verification.multibase import encode_base64url

ISSUER = Issuer()
JWT = ISSUER.jwt()
PARTS = JWT.split(".")
ATTACKER = make_key()


@pytest.mark.parametrize("kind", ["Ed25519", "P-256", "P-384", "P-521"])
def test_a_jwt_by_did_key(kind: str) -> None:
    key = make_key(kind)
    credential = ISSUER.credential(issuer=did_key(key))
    report = ask(ISSUER.jwt(credential, key=key))
    assert (report.verdict, report.issuer_identity) == ("verified", "self-asserted"), said(report)


@pytest.mark.parametrize("algorithm", ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"])
def test_a_jwt_by_rsa_at_an_address(algorithm: str) -> None:
    issuer = Issuer()
    issuer.serve("/keys/1", jwk_of(issuer.rsa_key))
    credential = issuer.credential(issuer=issuer.url("/profile3"))
    token = issuer.jwt(credential, key=issuer.rsa_key, header={"alg": algorithm, "kid": issuer.url("/keys/1")})
    report = ask(token, issuer)
    assert (report.verdict, report.issuer_identity) == ("verified", "domain"), said(report)
    assert ask(token).verdict == "unconfirmed"


def test_a_jwt_by_did_web_and_by_did_jwk() -> None:
    issuer = Issuer("https://issuer.example:8443")
    report = ask(issuer.jwt(issuer.credential(issuer=issuer.did_web)), issuer)
    assert (report.verdict, report.issuer_identity) == ("verified", "domain"), said(report)
    did = "did:jwk:" + encode_base64url(json.dumps(jwk_of(issuer.key)).encode())
    report = ask(issuer.jwt(issuer.credential(issuer=did), header={"kid": f"{did}#0"}))
    assert (report.verdict, report.issuer_identity) == ("verified", "self-asserted"), said(report)
    report = ask(issuer.jwt(issuer.credential(issuer=did), header={"kid": f"{did}#1"}))
    assert report.verdict == "invalid"


def test_a_jwt_without_key_id_is_tried_with_the_issuers_own_keys() -> None:
    issuer = Issuer()
    for who in (issuer.did, issuer.did_web):
        report = ask(issuer.jwt(issuer.credential(issuer=who), header={"kid": None}), issuer)
        assert report.verdict == "verified", said(report)
    report = ask(issuer.jwt(issuer.credential(issuer=issuer.did_web), key=ATTACKER, header={"kid": None}), issuer)
    assert report.verdict == "invalid"


def test_a_key_in_the_header_proves_nothing_of_an_address() -> None:
    issuer = Issuer()
    credential = issuer.credential(issuer=issuer.url("/profile3"))
    token = issuer.jwt(credential, header={"kid": None, "jwk": jwk_of(issuer.key)})
    report = ask(token, issuer)
    assert (report.verdict, report.issuer_identity) == ("unconfirmed", None), said(report)
    issuer.serve("/profile3", {"id": issuer.url("/profile3"), "type": "Profile", "publicKey": jwk_of(issuer.key)})
    assert ask(token, issuer).verdict == "verified", "the issuer itself lists the key"
    issuer.serve("/profile3", {"id": issuer.url("/profile3"), "type": "Profile", "publicKey": jwk_of(ATTACKER)})
    assert ask(token, issuer).verdict == "invalid"


def test_a_key_in_the_header_that_is_not_the_did_is_forged() -> None:
    token = ISSUER.jwt(key=ATTACKER, header={"kid": None, "jwk": jwk_of(ATTACKER)})
    assert ask(token).verdict == "invalid"
    token = ISSUER.jwt(header={"kid": None, "jwk": jwk_of(ISSUER.key)})
    assert ask(token).verdict == "verified"
    flipped = token[:-6] + ("A" if token[-6] != "A" else "B") + token[-5:]
    assert ask(flipped).verdict == "invalid"


@pytest.mark.parametrize("jwk", [{}, {"kty": "oct", "k": "AAAA"}, jwk_of(ISSUER.key) | {"use": "enc"}])
def test_a_key_in_the_header_that_is_none_is_told(jwk: dict[str, Any]) -> None:
    report = ask(ISSUER.jwt(header={"kid": None, "jwk": jwk}))
    assert report.verdict == "invalid"
    assert "in its header cannot be used" in check(report, "key").explanation


def test_it_is_told_who_published_the_key() -> None:
    issuer = Issuer()
    report = ask(issuer.jwt(issuer.credential(issuer=issuer.did_web)), issuer)
    assert check(report, "key").explanation == f"The key was published by the issuer itself ({issuer.did_web})."
    for origin, words in (("https://issuer.example", "."), ("http://issuer.example", "unprotected connection")):
        issuer = Issuer(origin)
        issuer.serve("/keys/1", jwk_of(issuer.key))
        token = issuer.jwt(issuer.credential(issuer=issuer.url("/profile3")), header={"kid": issuer.url("/keys/1")})
        told = check(ask(token, issuer), "key").explanation
        assert told.startswith("The key was published by the issuer's own site, issuer.example")
        assert words in told


@pytest.mark.parametrize("name", ["jku", "x5u"])
def test_no_address_in_the_header_is_asked(name: str) -> None:
    token = ISSUER.jwt(header={name: "https://evil.example/keys", "kid": None})
    assert "https://evil.example/keys" not in ask(token).needs
    credential = ISSUER.credential(issuer="https://issuer.example/profile3")
    token = ISSUER.jwt(credential, key=ATTACKER, header={name: "https://evil.example/keys", "kid": None})
    report = ask(token)
    assert report.verdict == "unconfirmed"
    assert "https://evil.example/keys" not in report.needs


@pytest.mark.parametrize(
    "kid",
    ["https://evil.example/key", "did:web:evil.example#key-1", did_key(ATTACKER)],
    ids=["https", "did:web", "did:key"],  # a fresh key's name would differ in each process of a parallel run
)
def test_somebody_elses_key_is_not_the_issuers(kid: str) -> None:
    issuer = Issuer()
    evil = Issuer("https://evil.example", key=ATTACKER)
    evil.serve("/key", jwk_of(ATTACKER) | {"controller": issuer.did_web})
    for who in (issuer.did_web, issuer.did):
        token = issuer.jwt(issuer.credential(issuer=who), key=ATTACKER, header={"kid": kid})
        report = ask(token, issuer.documents() | evil.documents())
        assert report.verdict == "invalid", said(report)


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({"assertionMethod": []}, "failed"),
        ({"assertionMethod": None, "authentication": ["did:web:issuer.example#key-1"]}, "failed"),
        ({"assertionMethod": None}, "failed"),
        ({"id": "did:web:evil.example"}, "failed"),
        ({"verificationMethod": []}, "failed"),
        ({"verificationMethod": None}, "failed"),
        ({"verificationMethod": 7}, "failed"),
        ({"assertionMethod": ["#key-1"]}, "passed"),
    ],
)
def test_the_key_must_be_meant_for_assertions(changes: dict[str, Any], outcome: str) -> None:
    issuer = Issuer()
    token = issuer.jwt(issuer.credential(issuer=issuer.did_web))
    document = {name: value for name, value in (issuer.did_document() | changes).items() if value is not None}
    issuer.serve("/.well-known/did.json", document)
    report = ask(token, issuer)
    assert check(report, "key").outcome == outcome, said(report)
    assert (report.verdict == "verified") == (outcome == "passed")


@pytest.mark.parametrize("changes", [{"controller": "did:web:evil.example"}, {"revoked": "2025-01-01T00:00:00Z"}])
def test_a_key_of_another_or_a_revoked_one(changes: dict[str, str]) -> None:
    issuer = Issuer()
    document = issuer.did_document()
    document["verificationMethod"][0] |= changes
    issuer.serve("/.well-known/did.json", document)
    assert ask(issuer.jwt(issuer.credential(issuer=issuer.did_web)), issuer).verdict == "invalid"


@pytest.mark.parametrize(
    ("claims", "verdict"),
    [
        ({"iss": "did:web:evil.example"}, "invalid"),
        ({"iss": 7}, "invalid"),
        ({"iss": None}, "verified"),
        ({"jti": "urn:uuid:other"}, "invalid"),
        ({"jti": None}, "verified"),
        ({"nbf": 1709287201}, "verified"),
        ({"nbf": 1609287200}, "invalid"),
        ({"nbf": "1709287200"}, "invalid"),
        ({"nbf": True}, "invalid"),
        ({"exp": 1741000000}, "expired"),
        ({"exp": 2741000000}, "verified"),
        ({"exp": 1e300}, "verified"),
        ({"exp": -1e300}, "expired"),
        ({"exp": 1741000000, "validUntil": "2031-01-01T00:00:00Z"}, "invalid"),
        ({"validUntil": "2025-01-01T00:00:00Z"}, "expired"),
        ({"validFrom": "2027-01-01T00:00:00Z", "nbf": None}, "expired"),
    ],
)
def test_claims_agree_with_the_credential(claims: dict[str, Any], verdict: str) -> None:
    report = ask(ISSUER.jwt(**claims))
    assert report.verdict == verdict, said(report)


def test_the_subject_of_the_claims_is_that_of_the_credential() -> None:
    credential = ISSUER.credential()
    credential["credentialSubject"]["id"] = "did:example:ann"
    assert ask(ISSUER.jwt(credential, sub="did:example:ann")).verdict == "verified"
    assert ask(ISSUER.jwt(credential, sub="did:example:mallory")).verdict == "invalid"


def test_the_vc_claim_is_what_counts() -> None:
    inner = ISSUER.credential()
    payload = {"iss": ISSUER.did, "vc": inner, "name": "Admiral"}
    head = {"alg": "EdDSA", "kid": ISSUER.did}
    report = ask(compact(head, payload, ISSUER.key))
    assert report.verdict == "verified", said(report)
    assert report.credential is not None
    assert report.credential.title == "Knot Master"


def test_signatures_have_one_spelling() -> None:
    head, payload, signature = PARTS
    last = signature[-1]
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    for other in (alphabet[alphabet.index(last) ^ 1], last + "=", last + "A", last + "\n.", ""):
        assert ask(f"{head}.{payload}.{signature[:-1]}{other}").verdict in ("invalid", "no-badge")
    assert ask(f"\n {JWT} \n").verdict == "verified", "white space around is no part of it"


def test_an_ecdsa_signature_is_not_der() -> None:
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.hashes import SHA256

    key = make_key("P-256")
    token = ISSUER.jwt(ISSUER.credential(issuer=did_key(key)), key=key)
    data = token.rpartition(".")[0]
    der = key.sign(data.encode(), ec.ECDSA(SHA256()))
    assert ask(token).verdict == "verified"
    assert ask(f"{data}.{encode_base64url(der)}").verdict == "invalid"
    assert ask(f"{data}.{encode_base64url(bytes(64))}").verdict == "invalid"


@settings(max_examples=150, deadline=None)
@given(place=st.integers(0, len(JWT) - 1), bit=st.integers(0, 6))
def test_no_flipped_bit_of_a_jwt_verifies(place: int, bit: int) -> None:
    data = bytearray(JWT.encode())
    data[place] ^= 1 << bit
    if bytes(data).strip() != JWT.encode():
        assert all(report.verdict != "verified" for report in verify(bytes(data), ISSUER.documents(), now=NOW))


@pytest.mark.parametrize(
    ("name", "value", "verdict"),
    [
        ("credentialSubject", {"type": ["AchievementSubject"], "achievement": {"name": "Admiral"}}, "invalid"),
        ("issuer", {"id": "https://evil.example"}, "invalid"),
        ("validUntil", "2099-01-01T00:00:00Z", "invalid"),
        ("validFrom", "2024-03-01T10:00:00Z", "verified"),  # the same in both
    ],
)
def test_a_second_credential_beside_the_first_must_not_differ(name: str, value: object, verdict: str) -> None:
    issuer = Issuer()
    credential = issuer.credential()
    head = {"alg": "EdDSA", "kid": f"{issuer.did}#{issuer.did.removeprefix('did:key:')}"}
    token = compact(head, {"iss": issuer.did, "vc": credential, name: value}, issuer.key)
    assert ask(token).verdict == verdict, said(ask(token))

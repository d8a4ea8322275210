"""Keys in all forms in which issuers publish them, and the spellings that are refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st
from tests.issuer import Issuer
from tests.issuer_keys import did_key, jwk_of, make_key, pem_of
from tests.verification.asking import NOW, ask, check, said

from passport.verification.documents import Documents
from passport.verification.keys import MAX_LISTED, did_web_url, key_from_description, resolve_key
from passport.verification.multibase import (
    decode_base58,
    decode_base64url,
    decode_multibase,
    encode_base58,
    encode_base64url,
)
from passport.verification.publickeys import KeyFormError, UnsupportedKeyError, algorithms_of, multikey_of, same_key

KINDS = ["Ed25519", "P-256", "P-384", "P-521"]


@pytest.mark.parametrize("kind", [*KINDS, "RSA"])
def test_a_key_is_the_same_in_all_its_forms(kind: str) -> None:
    private = make_key(kind)
    public = private.public_key()
    forms: list[dict[str, Any]] = [
        jwk_of(private),
        {"publicKeyJwk": jwk_of(private)},
        {"publicKeyPem": pem_of(private)},
    ]
    if kind != "RSA":
        forms.append({"publicKeyMultibase": multikey_of(public)})
    if kind == "Ed25519":
        forms.append({"publicKeyBase58": encode_base58(decode_base64url(jwk_of(private)["x"]))})
    assert all(same_key(key_from_description(form), public) for form in forms)
    assert algorithms_of(public)


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"publicKeyMultibase": 7},
        {"publicKeyMultibase": ""},
        {"publicKeyMultibase": "z"},
        {"publicKeyMultibase": "z0OIl"},
        {"publicKeyMultibase": "m" + "A" * 43},
        {"publicKeyMultibase": "z" + encode_base58(b"\xed\x01" + b"x" * 31)},
        {"publicKeyMultibase": "z" + encode_base58(b"\x80\x24" + b"\x02" + b"\xff" * 32)},
        {"publicKeyPem": ""},
        {"publicKeyPem": "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"},
        {"publicKeyPem": "x" * 20_000},
        {"publicKeyBase58": "abc"},
        {"kty": "oct", "k": "AAAA"},
        {"kty": "OKP", "crv": "Ed25519"},
        {"kty": "OKP", "crv": "Ed25519", "x": "AAAA"},
        {"kty": "OKP", "crv": "Ed25519", "x": 7},
        {"kty": "EC", "crv": "P-256", "x": "A" * 43, "y": "A" * 43},
        {"kty": "EC", "crv": "P-256", "x": "AAAA", "y": "AAAA"},
        {"kty": "RSA", "n": "AQAB", "e": "AQAB"},
        {"kty": "RSA", "n": "", "e": "AQAB"},
    ],
)
def test_what_is_no_key_is_refused(form: dict[str, Any]) -> None:
    with pytest.raises(KeyFormError):
        key_from_description(form)


@pytest.mark.parametrize(
    "form",
    [
        {"kty": "EC", "crv": "secp256k1", "x": "AAAA", "y": "AAAA"},
        {"kty": "OKP", "crv": "Ed448", "x": "AAAA"},
        {"kty": "AKP", "alg": "ML-DSA-44", "pub": "AAAA"},
        {"publicKeyMultibase": "z" + encode_base58(b"\xe7\x01" + b"x" * 33)},
        {"publicKeyMultibase": "z" + encode_base58(b"\x12\x34" + b"x" * 33)},
    ],
)
def test_an_unknown_kind_of_key_is_no_fault(form: dict[str, Any]) -> None:
    with pytest.raises(UnsupportedKeyError):
        key_from_description(form)


@pytest.mark.parametrize("kind", ["RSA-1024", "RSA-1536"])
def test_a_weak_key_is_refused(kind: str) -> None:
    key = make_key(kind)
    for form in (jwk_of(key), {"publicKeyPem": pem_of(key)}):
        with pytest.raises(KeyFormError, match="can be broken"):
            key_from_description(form)


@pytest.mark.parametrize("member", [{"use": "enc"}, {"key_ops": ["sign"]}, {"key_ops": "verify"}])
def test_a_key_for_something_else_is_refused(member: dict[str, Any]) -> None:
    with pytest.raises(KeyFormError, match="not meant for signatures"):
        key_from_description(jwk_of(make_key()) | member)


@pytest.mark.parametrize(
    ("did", "url"),
    [
        ("did:web:club.example", "https://club.example/.well-known/did.json"),
        ("did:web:club.example:a:b", "https://club.example/a/b/did.json"),
        ("did:web:club.example%3A8443", "https://club.example:8443/.well-known/did.json"),
        ("did:web:club.example%3A8443:a", "https://club.example:8443/a/did.json"),
        ("did:web:", None),
        ("did:web:club.example:", None),
        ("did:web:club.example::a", None),
        ("did:web:club.example/a", None),
        ("did:web:club.example?x", None),
        ("did:web:club.example%2Fevil", None),
        ("did:web:good.example%40evil.example", None),
        ("did:web:club.example:..:a", None),
        ("did:web:club.example:%2e%2e:a", None),
        ("did:web:club.example%3A99999", None),
        ("did:web:a b", None),
        ("did:key:z6Mk", None),
    ],
)
def test_where_a_did_web_lives(did: str, url: str | None) -> None:
    assert did_web_url(did) == url


def test_a_did_key_is_itself() -> None:
    key = make_key()
    did = did_key(key)
    answer = resolve_key(f"{did}#{did.removeprefix('did:key:')}", Documents())
    assert (answer.outcome, answer.controller, answer.origin) == ("passed", did, "did:key")
    assert resolve_key(did, Documents()).outcome == "passed"
    assert resolve_key(f"{did}#other", Documents()).outcome == "failed"
    assert resolve_key("did:key:zzz", Documents()).public_key is None


@pytest.mark.parametrize(
    "name", ["did:example:123#key", "did:ion:abc", "z6Mk", "", "xxx:z6Mk", "mailto:a@b.example", "did"]
)
def test_what_cannot_be_looked_up_is_unknown(name: str) -> None:
    answer = resolve_key(name, Documents())
    assert (answer.outcome, answer.needs) == ("unknown", ())


def test_the_end_of_an_address_is_a_name_and_no_key() -> None:
    issuer = Issuer()
    name = issuer.url("/profile3#") + str(multikey_of(issuer.key.public_key()))
    assert resolve_key(name, Documents()).needs == (issuer.url("/profile3"),)
    assert resolve_key(name, Documents()).public_key is None
    issuer.serve("/profile3", {"id": issuer.url("/profile3"), "type": "Profile"})
    assert resolve_key(name, issuer.documents()).outcome == "failed"


def test_two_different_keys_of_one_name_are_refused() -> None:
    issuer = Issuer()
    document = issuer.did_document()
    method = document["verificationMethod"][0]
    document["verificationMethod"].append(method | {"publicKeyMultibase": multikey_of(make_key().public_key())})
    issuer.serve("/.well-known/did.json", document)
    assert resolve_key(f"{issuer.did_web}#key-1", issuer.documents()).outcome == "failed"


def test_a_jwk_set_is_searched_by_key_id() -> None:
    issuer = Issuer()
    keys = [jwk_of(make_key()) | {"kid": "one"}, jwk_of(issuer.key) | {"kid": "two"}]
    issuer.serve("/jwks", {"keys": keys})
    answer = resolve_key(issuer.url("/jwks#two"), issuer.documents())
    assert same_key(answer.public_key, issuer.key.public_key())
    assert resolve_key(issuer.url("/jwks#three"), issuer.documents()).outcome == "failed"
    assert resolve_key(issuer.url("/jwks"), issuer.documents()).outcome == "failed", "which of both is meant?"


def test_a_pem_file_is_a_key() -> None:
    issuer = Issuer()
    issuer.serve("/key.pem", pem_of(issuer.rsa_key), content_type="text/plain")
    answer = resolve_key(issuer.url("/key.pem"), issuer.documents())
    assert same_key(answer.public_key, issuer.rsa_key.public_key())


@given(st.binary(max_size=200))
def test_base58_and_base64url_come_back(data: bytes) -> None:
    assert decode_base58(encode_base58(data)) == data
    assert decode_base64url(encode_base64url(data)) == data
    assert decode_multibase("z" + encode_base58(data)) == decode_multibase("u" + encode_base64url(data)) == data


@given(st.text(max_size=40))
def test_odd_text_is_refused_or_has_this_one_spelling(text: str) -> None:
    for decode, encode in ((decode_base58, encode_base58), (decode_base64url, encode_base64url)):
        try:
            data = decode(text)
        except ValueError:
            continue
        assert encode(data) == text


def test_several_keys_listed_by_one_issuer_are_all_tried() -> None:
    issuer = Issuer()
    document = issuer.did_document()
    keys = [make_key(), make_key("P-256"), issuer.key]
    methods = [document["verificationMethod"][0] | {"id": f"{issuer.did_web}#{number}"} for number in range(3)]
    for method, key in zip(methods, keys, strict=True):
        method["publicKeyMultibase"] = multikey_of(key.public_key())
    document |= {"verificationMethod": methods, "assertionMethod": [method["id"] for method in methods]}
    issuer.serve("/.well-known/did.json", document)
    credential = issuer.credential(issuer=issuer.did_web)
    for key in keys:
        report = ask(issuer.jwt(credential, key=key, header={"kid": None}), issuer)
        assert report.verdict == "verified", said(report)
    report = ask(issuer.jwt(credential, key=make_key(), header={"kid": None}), issuer)
    assert (report.verdict, check(report, "signature").outcome) == ("invalid", "failed"), said(report)


@pytest.mark.parametrize("name", ["revoked", "expires"])
@pytest.mark.parametrize(
    ("date", "outcome"),
    [
        ("2026-06-01T12:00:00Z", "failed"),
        ("2026-06-01T12:00:01Z", "passed"),
        ("2020-01-01", "failed"),
        ("some day", "failed"),
        (7, "passed"),
        (None, "passed"),
    ],
)
def test_a_key_is_used_until_its_last_day(name: str, date: object, outcome: str) -> None:
    issuer = Issuer()
    issuer.serve("/keys/1", jwk_of(issuer.rsa_key) | {name: date})
    assert resolve_key(issuer.url("/keys/1"), issuer.documents(), now=NOW).outcome == outcome
    assert resolve_key(issuer.url("/keys/1"), issuer.documents()).outcome == "passed", "no moment was named"


@pytest.mark.parametrize("held", ["[]", "7", "{", '{"kty": "oct"}', "\xff"])
def test_a_did_jwk_that_holds_no_key_is_refused(held: str) -> None:
    did = "did:jwk:" + encode_base64url(held.encode("latin-1"))
    answer = resolve_key(f"{did}#0", Documents())
    assert (answer.outcome, answer.public_key) == ("failed", None)
    assert resolve_key("did:jwk:!!!", Documents()).outcome == "failed"


def test_a_name_that_is_no_did_web_is_told_and_cut_short() -> None:
    for name in ("did:web:club.example/a", "did:web:" + "a" * 200 + "/b"):
        answer = resolve_key(f"{name}#key", Documents())
        assert (answer.outcome, answer.needs) == ("unknown", ())
        assert "is no did:web" in answer.explanation
        assert len(answer.explanation) < 130
    exact = "x" * 100
    assert exact in resolve_key(exact, Documents()).explanation
    assert "x" * 99 + "…" in resolve_key("x" * 101, Documents()).explanation


def test_a_document_of_too_many_keys_is_not_searched_to_its_end() -> None:
    issuer = Issuer()
    keys = [{"kty": "OKP", "kid": str(number)} for number in range(MAX_LISTED)]
    for keys_before, outcome in ((MAX_LISTED - 1, "passed"), (MAX_LISTED, "failed")):
        issuer.serve("/jwks", {"keys": [*keys[:keys_before], jwk_of(issuer.key) | {"kid": "own"}]})
        assert resolve_key(issuer.url("/jwks#own"), issuer.documents()).outcome == outcome


@pytest.mark.parametrize(
    ("bits", "error"), [(2048, None), (8192, None), (8193, UnsupportedKeyError), (2047, KeyFormError)]
)
def test_how_large_an_rsa_key_may_be(bits: int, error: type[Exception] | None) -> None:
    modulus = (1 << (bits - 1)) | 1
    form = {"kty": "RSA", "n": encode_base64url(modulus.to_bytes((bits + 7) // 8, "big")), "e": "AQAB"}
    if error is None:
        assert key_from_description(form).key_size == bits  # type: ignore[union-attr] # an RSA key
        return
    with pytest.raises(KeyFormError) as caught:
        key_from_description(form)
    assert type(caught.value) is error


def test_a_kind_of_key_in_pem_that_is_not_known_is_no_fault() -> None:
    pem = Ed448PrivateKey.generate().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    with pytest.raises(UnsupportedKeyError):
        key_from_description({"publicKeyPem": pem.decode()})


def test_a_jwk_with_its_own_algorithm_is_pinned_to_it() -> None:
    issuer = Issuer()
    issuer.serve("/keys/1", jwk_of(issuer.rsa_key) | {"alg": "PS256"})
    answer = resolve_key(issuer.url("/keys/1"), issuer.documents())
    assert answer.algorithm == "PS256"
    credential = issuer.credential(issuer=issuer.url("/profile3"))
    for algorithm, verdict in (("PS256", "verified"), ("RS256", "invalid"), ("PS384", "invalid")):
        header = {"alg": algorithm, "kid": issuer.url("/keys/1")}
        assert ask(issuer.jwt(credential, key=issuer.rsa_key, header=header), issuer).verdict == verdict
    assert json.dumps(answer.origin) == '"https"'

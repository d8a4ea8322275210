"""Signed badges: of OB 2.0 whose key and which list, of both generations that a changed one never verifies."""

from __future__ import annotations

import base64
import hmac
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.issuer import Issuer
from tests.issuer_keys import compact, make_key, pem_of
from tests.verification.asking import NOW, ask, check, said

from passport.verification.files import verify
from passport.verification.multibase import encode_base64url

ISSUER = Issuer()
JWS = ISSUER.jws()
JWT = ISSUER.jwt()
ATTACKERS_RSA = make_key("RSA")


def with_header(token: str, **changes: object) -> str:
    """Return a token with a changed header and its old signature."""
    header, payload, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(header + "=="))
    merged = {name: value for name, value in (claims | changes).items() if value is not None}
    return f"{encode_base64url(json.dumps(merged).encode())}.{payload}.{signature}"


def test_a_signed_badge_is_verified_by_the_key_that_the_profile_lists() -> None:
    report = ask(JWS, ISSUER)
    assert (report.verdict, report.securing, report.issuer_identity) == ("verified", "jws", "domain"), said(report)


@pytest.mark.parametrize("missing", ["/key", "/profile", "/class", "/revoked"])
def test_a_signed_badge_needs_key_issuer_class_and_list(missing: str) -> None:
    issuer = Issuer()
    token = issuer.jws()
    issuer.vanish(issuer.url(missing))
    assert ask(token, issuer).verdict == "unconfirmed"


@pytest.mark.parametrize(
    "changes",
    [
        {"alg": "none"},
        {"alg": "NONE"},
        {"alg": ""},
        {"alg": None},
        {"alg": 7},
        {"alg": "HS256"},
        {"alg": "hs256"},
        {"alg": "ES256"},
        {"alg": "EdDSA"},
        {"alg": "RS384"},
        {"alg": "PS256"},
        {"crit": ["exp"]},
        {"crit": []},
        {"b64": False},
        {"zip": "DEF"},
        {"typ": "x"},
    ],
)
@pytest.mark.parametrize("token", [JWS, JWT], ids=["jws", "jwt"])
def test_a_changed_header_never_verifies(token: str, changes: dict[str, Any]) -> None:
    changed = with_header(token, **changes)
    assert changed == token or ask(changed, ISSUER).verdict == "invalid"


@pytest.mark.parametrize("token", [JWS, JWT], ids=["jws", "jwt"])
def test_without_signature_it_never_verifies(token: str) -> None:
    head, payload, _ = token.split(".")
    for forged in (f"{head}.{payload}.", with_header(f"{head}.{payload}.", alg="none")):
        assert ask(forged, ISSUER).verdict == "invalid"


@pytest.mark.parametrize("secret", ["pem", "stripped", "der", "modulus", "empty"])
def test_the_public_key_is_no_secret(secret: str) -> None:
    pem = pem_of(ISSUER.rsa_key)
    numbers = ISSUER.rsa_key.public_key().public_numbers()
    secrets = {
        "pem": pem.encode(),
        "stripped": pem.strip().encode(),
        "der": base64.b64decode("".join(pem.split("\n")[1:-2])),
        "modulus": numbers.n.to_bytes(256, "big"),
        "empty": b"",
    }
    head, payload, _ = with_header(JWS, alg="HS256").split(".")
    mac = hmac.digest(secrets[secret], f"{head}.{payload}".encode(), "sha256")
    assert ask(f"{head}.{payload}.{encode_base64url(mac)}", ISSUER).verdict == "invalid"


def test_a_key_that_the_issuer_does_not_list_is_not_its_own() -> None:
    issuer = Issuer()
    evil = {"type": "CryptographicKey", "id": "https://evil.example/key", "owner": issuer.url("/profile")}
    issuer.serve("https://evil.example/key", evil | {"publicKeyPem": pem_of(ATTACKERS_RSA)})
    verification = {"type": "SignedBadge", "creator": "https://evil.example/key"}
    payload = issuer.assertion(id="urn:uuid:1", verification=verification)
    report = ask(compact({"alg": "RS256"}, payload, ATTACKERS_RSA), issuer)
    assert report.verdict == "invalid"
    assert check(report, "key").outcome == "failed"


def test_a_key_of_another_owner_is_not_the_issuers_even_when_listed() -> None:
    issuer = Issuer()
    token = issuer.jws()
    issuer.lie(issuer.url("/key"), {"owner": "https://other.example/profile"})
    assert ask(token, issuer).verdict == "invalid"


def test_an_issuer_that_stands_in_the_badge_itself_proves_nothing() -> None:
    issuer = Issuer()
    key = {"type": "CryptographicKey", "id": "https://evil.example/key", "publicKeyPem": pem_of(ATTACKERS_RSA)}
    issuer.serve("https://evil.example/key", key | {"owner": issuer.url("/profile")})
    profile = issuer.profile() | {"publicKey": "https://evil.example/key"}
    badge = issuer.badge_class() | {"issuer": profile}
    payload = issuer.assertion(
        id="urn:uuid:1", badge=badge, verification={"type": "SignedBadge", "creator": "https://evil.example/key"}
    )
    report = ask(compact({"alg": "RS256"}, payload, ATTACKERS_RSA), issuer)
    assert report.verdict == "invalid", said(report)


@pytest.mark.parametrize("algorithm", ["RS256", "RS384", "RS512", "PS256"])
def test_algorithms_of_signed_badges(algorithm: str) -> None:
    issuer = Issuer()
    assert ask(issuer.jws(algorithm=algorithm), issuer).verdict == "verified"


@pytest.mark.parametrize(("kind", "algorithm"), [("P-256", "ES256"), ("P-384", "ES384"), ("Ed25519", "EdDSA")])
def test_signed_badges_by_other_kinds_of_keys(kind: str, algorithm: str) -> None:
    issuer = Issuer(rsa_key=make_key(kind))
    assert ask(issuer.jws(algorithm=algorithm), issuer).verdict == "verified"


def test_a_key_may_stand_in_the_issuers_profile() -> None:
    issuer = Issuer()
    token = issuer.jws()
    key = {name: value for name, value in issuer.cryptographic_key().items() if name != "@context"}
    issuer.vanish(issuer.url("/key"))
    issuer.lie(issuer.url("/profile"), {"publicKey": [key]})
    assert ask(token, issuer).verdict == "verified"
    issuer.lie(issuer.url("/profile"), {"publicKey": [key | {"owner": "https://evil.example"}]})
    assert ask(token, issuer).verdict == "invalid"
    issuer.lie(issuer.url("/profile"), {"publicKey": [key | {"publicKeyPem": pem_of(ATTACKERS_RSA)}]})
    assert ask(token, issuer).verdict == "invalid"


def test_a_signed_badge_that_names_no_key_is_by_the_one_of_the_profile() -> None:
    issuer = Issuer()
    assert ask(issuer.jws(verification={"type": "SignedBadge"}), issuer).verdict == "verified"
    issuer.lie(issuer.url("/profile"), {"publicKey": None})
    assert ask(issuer.jws(verification={"type": "SignedBadge"}), issuer).verdict == "unconfirmed"
    assert ask(issuer.jws(), issuer).verdict == "invalid"


def test_a_signed_text_that_the_site_contradicts_is_changed() -> None:
    issuer = Issuer()
    report = ask(issuer.jws(badge={"id": issuer.url("/class"), "name": "Admiral"}), issuer)
    assert report.verdict == "invalid"
    assert "name of the badge" in check(report, "hosting").explanation
    assert report.issuer_identity is None


def test_the_reason_on_a_list_is_told_and_an_odd_list_is_none() -> None:
    issuer = Issuer()
    identifier = "urn:uuid:00000000-0000-4000-8000-000000000001"
    token = issuer.jws()
    item = {"id": identifier, "revocationReason": "Issued in error"}
    issuer.serve("/revoked", issuer.revocation_list() | {"revokedAssertions": ["x", item]})
    assert "Issued in error" in check(ask(token, issuer), "status").explanation
    for old, verdict in (({identifier: "Old reason"}, "revoked"), ({"urn:uuid:2": "x"}, "verified")):
        issuer.serve("/revoked", old)
        report = ask(token, issuer)
        assert report.verdict == verdict, said(report)
        assert ("Old reason" in check(report, "status").explanation) == (verdict == "revoked")
    for named, verdict in ((7, "unconfirmed"), (["x"], "unconfirmed"), ({"id": issuer.url("/revoked")}, "verified")):
        issuer.lie(issuer.url("/profile"), {"revocationList": named})
        assert ask(token, issuer).verdict == verdict


def test_a_weak_key_proves_nothing() -> None:
    weak = make_key("RSA-1024")
    issuer = Issuer(rsa_key=weak)
    report = ask(issuer.jws(), issuer)
    assert report.verdict == "invalid"
    assert "1024 bits" in check(report, "key").explanation


@pytest.mark.parametrize("by", ["id", "uid", "text"])
def test_a_revoked_signed_badge(by: str) -> None:
    issuer = Issuer()
    token = issuer.jws(uid="u-77")
    identifier = "urn:uuid:00000000-0000-4000-8000-000000000001"
    issuer.revoked.append({"id": {"id": identifier}, "uid": {"uid": "u-77"}, "text": identifier}[by])
    issuer.serve("/revoked", issuer.revocation_list())
    assert ask(token, issuer).verdict == "revoked"


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ({"type": "RevocationList", "revokedAssertions": []}, "verified"),
        ({"type": "RevocationList", "revokedAssertions": ["urn:uuid:2", {"id": "x"}, 7, None]}, "verified"),
        ({"type": "RevocationList", "issuer": "https://evil.example", "revokedAssertions": []}, "unconfirmed"),
        ({"type": "RevocationList"}, "unconfirmed"),
        ({"type": "RevocationList", "revokedAssertions": {}}, "unconfirmed"),
        ("<html>", "unconfirmed"),
        ([], "unconfirmed"),
    ],
)
def test_a_list_that_cannot_be_read_is_not_an_empty_list(answer: object, verdict: str) -> None:
    issuer = Issuer()
    token = issuer.jws()
    issuer.serve("/revoked", answer)
    report = ask(token, issuer)
    assert report.verdict == verdict, said(report)


@settings(max_examples=100, deadline=None)
@given(place=st.integers(0, len(JWS) - 1), bit=st.integers(0, 6))
def test_no_flipped_bit_of_a_jws_verifies(place: int, bit: int) -> None:
    data = bytearray(JWS.encode())
    data[place] ^= 1 << bit
    if bytes(data).strip() != JWS.encode():
        assert all(report.verdict != "verified" for report in verify(bytes(data), ISSUER.documents(), now=NOW))

"""One byte changed anywhere in a signed badge: it is not verified, or it still says exactly the same."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.disclosure import disclose
from tests.issuer import Issuer
from tests.issuer_keys import make_key
from tests.verification.asking import NOW

from passport import Documents, verify
from passport.badge import strict_json
from passport.badge.compact import parse_compact
from passport.badge.sd_jwt import disclosed
from passport.errors import ParseError
from passport.verification.multibase import encode_base64url
from passport.verification.report import Verdict

SUITE = "https://w3id.org/security/suites/ed25519-2020/v1"
KINDS = {
    "eddsa-rdfc-2022": "Ed25519",
    "eddsa-jcs-2022": "Ed25519",
    "Ed25519Signature2020": "Ed25519",
    "ecdsa-rdfc-2019": "P-256",
    "ecdsa-rdfc-2019 (P-384)": "P-384",
    "ecdsa-jcs-2019": "P-256",
    "ecdsa-jcs-2019 (P-384)": "P-384",
    "ecdsa-sd-2023": "P-256",
    "vc-jwt EdDSA": "Ed25519",
    "vc-jwt ES256": "P-256",
    "vc-jwt ES384": "P-384",
    "jws": "RSA",
    "sd-jwt": "Ed25519",
}
WHOLE = [kind for kind in KINDS if kind != "sd-jwt"]
"""Kinds of which nothing may be left out; of an SD-JWT, a disclosure may."""


@cache
def made(kind: str) -> tuple[bytes, Documents]:
    """A good badge of a kind, with the documents that it needs."""
    issuer = Issuer() if kind == "jws" else Issuer(key=make_key(KINDS[kind]))
    if kind == "jws":
        return issuer.jws().encode(), issuer.documents()
    if kind == "sd-jwt":
        return sd_jwt(issuer).encode(), Documents()
    if kind.startswith("vc-jwt"):
        return issuer.jwt().encode(), Documents()
    credential = issuer.credential(evidence=[{"type": ["Evidence"], "narrative": "Photographs of knots."}])
    if kind == "ecdsa-sd-2023":
        return json.dumps(disclose(credential, issuer.key)).encode(), Documents()
    if kind == "Ed25519Signature2020":
        credential["@context"] = [*credential["@context"], SUITE]
        old = issuer.prove(credential, "", type="Ed25519Signature2020", cryptosuite=None)
        return json.dumps(old).encode(), Documents()
    return json.dumps(issuer.prove(credential, kind.partition(" ")[0])).encode(), Documents()


def sd_jwt(issuer: Issuer) -> str:
    """A credential of which the description is disclosed apart (RFC 9901)."""
    credential = issuer.credential()
    achievement = credential["credentialSubject"]["achievement"]
    disclosure = encode_base64url(json.dumps(["salt", "description", achievement.pop("description")]).encode())
    achievement["_sd"] = [encode_base64url(hashlib.sha256(disclosure.encode()).digest())]
    return f"{issuer.jwt(credential | {'_sd_alg': 'sha-256'})}~{disclosure}~"


def meaning(file: bytes) -> Any:
    """What a file says, its signature apart."""
    try:
        text = file.decode()
        if not text.lstrip().startswith("{"):
            compact = parse_compact(text)
            return disclosed(compact) if compact.is_sd_jwt else compact.payload
        value = strict_json.loads(text)
    except (ParseError, UnicodeDecodeError):
        return None
    return {**value, "proof": None} if isinstance(value, dict) else value


def verdicts(file: bytes, documents: Documents) -> set[Verdict]:
    return {report.verdict for report in verify(file, documents, now=NOW)}


@pytest.mark.parametrize("kind", KINDS)
def test_the_badge_itself_is_good(kind):
    assert verdicts(*made(kind)) == {Verdict.VERIFIED}


@pytest.mark.parametrize("kind", KINDS)
@given(place=st.integers(0, 10_000), mask=st.integers(1, 255))
@settings(max_examples=60, deadline=None)
def test_one_byte_changed(kind, place, mask):
    file, documents = made(kind)
    changed = bytearray(file)
    changed[place % len(file)] ^= mask
    if Verdict.VERIFIED in verdicts(bytes(changed), documents):
        assert meaning(bytes(changed)) == meaning(file), bytes(changed)


@pytest.mark.parametrize("kind", WHOLE)
@given(place=st.integers(0, 10_000), length=st.integers(1, 40), to=st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_a_piece_taken_out_doubled_or_moved(kind, place, length, to):
    file, documents = made(kind)
    start = place % len(file)
    piece, rest = file[start : start + length], file[:start] + file[start + length :]
    for changed in (rest, file[:start] + piece + file[start:], rest[: to % len(file)] + piece + rest[to % len(file) :]):
        if Verdict.VERIFIED in verdicts(changed, documents):
            assert meaning(changed) == meaning(file), changed


@pytest.mark.parametrize("path", ["/class", "/profile", "/assertions/1"])
@given(place=st.integers(0, 10_000), mask=st.integers(1, 255))
@settings(max_examples=60, deadline=None)
def test_a_hosted_badge_that_its_site_answers_otherwise(path, place, mask):
    statement, documents, url = hosted(path)
    answer = documents.by_url[url]
    changed = bytearray(answer.body)
    changed[place % len(changed)] ^= mask
    others = [document for document in documents.by_url.values() if document is not answer]
    asked = Documents.of([*others, replace(answer, body=bytes(changed))])
    (report,) = verify(json.dumps(statement).encode(), asked, now=NOW)
    if report.verdict is Verdict.VERIFIED:  # the site may say what it likes, but then that is what is shown
        assert report.credential is not None
        assert report.credential.document["id"] == statement["id"]


@cache
def hosted(path: str) -> tuple[dict[str, Any], Documents, str]:
    """A hosted badge, all that its site answers, and one address of that."""
    issuer = Issuer()
    return issuer.assertion(), issuer.documents(), issuer.url(path)


@pytest.mark.parametrize("end", ["", "x", "e30.e30", "a.b.c.d"])
def test_what_stands_behind_an_sd_jwt_is_a_jwt_or_nothing(end):
    """A last `~` that was changed must not make of a disclosure a key binding that nobody looks at."""
    file, documents = made("sd-jwt")
    text = file.decode()
    assert (verdicts(f"{text}{end}".encode(), documents) == {Verdict.VERIFIED}) is not bool(end)
    assert verdicts(text.removesuffix("~").encode(), documents) == {Verdict.INVALID}

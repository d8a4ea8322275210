"""Keys, signatures, canonical forms, and what issuers' sites answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from tests.disclosure import disclose
from tests.fuzz.model import Target
from tests.issuer import Issuer
from tests.issuer_keys import compact, jwk_of, make_key, pem_of

from passport.badge import strict_json
from passport.errors import ParseError
from passport.verification.addresses import parse_address
from passport.verification.bitstring import StatusListError, inflate, status_at
from passport.verification.canonical.contexts import bundled
from passport.verification.canonical.dataset import quads_of
from passport.verification.canonical.jcs import canonicalize as jcs
from passport.verification.canonical.rdfc10 import canonicalize
from passport.verification.canonical.refusals import DocumentRefusedError, NotSupportedError
from passport.verification.documents import Documents
from passport.verification.files import verify
from passport.verification.json_schema import NotUnderstoodError, first_violation
from passport.verification.keys import resolve_key
from passport.verification.lookalikes import host_oddities, mistaken_for, named_hosts, oddities, skeleton
from passport.verification.multibase import decode_base58, decode_base64url, decode_multibase, encode_base58
from passport.verification.publickeys import (
    KeyFormError,
    key_from_base58,
    key_from_jwk,
    key_from_multikey,
    key_from_pem,
    multikey_of,
)
from passport.verification.suites_disclosure import parse_derived

NOW = datetime(2025, 1, 1, tzinfo=UTC)
URL_WORDS = (
    b"https://",
    b"http://",
    b"://",
    b"[::1]",
    b"127.0.0.1",
    b"@",
    b":443",
    b"#",
    b"?",
    b"%00",
    b"..",
    b"//",
    b"\xc2\xad",
    "ⓔ".encode(),
    b"xn--",
)


def targets() -> list[Target]:
    """Return them."""
    issuer = Issuer()
    return [
        Target(name="verify-proof", run=_verify, seeds=_proven(issuer), structured=True),
        Target(name="verify-disclosed", run=_verify, seeds=[_disclosed(issuer)], structured=True),
        Target(name="verify-jwt", run=_signed_by(issuer), seeds=_claims(issuer), structured=True),
        Target(
            name="verify-jws",
            run=_verify,
            seeds=[issuer.jwt().encode(), issuer.jws().encode()],
            words=(b".", b"e30", b"~"),
        ),
        *_served(issuer),
        Target(name="har", run=_har, seeds=[issuer.documents().to_har(), _redirecting_har()], structured=True),
        Target(
            name="keys",
            run=_keys,
            seeds=_key_texts(issuer),
            structured=True,
            words=(b"z6Mk", b"did:key:", b"did:web:", b"did:jwk:"),
        ),
        Target(
            name="multibase",
            run=_multibase,
            seeds=[b"z6MkpTHR8VNsBxYAAWHut2Geadd9jSwuBV8xRoAnwWsdvktH", b"u_-4", b"u", b"z1"],
            max_bytes=9000,
        ),
        Target(
            name="derived-proof",
            run=_derived,
            seeds=_proof_values(issuer),
            words=(b"\x9f", b"\xbf", b"\xd8", b"\x5b\xff", b"\x9b"),
        ),
        Target(name="status-bits", run=_bits, seeds=_lists(issuer), words=(b"H4sI", b"u", b"=")),
        Target(name="json-schema", run=_schema, seeds=_schemas(), structured=True),
        Target(name="json-ld", run=_json_ld, seeds=_proven(issuer), structured=True),
        Target(
            name="rdf-graph",
            run=_graph,
            seeds=[b"\x01\x02\x03\x04" * 8, bytes(range(64)), b"\x12\x21" * 20],
            max_bytes=64,
        ),
        Target(name="jcs", run=_jcs, seeds=[json.dumps({"a": [1.5, "é", None], "b": 1e21}).encode()], structured=True),
        Target(
            name="addresses",
            run=_address,
            seeds=[
                b"https://issuer.example:8443/a?b=c#d",
                b"https://[2001:db8::1]/",
                "https://bücher.example/ü".encode(),
            ],
            words=URL_WORDS,
            max_bytes=5000,
        ),
        _names_target(),
    ]


def _names_target() -> Target:
    seeds = [text.encode() for text in ("p\u0430ypal.com", "Ha\0fen\u202eclub", "xn--pypal-4ve.com", "日本 Club ０")]
    words = ("\u202e".encode(), "\u200b".encode(), "\u0430".encode(), b"xn--", b".com")
    return Target(name="names", run=_names, seeds=seeds, words=words, max_bytes=2000)


def _examined(file: bytes, documents: Documents) -> None:
    for report in verify(file, documents, identities=["ann@example.org"], now=NOW):
        json.dumps(report.to_json()).encode()


def _verify(data: bytes) -> None:
    _examined(data, Documents())


def _signed_by(issuer: Issuer) -> Callable[[bytes], None]:
    """The claims of a JWT are changed before they are signed, so that what stands behind the signature is reached."""
    documents = issuer.documents()

    def run(data: bytes) -> None:
        try:
            claims = json.loads(data)
        except (ValueError, RecursionError):
            return
        if isinstance(claims, dict):
            header = {"alg": "EdDSA", "kid": f"{issuer.did}#{issuer.did.removeprefix('did:key:')}"}
            with suppress(ValueError, RecursionError):  # of the one who writes it
                _examined(compact(header, claims, issuer.key).encode(), documents)

    return run


def _served(issuer: Issuer) -> list[Target]:
    """What the issuer's site answers is changed; the badge stays."""
    hosted, signed = issuer.assertion(), issuer.jws().encode()
    web = issuer.credential(issuer=issuer.did_web)
    listing = issuer.status_list()
    status = {"type": "BitstringStatusListEntry", "statusPurpose": "revocation", "statusListIndex": "7"}
    listed = issuer.prove(issuer.credential(credentialStatus=status | {"statusListCredential": listing}))
    of_web = issuer.jwt(web).encode()
    documents = issuer.documents()
    badges = {
        "site-assertion": (json.dumps(hosted).encode(), str(hosted["id"])),
        "site-class": (json.dumps(hosted).encode(), issuer.url("/class")),
        "site-profile": (signed, issuer.url("/profile")),
        "site-key": (signed, issuer.url("/key")),
        "site-revocations": (signed, issuer.url("/revoked")),
        "site-did": (of_web, issuer.url("/.well-known/did.json")),
        "site-status": (json.dumps(listed).encode(), listing),
    }
    return [
        Target(name=name, run=_answering(file, url, documents), seeds=[documents[url].body], structured=True)
        for name, (file, url) in badges.items()
    ]


def _answering(file: bytes, url: str, documents: Documents) -> Callable[[bytes], None]:
    from dataclasses import replace

    def run(data: bytes) -> None:
        _examined(file, documents | {url: replace(documents[url], body=data)})

    return run


def _har(data: bytes) -> None:
    try:
        documents = Documents.from_har(data)
    except ParseError:
        return
    again = Documents.from_har(documents.to_har())
    assert set(again) == set(documents)


def _keys(data: bytes) -> None:
    """A JSON text: a name or key in one of the forms; or an object: a JWK or a description."""
    try:
        value = strict_json.loads(data.decode())
    except (ValueError, ParseError):
        value = data.decode("latin-1")
    if isinstance(value, str):
        for read in (key_from_multikey, key_from_base58, key_from_pem):
            with suppress(KeyFormError):
                read(value)
        resolve_key(value, Documents(), now=NOW)
    if isinstance(value, dict):
        with suppress(KeyFormError):
            key_from_jwk(value)


def _multibase(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    for read in (decode_multibase, decode_base64url):
        with suppress(ValueError):
            read(text)
    try:
        raw = decode_base58(text)
    except ValueError:
        return
    assert encode_base58(raw) == text, "one value has two spellings"


def _derived(data: bytes) -> None:
    from passport.verification.multibase import encode_base64url

    for value in (data.decode("latin-1"), "u" + encode_base64url(b"\xd9\x5d\x01" + data)):
        with suppress(DocumentRefusedError, NotSupportedError):
            parse_derived(value)


def _bits(data: bytes) -> None:
    with suppress(StatusListError):
        bits = inflate(data.decode("latin-1"))
        status_at(bits, len(data), 1 + len(data) % 8)


def _schema(data: bytes) -> None:
    try:
        document, schema = strict_json.loads(data.decode("utf-8", "replace"))  # type: ignore[misc, str-unpack] # any other JSON is left out
    except (ParseError, ValueError, TypeError):
        return
    with suppress(NotUnderstoodError):
        first_violation(document, schema)


def _json_ld(data: bytes) -> None:
    try:
        document = strict_json.loads(data.decode("utf-8", "replace"))
    except ParseError:
        return
    if isinstance(document, dict):
        document.pop("proof", None)
        with suppress(DocumentRefusedError, NotSupportedError):
            canonicalize(quads_of(document, bundled()))


def _graph(data: bytes) -> None:
    """Each byte is an edge between two of sixteen nodes."""
    quads = [(f"_:n{byte >> 4}", "<urn:p>", f"_:n{byte & 15}", "") for byte in data]
    with suppress(NotSupportedError):
        one = canonicalize(quads, work_limit=2000).text
        assert one == canonicalize(reversed(quads), work_limit=4000).text, "the order of statements matters"


def _jcs(data: bytes) -> None:
    with suppress(ParseError, DocumentRefusedError, NotSupportedError):
        jcs(strict_json.loads(data.decode("utf-8", "replace")))


def _address(data: bytes) -> None:
    parse_address(data.decode("utf-8", "replace"))


def _names(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    skeleton(text)
    oddities(text)
    for host in (text, *named_hosts(text)):
        host_oddities(host)
        mistaken_for(host, ["paypal.com", "issuer.example"])


def _proven(issuer: Issuer) -> list[bytes]:
    suites = ("eddsa-rdfc-2022", "eddsa-jcs-2022", "Ed25519Signature2020")
    documents = [issuer.prove(issuer.credential(), suite) for suite in suites]
    return [json.dumps(each).encode() for each in documents]


def _disclosed(issuer: Issuer) -> bytes:
    key = make_key("P-256")
    name = f"did:key:{multikey_of(key.public_key())}"
    return json.dumps(disclose(issuer.credential(issuer=name), key)).encode()


def _claims(issuer: Issuer) -> list[bytes]:
    credential = issuer.credential()
    common = {"iss": issuer.did, "nbf": 1709287200}
    bare = {**common, "vct": "https://issuer.example/badge", "_sd_alg": "sha-256", "vc": credential}
    return [json.dumps(each).encode() for each in (credential | common | {"jti": credential["id"]}, bare)]


def _key_texts(issuer: Issuer) -> list[bytes]:
    keys = [issuer.key, make_key("P-256"), make_key("P-384"), issuer.rsa_key]
    multikeys = [multikey_of(key.public_key()) for key in keys[:3]]
    jwk = json.dumps(jwk_of(keys[1]))
    from passport.verification.multibase import encode_base64url

    names = [
        issuer.did,
        f"{issuer.did}#{multikeys[0]}",
        "did:web:issuer.example%3A8443:a:b#key-1",
        f"did:jwk:{encode_base64url(jwk.encode())}",
    ]
    texts: list[Any] = [*multikeys, *names, pem_of(issuer.rsa_key), pem_of(keys[1]), "https://issuer.example/key"]
    return [json.dumps(each).encode() for each in [*texts, *(jwk_of(key) for key in keys)]]


def _proof_values(issuer: Issuer) -> list[bytes]:
    import cbor2

    value = json.loads(_disclosed(issuer))["proof"]["proofValue"]
    return [
        decode_base64url(value[1:])[3:],
        value.encode(),
        cbor2.dumps([b"x" * 64, b"\x80\x24" + b"y" * 33, [], {}, []]),
    ]


def _lists(issuer: Issuer) -> list[bytes]:
    body = json.loads(issuer.pages[issuer.status_list()].body)
    return [body["credentialSubject"]["encodedList"].encode()]


def _schemas() -> list[bytes]:
    schema = {
        "type": "object",
        "required": ["a"],
        "properties": {"a": {"type": ["string", "null"], "pattern": "^x+$", "maxLength": 3}},
        "additionalProperties": {"anyOf": [{"$ref": "#/$defs/n"}, {"type": "array", "items": {"enum": [1, "x"]}}]},
        "$defs": {"n": {"type": "number", "minimum": 0, "exclusiveMaximum": 9, "multipleOf": 0.5}},
        "if": {"not": {"const": 1}},
        "then": {"minProperties": 1},
        "dependentRequired": {"a": ["b"]},
        "patternProperties": {"^b": True},
    }
    return [json.dumps([{"a": "xx", "b": [1, "x"], "c": 4}, schema]).encode()]


def _redirecting_har() -> bytes:
    def entry(url: str, status: int, target: str) -> dict[str, Any]:
        content = {"text": "e30=", "encoding": "base64", "mimeType": "application/json"}
        headers = [{"name": "ETag", "value": "x"}]
        response = {"status": status, "content": content, "redirectURL": target, "headers": headers, "_finalUrl": url}
        return {
            "startedDateTime": "2024-01-01T00:00:00Z",
            "request": {"url": url, "method": "GET"},
            "response": response,
        }

    entries = [entry("https://a.example/1#x", 302, "/2"), entry("https://a.example/2", 200, "")]
    return json.dumps({"log": {"version": "1.2", "entries": entries}}).encode()

"""An issuer in memory: it makes real keys, signs every generation of Open Badges, and *is* the network that answers.

issuer = Issuer("https://issuer.example")
file = issuer.hosted_badge(recipient="ann@example.org")   # a baked PNG
documents = issuer.documents()                            # everything it serves
document = await issuer("https://issuer.example/profile") # it is a Fetch
issuer.revoke(file); issuer.vanish(); issuer.lie(url, {"name": "Mallory"})
"""

from __future__ import annotations

import gzip
import hashlib
import json
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.issuer_keys import (
    JsonObject,
    PrivateKey,
    algorithm_of,
    compact,
    did_key,
    hash_data,
    make_key,
    pem_of,
    sign,
)

from passport.badge.files import bake
from passport.verification.documents import Documents, RemoteDocument
from passport.verification.multibase import encode_base58, encode_base64url
from passport.verification.publickeys import multikey_of

NOW = "2026-06-01T12:00:00Z"
V2 = "https://w3id.org/openbadges/v2"
VC2 = ("https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json")


def picture(shade: int = 120, *, size: int = 16) -> bytes:
    """Return a small PNG of one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    row = b"\0" + bytes((shade, 90, 200 - shade // 2)) * size
    header = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(row * size)) + chunk(b"IEND", b"")
    )


@dataclass
class Answer:
    """What an address answers."""

    status: int = 200
    body: bytes = b""
    content_type: str = "application/json"
    final_url: str | None = None
    problem: str | None = None


@dataclass
class Issuer:
    """An issuer with a site, keys, badge classes and badges."""

    origin: str = "https://issuer.example"
    name: str = "Harbour Sailing Club"
    pages: dict[str, Answer] = field(default_factory=dict)
    key: PrivateKey = field(default_factory=make_key)
    rsa_key: PrivateKey = field(default_factory=lambda: make_key("RSA"))
    asked: list[str] = field(default_factory=list)
    revoked: list[object] = field(default_factory=list)
    count: int = 0

    def __post_init__(self) -> None:
        self.serve("/profile", self.profile())
        self.serve("/class", self.badge_class())
        self.serve("/key", self.cryptographic_key())
        self.serve("/revoked", self.revocation_list())
        self.serve("/.well-known/did.json", self.did_document())

    # what the site serves

    async def __call__(self, url: str) -> RemoteDocument:
        """Answer as the network does: this makes an issuer a Fetch."""
        self.asked.append(url)
        return self.answer(url)

    def answer(self, url: str) -> RemoteDocument:
        """Return what a URL answers now."""
        page = self.pages.get(url, Answer(status=404, body=b"not here", content_type="text/plain"))
        return RemoteDocument(
            url=url,
            fetched_at=NOW,
            status=page.status,
            content_type=page.content_type,
            body=page.body,
            final_url=page.final_url,
            problem=page.problem,
        )

    def documents(self) -> Documents:
        """Return everything the site serves."""
        return Documents.of(self.answer(url) for url in self.pages)

    def url(self, path: str) -> str:
        """Return the address of a path."""
        return self.origin + path

    def serve(self, path: str, body: object, *, status: int = 200, content_type: str = "application/json") -> str:
        """Serve JSON, text or bytes at a path (or absolute address) and return its address."""
        url = path if "://" in path else self.url(path)
        data = (
            body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else json.dumps(body).encode()
        )
        self.pages[url] = Answer(status, data, content_type)
        return url

    def lie(self, url: str, changes: Mapping[str, object]) -> None:
        """Change what an address answers."""
        document = json.loads(self.pages[url].body)
        self.pages[url].body = json.dumps(document | changes).encode()

    def vanish(self, url: str | None = None, *, status: int = 0) -> None:
        """Stop answering, at one address or at all: status 0 is no answer, 404 and 410 are answers."""
        for address in [url] if url else list(self.pages):
            problem = None if status else "The site did not answer."
            self.pages[address] = Answer(status, b"", "text/plain", problem=problem)

    def move(self, url: str, final_url: str) -> None:
        """Answer from elsewhere, after redirects."""
        self.pages[url].final_url = final_url

    # OB 2.0

    def profile(self) -> JsonObject:
        """Return the issuer's profile, also its controller document."""
        return {
            "@context": V2,
            "type": "Issuer",
            "id": self.url("/profile"),
            "name": self.name,
            "url": self.origin,
            "email": "club@issuer.example",
            "publicKey": self.url("/key"),
            "revocationList": self.url("/revoked"),
        }

    def badge_class(self) -> JsonObject:
        """Return the badge class."""
        return {
            "@context": V2,
            "type": "BadgeClass",
            "id": self.url("/class"),
            "name": "Knot Master",
            "description": "Ties the ten knots of the club without looking.",
            "image": self.url("/knots.png"),
            "criteria": {"narrative": "Ten knots in three minutes."},
            "issuer": self.url("/profile"),
            "tags": ["knots", "sailing"],
        }

    def cryptographic_key(self) -> JsonObject:
        """Return the key of signed badges."""
        owner, pem = self.url("/profile"), pem_of(self.rsa_key)
        return {"@context": V2, "type": "CryptographicKey", "id": self.url("/key"), "owner": owner, "publicKeyPem": pem}

    def revocation_list(self) -> JsonObject:
        """Return the list of revoked signed badges."""
        head = {"@context": V2, "type": "RevocationList", "id": self.url("/revoked"), "issuer": self.url("/profile")}
        return head | {"revokedAssertions": self.revoked}

    def assertion(self, recipient: str = "ann@example.org", **changes: object) -> JsonObject:
        """Return a hosted assertion of OB 2.0 and serve it."""
        self.count += 1
        salt = "deadsea"
        identity = "sha256$" + hashlib.sha256((recipient + salt).encode()).hexdigest()
        document = {
            "@context": V2,
            "type": "Assertion",
            "id": self.url(f"/assertions/{self.count}"),
            "recipient": {"type": "email", "hashed": True, "salt": salt, "identity": identity},
            "issuedOn": "2024-03-01T10:00:00Z",
            "badge": self.url("/class"),
            "verification": {"type": "hosted"},
        } | changes
        document = {name: value for name, value in document.items() if value is not None}
        if document.get("verification") == {"type": "hosted"}:
            self.serve(str(document["id"]), document)
        return document

    def hosted_badge(self, recipient: str = "ann@example.org", **changes: object) -> bytes:
        """Return a PNG with a hosted badge of OB 2.0; None as a change leaves a property out."""
        return self.baked(json.dumps(self.assertion(recipient, **changes)))

    def jws(self, recipient: str = "ann@example.org", algorithm: str = "RS256", **changes: object) -> str:
        """Return a signed assertion of OB 2.0 as compact JWS."""
        verification = {"type": "SignedBadge", "creator": self.url("/key")}
        identifier = f"urn:uuid:00000000-0000-4000-8000-{self.count + 1:012}"
        payload = self.assertion(recipient, **({"id": identifier, "verification": verification} | changes))
        return compact({"alg": algorithm, "typ": "JWT"}, payload, self.rsa_key)

    def jws_badge(self, recipient: str = "ann@example.org", **changes: object) -> bytes:
        """Return a PNG with a signed badge of OB 2.0."""
        return self.baked(self.jws(recipient, **changes))  # type: ignore[arg-type] # changes are properties

    def revoke(self, document: Mapping[str, object]) -> None:
        """Revoke a hosted assertion (`revoked: true`) or a signed one (on the list)."""
        url = str(document["id"])
        if url in self.pages:
            self.serve(url, {"@context": V2, "type": "Assertion", "id": url, "revoked": True}, status=410)
        self.revoked.append(url)
        self.serve("/revoked", self.revocation_list())

    # OB 3.0

    @property
    def did_web(self) -> str:
        """The issuer's did:web."""
        return "did:web:" + self.origin.removeprefix("https://").replace(":", "%3A")

    @property
    def did(self) -> str:
        """The did:key of the issuer's key."""
        return did_key(self.key)

    def did_document(self) -> JsonObject:
        """Return the document of the did:web."""
        method = {"id": f"{self.did_web}#key-1", "type": "Multikey", "controller": self.did_web}
        method |= {"publicKeyMultibase": multikey_of(self.key.public_key())}
        context = ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"]
        return {
            "@context": context,
            "id": self.did_web,
            "verificationMethod": [method],
            "assertionMethod": [method["id"]],
        }

    def credential(
        self, recipient: str = "ann@example.org", *, issuer: str | None = None, **changes: object
    ) -> JsonObject:
        """Return an OB 3.0 credential without proof (VC 2.0); None as a change leaves a property out."""
        self.count += 1
        salt = "deadsea"
        identity = "sha256$" + hashlib.sha256((recipient + salt).encode()).hexdigest()
        identifier = {"type": "IdentityObject", "hashed": True, "salt": salt, "identityHash": identity}
        document = {
            "@context": list(VC2),
            "id": f"urn:uuid:00000000-0000-4000-8000-{self.count:012}",
            "type": ["VerifiableCredential", "OpenBadgeCredential"],
            "name": "Knot Master",
            "issuer": {"id": issuer or self.did, "type": ["Profile"], "name": self.name, "url": self.origin},
            "validFrom": "2024-03-01T10:00:00Z",
            "credentialSubject": {
                "type": ["AchievementSubject"],
                "identifier": [identifier | {"identityType": "emailAddress"}],
                "achievement": {
                    "id": self.url("/achievements/knots"),
                    "type": ["Achievement"],
                    "name": "Knot Master",
                    "description": "Ties the ten knots of the club without looking.",
                    "criteria": {"narrative": "Ten knots in three minutes."},
                },
            },
        } | changes
        return {name: value for name, value in document.items() if value is not None}

    def jwt(
        self,
        credential: Mapping[str, object] | None = None,
        *,
        key: PrivateKey = None,
        header: Mapping[str, object] | None = None,
        **claims: object,
    ) -> str:
        """Return a credential as JWT; `header` and claims are added, None leaves one out."""
        credential = dict(credential or self.credential())
        key = key or self.key
        issuer = credential["issuer"]["id"]
        kid = f"{issuer}#{issuer.removeprefix('did:key:')}" if issuer.startswith("did:key:") else f"{issuer}#key-1"
        head = {"alg": algorithm_of(key), "typ": "JWT", "kid": kid} | dict(header or {})
        payload = credential | {"iss": issuer, "jti": credential.get("id"), "nbf": 1709287200} | claims
        clean = [{name: value for name, value in part.items() if value is not None} for part in (head, payload)]
        return compact(clean[0], clean[1], key)

    def jwt_badge(self, credential: Mapping[str, object] | None = None, **options: Any) -> bytes:
        """Return a PNG with an OB 3.0 credential as JWT."""
        return self.baked(self.jwt(credential, **options))

    def prove(
        self,
        credential: Mapping[str, object],
        suite: str = "eddsa-jcs-2022",
        *,
        key: PrivateKey = None,
        **changes: object,
    ) -> JsonObject:
        """Return a credential with a Data Integrity proof added: eddsa-… or ecdsa-…, jcs or rdfc, chained too."""
        key = key or self.key
        issuer = credential["issuer"]
        issuer = issuer["id"] if isinstance(issuer, dict) else issuer
        fragment = "key-1" if issuer.startswith("did:web:") else multikey_of(key.public_key())
        proof = {
            "type": "DataIntegrityProof",
            "cryptosuite": suite,
            "created": "2024-03-01T10:05:00Z",
            "verificationMethod": f"{issuer}#{fragment}",
            "proofPurpose": "assertionMethod",
        } | changes
        proof = {name: value for name, value in proof.items() if value is not None}
        unsigned = {name: value for name, value in credential.items() if name != "proof"}
        earlier = credential.get("proof", [])
        earlier = earlier if isinstance(earlier, list) else [earlier]
        covered = [one for one in earlier if "id" in one and one["id"] == proof.get("previousProof")]
        signed = unsigned | ({"proof": covered} if covered else {})
        data = hash_data(signed, proof | {"@context": credential["@context"]}, suite, key)
        algorithm = algorithm_of(key)
        if "jcs" in suite:
            proof = {"@context": credential["@context"]} | proof
        proof["proofValue"] = "z" + encode_base58(sign(key, algorithm, data))
        return unsigned | {"proof": [*earlier, proof] if earlier else proof}

    def signed_badge(
        self, suite: str = "eddsa-jcs-2022", recipient: str = "ann@example.org", **changes: object
    ) -> bytes:
        """Return a PNG with an OB 3.0 credential with a Data Integrity proof."""
        return self.baked(json.dumps(self.prove(self.credential(recipient, **changes), suite)))  # type: ignore[arg-type] # changes are properties

    def status_list(
        self, path: str = "/status/1", *, bits: Mapping[int, int] | None = None, size: int = 1, **changes: Any
    ) -> str:
        """Serve a signed BitstringStatusListCredential and return its address."""
        url = self.url(path)
        data = bytearray(131_072 // 8 * size)
        for index, value in (bits or {}).items():
            for bit in range(size):
                if value >> (size - 1 - bit) & 1:
                    place = index * size + bit
                    data[place // 8] |= 128 >> (place % 8)
        subject = {
            "id": f"{url}#list",
            "type": "BitstringStatusList",
            "statusPurpose": changes.pop("purpose", "revocation"),
        }
        subject["encodedList"] = "u" + encode_base64url(gzip.compress(bytes(data), mtime=0))
        credential = {
            "@context": [VC2[0]],
            "id": url,
            "type": ["VerifiableCredential", "BitstringStatusListCredential"],
            "issuer": self.did,
            "validFrom": "2024-01-01T00:00:00Z",
            "credentialSubject": subject,
        } | changes
        return self.serve(path, self.prove(credential))

    # pictures

    def baked(self, statement: str) -> bytes:
        """Return a PNG with a statement in it; each statement has its own shade."""
        return bake(picture(zlib.crc32(statement.encode()) % 200), statement)

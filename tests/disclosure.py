"""A holder who shows all statements of a credential by `ecdsa-sd-2023`, some of them as mandatory ones."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import cbor2
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from tests.issuer_keys import JsonObject, PrivateKey, make_key, sign

from passport.verification.canonical.contexts import bundled
from passport.verification.canonical.dataset import quads_of
from passport.verification.canonical.rdfc10 import canonicalize, relabelled
from passport.verification.multibase import encode_base64url
from passport.verification.publickeys import multikey_of
from passport.verification.suites_disclosure import DERIVED, P256_PREFIX


def disclose(credential: Mapping[str, Any], key: PrivateKey, *, mandatory: int = 4) -> JsonObject:
    """Return the credential with a derived proof by a P-256 key; `mandatory` statements cannot be left out."""
    issuer = credential["issuer"]["id"]
    proof = {
        "type": "DataIntegrityProof",
        "cryptosuite": "ecdsa-sd-2023",
        "created": "2024-03-01T10:05:00Z",
        "verificationMethod": f"{issuer}#{multikey_of(key.public_key())}",
        "proofPurpose": "assertionMethod",
    }
    options = canonicalize(quads_of({**proof, "@context": credential["@context"]}, bundled())).text
    quads = quads_of(credential, bundled())
    issued = canonicalize(quads).identifiers
    labels = {name: hashlib.sha256(name.encode()).digest() for name in issued.values()}
    lines = relabelled(quads, {node: f"_:u{encode_base64url(labels[name])}" for node, name in issued.items()})
    statement_key = make_key("P-256")
    point = statement_key.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    together = hashlib.sha256("".join(lines[:mandatory]).encode()).digest()
    base = sign(key, "ES256", hashlib.sha256(options.encode()).digest() + P256_PREFIX + point + together)
    numbered = {int(name.removeprefix("_:c14n")): label for name, label in labels.items()}
    signatures = [sign(statement_key, "ES256", line.encode()) for line in lines[mandatory:]]
    parts = [base, P256_PREFIX + point, signatures, numbered, list(range(mandatory))]
    return {**credential, "proof": proof | {"proofValue": "u" + encode_base64url(DERIVED + cbor2.dumps(parts))}}

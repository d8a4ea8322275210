"""Keys of issuers in tests: made anew, written down in every form, and signing as JOSE and Data Integrity want it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

import rfc8785
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from passport.verification.multibase import encode_base64url
from passport.verification.publickeys import multikey_of

HASHES = {"256": SHA256, "384": SHA384, "512": SHA512}
JsonObject = dict[str, Any]
PrivateKey = Any


def make_key(kind: str = "Ed25519") -> PrivateKey:
    """Return a new private key: Ed25519, P-256, P-384, P-521 or RSA (or RSA-1024)."""
    if kind.startswith("RSA"):
        return rsa.generate_private_key(65537, int(kind[4:] or 2048))
    if kind == "Ed25519":
        return ed25519.Ed25519PrivateKey.generate()
    return ec.generate_private_key({"P-256": ec.SECP256R1(), "P-384": ec.SECP384R1(), "P-521": ec.SECP521R1()}[kind])


def algorithm_of(key: PrivateKey) -> str:
    """Return the JOSE algorithm that a key is for."""
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return "EdDSA"
    if isinstance(key, rsa.RSAPrivateKey):
        return "RS256"
    return {256: "ES256", 384: "ES384", 521: "ES512"}[key.curve.key_size]


def sign(key: PrivateKey, algorithm: str, data: bytes) -> bytes:
    """Return a signature as JOSE wants it."""
    if algorithm in ("EdDSA", "Ed25519"):
        return key.sign(data)
    hashed = HASHES[algorithm[2:]]()
    if algorithm.startswith("RS"):
        return key.sign(data, padding.PKCS1v15(), hashed)
    if algorithm.startswith("PS"):
        return key.sign(data, padding.PSS(padding.MGF1(hashed), hashed.digest_size), hashed)
    r, s = decode_dss_signature(key.sign(data, ec.ECDSA(hashed)))
    size = (key.curve.key_size + 7) // 8
    return r.to_bytes(size, "big") + s.to_bytes(size, "big")


def compact(header: Mapping[str, object], payload: Mapping[str, object], key: PrivateKey) -> str:
    """Return a compact JWS; the header's `alg` says how."""
    parts = [encode_base64url(json.dumps(part).encode()) for part in (header, payload)]
    data = ".".join(parts).encode()
    return f"{data.decode()}.{encode_base64url(sign(key, str(header['alg']), data))}"


def jwk_of(key: PrivateKey) -> JsonObject:
    """Return the public part as JWK."""
    public = key.public_key()
    if isinstance(public, rsa.RSAPublicKey):
        numbers = public.public_numbers()
        n, e = (encode_base64url(v.to_bytes((v.bit_length() + 7) // 8, "big")) for v in (numbers.n, numbers.e))
        return {"kty": "RSA", "n": n, "e": e}
    if isinstance(public, ed25519.Ed25519PublicKey):
        raw = public.public_bytes(Encoding.Raw, PublicFormat.Raw)
        return {"kty": "OKP", "crv": "Ed25519", "x": encode_base64url(raw)}
    numbers, size = public.public_numbers(), (public.curve.key_size + 7) // 8
    x, y = (encode_base64url(value.to_bytes(size, "big")) for value in (numbers.x, numbers.y))
    return {"kty": "EC", "crv": f"P-{public.curve.key_size}", "x": x, "y": y}


def pem_of(key: PrivateKey) -> str:
    """Return the public part as PEM."""
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def did_key(key: PrivateKey) -> str:
    """Return the did:key of a key."""
    return f"did:key:{multikey_of(key.public_key())}"


def hash_data(document: Mapping[str, object], proof: Mapping[str, object], suite: str, key: PrivateKey) -> bytes:
    """Return what a proof signs: the hash of its own options, and that of the document."""
    wide = isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.key_size == 384
    digest = hashlib.sha384 if wide else hashlib.sha256
    canonical = rfc8785.dumps if "jcs" in suite else _rdf_canonical(digest().name)
    return digest(canonical(proof)).digest() + digest(canonical(document)).digest()


def _rdf_canonical(algorithm: str) -> Callable[[Mapping[str, object]], bytes]:
    from passport.verification.canonical.contexts import bundled
    from passport.verification.canonical.dataset import quads_of
    from passport.verification.canonical.rdfc10 import canonicalize

    return lambda document: canonicalize(quads_of(document, bundled()), hash_name=algorithm).text.encode()

"""Signatures by the keys that Data Integrity knows. The algorithm follows from the key alone, never from the proof."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import cast

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from passport.errors import PassportError
from passport.verification.publickeys import family_of

_CURVES = {"secp256r1": "P-256", "secp384r1": "P-384"}
_SIGNATURE_BYTES = {"Ed25519": 64, "P-256": 64, "P-384": 96}


class WrongKeyError(PassportError):
    """The key is of a kind that the suite does not use."""


def kind_of(key: object) -> str:
    """Return Ed25519, P-256 or P-384; the name of the type for others."""
    kind: type = type(key)
    family = family_of(kind)
    if family == "EC":
        curve: str = key.curve.name  # type: ignore[attr-defined] # as told by its family
        return _CURVES.get(curve, curve)
    return family or type(key).__name__


def hash_for(key: object, kinds: Collection[str]) -> str:
    """Return the hash that goes with a key (ECDSA Cryptosuites 1.0: SHA-384 with P-384); check its kind."""
    kind = kind_of(key)
    if kind not in kinds:
        raise WrongKeyError(f"Its proof is of a kind that is made with {' or '.join(kinds)}, and the key is {kind}.")
    return "sha384" if kind == "P-384" else "sha256"


def holds(key: object, signature: bytes, data: bytes) -> bool:
    """Return whether a signature (EdDSA, or r and s side by side) over data was made with the key."""
    kind = kind_of(key)
    if len(signature) != _SIGNATURE_BYTES.get(kind):
        return False
    try:
        if kind == "Ed25519":
            cast(Ed25519PublicKey, key).verify(signature, data)
        else:
            half = len(signature) // 2
            r, s = int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big")
            hashed = hashes.SHA384() if half == 48 else hashes.SHA256()
            cast(ec.EllipticCurvePublicKey, key).verify(encode_dss_signature(r, s), data, ec.ECDSA(hashed))
    except InvalidSignature:
        return False
    return True


def all_hold(key: ec.EllipticCurvePublicKey, signed: Iterable[tuple[bytes, bytes]]) -> bool:
    """Return whether all of many signatures of 64 bytes, each beside its data, were made with a P-256 key."""
    algorithm = ec.ECDSA(hashes.SHA256())
    try:
        for signature, data in signed:
            r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
            key.verify(encode_dss_signature(r, s), data, algorithm)
    except InvalidSignature:
        return False
    return True

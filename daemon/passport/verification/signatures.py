"""One signature over one string of bytes: the algorithms of JOSE, each with its key."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import cast

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS, PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512, HashAlgorithm

from passport.verification.publickeys import PublicKey, family_of

_HASHES: Mapping[str, HashAlgorithm] = {"256": SHA256(), "384": SHA384(), "512": SHA512()}
_PKCS1 = PKCS1v15()
_SIGNATURE_BYTES = {"ES256": 64, "ES384": 96, "ES512": 132}


def signature_holds(algorithm: str, key: PublicKey, signature: bytes, data: bytes) -> bool:
    """Return whether a signature is good; `algorithm` must be one of `algorithms_of(key)`."""
    try:
        return _CHECKS[algorithm[:2]](algorithm, key, signature, data)
    except InvalidSignature:
        return False


def _rs(algorithm: str, key: PublicKey, signature: bytes, data: bytes) -> bool:
    if family_of(type(key)) != "RSA":
        return False
    cast(RSAPublicKey, key).verify(signature, data, _PKCS1, _HASHES[algorithm[2:]])
    return True


def _ps(algorithm: str, key: PublicKey, signature: bytes, data: bytes) -> bool:
    if not isinstance(key, RSAPublicKey):
        return False
    hashed = _HASHES[algorithm[2:]]
    # RFC 7518, 3.5: the salt has the size of the hash
    key.verify(signature, data, PSS(mgf=MGF1(hashed), salt_length=hashed.digest_size), hashed)
    return True


def _es(algorithm: str, key: PublicKey, signature: bytes, data: bytes) -> bool:
    # RFC 7518, 3.4: R || S of fixed size, never DER
    if not isinstance(key, EllipticCurvePublicKey) or len(signature) != _SIGNATURE_BYTES[algorithm]:
        return False
    half = len(signature) // 2
    r, s = int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big")
    key.verify(encode_dss_signature(r, s), data, ECDSA(_HASHES[algorithm[2:]]))
    return True


def _ed(_: str, key: PublicKey, signature: bytes, data: bytes) -> bool:
    if family_of(type(key)) != "Ed25519":
        return False
    cast(Ed25519PublicKey, key).verify(signature, data)
    return True


_CHECKS: Mapping[str, Callable[[str, PublicKey, bytes, bytes], bool]] = {"RS": _rs, "PS": _ps, "ES": _es, "Ed": _ed}

"""Public keys from all forms in which issuers publish them, and what each may be used with.

The algorithm is chosen by the key, never by the signature's own header (RFC 8725, 3.1; security.md 0, finding 7).
This module and `signatures` are the ones that load `cryptography`; import them where a key is first needed.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    SECP384R1,
    SECP521R1,
    EllipticCurve,
    EllipticCurvePublicKey,
    EllipticCurvePublicNumbers,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, RSAPublicNumbers
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key
from cryptography.x509 import load_pem_x509_certificate

from passport.verification.multibase import decode_base58, decode_base64url, decode_multibase, encode_base58

PublicKey = RSAPublicKey | EllipticCurvePublicKey | Ed25519PublicKey

MIN_RSA_BITS = 2048
"""RFC 7518, 3.3: "A key of size 2048 bits or larger MUST be used"."""
MAX_RSA_BITS = 8192
"""Larger keys only cost time."""
MAX_PEM_CHARACTERS = 16_384

_CURVES: Mapping[str, type[EllipticCurve]] = {"P-256": SECP256R1, "P-384": SECP384R1, "P-521": SECP521R1}
_BY_CODE: Mapping[bytes, type[EllipticCurve] | None] = {
    b"\xed\x01": None,  # Ed25519
    b"\x80\x24": SECP256R1,
    b"\x81\x24": SECP384R1,
    b"\x82\x24": SECP521R1,
}
_RSA_CODE = b"\x85\x24"
_KNOWN_BUT_UNSUPPORTED = {b"\xe7\x01": "secp256k1", b"\xeb\x01": "BLS12-381", b"\xec\x01": "X25519", _RSA_CODE: "RSA"}
_COORDINATE_BYTES = {"P-256": 32, "P-384": 48, "P-521": 66}
_JOSE_NAMES = {"secp256r1": ("ES256",), "secp384r1": ("ES384",), "secp521r1": ("ES512",)}


class KeyFormError(ValueError):
    """A key cannot be read or must not be used; the text is a part of a sentence."""


class UnsupportedKeyError(KeyFormError):
    """A kind of key that this program does not know: no fault of the credential."""


@lru_cache(maxsize=512)
def key_from_multikey(text: str) -> PublicKey:
    """Return the key of a Multikey value (Controlled Identifiers 1.0, 2.2.2); raise KeyFormError."""
    try:
        data = decode_multibase(text)
    except ValueError as error:
        raise KeyFormError(f"the key is no multibase value: {error}") from error
    code, material = data[:2], data[2:]
    if code in _KNOWN_BUT_UNSUPPORTED:
        raise UnsupportedKeyError(f"keys of the kind {_KNOWN_BUT_UNSUPPORTED[code]} are not known in this form")
    if code not in _BY_CODE:
        raise UnsupportedKeyError("the kind of key is not known")
    curve = _BY_CODE[code]
    return _ed25519(material) if curve is None else _point(curve, material)


@lru_cache(maxsize=512)
def key_from_base58(text: str) -> PublicKey:
    """Return the key of `publicKeyBase58` (Ed25519VerificationKey2018); raise KeyFormError."""
    try:
        return _ed25519(decode_base58(text))
    except ValueError as error:
        raise KeyFormError("the key is no base58 value of 32 bytes") from error


@lru_cache(maxsize=512)
def key_from_pem(text: str) -> PublicKey:
    """Return the key of a PEM text (SubjectPublicKeyInfo, PKCS #1 or certificate); raise KeyFormError."""
    if len(text) > MAX_PEM_CHARACTERS or "PRIVATE KEY" in text:  # no sentence
        raise KeyFormError("it is no public key")
    try:
        data = text.strip().encode("ascii")
        loaded = load_pem_x509_certificate(data).public_key() if b"CERTIFICATE" in data else load_pem_public_key(data)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise KeyFormError("it is no public key in PEM") from error
    return _usable(loaded)


def key_from_jwk(jwk: Mapping[str, object]) -> PublicKey:
    """Return the key of a JSON Web Key (RFC 7517); raise KeyFormError."""
    kind = jwk.get("kty")
    if jwk.get("use", "sig") != "sig" or not _may_verify(jwk.get("key_ops")):
        raise KeyFormError("the key is not meant for signatures")
    if kind == "oct":
        raise KeyFormError("it is a shared secret, not a public key")
    fields = tuple(jwk.get(name) for name in ("kty", "crv", "n", "e", "x", "y"))
    if not all(field is None or isinstance(field, str) for field in fields):
        raise KeyFormError("a part of the key is no text")
    return _from_fields(*fields)


def same_key(one: object, other: object) -> bool:
    """Whether two public keys are the same."""
    return type(one) is type(other) and one == other


def multikey_of(key: PublicKey) -> str | None:
    """Return a key as Multikey (the part of did:key); None for kinds that have no such form here."""
    if isinstance(key, Ed25519PublicKey):
        data = b"\xed\x01" + key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    elif isinstance(key, EllipticCurvePublicKey):
        code = next(code for code, curve in _BY_CODE.items() if curve is not None and isinstance(key.curve, curve))
        data = code + key.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    else:
        return None
    return "z" + encode_base58(data)


def algorithms_of(key: PublicKey) -> tuple[str, ...]:
    """Return the JOSE algorithms that a key may be used with (RFC 7518, 3.1; RFC 8037; RFC 9864)."""
    kind = family_of(type(key))
    if kind == "RSA":
        return ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")
    return _JOSE_NAMES[key.curve.name] if kind == "EC" else ("EdDSA", "Ed25519")  # type: ignore[union-attr] # as told by its family


@lru_cache(maxsize=16)
def family_of(kind: type) -> str:
    """Return RSA, EC, Ed25519 or nothing for a type of keys: asking for an abstract class takes a microsecond."""
    families: tuple[tuple[type, str], ...] = (
        (RSAPublicKey, "RSA"),
        (EllipticCurvePublicKey, "EC"),
        (Ed25519PublicKey, "Ed25519"),
    )
    return next((name for family, name in families if issubclass(kind, family)), "")


@lru_cache(maxsize=512)
def _from_fields(
    kind: str | None, curve: str | None, n: str | None, e: str | None, x: str | None, y: str | None
) -> PublicKey:
    try:
        if kind == "RSA" and n and e:
            return _rsa(int.from_bytes(decode_base64url(n), "big"), int.from_bytes(decode_base64url(e), "big"))
        if kind == "OKP" and curve == "Ed25519" and x:
            return _ed25519(decode_base64url(x))
        if kind == "EC" and curve is not None and curve in _CURVES and x and y:
            return _coordinates(curve, decode_base64url(x), decode_base64url(y))
    except KeyFormError:
        raise
    except ValueError as error:
        raise KeyFormError(f"the key cannot be read: {error}") from error
    if kind in ("EC", "OKP") and curve and curve not in _CURVES and curve != "Ed25519":
        raise UnsupportedKeyError(f"keys on the curve {curve[:20]} are not known")
    if kind in ("RSA", "EC", "OKP"):
        raise KeyFormError("a part of the key is missing")
    raise UnsupportedKeyError("the kind of key is not known")


def _rsa(n: int, e: int) -> RSAPublicKey:
    if n.bit_length() < MIN_RSA_BITS:
        raise KeyFormError(f"the RSA key has {n.bit_length()} bits, which can be broken; {MIN_RSA_BITS} are needed")
    if n.bit_length() > MAX_RSA_BITS:
        raise UnsupportedKeyError(f"the RSA key has more than {MAX_RSA_BITS} bits")
    return RSAPublicNumbers(e, n).public_key()


def _ed25519(material: bytes) -> Ed25519PublicKey:
    if len(material) != 32:
        raise KeyFormError("an Ed25519 key has 32 bytes")
    return Ed25519PublicKey.from_public_bytes(material)


def _coordinates(curve: str, x: bytes, y: bytes) -> EllipticCurvePublicKey:
    size = _COORDINATE_BYTES[curve]
    if len(x) != size or len(y) != size:
        raise KeyFormError(f"a coordinate on {curve} has {size} bytes")
    numbers = EllipticCurvePublicNumbers(int.from_bytes(x, "big"), int.from_bytes(y, "big"), _CURVES[curve]())
    return numbers.public_key()


def _point(curve: type[EllipticCurve], material: bytes) -> EllipticCurvePublicKey:
    try:
        return EllipticCurvePublicKey.from_encoded_point(curve(), material)
    except ValueError as error:
        raise KeyFormError("the key is no point of its curve") from error


def _usable(key: object) -> PublicKey:
    if isinstance(key, RSAPublicKey):
        numbers = key.public_numbers()
        return _rsa(numbers.n, numbers.e)
    if isinstance(key, EllipticCurvePublicKey) and key.curve.name in _JOSE_NAMES:
        return key
    if isinstance(key, Ed25519PublicKey):
        return key
    raise UnsupportedKeyError("the kind of key is not known")


def _may_verify(operations: object) -> bool:
    return operations is None or (isinstance(operations, list) and "verify" in operations)

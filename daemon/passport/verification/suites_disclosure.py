"""ecdsa-sd-2023: a holder shows some statements of a credential (Data Integrity ECDSA Cryptosuites 1.0)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import ec

from passport.verification.canonical.contexts import Contexts
from passport.verification.canonical.dataset import quads_of
from passport.verification.canonical.rdfc10 import canonicalize, relabelled
from passport.verification.canonical.refusals import DocumentRefusedError, NotSupportedError
from passport.verification.multibase import decode_base64url, encode_base64url
from passport.verification.suites_keys import all_hold, holds

BASE, DERIVED = b"\xd9\x5d\x00", b"\xd9\x5d\x01"
P256_PREFIX = b"\x80\x24"
"""Multicodec of a compressed P-256 public key."""
MAX_PROOF_CHARACTERS = 1 << 20
MAX_STATEMENTS = 5_000
"""Each costs a signature of 0.06 ms; honest badges have fewer than 500."""


@dataclass(frozen=True, slots=True)
class DerivedProof:
    """What the value of a derived proof holds (parseDerivedProofValue)."""

    base_signature: bytes
    statement_key: bytes
    """Multikey bytes of the P-256 key that was made for this credential alone."""
    signatures: tuple[bytes, ...]
    labels: Mapping[str, str]
    """Canonical blank node to the label under which it was signed."""
    mandatory: frozenset[int]


def verify_disclosed(
    unsecured: Mapping[str, object], options: Mapping[str, object], value: object, key: object, contexts: Contexts
) -> bool:
    """Return whether a derived proof holds ("Verify Derived Proof (ecdsa-sd-2023)")."""
    proof = parse_derived(value)
    options_hash = hashlib.sha256(canonicalize(quads_of(options, contexts)).text.encode()).digest()
    lines = signed_lines(unsecured, proof, contexts)
    mandatory = "".join(line for index, line in enumerate(lines) if index in proof.mandatory)
    disclosed = [line for index, line in enumerate(lines) if index not in proof.mandatory]
    if len(disclosed) != len(proof.signatures) or max(proof.mandatory, default=-1) >= len(lines):
        raise DocumentRefusedError("It does not show the statements that its proof is about (ecdsa-sd-2023).")
    data = options_hash + proof.statement_key + hashlib.sha256(mandatory.encode()).digest()
    return holds(key, proof.base_signature, data) and _all_signed(disclosed, proof)


def signed_lines(unsecured: Mapping[str, object], proof: DerivedProof, contexts: Contexts) -> list[str]:
    """Return the statements as they were signed: blank nodes under the labels of the base proof, in order."""
    quads = quads_of(unsecured, contexts)
    if len(quads) > MAX_STATEMENTS:
        raise NotSupportedError(f"It has {len(quads)} statements, more than are checked one by one.")
    issued = canonicalize(quads).identifiers
    try:
        labels = {node: proof.labels[name] for node, name in issued.items()}
    except KeyError as error:
        raise DocumentRefusedError("Its proof has no label for one of its nodes (ecdsa-sd-2023).") from error
    return relabelled(quads, labels)


def _all_signed(lines: list[str], proof: DerivedProof) -> bool:
    try:
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), proof.statement_key[2:])
    except ValueError as error:
        raise DocumentRefusedError("The key within its proof is no point of P-256.") from error
    return all_hold(key, zip(proof.signatures, map(str.encode, lines), strict=True))


def parse_derived(value: object) -> DerivedProof:
    """Return the parts of a derived proofValue; a base proof is the holder's own and is *unknown*."""
    import cbor2  # noqa: PLC0415  # seldom needed

    if not isinstance(value, str) or value[:1] != "u" or len(value) > MAX_PROOF_CHARACTERS:
        raise DocumentRefusedError("The value of its proof is not written in base64url (proofValue).")
    try:
        raw = decode_base64url(value[1:])
        if raw[:3] == BASE:
            raise NotSupportedError(
                "This is the holder's own copy (a base proof of ecdsa-sd-2023); proofs for others are derived from it,"
                " and only its issuer and holder can check it."
            )
        if raw[:3] != DERIVED:
            raise DocumentRefusedError("The value of its proof is of no known form (ecdsa-sd-2023).")
        return _parts(cbor2.loads(raw[3:]))
    except (ValueError, TypeError, cbor2.CBORDecodeError) as error:
        raise DocumentRefusedError(f"The value of its proof cannot be read (proofValue): {error}.") from error


def _parts(components: object) -> DerivedProof:
    if not isinstance(components, list) or len(components) != 5:
        raise ValueError("it does not have five parts")
    base_signature, statement_key, signatures, labels, mandatory = components
    if not (_is_bytes(base_signature, 64) and _is_bytes(statement_key, 35) and statement_key[:2] == P256_PREFIX):
        raise ValueError("its signature or key has the wrong length")
    if not (isinstance(signatures, list) and all(_is_bytes(signature, 64) for signature in signatures)):
        raise ValueError("its signatures are no list of signatures")
    if not (isinstance(mandatory, list) and all(_is_index(index) for index in mandatory)):
        raise ValueError("its mandatory statements are no list of indexes")
    if len(set(mandatory)) != len(mandatory):
        raise ValueError("it names a mandatory statement twice")
    return DerivedProof(base_signature, statement_key, tuple(signatures), _labels(labels), frozenset(mandatory))


def _labels(labels: object) -> dict[str, str]:
    """Return the label map (decompressLabelMap)."""
    if not isinstance(labels, dict) or not all(_is_index(n) and _is_bytes(b, 32) for n, b in labels.items()):
        raise ValueError("its labels are no map of numbers to 32 bytes")
    if len(set(labels.values())) != len(labels):
        raise ValueError("two nodes have one label")
    return {f"_:c14n{number}": f"_:u{encode_base64url(label)}" for number, label in labels.items()}


def _is_bytes(value: object, length: int) -> bool:
    return isinstance(value, bytes) and len(value) == length


def _is_index(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0

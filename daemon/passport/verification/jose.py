"""Compact JWS: the signature of Open Badges 1.0-2.1 and of OB 3.0 credentials as JWT (RFC 7515, 7519; OB 3.0, 8.2).

The header is the attacker's as long as nothing is checked: it may name a key, but its `alg` must be one that the
key is for, and `jwk`, `jku`, `x5u`, `x5c` prove nothing of who signed (RFC 8725, 3.1 and 3.10).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from passport.badge.compact import CompactJws
from passport.verification.answers import failed, passed, unknown
from passport.verification.report import Check

if TYPE_CHECKING:
    from passport.verification.keys import KeyAnswer

ALGORITHMS = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"}
)


def algorithm_of(jws: CompactJws) -> str:
    """Return the `alg` that the header claims; empty when it claims none."""
    claimed = jws.header.get("alg")
    return claimed if isinstance(claimed, str) else ""


def key_id_of(jws: CompactJws) -> str | None:
    """Return the `kid` of the header."""
    kid = jws.header.get("kid")
    return kid if isinstance(kid, str) and kid else None


def embedded_key_of(jws: CompactJws) -> Mapping[str, object] | None:
    """Return the `jwk` of the header."""
    jwk = jws.header.get("jwk")
    return jwk if isinstance(jwk, dict) else None


def header_problem(jws: CompactJws) -> Check | None:
    """Return why a signature cannot count, as far as its header tells; None: nothing wrong."""
    algorithm = algorithm_of(jws)
    if algorithm.lower() == "none" or not algorithm:
        return failed("signature", "It says of itself that it is not signed (alg: none), so anyone could have made it.")
    if algorithm.upper().startswith("HS"):
        why = "a secret that both sides share; whoever can check it can also forge it"
        return failed("signature", f"It is signed with {why} (alg: {algorithm[:10]}).")
    if "crit" in jws.header or jws.header.get("b64", True) is not True:
        why = "demands that its reader understands something unusual (crit), and no reader of badges does"
        return failed("signature", f"The signature {why} (RFC 7515, 4.1.11).")
    if "zip" in jws.header:
        return failed("signature", "What was signed is compressed, which no standard for badges allows.")
    if algorithm not in ALGORITHMS:
        return unknown("signature", f"The algorithm {algorithm[:20]!r} of the signature is not known to this program.")
    return None


def check_signature(jws: CompactJws, key: KeyAnswer) -> Check:
    """Return whether a key made the signature; the key's kind decides which algorithm may have been used."""
    from passport.verification.publickeys import algorithms_of  # noqa: PLC0415 (hosted badges need no cryptography)
    from passport.verification.signatures import signature_holds  # noqa: PLC0415 (as above)

    if key.public_key is None:
        raise ValueError("a key is needed")
    allowed = algorithms_of(key.public_key)
    if key.algorithm in ALGORITHMS:
        allowed = tuple(algorithm for algorithm in allowed if algorithm == key.algorithm)
    if algorithm_of(jws) not in allowed:
        text = f"The signature claims to be {algorithm_of(jws)}, for which the issuer's key is not made."
        return failed("signature", text)
    if not signature_holds(algorithm_of(jws), key.public_key, jws.signature, jws.signing_input):
        return failed("signature", "The signature does not belong to this text and key: it was changed, or forged.")
    return passed("signature", f"The issuer's digital signature ({algorithm_of(jws)}) covers every word of it.")

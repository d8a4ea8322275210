"""SD-JWT: every disclosed part must be one that the issuer signed the digest of (RFC 9901, 7.1)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from passport.badge import strict_json
from passport.badge.compact import CompactJws
from passport.errors import ParseError
from passport.verification.answers import failed, unknown
from passport.verification.multibase import decode_base64url, encode_base64url
from passport.verification.report import Check

_HASHES = {"sha-256": "sha256", "sha-384": "sha384", "sha-512": "sha512"}
MAX_DISCLOSURES = 1024


def disclosure_problem(jws: CompactJws) -> Check | None:
    """Return why what an SD-JWT discloses cannot count; None: every disclosure is one of the issuer's."""
    name = jws.payload.get("_sd_alg", "sha-256")
    algorithm = _HASHES.get(name) if isinstance(name, str) else None
    if algorithm is None:
        return unknown("signature", "The way in which parts of it are hidden (_sd_alg) is not known to this program.")
    if len(jws.disclosures) > MAX_DISCLOSURES:
        return failed("signature", "It discloses more parts than any badge has.")
    try:
        values = [_value(text) for text in jws.disclosures]
    except ParseError as error:
        return failed("signature", f"A disclosed part cannot be read: {error.problem}.")
    signed = list(_digests([jws.payload, *values]))
    if len(set(signed)) != len(signed):
        return failed("signature", "Two hidden parts of it have the same digest, which RFC 9901 forbids.")
    return _unsigned(jws.disclosures, algorithm, set(signed))


def _unsigned(disclosures: Sequence[str], algorithm: str, signed: set[str]) -> Check | None:
    made = [encode_base64url(hashlib.new(algorithm, text.encode("ascii")).digest()) for text in disclosures]
    if len(set(made)) == len(made) and signed.issuperset(made):
        return None
    return failed("signature", "A disclosed part is not one that the issuer signed: it was changed or added.")


def _value(disclosure: str) -> object:
    """Return the value of a disclosure: `[salt, name, value]`, or `[salt, value]` for an item of a list."""
    try:
        parts = strict_json.loads(decode_base64url(disclosure).decode("utf-8"))
    except ValueError as error:
        raise ParseError("a disclosure", "it is no base64url of a text") from error
    if not isinstance(parts, list) or len(parts) not in (2, 3) or not isinstance(parts[0], str):
        raise ParseError("a disclosure", "it is no list of salt, name and value")
    if len(parts) == 3 and (not isinstance(parts[1], str) or parts[1] in ("_sd", "...")):
        raise ParseError("a disclosure", "its name is none that may be hidden")
    return parts[-1]


def _digests(values: list[object]) -> Iterator[str]:
    waiting = list(values)
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            hidden = item.get("_sd")
            found = [*(hidden if isinstance(hidden, list) else []), item.get("...")]
            yield from (digest for digest in found if isinstance(digest, str))
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)

"""What an SD-JWT disclosed, put back in its place (RFC 9901 section 7.1).

Only disclosures whose digest the signed payload holds count; the signature over the payload is checked elsewhere.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping

from passport.badge import strict_json
from passport.badge.compact import CompactJws, decode_base64url
from passport.errors import ParseError

MAX_DISCLOSURES = 1000
_HASHES = {"sha-256": hashlib.sha256, "sha-384": hashlib.sha384, "sha-512": hashlib.sha512}
_WHERE = "a disclosure of the SD-JWT"


def disclosed(jws: CompactJws) -> dict[str, object]:
    """Return the payload with all disclosures in place, and without `_sd`, `_sd_alg` and `...`.

    Raises:
        ParseError: an unknown hash, a malformed disclosure, one that stands twice, or one that belongs to no digest
            (RFC 9901 section 7.1, steps 3 to 5: such an SD-JWT must be refused).
    """
    algorithm = jws.payload.get("_sd_alg", "sha-256")
    digest = _HASHES.get(algorithm) if isinstance(algorithm, str) else None
    if digest is None:
        raise ParseError("_sd_alg", "the hash is not known")
    disclosures = jws.disclosures
    if len(disclosures) > MAX_DISCLOSURES:
        raise ParseError("the SD-JWT", f"it has more than {MAX_DISCLOSURES} disclosures")
    waiting: dict[str, list[object]] = {}
    for text in disclosures:
        if not text.isascii():
            raise ParseError(_WHERE, "it is not base64url")
        name = base64.urlsafe_b64encode(digest(text.encode("ascii")).digest()).rstrip(b"=").decode()
        if name in waiting:
            raise ParseError(_WHERE, "it stands twice")
        waiting[name] = _parse(text)
    result = _object(jws.payload, waiting, 1)
    if waiting:
        raise ParseError(_WHERE, "its digest is not in the signed payload, so it may be forged")
    result.pop("_sd_alg", None)
    return result


def _parse(text: str) -> list[object]:
    try:
        value = strict_json.loads(decode_base64url(text, _WHERE).decode("utf-8"))
    except UnicodeDecodeError as error:
        raise ParseError(_WHERE, "it is not UTF-8") from error
    if not isinstance(value, list) or len(value) not in {2, 3} or not all(isinstance(one, str) for one in value[:-1]):
        raise ParseError(_WHERE, "it is no array of a salt, a name and a value")
    return value


def _fill(value: object, waiting: dict[str, list[object]], depth: int) -> object:
    if not isinstance(value, dict | list):
        return value
    if depth > strict_json.MAX_DEPTH:
        raise ParseError("the SD-JWT", f"it is nested deeper than {strict_json.MAX_DEPTH} levels")
    return _object(value, waiting, depth) if isinstance(value, dict) else _array(value, waiting, depth)


def _object(value: Mapping[str, object], waiting: dict[str, list[object]], depth: int) -> dict[str, object]:
    result = {name: _fill(inner, waiting, depth + 1) for name, inner in value.items() if name != "_sd"}
    digests = value.get("_sd", [])
    for digest in digests if isinstance(digests, list) else []:
        found = _take(digest, waiting, 3)
        if found is None:
            continue
        name = str(found[1])
        if name in result or name in {"_sd", "..."}:
            raise ParseError(_WHERE, f"it would replace {name[:60]!r}")
        result[name] = _fill(found[2], waiting, depth + 1)
    return result


def _array(values: list[object], waiting: dict[str, list[object]], depth: int) -> list[object]:
    result = []
    for value in values:
        if isinstance(value, dict) and set(value) == {"..."}:
            found = _take(value["..."], waiting, 2)
            if found is not None:
                result.append(_fill(found[1], waiting, depth + 1))
        else:
            result.append(_fill(value, waiting, depth + 1))
    return result


def _take(digest: object, waiting: dict[str, list[object]], length: int) -> list[object] | None:
    """Return the disclosure of a digest; None for one that is not disclosed, or a decoy."""
    found = waiting.pop(digest, None) if isinstance(digest, str) else None
    if found is not None and len(found) != length:
        raise ParseError(_WHERE, "it stands in the wrong place")
    return found

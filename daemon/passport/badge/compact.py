"""The compact form of signed statements: JWS (RFC 7515 section 7.1), JWT, and SD-JWT (RFC 9901 section 4)."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from functools import lru_cache

from passport.badge import strict_json
from passport.errors import ParseError

_DIGITS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_STANDARD = bytes.maketrans(b"-_", b"+/")
_HEADER = "the header of the JWS"
_SPARE_BITS = {2: 15, 3: 3}
"""Length of the last group: bits of its last character that carry nothing, and must be zero (RFC 4648 section 3.5)."""


@dataclass(frozen=True, slots=True)
class CompactJws:
    """A compact JWS in its parts."""

    header: dict[str, object]
    """The protected header: what the sender claims, never a reason to trust."""
    payload: dict[str, object]
    signing_input: bytes
    """The bytes that were signed: `header.payload`, as they stand."""
    signature: bytes
    disclosures: tuple[str, ...] = ()
    """Of an SD-JWT, as they stand; empty for all else."""
    is_sd_jwt: bool = False
    key_binding: str | None = None
    """The key binding JWT at the end of an SD-JWT+KB (RFC 9901 section 4.3)."""


def parse_compact(text: str) -> CompactJws:
    """Return the parts of a compact JWS, JWT or SD-JWT.

    Raises:
        ParseError: not base64url (strictly: no padding, no stray bits), or header or payload are no strict JSON
            objects.
    """
    return _read(text, None)


def parse_again(text: str, payload: dict[str, object]) -> CompactJws:
    """Return the parts of a statement that `parse_compact` has read before, with the payload from then.

    Raises:
        ParseError: as `parse_compact`.
    """
    return _read(text, payload)


def roughly_decoded(text: str) -> str:
    """Return what the payload of a broken compact JWS seems to say; only to guess what it was meant as."""
    payload = re.sub(r"[^A-Za-z0-9_-]", "", text.partition(".")[2].partition(".")[0])
    data = base64.urlsafe_b64decode(payload[: len(payload) // 4 * 4])
    return data.decode("utf-8", "replace")


def _read(text: str, payload: dict[str, object] | None) -> CompactJws:
    jws, tilde, tail = text.strip("\ufeff \t\r\n").partition("~")
    parts = jws.split(".")
    if len(parts) != 3:
        raise ParseError("the signed statement", f"a compact JWS has three parts, this has {len(parts)}")
    header, body, signature = parts
    binding = tail.rpartition("~")[2]
    if binding and binding.count(".") != 2:
        raise ParseError("the signed statement", "what stands behind its last ~ is no JWT (RFC 9901, 4.3)")
    return CompactJws(
        header=_header(header) if len(header) <= 2048 else _json_object(header, _HEADER),
        payload=_json_object(body, "the payload of the JWS") if payload is None else payload,
        signing_input=f"{header}.{body}".encode(),
        signature=decode_base64url(signature, "the signature of the JWS"),
        disclosures=tuple(tail.split("~")[:-1]),
        is_sd_jwt=bool(tilde),
        key_binding=binding or None,
    )


def decode_base64url(text: str, where: str) -> bytes:
    """Return the bytes, refusing what a lenient reader would take in several spellings (RFC 7515 section 2)."""
    try:
        raw = text.encode("ascii")
        if b"+" in raw or b"/" in raw or b"=" in raw:
            raise ParseError(where, "it is not base64url")
        data = binascii.a2b_base64(raw.translate(_STANDARD) + b"=" * (-len(raw) % 4), strict_mode=True)
    except (UnicodeEncodeError, binascii.Error) as error:
        raise ParseError(where, "it is not base64url") from error
    spare = _SPARE_BITS.get(len(raw) % 4, 0)
    if spare and _DIGITS.index(raw[-1]) & spare:
        raise ParseError(where, "its base64url is not in the one form that is allowed")
    return data


@lru_cache(maxsize=128)
def _header(part: str) -> dict[str, object]:
    """Return a header, never to be changed: one key of an issuer stands behind many badges with the same one."""
    return _json_object(part, _HEADER)


def _json_object(part: str, where: str) -> dict[str, object]:
    try:
        text = decode_base64url(part, where).decode("utf-8")
    except UnicodeDecodeError as error:
        raise ParseError(where, "it is not UTF-8") from error
    try:
        value = strict_json.loads(text)
    except ParseError as error:
        raise ParseError(f"{where}, {error.where}", error.problem) from error
    if not isinstance(value, dict):
        raise ParseError(where, "it is no JSON object")
    return value

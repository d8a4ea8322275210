"""Multibase, base58btc and base64url, read strictly: one value has one spelling (Controlled Identifiers 1.0, 2.4)."""

from __future__ import annotations

import base64
import binascii

_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_DIGIT = {character: digit for digit, character in enumerate(_ALPHABET)}
_STEP = 10
_STEP_VALUE = 58**_STEP
MAX_BASE58_CHARACTERS = 8192
"""Longer values are never keys or signatures, and reading base58 takes quadratic time."""

_URLSAFE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
_SPARE_BITS = {2: 15, 3: 3}
"""Length of the last group: bits of its last character that carry nothing and must be zero (RFC 4648, 3.5)."""
_VALUE = {c: i for i, c in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")}


def decode_multibase(text: str) -> bytes:
    """Return the bytes of a multibase value in base58btc (`z`) or base64url without padding (`u`); raise ValueError."""
    if text[:1] == "z":
        return decode_base58(text[1:])
    if text[:1] == "u":
        return decode_base64url(text[1:])
    raise ValueError("it begins with neither z (base58btc) nor u (base64url)")


def decode_base58(text: str) -> bytes:
    """Return the bytes of a base58btc value; raise ValueError."""
    if len(text) > MAX_BASE58_CHARACTERS:
        raise ValueError("the base58 value is too long")
    value = 0
    try:
        for start in range(0, len(text), _STEP):
            part = 0
            piece = text[start : start + _STEP]
            for character in piece:
                part = part * 58 + _DIGIT[character]
            value = value * (_STEP_VALUE if len(piece) == _STEP else 58 ** len(piece)) + part
    except KeyError as error:
        raise ValueError("it holds a character that base58 does not have") from error
    zeros = len(text) - len(text.lstrip("1"))
    return bytes(zeros) + value.to_bytes((value.bit_length() + 7) // 8, "big")


def encode_base58(data: bytes) -> str:
    """Return bytes in base58btc."""
    value, text = int.from_bytes(data, "big"), ""
    while value:
        value, digit = divmod(value, 58)
        text = _ALPHABET[digit] + text
    return "1" * (len(data) - len(data.lstrip(b"\0"))) + text


def decode_base64url(text: str) -> bytes:
    """Return the bytes of a base64url value without padding (RFC 7515, 2); raise ValueError for other spellings."""
    if not _URLSAFE.issuperset(text):
        raise ValueError("it holds a character that base64url does not have")
    rest = len(text) % 4
    if rest == 1 or (rest and _VALUE[text[-1]] & _SPARE_BITS[rest]):
        raise ValueError("its last character carries bits that belong to nothing")
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error as error:
        raise ValueError("it is no base64url") from error


def encode_base64url(data: bytes) -> str:
    """Return bytes in base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")

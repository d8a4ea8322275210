"""JSON Canonicalization Scheme (RFC 8785)."""

from __future__ import annotations

import json
import re

from passport.verification.canonical.refusals import DocumentRefusedError

MAX_INTEGER = 2**53 - 1
"""RFC 8785, 3.2.2.3: numbers are those of IEEE 754."""
_SORTS_OTHERWISE = re.compile("[\ue000-\U0010ffff]")
"""Characters by which UTF-16, in whose order names are sorted (3.2.3), may differ from the order of code points."""
_ENCODER = json.JSONEncoder(ensure_ascii=False, check_circular=False, sort_keys=True, separators=(",", ":"))


def canonicalize(document: object) -> bytes:
    """Return the canonical bytes; refuse what RFC 8785 cannot write (integers beyond 2^53, lone surrogates).

    Python's own encoder writes texts, truth values and small integers as RFC 8785 does, in a tenth of the time; what
    holds other numbers, or characters that may be sorted otherwise, is left to the library.
    """
    if _is_plain(document):
        text = _ENCODER.encode(document)
        if text.isascii() or not _SORTS_OTHERWISE.search(text):
            return _in_bytes(text)
    return canonicalize_by_library(document)


def canonicalize_by_library(document: object) -> bytes:
    """Return the same for any document, slowly."""
    import rfc8785  # noqa: PLC0415  # loaded when first needed

    try:
        return rfc8785.dumps(document)  # type: ignore[arg-type]  # checked by the library
    except (rfc8785.CanonicalizationError, UnicodeEncodeError) as error:
        raise DocumentRefusedError(f"The document has no canonical JSON form (RFC 8785): {error}.") from error


def _in_bytes(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise DocumentRefusedError("The document holds half of a character, so it has no canonical form.") from error


def _is_plain(document: object) -> bool:
    """Return whether a document holds nothing but objects with texts as names, lists, texts, and small integers."""
    waiting = [document]
    while waiting:
        value = waiting.pop()
        kind = type(value)
        if kind is dict:
            if not all(type(name) is str for name in value):  # type: ignore[attr-defined] # it is a dict
                return False
            waiting += [one for one in value.values() if type(one) is not str]  # type: ignore[attr-defined] # as above
        elif kind is list:
            waiting += [one for one in value if type(one) is not str]  # type: ignore[attr-defined] # it is a list
        elif kind is int:
            if not -MAX_INTEGER <= value <= MAX_INTEGER:  # type: ignore[operator] # it is an integer
                return False
        elif kind is not bool and value is not None and kind is not str:
            return False
    return True

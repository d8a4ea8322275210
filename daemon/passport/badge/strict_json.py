"""JSON as a verifier must read it: what two readers could take for two different things is refused.

`json`, like most readers, lets the last of two equal names win, takes `NaN` and `1e999`, and passes lone
surrogates on (security.md 0, finding 6). RFC 8259 section 4 and I-JSON (RFC 7493 section 2) say why that is unsafe.
"""

from __future__ import annotations

import json
import math
import re
from itertools import pairwise
from typing import NoReturn

from passport.errors import ParseError

MAX_CHARACTERS = 1 << 20
"""Longest text that is read (security.md 2.3)."""
MAX_DEPTH = 64
"""Deepest nesting of objects and arrays (security.md 3, JSON)."""
MAX_NUMBER_CHARACTERS = 64
"""Longest number literal: no badge counts higher, and long ones cost quadratic time."""

# Strings are matched whole (possessively, so in one pass), so that brackets inside them do not count.
_TOKEN = re.compile(r'"(?:[^"\\]++|\\.|\\\Z)*+(?:"|\Z)|[\[{]|[\]}]', re.DOTALL)
_SURROGATE = re.compile("[\ud800-\udfff]")
_ESCAPED_TROUBLE = re.compile(r"\\u(?:[dD][89a-fA-F]|0000)")


def loads(text: str, *, max_characters: int = MAX_CHARACTERS) -> object:
    """Return the value of a JSON text.

    Args:
        text: the JSON, which may start with a byte order mark.
        max_characters: the longest text that is read; more than the usual for what holds many badges.

    Raises:
        ParseError: not JSON; or duplicate names, deeper than `MAX_DEPTH`, longer than `max_characters`, `NaN`,
            `Infinity`, overlong numbers, lone surrogates, U+0000.
    """
    text = text.removeprefix("\ufeff")
    if len(text) > max_characters:
        raise ParseError("the JSON text", f"it is longer than {max_characters:,} characters")
    if not text.isascii() and _SURROGATE.search(text):
        raise ParseError("the JSON text", "it holds half of a surrogate pair, which is no character")
    value = _load_plain(text) if text[:1] == "{" else _load(text)
    if text.count("{") + text.count("[") > MAX_DEPTH and _is_deep(value):  # so few cannot be nested deeper
        _refuse_depth(text)
    if "\\u" in text and _ESCAPED_TROUBLE.search(text):
        _check_strings(value)
    return value


def object_spans(text: str) -> list[tuple[int, int]]:
    """Return where each object of a JSON text stands (start, end), in the order of their starts."""
    spans: list[tuple[int, int]] = []
    waiting: list[int] = []
    for token in _TOKEN.finditer(text):
        character = text[token.start()]
        if character == "{":
            waiting.append(len(spans))
            spans.append((token.start(), -1))
        elif character == "}" and waiting:
            index = waiting.pop()
            spans[index] = (spans[index][0], token.end())
    return spans


def _is_deep(value: object) -> bool:
    """Return whether objects and arrays are nested deeper than allowed, level by level."""
    level = [value]
    for _ in range(MAX_DEPTH):
        below: list[object] = []
        for item in level:
            inner = item.values() if isinstance(item, dict) else item if isinstance(item, list) else ()
            below += [one for one in inner if type(one) is dict or type(one) is list]
        if not below:
            return False
        level = below
    return True


def _refuse_depth(text: str) -> None:
    """Say where it is nested too deep, if it is."""
    depth = 0
    for token in _TOKEN.finditer(text):
        character = text[token.start()]
        if character in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise ParseError(_line(text, token.start()), f"it is nested deeper than {MAX_DEPTH} levels")
        elif character in "]}":
            depth -= 1


def _load_plain(text: str) -> object:
    """Return what nearly all texts are: an object with nothing before it."""
    try:
        value, end = _DECODER.raw_decode(text)
    except (ValueError, RecursionError):
        return _load(text)  # which says what is wrong
    return value if end == len(text) or not text[end:].strip(" \t\n\r") else _load(text)


def _load(text: str) -> object:
    try:
        return _DECODER.decode(text)
    except json.JSONDecodeError as error:
        _refuse_depth(text)
        raise ParseError(f"line {error.lineno}, column {error.colno}", f"this is not JSON: {error.msg}") from error
    except RecursionError as error:
        _refuse_depth(text)
        raise ParseError("the JSON text", "this is not JSON") from error
    except ValueError as error:
        raise ParseError("the JSON text", "this is not JSON") from error


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = sorted(name for name, _ in pairs)
        twice = next(name for name, following in pairwise(names) if name == following)
        raise ParseError(f'"{twice[:60]}"', "the same name stands twice in one object; readers would disagree")
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise ParseError(name, "this is no JSON number")


def _integer(literal: str) -> int:
    _check_number(literal)
    return int(literal)


def _finite(literal: str) -> float:
    _check_number(literal)
    number = float(literal)
    if not math.isfinite(number):
        raise ParseError(literal, "the number is too large")
    return number


def _check_number(literal: str) -> None:
    if len(literal) > MAX_NUMBER_CHARACTERS:
        raise ParseError(literal[:20] + "…", f"the number has more than {MAX_NUMBER_CHARACTERS} characters")


def _check_strings(value: object) -> None:
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            _check_string(item)
        elif isinstance(item, dict):
            waiting.extend(item)
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)


def _check_string(text: str) -> None:
    if _SURROGATE.search(text):
        raise ParseError("a string", "it holds half of a surrogate pair, which is no character")
    if "\0" in text:
        raise ParseError("a string", "it holds U+0000, which is no text")


def _line(text: str, position: int) -> str:
    return f"line {text.count(chr(10), 0, position) + 1}"


# json.loads makes a decoder for each call; this one keeps nothing between calls
_DECODER = json.JSONDecoder(
    object_pairs_hook=_unique, parse_constant=_refuse_constant, parse_int=_integer, parse_float=_finite
)

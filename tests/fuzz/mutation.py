"""Changing inputs: bytes as they come, and JSON as the tree that it is.

Used by itself where atheris is not there, and by atheris for half of what it tries with JSON (a random byte seldom
leaves JSON that is still JSON).
"""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator, Sequence
from typing import Any

LEAVES: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    1,
    2**31,
    2**53 + 1,
    2**64,
    10**400,
    -0.0,
    1.5,
    1e308,
    "",
    " ",
    "\0",
    "é",
    "\u202e",
    "\ud800",
    "x" * 300,
    "https://issuer.example/",
    "http://[",
    "https://[::1",
    "//x",
    "did:key:z6Mk",
    "did:web:a%3A1",
    "did:",
    "data:,x",
    "urn:uuid:1",
    "2024-01-01T00:00:00Z",
    "2024-01-01",
    "0000-00-00T00:00:00Z",
    "9999-12-31T23:59:59Z",
    "eyJ.eyJ.e",
    "z1",
    "u2V0B",
    "@id",
    "@value",
    "sha256$ab",
    "#",
    ":",
    "%",
    "é=",
    "AAAA",
    [],
    {},
    [[]],
    [{}],
    {"": 0},
    {"id": 1},
    {"@id": "x"},
    ["x", 1, None],
    {"type": []},
    {"@value": 1, "@type": "x"},
)
NAMES = (
    "id",
    "type",
    "@context",
    "@type",
    "@id",
    "@value",
    "proof",
    "issuer",
    "name",
    "image",
    "url",
    "value",
    "",
    "$ref",
)
MAX_PLACES = 2000


def mutated(data: bytes, chance: random.Random, words: Sequence[bytes], others: Sequence[bytes], limit: int) -> bytes:
    """Return bytes that differ in a few places."""
    out = bytearray(data)
    for _ in range(1 << chance.randrange(4)):
        CHANGES[chance.randrange(len(CHANGES))](out, chance, words, others)
    return bytes(out[:limit])


def _flip(out: bytearray, chance: random.Random, _: Sequence[bytes], __: Sequence[bytes]) -> None:
    if out:
        out[chance.randrange(len(out))] ^= 1 << chance.randrange(8)


def _set(out: bytearray, chance: random.Random, _: Sequence[bytes], __: Sequence[bytes]) -> None:
    if out:
        out[chance.randrange(len(out))] = chance.choice((0, 0xFF, 0x80, 0x7F, ord("/"), chance.randrange(256)))


def _delete(out: bytearray, chance: random.Random, _: Sequence[bytes], __: Sequence[bytes]) -> None:
    start = chance.randrange(len(out) + 1)
    del out[start : start + (1 << chance.randrange(8))]


def _repeat(out: bytearray, chance: random.Random, _: Sequence[bytes], __: Sequence[bytes]) -> None:
    start = chance.randrange(len(out) + 1)
    piece = out[start : start + (1 << chance.randrange(6))]
    out[start:start] = piece * (1 << chance.randrange(7))


def _insert(out: bytearray, chance: random.Random, words: Sequence[bytes], _: Sequence[bytes]) -> None:
    start = chance.randrange(len(out) + 1)
    out[start:start] = chance.choice(words) if words and chance.random() < 0.7 else chance.randbytes(4)


def _splice(out: bytearray, chance: random.Random, _: Sequence[bytes], others: Sequence[bytes]) -> None:
    other = chance.choice(others) if others else b""
    start, begin = chance.randrange(len(out) + 1), chance.randrange(len(other) + 1)
    out[start : start + chance.randrange(64)] = other[begin : begin + chance.randrange(256)]


def _cut(out: bytearray, chance: random.Random, _: Sequence[bytes], __: Sequence[bytes]) -> None:
    del out[chance.randrange(len(out) + 1) :]


CHANGES = (_flip, _flip, _set, _set, _delete, _repeat, _insert, _insert, _splice, _cut)


def mutated_json(data: bytes, chance: random.Random) -> bytes | None:
    """Return JSON that differs in a few places; None: it is no JSON."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return None
    for _ in range(1 << chance.randrange(3)):
        value = _changed(value, chance)
    try:
        return json.dumps(value).encode()
    except (ValueError, RecursionError):
        return None


def _changed(value: Any, chance: random.Random) -> Any:
    places = list(_places(value))
    if not places:
        return _leaf(chance)
    box, key = chance.choice(places)
    how = chance.randrange(8)
    if how < 4:
        box[key] = _leaf(chance)
    elif how == 4:
        del box[key]
    elif how == 5:
        box[key] = [box[key], _leaf(chance)] if chance.random() < 0.5 else {chance.choice(NAMES): box[key]}
    elif how == 6:
        _add(box, chance)
    else:
        other, name = chance.choice(places)
        box[key] = json.loads(json.dumps(other[name]))  # a copy: no value may hold itself
    return value


def _leaf(chance: random.Random) -> Any:
    return copy.deepcopy(chance.choice(LEAVES))


def _add(box: Any, chance: random.Random) -> None:
    if isinstance(box, dict):
        box[chance.choice(NAMES)] = _leaf(chance)
    else:
        box.append(_leaf(chance))


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    waiting, count = [value], 0
    while waiting and count < MAX_PLACES:
        box = waiting.pop()
        for key in list(box) if isinstance(box, dict) else range(len(box)) if isinstance(box, list) else ():
            count += 1
            yield box, key
            if isinstance(box[key], dict | list):
                waiting.append(box[key])

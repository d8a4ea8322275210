"""The value of a derived proof (ecdsa-sd-2023) is taken apart; every other form is refused with a reason."""

from __future__ import annotations

from typing import Any

import cbor2
import pytest

from passport.verification.canonical.refusals import DocumentRefusedError, NotSupportedError
from passport.verification.multibase import encode_base64url
from passport.verification.suites_disclosure import BASE, DERIVED, MAX_PROOF_CHARACTERS, P256_PREFIX, parse_derived

KEY = P256_PREFIX + b"\x02" + b"k" * 32
PARTS: list[Any] = [b"b" * 64, KEY, [b"s" * 64, b"t" * 64], {0: b"l" * 32, 1: b"m" * 32}, [0, 2]]


def written(parts: object, head: bytes = DERIVED) -> str:
    return "u" + encode_base64url(head + cbor2.dumps(parts))


def test_a_derived_proof_is_taken_apart() -> None:
    proof = parse_derived(written(PARTS))
    assert (proof.base_signature, proof.statement_key, proof.signatures) == (PARTS[0], KEY, (b"s" * 64, b"t" * 64))
    assert proof.labels == {f"_:c14n{n}": f"_:u{encode_base64url(label)}" for n, label in PARTS[3].items()}
    assert proof.mandatory == {0, 2}


@pytest.mark.parametrize(
    ("place", "value", "words"),
    [
        (0, b"b" * 63, "wrong length"),
        (0, "b" * 64, "wrong length"),
        (1, KEY[:-1], "wrong length"),
        (1, b"\x81" + KEY[1:], "wrong length"),
        (2, b"s" * 64, "no list of signatures"),
        (2, [b"s" * 64, b"t" * 65], "no list of signatures"),
        (3, [], "no map"),
        (3, {"0": b"l" * 32}, "no map"),
        (3, {-1: b"l" * 32}, "no map"),
        (3, {True: b"l" * 32}, "no map"),
        (3, {0: b"l" * 31}, "no map"),
        (3, {0: b"l" * 32, 1: b"l" * 32}, "two nodes have one label"),
        (4, 7, "no list of indexes"),
        (4, [-1], "no list of indexes"),
        (4, [True], "no list of indexes"),
        (4, [1, 1], "twice"),
    ],
)
def test_parts_of_another_form_are_refused(place: int, value: object, words: str) -> None:
    with pytest.raises(DocumentRefusedError, match=words):
        parse_derived(written([*PARTS[:place], value, *PARTS[place + 1 :]]))


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (written(PARTS[:4]), "five parts"),
        (written([*PARTS, 1]), "five parts"),
        (written({}), "five parts"),
        (written(PARTS, b"\xd9\x5d\x02"), "no known form"),
        (written(PARTS)[:-9], "cannot be read"),
        ("z" + written(PARTS)[1:], "base64url"),
        (written(PARTS)[1:], "base64url"),
        (7, "base64url"),
        ("u" + "A" * MAX_PROOF_CHARACTERS, "base64url"),
        ("u!", "cannot be read"),
    ],
)
def test_what_is_no_derived_proof_is_refused(value: object, words: str) -> None:
    with pytest.raises(DocumentRefusedError, match=words):
        parse_derived(value)


def test_the_holders_own_proof_is_no_fault() -> None:
    with pytest.raises(NotSupportedError, match="base proof"):
        parse_derived(written(PARTS, BASE))

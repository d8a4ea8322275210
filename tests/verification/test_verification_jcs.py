"""Canonical JSON: the quick way writes what the library writes, and what it may not write is refused."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passport.verification.canonical.jcs import canonicalize, canonicalize_by_library
from passport.verification.canonical.refusals import DocumentRefusedError

# the places where orders and escapes differ: controls, quotes, DEL, the private area, beyond the BMP
TEXTS = st.text(st.sampled_from('ab"\\/\x00\x08\x1f\x7f\u20ac\ue000\uffff\U00010000\U0010ffff\n\t'), max_size=6)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**54), 2**54) | st.floats(allow_nan=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
@settings(max_examples=400, deadline=None)
def test_it_is_what_the_library_writes(value):
    try:
        wanted = canonicalize_by_library(value)
    except DocumentRefusedError:
        with pytest.raises(DocumentRefusedError):
            canonicalize(value)
        return
    assert canonicalize(value) == wanted


@pytest.mark.parametrize("number", [2**53, -(2**53), 10**400, math.inf, math.nan])
def test_numbers_beyond_the_domain_are_refused(number):
    with pytest.raises(DocumentRefusedError):
        canonicalize({"a": [number]})


@pytest.mark.parametrize("text", ["\ud800", "a\udfffb"])
def test_halves_of_characters_are_refused(text):
    for document in ({text: 1}, {"a": text}, [text]):
        with pytest.raises(DocumentRefusedError):
            canonicalize(document)


def test_names_are_sorted_by_utf_16():
    document = json.loads('{"\\ufb33": 1, "\\ud83d\\ude00": 2, "a": 3}')
    assert canonicalize(document).decode() == '{"a":3,"\U0001f600":2,"\ufb33":1}'

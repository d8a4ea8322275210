"""Strict JSON: what is refused outnumbers what is taken."""

import contextlib
import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passport.badge import strict_json
from passport.errors import ParseError

TAKEN = {
    "an object": ('{"a": [1, 2.5, "x", null, true]}', {"a": [1, 2.5, "x", None, True]}),
    "a byte order mark": ('\ufeff{"a": 1}', {"a": 1}),
    "brackets in strings": ('{"a": "[[[{{{\\""}', {"a": '[[[{{{"'}),
    "an escaped pair of surrogates": ('"\\ud83d\\ude00"', "😀"),
    "the text backslash-u0000": ('"\\\\u0000"', "\\u0000"),
    "64 levels": ("[" * 64 + "]" * 64, None),
    "64 levels, and many side by side": ("[[],{}," * 63 + "[]" + "]" * 63, None),
    "a number of 64 digits": ("9" * 64, int("9" * 64)),
    "large but honest": ("123456789012345678901234567890", 123456789012345678901234567890),
}
REFUSED = {
    "nothing": "",
    "a word": "badge",
    "single quotes": "{'a': 1}",
    "a trailing comma": '{"a": 1,}',
    "a comment": '{"a": 1} // x',
    "two values": "{} {}",
    "cut off": '{"a": "b',
    "cut off behind a backslash": '{"a": "b\\',
    "duplicate names": '{"a": 1, "a": 1}',
    "duplicate names, escaped": '{"a": 1, "\\u0061": 1}',
    "duplicate names far inside": '{"x": [{"y": {"a": 1, "b": 2, "a": 3}}]}',
    "NaN": '{"a": NaN}',
    "Infinity": "[Infinity]",
    "minus Infinity": "[-Infinity]",
    "a float beyond all": "1e999",
    "a negative float beyond all": "-1e999",
    "a number of 5000 digits": "9" * 5000,
    "65 levels": "[" * 65 + "]" * 65,
    "65 levels, and many side by side": "[[],{}," * 64 + "[]" + "]" * 64,
    "65 levels of objects behind strings": '{"]":"}","a":' * 65 + "1" + "}" * 65,
    "a number of 65 digits": "9" * 65,
    "a fraction of 65 digits": "0." + "9" * 65,
    "100000 levels": "[" * 100_000,
    "100000 levels of objects": '{"a":' * 100_000,
    "a lone surrogate, escaped": '"\\ud800"',
    "a lone surrogate as a name": '{"\\udfff": 1}',
    "a lone surrogate, raw": '"\ud800"',
    "U+0000": '"a\\u0000b"',
    "U+0000, raw": '"a\0b"',
    "a raw line feed in a string": '"a\nb"',
    "more than a megabyte": '"' + "x" * (1 << 20) + '"',
    "a leading zero": "[01]",
    "a plus": "[+1]",
    "hexadecimal": "[0x10]",
}


@pytest.mark.parametrize("name", TAKEN)
def test_taken(name):
    text, value = TAKEN[name]
    assert value is None or strict_json.loads(text) == value
    strict_json.loads(text)


def test_the_place_is_named():
    for text, where in (("\n\n" + "[" * 70, "line 3"), ('{"a": 1,\n "b" 2}', "line 2, column 6")):
        with pytest.raises(ParseError) as refusal:
            strict_json.loads(text)
        assert refusal.value.where == where


@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_place_and_reason(name):
    with pytest.raises(ParseError) as refusal:
        strict_json.loads(REFUSED[name])
    assert refusal.value.where
    assert refusal.value.problem


@pytest.mark.parametrize(
    "text", ['\\"' * 500_000, '"' * 1_000_000, "[]" * 500_000, '{"a":"' + "\\\\" * 500_000, '"\\u00' * 200_000]
)
def test_takes_no_more_than_linear_time(text):
    started = time.process_time()
    with pytest.raises(ParseError):
        strict_json.loads(text)
    assert time.process_time() - started < 6


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-(2**53), 2**53)
        | st.text(st.characters(codec="utf-8", exclude_characters="\0")),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(st.text(st.characters(codec="utf-8", exclude_characters="\0")), inner, max_size=4)
        ),
    )
)
def test_agrees_with_json_on_what_it_takes(value):
    assert strict_json.loads(json.dumps(value)) == value
    assert strict_json.loads(json.dumps(value, ensure_ascii=False)) == value


@given(st.text())
def test_raises_nothing_else(text):
    with contextlib.suppress(ParseError):
        strict_json.loads(text)

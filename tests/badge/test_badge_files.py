"""The library's two functions, and what stays out of reach of `import passport`."""

import json
import subprocess
import sys

import pytest
from tests.badge.pictures import ASSERTION, CREDENTIAL, JWS, OTHER_ASSERTION, png, svg, text_chunk

import passport
from passport.errors import BakingError


def test_bake_and_unbake():
    for picture in (png(), svg()):
        for statement in (ASSERTION, CREDENTIAL, JWS):
            assert passport.unbake(passport.bake(picture, statement)) == [statement]


@pytest.mark.parametrize(
    "file", [b"", b"x", b"{}", b"[]", json.dumps({"name": "x"}).encode(), png(), svg(), b"\xff\xd8\xff"]
)
def test_nothing_in_it(file):
    assert passport.unbake(file) == []


@pytest.mark.parametrize("text", [ASSERTION, CREDENTIAL, JWS])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_raw_files(text, encoding):
    assert passport.unbake(text.encode(encoding)) == [text]


def test_ambiguous():
    with pytest.raises(BakingError, match="different"):
        passport.unbake(
            png(text_chunk("iTXt", b"openbadges", ASSERTION), text_chunk("iTXt", b"openbadges", OTHER_ASSERTION))
        )


def test_reading_a_png_does_not_load_what_is_heavy():
    heavy = ("pypdf", "PIL", "cryptography")
    code = f"import sys; from passport.badge import baking, parsing; print([m for m in {heavy} if m in sys.modules])"
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONPATH": "daemon"}
    )
    assert ran.stdout.strip() == "[]"

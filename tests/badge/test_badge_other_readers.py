"""Our walkers beside others' (security 2.3): we read what they read, or we refuse. None of them is always right.

openbadges-bakery (1EdTech's reference) gives the first of several statements and looks at no checksum; pngcheck tells
whether a picture is whole, and which chunks it has.
"""

from __future__ import annotations

import importlib.util
import io
import json
import random
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.badge.pictures import (
    ASSERTION,
    CREDENTIAL,
    OTHER_ASSERTION,
    URL,
    cdata,
    new_element,
    old_element,
    png,
    svg,
    text_chunk,
)

from passport.badge.baking import bake, unbake

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:rfc3986")
needs_bakery = pytest.mark.skipif(
    importlib.util.find_spec("openbadges_bakery") is None, reason="openbadges-bakery is not there"
)
needs_pngcheck = pytest.mark.skipif(shutil.which("pngcheck") is None, reason="pngcheck is not there")
JWS = "eyJhbGciOiJSUzI1NiJ9.eyJ1aWQiOiJhIn0.c2ln"
OURS = re.compile(r"\A(?:iTXt|tEXt|zTXt) [\s\S]*keyword: (openbadges|openbadgecredential)$", re.MULTILINE)
KEYWORDS = (b"openbadges", b"openbadgecredential", b"Comment")


def pictures(count: int, seed: int) -> list[bytes]:
    """Pictures with text chunks of all kinds in all places, half of them damaged."""
    chance = random.Random(seed)

    def some() -> list[bytes]:
        kinds = chance.choices(("iTXt", "tEXt", "zTXt", "compressed"), k=chance.choice((0, 0, 1, 1, 2)))
        said = (ASSERTION, OTHER_ASSERTION, URL, CREDENTIAL.replace("⚓", ""), "")
        return [text_chunk(kind, chance.choice(KEYWORDS), chance.choice(said)) for kind in kinds]

    made = []
    for number in range(count):
        file = bytearray(png(*some(), behind=some(), after_end=b"".join(some() if chance.random() < 0.2 else [])))
        if number % 2:
            at = chance.randrange(8, len(file))
            file[at : at + chance.randrange(3)] = chance.randbytes(chance.randrange(3))
        made.append(bytes(file))
    return made


def read_by_bakery(file: bytes) -> str | None:
    """What it reads; None: nothing, or it cannot."""
    from openbadges_bakery import unbake as theirs

    try:
        return theirs(io.BytesIO(file))
    except Exception:  # noqa: BLE001 (it declares nothing)
        return None


@needs_bakery
def test_bakery_reads_the_same_or_we_refuse() -> None:
    compared = 0
    for file in pictures(300, 1):
        ours, theirs = unbake(file), read_by_bakery(file)
        if theirs is None or not theirs.strip() or ours.problem:
            continue
        texts = [one.text.strip() for one in ours.statements]
        assert theirs.strip() in texts or ours.notes, (texts, theirs)
        compared += 1
    assert compared > 20


@needs_bakery
@pytest.mark.parametrize("statement", [ASSERTION, JWS, URL])
@pytest.mark.parametrize("picture", [png(), svg()], ids=["png", "svg"])
def test_what_one_bakes_the_other_reads(picture: bytes, statement: str) -> None:
    from openbadges_bakery import bake as their_bake

    baked = their_bake(io.BytesIO(picture), statement).read()
    found = unbake(baked)
    assert found.problem is None
    assert statement in [one.text for one in found.statements]
    back = read_by_bakery(bake(picture, statement))
    hosted = json.loads(statement)["id"] if statement == ASSERTION else ""
    assert back in {statement, hosted}, "of a hosted badge in an SVG it reads the address alone"


@needs_bakery
@pytest.mark.parametrize(
    "inner",
    [
        old_element(cdata(ASSERTION)),
        old_element(cdata(ASSERTION), verify=URL),
        old_element(cdata(OTHER_ASSERTION), verify=URL),
        old_element(verify=JWS),
        old_element(cdata(ASSERTION)) + old_element(cdata(OTHER_ASSERTION)),
        old_element(cdata(ASSERTION)) + new_element(cdata(CREDENTIAL)),
        old_element(cdata("")),
        old_element(ASSERTION.replace('"', "&quot;")),
        old_element("<b/>" + cdata(ASSERTION)),
        old_element(cdata(ASSERTION), prefix="ob"),
    ],
)
def test_of_an_svg_bakery_reads_the_same_or_we_refuse(inner: str) -> None:
    file = svg(inner)
    ours, theirs = unbake(file), read_by_bakery(file)
    if ours.problem or not theirs:
        return  # it wants the prefix and CDATA; we want one statement
    assert any(theirs.strip() in one.text for one in ours.statements)


@needs_pngcheck
def test_pngcheck_sees_the_same_chunks_or_we_say_what_is_wrong(tmp_path: Path) -> None:
    good = bad = 0
    for number, file in enumerate(pictures(120, 2)):
        path = tmp_path / f"{number}.png"
        path.write_bytes(file)
        done = subprocess.run(["pngcheck", "-v", path], capture_output=True, check=False)
        said = done.stdout.decode("utf-8", "replace")
        blocks = [block for block in said.split("\n  chunk ") if re.search(OURS, block)]
        found = unbake(file)
        if done.returncode == 0:
            assert bool(blocks) == bool(found.statements or found.problem), said
            good += 1
        elif any("CRC error" in block or "EOF" in block for block in blocks):
            assert found.problem or found.notes, said
            bad += 1
    assert good > 40
    assert bad > 2


@needs_pngcheck
@pytest.mark.parametrize("statement", [ASSERTION, CREDENTIAL, JWS, URL])
def test_what_we_bake_is_a_whole_picture(statement: str, tmp_path: Path) -> None:
    path = tmp_path / "badge.png"
    path.write_bytes(bake(png(), statement))
    assert subprocess.run(["pngcheck", "-q", path], capture_output=True, check=False).returncode == 0

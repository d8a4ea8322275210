"""Rosettes as pixels: small, of few colours, and right upon both papers."""

import io
from importlib.resources import files

import pytest
from PIL import Image

from passport.look.rosette import INKS as HOW_MANY
from passport.look.rosette import Rosette
from passport.sharing.engraving import INKS, SHAPES, engraved

PAPERS = ("#fffdf8", "#191f2d")


def rgb(colour: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(colour.removeprefix("#")))


def test_each_ink_is_that_of_the_style_sheet_upon_both_papers():
    tokens = (files("passport.web") / "static" / "css" / "tokens.css").read_text(encoding="utf-8")
    assert len(INKS) == HOW_MANY
    for number, inks in enumerate(INKS):
        for letter, (*colour, opacity) in zip(("", "b"), inks, strict=True):
            named = tokens.split(f"--ink-{number}{letter}: light-dark(")[1].split(")")[0].split(", ")
            for paper, wanted in zip(PAPERS, named, strict=True):
                seen = [opacity * ink + (1 - opacity) * white for ink, white in zip(colour, rgb(paper), strict=True)]
                assert all(abs(got - want) < 13 for got, want in zip(seen, rgb(wanted), strict=True)), (number, letter)


@pytest.mark.parametrize(("shape", "size"), [("face", (212, 172)), ("face2", (424, 343)), ("whole", (128, 128))])
def test_a_rosette_is_a_small_picture_of_few_colours(shape, size):
    drawn = engraved(Rosette.of("https://aalto.example"), shape)
    with Image.open(io.BytesIO(drawn)) as picture:
        assert picture.format == "PNG"
        assert picture.size == size
        assert picture.mode == "P"
        seen = picture.convert("RGBA")
    clear = sum(pixel[3] == 0 for pixel in seen.get_flattened_data())
    assert 0.1 < clear / (size[0] * size[1]) < 0.95
    assert len(drawn) < 64_000


def test_an_issuer_has_the_same_picture_and_another_one_another():
    one, again, other = (engraved(Rosette.of(name), "whole") for name in ("a", "a", "b"))
    assert one == again != other
    assert set(SHAPES) == {"face", "face2", "whole"}

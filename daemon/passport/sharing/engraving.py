"""The rosette of an issuer as pixels, for pages that show many: a drawing of lines costs a tab twenty times as much.

One picture serves by day and by night. Its inks let the paper through, so that upon each of the two papers they give
what the style sheets name for it (`tokens.css`).
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

from passport.look.rosette import Rosette, outlines

if TYPE_CHECKING:
    from PIL.Image import Image

INKS: tuple[tuple[tuple[int, int, int, float], tuple[int, int, int, float]], ...] = (
    ((151, 124, 62, 0.53), (150, 120, 48, 0.34)),
    ((165, 96, 97, 0.51), (171, 92, 90, 0.32)),
    ((93, 122, 170, 0.53), (90, 122, 174, 0.33)),
    ((92, 135, 92, 0.52), (93, 137, 84, 0.33)),
    ((169, 124, 18, 0.53), (174, 127, 8, 0.34)),
    ((128, 100, 160, 0.51), (128, 95, 157, 0.32)),
)
"""Red, green, blue and opacity of the first and the second ink of each `ink-N`."""
FACE = (2 / 3, 0.54)
"""The part of its side that a card shows, around the middle: across and down."""
SHAPES = {"face": (318, FACE), "face2": (636, FACE), "whole": (128, (1.0, 1.0))}
"""By name: the side of the whole rosette in pixels, and the part of it that is in the picture."""
_LINE = 9 / 4000
"""Width of a line, as a part of the side."""
_LEVELS = 8
"""How many strengths of an ink a picture has: with two inks few enough for a small palette."""
_FINER = 3
"""Drawn so much larger and shrunk, for smooth edges."""


def engraved(rosette: Rosette, shape: str) -> bytes:
    """Return a rosette as PNG, in one of SHAPES."""
    from PIL import Image as images  # noqa: N813, PLC0415 (heavy; a module of functions)
    from PIL import ImageChops as compose  # noqa: N813, PLC0415 (heavy; a module of functions)

    side, part = SHAPES[shape]
    size = (round(side * part[0]), round(side * part[1]))
    lines = list(outlines(rosette, side * _FINER))
    fine = [line for line, is_fine in zip(lines, _fine(rosette), strict=True) if is_fine]
    bold = [line for line, is_fine in zip(lines, _fine(rosette), strict=True) if not is_fine]
    first, second = (_strengths(drawn, side, size) for drawn in (bold, fine))
    second = second.point([level + _LEVELS if level else 0 for level in range(256 - _LEVELS)] + [255] * _LEVELS)
    picture = images.frombytes("P", size, compose.lighter(first, second).tobytes())
    colours = _colours(rosette.ink)
    picture.putpalette([part for colour in colours for part in colour[:3]])
    out = io.BytesIO()
    picture.save(out, "PNG", transparency=bytes(colour[3] for colour in colours), optimize=True)
    return out.getvalue()


def _fine(rosette: Rosette) -> list[bool]:
    """Return for each outline whether it is drawn in the second ink."""
    return [band.fine for band in rosette.bands for _ in range(band.petals)]


def _strengths(lines: Sequence[Sequence[tuple[float, float]]], side: int, size: tuple[int, int]) -> Image:
    """Return how strongly each pixel is inked, 0 to _LEVELS - 1."""
    from PIL import Image as images  # noqa: N813, PLC0415 (heavy; a module of functions)
    from PIL import ImageDraw as drawing  # noqa: N813, PLC0415 (heavy; a module of functions)

    left, top = ((side - length) * _FINER / 2 for length in size)
    canvas = images.new("L", (size[0] * _FINER, size[1] * _FINER))
    pen = drawing.Draw(canvas)
    width = max(round(side * _FINER * _LINE), 1)
    for line in lines:
        moved = [(x - left, y - top) for x, y in line]
        pen.line([*moved, moved[0]], fill=255, width=width)
    return canvas.reduce(_FINER).point([round(level * (_LEVELS - 1) / 255) for level in range(256)])


def _colours(ink: int) -> list[tuple[int, int, int, int]]:
    """Return the palette: the strengths of the first ink, then those of the second."""
    return [
        (red, green, blue, round(255 * opacity * level / (_LEVELS - 1)))
        for red, green, blue, opacity in INKS[ink]
        for level in range(_LEVELS)
    ]

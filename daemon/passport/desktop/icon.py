"""The tray's icon: a small passport with a rosette, and a mark when something wants a look."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

SIZE = 64
SCALE = 4
"""Drawn larger and shrunk, for smooth edges."""
COVER = (122, 31, 53, 255)
GOLD = (250, 246, 238, 255)
AMBER = (230, 150, 30, 255)


def draw_icon(*, paused: bool = False, problem: bool = False) -> Image:
    """Return the icon, 64 x 64 RGBA."""
    from PIL import Image as images  # noqa: N813, PLC0415 (heavy; a module of functions) (heavy; a daemon without a tray never needs it)
    from PIL import ImageDraw as drawing  # noqa: N813, PLC0415 (heavy; a module of functions)

    side = SIZE * SCALE
    picture = images.new("RGBA", (side, side), (0, 0, 0, 0))
    pen = drawing.Draw(picture)
    pen.rounded_rectangle((side * 0.14, side * 0.04, side * 0.86, side * 0.96), radius=side * 0.1, fill=COVER)
    draw_rosette(pen, side)
    pen.rounded_rectangle((side * 0.34, side * 0.78, side * 0.66, side * 0.82), radius=side * 0.02, fill=GOLD)
    if paused:
        draw_pause(pen, side)
    elif problem:
        draw_problem(pen, side)
    return picture.resize((SIZE, SIZE), images.Resampling.LANCZOS)


def draw_rosette(pen: ImageDraw, side: int) -> None:
    """Draw a ring of twelve petals."""
    middle, radius = (side * 0.5, side * 0.42), side * 0.22
    points = []
    for step in range(240):
        angle = math.tau * step / 240
        reach = radius * (0.86 + 0.14 * math.cos(12 * angle))
        points.append((middle[0] + reach * math.cos(angle), middle[1] + reach * math.sin(angle)))
    pen.line([*points, points[0]], fill=GOLD, width=int(side * 0.03), joint="curve")
    inner = radius * 0.45
    pen.ellipse((middle[0] - inner, middle[1] - inner, middle[0] + inner, middle[1] + inner), fill=GOLD)


def draw_pause(pen: ImageDraw, side: int) -> None:
    """Draw two bars in the corner."""
    pen.ellipse((side * 0.54, side * 0.54, side, side), fill=(28, 35, 51, 255))
    for left in (0.68, 0.79):
        pen.rectangle((side * left, side * 0.66, side * (left + 0.07), side * 0.88), fill=GOLD)


def draw_problem(pen: ImageDraw, side: int) -> None:
    """Draw an exclamation mark in the corner."""
    pen.ellipse((side * 0.54, side * 0.54, side, side), fill=AMBER)
    pen.rectangle((side * 0.735, side * 0.62, side * 0.805, side * 0.8), fill=(28, 35, 51, 255))
    pen.ellipse((side * 0.73, side * 0.84, side * 0.81, side * 0.92), fill=(28, 35, 51, 255))

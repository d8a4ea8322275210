"""What many cards share: the plate with an issuer's rosette, and the stamp of a verdict and a day."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from passport.look.rosette import Rosette, outlines
from passport.look.words import Form, Word
from passport.sharing.card_fonts import SANS, SERIF, Fonts

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

WIDTH, HEIGHT = 1200, 630
PAPER, LEAF, INK, QUIET, LINE = "#faf6ee", "#fffdf8", "#1c2333", "#646a78", "#e4dccb"
ROSETTE = "#d8cdb5"
TONES = {"verified": "#12705a", "unconfirmed": "#8a5a00", "expired": "#5c5a78"}
MIDDLE = (300, 315)
SIDE, STAMP = 610, 640
STAMP_SIZE = 196
_FORMAL = frozenset({Form.DIAMOND, Form.HOLLOW, Form.OCTAGON})


def plate(issuer: str) -> Image:
    """Return the card without anything of the badge: leaf and paper, and the issuer's guilloche."""
    from PIL import Image as images  # noqa: N813, PLC0415 (heavy; a module of functions) (heavy)
    from PIL import ImageDraw as drawing  # noqa: N813, PLC0415 (heavy; a module of functions)

    card = images.new("RGB", (WIDTH, HEIGHT), PAPER)
    pen = drawing.Draw(card)
    pen.rectangle((0, 0, 600, HEIGHT), fill=LEAF)
    pen.line((600, 0, 600, HEIGHT), fill=LINE, width=2)
    lines = images.new("L", (SIDE * 2, SIDE * 2), 0)
    engraver = drawing.Draw(lines)
    for points in outlines(Rosette.of(issuer), SIDE * 2):
        engraver.line([*points, points[0]], fill=255, width=2)
    mask = lines.reduce(2)  # drawn twice as large: Pillow's lines have hard edges
    card.paste(ROSETTE, (MIDDLE[0] - SIDE // 2, MIDDLE[1] - SIDE // 2), mask)
    return card


def stamp(fonts: Fonts, word: Word, verdict: str, date: str) -> Image:
    """Return the stamp, slightly turned; only what was verified gets a whole ring."""
    from PIL import Image as images  # noqa: N813, PLC0415 (heavy; a module of functions) (heavy)
    from PIL import ImageDraw as drawing  # noqa: N813, PLC0415 (heavy; a module of functions)

    made = images.new("RGBA", (STAMP, STAMP), (0, 0, 0, 0))
    pen, tone = drawing.Draw(made), TONES.get(verdict, "#b3261e")
    ring(pen, word.form, tone)
    straight = word.form is Form.SQUARE or word.form in _FORMAL
    for text, over in (("BADGE PASSPORT", True), (date.upper(), False)):
        (letters_between if straight else letters_along)(fonts, made, text, tone, over=over)
    band(fonts, pen, word, tone)
    turned = made.rotate(11, resample=images.Resampling.BICUBIC)
    return turned.resize((STAMP_SIZE, STAMP_SIZE), images.Resampling.LANCZOS)


def band(fonts: Fonts, pen: ImageDraw, word: Word, tone: str) -> None:
    """Draw the word between its two lines."""
    label, size = word.word.upper(), 92
    while fonts.length(label, SERIF, size, 700) > STAMP * 0.8 and size > 30:
        size -= 4
    high, low = STAMP * 0.4, STAMP * 0.6
    pen.rectangle((STAMP * 0.05, high, STAMP * 0.95, low), fill=LEAF)
    for y in (high, low):
        pen.line((STAMP * 0.05, y, STAMP * 0.95, y), fill=tone, width=7)
    fonts.write(pen, (STAMP / 2, STAMP / 2), label, tone, (SERIF, size, 700), middle=True)


def ring(pen: ImageDraw, form: Form, tone: str) -> None:
    """Draw the outer form, on a ground that lets little of the picture through."""
    box = (STAMP * 0.03, STAMP * 0.03, STAMP * 0.97, STAMP * 0.97)
    ground, half = (255, 253, 248, 224), STAMP / 2
    if form is Form.SQUARE:
        square = (STAMP * 0.1, STAMP * 0.1, STAMP * 0.9, STAMP * 0.9)
        pen.rounded_rectangle(square, radius=40, fill=ground, outline=tone, width=14)
    elif form in _FORMAL:
        corners = [(half, 12), (STAMP - 12, half), (half, STAMP - 12), (12, half)]
        pen.polygon(corners, fill=ground, outline=tone, width=14)
    else:
        pen.ellipse(box, fill=ground)
        if form is Form.FULL:
            pen.ellipse(box, outline=tone, width=15)
            pen.ellipse((STAMP * 0.21, STAMP * 0.21, STAMP * 0.79, STAMP * 0.79), outline=tone, width=5)
        else:
            for start in range(0, 360, 30):
                pen.arc(box, start, start + (30 if form is Form.PLAIN else 18), fill=tone, width=10)


def letters_between(fonts: Fonts, made: Image, text: str, tone: str, *, over: bool) -> None:
    """Write letters on a straight line above or below the word."""
    from PIL import ImageDraw as drawing  # noqa: N813, PLC0415 (heavy; a module of functions) (heavy)

    size = 50
    while fonts.length(text, SANS, size, 700) > STAMP * 0.56 and size > 20:
        size -= 4
    place = (STAMP / 2, STAMP * (0.28 if over else 0.72))
    fonts.write(drawing.Draw(made), place, text, tone, (SANS, size, 700), middle=True)


def letters_along(fonts: Fonts, made: Image, text: str, tone: str, *, over: bool) -> None:
    """Write letters along the upper or the lower half of the ring."""
    from PIL import Image as images  # noqa: N813, PLC0415 (heavy; a module of functions) (heavy)
    from PIL import ImageDraw as drawing  # noqa: N813, PLC0415 (heavy; a module of functions)

    radius, step = STAMP * 0.385, min(9.2, 128 / max(1, len(text)))
    start = -step * (len(text) - 1) / 2
    for place, letter in enumerate(text):
        turn = start + step * place
        tile = images.new("RGBA", (100, 100), (0, 0, 0, 0))
        fonts.write(drawing.Draw(tile), (50, 50), letter, tone, (SANS, 54, 700), middle=True)
        tile = tile.rotate(-turn if over else turn, resample=images.Resampling.BICUBIC)
        x = STAMP / 2 + radius * math.sin(math.radians(turn)) - 50
        y = STAMP / 2 - (1 if over else -1) * radius * math.cos(math.radians(turn)) - 50
        made.alpha_composite(tile, (int(x), int(y)))

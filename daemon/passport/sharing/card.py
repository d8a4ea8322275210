"""The picture of a shared badge: 1200 x 630, paper and ink, the issuer's rosette, the badge and the stamp.

Drawn from our own PNG of the badge, never from the issuer's file.
"""

from __future__ import annotations

import io
import math
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources
from shutil import which
from typing import TYPE_CHECKING

from passport.look.rosette import Rosette, outlines
from passport.look.words import Form, word_for

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont

WIDTH, HEIGHT = 1200, 630
PAPER, LEAF, INK, QUIET, LINE, BRAND = "#faf6ee", "#fffdf8", "#1c2333", "#646a78", "#e4dccb", "#7a1f35"
TONES = {"verified": "#12705a", "unconfirmed": "#8a5a00", "expired": "#5c5a78"}
SERIF, SANS = "fraunces", "figtree"
MIDDLE = (300, 315)
SCALE = 2
"""Drawn larger and shrunk, for fine lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardBadge:
    """What stands on the card."""

    name: str
    issuer: str
    issuer_id: str | None = None
    issuer_identity: str | None = None
    verdict: str = "verified"
    date: str = ""
    picture: bytes | None = None
    """PNG, made by us."""
    owner: str = ""


def draw_card(badge: CardBadge) -> bytes:
    """Return the card as PNG."""
    from PIL import Image as images  # noqa: N813, PLC0415 (heavy)
    from PIL import ImageDraw as drawing  # noqa: N813, PLC0415

    card = images.new("RGB", (WIDTH * SCALE, HEIGHT * SCALE), PAPER)
    pen = drawing.Draw(card)
    pen.rectangle((0, 0, 600 * SCALE, HEIGHT * SCALE), fill=LEAF)
    draw_rosette(pen, badge.issuer_id or badge.issuer)
    pen.line((600 * SCALE, 0, 600 * SCALE, HEIGHT * SCALE), fill=LINE, width=2 * SCALE)
    if badge.picture:
        paste_picture(card, badge.picture)
    draw_words(pen, badge)
    card = card.resize((WIDTH, HEIGHT), images.Resampling.LANCZOS)
    paste_stamp(card, badge)
    stream = io.BytesIO()
    card.save(stream, "PNG", optimize=True)
    return stream.getvalue()


def draw_rosette(pen: ImageDraw, issuer: str) -> None:
    """Draw the issuer's guilloche behind the picture."""
    side = 620 * SCALE
    left, top = MIDDLE[0] * SCALE - side / 2, MIDDLE[1] * SCALE - side / 2
    for points in outlines(Rosette.of(issuer), side):
        line = [(left + x, top + y) for x, y in points]
        pen.line([*line, line[0]], fill=LINE, width=SCALE)


def paste_picture(card: Image, picture: bytes) -> None:
    """Put the badge in the middle of the rosette."""
    from PIL import Image as images  # noqa: N813, PLC0415

    with images.open(io.BytesIO(picture), formats=["PNG"]) as opened:
        badge = opened.convert("RGBA")
    badge.thumbnail((270 * SCALE, 270 * SCALE), images.Resampling.LANCZOS)
    place = (MIDDLE[0] * SCALE - badge.width // 2, MIDDLE[1] * SCALE - badge.height // 2)
    card.paste(badge, place, badge)


def draw_words(pen: ImageDraw, badge: CardBadge) -> None:
    """Write what, from whom, when and by whom."""
    size = 62 if len(badge.name) < 28 else 50 if len(badge.name) < 60 else 40
    top = 130.0
    for line in wrapped(badge.name, SERIF, size, 500, most=4):
        pen.text((656 * SCALE, top * SCALE), line, fill=INK, font=font_for(line, SERIF, size * SCALE, 600))
        top += size * 1.16
    top += 22
    for line in wrapped(badge.issuer, SANS, 32, 500, most=2):
        pen.text((656 * SCALE, top * SCALE), line, fill=INK, font=font_for(line, SANS, 32 * SCALE, 500))
        top += 42
    below = " · ".join(part for part in (badge.date, badge.owner) if part)
    for line in wrapped(below, SANS, 27, 500, most=2):
        pen.text((656 * SCALE, (top + 6) * SCALE), line, fill=QUIET, font=font_for(line, SANS, 27 * SCALE, 400))
        top += 36
    pen.text((656 * SCALE, 556 * SCALE), "Badge Passport", fill=BRAND, font=font_for("B", SERIF, 26 * SCALE, 600))


def paste_stamp(card: Image, badge: CardBadge) -> None:
    """Press the stamp on the edge of the picture; only what was verified gets a whole ring."""
    from PIL import Image as images  # noqa: N813, PLC0415
    from PIL import ImageDraw as drawing  # noqa: N813, PLC0415

    side = 640
    stamp = images.new("RGBA", (side, side), (0, 0, 0, 0))
    pen = drawing.Draw(stamp)
    word = word_for(badge.verdict, badge.issuer_identity)
    tone = TONES.get(badge.verdict, "#b3261e")
    ring(pen, side, word.form, tone)
    along(stamp, "BADGE PASSPORT", side, tone)
    label = word.word.upper()
    size = 92
    while font_for(label, SERIF, size, 700).getlength(label) > side * 0.78 and size > 30:
        size -= 4
    pen.rectangle((side * 0.06, side * 0.4, side * 0.94, side * 0.6), fill=(255, 253, 248, 255))
    pen.line((side * 0.06, side * 0.4, side * 0.94, side * 0.4), fill=tone, width=6)
    pen.line((side * 0.06, side * 0.6, side * 0.94, side * 0.6), fill=tone, width=6)
    pen.text((side / 2, side / 2), label, fill=tone, font=font_for(label, SERIF, size, 700), anchor="mm")
    stamp = stamp.rotate(11, resample=images.Resampling.BICUBIC).resize((190, 190), images.Resampling.LANCZOS)
    card.paste(stamp, (400, 392), stamp)


def ring(pen: ImageDraw, side: int, form: Form, tone: str) -> None:
    """Draw the outer form of the stamp."""
    box = (side * 0.03, side * 0.03, side * 0.97, side * 0.97)
    inner = (side * 0.2, side * 0.2, side * 0.8, side * 0.8)
    if form is Form.FULL:
        pen.ellipse(box, outline=tone, width=14)
        pen.ellipse(inner, outline=tone, width=5)
    elif form is Form.SQUARE:
        pen.rounded_rectangle((side * 0.12, side * 0.12, side * 0.88, side * 0.88), radius=40, outline=tone, width=14)
    elif form in {Form.DIAMOND, Form.HOLLOW, Form.OCTAGON}:
        half = side / 2
        pen.polygon([(half, 12), (side - 12, half), (half, side - 12), (12, half)], outline=tone, width=14)
    else:
        for start in range(0, 360, 30):
            pen.arc(box, start, start + (30 if form is Form.PLAIN else 18), fill=tone, width=10)


def along(stamp: Image, text: str, side: int, tone: str) -> None:
    """Write letters along the upper half of a ring."""
    from PIL import Image as images  # noqa: N813, PLC0415
    from PIL import ImageDraw as drawing  # noqa: N813, PLC0415

    face = font_for(text, SANS, 54, 700)
    radius, step = side * 0.385, 9.2
    start = -step * (len(text) - 1) / 2
    for place, letter in enumerate(text):
        turn = start + step * place
        tile = images.new("RGBA", (100, 100), (0, 0, 0, 0))
        drawing.Draw(tile).text((50, 50), letter, fill=tone, font=face, anchor="mm")
        tile = tile.rotate(-turn, resample=images.Resampling.BICUBIC)
        x = side / 2 + radius * math.sin(math.radians(turn)) - 50
        y = side / 2 - radius * math.cos(math.radians(turn)) - 50
        stamp.alpha_composite(tile, (int(x), int(y)))


def wrapped(text: str, family: str, size: int, width: int, *, most: int) -> list[str]:
    """Return the text in lines of at most `width`; what is more than `most` lines ends in an ellipsis."""
    lines: list[str] = []
    for word in pieces(text, family, size, width):
        candidate = f"{lines[-1]} {word}" if lines else word
        if lines and font_for(candidate, family, size, 600).getlength(candidate) <= width:
            lines[-1] = candidate
        else:
            lines.append(word)
    if len(lines) > most:
        lines = [*lines[: most - 1], lines[most - 1].rstrip() + "…"]
    return lines


def pieces(text: str, family: str, size: int, width: int) -> Iterable[str]:
    """Yield words; one that is wider than the line is cut."""
    for word in text.split():
        rest = word
        while rest:
            cut = len(rest)
            while cut > 1 and font_for(rest, family, size, 600).getlength(rest[:cut]) > width:
                cut -= 1
            yield rest[:cut]
            rest = rest[cut:]


def font_for(text: str, family: str, size: float, weight: int) -> FreeTypeFont:
    """Return our own font where it has all characters, else the system's that fontconfig names for them."""
    from PIL import ImageFont  # noqa: PLC0415

    folder = resources.files("passport.web") / "static" / "fonts"
    plain = all(ord(character) < 0x250 or 0x2010 <= ord(character) <= 0x203A for character in text)
    files = {SERIF: "fraunces-latin-opsz-normal.woff2", SANS: "figtree-latin-wght-normal.woff2"}
    extended = {SERIF: "fraunces-latin-ext-opsz-normal.woff2", SANS: "figtree-latin-ext-wght-normal.woff2"}
    latin = all(ord(character) < 0x100 or 0x2010 <= ord(character) <= 0x203A for character in text)
    found = None if plain else system_font(text)
    if found is not None:
        return ImageFont.truetype(found, size)
    name = files[family] if latin else extended[family]
    face = ImageFont.truetype(io.BytesIO((folder / name).read_bytes()), size)
    axes = face.get_variation_axes()
    values = [float(weight) if axis["name"] == b"Weight" else 72.0 for axis in axes]
    face.set_variation_by_axes(values)
    return face


def system_font(text: str) -> str | None:
    """Return the file of a font that has the first character that ours lack; None where fontconfig is missing."""
    command = which("fc-match")
    other = next((character for character in text if ord(character) >= 0x250), None)
    if command is None or other is None:
        return None
    line = [command, "-f", "%{file}", f":charset={ord(other):x}"]
    try:
        done = subprocess.run(line, capture_output=True, text=True, timeout=5, check=False)  # noqa: S603 (no shell)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() or None

"""The picture of a shared badge: 1200 x 630, paper and ink, the issuer's rosette, the badge and the stamp.

Drawn from our own PNG of the badge, never from the issuer's file. What many cards share (the plate of an issuer, the
stamp of a day, fonts) is drawn once by a `CardPainter`; a further card then costs little more than its own words.
"""

from __future__ import annotations

import io
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar
from unicodedata import category, normalize

from passport.look.words import UNCONFIRMED_NAME, is_name_confirmed, word_for
from passport.sharing.card_fonts import SANS, SERIF, Fonts
from passport.sharing.card_plate import HEIGHT, INK, MIDDLE, QUIET, TONES, plate, stamp

if TYPE_CHECKING:
    from PIL.Image import Image

    from passport.speech import Speech

K = TypeVar("K")
V = TypeVar("V")

BRAND = "#7a1f35"
_NO_LETTERS = frozenset({"So", "Sk", "Cn", "Co", "Cs"})
JOINERS = "\u200c\u200d"
"""Arabic and Indic letters need them; left over from pictographs they are of no use."""
_NO_JOINERS = dict.fromkeys(map(ord, JOINERS))
_PLAINER = {0x2010: "-", 0x2011: "-", **dict.fromkeys(range(0xFE00, 0xFE10))}
"""Hyphens that our fonts lack, and variation selectors (Unicode 23.4)."""
PICTURE, NEARLY = 256, 30
LEFT, ROOM, TOP, BOTTOM = 656, 490, 70, 540
"""Where the words stand: the left edge, how wide, from where to where."""
STAMP_AT = (398, 388)
KEPT_PLATES, KEPT_STAMPS, KEPT_LINES = 64, 64, 256
AROUND = 4
"""Pixels around a line: letters may reach beyond where they begin."""


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
    checked: str = ""
    """When it was checked, as people write it; on the stamp."""
    texts: Mapping[str, str] = field(default_factory=dict)
    """The words that are ours (`own_words`), as the owner reads them; those that are not here stay English."""

    def said(self, text: str) -> str:
        """Return a text of ours in the owner's language."""
        return self.texts.get(text, text)


def own_words(verdict: str, issuer_identity: str | None, say: Speech) -> dict[str, str]:
    """Return what a card says in our own words, in the language of the owner."""
    return {text: say(text) for text in (word_for(verdict, issuer_identity).word, UNCONFIRMED_NAME)}


def draw_card(badge: CardBadge) -> bytes:
    """Return one card as PNG."""
    return CardPainter().png(badge)


@dataclass(slots=True)
class CardPainter:
    """Draws cards, one after the other. For one thread."""

    fonts: Fonts = field(default_factory=Fonts)
    _plates: dict[str, Image] = field(default_factory=dict)
    _stamps: dict[tuple[str, ...], Image] = field(default_factory=dict)
    _lines: dict[tuple[str, tuple[str, float, int]], Image] = field(default_factory=dict)
    """What was written beside names, as masks: by text and font."""

    def png(self, badge: CardBadge) -> bytes:
        """Return the card as PNG: every pixel as drawn, for posts."""
        stream = io.BytesIO()
        self.draw(badge).save(stream, "PNG", compress_level=6)
        return stream.getvalue()

    def jpeg(self, badge: CardBadge) -> bytes:
        """Return the card as JPEG: a third of the size, a tenth of the time, for pages. Colours at half the grain."""
        stream = io.BytesIO()
        self.draw(badge).save(stream, "JPEG", quality=90, subsampling=2)
        return stream.getvalue()

    def draw(self, badge: CardBadge) -> Image:
        """Return the card."""
        card = self._plate(badge.issuer_id or badge.issuer).copy()
        if badge.picture:
            paste_picture(card, badge.picture)
        else:
            self._seal(card, badge.name)
        self._write(card, badge)
        pressed = self._stamp(badge)
        card.paste(pressed, STAMP_AT, pressed)
        return card

    def _plate(self, issuer: str) -> Image:
        from PIL import ImageDraw as drawing  # noqa: N813, PLC0415 (heavy)

        found = kept(self._plates, issuer, KEPT_PLATES)
        if found is None:
            found = self._plates[issuer] = plate(issuer)
            self.fonts.write(drawing.Draw(found), (LEFT, HEIGHT - 74), "Badge Passport", BRAND, (SERIF, 26, 600))
        return found

    def _stamp(self, badge: CardBadge) -> Image:
        word = word_for(badge.verdict, badge.issuer_identity)
        word = replace(word, word=badge.said(word.word))
        key = (word.form.value, word.word, badge.checked, badge.verdict)
        found = kept(self._stamps, key, KEPT_STAMPS)
        return found or self._stamps.setdefault(key, stamp(self.fonts, word, badge.verdict, badge.checked))

    def _seal(self, card: Image, name: str) -> None:
        """A badge whose picture cannot be drawn gets a plain seal with its first letter, as in the gallery."""
        from PIL import ImageDraw  # noqa: PLC0415 (heavy)

        pen, letter = ImageDraw.Draw(card), next((sign for sign in name.upper() if sign.isalnum()), "·")
        for reach, width in ((128, 4), (112, 2)):
            box = (MIDDLE[0] - reach, MIDDLE[1] - reach, MIDDLE[0] + reach, MIDDLE[1] + reach)
            pen.ellipse(box, outline=QUIET, width=width)
        self.fonts.write(pen, MIDDLE, letter, QUIET, (SERIF, 120, 600), middle=True)

    def _write(self, card: Image, badge: CardBadge) -> None:
        """Write what, from whom, when and by whom, in the middle of the right half."""
        from PIL import ImageDraw  # noqa: PLC0415 (heavy)

        pen, lines = ImageDraw.Draw(card), self.lines(badge)
        height = sum(step for *_, step in lines)
        top = max(TOP, (TOP + BOTTOM - height) / 2)
        for text, family, size, weight, ink, step in lines:
            font = (family, size, weight)
            if family == SERIF:
                self.fonts.write(pen, (LEFT, round(top)), text, ink, font)
            else:  # most cards of an owner share these
                self._again(card, (LEFT, round(top)), text, ink, font)
            top += step

    def _again(self, card: Image, place: tuple[int, int], text: str, ink: str, font: tuple[str, float, int]) -> None:
        """Write a line that may have been written before."""
        from PIL import Image as images  # noqa: N813, PLC0415 (heavy)
        from PIL import ImageDraw  # noqa: PLC0415 (heavy)

        key = (text, font)
        line = kept(self._lines, key, KEPT_LINES)
        if line is None:
            width, height = math.ceil(self.fonts.length(text, *font)), math.ceil(font[1] * 1.6)
            line = images.new("L", (width + 2 * AROUND, height + 2 * AROUND))
            self.fonts.write(ImageDraw.Draw(line), (AROUND, AROUND), text, 255, font)
            self._lines[key] = line
        card.paste(ink, (place[0] - AROUND, place[1] - AROUND), line)

    def lines(self, badge: CardBadge) -> list[tuple[str, str, int, int, str, float]]:
        """Return the lines: text, family, size, weight, ink, and the way to the next line."""
        size = 62 if len(badge.name) < 28 else 50 if len(badge.name) < 60 else 40
        below = " · ".join(part for part in (badge.date, badge.owner) if part)
        doubt = "" if is_name_confirmed(badge.issuer_identity) else badge.said(UNCONFIRMED_NAME)
        parts = (
            (badge.name, SERIF, size, 600, INK, size * 1.16, 4),
            (badge.issuer, SANS, 32, 500, INK, 42.0, 2),
            (doubt, SANS, 24, 500, TONES["unconfirmed"], 40.0, 2),
            (below, SANS, 27, 400, QUIET, 38.0, 2),
        )
        lines = []
        for text, family, points, weight, ink, step, most in parts:
            wrapped = self.fonts.wrapped(lettered(text), family, points, weight, ROOM, most=most)
            lines += [(line, family, points, weight, ink, step) for line in wrapped]
            if wrapped and family == SERIF:
                lines.append((" ", family, points, weight, ink, 20.0))
        return lines


def lettered(text: str) -> str:
    """Return text without pictographs, which fonts for letters do not have, and without what is not seen."""
    composed = normalize("NFC", text).translate(_PLAINER)
    left = "".join(sign for sign in composed if sign.isascii() or _is_letter(sign))
    return left if any(sign >= "\u0590" and sign.isalpha() for sign in left) else left.translate(_NO_JOINERS)


def _is_letter(sign: str) -> bool:
    """Whether letters' fonts may have it."""
    kind = category(sign)
    return sign in JOINERS or (kind != "Cf" and (sign < "\u2300" or kind not in _NO_LETTERS))


def kept(drawn: dict[K, V], key: K, most: int) -> V | None:
    """Return what was drawn before; make room where there is none for more."""
    found = drawn.get(key)
    if found is None and len(drawn) >= most:
        del drawn[next(iter(drawn))]
    return found


def paste_picture(card: Image, picture: bytes) -> None:
    """Put the badge in the middle of the rosette."""
    from PIL import Image as images  # noqa: N813, PLC0415 (heavy)

    with images.open(io.BytesIO(picture), formats=["PNG"]) as opened:
        opened.load()
        badge = opened if opened.mode == "RGBA" else opened.convert("RGBA")
    if abs(max(badge.size) // 2 - PICTURE) <= NEARLY:
        badge = badge.reduce(2)  # the usual size: a tenth of the time, and as good at exactly a half
    else:
        scale = PICTURE / max(badge.size)
        size = (max(1, round(badge.width * scale)), max(1, round(badge.height * scale)))
        badge = badge.resize(size, images.Resampling.LANCZOS)
    card.paste(badge, (MIDDLE[0] - badge.width // 2, MIDDLE[1] - badge.height // 2), badge)

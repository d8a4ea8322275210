"""The picture of a shared badge: 1200 x 630, paper and ink, the issuer's rosette, the badge and the stamp.

Drawn from our own PNG of the badge, never from the issuer's file. What many cards share (the plate of an issuer, the
stamp of a day, fonts) is drawn once by a `CardPainter`; a further card then costs little more than its own words.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar
from unicodedata import category

from passport.look.words import UNCONFIRMED_NAME, is_name_confirmed, word_for
from passport.sharing.card_fonts import SANS, SERIF, Fonts
from passport.sharing.card_plate import HEIGHT, INK, MIDDLE, QUIET, TONES, plate, stamp
from passport.speech import ENGLISH, Speech

if TYPE_CHECKING:
    from PIL.Image import Image

K = TypeVar("K")
V = TypeVar("V")

BRAND = "#7a1f35"
_NO_LETTERS = frozenset({"So", "Sk", "Cn", "Co", "Cs"})
PICTURE, NEARLY = 256, 30
LEFT, ROOM, TOP, BOTTOM = 656, 490, 70, 540
"""Where the words stand: the left edge, how wide, from where to where."""
STAMP_AT = (398, 388)
KEPT_PLATES, KEPT_STAMPS = 64, 64


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
    say: Speech = ENGLISH
    """The language of the words that are ours."""


def draw_card(badge: CardBadge) -> bytes:
    """Return one card as PNG."""
    return CardPainter().png(badge)


@dataclass(slots=True)
class CardPainter:
    """Draws cards, one after the other. For one thread."""

    fonts: Fonts = field(default_factory=Fonts)
    _plates: dict[str, Image] = field(default_factory=dict)
    _stamps: dict[tuple[str, ...], Image] = field(default_factory=dict)

    def png(self, badge: CardBadge) -> bytes:
        """Return the card as PNG: every pixel as drawn, for posts."""
        stream = io.BytesIO()
        self.draw(badge).save(stream, "PNG", compress_level=6)
        return stream.getvalue()

    def jpeg(self, badge: CardBadge) -> bytes:
        """Return the card as JPEG with whole colours: a third of the size, a tenth of the time, for pages."""
        stream = io.BytesIO()
        self.draw(badge).save(stream, "JPEG", quality=88, subsampling=0)
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
            ours = self.fonts.get("B", SERIF, 26, 600)
            drawing.Draw(found).text((LEFT, HEIGHT - 74), "Badge Passport", fill=BRAND, font=ours)
        return found

    def _stamp(self, badge: CardBadge) -> Image:
        word = word_for(badge.verdict, badge.issuer_identity)
        word = replace(word, word=badge.say(word.word))
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
        pen.text(MIDDLE, letter, fill=QUIET, font=self.fonts.get(letter, SERIF, 120, 600), anchor="mm")

    def _write(self, card: Image, badge: CardBadge) -> None:
        """Write what, from whom, when and by whom, in the middle of the right half."""
        from PIL import ImageDraw  # noqa: PLC0415 (heavy)

        pen, lines = ImageDraw.Draw(card), self.lines(badge)
        height = sum(step for *_, step in lines)
        top = max(TOP, (TOP + BOTTOM - height) / 2)
        for text, family, size, weight, ink, step in lines:
            pen.text((LEFT, top), text, fill=ink, font=self.fonts.get(text, family, size, weight))
            top += step

    def lines(self, badge: CardBadge) -> list[tuple[str, str, int, int, str, float]]:
        """Return the lines: text, family, size, weight, ink, and the way to the next line."""
        size = 62 if len(badge.name) < 28 else 50 if len(badge.name) < 60 else 40
        below = " · ".join(part for part in (badge.date, badge.owner) if part)
        doubt = "" if is_name_confirmed(badge.issuer_identity) else badge.say(UNCONFIRMED_NAME)
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
    return "".join(sign for sign in text if sign < "\u2300" or category(sign) not in _NO_LETTERS)


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

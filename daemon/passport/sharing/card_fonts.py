"""Fonts for cards: our own where they have all characters, else the system's that fontconfig names for them.

Our fonts lie in two files each, as pages load them: plain Latin letters, and the further ones of Europe's languages. A
word such as "Żółw" needs both, so a text is written in runs.
"""

from __future__ import annotations

import io
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib import resources
from itertools import groupby
from shutil import which
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont

SERIF, SANS = "fraunces", "figtree"
_FILES = {
    (SERIF, True): "fraunces-latin-opsz-normal.woff2",
    (SERIF, False): "fraunces-latin-ext-opsz-normal.woff2",
    (SANS, True): "figtree-latin-wght-normal.woff2",
    (SANS, False): "figtree-latin-ext-wght-normal.woff2",
}


def _signs(*ranges: tuple[int, int]) -> frozenset[str]:
    return frozenset(chr(code) for first, last in ranges for code in range(first, last + 1))


PLAIN = _signs(
    (0x20, 0x7E), (0xA0, 0xFF), (0x131, 0x131), (0x152, 0x153), (0x2013, 0x2014), (0x2018, 0x201A), (0x201C, 0x201E),
    (0x2022, 0x2022), (0x2026, 0x2026), (0x2039, 0x203A), (0x20AC, 0x20AC), (0x2122, 0x2122), (0x2212, 0x2212),
)  # fmt: skip
"""What both families have in their first files; a test holds it to that."""
FURTHER = _signs(
    (0x100, 0x113), (0x116, 0x127), (0x12A, 0x12B), (0x12E, 0x130), (0x132, 0x137), (0x139, 0x13E), (0x141, 0x148),
    (0x14A, 0x14D), (0x150, 0x151), (0x154, 0x161), (0x164, 0x165), (0x16A, 0x17E), (0x218, 0x21B),
)  # fmt: skip
"""What both have in their second files."""


@dataclass(slots=True)
class Fonts:
    """Opens each font once. For one thread."""

    _faces: dict[tuple[str, float, int], FreeTypeFont] = field(default_factory=dict)
    _system: dict[str, str | None] = field(default_factory=dict)
    """By the script's first character that ours lack."""

    def runs(self, text: str, family: str, size: float, weight: int) -> list[tuple[str, FreeTypeFont]]:
        """Return a text in pieces, each with a font that has its characters."""
        if text.isascii():  # most are, and each line is asked for often
            return [(text, self._face(_FILES[(family, True)], size, weight))]
        other = next((sign for sign in text if sign not in PLAIN and sign not in FURTHER), None)
        found = self._of_the_system(other) if other else None
        if found:  # whole: letters of other scripts are shaped by what stands beside them
            return [(text, self._face(found, size, weight, ours=False))]
        pieces = groupby(text, lambda sign: sign not in FURTHER)
        return [("".join(signs), self._face(_FILES[(family, plain)], size, weight)) for plain, signs in pieces]

    def length(self, text: str, family: str, size: float, weight: int) -> float:
        """Return how wide a text is."""
        return sum(face.getlength(piece) for piece, face in self.runs(text, family, size, weight))

    def write(
        self,
        pen: ImageDraw,
        place: tuple[float, float],
        text: str,
        ink: str | int,
        font: tuple[str, float, int],
        *,
        middle: bool = False,
    ) -> None:
        """Write a text: `place` is its upper left corner, or its `middle`; `font` is family, size and weight."""
        x, y = place
        runs = self.runs(text, *font)
        if middle:
            x -= sum(face.getlength(piece) for piece, face in runs) / 2
        for piece, face in runs:
            pen.text((x, y), piece, fill=ink, font=face, anchor="lm" if middle else "la")
            x += face.getlength(piece)

    def _face(self, name: str, size: float, weight: int, *, ours: bool = True) -> FreeTypeFont:
        key = (name, size, weight)
        face = self._faces.get(key)
        if face is None:
            face = self._faces[key] = _opened(name, size, weight, ours=ours)
        return face

    def wrapped(self, text: str, family: str, size: int, weight: int, width: int, *, most: int) -> list[str]:
        """Return the text in lines of at most `width`; what is more than `most` lines ends in an ellipsis."""
        lines: list[str] = []
        for word in self._pieces(text, family, size, weight, width):
            candidate = f"{lines[-1]} {word}" if lines else word
            if lines and self.length(candidate, family, size, weight) <= width:
                lines[-1] = candidate
            else:
                lines.append(word)
            if len(lines) > most:
                return [*lines[: most - 1], f"{lines[most - 1].rstrip()}…"]
        return lines

    def _pieces(self, text: str, family: str, size: int, weight: int, width: int) -> Iterable[str]:
        """Yield words; one that is wider than the line is cut."""
        for word in text.split():
            rest = word
            while rest:
                cut = len(rest)
                while cut > 1 and (length := self.length(rest[:cut], family, size, weight)) > width:
                    cut = max(1, min(cut - 1, int(cut * width / length) + 1))
                yield rest[:cut]
                rest = rest[cut:]

    def _of_the_system(self, character: str) -> str | None:
        if character not in self._system:
            self._system[character] = _system_font(character)
        return self._system[character]


def is_ours(text: str) -> bool:
    """Whether our own fonts have the characters of a text."""
    return text.isascii() or all(sign in PLAIN or sign in FURTHER for sign in text)


def _opened(name: str, size: float, weight: int, *, ours: bool) -> FreeTypeFont:
    from PIL import ImageFont  # noqa: PLC0415 (heavy)

    if not ours:
        return ImageFont.truetype(name, size)
    folder = resources.files("passport.web") / "static" / "fonts"
    face = ImageFont.truetype(io.BytesIO((folder / name).read_bytes()), size)
    face.set_variation_by_axes(
        [float(weight) if axis["name"] == b"Weight" else 72.0 for axis in face.get_variation_axes()]
    )
    return face


def _system_font(character: str) -> str | None:
    """Return the file of a font that has a character; None where fontconfig is missing."""
    command = which("fc-match")
    if command is None:
        return None
    line = [command, "-f", "%{file}", f":charset={ord(character):x}"]
    try:
        done = subprocess.run(line, capture_output=True, text=True, timeout=5, check=False)  # noqa: S603 (no shell)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() or None

"""Fonts for cards: our own where they have all characters, else the system's that fontconfig names for them."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib import resources
from shutil import which
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

SERIF, SANS = "fraunces", "figtree"
_FILES = {
    (SERIF, True): "fraunces-latin-opsz-normal.woff2",
    (SERIF, False): "fraunces-latin-ext-opsz-normal.woff2",
    (SANS, True): "figtree-latin-wght-normal.woff2",
    (SANS, False): "figtree-latin-ext-wght-normal.woff2",
}


@dataclass(slots=True)
class Fonts:
    """Opens each font once. For one thread."""

    _faces: dict[tuple[str, float, int], FreeTypeFont] = field(default_factory=dict)
    _system: dict[str, str | None] = field(default_factory=dict)
    """By the script's first character that ours lack."""

    def get(self, text: str, family: str, size: float, weight: int) -> FreeTypeFont:
        """Return a font that has the characters of a text."""
        plain = text.isascii()  # most are, and each line is asked for often
        other = None if plain else next((sign for sign in text if not _is_latin(sign, extended=True)), None)
        found = self._of_the_system(other) if other else None
        name = found or _FILES[(family, plain or all(_is_latin(sign) for sign in text))]
        key = (name, size, weight)
        face = self._faces.get(key)
        if face is None:
            face = self._faces[key] = _opened(name, size, weight, ours=found is None)
        return face

    def wrapped(self, text: str, family: str, size: int, weight: int, width: int, *, most: int) -> list[str]:
        """Return the text in lines of at most `width`; what is more than `most` lines ends in an ellipsis."""
        lines: list[str] = []
        for word in self._pieces(text, family, size, weight, width):
            candidate = f"{lines[-1]} {word}" if lines else word
            if lines and self.get(candidate, family, size, weight).getlength(candidate) <= width:
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
                cut, font = len(rest), self.get(rest, family, size, weight)
                while cut > 1 and font.getlength(rest[:cut]) > width:
                    cut = max(1, min(cut - 1, int(cut * width / font.getlength(rest[:cut])) + 1))
                yield rest[:cut]
                rest = rest[cut:]

    def _of_the_system(self, character: str) -> str | None:
        if character not in self._system:
            self._system[character] = _system_font(character)
        return self._system[character]


def _is_latin(character: str, *, extended: bool = False) -> bool:
    return ord(character) < (0x250 if extended else 0x100) or 0x2010 <= ord(character) <= 0x203A


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

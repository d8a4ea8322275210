"""What dresses a CV's page: the program's own fonts, and the stamps of its badges, each drawn once."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable
from functools import cache
from importlib import resources

from passport.look.stamp import Stamp, printed, svg
from passport.look.words import word_for
from passport.sharing.cv.model import CvBadge
from passport.speech import Speech

_PLAIN = "U+0000-00FF, U+0131, U+0152-0153, U+2000-206F, U+2122"
_FURTHER = "U+0100-02BA, U+1E00-1EFF, U+20A0-20C0"
_ANY_FURTHER = re.compile("[\u0100-\u0130\u0132-\u0151\u0154-\u02ba\u1e00-\u1eff\u20a0-\u20c0]")
_FACES = (
    ("Fraunces", "fraunces-latin-ext-opsz-normal.woff2", "100 900", _FURTHER),
    ("Fraunces", "fraunces-latin-opsz-normal.woff2", "100 900", _PLAIN),
    ("Figtree", "figtree-latin-ext-wght-normal.woff2", "300 900", _FURTHER),
    ("Figtree", "figtree-latin-wght-normal.woff2", "300 900", _PLAIN),
)
Dated = tuple[str, str | None, str]
"""Verdict, how the issuer's name is known, and the day of the check."""


def font_faces(address: Callable[[str], str], text: str = "\u0100") -> str:
    """Return the rules for our fonts; of those with further letters only where the text has one."""
    wanted = [face for face in _FACES if face[3] == _PLAIN or _ANY_FURTHER.search(text)]
    return "\n".join(
        f'@font-face {{ font-family: {family}; src: url("{address(name)}") format("woff2"); font-weight: {weight}; '
        f"font-display: swap; unicode-range: {signs}; }}"
        for family, name, weight, signs in wanted
    )


@cache
def font_within(name: str) -> str:
    """Return a font as a data URI: for a file that needs no other."""
    font = (resources.files("passport.web") / "static" / "fonts" / name).read_bytes()
    return f"data:font/woff2;base64,{base64.b64encode(font).decode()}"


class Stamps:
    """The stamps of one page: badges with the same verdict of the same day share a drawing."""

    def __init__(self, badges: Iterable[CvBadge], say: Speech) -> None:
        self._say = say
        kinds = dict.fromkeys(self._kind(badge) for badge in badges)
        self._names = {kind: f"stamp-{number}" for number, kind in enumerate(kinds)}

    def name(self, badge: CvBadge) -> str:
        """Return the id of a badge's stamp."""
        return self._names[self._kind(badge)]

    def drawn(self) -> str:
        """Return all drawings, to be put on the page once."""
        return "".join(self._drawing(kind, name) for kind, name in self._names.items())

    def printed(self, badge: CvBadge, *, tone: str, paper: str, letters: str) -> str:
        """Return a badge's stamp as a file of its own, for print."""
        stamp = self._stamp(self._kind(badge), self.name(badge))
        return printed(stamp, tone=tone, paper=paper, letters=letters)

    def _kind(self, badge: CvBadge) -> Dated:
        return badge.verdict, badge.issuer_identity, self._say.date(badge.checked) if badge.checked else ""

    def _drawing(self, kind: Dated, name: str) -> str:
        return svg(self._stamp(kind, name)).replace("<svg ", f'<svg id="{name}" ', 1)

    def _stamp(self, kind: Dated, name: str) -> Stamp:
        word = word_for(kind[0], kind[1])
        return Stamp(form=word.form, word=self._say(word.word), date=kind[2], uid=name)

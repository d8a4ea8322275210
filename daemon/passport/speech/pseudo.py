"""A language that is none: `Keep it` becomes `⟦Ķëëþ îîť⟧`. What stands on a page without brackets was forgotten."""

from __future__ import annotations

import re
from gettext import NullTranslations

_ACCENTS = str.maketrans(
    "ABCDEFGHIJKLMNOPRSTUVWYZabcdefghijklmnoprstuvwyz", "ÀßÇÐÉƑĜĤÎĴĶĻḾÑÖÞŘŠŤÛṼŴÝŽåƀçđéƒĝĥîĵķļɱñöþřšťûṽŵýž"
)
_LONGER = str.maketrans({vowel: vowel * 2 for vowel in "aeiouy"})
"""Two of each vowel: some 40 % more, as German or Finnish are longer than English."""
_KEPT = re.compile(r"(%\(\w+\)[sd]|%%|<[^<>]*>|&\w+;)")
"""Placeholders, tags and entities."""


class PseudoTranslations(NullTranslations):
    """Texts that can be read, and told from those that were not translated."""

    def gettext(self, message: str) -> str:
        """Return the text in disguise."""
        return disguised(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Return the text of a number in disguise."""
        return disguised(msgid1 if n == 1 else msgid2)


def disguised(text: str) -> str:
    """Return a text longer and with accents, its placeholders as they are."""
    pieces = _KEPT.split(text)
    told = (
        piece if number % 2 else piece.translate(_LONGER).translate(_ACCENTS) for number, piece in enumerate(pieces)
    )
    return f"⟦{''.join(told)}⟧"

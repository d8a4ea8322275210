"""Sentences of reports, translated after they were made.

Verification is pure and speaks English; its sentences are kept with each badge as they were on that day. To show one in
another language it is compared with the catalogue's messages of the context `sentence`, in which `%(1)s`, `%(2)s` …
stand for what was filled in; what was filled in is compared again, since sentences are made of parts. What fits none
is shown as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

CONTEXT = "sentence"
"""The context (`msgctxt`) of such messages."""
MAX_LENGTH = 2_000
MAX_DEPTH = 4
_PLACE = re.compile(r"%\((\d+)\)s")


@dataclass(frozen=True, slots=True)
class Pattern:
    """One message: what the English sentence looks like, and the translation."""

    english: re.Pattern[str]
    translation: str
    fixed: int
    """How many letters of it are always the same: the more, the better it fits."""

    @classmethod
    def of(cls, message: str, translation: str) -> Pattern:
        """Compile a message with its places."""
        pieces = _PLACE.split(message)
        if len(pieces) > 1:
            pieces[::2] = [piece.replace("%%", "%") for piece in pieces[::2]]
        shape = "".join(re.escape(piece) if number % 2 == 0 else "(.+?)" for number, piece in enumerate(pieces))
        return cls(re.compile(shape, re.DOTALL), translation, sum(len(piece) for piece in pieces[::2]))

    def translated(self, text: str, others: Sentences, depth: int) -> str | None:
        """Return the translation of a sentence; None: it is another one."""
        found = self.english.fullmatch(text)
        if found is None:
            return None
        parts = {str(number): others.translated(part, depth + 1) for number, part in enumerate(found.groups(), 1)}
        return self.translation % parts if parts else self.translation


@dataclass(frozen=True, slots=True)
class Sentences:
    """All sentences of one language."""

    patterns: Sequence[Pattern] = ()

    @classmethod
    def of(cls, messages: Iterable[tuple[str, str]]) -> Sentences:
        """Compile messages and their translations."""
        made = [Pattern.of(message, translation) for message, translation in messages if translation]
        return cls(sorted(made, key=lambda pattern: -pattern.fixed))

    def translated(self, text: str, depth: int = 0) -> str:
        """Return a sentence, or a part of one, in this language; what is not known as it is."""
        if depth > MAX_DEPTH or len(text) > MAX_LENGTH:
            return text
        for pattern in self.patterns:
            found = pattern.translated(text, self, depth)
            if found is not None:
                return found
        return text

"""Sentences of reports, translated after they were made.

Verification is pure and speaks English; its sentences are kept with each badge as they were on that day. To show one in
another language it is compared with the catalogue's messages of the context `sentence`, in which `%(1)s`, `%(2)s` …
stand for what was filled in; what was filled in is compared again, since sentences are made of parts. What fits none
is shown as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

CONTEXT = "sentence"
"""The context (`msgctxt`) of such messages."""
MAX_LENGTH = 2_000
MAX_DEPTH = 4
MAX_SENTENCES = 6
_PLACE = re.compile(r"%\((\d+)\)s")
_BETWEEN = re.compile(r"(?<=[.!?]) (?=\S)")


@dataclass(frozen=True, slots=True)
class Pattern:
    """One message: what stands between the places of the English sentence, and the translation."""

    pieces: tuple[str, ...]
    translation: str
    fixed: int
    """How many letters of it are always the same: the more, the better it fits."""

    @classmethod
    def of(cls, message: str, translation: str) -> Pattern:
        """Take a message with its places apart; the places are counted from 1, in the order in which they stand."""
        pieces = _PLACE.split(message)[::2]
        if len(pieces) > 1:
            pieces = [piece.replace("%%", "%") for piece in pieces]
        return cls(tuple(pieces), translation, sum(len(piece) for piece in pieces))

    def parts(self, text: str) -> list[str] | None:
        """Return what was filled in; None: it is another sentence.

        Each piece is looked for where it first comes, which finds a way if there is one, and takes a time that grows
        with the length alone: what was filled in may be a stranger's.
        """
        first, *between, last = self.pieces if len(self.pieces) > 1 else (*self.pieces, "")
        if len(self.pieces) == 1:
            return [] if text == first else None
        at, end = len(first), len(text) - len(last)
        if not (text.startswith(first) and text.endswith(last)):
            return None
        found = []
        for piece in between:
            place = text.find(piece, at + 1, end)
            if place < 0:
                return None
            found.append(text[at:place])
            at = place + len(piece)
        return [*found, text[at:end]] if at < end else None

    def translated(self, text: str, others: Sentences, depth: int) -> str | None:
        """Return the translation of a sentence; None: it is another one."""
        found = self.parts(text)
        if found is None:
            return None
        parts = {str(number): others.translated(part, depth + 1) for number, part in enumerate(found, 1)}
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
        """Return a sentence, several of them, or a part of one, in this language; what is not known as it is."""
        if depth > MAX_DEPTH or len(text) > MAX_LENGTH:
            return text
        found = self._known(text, depth)
        if found is not None:
            return found
        several = _BETWEEN.split(text, MAX_SENTENCES) if depth == 0 else ()
        return " ".join(self._one_by_one(several)) if len(several) > 1 else text

    def _known(self, text: str, depth: int) -> str | None:
        translations = (pattern.translated(text, self, depth) for pattern in self.patterns)
        return next((found for found in translations if found is not None), None)

    def _one_by_one(self, several: Sequence[str]) -> Iterator[str]:
        """Yield the translations of sentences that were put behind one another; a message may be more than one."""
        while several:
            for count in range(len(several), 0, -1):
                found = self._known(" ".join(several[:count]), 1)
                if found is not None:
                    break
            yield several[0] if found is None else found
            several = several[count:]

"""How a CV says what is ours to say, in its own language."""

from __future__ import annotations

from passport.look.words import Word
from passport.sharing.cv.model import Position
from passport.speech import Speech


def stated(word: Word, say: Speech) -> str:
    """Return a verdict in one line, with what must be said beside it."""
    return f"{say(word.word)}, {say(word.claim)}" if word.claim else say(word.word)


def period(position: Position, say: Speech) -> str:
    """Return from when to when; empty where neither is known."""
    start, end = say.month(position.start), say.month(position.end)
    if start == end:
        return start
    until = end or say("today")
    return f"{start} – {until}" if start else end

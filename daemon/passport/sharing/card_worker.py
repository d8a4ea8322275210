"""Cards drawn in a process of their own, while ours builds the pages: for a site of many badges.

What is drawn is ours (our PNG of the badge, texts), and the bytes are those that a `CardPainter` gives here.
"""

from __future__ import annotations

import msgspec

from passport.sharing.card import CardBadge, CardPainter
from passport.workers import Limits, child
from passport.workers.lane import Lane
from passport.workers.process import command

REST_S = 10.0
"""A site is built in one go."""


class Draw(msgspec.Struct, frozen=True, tag=True):
    """Draw a card. Answers `bytes`, a JPEG."""

    card: CardBadge


class CardWorker:
    """Draws cards, one after the other; started with the first. One object for a loop; close it."""

    def __init__(self) -> None:
        limits = Limits()
        self._lane = Lane(command(limits, warm=False, child=__name__), wall_s=limits.wall_s, rest_s=REST_S)

    async def jpeg(self, card: CardBadge) -> bytes:
        """Return the card as `CardPainter.jpeg` does. Raise WorkerError."""
        return await self._lane.answer(Draw(card), bytes)

    async def close(self) -> None:
        """End the process."""
        await self._lane.close()


def main(limits_json: str, warming: str) -> None:
    """Draw what is asked for, until the other side is gone. Runs in the worker."""
    painter = CardPainter()

    def draw(job: Draw) -> bytes:
        return painter.jpeg(job.card)

    child.main(limits_json, warming, handle=draw, jobs=Draw)

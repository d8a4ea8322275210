"""The share pictures of a site: kept between publications, drawn by a worker where there are many to draw."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from passport.errors import WorkerError
from passport.sharing.card import CardBadge, CardPainter
from passport.sharing.card_fonts import is_ours
from passport.sharing.card_worker import CardWorker
from passport.sharing.keeping import forget, keep, names_in, read_kept

FEW = 8
"""So many are drawn here: a process would need longer to start."""


@dataclass(slots=True)
class Cards:
    """Share pictures in a folder. One object for a publication; close it."""

    folder: Path
    worker: CardWorker = field(default_factory=CardWorker)
    _painter: CardPainter = field(default_factory=CardPainter)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    """The painter is for one thread at a time."""
    _kept: set[str] = field(init=False)

    def __post_init__(self) -> None:
        self._kept = set(names_in(self.folder))

    async def drawn(self, card: CardBadge, name: str, *, of_many: bool) -> bytes:
        """Return a card; `name` says what it depends on, and under that it may be kept from an earlier publication."""
        if name in self._kept:
            if found := await asyncio.to_thread(read_kept, self.folder / name):
                return found
            self._kept.discard(name)  # it cannot be read: it is drawn, and kept, anew
        return await self._draw(card, of_many=of_many)

    def keep(self, name: str, drawn: bytes) -> Path:
        """Keep a card for the next publication, and return where. Takes a moment: call it in a thread."""
        file = self.folder / name
        if name not in self._kept:
            keep(file, drawn)
        return file

    def forget_others(self, wanted: Collection[str]) -> None:
        """Remove those that nobody needs any more."""
        forget(self.folder, wanted)

    async def close(self) -> None:
        """End the worker."""
        await self.worker.close()

    async def _draw(self, card: CardBadge, *, of_many: bool) -> bytes:
        words = (card.name, card.issuer, card.date, card.owner, card.checked, *card.texts.values())
        if of_many and all(map(is_ours, words)):
            try:
                return await self.worker.jpeg(card)
            except WorkerError:
                pass  # it is drawn here, then: slower, and the same
        async with self._turn:  # also what needs the system's fonts: a worker may not ask for them
            return await asyncio.to_thread(self._painter.jpeg, card)

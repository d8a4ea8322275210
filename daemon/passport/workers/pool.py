"""What the rest of the program asks of the workers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from types import TracebackType
from typing import Self

from passport.verification.documents import Documents
from passport.verification.report import VerificationReport
from passport.workers.jobs import Clean, Examine, Open, Piece, Thumbnail, Unbake
from passport.workers.lane import Lane
from passport.workers.limits import Limits
from passport.workers.process import command

PAINTERS_REST_S = 60.0
"""Pictures are asked for when the gallery is open; in between their worker would only hold memory."""


class Workers:
    """Verification in one process that stays warm, pictures and Markdown in another that comes and goes.

    Every method raises WorkerError when the work is stopped by a limit or fails. One object for a loop; close it.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        limits = limits or Limits()
        self._examiner = Lane(command(limits, warm=True), wall_s=limits.wall_s, rest_s=None)
        self._painter = Lane(command(limits, warm=False), wall_s=limits.wall_s, rest_s=PAINTERS_REST_S)

    async def start(self) -> None:
        """Start the process that verifies, so that it is warm when the first badge comes."""
        await self._examiner.start()

    async def examine(
        self,
        file: bytes,
        documents: Documents,
        *,
        identities: Sequence[str],
        known_issuers: Sequence[str],
        now: datetime,
    ) -> list[VerificationReport]:
        """Return one report for each credential in a file (`verification.files.verify`)."""
        job = Examine(
            file=file,
            documents=tuple(documents.values()),
            identities=tuple(identities),
            known_issuers=tuple(known_issuers),
            now=now,
        )
        return await self._examiner.answer(job, list[VerificationReport])

    async def unbake(self, file: bytes) -> list[str]:
        """Return the statements in a file."""
        return await self._examiner.answer(Unbake(file=file), list[str])

    async def open(self, file: bytes, name: str) -> list[Piece]:
        """Return the files in a container; one that is none is its own only piece."""
        return await self._examiner.answer(Open(file=file, name=name), list[Piece])

    async def thumbnail(self, file: bytes, size: int) -> bytes | None:
        """Return a PNG of at most `size` pixels a side; None for SVG and for what is no picture."""
        return await self._painter.answer(Thumbnail(file=file, size=size), bytes | None)  # type: ignore[arg-type] # mypy: no TypeForm yet

    async def clean_markdown(self, text: str) -> str:
        """Return an issuer's Markdown as HTML that is safe to show."""
        return await self._painter.answer(Clean(text=text), str)

    async def close(self) -> None:
        """End the processes."""
        await self._examiner.close()
        await self._painter.close()

    async def __aenter__(self) -> Self:
        """Return the workers; they start with their first job."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        await self.close()

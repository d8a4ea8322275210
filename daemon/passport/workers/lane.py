"""Jobs of one kind, one after the other, in one process that is started when it is needed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TypeVar

import msgspec

from passport.errors import WorkerError
from passport.workers.process import Process

T = TypeVar("T")


class Lane:
    """A queue before one worker. A worker that died is replaced by the next job."""

    def __init__(self, how: Sequence[str], *, wall_s: float, rest_s: float | None) -> None:
        """`rest_s`: after so long without a job the process is ended; None: never."""
        self._how = how
        self._wall_s = wall_s
        self._rest_s = rest_s
        self._turn = asyncio.Lock()
        self._process: Process | None = None
        self._end: asyncio.TimerHandle | None = None
        self._waiting = 0

    @property
    def busy(self) -> int:
        """How many jobs run or wait."""
        return self._waiting

    @property
    def pid(self) -> int | None:
        """The process that runs at the moment."""
        return self._process.pid if self._process is not None and self._process.alive else None

    async def start(self) -> None:
        """Start the process ahead of its first job."""
        async with self._turn:
            await self._ready()

    async def answer(self, job: msgspec.Struct, kind: type[T]) -> T:
        """Return the answer to a job, which must be of a kind. Raise WorkerError."""
        raw = await self.ask(job)
        try:
            return msgspec.msgpack.decode(raw, type=kind)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
            raise WorkerError("The worker's answer cannot be read.") from error

    async def ask(self, job: msgspec.Struct) -> msgspec.Raw:
        """Return the packed answer to a job. Raise WorkerError."""
        self._waiting += 1
        try:
            async with self._turn:
                process = await self._ready()
                return await process.ask(job, self._wall_s)
        finally:
            self._waiting -= 1
            self._rest_later()

    async def close(self) -> None:
        """End the process; a job that it is at fails."""
        if self._end is not None:
            self._end.cancel()
        if self._process is not None:
            await self._process.close()

    async def _ready(self) -> Process:
        if self._end is not None:
            self._end.cancel()
            self._end = None
        if self._process is None or not self._process.alive:
            self._process = await Process.start(self._how)
        return self._process

    def _rest_later(self) -> None:
        if self._rest_s is not None and not self._waiting:
            self._end = asyncio.get_running_loop().call_later(self._rest_s, self._rest)

    def _rest(self) -> None:
        if self._process is not None and not self._waiting:
            self._process.kill()

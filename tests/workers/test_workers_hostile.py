"""Every kind of work meets every kind of hostile file: answered within the limits, and the next job is done."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.attacks.hostile_files import KINDS
from tests.issuer import Issuer, picture
from tests.workers.test_workers_limits import ask, lane
from tests.workers.test_workers_pictures import bomb

from passport.errors import WorkerError
from passport.verification.documents import Documents
from passport.workers import Limits, Workers

pytestmark = [pytest.mark.clock, pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="/proc")]
NOW = datetime(2026, 6, 1, tzinfo=UTC)


async def examine(workers: Workers, file: bytes) -> object:
    return await workers.examine(file, Documents(), identities=["ann@example.org"], known_issuers=(), now=NOW)


WORK: dict[str, Callable[[Workers, bytes], Awaitable[object]]] = {
    "examine": examine,
    "unbake": lambda workers, file: workers.unbake(file),
    "open": lambda workers, file: workers.open(file, "file"),
    "thumbnail": lambda workers, file: workers.thumbnail(file, 256),
    "clean": lambda workers, file: workers.clean_markdown(file.decode("latin-1")),
}


def most_held(workers: Workers) -> float:
    """Return the most memory that a worker held so far, in MB."""
    pids = [lane.pid for lane in (workers._examiner, workers._painter) if lane.pid]
    said = [Path(f"/proc/{pid}/status").read_text() for pid in pids]
    return max((int(re.search(r"VmHWM:\s+(\d+)", text)[1]) / 1024 for text in said), default=0)  # type: ignore[index] # Linux


async def test_each_hostile_file_in_each_work_is_an_answer() -> None:
    good = Issuer().signed_badge()
    async with Workers() as workers:
        await workers.start()
        for name, make in KINDS.items():
            file = make(1)
            for kind, work in WORK.items():
                try:
                    answer = await work(workers, file)
                except WorkerError:
                    continue
                else:
                    assert kind != "examine" or "verified" not in str([one.verdict for one in answer]), name  # type: ignore[attr-defined] # reports
            assert most_held(workers) < 512, name
        (report,) = await examine(workers, good)  # type: ignore[misc] # as above
        assert report.verdict == "verified"
        assert await workers.thumbnail(picture(), 64) is not None


async def test_what_needs_more_memory_than_there_is_is_refused_and_the_next_is_done() -> None:
    """The limit is what stops it: a picture of 16 million pixels needs 66 MB."""
    file = bomb(4096, 4096)
    async with Workers() as workers:
        assert await workers.thumbnail(file, 64) is not None
    async with Workers(Limits(memory_bytes=120 << 20)) as workers:
        assert await workers.thumbnail(picture(), 64) is not None
        with pytest.raises(WorkerError, match=r"memory|limits"):
            await workers.thumbnail(file, 64)
        assert await workers.thumbnail(picture(), 64) is not None


@pytest.mark.parametrize("count", [15, pytest.param(100, marks=pytest.mark.long)])
async def test_badges_that_each_kill_the_worker_hold_nobody_up_for_good(count: int) -> None:
    async with lane() as one:
        jobs = [asyncio.create_task(ask(one, "leave")) for _ in range(count)]
        honest = asyncio.create_task(ask(one, "sleep 0"))
        results = await asyncio.gather(*jobs, return_exceptions=True)
        assert all(isinstance(result, WorkerError) for result in results)
        assert await honest == "slept"
        assert one.busy == 0


async def test_nothing_is_written_and_few_files_are_open(tmp_path: Path) -> None:
    """What the limits promise; a file without content may come into being."""
    target = tmp_path / "file"
    async with lane() as one:
        for _ in range(3):
            with pytest.raises(WorkerError):
                await ask(one, f"write {target}")
            with pytest.raises(WorkerError):
                await ask(one, "files")
        assert await ask(one, "sleep 0") == "slept"
    assert not target.exists() or target.stat().st_size == 0

"""A worker that goes wrong in any way is an answer, and the next job is done as if nothing had been."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest

import passport
from passport.errors import WorkerError
from passport.workers import Limits
from passport.workers.jobs import Clean
from passport.workers.lane import Lane
from passport.workers.process import environment

pytestmark = [pytest.mark.clock, pytest.mark.skipif(os.name != "posix", reason="limits are POSIX's")]
LIMITS = Limits(memory_bytes=256 << 20, cpu_s=1, wall_s=60, files=32)


def how() -> list[str]:
    """Start the misbehaving worker as the product starts its own, but for the module."""
    roots = [str(Path(passport.__file__).parent.parent), str(Path(__file__).parent.parent.parent)]
    start = f"import sys; sys.path[:0] = {roots!r}; from tests.workers.misbehaving import handle; "
    start += "from passport.workers.child import main; main(*sys.argv[1:], handle=handle)"
    return [sys.executable, "-I", "-B", "-c", start, msgspec.json.encode(LIMITS).decode(), "cold"]


@asynccontextmanager
async def lane(*, wall_s: float = LIMITS.wall_s, rest_s: float | None = None):
    one = Lane(how(), wall_s=wall_s, rest_s=rest_s)
    try:
        yield one
    finally:
        await one.close()


async def ask(one: Lane, text: str) -> str:
    return msgspec.msgpack.decode(await one.ask(Clean(text=text)), type=str)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("burn", "beyond its limits", marks=pytest.mark.slow),
        ("grow 1024", "more memory"),
        ("leave", "beyond its limits"),
        ("crash", r"cannot be worked on \(ZeroDivisionError\)"),
        ("files", r"cannot be worked on \(OSError\)"),
        ("sentence", "This is no badge."),
        ("unsendable", r"cannot be worked on \(TypeError\)"),
        ("no-such-way", r"cannot be worked on \(KeyError\)"),
    ],
)
async def test_a_job_that_goes_wrong(text, said):
    async with lane() as one:
        with pytest.raises(WorkerError, match=said):
            await ask(one, text)
        assert await ask(one, "sleep 0") == "slept"


async def test_time_is_up():
    async with lane(wall_s=2) as one:
        await one.start()
        old, began = one.pid, time.monotonic()
        with pytest.raises(WorkerError, match=r"after 2 seconds"):
            await ask(one, "sleep 60")
        assert time.monotonic() - began < 30
        assert await ask(one, "sleep 0") == "slept"
        assert one.pid != old
        with pytest.raises(ProcessLookupError):
            os.kill(old or 0, 0)


@pytest.mark.slow
async def test_cpu_is_counted_for_each_job():
    """A warm worker uses more than one job's share in its life; only a single job may not."""
    async with lane() as one:
        await one.start()
        first = one.pid
        for _ in range(3):
            assert await ask(one, "spend 0.6") == "spent"
        assert one.pid == first
        with pytest.raises(WorkerError):
            await ask(one, "burn")


async def test_nothing_can_be_written(tmp_path):
    async with lane() as one:
        with pytest.raises(WorkerError):
            await ask(one, f"write {tmp_path / 'file'}")
    assert not (tmp_path / "file").exists() or (tmp_path / "file").stat().st_size == 0


async def test_what_prints_does_not_disturb():
    async with lane() as one:
        assert await ask(one, "speak") == "spoken"
        assert await ask(one, "sleep 0") == "slept"


async def test_no_secret_reaches_the_worker():
    ours = environment({})  # how its memory is kept
    known = environment({"BADGE_PASSPORT_PASSPHRASE": "canary", "PYTHONSTARTUP": "x", "TZ": "UTC"})
    assert known == ours | {"TZ": "UTC"}
    assert "HOME" in os.environ
    async with lane() as one:
        seen = json.loads(await ask(one, "surroundings"))
    assert set(seen["environment"]) <= {"LC_CTYPE", "LD_LIBRARY_PATH", "TZ", "TEMP", "TMP", *ours}
    assert seen["folder"] == "/"
    assert seen["core"] == [0, 0]
    assert seen["flags"] == 1


async def test_a_worker_killed_between_jobs_is_replaced():
    async with lane() as one:
        await one.start()
        os.kill(one.pid or 0, signal.SIGKILL)
        await asyncio.sleep(0.1)
        assert await ask(one, "sleep 0") == "slept"


async def test_a_cancelled_job_takes_its_worker_with_it():
    async with lane() as one:
        await one.start()
        job = asyncio.create_task(ask(one, "sleep 60"))
        await asyncio.sleep(0.1)
        job.cancel()
        with pytest.raises(asyncio.CancelledError):
            await job
        assert await ask(one, "sleep 0") == "slept"


async def test_jobs_wait_for_each_other():
    async with lane() as one:
        answers = await asyncio.gather(*(ask(one, "pid") for _ in range(20)))
    assert len(set(answers)) == 1


async def test_a_worker_without_work_ends():
    async with lane(rest_s=0.1) as one:
        await ask(one, "sleep 0")
        assert one.pid is not None
        await asyncio.sleep(0.4)
        assert one.pid is None
        assert await ask(one, "sleep 0") == "slept"


@pytest.mark.slow
async def test_a_worker_ends_with_the_daemon(tmp_path):
    """Also when the daemon has no time to say goodbye: its pipe ends."""
    script = tmp_path / "daemon.py"
    script.write_text(
        "import asyncio, os, sys\n"
        f"sys.path.insert(0, {str(Path(passport.__file__).parent.parent)!r})\n"
        "from passport.workers.lane import Lane\n"
        f"how = {how()!r}\n"
        "async def main():\n"
        "    one = Lane(how, wall_s=5, rest_s=None)\n"
        "    await one.start()\n"
        "    print(one.pid, flush=True)\n"
        "    os.kill(os.getpid(), 9)\n"
        "asyncio.run(main())\n"
    )
    daemon = await asyncio.create_subprocess_exec(sys.executable, str(script), stdout=asyncio.subprocess.PIPE)
    out, _ = await daemon.communicate()
    for _ in range(50):
        try:
            os.kill(int(out), 0)
        except ProcessLookupError:
            return
        await asyncio.sleep(0.1)
    pytest.fail("the worker lives on")


async def test_a_program_that_cannot_be_started():
    with pytest.raises(WorkerError, match="cannot be started"):
        await Lane(["/nowhere/python"], wall_s=1, rest_s=None).start()

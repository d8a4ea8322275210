"""Overloaded: connections held half open, and a thousand hostile files; pages are answered meanwhile (G9, G10).

How quickly they are is the matter of `tests/bench/bench_load.py`.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.attacks.hostile_files import KINDS, hostile_files, write_hostile_files
from tests.attacks.loading import HalfOpen, get, memory_of, room_for
from tests.attacks.secret_places import Loaded

pytestmark = [
    pytest.mark.slow,
    pytest.mark.clock,
    pytest.mark.skipif(sys.platform != "linux", reason="reads the daemon's memory from /proc"),
]
HALF_OPEN = 900
FILES = 2 * len(KINDS)


@pytest.fixture
def running() -> Iterator[tuple[Loaded, int]]:
    with tempfile.TemporaryDirectory() as folder:
        passport = Loaded(Path(folder))
        passport.prepare()
        process = passport.begin()
        try:
            yield passport, process.pid
        finally:
            process.kill()
            process.communicate()


def key_of(passport: Loaded) -> tuple[int, dict[str, str]]:
    said = json.loads((passport.home / "state" / "daemon.json").read_bytes())
    return said["port"], {"Authorization": f"Bearer {said['key']}"}


async def test_half_open_connections_are_closed_and_pages_answered(running: tuple[Loaded, int]) -> None:
    if not room_for(HALF_OPEN):
        pytest.skip("this user may not hold so many connections")
    passport, pid = running
    port, key = key_of(passport)
    before = memory_of(pid)
    held = HalfOpen(port, HALF_OPEN)
    await held.open()
    for path in ("/", "/api/v1/badges", "/api/v1/status"):
        assert await get(port, path, key) == 200, path
    assert await held.all_closed(within_s=60)
    assert max(held.closed_s) < 60
    assert memory_of(pid) - before < 50


async def test_hostile_files_cost_neither_the_daemon_nor_its_pages(running: tuple[Loaded, int]) -> None:
    passport, pid = running
    port, key = key_of(passport)
    folder = passport.folder / "hostile"
    write_hostile_files(folder, FILES)
    assert await get(port, "/", key) == 200
    before = memory_of(pid)
    importing = asyncio.create_task(asyncio.to_thread(passport.run, "import", str(folder), "--json"))
    asked = 0
    while not importing.done():
        assert await get(port, "/", key) == 200
        asked += 1
        await asyncio.sleep(0.05)
    lines = [json.loads(line) for line in (await importing).splitlines()]
    assert asked > 3
    assert memory_of(pid) - before < 50
    verdicts = {line.get("verdict") for line in lines}
    assert "verified" not in verdicts
    assert {line["result"] for line in lines} <= {"added", "already-there", "no-badge", "refused"}
    told = {Path(str(line.get("file") or line.get("name") or "")).name.partition("/")[0] for line in lines}
    assert len(lines) >= FILES, told
    assert (passport.home / "state" / "daemon.json").exists()


def test_the_files_are_small_and_of_every_kind() -> None:
    files = dict(hostile_files(len(KINDS)))
    assert {name[6:] for name in files} == set(KINDS)
    assert max(map(len, files.values())) < 1 << 20
    assert len(set(files.values())) == len(files)

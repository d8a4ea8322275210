"""How quickly pages are answered while the daemon is overloaded, beside the same pages in peace, in the same run.

    python tests/bench/bench_load.py [HALF_OPEN] [FILES]

Issue 9: with 900 half-open connections p99 <= 3 x the unloaded p99, and all of them closed within 15 s; while 1,000
hostile files are taken in, p99 <= 100 ms and the daemon's memory + <= 50 MB. The daemon is a process of its own. On a
machine that is busy with other things only the ratio says something.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "daemon"), str(ROOT)]

from tests.attacks.hostile_files import write_hostile_files
from tests.attacks.loading import HalfOpen, memory_of, percentile, room_for, times_of
from tests.attacks.secret_places import Loaded

TIMES = 300
PAGE = "/"


def told(name: str, times: list[float]) -> str:
    """Return a line of a table."""
    shown = "  ".join(f"p{round(part * 100)} {percentile(times, part):7.1f}" for part in (0.5, 0.95, 0.99))
    return f"{name:44} {shown} ms"


async def half_open(port: int, key: dict[str, str], count: int) -> bool:
    """Compare pages in peace and with connections held half open; in turn, so that both see the same machine."""
    room_for(count)
    calm = await times_of(port, PAGE, key, TIMES)
    held = HalfOpen(port, count)
    began = time.monotonic()
    await held.open()
    loaded = await times_of(port, PAGE, key, TIMES)
    during = time.monotonic() - began
    closed = await held.all_closed(within_s=60)
    ratio = percentile(loaded, 0.99) / percentile(calm, 0.99)
    print(told("a page, in peace", calm))
    print(told(f"a page, {count} half open ({during:.1f} s)", loaded), f"  {ratio:.2f} x")
    print(f"half-open ones closed: {closed}, the last after {max(held.closed_s):.1f} s")
    return ratio <= 3 and closed and max(held.closed_s) <= 15


async def hostile(passport: Loaded, pid: int, port: int, key: dict[str, str], count: int) -> bool:
    """Ask for pages while hostile files are taken in."""
    folder = passport.folder / "hostile"
    write_hostile_files(folder, count)
    calm = await times_of(port, PAGE, key, TIMES)
    before = memory_of(pid)
    began = time.monotonic()
    importing = asyncio.create_task(asyncio.to_thread(passport.run, "import", str(folder), "--json"))
    taken: list[float] = []
    while not importing.done():
        taken += await times_of(port, PAGE, key, 1, pause_s=0.02)
    lines = [json.loads(line) for line in (await importing).splitlines()]
    grown = memory_of(pid) - before
    results: dict[str, int] = {}
    for line in lines:
        results[line["result"]] = results.get(line["result"], 0) + 1
    taken.sort()
    print(told("a page, in peace", calm))
    print(told(f"a page, {count} hostile files ({time.monotonic() - began:.0f} s)", taken), f"  {len(taken)} asked")
    print(f"results {results}; daemon + {grown:.1f} MB (most: + {memory_of(pid, 'VmHWM') - before:.1f} MB)")
    return percentile(taken, 0.99) <= 100 and grown <= 50


async def main(connections: int, files: int) -> int:
    """Return 1 when one aim is missed."""
    with tempfile.TemporaryDirectory() as folder:
        passport = Loaded(Path(folder))
        passport.prepare()
        process = passport.begin()
        said = json.loads((passport.home / "state" / "daemon.json").read_bytes())
        key = {"Authorization": f"Bearer {said['key']}"}
        try:
            await times_of(said["port"], PAGE, key, 20)
            good = [await half_open(said["port"], key, connections)] if connections else []
            good += [await hostile(passport, process.pid, said["port"], key, files)] if files else []
        finally:
            process.kill()
            process.communicate()
    return 0 if all(good) else 1


if __name__ == "__main__":
    given = [int(each) for each in sys.argv[1:]]
    sys.exit(asyncio.run(main(*(given + [900, 1000][len(given) :]))))

"""How fast are badges told apart? Ratios measured in one run: `python tests/bench/bench_telling.py [FILES]`.

Prints one line for each figure with its goal, and ends with 1 where one is missed.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "daemon"), str(ROOT)]

from tests.badge.pictures import ASSERTION, chunk, png, svg, text_chunk

from passport.badge.sniffing import looks_like_badge

GOAL = 2.5
"""Times (stat + open + read 4 KiB): issue 2, Speed."""
ROUNDS = 7


def pixels(dice: random.Random) -> tuple[bytes, ...]:
    """IDAT chunks of 8 KiB, as libpng writes them: pictures of 8 to 80 KiB."""
    return tuple(chunk(b"IDAT", dice.randbytes(8192)) for _ in range(dice.randint(1, 10)))


def badge(dice: random.Random) -> bytes:
    text = text_chunk("iTXt", b"openbadges", ASSERTION)
    return png(text, *pixels(dice)) if dice.random() < 0.5 else png(*pixels(dice), behind=(text,))


OTHERS: tuple[Callable[[random.Random], bytes], ...] = (
    lambda dice: png(*pixels(dice)),
    lambda dice: png(text_chunk("tEXt", b"Software", "x"), *pixels(dice)),
    lambda dice: b"\xff\xd8\xff\xe0" + dice.randbytes(dice.randint(20_000, 200_000)),
    lambda dice: b"%PDF-1.7\n" + dice.randbytes(dice.randint(20_000, 400_000)),
    lambda dice: b"PK\x03\x04" + dice.randbytes(dice.randint(5_000, 100_000)),
    lambda dice: b'{"name": "' + b"x" * dice.randint(100, 20_000) + b'"}',
    lambda _: svg('<path d="M0 0L9 9"/>' * 500),
    lambda dice: dice.randbytes(dice.randint(100, 50_000)),
    lambda _: b"Dear diary, today I earned a badge.\n" * 200,
)


def fill(folder: Path, count: int) -> list[str]:
    """Write the files, one in ten a badge; return their paths."""
    dice = random.Random(7)
    paths = []
    for number in range(count):
        path = folder / f"{number}"
        path.write_bytes(badge(dice) if number % 10 == 0 else OTHERS[number % len(OTHERS)](dice))
        paths.append(str(path))
    return paths


def read_at(descriptor: int, offset: int, count: int) -> bytes:
    return os.pread(descriptor, count, offset)


def floor(paths: list[str]) -> int:
    for path in paths:
        os.stat(path)  # noqa: PTH116 (the bare calls are what is measured)
        descriptor = os.open(path, os.O_RDONLY)
        os.read(descriptor, 4096)
        os.close(descriptor)
    return len(paths)


def telling(paths: list[str]) -> int:
    found = 0
    for path in paths:
        size = os.stat(path).st_size  # noqa: PTH116 (as above)
        descriptor = os.open(path, os.O_RDONLY)
        found += looks_like_badge(partial(read_at, descriptor), size)
        os.close(descriptor)
    return found


def seconds(work: Callable[[list[str]], int], paths: list[str]) -> float:
    started = time.perf_counter()
    work(paths)
    return time.perf_counter() - started


def main() -> int:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as folder:
        paths = fill(Path(folder), count)
        found = telling(paths)
        # both in turn, so that other work on the machine meets both; the best round of each counts
        rounds = [(seconds(floor, paths), seconds(telling, paths)) for _ in range(ROUNDS)]
    least, ours = (min(times) for times in zip(*rounds, strict=True))
    print(f"{found} badges among {count} files: {ours * 1000:.0f} ms, floor {least * 1000:.0f} ms")
    print(f"telling badges apart: {ours / least:.2f} x (stat + open + read 4 KiB), goal <= {GOAL}")
    return 0 if found == count // 10 and ours / least <= GOAL else 1


if __name__ == "__main__":
    sys.exit(main())

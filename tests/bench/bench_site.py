"""How fast is the published site built? Ratios measured in one run: `python tests/bench/bench_site.py [BADGES]`.

Prints the full build, the build after one change, and what writing the same bytes costs; ends with 1 where a goal (for
1,000 badges on 2 cores: 20 s and 1 s) is missed. The processor's time is of all processes together: on a computer
that is busy with other things, that over two is nearer to what the build takes than the clock.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "daemon"), str(ROOT)]

from tests.issuer import Issuer
from tests.sharing.site_material import ISSUERS, gatherer, keep, opened, publisher, signed_file

from passport.workers import Workers

ISSUERS_COUNT = 40
FULL_S, AGAIN_S = 20.0, 1.0


def fill(home: Path, badges: int) -> None:
    vault = opened(home)
    makers = [
        Issuer(f"https://issuer{number}.example", name=f"{ISSUERS[number % len(ISSUERS)]} {number}")
        for number in range(ISSUERS_COUNT)
    ]
    for number in range(badges):
        keep(vault, signed_file(makers[number % ISSUERS_COUNT], number))
    vault.decide("profile", {"name": "Ann Päivärinta"})
    vault.close()


def write_all(files: dict[str, bytes], target: Path) -> float:
    began = time.perf_counter()
    for path, content in files.items():
        file = target / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return time.perf_counter() - began


def processor() -> float:
    """Return the seconds of all processors that this process and those that it waited for took."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


async def measure(home: Path, badges: int) -> int:
    vault, target = opened(home), home / "site"
    await asyncio.to_thread(vault.warm)
    spent = processor()
    async with Workers() as workers:
        began = time.perf_counter()
        first = await publisher(home).publish(gatherer(vault, workers, home), str(target))
        full = time.perf_counter() - began
    spent = processor() - spent
    async with Workers() as workers:
        entry = vault.search("", limit=1).entries[0]
        vault.decide(entry.subject, {"show-name": False})
        began = time.perf_counter()
        again = await publisher(home).publish(gatherer(vault, workers, home), str(target))
        change = time.perf_counter() - began
    vault.close()
    files = {str(file.relative_to(target)): file.read_bytes() for file in target.rglob("*") if file.is_file()}
    plain, whole = write_all(files, home / "copy"), sum(map(len, files.values()))
    pages = [
        len(content) for path, content in files.items() if path.startswith("badges/") and path.endswith("index.html")
    ]
    print(
        f"{badges} badges, {len(files)} files, {whole / 1e6:.0f} MB; a badge's page: {max(pages) / 1e3:.0f} kB at most"
    )
    print(
        f"full build       {full:6.2f} s  ({full / plain:5.1f} x writing the same bytes, {len(first.plan.write)} files)"
    )
    print(f"processor's time {spent:6.2f} s  ({spent / full:5.2f} cores at work)")
    print(f"after one change {change:6.2f} s  ({change / full:5.3f} of the full build; {len(again.plan.write)} files)")
    scale = badges / 1000
    return int(full > FULL_S * scale or change > AGAIN_S * max(scale, 1.0))


def main() -> int:
    badges = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        fill(home, badges)
        return asyncio.run(measure(home, badges))


if __name__ == "__main__":
    sys.exit(main())

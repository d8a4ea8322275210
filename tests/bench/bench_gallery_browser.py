"""The gallery of 10,000 badges in a real Chromium: first view, shifts of the layout, memory of the tab.

    python tests/bench/bench_gallery_browser.py [BADGES [scroll]]

With `scroll` only the whole scroll is measured. It turns the wheel until the last badge is seen (about four minutes
for 10,000), in a tab that no test driver watches, over badges with real pictures of 200 issuers; their thumbnails are
there already, as they are after the first look. The tab's memory is read at each turn, and nothing collects garbage
but the browser itself; what is left when it is made to is told besides. Two measures are told. What must stay under
the limit is what Chromium's own task manager shows for the tab, the memory footprint. The proportional set size of the
renderer's process counts besides its part of the program's text, and the decoded pictures and drawn tiles that it
shares with the browser; of those the browser keeps what it likes (up to 1,000 pictures) and gives it back when asked.

Issue 6: first view <= 1 s with a cold cache on loopback; no layout shift when pictures arrive; scrolling through all
stays under 300 MB in the tab.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import random
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "daemon"), str(ROOT)]

from PIL import Image, ImageDraw
from tests.bench.bare_tab import Memory, Tab, bare_tab
from tests.bench.bench_vault import fill
from tests.browser.browser_gallery_material import FLAGS, Visitor, visiting
from tests.vault.vault_material import arrival
from tests.web.pages_material import Passport, passport_in

from passport.web.parts import PARTS

LIMIT_MB = 300
TURN = 1200
"""Pixels the wheel turns the page on at a time: more than its height."""
STUCK_S = 60
SHIFTS = """
window.shifted = 0;
new PerformanceObserver((seen) => {
  for (const one of seen.getEntries()) if (!one.hadRecentInput) shifted += one.value;
})
  .observe({type: 'layout-shift', buffered: true});
"""
PAINTED = """() => new Promise((done) => new PerformanceObserver((seen) => done(seen.getEntries().at(-1).startTime))
  .observe({type: 'largest-contentful-paint', buffered: true}))"""
WHERE = """(() => {
  const [page, sheets] = [document.documentElement, document.querySelectorAll('#shown > .sheet')];
  return {sheets: sheets.length, whole: document.querySelectorAll('#shown > .sheet:not(.far)').length, at: scrollY,
          end: !document.getElementById('more') && scrollY + innerHeight > page.scrollHeight - 2,
          last: document.querySelector('#shown > .sheet:last-child').dataset.name, shifted: window.shifted};
})()"""


@dataclass
class Most:
    """The most memory seen so far."""

    proportional: float = 0.0
    private: float = 0.0

    def see(self, memory: Memory) -> None:
        self.proportional = max(self.proportional, memory.proportional)
        self.private = max(self.private, memory.private)


async def first_views(visitor: Visitor, count: int) -> list[float]:
    """Return when the largest thing was painted, in ms after the click, each time in a new context."""
    state = await visitor.page.context.storage_state()
    times = []
    for _ in range(count):
        context = await visitor.browser.new_context(storage_state=state, viewport={"width": 1280, "height": 900})
        page = await context.new_page()
        await page.goto(visitor.passport.address + "/")
        await page.wait_for_timeout(300)
        times.append(await page.evaluate(PAINTED))
        await context.close()
    return sorted(times)


async def settling(visitor: Visitor) -> float:
    """Return how much the layout shifts while the pictures of a first view arrive."""
    await visitor.page.add_init_script(SHIFTS)
    await visitor.go("/")
    await visitor.page.wait_for_timeout(1500)
    return await visitor.page.evaluate("shifted")


def pictured(passport: Passport, badges: int) -> None:
    """Put badges in whose pictures are real, and their thumbnails."""
    chance = random.Random(1)
    drawn = [(_picture(number, 400), _picture(number, 120)) for number in range(40)]
    for number in range(badges):
        file = drawn[number % 40][0] + b"%d" % number  # after the end of the picture: no two files are the same
        sha256 = hashlib.sha256(file).hexdigest()
        kept = passport.served.app[PARTS].places.state / "thumbnails" / sha256[:2] / f"{sha256}-120.png"
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(drawn[number % 40][1])
        issuer = f"https://issuer{chance.randrange(200)}.example"
        passport.vault.put(arrival(file, number=number, name=f"Badge {number} for work well done", issuer=issuer))


def _picture(number: int, size: int) -> bytes:
    chance, picture = random.Random(number), Image.effect_noise((size, size), 30).convert("RGB")
    pen = ImageDraw.Draw(picture)
    for _ in range(6):
        x, y = chance.randrange(size), chance.randrange(size)
        pen.ellipse([x - size / 4, y - size / 4, x + size / 4, y + size / 4], fill=tuple(chance.randbytes(3)))
    stored = io.BytesIO()
    picture.save(stored, "PNG")
    return stored.getvalue()


async def scrolled(tab: Tab) -> tuple[Most, float]:
    """Turn the wheel until the end; return the most memory on the way, and how much the layout shifted."""
    began, told, moved, most, at = time.perf_counter(), 0.0, 0.0, Most(), -1
    while True:
        await tab.wheel(TURN)
        most.see(now := await tab.memory())
        passed = time.perf_counter() - began
        if passed - told < 10:
            continue
        told, where = passed, await tab.value(WHERE)
        moved, at = (passed, where["at"]) if where["at"] != at else (moved, at)
        print(
            f"  {passed:.0f} s: {where['last']}, {where['whole']} of {where['sheets']} sheets whole; tab "
            f"{now.private:.0f} MB, with what it shares {now.proportional:.0f} MB",
            flush=True,
        )
        if where["end"]:
            return most, where["shifted"]
        if passed - moved > STUCK_S:
            raise RuntimeError("The page does not scroll on.")


async def whole_scroll(folder: Path, badges: int) -> tuple[float, float]:
    """Scroll through all; print and return the most memory of the tab itself in MB, and how much the layout shifted."""
    async with passport_in(folder) as passport, bare_tab(FLAGS) as tab:
        pictured(passport, badges)
        await tab.go(passport.ticket())
        await tab.value(SHIFTS + "0")
        began = time.perf_counter()
        most, shift = await scrolled(tab)
        took = time.perf_counter() - began
        await tab.send("HeapProfiler.collectGarbage")
        await asyncio.sleep(1)
        left = await tab.memory()
    print(
        f"all {badges} scrolled through in {took:.0f} s: memory footprint at most {most.private:.0f} MB, with "
        f"what it shares {most.proportional:.0f} MB; {left.private:.0f} and {left.proportional:.0f} MB "
        f"after collecting garbage; layout shift {shift:.4f}"
    )
    return most.private, shift


async def looks(folder: Path, badges: int) -> tuple[float, float]:
    """Print and return the median of the first views in ms, and how much the layout shifts in one."""
    async with visiting(folder) as visitor:
        print(f"{badges} badges put in {fill(visitor.passport.vault, badges):.0f} s", flush=True)
        await visitor.go("/")  # the server's first search; the daemon warms it at its start
        views = await first_views(visitor, 7)
        best, median, worst = views[0], views[3], views[-1]
        print(f"first view, cold cache: best {best:.0f}, median {median:.0f}, worst {worst:.0f} ms", flush=True)
        shift = await settling(visitor)
        print(f"layout shift while pictures arrive: {shift:.4f}", flush=True)
        return median, shift


async def main(badges: int, *, only_scroll: bool) -> int:
    """Print the figures; 1 when a limit is passed."""
    median = shift = 0.0
    with tempfile.TemporaryDirectory() as folder:
        if not only_scroll:
            median, shift = await looks(Path(folder) / "looks", badges)
        most, moved = await whole_scroll(Path(folder) / "scroll", badges)
    return int(median > 1000 or most > LIMIT_MB or max(shift, moved) > 0.01)


if __name__ == "__main__":
    COUNT = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    sys.exit(asyncio.run(main(COUNT, only_scroll="scroll" in sys.argv)))

"""The gallery of 10,000 badges in a real Chromium: first view, shifts of the layout, memory of the tab.

    python tests/bench/bench_gallery_browser.py [BADGES]

Issue 6: first view <= 1 s with a cold cache on loopback; no layout shift when pictures arrive; scrolling through all
stays under 300 MB in the tab (proportional set size of the renderer's process).
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "daemon"), str(ROOT)]

from playwright.async_api import Browser, Page
from tests.bench.bench_vault import fill
from tests.browser.browser_gallery_material import Visitor, visiting

SHIFTS = """
window.shifted = 0;
new PerformanceObserver((seen) => {
  for (const one of seen.getEntries()) if (!one.hadRecentInput) shifted += one.value;
})
  .observe({type: 'layout-shift', buffered: true});
"""
PAINTED = """() => new Promise((done) => new PerformanceObserver((seen) => done(seen.getEntries().at(-1).startTime))
  .observe({type: 'largest-contentful-paint', buffered: true}))"""


async def memory_mb(browser: Browser) -> float:
    """Return the memory of the fattest renderer, in MB."""
    session = await browser.new_browser_cdp_session()
    found = (await session.send("SystemInfo.getProcessInfo"))["processInfo"]
    await session.detach()
    return max(pss_mb(process["id"]) for process in found if process["type"] == "renderer")


def pss_mb(pid: int) -> float:
    """Return the proportional set size of a process, in MB."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:"))


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


async def scrolled(page: Page, badges: int) -> float:
    """Scroll to the last badge; return how long it took, in s."""
    began = time.perf_counter()
    while await page.locator("#shown > li").count() < badges:
        await page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
        await page.wait_for_timeout(60)
    return time.perf_counter() - began


async def main(badges: int) -> int:
    """Print the figures; 1 when a limit is passed."""
    with tempfile.TemporaryDirectory() as folder:
        async with visiting(Path(folder)) as visitor:
            print(f"{badges} badges put in {fill(visitor.passport.vault, badges):.0f} s", flush=True)
            await visitor.go("/")  # the server's first search; the daemon warms it at its start
            views = await first_views(visitor, 7)
            print(
                f"first view, cold cache: best {views[0]:.0f}, median {views[3]:.0f}, worst {views[-1]:.0f} ms",
                flush=True,
            )
            await visitor.page.add_init_script(SHIFTS)
            await visitor.go("/")
            await visitor.page.wait_for_timeout(1500)
            shift = await visitor.page.evaluate("shifted")
            print(
                f"layout shift while pictures arrive: {shift:.4f}; tab {await memory_mb(visitor.browser):.0f} MB",
                flush=True,
            )
            took = await scrolled(visitor.page, badges)
            most, shift = await memory_mb(visitor.browser), await visitor.page.evaluate("shifted")
            print(f"all {badges} scrolled through in {took:.0f} s: tab {most:.0f} MB, layout shift {shift:.4f}")
            return int(views[3] > 1000 or most > 300 or shift > 0.01)


if __name__ == "__main__":
    sys.exit(asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)))

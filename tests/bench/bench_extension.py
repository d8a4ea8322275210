"""How soon the popup lists the badges of a page with 500 pictures, beside a bare fetch of that page in the same run.

    python tests/bench/bench_extension.py [TIMES]

Issue 4: click -> list <= 300 ms on such a page. The click is a real one on the toolbar's button of a real Chromium.
`list` is told by the popup itself: from the begin of its document to the list being shown. `click` is what the clock of
the driver says, with the driver's own delays. The bare fetch is done by the page itself, uncached.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "daemon"), str(ROOT)]

from tests.browser.chromium import Chromium, chromium
from tests.browser.extension_stage import EXTENSION, SavedPage, stage

PICTURES = 500
GOAL_MS = 300
LISTED = "document.body?.dataset.listed"
SETTLED = "document.body?.dataset.settled === 'yes'"
FETCH = """async () => {
  const began = performance.now();
  await (await fetch(location.href, { cache: "no-store" })).text();
  return performance.now() - began;
}"""


def busy() -> SavedPage:
    """Return a page with many pictures and one badge."""
    pictures = "".join(f'<img src="/p/{n}.png" width="90" height="90" alt="picture {n}">' for n in range(PICTURES))
    badge = '<a href="https://www.credly.com/badges/5a1f3c9e-7c41-4f0e-9a6b-3d2c1b0a9f88">Cloud</a>'
    html = f"<!doctype html><title>Busy</title>{badge}{pictures}"
    return SavedPage("busy", {"url": "https://busy.example/busy", "badges": []}, html, {})


async def once(browser: Chromium, page) -> tuple[float, float, float]:
    """Return milliseconds: a bare fetch, the popup's own time to its list, the clock's time from click to list."""
    fetched = await page.evaluate(FETCH)
    began = time.perf_counter()
    popup = await browser.press(page)
    listed = float(await popup.until(LISTED))
    clicked = (time.perf_counter() - began) * 1000
    await popup.until(SETTLED)
    await browser.close_popup(popup)
    await browser.in_worker("() => chrome.storage.session.clear()")
    return fetched, listed, clicked


async def main(times: int) -> int:
    """Print the medians; 1 when the list comes too late."""
    with tempfile.TemporaryDirectory() as home:
        async with (
            stage(Path(home), [busy()]) as on,
            chromium(Path(home) / "profile", EXTENSION, sites_port=on.sites.port) as browser,
        ):
            await (await browser.open(on.sign_in())).goto(f"{on.base}/connect")
            popup = await browser.press(browser.context.pages[-1])
            await popup.until("document.body?.dataset.ready === 'connected'")
            await browser.close_popup(popup)
            page = await browser.open("https://busy.example/busy")
            taken = [await once(browser, page) for _ in range(times)]
    fetched, listed, clicked = (median(column) for column in zip(*taken, strict=True))
    print(f"a page with {PICTURES} pictures, medians of {times}:")
    print(f"  bare fetch {fetched:7.1f} ms   list {listed:7.1f} ms   click {clicked:7.1f} ms")
    print(f"  list / bare fetch = {listed / fetched:.1f}; the goal for the list on an idle machine: {GOAL_MS} ms")
    print("  each list: " + " ".join(f"{one[1]:.0f}" for one in taken))
    return int(listed > GOAL_MS)


if __name__ == "__main__":
    sys.exit(asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 7)))

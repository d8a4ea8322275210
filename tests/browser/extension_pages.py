"""Make `snapshot.json` of each saved page as the extension reads it: python -m tests.browser.extension_pages."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from playwright.async_api import Route, async_playwright
from tests.browser.chromium import BINARY, QUIET
from tests.browser.extension_stage import EXTENSION, PAGES, SavedPage


async def snapshots(pages: list[SavedPage]) -> dict[str, dict]:
    """Return what the extension would read of each page."""
    collect = (EXTENSION / "page/collect.js").read_text().replace("export function", "function")
    taken = {}
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=str(BINARY), args=list(QUIET))
        context = await browser.new_context()
        for saved in pages:
            page = await context.new_page()
            await page.route("**/*", _answering(saved))
            await page.goto(saved.url, wait_until="load")
            taken[saved.name] = await page.evaluate(f"(() => {{ {collect}; return collect(); }})()")
            await page.close()
        await browser.close()
    return taken


def _answering(saved: SavedPage):
    async def answer(route: Route) -> None:
        if route.request.url.split("#")[0] == saved.url.split("#")[0]:
            await route.fulfill(status=200, content_type="text/html; charset=utf-8", body=saved.html)
        else:
            await route.abort()

    return answer


def text_of(snapshot: dict) -> str:
    """Return how a snapshot is kept."""
    return json.dumps(snapshot, indent=1, ensure_ascii=False) + "\n"


def main() -> None:
    """Write all of them."""
    for name, snapshot in asyncio.run(snapshots(SavedPage.all())).items():
        Path(PAGES / name / "snapshot.json").write_text(text_of(snapshot))


if __name__ == "__main__":
    main()

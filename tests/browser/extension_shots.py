"""Draw popup and options in every state, to be looked at: python -m tests.browser.extension_shots FOLDER [LANGUAGE].

By day and by night, in the words of one of the extension's languages (`ar` is drawn from right to left).
"""

from __future__ import annotations

import asyncio
import shutil
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from aiohttp import web
from tests.browser.chromium import Chromium, Popup, chromium
from tests.browser.extension_stage import EXTENSION, PAGES, SavedPage, Stage, stage
from tests.browser.test_browser_extension_choosing import wall

COLLECTION = "https://badgr.com/public/collections/0d9f8e7c6b5a43210fedcba987654321"
CREDLY = "https://www.credly.com/badges/5a1f3c9e-7c41-4f0e-9a6b-3d2c1b0a9f88/public_url"
SETTLED = "document.body?.dataset.settled === 'yes'"
READY = "document.body?.dataset.ready && document.body.dataset.ready !== 'looking'"
DONE = "document.body?.dataset.ready && document.querySelectorAll('li .result:not(.busy):not(:empty)').length > 0"
QUEUED = "document.body?.dataset.ready && !document.getElementById('queue').hidden"
BANNER = "document.body?.dataset.ready && document.getElementById('title').textContent"


def speaking(language: str, folder: Path) -> Path:
    """Return an extension that speaks this language in any browser."""
    target = Path(shutil.copytree(EXTENSION, folder / "extension"))
    shutil.copy(EXTENSION / "_locales" / language / "messages.json", target / "_locales/en/messages.json")
    return target


class Shots:
    """Pictures of one browser, each by day and by night."""

    def __init__(self, browser: Chromium, folder: Path, language: str) -> None:
        self.browser = browser
        self.folder = folder
        self.language = language

    async def popup(self, name: str, url: str, until: str = SETTLED, then: str = "", more: str = "") -> None:
        """Press the button on this page, do something in the popup, and draw it."""
        popup = await self.browser.press(await self.browser.open(url))
        await popup.until(until)
        if then:
            await popup.eval(then)
            await popup.until(more)
        await asyncio.sleep(1)  # pictures come after the list
        await self._draw(popup, name)
        await self.browser.close_popup(popup)

    async def _draw(self, popup: Popup, name: str) -> None:
        for scheme in ("light", "dark"):
            media = [{"name": "prefers-color-scheme", "value": scheme}]
            await popup.send("Emulation.setEmulatedMedia", features=media)
            await popup.shot(self.folder / f"{name}-{self.language}-{scheme}.png")

    async def options(self, name: str) -> None:
        """Draw the options."""
        page = await self.browser.open(f"chrome-extension://{self.browser.id}/options/options.html")
        for scheme in ("light", "dark"):
            await page.emulate_media(color_scheme=scheme)
            await page.screenshot(path=self.folder / f"{name}-{self.language}-{scheme}.png", full_page=True)
        await page.close()


async def draw(shots: Shots, on: Stage) -> None:
    """Go through the extension's life."""
    await shots.popup("not-connected", CREDLY, BANNER)
    await shots.options("options-first")
    await shots.browser.open(on.sign_in())
    await shots.popup("connected", f"{on.base}/connect", READY)
    await shots.popup("gallery", f"{on.base}/", READY)
    await shots.popup(
        "looking",
        "https://wall.example/me",
        "document.getElementById('live')?.textContent && document.body.dataset.ready === 'ready'",
    )
    on.sites.released.set()
    await shots.browser.in_worker("() => chrome.storage.session.clear()")
    await shots.popup("empty", "https://wall.example/me")
    await shots.popup(
        "choosing",
        "https://erik.example/cv/",
        SETTLED,
        "document.getElementById('act').click()",
        "document.querySelector('.choice') !== null",
    )
    await shots.popup("offer", "https://issuer.college.example/claim/99")
    await shots.popup("no-access", "chrome://version", READY)
    await shots.popup("list", COLLECTION)
    await shots.popup("many", "https://tove.example/learned")
    await shots.popup("done", COLLECTION, SETTLED, "document.getElementById('save').click()", DONE)
    await shots.popup(
        "share",
        COLLECTION,
        DONE,
        "document.querySelector('.deeds button:nth-child(2)').click()",
        "document.querySelector('.network') !== null",
    )
    await shots.popup("no-badge", "https://erik.example/cv/", SETTLED, "document.getElementById('other').click()", DONE)
    await on.stop()
    await shots.browser.in_worker("() => chrome.storage.session.clear()")
    await shots.popup("not-running", "https://erik.example/cv/", BANNER)
    await shots.popup("not-running-list", CREDLY, BANNER)
    await shots.popup("queue", CREDLY, BANNER, "document.getElementById('save').click()", QUEUED)
    await shots.options("options-waiting")
    await impostor(shots, on)


async def impostor(shots: Shots, on: Stage) -> None:
    """Draw what is said when another program has taken the passport's place."""

    async def answer(_request: web.Request) -> web.Response:
        return web.Response(text="<h1>Something else</h1>", content_type="text/html")

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", on.port).start()
    await shots.popup("other-program", "https://erik.example/cv/", BANNER)
    await runner.cleanup()


async def main(folder: Path, language: str) -> None:
    """Draw all of them."""
    names = ("badgr-collection", "blog-images", "none-cv", "wallet-offer")
    with tempfile.TemporaryDirectory() as home:
        async with (
            stage(
                Path(home),
                [wall(), *(SavedPage.read(PAGES / name) for name in names), SavedPage.read(PAGES / "credly-badge")],
            ) as on,
            chromium(Path(home) / "profile", speaking(language, Path(home)), sites_port=on.sites.port) as browser,
        ):
            with suppress(KeyboardInterrupt):
                await draw(Shots(browser, folder, language), on)


if __name__ == "__main__":
    Path(sys.argv[1]).mkdir(parents=True, exist_ok=True)
    asyncio.run(main(Path(sys.argv[1]), *(sys.argv[2:] or ["en"])))

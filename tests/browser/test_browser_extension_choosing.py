"""What the popup says while pictures are looked at, and choosing a picture by hand, in a real Chromium."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.browser.chromium import BINARY, Chromium, chromium
from tests.browser.extension_stage import EXTENSION, PAGES, SavedPage, Stage, stage

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.timeout(600),  # the first start of a browser on a busy machine alone may take minutes
    pytest.mark.skipif(not BINARY.exists(), reason="Chromium is not installed (apt-get install chromium)"),
]

STAR = "https://cdn.shy.example/star.png"
BANNER = "https://cdn.shy.example/banner.png"
SETTLED = "document.body?.dataset.settled === 'yes'"
MENU = """async ([id, url]) => {
  const [tab] = await chrome.tabs.query({ active: true, currentWindow: true });
  chrome.contextMenus.onClicked.dispatch({ menuItemId: id, srcUrl: url, linkUrl: url, pageUrl: tab.url }, tab);
}"""
"""Headless Chromium draws no menu that a test could press: what is told when its line is chosen is told here."""
RESULT = """async (wanted) => {
  for (let turn = 0; turn < 300; turn += 1) {
    const states = Object.values(await chrome.storage.session.get(null));
    if (states.some((state) => state.items?.some((item) => item.result === wanted))) return;
    await new Promise((done) => setTimeout(done, 200));
  }
  throw new Error(`nothing came to ${wanted}`);
}"""


def wall() -> SavedPage:
    """A page of pictures that only the passport may read: one looks like a badge and is none, one is the other way."""
    credly = SavedPage.read(PAGES / "credly-badge")
    assertion = next(what["json"] for url, what in credly.site.items() if "badge_assertions" in url)
    site = {**credly.site, STAR: {"picture": "star", "held": True}, BANNER: {"baked": assertion}}
    html = f"""<!doctype html><title>Wall</title><h1>My wall</h1>
    <img src='{STAR}' width='96' height='96' alt='Badge'><img src='{BANNER}' width='640' height='80' alt='Banner'>"""
    return SavedPage("wall", {"url": "https://wall.example/me", "badges": []}, html, site)


def says(words: str) -> str:
    return f"document.body?.innerText.includes({words!r})"


async def connect(browser: Chromium, on: Stage) -> None:
    page = await browser.open(on.sign_in())
    await page.goto(f"{on.base}/connect")
    popup = await browser.press(page)
    await popup.until("document.body?.dataset.ready === 'connected'")
    await browser.close_popup(popup)


async def test_nothing_is_said_before_all_was_looked_at_and_then_a_picture_can_be_chosen(tmp_path: Path):
    (tmp_path / "home").mkdir()
    page = wall()
    async with (
        stage(tmp_path / "home", [page], timeout_s=300) as on,
        chromium(tmp_path / "profile", EXTENSION, sites_port=on.sites.port) as browser,
    ):
        await connect(browser, on)
        popup = await browser.press(await browser.open(page.url))

        # the page's own reading is done, the passport still looks at the star: nothing is claimed meanwhile
        await popup.until(says("Looking at one picture"))
        assert not await popup.eval(SETTLED)
        assert "No badge found" not in await popup.text()
        await browser.close_popup(popup)

        # nor when the popup is opened again
        popup = await browser.press(browser.context.pages[-1])
        await popup.until(says("Looking at one picture"))
        assert "No badge found" not in await popup.text()
        on.sites.released.set()
        await popup.until(SETTLED)
        assert "No badge found here" in await popup.text()

        # each way out is one button
        assert await popup.eval("[...document.querySelectorAll('.acts button')].map((b) => b.textContent)") == [
            "Choose a picture",
            "Save this address",
        ]
        await popup.click("#act")
        await popup.until("document.querySelectorAll('.choice').length === 2")
        assert await popup.eval("document.activeElement.id") == "choosing-title"
        await popup.click("#back")
        await popup.until(says("No badge found here"))
        await popup.click("#act")
        await popup.until(says("Which one is the badge?"))
        await popup.eval(
            "[...document.querySelectorAll('.choice')].find((b) => b.textContent.endsWith('Banner')).click()"
        )
        await popup.until("document.querySelectorAll('li .result.verified').length === 1")
        assert on.held() == {"Cloud Practitioner Essentials": "verified"}
        await browser.close_popup(popup)

        # by the menu of a picture
        await browser.in_worker(MENU, ["save-image", STAR])
        await browser.in_worker(RESULT, "no-badge")
        assert len(on.held()) == 1

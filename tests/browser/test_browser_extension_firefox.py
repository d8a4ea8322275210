"""The same extension, unchanged, in a real Firefox: pair, list, save, again, stop, queue, share, revoke."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.browser.extension_stage import EXTENSION, PAGES, SavedPage, stage
from tests.browser.firefox import BINARY, Firefox, firefox

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.timeout(600),  # the first start of a browser on a busy machine alone may take minutes
    pytest.mark.skipif(BINARY is None, reason="Firefox is not installed (apt-get install firefox-esr)"),
]

BLOG = "https://tove.example/learned"
CREDLY = "https://www.credly.com/badges/5a1f3c9e-7c41-4f0e-9a6b-3d2c1b0a9f88/public_url"
READY = "document.body?.dataset.settled === 'yes'"
NAMES = "[...document.querySelectorAll('li b')].map((b) => b.textContent).join('|')"


def says(words: str) -> str:
    return f"document.body.innerText.includes({words!r})"


async def press(browser: Firefox, url: str, then: str) -> None:
    await browser.open(url)
    await browser.press()
    await browser.until(then)


async def test_pair_list_save_again_stop_queue_share_revoke(tmp_path: Path):
    (tmp_path / "home").mkdir()
    pages = [SavedPage.read(PAGES / name) for name in ("blog-images", "credly-badge", "moodle")]
    async with (
        stage(tmp_path / "home", pages) as on,
        firefox(tmp_path / "profile", EXTENSION, sites_port=on.sites.port) as browser,
    ):
        await press(browser, CREDLY, says("Connect this browser"))

        # pair by the button on the passport's own page
        await browser.open(on.sign_in())
        await press(browser, f"{on.base}/connect", says("Connected"))
        (client,) = on.parts.clients.all()
        assert client.label == "Firefox on Linux"
        assert client.origin.startswith("moz-extension://")

        # pictures of every kind, read with the page's own session
        await press(browser, BLOG, READY)
        await browser.until("document.querySelectorAll('li').length === 11")
        assert "Shadow Player" in await browser.eval(NAMES)
        await browser.counts("11")
        await browser.click("#save")
        await browser.until(says("All 11 are done"))
        assert sorted(set(on.held().values())) == ["verified"]
        assert len(on.held()) == 11

        # the same page again
        await press(browser, BLOG, "document.querySelectorAll('li .result.verified').length === 11")
        assert await browser.eval("document.querySelectorAll('li input:checked').length") == 0

        # what only the page's own session can fetch: Moodle's baked file, by POST
        await press(browser, pages[2].url, READY)
        await browser.click("#save")
        await browser.until(says("Done."))
        assert on.held()["Soil Science"] == "verified"
        assert any("bake=1" in url for url in on.sites.asked)

        # the daemon is down; what is chosen waits; it is sent when the daemon is back
        await on.stop()
        await press(browser, CREDLY, says("Your passport is not running"))
        await browser.until(says("Save this badge"))
        await browser.click("#save")
        await browser.until(says("One badge waits to be sent"))
        await on.start()
        await browser.press()
        await browser.until("document.querySelectorAll('li .result.verified').length === 1")
        assert on.held()["Cloud Practitioner Essentials"] == "verified"

        # share
        await browser.eval("document.querySelector('.deeds button:nth-child(2)').click()")
        await browser.eval(
            "[...document.querySelectorAll('.network')].find((b) => b.textContent === 'LinkedIn').click()"
        )
        await browser.opened("https://www.linkedin.com/")

        # revoked
        on.parts.clients.revoke(client.id)
        await press(browser, CREDLY, says("No longer connected"))


SHY = "https://cdn.shy.example/wall/knot.png"


def shy_page() -> SavedPage:
    """A page whose picture another host keeps from scripts and from programs, and gives to browsers only."""
    credly = SavedPage.read(PAGES / "credly-badge")
    assertion = next(what["json"] for url, what in credly.site.items() if "badge_assertions" in url)
    site = {**credly.site, SHY: {"baked": assertion, "browsers_only": True}}
    html = (
        f"<!doctype html><title>Wall</title><h1>My wall</h1><img src='{SHY}' width='96' height='96' alt='On the wall'>"
    )
    return SavedPage("shy", {"url": "https://wall.example/me", "badges": []}, html, site)


async def test_the_menu_of_a_picture(tmp_path: Path):
    """A picture that neither the page nor the daemon may read, chosen by hand: its site can be allowed."""
    (tmp_path / "home").mkdir()
    page = shy_page()
    async with (
        stage(tmp_path / "home", [page]) as on,
        firefox(tmp_path / "profile", EXTENSION, sites_port=on.sites.port) as browser,
    ):
        await browser.open(on.sign_in())
        await press(browser, f"{on.base}/connect", says("Connected"))
        await browser.close_popup()

        # the menu of a picture
        await browser.open(page.url)
        await browser.choose("img", "Save badge to passport")
        await browser.until(says("Allow access to cdn.shy.example"))
        assert on.held() == {}

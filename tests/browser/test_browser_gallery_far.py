"""A long gallery in a real Chromium: what is far keeps its name, link and box alone, and nothing of it is lost."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect
from tests.browser.browser_gallery_material import Visitor, needs_chromium, visiting

pytestmark = [pytest.mark.browser, pytest.mark.slow, needs_chromium]

MANY = 192
WHOLE = 130
"""More cards than this are never whole at a time: two and a half screens before and after what is seen."""
PATIENCE_MS = 60_000


async def filled(visitor: Visitor, address: str) -> Page:
    for number in range(MANY):
        visitor.passport.put(name=f"Badge {number:03}", number=number)
    await visitor.go(address)
    return visitor.page


async def to_the_end(page: Page) -> None:
    """Scroll until the last badge is there and is whole."""
    for many in (120, 180, MANY):
        await page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
        await expect(page.locator("#shown li")).to_have_count(many, timeout=PATIENCE_MS)
    await page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    await expect(page.locator("#shown li").last).not_to_have_class("card far", timeout=PATIENCE_MS)
    await expect(page.locator("#shown li").first).to_have_class("card far", timeout=PATIENCE_MS)


@pytest.mark.timeout(300)
async def test_what_is_far_is_thin_and_whole_again_when_it_comes_near(tmp_path):
    async with visiting(tmp_path) as visitor:
        page = await filled(visitor, "/?sort=name")
        first = page.locator("#shown li").first
        await page.locator(".pick input").nth(1).check(force=True)
        await to_the_end(page)
        assert await page.locator("#shown .face").count() <= WHOLE
        assert await page.locator("#shown img").count() <= 2 * WHOLE
        assert await first.locator("img, svg, .verdict, .by").count() == 0
        names = [f"Badge {number:03}" for number in range(MANY)]
        assert await page.locator("#shown a.open").all_text_contents() == names
        await expect(page.locator("#picked-count")).to_have_text("1")
        assert await page.evaluate("new FormData(document.getElementById('picking')).getAll('id').length") == 1
        tall = await page.evaluate("document.documentElement.scrollHeight")

        await page.locator("#shown a.open").last.focus()
        await page.keyboard.press("Home")
        await expect(first).to_have_class("card", timeout=PATIENCE_MS)
        await expect(first.locator("a.open")).to_be_focused()
        assert await first.locator(".face .rosette").count() == 1
        assert await first.locator(".verdict").count() == 1
        await expect(page.locator(".pick input").nth(1)).to_be_checked()
        await expect(page.locator("#shown li").last).to_have_class("card far", timeout=PATIENCE_MS)
        assert await page.evaluate("document.documentElement.scrollHeight") == pytest.approx(tall, abs=2)
        assert visitor.errors == []


@pytest.mark.timeout(300)
async def test_the_keyboard_walks_over_what_is_far_and_paper_shows_all(tmp_path):
    async with visiting(tmp_path) as visitor:
        page = await filled(visitor, "/?sort=name")
        await to_the_end(page)
        await page.locator("#shown a.open").last.focus()
        last = MANY - 1
        for _ in range(MANY // 4):
            await page.keyboard.press("ArrowUp")
            here = int((await page.evaluate("document.activeElement.textContent"))[-3:])
            assert here < last or here < 10
            last = here
        assert last < 10
        await page.keyboard.press("x")
        await expect(page.locator("#picked-count")).to_have_text("1")
        await page.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert await page.locator("#shown .face").count() == MANY
        await page.evaluate("dispatchEvent(new Event('afterprint'))")
        await expect(page.locator("#shown li").last).to_have_class("card far", timeout=PATIENCE_MS)
        await page.keyboard.press("a")
        await expect(page.locator("#picked-count")).to_have_text(str(MANY))
        assert visitor.errors == []

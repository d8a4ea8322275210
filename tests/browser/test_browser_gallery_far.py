"""A long gallery in a real Chromium: what is far is only a place, and nothing of it is lost."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect
from tests.browser.browser_gallery_material import Visitor, needs_chromium, visiting
from tests.vault.vault_material import arrival, opened

from passport.web.pages.looking import PAGE_SIZE

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300), needs_chromium]

SHEETS = 4
MANY = (SHEETS - 1) * PAGE_SIZE + 12
NAMES = [f"Badge {number:03}" for number in range(MANY)]
PATIENCE_MS = 60_000
"""For what takes a moment on an idle machine."""


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A passport with many badges, put in once."""
    folder = tmp_path_factory.mktemp("kept")
    vault = opened(folder)
    for number, name in enumerate(NAMES):
        issuer = f"https://issuer{number % 5}.example"
        without_picture = replace(
            arrival(b"%d" % number, name=name, number=number, issuer=issuer), media_type="text/plain"
        )
        vault.put(without_picture)  # nothing to draw: no test of the sheets waits for a worker
    vault.close()
    return folder


@pytest.fixture
def many(kept: Path, tmp_path: Path) -> Path:
    """A copy of it, to be changed."""
    shutil.copytree(kept, tmp_path / "many")
    return tmp_path / "many"


async def gallery(visitor: Visitor) -> Page:
    await visitor.go("/?sort=name")
    return visitor.page


def sheet(page: Page, number: int) -> Locator:
    return page.locator("#shown > .sheet").nth(number)


async def is_far(found: Locator) -> None:
    await expect(found).to_have_class("sheet far", timeout=PATIENCE_MS)


async def is_whole(found: Locator) -> None:
    await expect(found).to_have_class("sheet", timeout=PATIENCE_MS)


async def to_the_end(page: Page) -> None:
    """Scroll until the last sheet is there, and the first is far."""
    for many in range(2, SHEETS + 1):
        await page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
        await expect(page.locator("#shown > .sheet")).to_have_count(many, timeout=PATIENCE_MS)
    await page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    await is_whole(sheet(page, SHEETS - 1))
    await is_far(sheet(page, 0))


async def picked_ids(page: Page) -> list[str]:
    return await page.evaluate("new FormData(document.getElementById('picking')).getAll('id')")


async def focused(page: Page) -> str:
    return await page.evaluate("document.activeElement.textContent.trim()")


async def test_what_is_far_is_a_place_as_high_and_whole_again_when_it_comes_near(many: Path) -> None:
    async with visiting(many) as visitor:
        page = await gallery(visitor)
        await page.locator(".pick input").nth(1).check(force=True)
        (chosen,) = await picked_ids(page)
        await page.evaluate("document.activeElement.blur()")  # where the keyboard is stays whole
        await to_the_end(page)
        far = sheet(page, 0)
        assert await far.locator("li, img, svg").count() == 0
        assert await page.locator("#shown li").count() <= 2 * PAGE_SIZE
        assert await far.locator("a").inner_text() == f"Badges 1 to {PAGE_SIZE}"
        assert "Badge 007\n" in await far.locator(".names").text_content(), "for the browser's own search"
        await expect(page.locator("#picked-count")).to_have_text("1")
        assert await picked_ids(page) == [chosen], "what is far stays selected"
        tall = await page.evaluate("document.documentElement.scrollHeight")

        await page.evaluate("scrollTo(0, 0)")
        await is_whole(sheet(page, 0))
        await is_far(sheet(page, SHEETS - 1))
        assert await sheet(page, 0).locator("a.open").all_text_contents() == NAMES[:PAGE_SIZE]
        await expect(page.locator(".pick input").nth(1)).to_be_checked()
        assert await picked_ids(page) == [chosen]
        assert await page.evaluate("document.documentElement.scrollHeight") == pytest.approx(tall, abs=2)
        assert visitor.errors == []


async def test_the_keyboard_goes_to_what_is_far(many: Path) -> None:
    async with visiting(many) as visitor:
        page = await gallery(visitor)
        await to_the_end(page)
        await page.locator("#shown a.open").last.focus()
        await page.keyboard.press("Home")
        await expect(page.locator("a.open").first).to_be_focused(timeout=PATIENCE_MS)
        assert await focused(page) == NAMES[0]
        await is_far(sheet(page, SHEETS - 1))
        await page.keyboard.press("End")
        await expect(page.locator("a.open", has_text=NAMES[-1])).to_be_focused(timeout=PATIENCE_MS)
        await is_far(sheet(page, 0))

        await sheet(page, 0).locator("a").focus(timeout=PATIENCE_MS)
        await is_whole(sheet(page, 0))
        await expect(sheet(page, 0).locator("a.open").last).to_be_focused(timeout=PATIENCE_MS)
        await page.keyboard.press("ArrowRight")
        await expect(page.locator("a.open", has_text=NAMES[PAGE_SIZE])).to_be_focused(timeout=PATIENCE_MS)
        assert visitor.errors == []


async def test_all_that_is_shown_is_selected_and_decided_on(many: Path) -> None:
    async with visiting(many) as visitor:
        page = await gallery(visitor)
        await to_the_end(page)
        await page.locator("#shown a.open").last.focus()
        await page.keyboard.press("x")
        await page.keyboard.press("a")
        await expect(page.locator("#picked-count")).to_have_text(str(MANY))
        assert len(set(await picked_ids(page))) == MANY
        await page.keyboard.press("Escape")
        assert await picked_ids(page) == []
        assert await sheet(page, 0).locator("input").count() == 0
        await page.keyboard.press("x")
        await page.evaluate("scrollTo(0, 0)")
        await is_whole(sheet(page, 0))
        await sheet(page, 0).locator(".pick input").nth(3).click(modifiers=["Shift"], force=True)
        await expect(page.locator("#picked-count")).to_have_text(str(MANY - 3))
        await page.locator("#tag-all").fill("many")
        await page.get_by_role("button", name="Add tag").click()
        await expect(page.locator("#picked-count")).to_have_text("0", timeout=PATIENCE_MS)
        assert visitor.passport.vault.search("tag:many").total == MANY - 3
        assert visitor.errors == []


async def test_what_changes_leaves_one_where_one_is(many: Path) -> None:
    async with visiting(many) as visitor:
        page = await gallery(visitor)
        await to_the_end(page)
        before = await page.evaluate("scrollY")
        visitor.passport.put(name="Badge 000 comes first")
        await expect(page.locator("a.open").last).to_have_text(NAMES[-1], timeout=PATIENCE_MS)
        await expect(sheet(page, SHEETS - 1).locator("li")).to_have_count(13, timeout=PATIENCE_MS)
        await expect(page.locator("#shown > .sheet")).to_have_count(SHEETS)
        assert await page.evaluate("scrollY") == pytest.approx(before, abs=400)
        await page.evaluate("scrollTo(0, 0)")
        await is_whole(sheet(page, 0))
        assert await sheet(page, 0).locator("a.open").nth(1).inner_text() == "Badge 000 comes first"
        assert visitor.errors == []


async def test_what_is_selected_follows_what_changes(many: Path) -> None:
    async with visiting(many) as visitor:
        page = await gallery(visitor)
        vault = visitor.passport.vault
        await page.locator(".pick input").nth(PAGE_SIZE - 1).check(force=True)
        (chosen,) = await picked_ids(page)
        await page.evaluate("document.activeElement.blur()")
        await to_the_end(page)
        await page.evaluate("scrollTo(0, 0)")
        await is_whole(sheet(page, 0))
        await is_far(sheet(page, 1))
        new = arrival(b"new", name="AAA", number=9999, issuer="https://i.example")
        vault.put(replace(new, media_type="text/plain"))
        await expect(page.locator("a.open").first).to_have_text("AAA")
        await is_far(sheet(page, 1))  # where the selected one is now
        assert await picked_ids(page) == [chosen]
        vault.decide(f"badge:{chosen}", {"trashed": True})
        await expect(page.locator("#picked-count")).to_have_text("0")
        assert await picked_ids(page) == []


async def test_a_sheet_that_does_not_come_is_asked_for_again(many: Path) -> None:
    async with visiting(many) as visitor:
        page = await gallery(visitor)
        await to_the_end(page)
        await page.route("**/?sort=name", lambda route: route.abort())
        await page.evaluate("scrollTo(0, 0)")
        await page.locator(".toast").wait_for(timeout=PATIENCE_MS)
        await is_far(sheet(page, 0))
        await page.unroute("**/?sort=name")
        await sheet(page, 0).locator("a").focus()
        await is_whole(sheet(page, 0))


async def test_places_grow_in_a_narrower_window(many: Path) -> None:
    async with visiting(many) as visitor:
        page = await gallery(visitor)
        await to_the_end(page)
        before = (await sheet(page, 0).bounding_box() or {})["height"]
        await page.set_viewport_size({"width": 420, "height": 900})
        higher = "low => document.querySelector('#shown > .far').getBoundingClientRect().height > 1.3 * low"
        await page.wait_for_function(higher, arg=before, timeout=PATIENCE_MS)

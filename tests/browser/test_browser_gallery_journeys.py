"""An owner's journeys through the gallery, in a real Chromium: by mouse, by file, in another language."""

from __future__ import annotations

import json
import zipfile

import pytest
from playwright.async_api import expect
from tests.browser.browser_gallery_material import needs_chromium, visiting
from tests.browser.full_passport import fill

pytestmark = [pytest.mark.browser, pytest.mark.slow, needs_chromium]

PATH = {"type": "BadgePassportPath", "version": 1, "name": "Shared", "rule": "all", "achievements": [{"name": "Choir"}]}


async def test_filters_combine_and_each_says_how_many_it_would_show(tmp_path):
    async with visiting(tmp_path) as visitor:
        fill(visitor.passport)
        page = visitor.page
        await visitor.go("/")
        await page.get_by_text("All filters").click()
        for kind, name in (("verdict", "Verified"), ("tag", "coaching"), ("has", "With evidence")):
            link = page.locator(".facets a", has_text=name).first
            count = int(await link.locator(".count").inner_text())
            await link.click()
            await page.wait_for_url(f"**{kind}=*")
            await expect(page.locator("#results")).to_have_attribute("data-total", str(count))
        await expect(page.locator("#summary")).to_contain_text("of 60")
        await page.go_back()
        await page.go_back()
        await expect(page.locator(".facets a[aria-current]")).to_have_count(1)
        assert visitor.errors == []


async def test_the_selected_are_saved_as_a_file(tmp_path):
    async with visiting(tmp_path) as visitor:
        fill(visitor.passport)
        page = visitor.page
        await visitor.go("/?q=first+aid")
        await page.locator("#shown a.open").first.focus()
        await page.keyboard.press("x")
        await page.keyboard.press("a")
        found = visitor.passport.vault.search("first aid").total
        assert found > 2
        await expect(page.locator("#picked-count")).to_have_text(str(found))
        async with page.expect_download() as waiting:
            await page.get_by_role("button", name="Export").click()
        with zipfile.ZipFile(await (await waiting.value).path()) as archive:
            assert sum(name.endswith("report.json") for name in archive.namelist()) == found


async def test_the_inbox_takes_an_address_and_lets_go(tmp_path):
    async with visiting(tmp_path) as visitor:
        fill(visitor.passport)
        page = visitor.page
        await visitor.go("/inbox")
        await page.get_by_role("button", name="bob@example.org is mine").click()
        await page.locator(".toast", has_text="bob@example.org is yours now").wait_for()
        assert visitor.passport.vault.state("profile")["identity:bob@example.org"] is True
        await page.get_by_role("button", name="Decline").first.click()
        await page.locator(".toast", has_text="declined").wait_for()
        await page.keyboard.press("z")
        await page.locator(".toast", has_text="Undone").wait_for()
        assert visitor.passport.vault.search("state:new").total == 3


async def test_a_goal_is_shared_reached_and_celebrated(tmp_path):
    async with visiting(tmp_path) as visitor:
        fill(visitor.passport)
        page = visitor.page
        await visitor.go("/goals")
        await page.locator(".toast", has_text="You reached a goal: Senior tutor").wait_for()
        await page.locator("#path").set_input_files(
            {"name": "shared.path.json", "mimeType": "application/json", "buffer": json.dumps(PATH).encode()}
        )
        await page.get_by_role("button", name="Make it a goal").click()
        await page.locator(".goal", has_text="Shared").locator(".goal-stamp").wait_for()
        await page.locator(".toast", has_text="You reached a goal: Shared").wait_for()
        await page.wait_for_function("!performance.getEntriesByType('resource').some(e => !e.responseEnd)")
        await visitor.go("/goals")
        assert await page.locator("[data-celebrate]").count() == 0
        assert visitor.errors == []


async def test_evidence_names_and_stars_of_ones_own(tmp_path):
    async with visiting(tmp_path) as visitor:
        ids = fill(visitor.passport)
        page, vault = visitor.page, visitor.passport.vault
        await visitor.go(f"/badge/{ids[1]}")
        await page.get_by_text("Add evidence of your own").click()
        await page.locator("#own-text").fill("My thesis")
        await page.locator("#own-file").set_input_files(
            {"name": "t.pdf", "mimeType": "application/pdf", "buffer": b"%PDF"}
        )
        await page.get_by_role("button", name="Add it").click()
        async with page.expect_download() as waiting:
            await page.get_by_role("link", name="t.pdf").click()
        assert (await (await waiting.value).path()).read_bytes() == b"%PDF"
        await page.get_by_label("on the picture for sharing").uncheck()
        await page.locator(".toast", has_text="where your name is shown").wait_for()
        assert vault.state(f"badge:{ids[1]}")["show-name:card"] is False
        await page.get_by_label("4 stars").check(force=True)
        await page.locator(".toast", has_text="rated").wait_for()
        assert vault.entry(ids[1]).rating == 4


async def test_a_collection_is_ordered_by_dragging_and_gets_a_cover(tmp_path):
    async with visiting(tmp_path) as visitor:
        fill(visitor.passport)
        page = visitor.page
        await visitor.go("/collection/coachingaaaa")
        names = await page.locator(".cards a.open").all_text_contents()
        await page.locator(".cards > li").nth(2).drag_to(page.locator(".cards > li").nth(0))
        await page.locator(".toast", has_text="Moved").wait_for()
        await page.reload()
        moved = await page.locator(".cards a.open").all_text_contents()
        assert moved != names
        assert sorted(moved) == sorted(names)
        await page.get_by_role("button", name=f"{moved[1]} as the cover").click()
        await page.locator("[aria-pressed=true]").wait_for()


async def test_three_steps_and_all_of_it_in_finnish(tmp_path):
    async with visiting(tmp_path, locale="fi-FI") as visitor:
        page = visitor.page
        await visitor.go("/")
        await page.get_by_role("link", name="Ota käyttöön kolmessa vaiheessa").click()
        await page.get_by_role("link", name="Ohita", exact=True).click()
        await page.locator("#identity").fill("ann@example.org")
        await page.get_by_role("button", name="Tallenna ja jatka").click()
        await page.wait_for_url("**step=3*")
        assert visitor.passport.vault.state("profile")["identity:ann@example.org"] is True
        visitor.passport.put(name="Student Tutor")
        await page.get_by_role("button", name="Galleriaani").click()
        await expect(page.locator("#summary")).to_have_text("1 merkki, 1 myöntäjä")
        await expect(page.locator(".card time")).to_have_text("12.3.2026")
        await page.locator(".card a.open").click()
        await expect(page.locator(".says strong")).to_have_text("Varmennettu")
        await page.locator("#tag").fill("oma")
        await page.get_by_role("button", name="Lisää", exact=True).click()
        await page.locator(".toast", has_text="tunniste oma lisätty").wait_for()
        assert await page.evaluate("document.documentElement.lang") == "fi-FI"


async def test_it_prints_without_what_is_for_the_screen(tmp_path):
    async with visiting(tmp_path) as visitor:
        ids = fill(visitor.passport)
        await visitor.page.emulate_media(media="print")
        for path in ("/", f"/badge/{ids[0]}", "/statistics"):
            await visitor.go(path)
            for hidden in (".cover nav", ".picked-bar", ".toasts"):
                for one in await visitor.page.locator(hidden).all():
                    assert not await one.is_visible(), (path, hidden)
            assert await visitor.page.locator("h1").first.is_visible()

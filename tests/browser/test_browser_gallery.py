"""The gallery in a real browser: by keyboard alone, live, and asking nothing of anybody else."""

import pytest
from playwright.async_api import expect
from tests.browser.browser_gallery_material import needs_chromium, visiting

from passport.intake.noticing.book import NoticeBook
from passport.intake.noticing.model import Kind, Notice
from passport.vault.model import Standing

pytestmark = [pytest.mark.browser, pytest.mark.slow, needs_chromium]

VERDICTS = ("verified", "unconfirmed", "expired", "revoked", "invalid", "not-yours")
HOSTILE = "Wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww" * 4
PATHS = (
    "/", "/?view=list", "/?view=timeline", "/?q=nothing-is-called-that", "/inbox", "/add", "/profile", "/settings",
    "/connect", "/trash", "/notices", "/activity", "/outbox", "/accounts",
    "/collections", "/skills", "/goals", "/statistics", "/welcome", "/welcome?step=2", "/welcome?step=3", "/design",
)  # fmt: skip


def fill(passport) -> list:
    entries = [passport.put(verdict, name=f"Badge {verdict}", issuer="Aalto University") for verdict in VERDICTS]
    entries.append(passport.put(name=HOSTILE, issuer=HOSTILE, issuer_id=f"https://{'a' * 60}.example/x"))
    standing = Standing(state="gone", since="2026-10-01T00:00:00Z", why=f"https://x.example/{HOSTILE} answers 404.")
    passport.vault.record_standing(entries[-1].id, standing)
    for kind, detail in ((Kind.GONE, standing.to_json()), (Kind.ENDORSED, {"who": HOSTILE})):
        told = Notice(
            id=kind.value, kind=kind, mark="gone", at="2026-11-20T00:00:00Z", entries=(entries[-1].id,), detail=detail
        )
        NoticeBook(passport.vault).keep(told)
    entries.append(passport.put(name="שלום مرحبا 你好 🏅", identity="self-asserted", issuer_id="did:key:z6Mk"))
    return entries


async def focused(page) -> str:
    return await page.evaluate("document.activeElement.textContent.trim()")


async def test_by_keyboard_alone(tmp_path):
    async with visiting(tmp_path) as visitor:
        for number in range(9):
            visitor.passport.put(name=f"Badge {number}")
        visitor.passport.put(name="Kubernetes")
        page = visitor.page
        await visitor.go("/")
        names = await page.locator("#shown a.open").all_text_contents()
        await page.keyboard.press("ArrowRight")
        assert await focused(page) == names[0]
        await page.keyboard.press("ArrowRight")
        assert await focused(page) == names[1]
        await page.keyboard.press("ArrowDown")
        below = names.index(await focused(page))
        assert below > 2
        await page.keyboard.press("ArrowUp")
        assert await focused(page) == names[1]
        await page.keyboard.press("End")
        assert await focused(page) == names[-1]
        await page.keyboard.press("x")
        assert await page.locator("#picked-count").inner_text() == "1"
        assert await page.locator(".picked-bar").is_visible()
        await page.keyboard.press("Escape")
        assert not await page.locator(".picked-bar").is_visible()
        await page.keyboard.press("?")
        assert await page.locator("#help").is_visible()
        await page.keyboard.press("Escape")
        assert not await page.locator("#help").is_visible()
        await page.keyboard.press("/")
        assert await page.evaluate("document.activeElement.id") == "q"
        await page.keyboard.type("kube")
        await expect(page.locator("#shown li")).to_have_count(1)
        assert "q=kube" in page.url
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/badge/*")
        assert await page.locator("h1").inner_text() == "Kubernetes"
        await page.go_back()
        await expect(page.locator("#shown li")).to_have_count(1)
        assert await page.locator("#q").input_value() == "kube"
        await page.keyboard.press("g")
        await page.keyboard.press("i")
        await page.wait_for_url("**/inbox")
        assert visitor.errors == []


async def test_many_at_once_and_back_again(tmp_path):
    async with visiting(tmp_path) as visitor:
        for number in range(5):
            visitor.passport.put(name=f"Badge {number}")
        page = visitor.page
        await visitor.go("/?sort=name")
        boxes = page.locator(".pick input")
        await boxes.nth(0).check(force=True)
        await boxes.nth(2).click(modifiers=["Shift"], force=True)
        assert await page.locator("#picked-count").inner_text() == "3"
        await page.locator("#tag-all").fill("coaching")
        await page.get_by_role("button", name="Add tag").click()
        await page.get_by_text("3 badges: tagged coaching").wait_for()
        assert visitor.passport.vault.search("tag:coaching").total == 3
        await page.wait_for_timeout(800)  # the cards are drawn anew when the tags arrive
        for place in (0, 1):
            await boxes.nth(place).check(force=True)
        await page.get_by_role("button", name="To the trash").click()
        await expect(page.locator("#shown li")).to_have_count(3)
        await page.locator(".toast button").click()
        await expect(page.locator("#shown li")).to_have_count(5)
        assert visitor.passport.vault.search("").total == 5
        assert visitor.errors == []


async def test_filters_without_loading_anew_and_the_way_back(tmp_path):
    async with visiting(tmp_path) as visitor:
        fill(visitor.passport)
        page = visitor.page
        await visitor.go("/")
        await page.evaluate("window.still = true")
        for name in ("Badge verified", "Badge revoked", "Badge expired"):
            await page.locator("#shown li", has_text=name).locator(".pick input").check(force=True)
        await page.get_by_text("All filters").click()
        await page.locator(".facets a", has_text="Expired").click()
        await expect(page.locator("#shown li")).to_have_count(1)
        assert "verdict=expired" in page.url
        assert await page.locator("#picked-count").inner_text() == "1"
        await page.get_by_text("No longer selected, as they are not shown here: 2").wait_for()
        await page.locator(".facets a", has_text="Expired").click()
        await expect(page.locator("#shown li")).to_have_count(8)
        await page.locator(".views a", has_text="List").click()
        await page.wait_for_selector("ul.lines")
        await page.go_back()
        await page.wait_for_selector("ul.cards")
        assert await page.evaluate("window.still")
        assert visitor.errors == []


async def test_a_badge_slides_in_without_loading_anew(tmp_path):
    async with visiting(tmp_path) as visitor:
        visitor.passport.put(name="First")
        page = visitor.page
        await visitor.go("/")
        await page.evaluate("window.still = true")
        await page.wait_for_timeout(300)
        visitor.passport.put(name="Second")
        arrived = page.locator("li.arrived")
        await arrived.wait_for(timeout=3000)
        assert "Second" in await arrived.inner_text()
        await expect(page.locator("#summary")).to_have_text("2 badges from 1 issuer")
        visitor.passport.vault.decide(visitor.passport.vault.search("first").entries[0].subject, {"trashed": True})
        await expect(page.locator("#shown li")).to_have_count(1)
        assert await page.evaluate("window.still")
        assert visitor.errors == []


async def test_the_first_badge_opens_the_gallery(tmp_path):
    async with visiting(tmp_path) as visitor:
        page = visitor.page
        await visitor.go("/")
        await page.get_by_text("Drop a badge here").wait_for()
        await page.wait_for_timeout(300)
        visitor.passport.put(name="First")
        await page.get_by_role("heading", name="Gallery").wait_for(timeout=3000)
        await page.locator("#shown a.open", has_text="First").wait_for()


async def test_ten_thousand_are_shown_as_they_are_needed(tmp_path):
    async with visiting(tmp_path) as visitor:
        for number in range(150):
            visitor.passport.put(name=f"Badge {number:03}")
        page = visitor.page
        await visitor.go("/")
        assert await page.locator("#shown li").count() <= 120
        names = set()
        for _ in range(200):  # as long as a busy machine needs; four are enough on an idle one
            names |= set(await page.locator("#shown a.open").all_text_contents())
            if len(names) == 150:
                break
            await page.keyboard.press("End")
            await page.evaluate("scrollTo(0, document.body.scrollHeight)")
            await page.wait_for_timeout(250)
        assert len(names) == 150
        assert await page.locator("#more").count() == 0


async def test_opening_all_pages_asks_nothing_of_anybody_else(tmp_path):
    async with visiting(tmp_path) as visitor:
        entries = fill(visitor.passport)
        for path in (*PATHS, *(f"/badge/{entry.id}" for entry in entries)):
            await visitor.go(path)
        assert visitor.outside == []
        assert [error for error in visitor.errors if "favicon" not in error] == []


async def test_without_script_everything_still_works(tmp_path):
    async with visiting(tmp_path, java_script_enabled=False) as visitor:
        entry = visitor.passport.put(name="Plain")
        page = visitor.page
        await visitor.go(f"/badge/{entry.id}")
        await page.locator("#tag").fill("by-hand")
        await page.get_by_role("button", name="Add", exact=True).click()
        await page.locator(".toast", has_text="tagged by-hand").wait_for()
        assert visitor.passport.vault.entry(entry.id).tags == ("by-hand",)
        await page.get_by_role("button", name="To the trash").click()
        await page.get_by_role("button", name="Undo").click()
        await page.locator(".toast", has_text="Undone").wait_for()
        assert not visitor.passport.vault.entry(entry.id).trashed
        await visitor.go("/")
        await page.locator("#q").fill("plain")
        await page.keyboard.press("Enter")
        await expect(page.locator("#shown li")).to_have_count(1)
        await page.get_by_text("Day or night").click()
        await expect(page.locator("html")).to_have_attribute("data-theme", "dark")


async def test_day_and_night_are_switched_and_remembered(tmp_path):
    async with visiting(tmp_path, color_scheme="light") as visitor:
        visitor.passport.put()
        page = visitor.page
        await visitor.go("/")
        light = await page.evaluate("getComputedStyle(document.body.parentElement).backgroundColor")
        await page.locator("[data-theme-switch]").click()
        dark = await page.evaluate("getComputedStyle(document.body.parentElement).backgroundColor")
        assert light != dark
        await page.reload()
        assert await page.evaluate("getComputedStyle(document.body.parentElement).backgroundColor") == dark


async def test_nothing_moves_for_those_who_want_it_still(tmp_path):
    async with visiting(tmp_path, reduced_motion="reduce") as visitor:
        visitor.passport.put(name="First")
        page = visitor.page
        await visitor.go("/")
        await page.wait_for_timeout(300)
        visitor.passport.put(name="Second")
        arrived = page.locator("li.arrived")
        await arrived.wait_for(timeout=3000)
        assert await arrived.evaluate("card => getComputedStyle(card).animationName") == "none"

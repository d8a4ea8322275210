"""Badges dropped, pasted and tried, with the real intake behind the page."""

import base64

import pytest
from playwright.async_api import expect
from tests.browser.browser_gallery_material import needs_chromium, visiting
from tests.web.served import Clock

from passport.intake.road import Intake
from passport.settings import Settings
from passport.web.samples import sample_badges

pytestmark = [pytest.mark.browser, pytest.mark.slow, needs_chromium]

DROP = """([name, data]) => {
  const bytes = Uint8Array.from(atob(data), c => c.charCodeAt(0));
  const transfer = new DataTransfer();
  transfer.items.add(new File([bytes], name, {type: "image/png"}));
  for (const kind of ["dragover", "drop"])
    document.body.dispatchEvent(new DragEvent(kind, {bubbles: true, cancelable: true, dataTransfer: transfer}));
}"""


def real_intake(vault, workers, fetch, clock):
    return Intake(vault, workers, fetch, Settings(), clock)


async def test_a_dropped_badge_is_checked_and_kept(tmp_path):
    async with visiting(tmp_path, intake=real_intake) as visitor:
        page = visitor.page
        await visitor.go("/settings")
        name, file = sample_badges(Clock().now)[0]
        await page.evaluate(DROP, [name, base64.b64encode(file).decode()])
        await page.wait_for_url("**/add/*")
        await expect(page.locator("#run h2")).to_have_text("Done", timeout=15_000)
        await expect(page.locator(".came")).to_contain_text("First Steps")
        await expect(page.locator(".came")).to_contain_text("name not confirmed")
        assert visitor.passport.vault.search("").total == 1
        assert visitor.errors == []


async def test_a_file_that_is_no_badge_is_told_so(tmp_path):
    async with visiting(tmp_path, intake=real_intake) as visitor:
        page = visitor.page
        await visitor.go("/")
        await page.evaluate(DROP, ["holiday.png", base64.b64encode(b"\x89PNG no").decode()])
        await page.wait_for_url("**/add/*")
        await expect(page.locator('[data-result="no-badge"], [data-result="refused"]')).to_have_count(1, timeout=15_000)
        assert visitor.passport.vault.search("").total == 0


async def test_the_samples_are_tried_and_thrown_away(tmp_path):
    async with visiting(tmp_path, intake=real_intake) as visitor:
        page = visitor.page
        await visitor.go("/")
        await page.get_by_role("button", name="samples").click()
        await expect(page.locator("#shown li")).to_have_count(3, timeout=15_000)
        verdicts = await page.locator("#shown [data-verdict]").evaluate_all(
            "marks => marks.map(m => m.dataset.verdict)"
        )
        assert sorted(verdicts) == ["expired", "invalid", "verified"]
        for box in await page.locator(".pick input").all():
            await box.check(force=True)
        await page.get_by_role("button", name="To the trash").click()
        await expect(page.get_by_text("No badge looks like that")).to_be_visible()
        assert visitor.errors == []

"""The composer in a real browser: previews follow what is typed, the link in the text follows the choice."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.async_api import expect
from tests.browser.browser_gallery_material import needs_chromium, visiting

from passport.settings import Settings
from passport.settings.model import PublishSettings
from passport.sharing.accounts.model import Account

pytestmark = [pytest.mark.browser, pytest.mark.slow, needs_chromium]
PATIENCE_MS = 30_000


async def test_previews_follow_what_is_typed(tmp_path: Path) -> None:
    settings = Settings(publish=PublishSettings(base_url="https://ada.example/"))
    async with visiting(tmp_path, settings) as visitor:
        entry = visitor.passport.put(name="Knots")
        visitor.passport.vault.decide(entry.subject, {"visibility": "public"})
        book = visitor.passport.served.parts.posting.book
        book.keep(Account(id="a" * 16, network="mastodon", server="https://m.example", handle="@ada@m.example"))
        await visitor.go(f"/share/{entry.id}")
        page = visitor.page
        text = page.locator("#text")
        link = str(await page.locator('[name="link"][value="page"]').get_attribute("data-link"))
        assert link.startswith("https://ada.example/")
        await expect(text).to_have_value(f"I earned “Knots” from Aalto University. {link} #Mentoring")
        await page.get_by_role("radio", name="None").first.check()
        await expect(text).to_have_value("I earned “Knots” from Aalto University. #Mentoring")
        await page.get_by_role("radio", name="Your page of this badge").check()
        await expect(text).to_have_value(f"I earned “Knots” from Aalto University. #Mentoring {link}")
        await text.fill("x" * 290)
        over = page.locator('[data-network="x"] .post-count.over')
        await expect(over).to_have_text("290 / 280", timeout=PATIENCE_MS)
        await expect(page.locator('[data-network="x"] .post-foot a')).to_have_count(0)
        await text.fill("Proud of it")
        address = page.locator('[data-network="x"] .post-foot a')
        await expect(address).to_have_attribute(
            "href", "https://x.com/intent/tweet?text=Proud%20of%20it&url=" + quote(link, safe=""), timeout=PATIENCE_MS
        )
        await expect(page.get_by_role("checkbox", name="Post it with @ada@m.example")).to_be_checked()
        assert visitor.outside == []
        assert [error for error in visitor.errors if "favicon" not in error] == []

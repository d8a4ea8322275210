"""What must hold on every page: no violation that axe knows, no wider than a phone, everything reached by keyboard."""

from __future__ import annotations

import pytest
from playwright.async_api import Page
from tests.browser.browser_gallery_material import AXE, needs_chromium, visiting
from tests.web.pages_every import every_page

from passport.settings import Settings
from passport.speech import PSEUDO

pytestmark = [pytest.mark.browser, pytest.mark.slow, needs_chromium]

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})"
"""By night only what a theme can change is asked again."""
REACHABLE = """() => [...document.querySelectorAll(
    'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]')]
  .filter(one => one.checkVisibility({visibilityProperty: true, contentVisibilityAuto: false}) && !one.disabled
    && one.tabIndex >= 0 && !one.closest('dialog:not([open])')
    && !(one.type === 'radio' && !one.checked && document.querySelector(`[name="${one.name}"]:checked`)))"""
"""Of radio buttons only the chosen one is a stop; the arrows lead to the others."""


@pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not installed (scripts/test does)")
@pytest.mark.timeout(900)  # some twenty pages, on a busy machine
@pytest.mark.parametrize("part", [0, 1])
async def test_axe_finds_nothing_by_day_and_by_night(tmp_path, part):
    async with visiting(tmp_path) as visitor:
        await visitor.page.add_init_script(path=AXE)
        found = []
        for path in every_page(visitor.passport)[part::2]:
            await visitor.go(path)
            for theme in ("light", "dark"):
                await visitor.page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
                report = await visitor.page.evaluate(RUN, TAGS if theme == "light" else ["color-contrast"])
                found += [(path, theme, v["id"], v["nodes"][0]["html"][:160]) for v in report["violations"]]
        assert found == []
        assert [error for error in visitor.errors if "404" not in error] == []
        assert visitor.outside == []


@pytest.mark.parametrize("language", [None, PSEUDO], ids=["english", "mirrored"])
async def test_no_page_is_wider_than_a_phone(tmp_path, language):
    settings = Settings(language=language)
    narrow = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
    async with visiting(tmp_path, settings, **narrow) as visitor:
        wide = []
        for path in every_page(visitor.passport):
            await visitor.go(path)
            width = await visitor.page.evaluate("document.documentElement.scrollWidth")
            if width > 360:
                wide.append((path, width))
        assert wide == []


WATCH = f"""() => {{
  window.wanted = new Set(({REACHABLE})());
  addEventListener("focusin", event => wanted.delete(event.target));
  return wanted.size;
}}"""
AT_ONCE = 10
"""How often the key is pressed before the page is asked how it stands."""
ODD = "[tabindex]:not([tabindex='0']):not([tabindex='-1'])"
"""An order of its own would be another than what one sees."""


async def tabbed(page: Page) -> tuple[int, int]:
    """Press the tab key until the beginning comes round; return how much can be reached, and how much was not."""
    wanted = left = await page.evaluate(WATCH)
    for _ in range(0, wanted + 25, AT_ONCE):
        for _ in range(AT_ONCE):
            await page.keyboard.press("Tab")
        left = await page.evaluate("wanted.size")
        if not left:
            break
    return wanted, left


async def test_everything_is_reached_by_keyboard_alone(tmp_path):
    async with visiting(tmp_path) as visitor:
        pages = [path for path in every_page(visitor.passport) if path.split("?")[0] not in {"/design", "/"}]
        missed = {}
        for path in pages:
            await visitor.go(path)
            assert await visitor.page.locator(ODD).count() == 0, path
            wanted, left = await tabbed(visitor.page)
            assert wanted, path
            if left:
                missed[path] = await visitor.page.evaluate("[...wanted].map(one => one.outerHTML.slice(0, 120))")
        assert missed == {}

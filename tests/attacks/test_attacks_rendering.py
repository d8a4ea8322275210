"""What issuers write neither runs nor loads anything: gallery, composer, published page, CV in a real Chromium.

(2.4: markup.) More than a hundred payloads here, more than a thousand in `scripts/test --long`; where no browser is, in
`test_attacks_rendering_plain.py`.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.attacks.hostile_pages import HIT, fill_gallery, publish_hostile
from tests.attacks.payloads import texts
from tests.browser.browser_gallery_material import Visitor, needs_chromium
from tests.browser.browser_gallery_material import visiting as visiting_gallery
from tests.browser.site_stage import served
from tests.browser.site_stage import visiting as visiting_site

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900), needs_chromium]
LONG = [pytest.mark.long, pytest.mark.timeout(3000)]


async def look(visitor: Visitor, path: str) -> list[str]:
    """Open a page; return what happened that must not."""
    await visitor.go(path)
    found = [] if await visitor.page.evaluate(HIT) else [f"{path}: it ran, or could have"]
    found += [f"{path}: asked {url}" for url in visitor.asked if "hit" in url or "evil" in url]
    found += [f"{path}: asked {url}" for url in visitor.outside]
    found += [f"{path}: {said}" for said in visitor.errors if "favicon" not in said]
    visitor.asked.clear()
    visitor.errors.clear()
    return found


async def look_at_gallery(folder: Path, *, all_of_them: bool) -> tuple[int, list[str]]:
    async with visiting_gallery(folder) as visitor:
        dialogs: list[str] = []
        visitor.page.on("dialog", lambda dialog: dialogs.append(dialog.message))
        visitor.asked.clear()  # its own coming in
        count, pages = fill_gallery(visitor.passport, all_of_them=all_of_them)
        found = [line for path in pages for line in await look(visitor, path)]
        return count, found + dialogs


async def test_a_hundred_payloads_in_every_field_do_nothing_in_the_gallery(tmp_path: Path) -> None:
    count, found = await look_at_gallery(tmp_path, all_of_them=False)
    assert count >= 100
    assert found == []


@pytest.mark.long
@pytest.mark.timeout(3000)
async def test_more_than_a_thousand_payloads_do_nothing_in_the_gallery(tmp_path: Path) -> None:
    count, found = await look_at_gallery(tmp_path, all_of_them=True)
    assert count >= 1000
    assert found == []


@pytest.mark.parametrize("all_of_them", [False, pytest.param(True, marks=LONG)])
async def test_payloads_do_nothing_in_the_published_page_and_the_cv(tmp_path: Path, *, all_of_them: bool) -> None:
    home, folder = tmp_path / "home", tmp_path / "site"
    pages = await publish_hostile(home, folder, all_of_them=all_of_them)
    with served(folder) as base:
        async with visiting_site() as tab:
            for path in pages:
                await tab.page.goto(base + path)
                assert await tab.page.evaluate(HIT), path
            assert [url for url in tab.asked if not url.startswith((base, "data:"))] == []
            assert [url for url in tab.asked if "/hit" in url] == []
            assert [said for said in tab.errors if "404" not in said] == []  # a browser asks for a favicon of its own


async def test_a_page_that_does_not_escape_is_noticed(tmp_path: Path) -> None:
    """The defence off: the same question finds what runs."""
    text = "".join(texts(all_of_them=False))
    (tmp_path / "index.html").write_text(f"<!doctype html><title>x</title><p>{text}", encoding="utf-8")
    with served(tmp_path) as base:
        async with visiting_site() as tab:
            await tab.page.goto(base, wait_until="commit")
            await tab.page.wait_for_timeout(500)
            assert not await tab.page.evaluate(HIT)
            assert [url for url in tab.asked if "evil" in url]

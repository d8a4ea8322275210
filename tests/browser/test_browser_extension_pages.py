"""Every saved page in a real Chromium, by a real click: found, saved, verified; none missed, none invented."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tests.browser.chromium import BINARY, Chromium, Popup, chromium
from tests.browser.extension_pages import snapshots
from tests.browser.extension_stage import EXTENSION, PAGES, SavedPage, Stage, compare, stage

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.timeout(600),  # the first start of a browser on a busy machine alone may take minutes
    pytest.mark.skipif(not BINARY.exists(), reason="Chromium is not installed (apt-get install chromium)"),
]

STATE = """async () => Object.entries(await chrome.storage.session.get(null))
  .filter(([key]) => key.startsWith("tab:")).map(([, value]) => value)"""
PAGE_S = 90
"""For one page, which takes about one second; a tab that never answers is said at once, and by name."""
SETTLED = "document.body?.dataset.settled === 'yes'"
NOT_VERIFIED = {
    "blockcerts": "unconfirmed: its proof is in a blockchain",
    "jsonld-page": "the statement on the page carries no proof at all",
}
"""What cannot be verified, and why; everything else is."""


@dataclass
class Row:
    """One line of the table."""

    wanted: int = 0
    found: int = 0
    saved: int = 0
    verified: int = 0
    trouble: list[str] = field(default_factory=list)


async def pair(browser: Chromium, on: Stage) -> None:
    page = await browser.open(on.sign_in())
    await page.goto(f"{on.base}/connect")
    popup = await browser.press(page)
    await popup.until("document.body?.dataset.ready === 'connected'")
    await browser.close_popup(popup)
    await page.close()


async def items_of(browser: Chromium, url: str) -> dict:
    states = await browser.in_worker(STATE)
    return next(state for state in states if state["url"] == url)


async def look_and_save(browser: Chromium, on: Stage, page: SavedPage, row: Row) -> None:
    tab = await browser.open(page.url)
    popup = await browser.press(tab)
    await popup.until(SETTLED)
    state = await items_of(browser, tab.url)
    found, missed, invented = compare(state["items"], page.expected["badges"])
    row.wanted += len(page.expected["badges"])
    row.found += found
    row.trouble += [f"{page.name}: missed {name}" for name in missed]
    row.trouble += [f"{page.name}: invented {name}" for name in invented]
    if state["offer"] != page.expected["offers"]:
        row.trouble.append(f"{page.name}: wallet offer {state['offer']}")
    if state["items"]:
        await save(browser, popup, tab.url, page, row)
    await browser.close_popup(popup)
    await tab.close()


async def save(browser: Chromium, popup: Popup, url: str, page: SavedPage, row: Row) -> None:
    await popup.click("#save")
    await popup.until("/are done|Done\\./.test(document.body.innerText)")
    for item in (await items_of(browser, url))["items"]:
        entry = item.get("entry")
        row.saved += entry is not None
        row.verified += bool(entry) and entry["verdict"] == "verified"
        if entry is None or (entry["verdict"] != "verified" and page.name not in NOT_VERIFIED):
            row.trouble.append(f"{page.name}: {item['name']}: {item.get('result')} {item.get('reason')} {entry}")


def table(rows: dict[str, Row]) -> str:
    lines = [f"{'platform':40} badges found saved verified"]
    lines += [f"{name:40} {r.wanted:6} {r.found:5} {r.saved:5} {r.verified:8}" for name, r in sorted(rows.items())]
    return "\n".join(lines)


async def test_every_badge_of_every_page_is_found_and_saved_and_none_is_invented(tmp_path: Path):
    pages = SavedPage.all()
    rows: dict[str, Row] = defaultdict(Row)
    (tmp_path / "home").mkdir()
    async with (
        stage(tmp_path / "home", pages) as on,
        chromium(tmp_path / "profile", EXTENSION, sites_port=on.sites.port) as browser,
    ):
        await pair(browser, on)
        for page in pages:
            async with asyncio.timeout(PAGE_S):
                await look_and_save(browser, on, page, rows[page.expected["platform"]])
        asked = " ".join(on.sites.asked)
        kept = str([entry.to_json() for entry in on.vault.search("", limit=1000).entries])
    print(table(rows))
    assert [line for row in rows.values() for line in row.trouble] == []
    for secret in {secret for page in pages for secret in page.expected.get("secret", ())}:
        assert secret not in kept, "what says who looked at a page is not kept"
    assert "mailto" not in asked


async def test_the_snapshots_of_the_unit_tests_are_what_a_browser_reads():
    for name, snapshot in (await snapshots(SavedPage.all())).items():
        kept = (PAGES / name / "snapshot.json").read_text()
        told = f"{name}: make it anew with python -m tests.browser.extension_pages"
        assert without_sizes(json.loads(kept)) == without_sizes(snapshot), told


def without_sizes(snapshot: dict) -> dict:
    """Leave out how large pictures are: those that do not load are as wide as their words in this machine's fonts."""
    left = [{key: value for key, value in p.items() if key not in ("width", "height")} for p in snapshot["pictures"]]
    return {**snapshot, "pictures": left}

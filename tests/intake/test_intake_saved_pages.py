"""Every saved page's address, pasted: what the extension finds by a page's address alone, the daemon finds too."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.browser.extension_stage import SavedPage, Sites
from tests.intake.test_intake_addresses import BOOK, NOW, World, answer

from passport.intake.road import Intake
from passport.settings import Places, Settings
from passport.vault.vault import Vault
from passport.workers import Workers

BY_ADDRESS = {
    page.name: page for page in SavedPage.all() if BOOK.resolve(page.url, page=True) or "vc+ld+json" in page.html
}


def world_of(page: SavedPage) -> World:
    """Everything that the page's sites answer to a GET."""
    sites, world = Sites([page]), World()
    for url, what in page.site.items():
        if what.get("method", "GET") == "GET":
            world.answers[url] = answer(url, bytes(sites.file(what).body))
    world.answers[page.url] = answer(page.url, page.html)
    return world


@pytest.mark.parametrize("name", BY_ADDRESS)
async def test_a_saved_pages_address_gives_its_badge(tmp_path: Path, name: str) -> None:
    page = BY_ADDRESS[name]
    vault = Vault.open(Places.from_environment({"BADGE_PASSPORT_HOME": str(tmp_path / "home")}), clock=lambda: NOW)
    try:
        async with Workers() as workers:
            intake = Intake(vault, workers, world_of(page), Settings(), lambda: NOW, BOOK)
            (taken,) = await intake.take_url(page.url)
        match = BOOK.resolve(page.url, page=True)
        if page.expected["badges"] and not (match and match.says):
            assert taken.result == "added", taken.reason
            assert taken.entry is not None
            names = [badge["name"] for badge in page.expected["badges"]]
            assert taken.entry.name in names
            assert not any(secret in json.dumps(taken.entry.to_json()) for secret in page.expected.get("secret", ()))
        else:
            assert (taken.entry, taken.result) == (None, "no-badge")
            assert taken.reason
    finally:
        vault.close()

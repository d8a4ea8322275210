"""One pass through the gallery in a real Firefox: sign in, search, select, undo, a badge, goals, night."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from tests.browser.extension_stage import EXTENSION
from tests.browser.firefox import BINARY, Firefox, firefox, free_port
from tests.browser.full_passport import fill
from tests.web.pages_material import passport_in

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.timeout(600),  # the first start of a browser on a busy machine alone may take minutes
    pytest.mark.skipif(BINARY is None, reason="Firefox is not installed (apt-get install firefox-esr)"),
]


async def ask(browser: Firefox, script: str):
    """Run a script in the page."""
    answer = await browser._do("WebDriver:ExecuteScript", {"script": f"return ({script})", "args": []})
    return answer["value"] if isinstance(answer, dict) and "value" in answer else answer


async def until(browser: Firefox, script: str, seconds: float = 60):
    """Wait until a script gives something."""
    for _ in range(int(seconds / 0.1)):
        if value := await ask(browser, script):
            return value
        await asyncio.sleep(0.1)
    raise AssertionError(f"{script} never came true: {await ask(browser, 'document.body.innerText.slice(0, 600)')}")


async def keys(browser: Firefox, text: str) -> None:
    """Type, as a keyboard does."""
    pressed = [{"type": kind, "value": key} for key in text for kind in ("keyDown", "keyUp")]
    actions = [{"type": "key", "id": "keyboard", "actions": pressed}]
    await browser._do("WebDriver:PerformActions", {"actions": actions})


def shown(count: int) -> str:
    return f"document.querySelectorAll('#shown li').length === {count}"


def said(text: str) -> str:
    return f"[...document.querySelectorAll('.toast')].some((t) => t.textContent.includes({json.dumps(text)}))"


async def test_the_gallery_in_firefox(tmp_path: Path):
    (tmp_path / "home").mkdir()
    async with (
        passport_in(tmp_path / "home") as passport,
        firefox(tmp_path / "profile", EXTENSION, sites_port=free_port()) as browser,
    ):
        ids = fill(passport)
        await browser.open(passport.ticket())
        found = passport.vault.search("first aid").total
        await until(browser, shown(60))
        await keys(browser, "/first aid")
        await until(browser, shown(found))
        assert "q=first" in await browser.address()
        await keys(browser, "\ue015")  # arrow down: from the search to the first badge
        await until(browser, "document.activeElement.matches('a.open')")
        await keys(browser, "xa")
        await until(browser, "document.querySelector('#picked-count').textContent > 2")
        await ask(browser, "document.querySelector('.picked-bar [value=trash]').click() || true")
        await until(browser, shown(0))
        await until(browser, "!document.activeElement.matches('input[type=search]')")
        await keys(browser, "z")
        await until(browser, shown(found))
        assert passport.vault.search("").total == 60

        await browser.open(f"{passport.address}/badge/{ids[0]}")
        await until(browser, "document.querySelector('.stamp-full') && document.querySelector('.qr')")
        before = await ask(browser, "getComputedStyle(document.documentElement).backgroundColor")
        await ask(browser, "document.querySelector('[data-theme-switch]').click() || true")
        await until(browser, f"getComputedStyle(document.documentElement).backgroundColor !== {json.dumps(before)}")

        await browser.open(f"{passport.address}/goals")
        await until(browser, said("You reached a goal: Senior tutor"))
        for path in ("/skills", "/statistics", "/collections", "/inbox", "/design"):
            await browser.open(passport.address + path)
            assert await ask(browser, "document.documentElement.scrollWidth <= innerWidth")
            assert await ask(browser, "document.querySelector('h1').textContent")

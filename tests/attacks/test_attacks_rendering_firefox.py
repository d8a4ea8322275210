"""The same payloads in a real Firefox: gallery, composer, published page, CV. What it asks of others ends here."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from tests.attacks.hostile_pages import ASKED, HIT, fill_gallery, publish_hostile
from tests.attacks.payloads import texts
from tests.browser.extension_stage import EXTENSION
from tests.browser.firefox import BINARY, Firefox, firefox, free_port
from tests.browser.site_stage import served
from tests.browser.test_browser_gallery_firefox import ask
from tests.web.pages_material import passport_in

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.timeout(900),  # the first start of a browser on a busy machine alone may take minutes
    pytest.mark.skipif(BINARY is None, reason="Firefox is not installed (apt-get install firefox-esr)"),
]
LONG = [pytest.mark.long, pytest.mark.timeout(3000)]
OWN = ("mozilla", "firefox", "googleapis")
"""Whom Firefox asks for itself: updates, and lists of dangerous pages."""


@asynccontextmanager
async def proxy(asked: list[str]) -> AsyncIterator[int]:
    """Note what is asked of the outside, and answer nothing."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, ValueError):
            asked.append((await reader.readline()).decode("latin-1").strip())
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


@asynccontextmanager
async def visiting(folder: Path, asked: list[str]) -> AsyncIterator[Firefox]:
    async with proxy(asked) as port:
        more = {"network.proxy.ssl_port": port, "network.proxy.http_port": port, "network.dns.disablePrefetch": False}
        async with firefox(folder / "profile", EXTENSION, sites_port=free_port(), more=more) as browser:
            yield browser


async def look(browser: Firefox, address: str) -> list[str]:
    """Open a page; return what happened that must not."""
    await browser._do("WebDriver:Navigate", {"url": address})
    found = [] if await ask(browser, HIT) else [f"{address}: it ran, or could have"]
    asked = await ask(browser, ASKED)
    return found + ([f"{address}: asked {asked}"] if asked else [])


def outside(asked: list[str]) -> list[str]:
    """Return the requests that are not the browser's own."""
    return [line for line in asked if not any(name in line for name in OWN)]


@pytest.mark.parametrize("all_of_them", [False, pytest.param(True, marks=LONG)])
async def test_payloads_do_nothing_in_firefox(tmp_path: Path, *, all_of_them: bool) -> None:
    home, folder = tmp_path / "home", tmp_path / "site"
    (tmp_path / "gallery").mkdir()
    site, asked, found = await publish_hostile(home, folder, all_of_them=all_of_them), list[str](), list[str]()
    async with passport_in(tmp_path / "gallery") as passport, visiting(tmp_path, asked) as browser:
        count, pages = fill_gallery(passport, all_of_them=all_of_them)
        await browser.open(passport.ticket())
        for path in pages:
            found += await look(browser, passport.address + path)
        with served(folder) as base:
            for path in site:
                found += await look(browser, base + path)
    print(f"{count} payloads on {len(pages) + len(site)} pages")
    assert count >= (1000 if all_of_them else 100)
    assert found == []
    assert outside(asked) == []


async def test_a_page_that_does_not_escape_is_noticed_in_firefox(tmp_path: Path) -> None:
    """The defence off: the same questions find what runs, and what is asked of others."""
    text = "".join(one for one in texts(all_of_them=False) if "meta" not in one and "frame" not in one)
    (tmp_path / "index.html").write_text(f"<!doctype html><title>x</title><p>{text}", encoding="utf-8")
    asked: list[str] = []
    with served(tmp_path) as base:
        async with visiting(tmp_path, asked) as browser:
            assert await look(browser, base)
    assert outside(asked)

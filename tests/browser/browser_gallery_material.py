"""A real Chromium before a real passport; what it asks of the network is noted."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright
from tests.web.pages_material import Passport, passport_in

from passport.settings import Settings

CHROMIUM = shutil.which("chromium")
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)  # fmt: skip
AXE = Path(os.environ.get("BADGE_PASSPORT_NODE_TOOLS", ".venv/node")) / "node_modules" / "axe-core" / "axe.min.js"
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not there")


@dataclass
class Visitor:
    """One signed-in tab."""

    passport: Passport
    browser: Browser
    page: Page
    asked: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    async def go(self, path: str) -> None:
        await self.page.goto(self.passport.address + path)

    @property
    def outside(self) -> list[str]:
        """Addresses that were asked for and are not ours."""
        return [url for url in self.asked if not url.startswith((self.passport.address, "data:", "blob:", "about:"))]

    async def watch(self, context: BrowserContext) -> None:
        self.page = await context.new_page()
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda said: self.errors.append(said.text) if said.type == "error" else None)
        await self.page.goto(self.passport.ticket())
        await self.page.goto("about:blank")  # an empty gallery would load anew when a badge comes


@contextlib.asynccontextmanager
async def visiting(folder: Path, settings: Settings | None = None, intake=None, **context) -> AsyncIterator[Visitor]:
    """Open the passport of a folder in Chromium, signed in."""
    async with passport_in(folder, settings, intake) as passport, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        try:
            visitor = Visitor(passport, browser, None)  # type: ignore[arg-type] # opened in the next line
            await visitor.watch(await browser.new_context(**{"viewport": {"width": 1280, "height": 900}} | context))
            yield visitor
        finally:
            await browser.close()

"""Chromium with an unpacked extension, driven by real clicks on the toolbar (CDP `Extensions.triggerAction`)."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from playwright.async_api import BrowserContext, CDPSession, Error, Page, Worker, async_playwright

BINARY = Path("/usr/bin/chromium")
ANSWER_S = 60
"""For what takes a moment on an idle machine, and much longer on one whose cores are busy."""
START_MS = 180_000
"""A first start on a busy machine reads all of Chromium from a cold disk."""
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--ignore-certificate-errors", "--lang=en-US",
)  # fmt: skip


class GoneError(Exception):
    """The popup closed."""


@dataclass
class Popup:
    """The real popup: a target that Playwright does not show, spoken to over CDP by hand."""

    session: CDPSession
    sid: str
    waiting: dict[int, asyncio.Future]
    count: int = 0

    async def send(self, method: str, **params) -> dict:
        self.count += 1
        future = asyncio.get_running_loop().create_future()
        self.waiting[self.count] = future
        message = json.dumps({"id": self.count, "method": method, "params": params})
        await self.session.send("Target.sendMessageToTarget", {"sessionId": self.sid, "message": message})
        answer = await asyncio.wait_for(future, ANSWER_S)
        if "error" in answer:
            raise GoneError(answer["error"])
        return answer["result"]

    async def eval(self, script: str):
        result = await self.send("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in result:
            raise AssertionError(result["exceptionDetails"]["exception"].get("description"))
        return result["result"].get("value")

    async def text(self) -> str:
        return await self.eval("document.body.innerText")

    async def click(self, selector: str) -> None:
        await self.eval(f"document.querySelector({json.dumps(selector)}).click()")

    async def until(self, script: str, seconds: float = ANSWER_S) -> object:
        """Wait until a script gives something; the limit is for a machine that does much else."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with suppress(AssertionError):  # the document may not be there yet
                if value := await self.eval(script):
                    return value
            await asyncio.sleep(0.1)
        raise AssertionError(f"{script} never came true; the popup says: {await self.text()}")

    async def shot(self, file: Path) -> None:
        result = await self.send("Page.captureScreenshot", format="png")
        await asyncio.to_thread(file.write_bytes, base64.b64decode(result["data"]))


@dataclass
class Chromium:
    """A running browser."""

    context: BrowserContext
    cdp: CDPSession
    worker: Worker
    waiting: dict[int, asyncio.Future] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return self.worker.url.split("/")[2]

    async def open(self, url: str) -> Page:
        page = await self.context.new_page()
        await page.goto(url, wait_until="load")
        await page.bring_to_front()
        return page

    async def press(self, page: Page) -> Popup:
        """Press the toolbar's button on this page and wait for the popup."""
        await page.bring_to_front()
        before = await self._popups()
        await self.cdp.send("Extensions.triggerAction", {"id": self.id, "targetId": await self._tab_of(page)})
        end = time.monotonic() + ANSWER_S
        while time.monotonic() < end:
            new = [target for target in await self._popups() if target not in before]
            if new:
                return await self._attach(new[0])
            await asyncio.sleep(0.05)
        raise AssertionError("No popup opened.")

    async def _tab_of(self, page: Page) -> str:
        """Return the tab's own target; the browser tells a tab's new address a moment after its page's."""
        own = await self.context.new_cdp_session(page)
        wanted = (await own.send("Target.getTargetInfo"))["targetInfo"]
        await own.detach()
        end = time.monotonic() + ANSWER_S
        while time.monotonic() < end:
            tabs = (await self.cdp.send("Target.getTargets", {"filter": [{"type": "tab"}]}))["targetInfos"]
            fitting = [
                tab["targetId"] for tab in tabs if (tab["url"], tab["title"]) == (wanted["url"], wanted["title"])
            ]
            if fitting:
                return fitting[-1]
            await asyncio.sleep(0.05)
        raise AssertionError(f"There is no tab of {wanted['url']}")

    async def _popups(self) -> list[str]:
        targets = (await self.cdp.send("Target.getTargets"))["targetInfos"]
        return [target["targetId"] for target in targets if target["url"].endswith("/popup/popup.html")]

    async def _attach(self, target: str) -> Popup:
        answer = await self.cdp.send("Target.attachToTarget", {"targetId": target, "flatten": False})
        popup = Popup(self.cdp, answer["sessionId"], {})
        self.waiting = popup.waiting
        return popup

    def received(self, event: dict) -> None:
        message = json.loads(event["message"])
        future = self.waiting.pop(message.get("id"), None)
        if future and not future.done():
            future.set_result(message)

    async def close_popup(self, _popup: Popup | None = None) -> None:
        """Close it and wait until it is gone."""
        end = time.monotonic() + ANSWER_S
        while open_ones := await self._popups():
            if time.monotonic() > end:
                raise AssertionError("The popup does not close.")
            for target in open_ones:
                with suppress(Error):  # it may just have closed by itself
                    await self.cdp.send("Target.closeTarget", {"targetId": target})
            await asyncio.sleep(0.05)

    async def counts(self, wanted: str) -> None:
        """Wait until the icon bears this count on the tab in front: it follows the list by a moment."""
        script = """async () => {
          const [tab] = await chrome.tabs.query({ active: true, currentWindow: true });
          return chrome.action.getBadgeText({ tabId: tab.id });
        }"""
        end = time.monotonic() + ANSWER_S
        while (shown := await self.in_worker(script)) != wanted:
            if time.monotonic() > end:
                raise AssertionError(f"The icon says {shown!r}, not {wanted!r}.")
            await asyncio.sleep(0.1)

    async def in_worker(self, script: str, *values):
        return await self.worker.evaluate(script, *values)


@asynccontextmanager
async def chromium(
    profile: Path, extension: Path, *, sites_port: int, more: tuple[str, ...] = ()
) -> AsyncIterator[Chromium]:
    """Start Chromium; every name but 127.0.0.1 leads to the sites on loopback."""
    args = [
        *QUIET,
        f"--host-resolver-rules=MAP * 127.0.0.1:{sites_port}, EXCLUDE 127.0.0.1",
        f"--disable-extensions-except={extension}",
        f"--load-extension={extension}",
        *more,
    ]
    async with async_playwright() as playwright:
        context = await playwright.chromium.launch_persistent_context(
            str(profile),
            executable_path=str(BINARY),
            headless=True,
            args=args,
            viewport={"width": 1100, "height": 800},
            timeout=START_MS,
        )
        context.set_default_timeout(ANSWER_S * 1000)
        try:
            worker = (
                context.service_workers[0]
                if context.service_workers
                else await context.wait_for_event("serviceworker", timeout=START_MS)
            )
            cdp = await context.browser.new_browser_cdp_session()
            running = Chromium(context, cdp, worker)
            cdp.on("Target.receivedMessageFromTarget", running.received)
            yield running
        finally:
            await context.close()

"""One tab of a real Chromium that nobody watches: a test driver asks the tab to keep every answer of the network (the
DevTools' `Network` domain), up to 100 MB of them, and that is memory which no owner's tab has."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import re
import shutil
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import ClientSession, ClientWebSocketResponse

STARTS_S = 120
"""A first start on a busy machine reads all of Chromium from a cold disk."""


@dataclass(frozen=True, slots=True)
class Memory:
    """What a renderer's process holds, in MB."""

    proportional: float
    """Its own, and its part of what it shares with others (PSS): program text and pictures that were decoded."""
    private: float
    """What Chromium's task manager calls the memory footprint: anonymous pages, and those in the swap."""

    @classmethod
    def of(cls, pid: int) -> Memory:
        """Read it from the kernel."""
        rollup = _kilobytes(Path(f"/proc/{pid}/smaps_rollup"))
        status = _kilobytes(Path(f"/proc/{pid}/status"))
        return cls(rollup["Pss"] / 1024, (status["RssAnon"] + status["VmSwap"]) / 1024)


@dataclass
class Tab:
    """A tab, spoken to over the DevTools' protocol."""

    socket: ClientWebSocketResponse
    session: str = ""
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    async def send(self, method: str, *, to_browser: bool = False, **parameters: object) -> dict:
        """Send a command; return its result."""
        number = next(self._numbers)
        to = {} if to_browser or not self.session else {"sessionId": self.session}
        await self.socket.send_json({"id": number, "method": method, "params": parameters, **to})
        while (answer := await self.socket.receive_json(timeout=STARTS_S)).get("id") != number:
            pass
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']}")
        return answer["result"]

    async def go(self, address: str) -> None:
        """Open an address, and wait for its document to be there."""
        await self.send("Page.navigate", url=address)
        for _ in range(STARTS_S * 20):
            if await self.value("document.readyState") == "complete":
                return
            await asyncio.sleep(0.05)
        raise TimeoutError(f"{address} did not load.")

    async def value(self, script: str):
        """Return what a script gives."""
        result = await self.send("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in result:
            raise RuntimeError(result["exceptionDetails"]["exception"].get("description"))
        return result["result"].get("value")

    async def wheel(self, pixels: int) -> None:
        """Turn the wheel over the middle of the page."""
        await self.send("Input.dispatchMouseEvent", type="mouseWheel", x=700, y=450, deltaX=0, deltaY=pixels)

    async def memory(self) -> Memory:
        """Return the memory of the fattest renderer."""
        found = (await self.send("SystemInfo.getProcessInfo", to_browser=True))["processInfo"]
        renderers = [Memory.of(process["id"]) for process in found if process["type"] == "renderer"]
        return max(renderers, key=lambda memory: memory.proportional)


@contextlib.asynccontextmanager
async def bare_tab(flags: tuple[str, ...]) -> AsyncIterator[Tab]:
    """Start a browser of its own with one empty tab of 1280 x 900; end it again."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        own = (f"--user-data-dir={folder}", "--headless=new", "--remote-debugging-port=0", "--window-size=1280,900")
        command = [shutil.which("chromium") or "chromium", *flags, *own, "about:blank"]
        quiet = asyncio.subprocess.DEVNULL
        browser = await asyncio.create_subprocess_exec(*command, stdout=quiet, stderr=quiet)
        try:
            port, path = (await _written(Path(folder) / "DevToolsActivePort")).split()
            async with (
                ClientSession() as client,
                client.ws_connect(f"ws://127.0.0.1:{port}{path}", max_msg_size=0) as socket,
            ):
                yield await _opened(Tab(socket))
        finally:
            browser.terminate()
            await browser.wait()


async def _opened(tab: Tab) -> Tab:
    target = (await tab.send("Target.createTarget", url="about:blank"))["targetId"]
    tab.session = (await tab.send("Target.attachToTarget", targetId=target, flatten=True))["sessionId"]
    size = {"width": 1280, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    await tab.send("Emulation.setDeviceMetricsOverride", **size)
    return tab


async def _written(file: Path) -> str:
    for _ in range(STARTS_S * 10):
        with contextlib.suppress(OSError):
            if (text := await asyncio.to_thread(file.read_text, encoding="ascii")).count("\n"):
                return text
        await asyncio.sleep(0.1)
    raise TimeoutError("Chromium did not start.")


def _kilobytes(file: Path) -> dict[str, int]:
    return {name: int(number) for name, number in re.findall(r"(\w+):\s+(\d+) kB", file.read_text(encoding="ascii"))}

"""Firefox with an unpacked extension, driven through Marionette, by real clicks on the toolbar's button.

There is no geckodriver to install: Marionette speaks length-prefixed JSON over a socket. What is Firefox's own inside
(`browserActionFor`, frame scripts) stands in this file alone.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import os
import socket
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

BINARY = next((file for file in map(Path, ("/usr/bin/firefox-esr", "/usr/bin/firefox")) if file.exists()), None)
ADDON = "badge-passport@badge-passport.org"
QUIET = {
    "app.update.enabled": False,
    "browser.aboutwelcome.enabled": False,
    "browser.region.update.enabled": False,
    "browser.safebrowsing.provider.mozilla.updateURL": "",
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.page": 0,
    "captivedetect.canonicalURL": "",
    "datareporting.policy.dataSubmissionEnabled": False,
    "dom.push.connection.enabled": False,
    "extensions.update.enabled": False,
    "intl.locale.requested": "en-US",
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,",
    "termsofuse.bypassNotification": True,
    "toolkit.telemetry.enabled": False,
}

IN_POPUP = """
const [script, done] = arguments;
const browser = document.querySelector("browser.webextension-popup-browser");
if (!browser) done({ missing: true });
else {
  const name = "Test:" + Math.random();
  browser.messageManager.addMessageListener(name, (message) => done(message.data));
  const frame = `(async () => {
    const box = Cu.Sandbox(content, { sandboxPrototype: content, wantXrays: false });
    const script = ${JSON.stringify(script)};
    try { sendAsyncMessage(${JSON.stringify(name)}, { value: await Cu.evalInSandbox(script, box) }); }
    catch (error) { sendAsyncMessage(${JSON.stringify(name)}, { error: String(error) }); }
  })()`;
  browser.messageManager.loadFrameScript("data:," + encodeURIComponent(frame), false);
}
"""
PRESS = """
const { ExtensionParent } = ChromeUtils.importESModule("resource://gre/modules/ExtensionParent.sys.mjs");
const extension = WebExtensionPolicy.getByID(arguments[0]).extension;
ExtensionParent.apiManager.global.browserActionFor(extension).triggerAction(window);
"""
COUNT = """
const { ExtensionParent } = ChromeUtils.importESModule("resource://gre/modules/ExtensionParent.sys.mjs");
const extension = WebExtensionPolicy.getByID(arguments[0]).extension;
const { action } = ExtensionParent.apiManager.global.browserActionFor(extension);
return action.getProperty(gBrowser.selectedTab, "badgeText");
"""
CLOSE = """
const open = document.querySelectorAll("browser.webextension-popup-browser");
for (const browser of open) browser.closest("panel")?.hidePopup();
"""
SHOT = """
const [done] = [arguments[arguments.length - 1]];
const browser = document.querySelector("browser.webextension-popup-browser");
const box = browser.getBoundingClientRect();
const part = new DOMRect(0, 0, box.width, box.height);
browser.browsingContext.currentWindowGlobal.drawSnapshot(part, 1.5, "white")
  .then(async (picture) => {
    const canvas = new OffscreenCanvas(picture.width, picture.height);
    canvas.getContext("2d").drawImage(picture, 0, 0);
    const bytes = new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer());
    done(btoa(bytes.reduce((text, byte) => text + String.fromCharCode(byte), "")));
  });
"""


class Marionette:
    """The protocol: one command after the other. Blocking, so used in a thread."""

    def __init__(self, port: int) -> None:
        for _ in range(160):
            with contextlib.suppress(OSError):
                self._socket = socket.create_connection(("127.0.0.1", port), 2)
                break
            time.sleep(0.25)
        self._socket.settimeout(60)
        self._count = 0
        self._receive()
        self.command("WebDriver:NewSession", {"acceptInsecureCerts": True})

    def _receive(self) -> list:
        head = b""
        while not head.endswith(b":"):
            head += self._socket.recv(1)
        body, length = b"", int(head[:-1])
        while len(body) < length:
            body += self._socket.recv(length - len(body))
        return json.loads(body)

    def command(self, name: str, parameters: dict | None = None):
        self._count += 1
        message = json.dumps([0, self._count, name, parameters or {}]).encode()
        self._socket.sendall(str(len(message)).encode() + b":" + message)
        _, _, error, result = self._receive()
        if error:
            raise AssertionError(f"{name}: {error['message']}")
        return result.get("value", result) if isinstance(result, dict) else result

    def chrome(self, script: str, *values, waits: bool = False):
        """Run a script with the browser's own rights."""
        self.command("Marionette:SetContext", {"value": "chrome"})
        name = "WebDriver:ExecuteAsyncScript" if waits else "WebDriver:ExecuteScript"
        try:
            return self.command(
                name, {"script": script, "args": list(values), "newSandbox": True, "scriptTimeout": 20000}
            )
        finally:
            self.command("Marionette:SetContext", {"value": "content"})


@dataclass
class Firefox:
    """A running browser; all calls block in a thread of their own."""

    marionette: Marionette

    async def open(self, url: str) -> None:
        """Open a page in a new tab, in front."""
        handle = (await self._do("WebDriver:NewWindow", {"type": "tab", "focus": True}))["handle"]
        await self._do("WebDriver:SwitchToWindow", {"handle": handle, "focus": True})
        await self._do("WebDriver:Navigate", {"url": url})

    async def address(self) -> str:
        return await self._do("WebDriver:GetCurrentURL")

    async def tabs(self) -> list[str]:
        return await asyncio.to_thread(
            self.marionette.chrome, "return gBrowser.browsers.map((browser) => browser.currentURI.spec)"
        )

    async def press(self) -> None:
        """Press the toolbar's button on the page in front."""
        await self.close_popup()
        await asyncio.to_thread(self.marionette.chrome, PRESS, ADDON)

    async def count(self) -> str:
        return await asyncio.to_thread(self.marionette.chrome, COUNT, ADDON)

    async def eval(self, script: str):
        """Run a script in the popup."""
        answer = await asyncio.to_thread(self.marionette.chrome, IN_POPUP, script, waits=True)
        if answer.get("missing") or answer.get("error"):
            raise AssertionError(answer.get("error", "The popup is not open."))
        return answer.get("value")

    async def until(self, script: str, seconds: float = 15):
        """Wait until a script in the popup gives something."""
        for _ in range(int(seconds / 0.2)):
            with contextlib.suppress(AssertionError):
                if value := await self.eval(script):
                    return value
            await asyncio.sleep(0.2)
        raise AssertionError(f"{script} never came true; the popup says: {await self.eval('document.body.innerText')}")

    async def click(self, selector: str) -> None:
        await self.eval(f"document.querySelector({json.dumps(selector)}).click()")

    async def close_popup(self) -> None:
        await asyncio.to_thread(self.marionette.chrome, CLOSE)

    async def shot(self, file: Path) -> None:
        picture = await asyncio.to_thread(self.marionette.chrome, SHOT, waits=True)
        await asyncio.to_thread(file.write_bytes, base64.b64decode(picture))

    async def _do(self, name: str, parameters: dict | None = None):
        return await asyncio.to_thread(self.marionette.command, name, parameters)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


@asynccontextmanager
async def tunnel(target: int) -> AsyncIterator[int]:
    """A proxy that leads every name to one port of loopback: so nothing leaves this computer."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            if not head.startswith(b"CONNECT "):
                writer.close()
                return
            there, back = await asyncio.open_connection("127.0.0.1", target)
            writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
            await asyncio.gather(_pour(reader, back), _pour(there, writer))

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


async def _pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(1 << 16):
            writer.write(data)
            await writer.drain()
    writer.close()


def start(profile: Path, extension: Path, preferences: dict[str, object]) -> tuple[subprocess.Popen, Firefox]:
    """Start Firefox with a profile of its own and put the extension into it."""
    port = free_port()
    lines = {**QUIET, **preferences, "marionette.port": port}
    profile.mkdir(parents=True)
    (profile / "user.js").write_text(
        "".join(f"user_pref({json.dumps(k)}, {json.dumps(v)});\n" for k, v in lines.items())
    )
    command = [str(BINARY), "--marionette", "--headless", "--no-remote", "--remote-allow-system-access"]
    environment = {**os.environ, "MOZ_HEADLESS_WIDTH": "1200", "MOZ_HEADLESS_HEIGHT": "800", "HOME": str(profile)}
    process = subprocess.Popen(
        [*command, "--profile", str(profile)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment
    )
    try:
        marionette = Marionette(port)
        marionette.command("Addon:Install", {"path": str(extension), "temporary": True})
    except BaseException:
        process.kill()
        raise
    return process, Firefox(marionette)


@asynccontextmanager
async def firefox(
    profile: Path, extension: Path, *, sites_port: int, more: dict | None = None
) -> AsyncIterator[Firefox]:
    """Run Firefox; every name but 127.0.0.1 leads to the sites on loopback."""
    async with tunnel(sites_port) as proxy:
        preferences = {
            "network.proxy.type": 1,
            "network.proxy.ssl": "127.0.0.1",
            "network.proxy.ssl_port": proxy,
            "network.proxy.http": "127.0.0.1",
            "network.proxy.http_port": proxy,
            **(more or {}),
        }
        process, running = await asyncio.to_thread(start, profile, extension, preferences)
        try:
            yield running
        finally:
            with contextlib.suppress(Exception):
                await asyncio.to_thread(running.marionette.command, "Marionette:Quit", {"flags": ["eForceQuit"]})
            try:
                await asyncio.to_thread(process.wait, 10)
            except subprocess.TimeoutExpired:
                process.kill()

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
START_S = 180
"""A first start on a busy machine reads all of Firefox from a cold disk and writes a profile: minutes were seen."""
ANSWER_S = 100
PAGE_MS = 90_000
"""Below ANSWER_S, so that a page that does not load is told by Firefox."""
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
  const manager = browser.messageManager;
  const answer = (message) => {
    manager.removeMessageListener(name, answer);
    done(message.data);
  };
  manager.addMessageListener(name, answer);
  setTimeout(() => answer({ data: { error: "The popup does not answer." } }), 10000);
  const frame = `(async () => {
    const box = Cu.Sandbox(content, { sandboxPrototype: content, wantXrays: false });
    const script = ${JSON.stringify(script)};
    try { sendAsyncMessage(${JSON.stringify(name)}, { value: await Cu.evalInSandbox(script, box) }); }
    catch (error) { sendAsyncMessage(${JSON.stringify(name)}, { error: String(error) }); }
  })()`;
  manager.loadFrameScript("data:," + encodeURIComponent(frame), false);
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
const open = [...document.querySelectorAll("browser.webextension-popup-browser")];
for (const browser of open) browser.closest("panel")?.hidePopup();
return open.length;
"""
CHOOSE = """
const [words, done] = arguments;
const menu = document.getElementById("contentAreaContextMenu");
const choose = () => {
  const item = [...menu.querySelectorAll("menuitem")].find((each) => each.label === words && !each.hidden);
  if (!item) { menu.hidePopup(); return done([...menu.children].map((each) => each.label).join("|")); }
  menu.addEventListener("popuphidden", () => done(""), { once: true });
  menu.activateItem(item);
};
if (menu.state === "open") choose(); else menu.addEventListener("popupshown", choose, { once: true });
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


class BrowserError(AssertionError):
    """Firefox did not start, ended, or does not answer any more."""


class Marionette:
    """The protocol: one command after the other. Blocking, so used in a thread; nothing here blocks for ever."""

    def __init__(self, port: int, process: subprocess.Popen, answer_s: float = ANSWER_S) -> None:
        self._process = process
        self._answer_s = answer_s
        self._count = 0
        self._socket = self._connect(port)
        try:
            self._receive()
            self.command("WebDriver:NewSession", {"acceptInsecureCerts": True, "timeouts": {"pageLoad": PAGE_MS}})
        except BaseException:
            self._socket.close()
            raise

    def _connect(self, port: int) -> socket.socket:
        until = time.monotonic() + START_S
        while time.monotonic() < until:
            if self._process.poll() is not None:
                raise BrowserError(f"Firefox ended at once with status {self._process.returncode}.")
            with contextlib.suppress(OSError):
                return socket.create_connection(("127.0.0.1", port), 2)
            time.sleep(0.25)
        raise BrowserError(f"Firefox did not listen within {START_S} s.")

    def _receive(self) -> list:
        """Return one message; raises BrowserError when Firefox closes the connection or is silent for too long."""
        until, head = time.monotonic() + self._answer_s, b""
        while not head.endswith(b":"):
            head += self._bytes(1, until)
            if len(head) > 20:
                raise BrowserError(f"This is not Marionette: {head!r}")
        body, length = b"", int(head[:-1])
        while len(body) < length:
            body += self._bytes(length - len(body), until)
        return json.loads(body)

    def _bytes(self, most: int, until: float) -> bytes:
        self._socket.settimeout(max(0.01, until - time.monotonic()))
        try:
            got = self._socket.recv(most)
        except TimeoutError:
            raise BrowserError(f"Firefox gave no answer within {self._answer_s} s.") from None
        except OSError as error:
            raise BrowserError(f"Firefox closed the connection: {error}.") from None
        if not got:
            raise BrowserError("Firefox closed the connection.")
        return got

    def command(self, name: str, parameters: dict | None = None):
        self._count += 1
        message = json.dumps([0, self._count, name, parameters or {}]).encode()
        self._send(str(len(message)).encode() + b":" + message)
        _, number, error, result = self._receive()
        if number != self._count:
            raise BrowserError(f"{name}: the answer to command {number} came for command {self._count}.")
        if error:
            raise AssertionError(f"{name}: {error['message']}")
        return result.get("value", result) if isinstance(result, dict) else result

    def _send(self, message: bytes) -> None:
        self._socket.settimeout(self._answer_s)
        try:
            self._socket.sendall(message)
        except OSError as error:
            raise BrowserError(f"Firefox closed the connection: {error}.") from None

    def close(self) -> None:
        self._socket.close()

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

    async def opened(self, start: str, seconds: float = 60) -> str:
        """Wait until a tab shows an address that begins so."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if found := [url for url in await self.tabs() if url.startswith(start)]:
                return found[-1]
            await asyncio.sleep(0.1)
        raise AssertionError(f"No tab opened {start}, there are {await self.tabs()}")

    async def press(self) -> None:
        """Press the toolbar's button on the page in front, and wait until the popup's document is there."""
        await self.close_popup()
        await asyncio.to_thread(self.marionette.chrome, PRESS, ADDON)
        await self.until("location.protocol === 'moz-extension:' && document.readyState === 'complete'")

    async def counts(self, wanted: str, seconds: float = 60) -> None:
        """Wait until the icon bears this count on the tab in front: it follows the list by a moment."""
        end = time.monotonic() + seconds
        while (shown := await asyncio.to_thread(self.marionette.chrome, COUNT, ADDON)) != wanted:
            if time.monotonic() > end:
                raise AssertionError(f"The icon says {shown!r}, not {wanted!r}.")
            await asyncio.sleep(0.1)

    async def eval(self, script: str):
        """Run a script in the popup."""
        answer = await asyncio.to_thread(self.marionette.chrome, IN_POPUP, script, waits=True)
        if answer.get("missing") or answer.get("error"):
            raise AssertionError(answer.get("error", "The popup is not open."))
        return answer.get("value")

    async def until(self, script: str, seconds: float = 60):
        """Wait until a script in the popup gives something; the limit is for a machine that does much else."""
        end, last = time.monotonic() + seconds, ""
        while time.monotonic() < end:
            try:
                if value := await self.eval(script):
                    return value
                last = f"the popup says: {await self.eval('document.body?.innerText')}"
            except BrowserError:
                raise
            except AssertionError as error:
                last = str(error)
            await asyncio.sleep(0.2)
        raise AssertionError(f"{script} never came true; {last}")

    async def click(self, selector: str) -> None:
        await self.eval(f"document.querySelector({json.dumps(selector)}).click()")

    async def choose(self, selector: str, words: str) -> None:
        """Click an element of the page with the right button and choose from the menu what says this."""
        found = await self._do("WebDriver:FindElement", {"using": "css selector", "value": selector})
        place = {"x": 0, "y": 0, "origin": found, "duration": 0, "type": "pointerMove"}
        clicks = [place, {"type": "pointerDown", "button": 2}, {"type": "pointerUp", "button": 2}]
        mouse = {"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": clicks}
        await self._do("WebDriver:PerformActions", {"actions": [mouse]})
        if there := await asyncio.to_thread(self.marionette.chrome, CHOOSE, words, waits=True):
            raise AssertionError(f"The menu has no {words!r}, but {there}")

    async def close_popup(self, seconds: float = 30) -> None:
        """Close it and wait until it is gone: the next press would meet the old one."""
        end = time.monotonic() + seconds
        while await asyncio.to_thread(self.marionette.chrome, CLOSE):
            if time.monotonic() > end:
                raise AssertionError("The popup does not close.")
            await asyncio.sleep(0.05)

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
    read_once(Path(str(BINARY)).resolve().parent)
    process = subprocess.Popen(
        [*command, "--profile", str(profile)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment
    )
    try:
        marionette = Marionette(port, process)
        marionette.command("Addon:Install", {"path": str(extension), "temporary": True})
    except BaseException:
        end(process)
        raise
    return process, Firefox(marionette)


def read_once(folder: Path) -> None:
    """Bring a browser's files from a cold disk at one go: page by page, as it starts, takes many times as long."""
    for file in sorted(folder.iterdir()):
        if file.is_file() and file.stat().st_size > 1 << 20:
            with file.open("rb") as opened:
                while opened.read(1 << 22):
                    pass


def end(process: subprocess.Popen, patience_s: float = 0) -> None:
    """Wait a moment for Firefox to end by itself, then make it."""
    try:
        process.wait(patience_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(30)


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
            running.marionette.close()
            await asyncio.to_thread(end, process, 20)

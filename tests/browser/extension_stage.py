"""The stage for the extension: the saved pages served by name with TLS, and a real passport that can be stopped."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web
from tests.fetching.servers import Authority
from tests.issuer import Issuer, picture
from tests.web.posting_material import posting_in
from tests.web.served import Still

from passport.badge.files import bake
from passport.cli.assembly import recipe_book
from passport.fetching import Fetcher
from passport.intake.road import Intake
from passport.settings import NetworkSettings, Places, Settings
from passport.vault.vault import Vault
from passport.web.app import build_app
from passport.web.clients import Clients
from passport.web.limits import Bucket
from passport.web.listening import bind, listening
from passport.web.live import Changes
from passport.web.pairing import PairingCodes
from passport.web.parts import Limits, Parts
from passport.web.session import Sessions
from passport.workers import Workers

PAGES = Path(__file__).parents[1] / "pages"
EXTENSION = Path(__file__).parents[2] / "extension"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><circle cx="5" cy="5" r="4" fill="teal"/></svg>'


def now() -> datetime:
    """Return the real time: the browsers sign with it."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class SavedPage:
    """One folder of tests/pages."""

    name: str
    expected: dict
    html: str
    site: dict

    @classmethod
    def all(cls) -> list[SavedPage]:
        return [cls.read(folder) for folder in sorted(PAGES.iterdir()) if (folder / "expected.json").exists()]

    @classmethod
    def read(cls, folder: Path) -> SavedPage:
        expected, site = (json.loads((folder / name).read_text()) for name in ("expected.json", "site.json"))
        return cls(folder.name, expected, (folder / "page.html").read_text(), site)

    @property
    def url(self) -> str:
        return self.expected["url"]

    @property
    def hosts(self) -> set[str]:
        return {str(urlsplit(url).hostname) for url in (self.url, *self.site)}


@dataclass
class Sites:
    """All saved sites on one port of loopback, told apart by their names."""

    pages: list[SavedPage]
    issuer: Issuer = field(default_factory=lambda: Issuer("https://keys.example"))
    asked: list[str] = field(default_factory=list)
    port: int = 0
    released: asyncio.Event = field(default_factory=asyncio.Event)
    """What is `held` is given to the passport only after this."""

    @property
    def hosts(self) -> set[str]:
        return {host for page in self.pages for host in page.hosts}

    async def answer(self, request: web.Request) -> web.Response:
        url = f"https://{request.host}{request.raw_path}"
        self.asked.append(url)
        for page in self.pages:
            if page.url.split("#")[0] == url:
                return web.Response(text=page.html, content_type="text/html")
            if url in page.site:
                what = page.site[url]
                passport = "BadgePassport" in request.headers.get("User-Agent", "")
                if what.get("browsers_only") and passport:
                    return web.Response(status=403)
                if what.get("held") and passport:
                    await self.released.wait()
                return self.file(what) if what.get("method", "GET") == request.method else web.Response(status=405)
        return web.Response(status=404, text="not here")

    def file(self, what: dict) -> web.Response:
        """Return what `site.json` describes."""
        if "json" in what:
            return web.json_response(what["json"])
        if "signed" in what:
            document = self.issuer.prove(json.loads(json.dumps(what["signed"]).replace("{did}", self.issuer.did)))
            body = {what["wrap"]: document} if "wrap" in what else document
            return web.json_response(body, content_type=what.get("type", "application/json"))
        if "baked" in what:
            return self._baked(json.dumps(what["baked"]), what.get("format", "png"))
        return web.Response(body=picture(len(what["picture"]) * 9, size=64), content_type="image/png")

    def _baked(self, statement: str, form: str) -> web.Response:
        kind = "image/svg+xml" if form == "svg" else "image/png"
        plain = SVG if form == "svg" else picture(len(statement) % 200, size=96)
        return web.Response(body=bake(plain, statement), content_type=kind)

    @asynccontextmanager
    async def open(self, authority: Authority) -> AsyncIterator[Sites]:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self.answer)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        listener = bind(0)
        self.port = listener.getsockname()[1]
        await web.SockSite(runner, listener, ssl_context=authority.server(*sorted(self.hosts))).start()
        try:
            yield self
        finally:
            await runner.cleanup()


@dataclass
class Stage:
    """A passport whose daemon starts and stops, always on the same port, with the same vault and connections."""

    folder: Path
    sites: Sites
    settings: Settings
    vault: Vault
    workers: Workers
    fetch: Fetcher
    changes: Changes
    port: int = 0
    parts: Parts | None = None
    _running: AsyncExitStack | None = None

    async def start(self) -> None:
        listener = bind(self.port)
        self.port = listener.getsockname()[1]
        self.parts = Parts(
            port=self.port,
            owner_key="k" * 43,
            places=Places.from_environment({"BADGE_PASSPORT_HOME": str(self.folder)}),
            settings=self.settings,
            clock=now,
            vault=self.vault,
            intake=Intake(self.vault, self.workers, self.fetch, self.settings, now, recipe_book()),
            workers=self.workers,
            fetch=self.fetch,
            posting=posting_in(self.folder / "state", self.vault, now),
            control=Still(),
            sessions=Sessions(now),
            codes=PairingCodes(now),
            clients=Clients(self.folder / "clients.json", now),
            changes=self.changes,
            limits=Limits(pair=Bucket(now, 100, 100), refused=Bucket(now, 10_000, 10_000)),
            started_at=now(),
        )
        self._running = AsyncExitStack()
        await self._running.enter_async_context(listening(build_app(self.parts), listener))

    async def stop(self) -> None:
        if self._running:
            await self._running.aclose()
        self._running = None

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def sign_in(self, path: str = "/connect") -> str:
        """Return an address that signs a browser in."""
        return f"{self.base}/open?ticket={self.parts.sessions.issue_ticket()}&next={path}"

    def held(self) -> dict[str, str]:
        """Return names and verdicts of what the passport holds."""
        return {entry.name: entry.verdict for entry in self.vault.search("", limit=1000).entries}


@asynccontextmanager
async def stage(folder: Path, pages: list[SavedPage] | None = None, *, timeout_s: float = 5) -> AsyncIterator[Stage]:
    """Set everything up; the passport reaches the sites by `resolve` and `extra_ca`, as a closed network would."""
    authority = Authority(folder)
    changes = Changes(asyncio.get_running_loop())
    async with AsyncExitStack() as stack:
        sites = await stack.enter_async_context(Sites(pages or SavedPage.all()).open(authority))
        network = NetworkSettings(
            allow_private_addresses=True,
            resolve={f"{host}:443": f"127.0.0.1:{sites.port}" for host in sites.hosts},
            extra_ca=authority.ca,
            timeout_s=timeout_s,
        )
        settings = Settings(network=network)
        vault = Vault.open(Places.from_environment({"BADGE_PASSPORT_HOME": str(folder)}), clock=now)
        stack.callback(vault.close)
        vault.subscribe(changes.tell)
        workers = await stack.enter_async_context(Workers())
        fetch = await stack.enter_async_context(Fetcher(network, now))
        made = Stage(folder, sites, settings, vault, workers, fetch, changes)
        await made.start()
        stack.push_async_callback(made.stop)
        stack.callback(changes.close)
        yield made


def matches(item: dict, badge: dict) -> bool:
    """Say whether what the extension found is a badge that the page has."""
    addresses = [*item.get("addresses", ()), (item.get("reading") or {}).get("url")]
    return any(address in badge["any"] for address in addresses) or ("text" in item and "inline" in badge["any"])


def compare(items: list[dict], badges: list[dict]) -> tuple[int, list[str], list[str]]:
    """Return how many badges were found, the missed and the invented."""
    left, missed = list(items), []
    for badge in badges:
        found = next((item for item in left if matches(item, badge)), None)
        if found is None:
            missed.append(badge["name"] or badge["any"][0])
        else:
            left.remove(found)
    return len(badges) - len(missed), missed, [f"{item['key']} ({item['why']})" for item in left]


def walk(folder: Path) -> Iterator[Path]:
    """Yield all files below a folder."""
    return (file for file in folder.rglob("*") if file.is_file())

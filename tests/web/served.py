"""The real app on a real socket of 127.0.0.1, and requests written by hand, byte for byte."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiohttp import web
from tests.web.posting_material import posting_in

from passport.settings import Places, Settings
from passport.vault.vault import Vault
from passport.verification.documents import RemoteDocument
from passport.web.app import build_app
from passport.web.clients import Clients
from passport.web.listening import bind, listening
from passport.web.live import Changes
from passport.web.pairing import PairingCodes
from passport.web.parts import Limits, Parts
from passport.web.session import Sessions
from passport.workers import Workers


@dataclass
class Clock:
    """A clock that the test turns."""

    now: datetime = datetime(2026, 11, 24, 12, 0, 0, tzinfo=UTC)

    def forward(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def code(self) -> str:
        return self.json["code"]


@dataclass
class Served:
    """A running app."""

    port: int
    parts: Parts
    app: web.Application

    async def ask(
        self, method: str, target: str, headers: Mapping[str, str] | list | None = None, body: bytes = b"", host=True
    ) -> Answer:
        """Send exactly this and read one answer."""
        pairs = list(headers.items()) if isinstance(headers, Mapping) else list(headers or [])
        names = {name.lower() for name, _ in pairs}
        if host and "host" not in names:
            pairs.insert(0, ("Host", f"127.0.0.1:{self.port}"))
        if body and "content-length" not in names and "transfer-encoding" not in names:
            pairs.append(("Content-Length", str(len(body))))
        lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in pairs), "Connection: close"]
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(("\r\n".join(lines) + "\r\n\r\n").encode("utf-8", "surrogateescape") + body)
        with contextlib.suppress(ConnectionError):
            await writer.drain()
        raw = await asyncio.wait_for(reader.read(), 10)
        writer.close()
        return _parse(raw)

    @property
    def owner(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.parts.owner_key}"}

    async def sign_in(self) -> dict[str, str]:
        """Return the headers of a signed-in page."""
        cookie = self.parts.sessions.redeem(self.parts.sessions.issue_ticket())
        session = self.parts.sessions.find(cookie)
        return {"Cookie": f"badge-passport-{self.port}={cookie}", "X-CSRF-Token": session.csrf}


def _parse(raw: bytes) -> Answer:
    head, _, body = raw.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    if headers.get("transfer-encoding") == "chunked":
        body = _dechunk(body)
    return Answer(int(first.split()[1]), headers, body)


def _dechunk(body: bytes) -> bytes:
    out = b""
    while body:
        size, _, rest = body.partition(b"\r\n")
        length = int(size, 16)
        out, body = out + rest[:length], rest[length + 2 :]
    return out


@contextlib.asynccontextmanager
async def serve(parts_for: Callable[[int], Parts]) -> AsyncIterator[Served]:
    """Run the app on a free port."""
    listener = bind(0)
    port = listener.getsockname()[1]
    parts = parts_for(port)
    app = build_app(parts)
    try:
        async with listening(app, listener):
            yield Served(port, parts, app)
    finally:
        parts.changes.close()


class Still:
    """A `Control` that only remembers what it was told."""

    def __init__(self) -> None:
        self.paused = False
        self.watching: list = []
        self.folders: list = []
        self.paused_until = None
        self.scanned_at = None
        self.stopped = False

    async def pause(self, seconds: float | None) -> None:
        self.paused = True

    async def resume(self) -> None:
        self.paused = False

    async def apply(self, settings) -> None:
        self.settings = settings

    def stop(self) -> None:
        self.stopped = True


class Empty:
    """An intake to which nothing comes."""

    async def take(self, file, *, origin, name):
        return []

    async def take_url(self, url, origin):
        return []

    async def reverify(self, entry_id, *, offline=False):
        pass

    async def import_all(self, paths, urls):
        for _ in ():
            yield _


@contextlib.asynccontextmanager
async def passport(home: Path, clock: Clock | None = None) -> AsyncIterator[Served]:
    """The whole app over an empty vault, without watcher and network."""
    clock = clock or Clock()
    places = Places.from_environment({"BADGE_PASSPORT_HOME": str(home)})
    vault = Vault.open(places, clock=clock)
    changes = Changes(asyncio.get_running_loop())
    unsubscribe = vault.subscribe(changes.tell)

    async def no_network(url: str) -> RemoteDocument:
        return RemoteDocument(url=url, fetched_at="2026-11-24T12:00:00Z", problem="There is no network here.")

    def parts_for(port: int) -> Parts:
        return Parts(
            port=port,
            owner_key="owner-key-of-the-test-0123456789abcdef",
            places=places,
            settings=Settings(),
            clock=clock,
            vault=vault,
            intake=Empty(),
            workers=workers,
            fetch=no_network,
            posting=posting_in(places.state, vault, clock),
            control=Still(),
            sessions=Sessions(clock),
            codes=PairingCodes(clock),
            clients=Clients(places.state / "clients.json", clock),
            changes=changes,
            limits=Limits.of(clock),
            started_at=clock(),
        )

    async with Workers() as workers:
        try:
            async with serve(parts_for) as served:
                yield served
        finally:
            unsubscribe()
            vault.close()

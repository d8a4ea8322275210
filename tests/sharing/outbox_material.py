"""An outbox whose keyring is in memory and whose clock the test turns."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image
from tests.sharing.network_servers import APP_PASSWORD, DID, BlueskyServer, MastodonServer
from tests.web.posting_material import Memory
from tests.web.served import Clock

from passport.disk import Disk
from passport.fetching.posting import Poster
from passport.keychain import Keychain
from passport.settings import NetworkSettings
from passport.sharing.accounts.connecting import Connecting
from passport.sharing.accounts.model import Account, AccountBook
from passport.sharing.outbox.delivery import Carrier
from passport.sharing.outbox.outbox import Letter, Outbox, Picture
from passport.sharing.outbox.store import OutboxStore
from passport.sharing.posts import Award, compose


@dataclass
class Post:
    """Everything around an outbox. `again()` is the program after it was killed and started anew."""

    folder: Path
    poster: Poster
    clock: Clock = field(default_factory=Clock)
    memory: Memory = field(default_factory=Memory)
    disk: Disk = field(default_factory=Disk)
    told: list = field(default_factory=list)

    def __post_init__(self) -> None:
        self.again()

    def again(self) -> None:
        self.book = AccountBook(self.folder / "accounts.json")
        self.keychain = Keychain(load=lambda: self.memory, record=self.folder / "keychain.json")
        self.carrier = Carrier(send=self.poster, clock=self.clock)
        self.outbox = Outbox(
            store=OutboxStore(self.folder / "outbox", self.disk),
            book=self.book,
            keychain=self.keychain,
            carrier=self.carrier,
            clock=self.clock,
            on_sent=self.told.append,
        )
        self.connecting = Connecting(
            book=self.book, keychain=self.keychain, carrier=self.carrier, clock=self.clock, plain_http=True
        )

    async def mastodon(self, server: MastodonServer) -> Account:
        account = Account(
            id="a" * 16, network="mastodon", server=server.url, handle="@ada@m.example", remote_id="7", max_text=500
        )
        secret = {"token": "canary-token-of-mastodon", "client_id": "c", "client_secret": "canary-secret"}
        await self.keychain.set(account.secret_name, json.dumps(secret))
        self.book.keep(account)
        return account

    async def bluesky(self, server: BlueskyServer) -> Account:
        account = Account(id="b" * 16, network="bluesky", server=server.url, handle="ada.test", remote_id=DID)
        await self.keychain.set(account.secret_name, json.dumps({"password": APP_PASSWORD}))
        self.book.keep(account)
        return account

    async def until_settled(self, rounds: int = 40) -> None:
        """Turn the clock and work off, until nothing waits."""
        for _ in range(rounds):
            await self.outbox.work_off()
            if not any(item.state == "waiting" for item in self.outbox.store.all()):
                return
            self.clock.forward(3700)


def picture(noise: int = 0) -> Picture:
    out = io.BytesIO()
    Image.new("RGB", (120, 63), (noise % 256, 40, 90)).save(out, "PNG")
    return Picture(content=out.getvalue(), media_type="image/png", width=120, height=63)


def letter(account: Account, text: str | None = None, *, name: str = "Knots", pictured: bool = True, **more) -> Letter:
    award = Award(
        name=name, issuer="Scouts", link="https://ann.example/b/1", tags=("rope work",), issuer_identity="domain"
    )
    post = compose(account.limits, award, text=text, alt=more.pop("alt", None))
    return Letter(entry="e" * 16, post=post, picture=picture() if pictured else None, language="en", **more)


@contextlib.asynccontextmanager
async def post_office(folder: Path, *, read_s: float = 20.0) -> AsyncIterator[Post]:
    async with Poster(NetworkSettings(allow_private_addresses=True), read_s=read_s) as poster:
        yield Post(folder, poster)


class Dead(BaseException):
    """The program was killed here."""


class Mortal(Disk):
    """A disk whose program is killed before its n-th change, or right after it."""

    def __init__(self) -> None:
        self.left = 10**9

    @contextlib.contextmanager
    def _step(self) -> Iterator[None]:
        self.left -= 1
        if self.left < 0:
            raise Dead
        yield

    def open_new(self, path: Path) -> int:
        with self._step():
            return super().open_new(path)

    def write(self, descriptor: int, data: bytes) -> None:
        with self._step():
            super().write(descriptor, data)

    def rename(self, source: Path, target: Path) -> None:
        with self._step():
            super().rename(source, target)

    def sync_folder(self, path: Path) -> None:
        with self._step():
            super().sync_folder(path)

    def unlink(self, path: Path) -> None:
        with self._step():
            super().unlink(path)

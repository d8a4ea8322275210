"""The published passport as the web knows it: one publisher, the settings, how it last went, the key in the keyring."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web

from passport.errors import KeychainError, SharingError
from passport.fetching.uploading import Uploader
from passport.intake.owner import owner_identities
from passport.settings import Settings
from passport.sharing.gathering import Gatherer
from passport.sharing.keeping import keep, read_kept
from passport.sharing.publishing import Published, Publisher
from passport.sharing.republishing import Last, Republisher
from passport.sharing.site.addresses import is_remote, key_name
from passport.sharing.site.model import base_address
from passport.sharing.site.places import Key, Places
from passport.web.parts import Parts

NOWHERE = "There is nowhere to publish to yet."


@dataclass(slots=True, kw_only=True)
class Publishing:
    """Built once with the app."""

    parts: Parts
    settings: Callable[[], Settings]
    """As they are now."""
    publisher: Publisher
    republisher: Republisher | None = None
    previewed: Mapping[str, bytes] | None = None
    """The site of the last look before."""
    _unsubscribe: list[Callable[[], object]] = field(default_factory=list)

    @classmethod
    def build(cls, parts: Parts, settings: Callable[[], Settings]) -> Publishing:
        """Join it with the rest of the program."""
        store = parts.places.state / "published"

        def connect() -> Uploader:
            return Uploader(settings().network, own_ports=lambda: {parts.port})

        places = Places(clones=store / "git", connect=connect, branch=lambda: settings().publish.branch)
        return cls(parts=parts, settings=settings, publisher=Publisher(store=store, places=places))

    @property
    def base_url(self) -> str:
        """Where the page is seen: as the settings say, else as it was said when it was last published; or empty."""
        return self.settings().publish.base_url or self.last.base_url

    def gatherer(self, base_url: str | None = None) -> Gatherer:
        """Return what collects from the vault; None: for the page as it was last published."""
        parts, settings = self.parts, self.settings()
        address = self.base_url if base_url is None else base_url
        return Gatherer(
            vault=parts.vault,
            work=parts.workers,
            clock=parts.clock,
            identities=owner_identities(settings, parts.vault),
            base_url=base_address(address) if address else "",
            language=settings.publish.language or settings.language or "en",
            drawn=parts.places.state / "thumbnails",
        )

    @property
    def last(self) -> Last:
        """How the last publication went."""
        return Last.read(self.publisher.store / "last.json")

    async def publish(
        self, target: str | None = None, *, base_url: str | None = None, dry_run: bool = False, key: Key | None = None
    ) -> Published:
        """Publish to a target, without one to that of the settings. Raise SharingError."""
        place = target or self.settings().publish.target
        if place is None:
            remedy = "Name a folder, a git repository or a WebDAV folder, or set [publish] target in the settings."
            raise SharingError(NOWHERE, remedy=remedy)
        file, now = self.publisher.store / "last.json", self.parts.clock
        try:
            found = key or await self._key(place)
            gatherer = self.gatherer(base_url or self._base_url_at(place))
            done = await self.publisher.publish(gatherer, place, key=found, dry_run=dry_run)
        except SharingError as error:
            if not dry_run and place == self.settings().publish.target:
                self.last.failed(error.problem, now()).write(file)
            raise
        if not dry_run:
            self.last.done(place, gatherer.base_url, now(), done.badges).write(file)
            keep(self._shown_file, json.dumps(done.shown).encode())
            if key is not None and key.password:
                await self.remember(place, key)
        return done

    def stands(self, entry_id: str) -> bool:
        """Whether the page of a badge was there when the site was last published under the address that counts now."""
        last = self.last
        if not last.at or last.base_url.rstrip("/") != self.base_url.rstrip("/"):
            return False
        kept = read_kept(self._shown_file)
        try:
            return kept is None or entry_id in json.loads(kept)  # None: an earlier version published, and kept none
        except (ValueError, TypeError, RecursionError):
            return False

    @property
    def _shown_file(self) -> Path:
        return self.publisher.store / "shown.json"

    def _base_url_at(self, place: str) -> str:
        return self.base_url if place == self.last.target else self.settings().publish.base_url or ""

    def reconsider(self) -> None:
        """Settings have changed: what was published once by hand follows them."""
        if self.republisher is not None:
            self.republisher.wake()

    async def remember(self, target: str, key: Key) -> None:
        """Put the password of a target into the keyring. Raise SharingError."""
        try:
            await self.parts.keychain.set(key_name(target), key.password)
        except KeychainError as error:
            raise SharingError(f"The password could not be kept: {error.problem}", remedy=error.remedy) from error

    async def _key(self, target: str) -> Key:
        user = self.settings().publish.user or ""
        if not user or not is_remote(target):
            return Key()
        try:
            return Key(user, await self.parts.keychain.get(key_name(target)) or "")
        except KeychainError as error:
            raise SharingError(f"The password cannot be had: {error.problem}", remedy=error.remedy) from error

    async def begin(self, _app: web.Application) -> None:
        """Follow the vault's changes, in a daemon that stays (signal `on_startup`)."""
        if self.parts.private:
            return
        again = Republisher(self.publish, wanted=self._wanted, delay_s=lambda: self.settings().publish.delay_s)
        again.start()
        self._unsubscribe.append(self.parts.vault.subscribe(again.tell))
        self.republisher = again

    async def end(self, _app: web.Application) -> None:
        """Stop following (signal `on_cleanup`)."""
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        if self.republisher is not None:
            await self.republisher.end()

    def _wanted(self) -> bool:
        publish = self.settings().publish
        return publish.automatic and publish.target is not None and self.last.target == publish.target


PUBLISHING = web.AppKey("publishing", Publishing)

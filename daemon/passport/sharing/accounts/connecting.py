"""Connecting an account, and letting it go: OAuth by way of the owner's browser (Mastodon), an app password (Bluesky).

RFC 8252: the way back is the daemon's own loopback address. `state` is 256 random bits, works once and for ten minutes;
with PKCE (RFC 7636) a code that somebody else catches is worth nothing.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec

from passport.errors import KeychainError, SharingError
from passport.keychain import Keychain
from passport.sharing.accounts.model import BLUESKY_IMAGE, Account, AccountBook
from passport.sharing.api import DeclinedError
from passport.sharing.bluesky import APP_PASSWORD, PUBLIC_SERVER, Bluesky
from passport.sharing.mastodon import App, Limits, Mastodon, new_verifier
from passport.sharing.networks import MASTODON_URL_LENGTH
from passport.sharing.outbox.delivery import Carrier
from passport.sharing.outbox.model import written

ATTEMPT_LIFE = timedelta(minutes=10)
MAX_ATTEMPTS = 10
HOST = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(:\d{1,5})?")
HANDLE = re.compile(r"[a-z0-9.-]{1,253}|did:[a-z]+:[A-Za-z0-9._:%-]{1,200}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """Somebody went to their server to say yes, and has not come back yet."""

    server: str
    app: App
    redirect: str
    verifier: str
    ends_at: datetime


@dataclass(slots=True)
class Connecting:
    """Connects and disconnects. Secrets go to the keyring and nowhere else."""

    book: AccountBook
    keychain: Keychain
    carrier: Carrier
    clock: Callable[[], datetime]
    plain_http: bool = False
    """Whether servers without TLS are spoken to: only where the settings allow private addresses."""
    _attempts: dict[str, Attempt] = field(default_factory=dict)

    async def begin_mastodon(self, typed: str, redirect: str) -> str:
        """Return the address at which the owner says yes. Raise SharingError."""
        server = self.server_of(typed)
        await self.keychain.examine()  # better now than after the owner has been there and back
        mastodon = Mastodon(self.carrier.api(server))
        try:
            app = await mastodon.register(redirect)
        except DeclinedError as error:
            raise SharingError(
                f"{mastodon.api.host} does not speak Mastodon's language.", remedy="Look at the server's name again."
            ) from error
        state, (verifier, challenge) = secrets.token_urlsafe(32), new_verifier()
        ends_at = self.clock() + ATTEMPT_LIFE
        self._attempts[digest(state)] = Attempt(
            server=server, app=app, redirect=redirect, verifier=verifier, ends_at=ends_at
        )
        while len(self._attempts) > MAX_ATTEMPTS:
            del self._attempts[next(iter(self._attempts))]
        return mastodon.authorize_address(app, redirect=redirect, state=state, challenge=challenge)

    async def end_mastodon(self, *, state: str, code: str, error: str = "") -> Account:
        """Take the code that the browser brings back. Raise SharingError."""
        attempt = self._attempts.pop(digest(state), None)
        if attempt is None or self.clock() > attempt.ends_at:
            raise SharingError("This way back has been used, or took too long.", remedy="Connect the account again.")
        if error or not code:
            raise SharingError("The server says that you did not allow it.", remedy="Nothing was connected.")
        mastodon = Mastodon(self.carrier.api(attempt.server))
        token = await mastodon.exchange(attempt.app, code=code, redirect=attempt.redirect, verifier=attempt.verifier)
        remote_id, handle, name = await mastodon.whose(token)
        app = attempt.app
        secret = {"token": token, "client_id": app.client_id, "client_secret": app.client_secret}
        account = Account(
            id=self._id("mastodon", attempt.server, remote_id),
            network="mastodon",
            server=attempt.server,
            handle=handle,
            name=name,
            remote_id=remote_id,
            connected_at=written(self.clock()),
        )
        return await self._kept(limited(account, await mastodon.limits()), secret)

    async def connect_bluesky(self, handle: str, password: str, typed: str = "") -> Account:
        """Connect with an app password. Raise SharingError."""
        name = handle.strip().lstrip("@").casefold()
        if not HANDLE.fullmatch(name) or ("." not in name and not name.startswith("did:")):
            raise SharingError("This is no Bluesky name.", remedy="It looks like ada.bsky.social.")
        if not APP_PASSWORD.fullmatch(password.strip()):
            raise SharingError(
                "This is not an app password; those look like abcd-efgh-ijkl-mnop.",
                remedy="Make one at Bluesky (Settings, Privacy and security, App passwords). Your own stays yours.",
            )
        server = self.server_of(typed or PUBLIC_SERVER)
        bluesky = Bluesky(self.carrier.api(server))
        await self.keychain.examine()
        session = await bluesky.sign_in(name, password.strip())
        with suppress(SharingError):
            await bluesky.sign_out(session)
        account = Account(
            id=self._id("bluesky", server, session.did),
            network="bluesky",
            server=server,
            handle=session.handle,
            remote_id=session.did,
            connected_at=written(self.clock()),
        )
        return await self._kept(account, {"password": password.strip()})

    async def check(self, account_id: str) -> Account:
        """Ask the server whether the account still counts, and what it takes now. Raise SharingError, KeychainError."""
        account = self._known(account_id)
        secret = await self.keychain.get(account.secret_name)
        if secret is None:
            raise SharingError(f"The key of {account.handle} is not in the keyring.", remedy="Connect it again.")
        api, kept = self.carrier.api(account.server), json.loads(secret)
        if account.network == "mastodon":
            await Mastodon(api).whose(kept["token"])
            account = limited(account, await Mastodon(api).limits())
        else:
            session = await Bluesky(api).sign_in(account.remote_id, kept["password"])
            with suppress(SharingError):
                await Bluesky(api).sign_out(session)
        account = msgspec.structs.replace(account, trouble="")
        self.book.keep(account)
        return account

    async def disconnect(self, account_id: str) -> str:
        """Give the token back and forget it. Return what the owner should still do; empty: nothing."""
        account = self._known(account_id)
        left = ""
        try:
            secret = await self.keychain.get(account.secret_name)
            if secret is not None:
                await self.carrier.revoke(account, secret)
        except (SharingError, KeychainError) as error:
            left = f"The server could not be told ({error.problem}) Take the permission back there, too."
        if account.network == "bluesky":
            left = "Delete the app password at Bluesky, too (Settings, Privacy and security)."
        await self.keychain.delete(account.secret_name)
        self.book.remove(account_id)
        return left

    def server_of(self, typed: str) -> str:
        """Return a server from what people type: a host, an address, `@ada@host`. Raise SharingError."""
        text = typed.strip().casefold()
        scheme = "http" if text.startswith("http://") and self.plain_http else "https"
        host = text.removeprefix("https://").removeprefix("http://").partition("/")[0].rpartition("@")[2]
        try:
            plain = host.encode("idna").decode() if not host.isascii() else host
        except UnicodeError:
            plain = ""
        if not plain or not HOST.fullmatch(plain):
            raise SharingError("This is no server's name.", remedy="It looks like mastodon.example.")
        return f"{scheme}://{plain}"

    async def _kept(self, account: Account, secret: dict[str, str]) -> Account:
        await self.keychain.set(account.secret_name, json.dumps(secret))
        self.book.keep(account)
        return account

    def _known(self, account_id: str) -> Account:
        account = self.book.find(account_id)
        if account is None:
            raise SharingError("There is no such account.")
        return account

    def _id(self, network: str, server: str, remote_id: str) -> str:
        """Return the id: the same when an account is connected again, so that its posts find it."""
        return hashlib.sha256(f"{network}\n{server}\n{remote_id}".encode()).hexdigest()[:16]


def limited(account: Account, limits: Limits) -> Account:
    """Return the account with what its server says that it takes."""
    return msgspec.structs.replace(
        account,
        max_text=limits.max_text,
        url_length=limits.url_length or MASTODON_URL_LENGTH,
        max_alt=limits.max_alt,
        max_image=min(limits.max_image or BLUESKY_IMAGE, 8 * BLUESKY_IMAGE),
    )


def digest(state: str) -> str:
    """Return what is kept of a state: a look into the memory gives no way back away."""
    return hashlib.sha256(state.encode("utf-8", "surrogatepass")).hexdigest()

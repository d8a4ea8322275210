"""One try to bring one post to its network, so that any number of tries makes one post.

Mastodon: the Idempotency-Key is sent, and not trusted (some servers ignore it, others forget it after an hour).
Before a post is tried again after an unknown outcome, the account's newer posts are read: the uploaded picture's id,
else the text, tells whether it is there. Bluesky: the record's key and its content are fixed beforehand, and
`putRecord` of the same record under the same key changes nothing.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from passport.errors import SharingError
from passport.fetching.posting import Send
from passport.sharing import bluesky
from passport.sharing.accounts.model import Account
from passport.sharing.api import Api, DeclinedError, FaultyError, LaterError, OfflineError, TokenError
from passport.sharing.bluesky import Bluesky
from passport.sharing.mastodon import App, Mastodon, Status
from passport.sharing.outbox.model import Item

CERTAINLY_NOT = (OfflineError, LaterError, TokenError, DeclinedError)
"""After these the request that posts has certainly posted nothing."""


class UnclearError(SharingError):
    """It may be there, and the server does not let us look."""


class Note(Protocol):
    """Writes down, durably, what was reached."""

    def __call__(self, item: Item, **changes: object) -> Item:
        """Return the changed item when it is on the disk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """Where the post is now."""

    remote: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """Everything that one try needs."""

    item: Item
    account: Account
    secret: str
    """As the keyring has it: JSON."""
    picture: bytes
    note: Note
    claimed: Collection[str]
    """Ids of posts that are known to be others of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    """Knows each network's way."""

    send: Send
    clock: Callable[[], datetime]

    async def deliver(self, this: Try) -> Sent:
        """Bring a post to its network. Raise one of the errors of `sharing.api`, or UnclearError."""
        if this.item.network == "mastodon":
            return await self._to_mastodon(this)
        return await self._to_bluesky(this)

    async def delete(self, item: Item, account: Account, secret: str) -> None:
        """Delete a post. Raise one of the errors of `sharing.api`."""
        api = self.api(account.server)
        if item.network == "mastodon":
            await Mastodon(api).delete(json.loads(secret)["token"], item.remote)
            return
        session = await Bluesky(api).sign_in(account.remote_id, json.loads(secret)["password"])
        await Bluesky(api).delete(session, item.rkey)
        with suppress(SharingError):
            await Bluesky(api).sign_out(session)

    async def revoke(self, account: Account, secret: str) -> None:
        """Give a token back, where the network has a way for it."""
        if account.network == "mastodon":
            kept = json.loads(secret)
            app = App(client_id=kept["client_id"], client_secret=kept["client_secret"])
            await Mastodon(self.api(account.server)).revoke(app, kept["token"])

    def api(self, server: str) -> Api:
        """Return a server's API."""
        return Api(self.send, server, self.clock)

    async def _to_mastodon(self, this: Try) -> Sent:
        server, token, item = Mastodon(self.api(this.account.server)), json.loads(this.secret)["token"], this.item
        if item.uncertain:
            found = await self._found(server, token, this)
            if found is not None:
                return Sent(remote=found.id, url=found.url)
        if item.picture and not item.media:
            media = await server.upload(token, this.picture, item.picture, item.alt)
            item = this.note(item, media=media)
        if not item.uncertain:
            seen = await server.recent(token, this.account.remote_id)
            item = this.note(item, seen=tuple(status.id for status in seen))
        with certain_after_refusal(item, this.note) as item:
            posted = await self._posted(server, token, item, this.note)
        return Sent(remote=posted.id, url=posted.url)

    async def _posted(self, server: Mastodon, token: str, item: Item, note: Note) -> Status:
        status = {"status": item.text, "visibility": "public"}
        more = {"media_ids": [item.media]} if item.media else {}
        language = {"language": item.language} if item.language else {}
        try:
            return await server.post(token, item.key, {**status, **more, **language})
        except DeclinedError as error:
            if item.media and error.status in {404, 422} and "media" in error.problem.casefold():
                note(item, media="")  # servers throw away pictures that nobody posted for a day
                raise FaultyError(f"{server.api.host} has lost the picture; it is uploaded again.") from error
            raise

    async def _found(self, server: Mastodon, token: str, this: Try) -> Status | None:
        try:
            newer = await server.since(token, this.account.remote_id, this.item.seen)
        except DeclinedError as error:
            raise UnclearError(
                f"{server.api.host} may have taken the post, and does not let us look.",
                remedy="Look at your account, and say here whether it is there.",
            ) from error
        return next((s for s in newer if s.id not in this.claimed and is_this(s, this.item)), None)

    async def _to_bluesky(self, this: Try) -> Sent:
        server, item = Bluesky(self.api(this.account.server)), this.item
        session = await server.sign_in(this.account.remote_id, json.loads(this.secret)["password"])
        embed = bluesky.external(item.link, item.badge, item.issuer) if item.link else None
        if item.picture:
            blob = await server.upload(session, this.picture, item.picture)
            embed = bluesky.images(blob, item.alt, item.width, item.height)
        dated = item.dated or bluesky.timestamp(self.clock())
        if not item.dated:
            item = this.note(item, dated=dated)
        with certain_after_refusal(item, this.note) as item:
            uri = await server.put(session, item.rkey, bluesky.record(item.text, dated, item.language, embed))
        with suppress(SharingError):  # the post is out; a session that is left over ends by itself
            await server.sign_out(session)
        return Sent(remote=uri, url=bluesky.post_address(session.handle, item.rkey))


@contextmanager
def certain_after_refusal(item: Item, note: Note) -> Iterator[Item]:
    """Write down that the outcome is uncertain; take it back if *this* request was clearly refused.

    An uncertainty of an earlier try stays: what that one sent may still turn up.
    """
    marked = item if item.uncertain else note(item, uncertain=True)
    try:
        yield marked
    except CERTAINLY_NOT:
        if not item.uncertain:
            note(marked, uncertain=False)
        raise


def is_this(status: Status, item: Item) -> bool:
    """Whether a post of the account is the one that was sent, as far as servers leave a text alone."""
    if item.media and item.media in status.media:
        return True
    said = {letters(item.text), letters(without_tags(item.text))}
    return bool(
        said & {letters(html.unescape(without_tags(text))) for text in (status.content, spelled(status.content))}
    )


def without_tags(content: str) -> str:
    """Return a text without markup. snac leaves what looks like markup in a post as it is."""
    return re.sub(r"<[^>]*>", " ", content)


def spelled(content: str) -> str:
    """Return a post's HTML with each link written out: some servers show links shortened."""
    return re.sub(r'<a [^>]*href="(https?://[^"]+)"[^>]*>(?:(?!</a>)[^#@])*</a>', r" \1 ", content)


def letters(text: str) -> str:
    """Return what servers do not change: letters and digits; of a text without any, all but space."""
    without = re.sub(r"(@\w+)@[\w.-]+\w", r"\1", text).casefold()
    kept = "".join(character for character in without if character.isalnum())
    return kept or "".join(without.split())

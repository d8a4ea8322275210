"""The outbox itself: takes posts, tries them when it is time, waits longer each time, and never posts one twice."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec

from passport.errors import KeychainError, SharingError
from passport.keychain import Keychain, KeychainTroubleError, Trouble
from passport.sharing.accounts.model import Account, AccountBook
from passport.sharing.api import FaultyError, LaterError, OfflineError, TokenError, UnansweredPostError
from passport.sharing.bluesky import new_tid
from passport.sharing.outbox.delivery import Carrier, Sent, Try, UnclearError
from passport.sharing.outbox.model import Item, State, moment, written
from passport.sharing.outbox.store import OutboxStore
from passport.sharing.posts import Post

FIRST_WAIT_S = 30.0
LONGEST_WAIT_S = 3600.0
LONGEST_OFFLINE_S = 900.0
MAX_TRIES = 14
"""Failures of a server, over about half a day; being offline is none."""
MISSED = timedelta(hours=24)
"""A post that is so late (the computer was off) is shown to the owner instead of being sent."""
LOOK_S = 60.0
"""How often the clock is looked at: it may jump, and the computer may have slept."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture to post."""

    content: bytes
    media_type: str
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What the owner wants posted."""

    entry: str
    post: Post
    picture: Picture | None = None
    language: str = ""
    due: datetime | None = None
    """None: at once."""
    draft: bool = False
    wish: str = ""
    """The same for the same press of a button: pressing twice makes one post."""


@dataclass(slots=True)
class Outbox:
    """All posts of this computer. Everything runs on one event loop."""

    store: OutboxStore
    book: AccountBook
    keychain: Keychain
    carrier: Carrier
    clock: Callable[[], datetime]
    on_sent: Callable[[Item], None] = lambda _item: None
    """Told of each post that is out; more than once after a crash."""
    _busy: set[str] = field(default_factory=set)
    _one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)
    _wake: asyncio.Event = field(default_factory=asyncio.Event)

    def add(self, letter: Letter, account: Account) -> Item:
        """Take a post. Raise SharingError for what cannot be sent as it is; a draft may be wrong."""
        now = self.clock()
        item_id = identifier(letter.wish, account.id)
        before = self.store.find(item_id)
        if before is not None and not (before.editable and before.state is not State.WAITING):
            return before
        self.check(letter, account)
        picture = letter.picture
        item = Item(
            id=item_id,
            network=account.network,
            account=account.id,
            handle=account.handle,
            wish=letter.wish,
            entry=letter.entry,
            badge=letter.post.award.name,
            issuer=letter.post.award.issuer,
            text=letter.post.text,
            link=letter.post.link or "",
            alt=letter.post.alt if picture else "",
            picture=picture.media_type if picture else "",
            width=picture.width if picture else 0,
            height=picture.height if picture else 0,
            language=letter.language,
            state=State.DRAFT if letter.draft else State.WAITING,
            created_at=written(now),
            due_at=written(letter.due) if letter.due else "",
            key=secrets.token_hex(16),
            rkey=new_tid(now) if account.network == "bluesky" else "",
        )
        self.store.keep(item, picture.content if picture else None)
        self._wake.set()
        return item

    def check(self, letter: Letter, account: Account) -> None:
        """Refuse what `add` would refuse. Raise SharingError."""
        if not letter.draft:
            check(letter, account, self.clock())

    def add_all(self, letters: Sequence[tuple[Letter, Account]]) -> list[Item]:
        """Take several posts: all of them, or none. Raise SharingError."""
        for letter, account in letters:
            self.check(letter, account)
        return [self.add(letter, account) for letter, account in letters]

    def find(self, item_id: str) -> Item:
        """Return a post. Raise SharingError."""
        item = self.store.find(item_id)
        if item is None:
            raise SharingError("There is no such post in the outbox.")
        return item

    def again(self, item_id: str) -> Item:
        """Try a post that failed (or waits) at once."""
        item = self._free(item_id)
        if item.state not in {State.FAILED, State.WAITING}:
            raise SharingError("This post does not wait for another try.")
        return self._wait(item, due_at="")

    def settle(self, item_id: str, *, there: bool) -> Item:
        """Believe the owner, who looked whether a post is there."""
        item = self._free(item_id)
        if item.state is not State.UNCLEAR:
            raise SharingError("This post is not unclear.")
        if there:
            return self._out(item, Sent(remote="", url=""))
        return self._wait(item, due_at="", uncertain=False)

    def hold(self, item_id: str) -> Item:
        """Make a post that waits a draft again. Raise SharingError when it may be out."""
        item = self._free(item_id)
        if not item.editable:
            raise SharingError("This post may be out already; it can only be tried again.")
        return self._keep(item, state=State.DRAFT, due_at="", next_try="", attempts=0, problem="", remedy="")

    def discard(self, item_id: str) -> None:
        """Forget a post that is not out. Raise SharingError when it may be."""
        item = self._free(item_id)
        if item.state is State.SENT or (item.uncertain and item.state is State.WAITING):
            raise SharingError("This post may be out already; delete it at its network.")
        self.store.remove(item_id)

    async def delete(self, item_id: str) -> Item:
        """Delete a sent post at its network. Raise SharingError."""
        item = self._free(item_id)
        account = self.book.find(item.account)
        if item.state is not State.SENT or account is None or not item.remote:
            raise SharingError("This post cannot be deleted from here.", remedy="Delete it at the network itself.")
        secret = await self.keychain.get(account.secret_name)
        if secret is None:
            raise SharingError("This account is not connected any more.", remedy="Delete it at the network itself.")
        await self.carrier.delete(item, account, secret)
        return self._keep(item, state=State.DELETED, deleted_at=written(self.clock()))

    async def attempt(self, item_id: str) -> Item:
        """Try a post now if it is due; return what became of it."""
        async with self._one_at_a_time:
            item = self.find(item_id)
            if not item.due(self.clock()):
                return item
            self._busy.add(item_id)
            try:
                return await self._tried(item)
            finally:
                self._busy.discard(item_id)

    async def work_off(self) -> None:
        """Try every post that is due, once."""
        now = self.clock()
        waiting = sorted((item for item in self.store.all() if item.due(now)), key=lambda item: item.wanted_at)
        for item in waiting:
            if self._missed(item, now):
                late = "It was due while this computer was off; send it, or change it."
                self._keep(item, state=State.DRAFT, due_at="", problem=late)
            else:
                await self.attempt(item.id)

    async def run(self) -> None:
        """Work until cancelled."""
        for item in self.store.all():
            if item.state is State.SENT:  # a crash may have come between sending and telling
                self.store.drop_picture(item)
                self.on_sent(item)
        while True:
            self._wake.clear()
            try:
                await self.work_off()
            except Exception:  # a fault of ours must not end the outbox for good
                log.exception("The outbox failed; it goes on in a minute")
            try:
                await asyncio.wait_for(self._wake.wait(), self._rest_s())
            except TimeoutError:
                continue

    def _rest_s(self) -> float:
        now = self.clock()
        times = [item.wanted_at for item in self.store.all() if item.state is State.WAITING and item.wanted_at > now]
        return min([LOOK_S, *((at - now).total_seconds() + 0.05 for at in times)])

    async def _tried(self, item: Item) -> Item:
        try:
            sent = await self._delivered(item)
        except (KeychainError, SharingError) as error:
            return self._judged(self.find(item.id), error)
        return self._out(self.find(item.id), sent)

    async def _delivered(self, item: Item) -> Sent:
        account = self.book.find(item.account)
        secret = await self.keychain.get(account.secret_name) if account else None
        if account is None or secret is None:
            raise TokenError(f"The account {item.handle} is not connected.", remedy="Connect it on “Accounts”.")
        claimed = {other.remote for other in self.store.all() if other.remote and other.id != item.id}
        this = Try(
            item=item,
            account=account,
            secret=secret,
            picture=self.store.picture(item) if item.picture else b"",
            note=self._keep,
            claimed=claimed,
        )
        return await self.carrier.deliver(this)

    def _judged(self, item: Item, error: KeychainError | SharingError) -> Item:
        """Say what an error means for the post: another try, the owner's turn, or unclear."""
        said = {"problem": error.problem, "remedy": error.remedy or ""}
        if isinstance(error, UnclearError):
            return self._keep(item, state=State.UNCLEAR, **said)
        if isinstance(error, OfflineError | LaterError | FaultyError | UnansweredPostError):
            return self._later(item, error, said)
        if isinstance(error, KeychainTroubleError) and error.trouble is not Trouble.LOST:
            return self._wait(item, seconds=LONGEST_OFFLINE_S / 3, **said)
        if isinstance(error, TokenError | KeychainTroubleError):
            self._trouble(item.account, error.problem)
        return self._keep(item, state=State.FAILED, **said)

    def _later(self, item: Item, error: SharingError, said: dict[str, str]) -> Item:
        tries = item.attempts + 1
        if tries >= MAX_TRIES and not isinstance(error, OfflineError):
            return self._keep(item, state=State.FAILED, attempts=0, **said)
        longest = LONGEST_OFFLINE_S if isinstance(error, OfflineError) else LONGEST_WAIT_S
        seconds = min(FIRST_WAIT_S * 2 ** min(tries - 1, 10), longest)
        if isinstance(error, LaterError) and error.after_s is not None:
            seconds = error.after_s
        return self._wait(item, seconds=seconds, attempts=tries, **said)

    def _wait(self, item: Item, *, seconds: float = 0.0, **changes: object) -> Item:
        at = written(self.clock() + timedelta(seconds=seconds)) if seconds else ""
        empty = {} if seconds else {"problem": "", "remedy": "", "attempts": 0}
        self._wake.set()
        return self._keep(item, state=State.WAITING, next_try=at, **{**empty, **changes})

    def _out(self, item: Item, sent: Sent) -> Item:
        done = self._keep(
            item,
            state=State.SENT,
            remote=sent.remote,
            url=sent.url,
            sent_at=written(self.clock()),
            problem="",
            remedy="",
        )
        self.store.drop_picture(done)
        self.on_sent(done)
        return done

    def _trouble(self, account_id: str, problem: str) -> None:
        account = self.book.find(account_id)
        if account is not None:
            self.book.keep(msgspec.structs.replace(account, trouble=problem))

    def _missed(self, item: Item, now: datetime) -> bool:
        late = bool(item.due_at) and now - moment(item.due_at) > MISSED
        return late and not item.attempts and not item.uncertain

    def _free(self, item_id: str) -> Item:
        if item_id in self._busy:
            raise SharingError("This post is being sent right now.", remedy="Look again in a minute.")
        return self.find(item_id)

    def _keep(self, item: Item, **changes: object) -> Item:
        return self.store.keep(msgspec.structs.replace(item, **changes))

    def of_badge(self, entry: str) -> Sequence[Item]:
        """Return the posts of a badge, the newest first."""
        return [item for item in self.store.all() if item.entry == entry]


def identifier(wish: str, account: str) -> str:
    """Return the id of a post: the same for the same wish, so that a button pressed twice makes one post."""
    if not wish:
        return secrets.token_hex(8)
    return hashlib.sha256(f"{wish}\n{account}".encode()).hexdigest()[:16]


def check(letter: Letter, account: Account, now: datetime) -> None:
    """Refuse what the network would refuse. Raise SharingError."""
    if letter.post.problems:
        raise SharingError(" ".join(letter.post.problems))
    if not letter.post.text.strip() and letter.picture is None:
        raise SharingError("There is nothing to post yet.", remedy="Write a few words.")
    if letter.picture and len(letter.picture.content) > account.max_image:
        limit = account.max_image // 1000
        raise SharingError(f"The picture is larger than the {limit} kB that {account.handle}'s server takes.")
    if letter.due is not None and letter.due <= now - timedelta(minutes=1):
        raise SharingError("This time has passed already.", remedy="Choose a later one.")
    if account.trouble:
        raise SharingError(account.trouble, remedy="Connect the account again.")

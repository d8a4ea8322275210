"""Everything about posts, joined: accounts, connecting, outbox; and the note in the vault that a badge was shared."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from passport.errors import VaultError
from passport.fetching.posting import Send
from passport.keychain import Keychain
from passport.sharing.accounts.connecting import Connecting
from passport.sharing.accounts.model import AccountBook
from passport.sharing.outbox.delivery import Carrier
from passport.sharing.outbox.model import Item
from passport.sharing.outbox.outbox import Outbox
from passport.sharing.outbox.store import OutboxStore

SUBJECT = "sharing"
"""Of the owner's wishes for posts in the vault; keys: `template` (text with {name}, {issuer}, {link}, {hashtags})."""

log = logging.getLogger(__name__)


class Diary(Protocol):
    """What is asked of the vault."""

    def state(self, subject: str) -> Mapping[str, object]:
        """Return what counts of a subject."""

    def decide(self, subject: str, values: Mapping[str, object]) -> object:
        """Write down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """What pages and commands need for posts."""

    book: AccountBook
    connecting: Connecting
    outbox: Outbox

    @classmethod
    def build(
        cls,
        folder: Path,
        *,
        keychain: Keychain,
        send: Send,
        clock: Callable[[], datetime],
        vault: Diary,
        plain_http: bool = False,
    ) -> Posting:
        """Join the parts; nothing is read or sent yet. `folder` is this computer's own (`Places.state`)."""
        book = AccountBook(folder / "accounts.json")
        carrier = Carrier(send=send, clock=clock)
        outbox = Outbox(
            store=OutboxStore(folder / "outbox"),
            book=book,
            keychain=keychain,
            carrier=carrier,
            clock=clock,
            on_sent=lambda item: note_in(vault, item),
        )
        connecting = Connecting(book=book, keychain=keychain, carrier=carrier, clock=clock, plain_http=plain_http)
        return cls(book=book, connecting=connecting, outbox=outbox)


def note_in(vault: Diary, item: Item) -> None:
    """Note with the badge that it was shared, once; `post:<id>` says where and when."""
    subject, key = f"badge:{item.entry}", f"post:{item.id}"
    said = {"network": item.network, "handle": item.handle, "url": item.url, "at": item.sent_at}
    try:
        if vault.state(subject).get(key) != said:
            vault.decide(subject, {key: said})
    except VaultError as error:  # the post is out; the note is made at the next start
        log.warning("The share of %s could not be noted: %s", item.entry, error)

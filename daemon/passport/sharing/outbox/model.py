"""One post of the outbox, and what can become of it.

```
 draft ⇄ waiting ──► sent ──► deleted
            │  ▲
            ▼  │ (the owner mends it)
          failed / unclear
```

`waiting` has a time: now, a date of the owner's, or the next try. `uncertain` is written down, durably, *before* the
one request that posts, and taken back only by a clear refusal: whoever finds it set looks first whether the post is
there.
"""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum

import msgspec

VERSION = 1


class State(StrEnum):
    """Where a post stands."""

    DRAFT = "draft"
    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    """The owner has to do something: connect again, shorten, …"""
    UNCLEAR = "unclear"
    """It may be there, and the network does not let us look: only the owner can say."""
    DELETED = "deleted"


OPEN = frozenset({State.DRAFT, State.WAITING, State.FAILED, State.UNCLEAR})


class Item(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One post to one account. Times are RFC 3339, UTC."""

    version: int = VERSION
    id: str
    """16 hex digits."""
    network: str
    account: str
    """`Account.id`."""
    handle: str = ""
    """For the history, when the account is gone."""
    wish: str = ""
    """Of the page on which it was written: the same press of a button twice is one post."""
    entry: str
    """The badge's id."""
    badge: str = ""
    issuer: str = ""
    text: str
    link: str = ""
    """Shown as a card where there is no picture; in the text if the owner wrote it there."""
    alt: str = ""
    picture: str = ""
    """Media type of the picture kept beside this; empty: none."""
    width: int = 0
    height: int = 0
    language: str = ""
    state: State = State.DRAFT
    created_at: str
    due_at: str = ""
    """When the owner wants it out; empty: at once."""
    next_try: str = ""
    attempts: int = 0
    problem: str = ""
    """Why it is not out yet."""
    remedy: str = ""

    key: str
    """Sent as Idempotency-Key: the same for every try of this post."""
    rkey: str = ""
    """Bluesky's record key, chosen before the first try."""
    dated: str = ""
    """`createdAt` of Bluesky's record: fixed at the first try, so that each try writes the same record."""
    seen: tuple[str, ...] = ()
    """Mastodon: the account's posts that were there before the first try."""
    media: str = ""
    """Mastodon: the uploaded picture's id."""
    uncertain: bool = False

    remote: str = ""
    """The post's id at the network."""
    url: str = ""
    sent_at: str = ""
    deleted_at: str = ""

    @property
    def open(self) -> bool:
        """Whether something can still become of it."""
        return self.state in OPEN

    @property
    def editable(self) -> bool:
        """Whether its content may change: never once it may be at the network."""
        return self.state in {State.DRAFT, State.WAITING, State.FAILED} and not self.uncertain

    def due(self, now: datetime) -> bool:
        """Whether it is time for a try."""
        return self.state is State.WAITING and self.wanted_at <= now

    @property
    def wanted_at(self) -> datetime:
        """When the next try is wanted."""
        return max(moment(self.due_at), moment(self.next_try))


def moment(text: str) -> datetime:
    """Read a time of an item; an empty one is long ago. Raise ValueError."""
    found = datetime.fromisoformat(text or "0001-01-01T00:00:00Z")
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def written(at: datetime) -> str:
    """Write a time of an item."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

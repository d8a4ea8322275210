"""Posts by the owner's own accounts: making them, looking at them, taking them back. Extensions may only prepare."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from aiohttp import web

from passport.errors import KeychainError, SharingError
from passport.sharing.letters import Wish, Writer
from passport.sharing.outbox.model import Item, State
from passport.web.api.answers import answer, body_of, nothing
from passport.web.api.sharing import Name, Text, refused
from passport.web.pages.rendering import speech_of
from passport.web.parts import PARTS
from passport.web.problems import Problem
from passport.web.publishing import PUBLISHING


class PostRequest(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A post to make."""

    badge: Name
    to: Literal["mastodon", "bluesky"]
    account: Name | None = None
    """The handle, where several are connected."""
    text: Text | None = None
    at: Annotated[str, msgspec.Meta(max_length=40)] | None = None
    """RFC 3339; without it: now."""
    picture: Literal["card", "badge", "none"] = "card"
    link: bool = True
    """Whether the badge's page goes along."""
    wish: Annotated[str, msgspec.Meta(max_length=100)] = ""
    """The same for the same wish: asked twice, it is one post."""


class OutboxPost(msgspec.Struct, kw_only=True, rename="camel"):
    """A post, and what became of it."""

    id: str
    network: str
    handle: str
    badge: str
    text: str
    state: str
    """`draft`, `waiting`, `sent`, `failed`, `unclear`, `deleted`."""
    url: str
    due_at: str
    next_try: str
    attempts: int
    problem: str
    remedy: str
    sent_at: str


class OutboxList(msgspec.Struct, kw_only=True):
    """All posts, the newest first."""

    posts: list[OutboxPost]


def shown(item: Item) -> OutboxPost:
    """Return a post as the API shows it."""
    return OutboxPost(
        id=item.id,
        network=item.network,
        handle=item.handle,
        badge=item.entry,
        text=item.text,
        state=item.state.value,
        url=item.url,
        due_at=item.due_at,
        next_try=item.next_try,
        attempts=item.attempts,
        problem=item.problem,
        remedy=item.remedy,
        sent_at=item.sent_at,
    )


async def post_post(request: web.Request) -> web.Response:
    """Put a post into the outbox; one without a time is tried at once, and the answer says how that went."""
    parts, wanted = request.app[PARTS], await body_of(request, PostRequest)
    entry = parts.vault.entry(wanted.badge)
    if entry is None:
        raise Problem(404, "not-found", "There is no such badge in the passport.")
    outbox, due = parts.posting.outbox, moment_of(wanted.at) if wanted.at else None
    wish = Wish(text=wanted.text, link=None if wanted.link else "", picture=wanted.picture, due=due, key=wanted.wish)
    writer = Writer(gatherer=request.app[PUBLISHING].gatherer(), say=speech_of(request))
    try:
        account = parts.posting.book.chosen(wanted.to, wanted.account)
        (item,) = outbox.add_all(await writer.write(entry, [account], wish))
        if not item.due_at:
            item = await outbox.attempt(item.id)
    except SharingError as error:
        raise refused(error) from error
    return answer(shown(item), status=201)


def moment_of(at: str) -> datetime:
    """Read a time. Raise Problem (422) for one without a zone: it is not guessed."""
    try:
        found = datetime.fromisoformat(at)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise Problem(
            422, "wrong-time", f"{at} is no time with a zone.", remedy="Write it like 2026-12-24T18:00:00+01:00."
        )
    return found


async def list_posts(request: web.Request) -> web.Response:
    """List all posts."""
    return answer(OutboxList(posts=[shown(item) for item in request.app[PARTS].posting.outbox.store.all()]))


async def delete_post(request: web.Request) -> web.Response:
    """Take a post back: delete it at its network, or throw away what is not out."""
    outbox = request.app[PARTS].posting.outbox
    item = outbox.store.find(request.match_info["post"])
    if item is None:
        raise Problem(404, "not-found", "There is no such post in the outbox.")
    try:
        if item.state is State.SENT:
            await outbox.delete(item.id)
        else:
            outbox.discard(item.id)
    except (SharingError, KeychainError) as error:
        raise Problem(422, "not-deletable", error.problem, remedy=error.remedy) from error
    return nothing()

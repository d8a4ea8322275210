"""The outbox: what waits, what is on its way, what was sent, and what needs its owner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from passport.errors import KeychainError, SharingError
from passport.sharing.networks import NETWORKS
from passport.sharing.outbox.model import Item, State
from passport.web.forms import form_of
from passport.web.pages.decisions import answer
from passport.web.pages.formats import tidy
from passport.web.pages.rendering import PAGES, render, speech_of, wants_part
from passport.web.pages.speech import Speech
from passport.web.parts import PARTS
from passport.web.problems import Problem

MAX_SHOWN = 300
GROUPS = (State.FAILED, State.UNCLEAR), (State.WAITING,), (State.DRAFT,), (State.SENT, State.DELETED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One post, for the page."""

    item: Item
    title: str
    """Of the network."""
    badge: str
    soon: bool
    """Whether it goes out by itself within moments."""
    deletable: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Posts that stand alike."""

    name: str
    lines: Sequence[Line]


async def show_outbox(request: web.Request) -> web.Response:
    """Show them."""
    outbox, say = request.app[PARTS].posting.outbox, speech_of(request)
    now = request.app[PARTS].clock()
    lines = [
        Line(
            item=item,
            title=NETWORKS[item.network].title if item.network in NETWORKS else item.network,
            badge=tidy(item.badge),
            soon=item.due(now),
            deletable=item.state is State.SENT and bool(item.remote),
        )
        for item in list(outbox.store.all())[:MAX_SHOWN]
    ]
    groups = [Group(name, [x for x in lines if x.item.state in kinds]) for name, kinds in names(say)]
    template = "part/outbox.html" if wants_part(request) == "outbox" else "outbox.html"
    shown = [group for group in groups if group.lines]
    return render(
        request, template, groups=shown, busy=any(line.soon for line in lines), unreadable=outbox.store.unreadable
    )


def names(say: Speech) -> list[tuple[str, tuple[State, ...]]]:
    """Return the groups, the most urgent first."""
    titles = (say("Needs you"), say("On its way"), say("Drafts"), say("Sent"))
    return list(zip(titles, GROUPS, strict=True))


async def post_outbox(request: web.Request) -> web.Response:
    """Do what the button says with one post."""
    form, say, outbox = await form_of(request), speech_of(request), request.app[PARTS].posting.outbox
    item_id, what = form.one("post"), form.one("do")
    try:
        item = outbox.find(item_id)
        if what == "change":
            outbox.hold(item_id)
            return answer(request, form, request.app[PAGES].undo.note("", {}), f"/share/{item.entry}?post={item_id}")
        text = await done(request, item_id, what, say)
    except (SharingError, KeychainError) as error:
        raise Problem.of(error) from error
    return answer(request, form, request.app[PAGES].undo.note(text, {}), "/outbox")


async def done(request: web.Request, item_id: str, what: str, say: Speech) -> str:
    """Do it; return what was done. Raise SharingError, KeychainError, Problem."""
    outbox = request.app[PARTS].posting.outbox
    if what == "again":
        outbox.again(item_id)
        return say("It is tried now")
    if what in {"there", "not-there"}:
        outbox.settle(item_id, there=what == "there")
        return say("Noted as sent") if what == "there" else say("It is tried now")
    if what == "discard":
        outbox.discard(item_id)
        return say("Thrown away")
    if what == "delete":
        await outbox.delete(item_id)
        return say("Deleted at the network")
    raise Problem(422, "unknown-decision", say("This page does not know what to do."))

"""Collections: badges put together by hand, in an order of one's own, or by a rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aiohttp import web

from passport.vault.collecting import MEMBER, PLACE
from passport.vault.model import Entry
from passport.web.forms import Form, form_of
from passport.web.pages.badge_view import clean
from passport.web.pages.cards import Card
from passport.web.pages.decisions import answer, apply, new_key
from passport.web.pages.formats import tidy
from passport.web.pages.rendering import PAGES, render, speech_of
from passport.web.parts import PARTS
from passport.web.problems import Problem

MAX_SHOWN = 500
MAX_TEXT = 8_000

State = Mapping[str, object]


async def show_collections(request: web.Request) -> web.Response:
    """Show all collections."""
    found = request.app[PAGES].overview.collections
    shown = [(key, state, entries_of(request, key, 4)) for key, state in found.items()]
    return render(
        request,
        "collections.html",
        collections=[
            (key, state, [Card.of(e) for e in with_cover(request, state, entries)], total)
            for key, state, (entries, total) in shown
        ],
    )


async def show_collection(request: web.Request) -> web.Response:
    """Show one collection."""
    key, state = _asked(request)
    entries, total = entries_of(request, key, MAX_SHOWN)
    cards = [Card.of(entry) for entry in entries]
    return render(
        request,
        "collection.html",
        key=key,
        state=state,
        cards=cards,
        by_hand=frozenset(members(state)),
        total=total,
        rule=state.get("rule") or "",
        text=await clean(str(state.get("text") or ""), request.app[PARTS].workers),
    )


def entries_of(request: web.Request, key: str, limit: int) -> tuple[Sequence[Entry], int]:
    """Return the badges of a collection in their order, by hand and by its rule, and how many there are."""
    page = request.app[PARTS].vault.search(f'collection:"{key}"', sort=f"collection:{key}", limit=limit)
    return page.entries, page.total


def with_cover(request: web.Request, state: State, entries: Sequence[Entry]) -> Sequence[Entry]:
    """Return some of a collection's badges, the one that the owner chose as its cover first."""
    chosen = request.app[PARTS].vault.entry(str(state.get("cover") or ""))
    if chosen is None or chosen.trashed:
        return entries
    return [chosen, *(entry for entry in entries if entry.id != chosen.id)][: max(len(entries), 1)]


def members(state: State) -> list[str]:
    """Return the ids of what was put in by hand, in the owner's order."""
    placed = [(str(value), key.removeprefix(MEMBER)) for key, value in state.items() if key.startswith(MEMBER)]
    return [key for _, key in sorted(placed)]


async def make_collection(request: web.Request) -> web.Response:
    """Make a collection."""
    form, say = await form_of(request), speech_of(request)
    key = new_key()
    values = _values(form)
    if not values["name"]:
        raise Problem(422, "no-name", say("Give it a name first."))
    text = say("Collection %(name)s made", name=values["name"])
    return answer(request, form, apply(request, {f"collection:{key}": values}, text), where=f"/collection/{key}")


async def change_collection(request: web.Request) -> web.Response:
    """Change name, text or rule; move a badge; or throw the collection away (its badges stay)."""
    form, say = await form_of(request), speech_of(request)
    key, state = _asked(request)
    name, what = tidy(str(state.get("name")), 80), form.one("do")
    if what == "trash":
        done = apply(
            request, {f"collection:{key}": {"trashed": True}}, say("Collection %(name)s thrown away", name=name)
        )
        return answer(request, form, done, where="/collections")
    if what == "cover":
        cover: State = {"cover": form.one("id") if form.one("id") != state.get("cover") else None}
        return answer(request, form, apply(request, {f"collection:{key}": cover}, say("Cover changed")))
    if what in {"public", "private"}:
        told = say("Shown on your page") if what == "public" else say("Kept private")
        return answer(request, form, apply(request, {f"collection:{key}": {"visibility": what}}, told))
    if what in {"up", "down", "place"}:
        order = [entry.id for entry in entries_of(request, key, MAX_SHOWN)[0]]
        here = order.index(form.one("id")) if form.one("id") in order else 0
        target = {"up": here - 1, "down": here + 1}.get(what, _number(form.one("place")))
        values: State = _moved(order, form.one("id"), target, members(state))
        return answer(request, form, apply(request, {f"collection:{key}": values}, say("Moved")))
    values = {field: value for field, value in _values(form).items() if field != "name" or value}
    return answer(request, form, apply(request, {f"collection:{key}": values}, say("Collection saved")))


def _asked(request: web.Request) -> tuple[str, State]:
    key = request.match_info["key"]
    state = request.app[PARTS].vault.state(f"collection:{key}")
    if not state.get("name") or state.get("trashed"):
        raise web.HTTPNotFound
    return key, state


def _values(form: Form) -> State:
    return {
        "name": tidy(form.one("name"), 80) or None,
        "text": form.one("text")[:MAX_TEXT].replace("\r\n", "\n") or None,
        "rule": tidy(form.one("rule"), 500) or None,
    }


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else 0


def _moved(order: list[str], entry_id: str, target: int, by_hand: Sequence[str]) -> State:
    """Number all that is shown anew, with one at another place; what only the rule puts in stays no member."""
    if entry_id in order:
        order.remove(entry_id)
        order.insert(max(0, target), entry_id)
    return {f"{MEMBER if key in by_hand else PLACE}{key}": f"{place:06}" for place, key in enumerate(order)}

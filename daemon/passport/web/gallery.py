"""The gallery: grid, list and timeline of what the passport holds."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from passport.look.rosette import Rosette
from passport.vault.model import Page
from passport.vault.vault import Vault
from passport.web.pages.cards import Card
from passport.web.pages.filters import Chip, Choosing, Facet
from passport.web.pages.folders import folder_names
from passport.web.pages.looking import PAGE_SIZE, Look
from passport.web.pages.rendering import PAGES, draw, render, speech_of, wants_part
from passport.web.pages.speech import Speech
from passport.web.parts import PARTS


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What the gallery's templates need besides the cards."""

    total: int
    summary: str
    words: str
    layout: str
    sort: str
    sorts: tuple[tuple[str, str], ...]
    chips: tuple[Chip, ...]
    facets: tuple[Facet, ...]
    facets_open: bool
    kept: tuple[tuple[str, str], ...]
    filters_kept: tuple[tuple[str, str], ...]
    here: str
    sheet: str
    """What is shown of all, in words."""
    next: str | None
    last_year: str | None
    """Of the badge before, in a timeline that goes on; None: this is its beginning."""
    as_grid: str
    as_list: str
    as_timeline: str
    own_tags: tuple[str, ...]
    collections: tuple[tuple[str, str], ...]


async def show_gallery(request: web.Request) -> web.Response:
    """Show the gallery, the part of it that changed, or the next cards."""
    vault, overview = request.app[PARTS].vault, request.app[PAGES].overview
    look = Look.parse(request.query)
    part = wants_part(request)
    if (
        not (part or overview.everything.total or look.offset)
        and not vault.search("", limit=1, include_trashed=True).total
    ):
        return show_empty(request)
    found = vault.search(look.asked, sort=look.order, offset=look.offset, limit=PAGE_SIZE + 1)
    cards = sheet_of(look, [Card.of(entry) for entry in found.entries])
    view = view_of(request, look, found, len(cards))
    template = {"results": "part/results.html", "more": "part/more.html"}.get(part)
    if template:
        return web.Response(
            text=draw(request, template, view=view, cards=cards), content_type="text/html", headers={"Vary": "Part"}
        )
    return render(request, "gallery.html", view=view, cards=cards)


def sheet_of(look: Look, cards: list[Card]) -> list[Card]:
    """Return the cards of one page, of one more that were found.

    In a timeline a page ends where a year ends, or is of one year: so its rows are whole, and may be taken away and
    put back together.
    """
    kept = cards[:PAGE_SIZE]
    if look.layout != "timeline" or len(cards) <= PAGE_SIZE:
        return kept
    began = next(place for place, card in enumerate(cards) if card.year == cards[-1].year)
    return cards[:began] or kept


def show_empty(request: web.Request) -> web.Response:
    """Show the empty passport, which says what to do."""
    parts = request.app[PARTS]
    own = Rosette.of("this passport").name
    return render(request, "empty.html", own_rosette=own, folders=folder_names(parts.settings))


async def show_card(request: web.Request) -> web.Response:
    """Show one card, for a badge that has just arrived; with the look's address only if it belongs there."""
    entry = request.app[PARTS].vault.entry(request.match_info["id"])
    look = Look.parse(request.query)
    if entry is None or entry.trashed:
        raise web.HTTPNotFound
    view = view_of(request, look, Page(entries=(), total=0, facets={}), 1)
    text = draw(request, "part/cards.html", view=view, cards=[Card.of(entry)])
    return web.Response(text=text, content_type="text/html")


def view_of(request: web.Request, look: Look, found: Page, shown: int) -> View:
    """Put together what is shown around so many cards."""
    say, overview = speech_of(request), request.app[PAGES].overview
    following = look.offset + shown
    names, everything = overview.collection_names, overview.everything
    choosing = Choosing.of(look, found, request.app[PARTS].vault, names, say)
    return View(
        total=found.total,
        summary=_summary(look, found, everything, choosing),
        words=look.words,
        layout=look.layout,
        sort=look.sort,
        sorts=_sorts(say),
        chips=choosing.chips(everything),
        facets=choosing.facets(),
        facets_open=False,
        kept=tuple(look.pairs(leave=("sort", "offset"))),
        filters_kept=tuple(look.pairs(leave=("q", "offset"))),
        here=look.address(),
        sheet=say("Badges %(first)s to %(last)s", first=say.number(look.offset + 1), last=say.number(following)),
        next=look.address(offset=following) if following < found.total else None,
        last_year=_last_year(look, request.app[PARTS].vault),
        as_grid=look.address(layout="grid", offset=0),
        as_list=look.address(layout="list", offset=0),
        as_timeline=look.address(layout="timeline", offset=0),
        own_tags=tuple(everything.facets.get("tag", {}))[:200],
        collections=tuple(names.items()),
    )


def _last_year(look: Look, vault: Vault) -> str | None:
    """The timeline goes on where it stopped: a year is written once."""
    if look.layout != "timeline" or not look.offset:
        return None
    before = vault.search(look.asked, sort=look.order, offset=look.offset - 1, limit=1).entries
    return Card.of(before[0]).year if before else None


def _summary(look: Look, found: Page, everything: Page, choosing: Choosing) -> str:
    say = choosing.say
    if not look.everything:
        return say.many(
            "%(number)s badge of %(all)s", "%(number)s badges of %(all)s", found.total, all=say.number(everything.total)
        )
    issuers = len(found.facets.get("issuer", {}))
    badges = say.many("%(number)s badge", "%(number)s badges", found.total)
    text = say.many("%(badges)s from %(number)s issuer", "%(badges)s from %(number)s issuers", issuers, badges=badges)
    soon = sum(choosing.counts["expiring"].values())
    if not soon:
        return text
    return say.many("%(badges)s, %(number)s expires soon", "%(badges)s, %(number)s expire soon", soon, badges=text)


def _sorts(say: Speech) -> tuple[tuple[str, str], ...]:
    return (
        ("date", say("Newest first")),
        ("-date", say("Oldest first")),
        ("added", say("Last added")),
        ("name", say("By name")),
        ("issuer", say("By issuer")),
        ("expiry", say("Expires next")),
        ("rating", say("Best rated")),
    )

"""The gallery: grid, list and timeline of what the passport holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web

from passport.look.rosette import Rosette
from passport.look.words import Word, word_for
from passport.vault.model import Page
from passport.vault.vault import Vault
from passport.web.pages.cards import Card
from passport.web.pages.folders import folder_names
from passport.web.pages.formats import tidy
from passport.web.pages.looking import PAGE_SIZE, Filters, Look
from passport.web.pages.rendering import PAGES, draw, render, speech_of, wants_part
from passport.web.pages.speech import Speech
from passport.web.parts import PARTS

MAX_CHOICES = 40
"""Of one filter, most frequent first; the search finds the rest."""


@dataclass(frozen=True, slots=True)
class Chip:
    """A quick filter."""

    name: str
    href: str
    count: str | None = None
    on: bool = False
    off: bool = False
    """Whether a click takes it off."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a filter."""

    name: str
    href: str
    count: str
    on: bool
    word: Word | None = None


@dataclass(frozen=True, slots=True)
class Facet:
    """A filter with its values."""

    name: str
    choices: tuple[Choice, ...]


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
    next: str | None
    last_year: str
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
    found = vault.search(look.asked, sort=look.order, offset=look.offset, limit=PAGE_SIZE)
    cards = [Card.of(entry) for entry in found.entries]
    view = view_of(request, look, found)
    template = {"results": "part/results.html", "more": "part/more.html"}.get(part)
    if template:
        return web.Response(
            text=draw(request, template, view=view, cards=cards), content_type="text/html", headers={"Vary": "Part"}
        )
    return render(request, "gallery.html", view=view, cards=cards)


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
    view = view_of(request, look, Page(entries=(), total=0, facets={}))
    text = draw(request, "part/cards.html", view=view, cards=[Card.of(entry)])
    return web.Response(text=text, content_type="text/html")


def view_of(request: web.Request, look: Look, found: Page) -> View:
    """Put together what is shown around the cards."""
    say, overview = speech_of(request), request.app[PAGES].overview
    following = look.offset + PAGE_SIZE
    names, everything = overview.collection_names, overview.everything
    return View(
        total=found.total,
        summary=_summary(look, found, everything, say),
        words=look.words,
        layout=look.layout,
        sort=look.sort,
        sorts=_sorts(say),
        chips=_chips(look, everything, names, say),
        facets=_facets(look, found, names, say),
        facets_open=False,
        kept=tuple(look.pairs(leave=("sort", "offset"))),
        filters_kept=tuple(look.pairs(leave=("q", "offset"))),
        next=look.address(offset=following) if following < found.total else None,
        last_year=_last_year(look, request.app[PARTS].vault),
        as_grid=look.address(layout="grid", offset=0),
        as_list=look.address(layout="list", offset=0),
        as_timeline=look.address(layout="timeline", offset=0),
        own_tags=tuple(everything.facets.get("tag", {}))[:200],
        collections=tuple(names.items()),
    )


def _last_year(look: Look, vault: Vault) -> str:
    """The timeline goes on where it stopped: a year is written once."""
    if look.layout != "timeline" or not look.offset:
        return ""
    before = vault.search(look.asked, sort=look.order, offset=look.offset - 1, limit=1).entries
    return Card.of(before[0]).year if before else ""


def _summary(look: Look, found: Page, everything: Page, say: Speech) -> str:
    if not look.everything:
        return say.many(
            "%(number)s badge of %(all)s", "%(number)s badges of %(all)s", found.total, all=say.number(everything.total)
        )
    issuers = len(found.facets.get("issuer", {}))
    badges = say.many("%(number)s badge", "%(number)s badges", found.total)
    return say.many("%(badges)s from %(number)s issuer", "%(badges)s from %(number)s issuers", issuers, badges=badges)


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


def _chips(look: Look, everything: Page, collections: Mapping[str, str], say: Speech) -> tuple[Chip, ...]:
    facets = everything.facets
    wanted = (
        ("verdict", "verified", say("Verified"), facets.get("verdict", {}).get("verified", 0)),
        ("state", "new", say("New"), facets.get("state", {}).get("new", 0)),
        ("expiring", "90", say("Expiring soon"), None),
        *(("year", year, year, None) for year in sorted(facets.get("year", {}), reverse=True)[:2]),
        ("has", "evidence", say("With evidence"), None),
    )
    chips = [Chip(say("All"), look.address(words="", filters=(), offset=0), on=look.everything)]
    shown: set[tuple[str, str]] = set()
    for name, value, label, count in wanted:
        if count == 0 and not look.on(name, value):
            continue
        shown.add((name, value))
        chips.append(_chip(look, (name, value), label, say.number(count) if count else None))
    rest = (pair for pair in look.filters if pair not in shown)
    chips.extend(_chip(look, pair, _label(pair, collections, say), None) for pair in rest)
    return tuple(chips)


def _chip(look: Look, pair: tuple[str, str], label: str, count: str | None) -> Chip:
    on = look.on(*pair)
    return Chip(label, look.toggled(*pair).address(), count, on, off=on)


def _label(pair: tuple[str, str], collections: Mapping[str, str], say: Speech) -> str:
    name, value = pair
    if name == "verdict":
        return say(word_for(value, "domain").word)
    return tidy(collections.get(value, value) if name == "collection" else value, 120)


def _facets(look: Look, found: Page, collections: Mapping[str, str], say: Speech) -> tuple[Facet, ...]:
    names = (
        ("verdict", say("Verdict")),
        ("issuer", say("Issuer")),
        ("year", say("Year")),
        ("tag", say("Own tag")),
        ("collection", say("Collection")),
        ("skill", say("Skill")),
    )
    facets = (Facet(label, _choices(look, name, found.facets.get(name, {}), collections, say)) for name, label in names)
    return tuple(facet for facet in facets if facet.choices)


def _choices(
    look: Look, name: str, counts: Mapping[str, int], collections: Mapping[str, str], say: Speech
) -> tuple[Choice, ...]:
    values = [value for value in counts if value and (name != "collection" or value in collections)]
    if name == "year":
        values.sort(reverse=True)
    chosen: Filters = tuple(f for f in look.filters if f[0] == name and f[1] not in values)
    return tuple(
        Choice(
            _label((name, value), collections, say),
            look.toggled(name, value).address(),
            say.number(counts.get(value, 0)),
            look.on(name, value),
            word_for(value, "domain") if name == "verdict" else None,
        )
        for value in (*(value for _, value in chosen), *values[:MAX_CHOICES])
    )

"""What was: the trash, and what happened lately; and one page that shows all parts of the look."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from itertools import islice

from aiohttp import web
from markupsafe import Markup

from passport.look.rosette import INKS, Rosette, ink_of, seed_of
from passport.look.stamp import Stamp, svg
from passport.look.words import VERDICTS, Word, word_for
from passport.vault.model import Entry
from passport.web.forms import form_of
from passport.web.pages.badge_view import history_of
from passport.web.pages.cards import Card
from passport.web.pages.rendering import render, speech_of
from passport.web.parts import PARTS
from passport.web.problems import Problem
from passport.web.standing import problems

MAX_SHOWN = 300
MAX_LOOKED_AT = 60
"""Badges whose histories are read for the page of activity."""


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of the activity."""

    at: str
    card: Card
    text: str


async def show_trash(request: web.Request) -> web.Response:
    """Show what was thrown away, and lies here until it is wanted back."""
    found = request.app[PARTS].vault.search("is:trashed", sort="added", limit=MAX_SHOWN, include_trashed=True)
    return render(request, "trash.html", cards=[Card.of(entry) for entry in found.entries], total=found.total)


async def empty_trash(request: web.Request) -> web.Response:
    """Remove one badge of the trash for good, or all; there is no undo but a backup, so it has to be said twice."""
    form, say, vault = await form_of(request), speech_of(request), request.app[PARTS].vault
    if not form.one("sure"):
        raise Problem(422, "not-sure", say("Tick that you are sure: this cannot be undone."))
    if form.one("do") == "empty":
        await asyncio.to_thread(vault.empty_trash)
    else:
        entry = vault.entry(form.one("id"))
        if entry is None or not entry.trashed:
            raise Problem(422, "not-in-trash", say("It is not in the trash."))
        await asyncio.to_thread(vault.purge, entry.id)
    raise web.HTTPSeeOther("/trash")


async def show_activity(request: web.Request) -> web.Response:
    """Show what happened lately."""
    parts, say = request.app[PARTS], speech_of(request)
    newest = parts.vault.search("", sort="added", limit=400, include_trashed=True).entries
    latest = sorted(newest, key=lambda entry: entry.changed_at, reverse=True)[:MAX_LOOKED_AT]

    def lines(entry: Entry) -> list[Happened]:
        card = Card.of(entry)
        return [Happened(line.at, card, line.text) for line in history_of(parts.vault.history(entry.subject), say)]

    happened = sorted((line for entry in latest for line in lines(entry)), key=lambda line: line.at, reverse=True)
    return render(
        request,
        "activity.html",
        happened=list(islice(happened, 200)),
        problems=problems(parts),
        imports=parts.diary.imports(MAX_LOOKED_AT),
        requests=parts.diary.requests(MAX_LOOKED_AT),
        results={
            "added": say("Added"),
            "already-there": say("Here already"),
            "no-badge": say("No badge"),
            "refused": say("Refused"),
        },
        answers={"refused": say("No answer")},
    )


async def show_design(request: web.Request) -> web.Response:
    """Show the parts of the look side by side, for those who build pages."""
    say = speech_of(request)
    stamps = [(word, _sample(word, place)) for place, word in enumerate(_words())]
    rosettes = [Rosette.of(f"sample {number}") for number in range(2 * INKS)]
    today = request.app[PARTS].clock()
    cards = [_card(word, place, f"{today:%Y-%m-%d}") for place, word in enumerate(_words())]
    return render(request, "design.html", stamps=stamps, rosettes=rosettes, cards=cards, today=say.date(today))


def _card(word: Word, place: int, day: str) -> Card:
    seed = seed_of(f"sample {place}")
    return Card(
        id=f"sample-{place}",
        name=("Student Tutor", "Fair Coach", "First Aid 2", "Board Member")[place % 4],
        issuer="Sample issuer",
        host="sample.example",
        word=word,
        date=day,
        year=day[:4],
        expires=None,
        is_new=place == 0,
        rosette=seed.hex(),
        ink=ink_of(seed),
        picture=None,
        picture_of="",
        initial="SFFB"[place % 4],
        tags=(),
        rating=0,
        public=False,
    )


def _words() -> list[Word]:
    return [word_for("verified", "domain"), *(word_for(verdict) for verdict in VERDICTS if verdict != "no-badge")]


def _sample(word: Word, place: int) -> Markup:
    drawn = svg(Stamp(form=word.form, word=word.word, date="12 Mar 2026", below="In force", uid=f"sample-{place}"))
    return Markup(drawn)  # noqa: S704 (drawn by ourselves)

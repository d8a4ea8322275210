"""The page of notices: what happened to badges that are here already, until it was read; and quiet for the desktop."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from passport.errors import PassportError
from passport.intake.noticing.model import Notice
from passport.intake.noticing.words import told
from passport.sharing.gathering import SHOW_ENDORSEMENTS
from passport.vault.model import Entry
from passport.vault.vault import Vault
from passport.web.forms import form_of
from passport.web.pages.cards import Card
from passport.web.pages.decisions import answer, apply
from passport.web.pages.rendering import PAGES, render, speech_of
from passport.web.pages.speech import Speech
from passport.web.parts import PARTS
from passport.web.problems import Problem
from passport.web.standing import problems

MAX_SHOWN = 300
MAX_BADGES = 12
"""Of one notice; the rest is a number."""


@dataclass(frozen=True, slots=True)
class Line:
    """One notice as it is shown."""

    id: str
    kind: str
    at: str
    title: str
    text: str
    reason: str
    read: bool
    cards: tuple[Card, ...]
    more: int


async def show_notices(request: web.Request) -> web.Response:
    """Show what is new of badges that are here already."""
    parts, say, book = request.app[PARTS], speech_of(request), request.app[PAGES].notices
    shown, until = book.shown()[:MAX_SHOWN], parts.quiet.until(parts.clock())
    lines = [line for notice in shown if (line := line_of(notice, parts.vault, say))]
    return render(
        request,
        "notices.html",
        lines=lines,
        unread=book.unread,
        problems=problems(parts),
        quiet_until=say.moment(until, parts.clock()) if until else None,
    )


def line_of(notice: Notice, vault: Vault, say: Speech) -> Line | None:
    """Put a notice into words; None: its badges are gone."""
    entries: list[Entry] = [entry for key in notice.entries[: MAX_BADGES + 1] if (entry := vault.entry(key))]
    if not entries:
        return None
    on_page = vault.state(entries[0].subject).get(SHOW_ENDORSEMENTS) is not False
    words = told(notice, entries[0], say, say.day, on_page=on_page)
    return Line(
        id=notice.id,
        kind=notice.kind.value,
        at=notice.at,
        title=words.title,
        text=words.text,
        reason=say.sentence(words.reason),
        read=notice.read,
        cards=tuple(Card.of(entry) for entry in entries[:MAX_BADGES]),
        more=max(len(notice.entries) - MAX_BADGES, 0),
    )


async def post_notices(request: web.Request) -> web.Response:
    """Dismiss one or all, mark all as read, or be quiet for a while."""
    form, say, parts = await form_of(request), speech_of(request), request.app[PARTS]
    pages, what = request.app[PAGES], form.one("do")
    if what == "snooze":
        until = parts.quiet.snooze(form.one("for"), parts.clock())
        text = say("Notices are shown on the desktop")
        if until:
            text = say("Quiet on the desktop until %(when)s", when=say.moment(until, parts.clock()))
        return answer(request, form, pages.undo.note(text, {}))
    shown = pages.notices.shown()
    if what == "dismiss":
        chosen = [notice for notice in shown if notice.id == form.one("id")]
        text, values = say("Notice dismissed"), {"dismissed": True, "read": True}
    elif what == "dismiss-all":
        chosen, values = list(shown), {"dismissed": True, "read": True}
        text = say.many("%(number)s notice dismissed", "%(number)s notices dismissed", len(shown))
    elif what == "read":
        chosen, values = [notice for notice in shown if not notice.read], {"read": True}
        text = say("All notices are read")
    else:
        raise Problem(422, "unknown-decision", say("This page does not know what to do."))
    if not chosen:
        raise Problem(422, "nothing-selected", say("There is no such notice any more."))
    return answer(request, form, apply(request, {notice.subject: values for notice in chosen}, text))


async def check_everything(request: web.Request) -> web.Response:
    """Ask about all badges again, in the background: what changes becomes a notice."""
    form, say, pages, parts = await form_of(request), speech_of(request), request.app[PAGES], request.app[PARTS]
    if pages.checking:
        return answer(request, form, pages.undo.note(say("They are being checked already."), {}))

    async def work() -> None:
        try:
            async for _ in parts.again.check_all():
                pass
        except PassportError:  # a full disk or a vault that went away: the page of activity says so
            return
        finally:
            pages.checking = False

    pages.checking = True
    pages.begin(work())
    number = parts.again.number()
    text = say.many(
        "Checking %(number)s badge: changes become notices",
        "Checking %(number)s badges: changes become notices",
        number,
    )
    return answer(request, form, pages.undo.note(text, {}))

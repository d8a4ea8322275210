"""The composer: one text, seen as each network will show it; sent by the owner's accounts or a network's page."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import replace
from datetime import datetime

from aiohttp import web

from passport.errors import PassportError
from passport.sharing.composers import composer_address
from passport.sharing.gathering import text
from passport.sharing.letters import Wish, Writer
from passport.sharing.networks import NETWORKS
from passport.sharing.outbox.model import Item, State
from passport.sharing.pictures import BADGE, CARD, KINDS, NONE, picture_of
from passport.sharing.posting import SUBJECT
from passport.sharing.posts import SHAREABLE, Award, compose, description, starting_text
from passport.vault.model import Entry
from passport.web.forms import form_of
from passport.web.pages.badge import entry_of
from passport.web.pages.cards import Card
from passport.web.pages.decisions import answer, apply
from passport.web.pages.pictures import IMAGE_POLICY
from passport.web.pages.rendering import PAGES, render, speech_of
from passport.web.pages.share_view import (
    Wanted,
    account_previews,
    best_link,
    composer_previews,
    link_of,
    profile_fields,
    templated,
)
from passport.web.parts import PARTS
from passport.web.problems import Problem
from passport.web.publishing import PUBLISHING


async def show_share(request: web.Request) -> web.Response:
    """Show the composer, filled from the badge, or from a post that is changed."""
    entry = entry_of(request)
    award = await award_of(request, entry)
    item = request.app[PARTS].posting.outbox.store.find(request.query.get("post", ""))
    wanted = from_item(item, award) if item and item.entry == entry.id and item.editable else fresh(request, award)
    return await composer(request, entry, award, wanted)


async def post_share(request: web.Request) -> web.Response:
    """Do what the button says: send, keep as a draft, save the template, agree to show the issuer's address."""
    form, say = await form_of(request), speech_of(request)
    entry, wanted = entry_of(request), Wanted.of(form)
    award = await award_of(request, entry)
    what = form.one("do")
    if what in {"post", "draft"}:
        try:
            await posted(request, entry, award, wanted, draft=what == "draft")
        except (PassportError, ValueError) as error:
            problem = str(error) if isinstance(error, PassportError) else say("This is no time.")
            return await composer(request, entry, award, wanted, problem=problem)
        text = say("Kept as a draft") if what == "draft" else say("In the outbox; it goes out by itself")
        return answer(request, form, request.app[PAGES].undo.note(text, {}), "/outbox")
    if what == "template":
        template = templated(wanted.text, award, link_of(award, wanted.link))
        done = apply(request, {SUBJECT: {"template": template or None}}, say("Template saved"))
        return await composer(request, entry, award, wanted, said=done.text)
    if what == "consent":
        done = apply(request, {entry.subject: {"show-original": True}}, say("The issuer's page may be shown"))
        return await composer(request, entry, await award_of(request, entry), wanted, said=done.text)
    return await composer(request, entry, award, wanted)


async def post_preview(request: web.Request) -> web.Response:
    """Return the previews alone, for the script."""
    form, entry = await form_of(request), entry_of(request)
    award = await award_of(request, entry)
    return render(request, "part/previews.html", **await shown(request, entry, award, Wanted.of(form)))


async def show_picture(request: web.Request) -> web.Response:
    """Serve the picture that goes along."""
    entry, kind = entry_of(request), request.match_info["kind"]
    if kind not in KINDS or kind == NONE:
        raise web.HTTPNotFound
    picture = await picture_of(request.app[PUBLISHING].gatherer(), entry, kind, speech_of(request))
    if picture is None:
        raise web.HTTPNotFound
    headers = {"Cache-Control": "private, max-age=60", "Content-Security-Policy": IMAGE_POLICY}
    return web.Response(body=picture.content, content_type=picture.media_type, headers=headers)


async def posted(request: web.Request, entry: Entry, award: Award, wanted: Wanted, *, draft: bool) -> None:
    """Put a post for each chosen account into the outbox: all of them, or none. Raise SharingError, ValueError."""
    posting = request.app[PARTS].posting
    chosen = [account for account in posting.book.all() if account.id in wanted.to]
    due = datetime.fromisoformat(wanted.at).astimezone() if wanted.at else None
    wish = Wish(
        text=wanted.text,
        link=link_of(award, wanted.link),
        alt=wanted.alt,
        picture=wanted.picture,
        due=due,
        draft=draft,
        key=wanted.wish,
    )
    writer = Writer(gatherer=request.app[PUBLISHING].gatherer(), say=speech_of(request))
    posting.outbox.add_all(await writer.write(entry, chosen, wish))


async def composer(
    request: web.Request, entry: Entry, award: Award, wanted: Wanted, *, problem: str = "", said: str = ""
) -> web.Response:
    """Show the page, with what was filled in; whatever went wrong, no word is lost."""
    response = render(request, "share.html", problem=problem, said=said, **await shown(request, entry, award, wanted))
    if problem:
        response.set_status(422)
    return response


async def shown(request: web.Request, entry: Entry, award: Award, wanted: Wanted) -> dict[str, object]:
    """Return what page and previews need."""
    posting, say = request.app[PARTS].posting, speech_of(request)
    try:
        accounts, trouble = posting.book.all(), ""
    except PassportError as error:
        accounts, trouble = (), str(error)
    linked = compose(NETWORKS["linkedin-profile"], award, link=link_of(award, wanted.link), say=say)
    return {
        "entry": entry,
        "card": Card.of(entry),
        "award": award,
        "wanted": wanted,
        "link": link_of(award, wanted.link),
        "stands": not award.page or request.app[PUBLISHING].stands(entry.id),
        "links": {choice: link_of(award, choice) for choice in ("page", "hosted", "none")},
        "mine": account_previews(accounts, award, wanted, say),
        "others": composer_previews(award, wanted, say),
        "trouble": trouble,
        "profile_address": "" if linked.problems else composer_address(linked),
        "profile_fields": profile_fields(linked.award, say),
        "shared": [item for item in posting.outbox.of_badge(entry.id) if item.state is State.SENT],
    }


async def award_of(request: web.Request, entry: Entry) -> Award:
    """Return what posts say of a badge. Raise Problem for one that no network is given."""
    if entry.verdict not in SHAREABLE:
        raise Problem(
            422,
            "not-shareable",
            "This badge was altered, withdrawn, or issued to somebody else; it cannot be shared as yours.",
        )
    try:
        return await asyncio.to_thread(request.app[PUBLISHING].gatherer().award, entry)
    except PassportError as error:
        raise Problem(422, "not-shareable", error.problem, remedy=error.remedy) from error


def fresh(request: web.Request, award: Award) -> Wanted:
    """Return how the composer begins."""
    posting = request.app[PARTS].posting
    template, say = text(request.app[PARTS].vault.state(SUBJECT), "template"), speech_of(request)
    choice = best_link(award)
    try:
        ready = tuple(account.id for account in posting.book.all() if not account.trouble)
    except PassportError:
        ready = ()
    return Wanted(
        text=starting_text(replace(award, link=link_of(award, choice) or None), template, say),
        link=choice,
        picture=CARD,
        alt=description(award, say),
        to=ready,
        wish=secrets.token_hex(16),
    )


def from_item(item: Item, award: Award) -> Wanted:
    """Return a post of the outbox as it was filled in."""
    link = next((choice for choice in ("page", "hosted") if item.link and link_of(award, choice) == item.link), "none")
    picture = NONE if not item.picture else BADGE if item.width == item.height else CARD
    at = datetime.fromisoformat(item.due_at).astimezone().strftime("%Y-%m-%dT%H:%M") if item.due_at else ""
    return Wanted(text=item.text, link=link, picture=picture, alt=item.alt, to=(item.account,), at=at, wish=item.wish)

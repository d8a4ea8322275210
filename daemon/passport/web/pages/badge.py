"""The page of one badge."""

from __future__ import annotations

import asyncio

import segno
from aiohttp import web
from markupsafe import Markup

from passport.badge.results import measured
from passport.errors import VaultError
from passport.intake.again.checking import Checked
from passport.look.words import STANDINGS
from passport.sharing.gathering import SHOW_ENDORSEMENTS
from passport.sharing.posts import SHAREABLE
from passport.vault.model import Entry
from passport.vault.vault import Vault
from passport.verification.documents import Documents
from passport.verification.report import VerificationReport
from passport.web.forms import form_of
from passport.web.pages.badge_view import (
    MAX_ITEMS,
    BadgeView,
    answered,
    cleaned,
    endorsements_of,
    found_of,
    history_of,
    issuer_known,
    kind_of,
    said_of,
    secured,
    stamp_of,
)
from passport.web.pages.cards import Card
from passport.web.pages.decisions import NAME_PLACES, answer, apply
from passport.web.pages.evidence import pieces_of
from passport.web.pages.formats import is_web, machine_lines, tidy
from passport.web.pages.rendering import PAGES, render, speech_of
from passport.web.pages.speech import Speech
from passport.web.parts import PARTS, Parts
from passport.web.problems import Problem
from passport.web.publishing import PUBLISHING

MAX_SHOWN_STATEMENT = 200_000
MAX_OTHERS = 6
MAX_LOOKED_AT = 300
"""Badges of the same issuer among which others of the same achievement are sought."""


async def show_badge(request: web.Request) -> web.Response:
    """Show all that is known of a badge."""
    parts = request.app[PARTS]
    entry = entry_of(request)
    view = await badge_view(request, parts, entry)
    publishing = request.app[PUBLISHING]
    page = publishing.gatherer().page(entry) if publishing.stands(entry.id) else None
    return render(
        request,
        "badge.html",
        view=view,
        card=view.card,
        entry=entry,
        credential=view.credential,
        machine=machine_lines(entry),
        shareable=entry.verdict in SHAREABLE,
        page=page,
        qr=code_of(page or entry.credential_id),
        own_tags=list(request.app[PAGES].overview.everything.facets.get("tag", {}))[:200],
        collections=request.app[PAGES].overview.collection_names,
        own_evidence=pieces_of(parts.vault.state(entry.subject)),
        shown={key: parts.vault.state(entry.subject).get(key) is not False for key in NAME_PLACES},
        endorsements_told=parts.vault.state(entry.subject).get(SHOW_ENDORSEMENTS) is not False,
        others=others_of(parts.vault, entry),
    )


def entry_of(request: web.Request) -> Entry:
    """Return the badge that the address names. Raise HTTPNotFound."""
    entry = request.app[PARTS].vault.entry(request.match_info["id"])
    if entry is None:
        raise web.HTTPNotFound
    return entry


async def badge_view(request: web.Request, parts: Parts, entry: Entry) -> BadgeView:
    """Put together what the page shows."""
    say = speech_of(request)
    report, documents = await asyncio.to_thread(_proof, parts, entry)
    events = await asyncio.to_thread(parts.vault.history, entry.subject)
    credential = report.credential if report else None
    return BadgeView(
        card=Card.of(entry),
        entry=entry,
        credential=credential,
        stamp=stamp_of(entry, report, say),
        checks=answered(report.checks if report else (), say),
        issuer_known=issuer_known(entry.issuer_identity, say),
        means=said_of(entry, report, say),
        securing=secured(entry.securing, say),
        kind=kind_of(credential, say),
        texts=await cleaned(credential, parts.workers),
        evidence=credential.evidence[:MAX_ITEMS] if credential else (),
        results=measured(credential.subject, MAX_ITEMS) if credential else (),
        endorsements=endorsements_of(credential),
        documents=tuple(documents.values())[:MAX_ITEMS],
        found=found_of(events, say),
        standing=say(STANDINGS.get(entry.standing.state, "")) if entry.standing else "",
        history=history_of(events, say),
        statement=(credential.source if credential else "")[:MAX_SHOWN_STATEMENT],
        verified_at=entry.verified_at,
    )


def others_of(vault: Vault, entry: Entry) -> list[Card]:
    """Return other badges for the same achievement of the same issuer: as it was issued before, or again."""
    found = vault.search(f'issuer:"{entry.issuer.replace(chr(34), " ")}"', sort="date", limit=MAX_LOOKED_AT).entries
    same = [other for other in found if other.id != entry.id and _is_same(other, entry)]
    return [Card.of(other) for other in same[:MAX_OTHERS]]


def _is_same(one: Entry, other: Entry) -> bool:
    if one.achievement_id and one.achievement_id == other.achievement_id:
        return True
    return one.issuer_id == other.issuer_id and tidy(one.name).casefold() == tidy(other.name).casefold()


def _proof(parts: Parts, entry: Entry) -> tuple[VerificationReport | None, Documents]:
    """Read report and documents; where they are damaged, the page shows what is left."""
    try:
        return parts.vault.report(entry.id), parts.vault.documents(entry.id)
    except VaultError:
        return None, Documents()


def code_of(address: str | None) -> Markup | None:
    """Return the QR code of a public address."""
    if not address or not is_web(address) or len(address) > 600:
        return None
    code = segno.make(address, micro=False, error="m")
    return Markup(code.svg_inline(scale=4, border=0, svgclass="qr", lineclass=None, omitsize=True))  # noqa: S704 (squares alone)


async def check_again(request: web.Request) -> web.Response:
    """Ask the issuer again."""
    form, say = await form_of(request), speech_of(request)
    entry = entry_of(request)
    checked = await request.app[PARTS].again.check(entry.id)
    text = told(checked, say) if checked else say("Nobody could be asked.")
    return answer(request, form, request.app[PAGES].undo.note(text, {}))


def told(checked: Checked, say: Speech) -> str:
    """Say what came of asking again."""
    word = say(Card.of(checked.entry).word.word)
    if checked.trouble is None or checked.before != checked.entry.verdict:
        return say("Checked: %(word)s", word=word)
    sentences = {
        "gone": say("The issuer has no such page any more. What it said on %(day)s is kept and counts."),
        "moved": say("The issuer's page now leads to another site. What was said on %(day)s is kept and counts."),
    }
    silent = say("The issuer could not be reached. What it said on %(day)s is kept and counts.")
    if checked.entry.verdict == "unconfirmed":
        return say("Checked: %(word)s", word=word)
    return sentences.get(checked.trouble.state, silent) % {"day": say.day(checked.entry.verified_at)}


async def know_issuer(request: web.Request) -> web.Response:
    """Note that the owner knows (or does not know) an issuer, and check its badges again."""
    form, say, parts = await form_of(request), speech_of(request), request.app[PARTS]
    entry = entry_of(request)
    if not entry.issuer_id:
        raise Problem(422, "no-issuer", say("This badge does not say who issued it."))
    known, name = form.one("known") != "no", tidy(entry.issuer, 80)
    done = apply(
        request,
        {f"issuer:{entry.issuer_id}": {"known": True if known else None}},
        say("You know %(issuer)s", issuer=name) if known else say("You do not know %(issuer)s", issuer=name),
    )
    await parts.intake.reverify(entry.id, offline=True)
    return answer(request, form, done)

"""The inbox: new badges that wait for a look, each with the reason and what one can do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from passport.errors import VaultError
from passport.look.words import word_for
from passport.vault.model import Entry
from passport.vault.vault import Vault
from passport.verification.report import Outcome, VerificationReport
from passport.web.forms import form_of
from passport.web.pages.badge_view import said_of
from passport.web.pages.cards import Card
from passport.web.pages.decisions import answer, apply
from passport.web.pages.formats import tidy
from passport.web.pages.preferences import check_again, current, identities_of, keep_identities
from passport.web.pages.rendering import render, speech_of
from passport.web.pages.speech import Speech
from passport.web.parts import PARTS
from passport.web.problems import Problem

MAX_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Waiting:
    """One badge of the inbox."""

    card: Card
    entry: Entry
    reason: str
    addresses: tuple[str, ...]
    """To whom it was issued, where that is told plainly and may be the owner's."""
    asks: bool = False
    """Whether another address of the owner's may be the one, and the badge does not say which."""


async def show_inbox(request: web.Request) -> web.Response:
    """Show what waits."""
    parts, say = request.app[PARTS], speech_of(request)
    found = parts.vault.search("state:new", sort="added", limit=MAX_SHOWN)
    settings = current(request)
    identities = identities_of(request)
    waiting = [waiting_of(entry, parts.vault, identities, say) for entry in found.entries]
    declined = parts.vault.search("state:declined", limit=1).total
    return render(
        request,
        "inbox.html",
        waiting=waiting,
        total=found.total,
        more=found.total - len(waiting),
        declined=declined,
        automatic=settings.accept_automatically,
    )


def waiting_of(entry: Entry, vault: Vault, identities: Sequence[str], say: Speech) -> Waiting:
    """Say why a badge waits."""
    try:
        report = vault.report(entry.id)
    except VaultError:
        report = None
    may_be = entry.verdict in {"not-yours", "unconfirmed", "verified"}
    known = {identity.casefold() for identity in identities}
    addresses = tuple(a for a in _addresses(report) if a.casefold() not in known) if may_be else ()
    asks = not addresses and (entry.verdict == "not-yours" or (entry.verdict == "verified" and not known))
    return Waiting(Card.of(entry), entry, _reason(entry, report, bool(known), say), addresses, asks)


def _reason(entry: Entry, report: VerificationReport | None, has_identities: bool, say: Speech) -> str:
    recipient = next((c for c in report.checks if c.name == "recipient"), None) if report else None
    if entry.verdict != "verified":
        word = word_for(entry.verdict, entry.issuer_identity)
        return f"{said_of(entry, report, say)} {say(word.do)}"
    if not has_identities:
        return say("You have not said yet which addresses are yours, so nobody can tell whether it was issued to you.")
    if recipient is None or recipient.outcome is not Outcome.PASSED:
        return say("It does not say to whom it was issued in a way that can be compared with your addresses.")
    return say("Everything is in order. Keep it, and it stands in your gallery without the mark.")


def _addresses(report: VerificationReport | None) -> tuple[str, ...]:
    if report is None or report.credential is None:
        return ()
    found = (tidy(i.identity, 200) for i in report.credential.subject.identifiers if not i.hashed)
    return tuple(address for address in dict.fromkeys(found) if "@" in address or ":" in address)[:3]


async def accept_verified(request: web.Request) -> web.Response:
    """Keep all verified badges of the inbox at once."""
    form, say, vault = await form_of(request), speech_of(request), request.app[PARTS].vault
    entries = vault.search("state:new verdict:verified", limit=10_000).entries
    text = say.many("%(number)s badge kept", "%(number)s badges kept", len(entries))
    return answer(request, form, apply(request, {entry.subject: {"state": "accepted"} for entry in entries}, text))


async def claim(request: web.Request) -> web.Response:
    """Add the address to which a badge was issued to the owner's identities, and check the badge again."""
    form, say, parts = await form_of(request), speech_of(request), request.app[PARTS]
    address = tidy(form.one("address"), 300)
    if not address:
        raise Problem(422, "no-address", say("Write an address first."))
    values = await keep_identities(request, (*identities_of(request), address))
    done = apply(request, {"profile": values}, say("%(address)s is yours now", address=address))
    entry = parts.vault.entry(form.one("id"))
    if entry is not None:
        await parts.intake.reverify(entry.id, offline=True)
    check_again(request)
    return answer(request, form, done)

"""What the owner decides of badges, one or many at once; everything can be taken back."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping

from aiohttp import web

from passport.sharing.gathering import SHOW_ENDORSEMENTS
from passport.vault.model import Entry
from passport.vault.vault import Vault
from passport.web.forms import Form, form_of
from passport.web.pages.formats import tidy
from passport.web.pages.rendering import PAGES, speech_of
from passport.web.pages.speech import Speech
from passport.web.pages.undo import Decisions, Done
from passport.web.parts import PARTS
from passport.web.problems import Problem

MAX_TAG = 60
MAX_COLLECTION = 80
ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"
NAME_PLACES = ("show-name", "show-name:card")
"""Keys that say whether the owner's name stands beside a badge: on its page, on its picture for sharing. None: yes."""
MAX_NOTE = 20_000

Values = Mapping[str, object]


async def decide(request: web.Request) -> web.Response:
    """Do what the button `do` says with all badges of the field `id`."""
    form, say = await form_of(request), speech_of(request)
    entries = selected(request, form)
    done = apply(request, _wanted(form, entries, say), _told(form, entries, say))
    return answer(request, form, done)


def selected(request: web.Request, form: Form) -> list[Entry]:
    """Return the badges of the field `id`. Raise Problem (422) when there is none."""
    vault = request.app[PARTS].vault
    entries = [entry for key in dict.fromkeys(form.all("id")) if (entry := vault.entry(key))]
    if not entries:
        raise Problem(422, "nothing-selected", "No badge is selected.")
    return entries


def apply(request: web.Request, decisions: Decisions, text: str) -> Done:
    """Write decisions down, and remember how to take them back."""
    vault = request.app[PARTS].vault
    before = {subject: before_of(vault, subject, values) for subject, values in decisions.items()}
    vault.decide_all(decisions)
    return request.app[PAGES].undo.note(text, before)


def before_of(vault: Vault, subject: str, values: Iterable[str]) -> Values:
    """Return what stands now where values will be written."""
    state = vault.state(subject)
    return {key: state.get(key) for key in values}


def answer(request: web.Request, form: Form, done: Done, where: str = "") -> web.Response:
    """Tell a script what was done, or lead a browser back to where it was."""
    if "application/json" in request.headers.get("Accept", ""):
        return web.json_response({"text": done.text, "token": done.token, "go": where})
    target = where or inside(form.one("next"))
    if done.key:
        address, mark, place = target.partition("#")
        target = f"{address}{'&' if '?' in address else '?'}done={done.key}{mark}{place}"
    return web.Response(status=303, headers={"Location": target})


def inside(address: str) -> str:
    """Return an address only if it is one of ours (security 1.1: open redirects)."""
    ours = address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable()
    return address if ours and "\\" not in address else "/"


def _wanted(form: Form, entries: list[Entry], say: Speech) -> Decisions:
    what = form.one("do")
    if what in {"collect", "uncollect"}:
        members = {f"member:{entry.id}": entry.added_at if what == "collect" else None for entry in entries}
        return {f"collection:{_collection(form, say)}": members}
    if what == "collect-new":
        members = {f"member:{entry.id}": entry.added_at for entry in entries}
        return {f"collection:{new_key()}": {"name": _name(form, say), **members}}
    make = _DECISIONS.get(what)
    if make is None:
        raise Problem(422, "unknown-decision", say("This page does not know what to do."))
    values = make(form, say)
    return {entry.subject: values for entry in entries}


def _tag(form: Form, say: Speech) -> str:
    tag = tidy(form.one("tag"), MAX_TAG)
    if not tag:
        raise Problem(422, "no-tag", say("Write a tag first."))
    return tag


def _collection(form: Form, say: Speech) -> str:
    key = form.one("collection")
    if not key.isalnum():
        raise Problem(422, "no-collection", say("Choose a collection first."))
    return key


def new_key() -> str:
    """Return the key of a new collection or goal."""
    return "".join(secrets.choice(ALPHABET) for _ in range(12))


def _name(form: Form, say: Speech) -> str:
    name = tidy(form.one("new-collection"), MAX_COLLECTION)
    if not name:
        raise Problem(422, "no-name", say("Give it a name first."))
    return name


def _rating(form: Form, say: Speech) -> int:
    rating = form.one("rating")
    if rating not in {"0", "1", "2", "3", "4", "5"}:
        raise Problem(422, "wrong-rating", say("A rating is from 0 to 5."))
    return int(rating)


_DECISIONS: Mapping[str, Callable[[Form, Speech], Values]] = {
    "tag": lambda form, say: {f"tag:{_tag(form, say)}": True},
    "untag": lambda form, say: {f"tag:{_tag(form, say)}": None},
    "public": lambda _form, _say: {"visibility": "public"},
    "private": lambda _form, _say: {"visibility": "private"},
    "trash": lambda _form, _say: {"trashed": True},
    "untrash": lambda _form, _say: {"trashed": False},
    "accept": lambda _form, _say: {"state": "accepted"},
    "decline": lambda _form, _say: {"state": "declined"},
    "rate": lambda form, say: {"rating": _rating(form, say)},
    "names": lambda form, _say: {key: None if key in form.all("shown") else False for key in NAME_PLACES},
    "endorsed": lambda form, _say: {SHOW_ENDORSEMENTS: None if form.one("tell") else False},
    "note": lambda form, _say: {"note": form.one("note")[:MAX_NOTE].replace("\r\n", "\n")},
}


def _told(form: Form, entries: list[Entry], say: Speech) -> str:
    badges = (
        f"“{tidy(entries[0].name, 60)}”"
        if len(entries) == 1
        else say.many("%(number)s badge", "%(number)s badges", len(entries))
    )
    sentences = {
        "tag": say("%(badges)s: tagged %(tag)s", badges=badges, tag=tidy(form.one("tag"), MAX_TAG)),
        "untag": say("%(badges)s: tag %(tag)s taken off", badges=badges, tag=tidy(form.one("tag"), MAX_TAG)),
        "public": say("%(badges)s: shown on your page", badges=badges),
        "private": say("%(badges)s: kept private", badges=badges),
        "trash": say("%(badges)s: moved to the trash", badges=badges),
        "untrash": say("%(badges)s: back in the gallery", badges=badges),
        "accept": say("%(badges)s: accepted", badges=badges),
        "decline": say("%(badges)s: declined", badges=badges),
        "rate": say("%(badges)s: rated", badges=badges),
        "note": say("%(badges)s: note saved", badges=badges),
        "names": say("%(badges)s: where your name is shown is saved", badges=badges),
        "endorsed": say("%(badges)s: what your page tells of others' words is saved", badges=badges),
        "collect": say("%(badges)s: put into the collection", badges=badges),
        "collect-new": say("%(badges)s: put into the collection", badges=badges),
        "uncollect": say("%(badges)s: taken out of the collection", badges=badges),
    }
    return sentences.get(form.one("do"), "")

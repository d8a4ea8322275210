"""What the owner set: folders, identities, notices, language. Kept in settings.toml, in force at once."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from aiohttp import web

from passport.errors import PassportError, SettingsError
from passport.intake.owner import IDENTITY, owner_identities
from passport.settings import Settings
from passport.settings.writing import write_settings
from passport.web.forms import Form, form_of
from passport.web.keeping import kept
from passport.web.live import Live
from passport.web.pages.decisions import answer
from passport.web.pages.folders import short
from passport.web.pages.rendering import PAGES, render, speech_of
from passport.web.parts import PARTS
from passport.web.problems import Problem
from passport.web.publishing import PUBLISHING

KEEP = ("auto", "keyring", "file")
RECHECK = ("gentle", "often", "off")
NOTIFY = ("all", "new", "problems", "none")
MAX_IDENTITIES = 100
MAX_CHECKED_AGAIN = 500


def current(request: web.Request) -> Settings:
    """Return the settings as they were last saved."""
    return request.app[PAGES].settings


async def show_settings(request: web.Request) -> web.Response:
    """Show what can be set."""
    parts, settings = request.app[PARTS], current(request)
    return render(
        request,
        "settings.html",
        settings=settings,
        identities=identities_of(request),
        folders=[(str(folder), short(folder), folder.is_dir()) for folder in settings.watch.folders],
        watching=[short(folder) for folder in parts.control.watching],
        clients=parts.clients.all(),
        keeping=kept(parts),
        places=parts.places,
    )


async def post_settings(request: web.Request) -> web.Response:
    """Save what was filled in."""
    form, say = await form_of(request), speech_of(request)
    changes = _changes(form, current(request))
    before = standing(current(request), changes)
    await save(request, changes)
    return answer(request, form, request.app[PAGES].undo.note(say("Settings saved"), {}, before))


def _changes(form: Form, settings: Settings) -> Mapping[str, object]:
    """Return the keys that a form holds; what it does not ask about stays as it is."""
    asked = form.all("asks")
    changes: dict[str, object] = {}
    if "folders" in asked:
        kept = [folder for folder in form.all("folder") if folder.strip()]
        changes["watch.folders"] = list(dict.fromkeys(kept)) or None
        changes["watch.recursive"] = form.one("recursive") == "on"
    if "notices" in asked:
        changes["notify"] = form.one("notify") if form.one("notify") in NOTIFY else settings.notify
        changes["accept_automatically"] = form.one("accept") == "on"
        if form.one("expiry_days"):
            changes["expiry_days"] = [
                int(n) for n in form.one("expiry_days").replace(",", " ").split() if n.isdecimal()
            ]
    if "again" in asked and form.one("recheck") in RECHECK:
        changes["recheck"] = form.one("recheck")
    if "secrets" in asked:
        changes["secrets.keep"] = form.one("keep") if form.one("keep") in KEEP else None
    if "language" in asked:
        changes["language"] = form.one("language") or None
    return changes


def standing(settings: Settings, names: Iterable[str]) -> Mapping[str, object]:
    """Return what stands in the settings under these names; None: as usual."""
    found: dict[str, object] = {}
    for name in names:
        value: object = settings
        for part in name.split("."):
            value = getattr(value, part)
        found[name] = [str(item) for item in value] or None if isinstance(value, tuple) else value
    return found


def identities_of(request: web.Request) -> tuple[str, ...]:
    """Return all addresses by which the owner is known."""
    return owner_identities(current(request), request.app[PARTS].vault)


async def keep_identities(request: web.Request, wanted: Sequence[str]) -> Mapping[str, object]:
    """Return what to decide of the profile so that these are the owner's addresses; take others out of the settings.

    New ones go into the vault, which is the same on all of the owner's computers.
    """
    settings, before = current(request), identities_of(request)
    kept = [address for address in settings.identities if address in wanted]
    if len(kept) < len(settings.identities):
        await save(request, {"identities": kept})
    added = [address for address in wanted if address not in before]
    gone = [address for address in before if address not in wanted and address not in settings.identities]
    return {f"{IDENTITY}{address}": True for address in added} | {f"{IDENTITY}{address}": None for address in gone}


def check_again(request: web.Request) -> None:
    """Verify again, in the background, the badges that were said to be somebody else's."""
    vault, intake = request.app[PARTS].vault, request.app[PARTS].intake
    waiting = vault.search("verdict:not-yours", limit=MAX_CHECKED_AGAIN).entries

    async def work() -> None:
        for entry in waiting:
            with suppress(PassportError):  # it stays as it is, and can be checked by hand
                await intake.reverify(entry.id, offline=True)

    request.app[PAGES].begin(work())


async def save(request: web.Request, changes: Mapping[str, object]) -> None:
    """Write settings down and let them count at once. Raise Problem for values that are none."""
    pages, parts, say = request.app[PAGES], request.app[PARTS], speech_of(request)
    for folder in _strings(changes.get("watch.folders")):
        if not await asyncio.to_thread(_is_folder, folder):
            raise Problem(422, "no-folder", say("There is no folder %(name)s.", name=folder))
    try:
        pages.settings = await asyncio.to_thread(write_settings, parts.places, changes)
    except SettingsError as error:
        raise Problem.of(error) from error
    await parts.control.apply(pages.settings)
    if any(name == "language" or name.startswith("publish.") for name in changes):
        request.app[PUBLISHING].reconsider()


def _is_folder(name: str) -> bool:
    return Path(name).expanduser().is_dir()


def _strings(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []


async def disconnect(request: web.Request) -> web.Response:
    """Disconnect a browser."""
    form, say, parts = await form_of(request), speech_of(request), request.app[PARTS]
    client = parts.clients.find(form.one("client"))
    if client is None or not parts.clients.revoke(client.id):
        raise Problem(404, "not-found", say("This browser is not connected."))
    parts.clients.begin_putting_away()
    parts.changes.tell_all(Live("client", {"id": client.id, "label": client.label, "connected": False}))
    return answer(request, form, request.app[PAGES].undo.note(say("The browser is disconnected"), {}))

"""My page: where the published passport goes, what it would change, what it holds back, and a look before."""

from __future__ import annotations

import asyncio
import mimetypes
from collections.abc import Mapping
from types import MappingProxyType

from aiohttp import web

from passport.errors import SharingError
from passport.sharing.publishing import Published
from passport.sharing.site.addresses import is_remote
from passport.sharing.site.model import base_address
from passport.sharing.site.places import Key
from passport.speech import LANGUAGES
from passport.vault.model import Entry
from passport.web.api.sharing import refused
from passport.web.forms import Form, form_of
from passport.web.pages.decisions import answer, apply
from passport.web.pages.preferences import current, save, standing
from passport.web.pages.rendering import PAGES, render, speech_of
from passport.web.parts import PARTS
from passport.web.publishing import PUBLISHING

NAMES = MappingProxyType({"en": "English", "fi": "Suomi"})
"""Of the languages that the page may have."""
SET_UP = ("publish.target", "publish.base_url", "publish.user", "publish.language", "publish.automatic")
"""What the page's form sets, by the names of the settings."""
OURS = frozenset({"text/html", "text/css", "text/javascript", "font/woff2", "image/jpeg", "image/png", "text/plain"})
"""Kinds of files that we write ourselves; what issuers wrote is never shown as a page of the gallery's origin."""
PREVIEW_POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; script-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
CAGE = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


async def show_page(request: web.Request) -> web.Response:
    """Show how things are."""
    return await _shown(request, None)


async def change_page(request: web.Request) -> web.Response:
    """Save where it goes, look what would change, publish, or agree to show an original."""
    form, say = await form_of(request), speech_of(request)
    what = form.one("do")
    if what == "consent":
        subject = f"badge:{form.one('id')}"
        agreed = form.one("agree") == "on"
        text = say("The original may be shown") if agreed else say("The original is held back")
        return answer(request, form, apply(request, {subject: {"show-original": True if agreed else None}}, text))
    if what == "save":
        before = standing(current(request), SET_UP)
        await _save(request, form)
        return answer(request, form, request.app[PAGES].undo.note(say("Your page is set up"), {}, before))
    try:
        done = await request.app[PUBLISHING].publish(dry_run=what != "publish")
    except SharingError as error:
        raise refused(error) from error
    return await _shown(request, done)


async def _save(request: web.Request, form: Form) -> None:
    target, address, user = (form.one(name).strip() or None for name in ("target", "base_url", "user"))
    publishing = request.app[PUBLISHING]
    try:
        base = base_address(address) if address else None
        changes = {
            "publish.target": target,
            "publish.base_url": base,
            "publish.user": user if target and is_remote(target) else None,
            "publish.language": form.one("language") if form.one("language") in LANGUAGES else None,
            "publish.automatic": form.one("automatic") == "on",
        }
        await save(request, changes)
        if target and user and form.one("password"):
            await publishing.remember(target, Key(user, form.one("password")))
    except SharingError as error:
        raise refused(error) from error


async def _shown(request: web.Request, done: Published | None) -> web.Response:
    publishing = request.app[PUBLISHING]
    gatherer = publishing.gatherer()
    entries = await asyncio.to_thread(gatherer.public)
    held = await asyncio.to_thread(_held, request, entries)
    return render(
        request,
        "published.html",
        settings=current(request).publish,
        last=publishing.last,
        base_url=publishing.base_url,
        public=len(entries),
        held=held,
        done=done,
        languages=NAMES,
        language=current(request).publish.language or _usual(request),
    )


def _usual(request: web.Request) -> str:
    """Return the owner's language, where the page can be in it; else English."""
    language = speech_of(request).locale.language
    return language if language in LANGUAGES else "en"


def _held(request: web.Request, entries: list[Entry]) -> list[tuple[Entry, str, bool]]:
    """Return the public badges whose original gives something away: what, and whether the owner agreed."""
    gatherer, vault = request.app[PUBLISHING].gatherer(), request.app[PARTS].vault
    found = []
    for entry in entries[:500]:
        why = gatherer.exposed(entry)
        if why is not None:
            found.append((entry, why.explanation, vault.state(entry.subject).get("show-original") is True))
    return found


async def show_preview(request: web.Request) -> web.Response:
    """Show the site as it would be published."""
    files = await _files(request)
    path = request.match_info["path"]
    path = f"{path}index.html" if not path or path.endswith("/") else path
    if path not in files:
        raise web.HTTPNotFound
    try:
        content = await asyncio.to_thread(files.__getitem__, path)
    except (SharingError, OSError) as error:
        raise web.HTTPNotFound from error
    kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
    rosette = path.startswith("assets/") and path.endswith(".svg")
    headers = {"Content-Security-Policy": PREVIEW_POLICY if kind in OURS else CAGE, "Cache-Control": "no-store"}
    if kind not in OURS and not rosette and kind != "image/svg+xml":
        headers["Content-Disposition"] = "attachment"
    return web.Response(body=content, headers={**headers, "Content-Type": kind})


async def _files(request: web.Request) -> Mapping[str, bytes]:
    """Return the files of the preview; they are made anew with each first page, and kept for what belongs to it."""
    publishing = request.app[PUBLISHING]
    if publishing.previewed is None or request.match_info["path"] in {"", "index.html"}:
        try:
            publishing.previewed = await publishing.publisher.preview(publishing.gatherer())
        except SharingError as error:
            raise refused(error) from error
    return publishing.previewed

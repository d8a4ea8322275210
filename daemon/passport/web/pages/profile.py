"""Who the owner is: name, picture, about, links, and the addresses by which issuers know them."""

from __future__ import annotations

import base64
import hashlib

from aiohttp import web

from passport.errors import WorkerError
from passport.web.forms import Form, form_of
from passport.web.pages.decisions import answer, apply
from passport.web.pages.formats import is_web, tidy
from passport.web.pages.pictures import IMAGE_POLICY
from passport.web.pages.preferences import MAX_IDENTITIES, check_again, identities_of, keep_identities
from passport.web.pages.rendering import render, speech_of
from passport.web.pages.statics import FOREVER
from passport.web.parts import PARTS
from passport.web.problems import Problem

SUBJECT = "profile"
"""Keys: `name`, `headline`, `about` (Markdown), `links` (a list of `{name, url}`), `languages` (text), `picture` (a
`data:` URI of a PNG of at most PICTURE_SIZE)."""
PICTURE_SIZE = 320
MAX_ABOUT = 8_000
MAX_LINKS = 20


async def show_profile(request: web.Request) -> web.Response:
    """Show the profile to its owner."""
    state = request.app[PARTS].vault.state(SUBJECT)
    return render(
        request,
        "profile.html",
        state={key: state.get(key) or "" for key in ("name", "headline", "about", "languages")},
        links=_links(state.get("links")),
        picture=_digest(state.get("picture")),
        identities=identities_of(request),
        has_badges=request.app[PARTS].vault.search("verdict:not-yours", limit=1).total,
    )


async def post_profile(request: web.Request) -> web.Response:
    """Save the profile, and the identities among the settings."""
    form, say = await form_of(request), speech_of(request)
    addresses = [a for line in form.all("identity") if (a := tidy(line, 300))]
    identities = await keep_identities(request, list(dict.fromkeys(addresses))[:MAX_IDENTITIES])
    values = {**_texts(form), **await _picture(request, form), **identities}
    done = apply(request, {SUBJECT: values}, say("Profile saved"))
    if identities:
        check_again(request)
    return answer(request, form, done)


async def show_picture(request: web.Request) -> web.Response:
    """Serve the owner's picture."""
    uri = request.app[PARTS].vault.state(SUBJECT).get("picture")
    if not isinstance(uri, str) or _digest(uri) != request.match_info["digest"]:
        raise web.HTTPNotFound
    headers = {"Cache-Control": FOREVER, "Content-Security-Policy": IMAGE_POLICY}
    return web.Response(body=base64.b64decode(uri.partition(",")[2]), content_type="image/png", headers=headers)


def _texts(form: Form) -> dict[str, object]:
    names, urls = form.all("link-name"), form.all("link-url")
    links = [{"name": tidy(n, 80), "url": u.strip()} for n, u in zip(names, urls, strict=False) if is_web(u.strip())]
    return {
        "name": tidy(form.one("name"), 120) or None,
        "headline": tidy(form.one("headline"), 200) or None,
        "about": form.one("about")[:MAX_ABOUT].replace("\r\n", "\n") or None,
        "languages": tidy(form.one("languages"), 200) or None,
        "links": links[:MAX_LINKS] or None,
    }


async def _picture(request: web.Request, form: Form) -> dict[str, object]:
    if form.one("no-picture"):
        return {"picture": None}
    if not form.files:
        return {}
    try:
        drawn = await request.app[PARTS].workers.thumbnail(form.files[0].body, PICTURE_SIZE)
    except WorkerError:
        drawn = None
    if drawn is None:
        raise Problem(422, "no-picture", "This file is no picture that can be shown.")
    return {"picture": f"data:image/png;base64,{base64.b64encode(drawn).decode()}"}


def _links(value: object) -> list[tuple[str, str]]:
    found = value if isinstance(value, list) else []
    return [(str(link.get("name", "")), str(link.get("url", ""))) for link in found if isinstance(link, dict)]


def _digest(picture: object) -> str:
    return hashlib.sha256(picture.encode()).hexdigest()[:16] if isinstance(picture, str) and picture else ""

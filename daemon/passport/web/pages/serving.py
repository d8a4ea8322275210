"""Files of the program's own: style sheets, scripts, fonts, rosettes; and the switch between day and night."""

from __future__ import annotations

import asyncio
import gzip
from pathlib import Path

from aiohttp import web

from passport.look.rosette import Rosette, svg
from passport.sharing.engraving import SHAPES, engraved
from passport.sharing.keeping import keep, read_kept
from passport.web.forms import form_of
from passport.web.pages.decisions import inside
from passport.web.pages.frame import THEME_COOKIE, THEMES
from passport.web.pages.rendering import PAGES
from passport.web.pages.statics import FOREVER
from passport.web.parts import PARTS

_YEAR_S = 365 * 86_400


async def get_static(request: web.Request) -> web.Response:
    """Serve one file."""
    found = request.app[PAGES].statics.find(request.match_info["path"])
    if found is None:
        raise web.HTTPNotFound
    static, for_ever = found
    headers = {"Cache-Control": FOREVER if for_ever else "no-cache", "Content-Type": _typed(static.media_type)}
    return web.Response(body=static.body, headers=headers)


async def get_rosette(request: web.Request) -> web.Response:
    """Serve a rosette: the same name always draws the same one."""
    rosette = Rosette.named(request.match_info["name"])
    if rosette is None:
        raise web.HTTPNotFound
    headers = {"Cache-Control": FOREVER, "Content-Type": "image/svg+xml"}
    body = svg(rosette).encode()
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        headers["Content-Encoding"] = "gzip"
        body = gzip.compress(body, 3)
    return web.Response(body=body, headers=headers)


async def get_engraved(request: web.Request) -> web.Response:
    """Serve a rosette as a picture, for pages that show many; drawn once."""
    rosette, shape = Rosette.named(request.match_info["name"]), request.match_info["shape"]
    if rosette is None or shape not in SHAPES:
        raise web.HTTPNotFound
    kept = request.app[PARTS].places.state / "thumbnails" / "rosettes" / f"{rosette.name}-{shape}.png"
    body = await asyncio.to_thread(_drawn_once, kept, rosette, shape)
    return web.Response(body=body, content_type="image/png", headers={"Cache-Control": FOREVER})


def _drawn_once(kept: Path, rosette: Rosette, shape: str) -> bytes:
    drawn = read_kept(kept)
    if drawn is None:
        drawn = engraved(rosette, shape)
        keep(kept, drawn)
    return drawn


async def post_theme(request: web.Request) -> web.Response:
    """Remember day or night for this browser; anything else follows the computer again."""
    form = await form_of(request)
    response = web.Response(status=303, headers={"Location": inside(form.one("next"))})
    theme = form.one("theme")
    if theme in THEMES:
        response.set_cookie(THEME_COOKIE, theme, path="/", samesite="Strict", max_age=_YEAR_S)
    else:
        response.del_cookie(THEME_COOKIE, path="/")
    return response


def _typed(media_type: str) -> str:
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type

"""From the address that works once to a signed-in browser."""

from __future__ import annotations

import re
from urllib.parse import quote

from aiohttp import web

from passport.web.live import stream
from passport.web.parts import PARTS, Parts
from passport.web.problems import Problem
from passport.web.session import SESSION_IDLE, cookie_name

PLACE = re.compile(r"/(?!/)[A-Za-z0-9/_.~?=&-]{0,200}", re.ASCII)
"""A page of our own; never another host (`//host`, `/\\host`)."""


def launch_address(parts: Parts, place: str = "/") -> str:
    """Return an address that signs one browser in, once, and shows a page."""
    then = f"&next={quote(place)}" if place != "/" else ""
    return f"{parts.address}/open?ticket={parts.sessions.issue_ticket()}{then}"


async def open_gallery(request: web.Request) -> web.Response:
    """Swap the ticket for a cookie and go to the gallery: a plain GET, no script (design: Contract)."""
    parts = request.app[PARTS]
    if "prefetch" in request.headers.get("Sec-Purpose", "") or request.headers.get("Purpose") == "prefetch":
        raise Problem(403, "prefetch", "This address is not for looking ahead.")  # it would burn the ticket
    cookie = parts.sessions.redeem(request.query.get("ticket", ""))
    if cookie is None:
        raise Problem(403, "used-ticket", "This address worked once, or is too old.")
    place = request.query.get("next", "/")
    response = web.Response(status=303, headers={"Location": place if PLACE.fullmatch(place) else "/"})
    response.set_cookie(
        cookie_name(parts.port),
        cookie,
        path="/",
        httponly=True,
        samesite="Strict",
        max_age=int(SESSION_IDLE.total_seconds()),
    )
    return response


async def show_events(request: web.Request) -> web.StreamResponse:
    """Stream what changes to a page of the gallery."""
    return await stream(request, request.app[PARTS].changes)

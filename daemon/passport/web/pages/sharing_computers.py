"""The page “Computers”: which ones share this passport, how that stands, and the buttons of `badge-passport vault`."""

from __future__ import annotations

import asyncio
from pathlib import Path

from aiohttp import web

from passport.errors import PassportError
from passport.web.api.computers import carrying, refused, standing, told
from passport.web.forms import form_of
from passport.web.pages.decisions import answer
from passport.web.pages.rendering import PAGES, render, speech_of
from passport.web.parts import PARTS


async def show_computers(request: web.Request) -> web.Response:
    """Show the page."""
    parts = request.app[PARTS]
    found = await asyncio.to_thread(standing, parts)
    strange = sum(found.waiting.get(why, 0) for why in ("forged", "unsigned", "unknown"))
    can_carry = parts.carrying is not None
    return render(request, "computers.html", standing=found, strange=strange, can_carry=can_carry)


async def post_computers(request: web.Request) -> web.Response:
    """Do what a button says."""
    form, parts, say = await form_of(request), request.app[PARTS], speech_of(request)
    device, what = form.one("device"), form.one("do")
    computers = parts.vault.computers
    said = say("Done")
    if what == "confirm":
        peer = await told(lambda: computers.confirm(form.one("code")))
        said = say("%(name)s shares this passport now", name=peer.name)
    elif what == "revoke":
        await told(lambda: computers.revoke(device))
        said = say("The computer is taken out")
    elif what == "rename":
        await told(lambda: computers.rename(device, form.one("name")))
    elif what in {"move", "join", "give-up"}:
        await _carry(request, what, form.one("folder").strip())
    return answer(request, form, request.app[PAGES].undo.note(said, {}), "/computers")


async def _carry(request: web.Request, what: str, text: str) -> None:
    part = carrying(request.app[PARTS])
    folder = await asyncio.to_thread(Path(text).expanduser)
    try:
        if what == "move":
            await part.move(folder)
        elif what == "join":
            await part.join(folder)
        else:
            await part.give_up()
    except PassportError as error:
        raise refused(error) from error

"""Taking badges in by hand: files chosen or dropped, addresses and statements pasted; with progress."""

from __future__ import annotations

from aiohttp import web

from passport.web.forms import form_of
from passport.web.pages.cards import Card
from passport.web.pages.pasting import pasted
from passport.web.pages.rendering import PAGES, draw, render, speech_of, wants_part
from passport.web.pages.runs import Wanted
from passport.web.parts import PARTS
from passport.web.problems import Problem


async def show_add(request: web.Request) -> web.Response:
    """Show where files and addresses go."""
    return render(request, "add.html", run=None)


async def post_add(request: web.Request) -> web.Response:
    """Begin to take in what was handed over (or go on with a run) and show how far it is."""
    form, say, parts, runs = await form_of(request), speech_of(request), request.app[PARTS], request.app[PAGES].runs
    wanted = [Wanted(upload.name or "badge", upload.body) for upload in form.files]
    wanted += pasted(form.one("addresses"), say)
    if not wanted:
        raise Problem(422, "nothing-handed-in", say("Choose a file, or paste an address or the text of a badge first."))
    run = runs.find(form.one("run")) or runs.begin()
    for item in wanted:
        run.add(item)
    run.work(parts.intake, parts.clock)
    where = f"/add/{run.id}"
    if "application/json" in request.headers.get("Accept", ""):
        return web.json_response({"go": where, "run": run.id})
    return web.Response(status=303, headers={"Location": where})


async def show_run(request: web.Request) -> web.Response:
    """Show how far a run is, or what it brought."""
    run = request.app[PAGES].runs.find(request.match_info["run"])
    if run is None:
        raise web.HTTPNotFound
    context = {"run": run, "lines": [(line, _card(request, line.entry_id)) for line in run.lines]}
    if wants_part(request):
        text = draw(request, "part/run.html", **context)
        return web.Response(text=text, content_type="text/html", headers={"Vary": "Part"})
    return render(request, "add.html", **context)


def _card(request: web.Request, entry_id: str | None) -> Card | None:
    entry = request.app[PARTS].vault.entry(entry_id) if entry_id else None
    return Card.of(entry) if entry else None

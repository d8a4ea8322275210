"""The first run: three steps that can be skipped; and samples to play with."""

from __future__ import annotations

from aiohttp import web

from passport.look.rosette import Rosette
from passport.vault.model import Origin
from passport.web.forms import form_of
from passport.web.keeping import kept
from passport.web.pages.decisions import answer, apply
from passport.web.pages.folders import folder_names, short
from passport.web.pages.formats import tidy
from passport.web.pages.preferences import check_again, current, identities_of, keep_identities, save, standing
from passport.web.pages.rendering import PAGES, render, speech_of
from passport.web.pages.undo import Done
from passport.web.parts import PARTS
from passport.web.problems import Problem
from passport.web.samples import sample_badges

STEPS = 3


async def show_welcome(request: web.Request) -> web.Response:
    """Show one of the three steps."""
    parts, asked = request.app[PARTS], request.query.get("step", "1")
    step = int(asked) if asked in {"1", "2", "3"} else 1
    settings = current(request)
    return render(
        request,
        "welcome.html",
        step=step,
        steps=STEPS,
        identities=identities_of(request),
        folders=[str(folder) for folder in settings.watch.folders],
        watching=[short(folder) for folder in parts.control.watching],
        own_rosette=Rosette.of("this passport").name,
        folder_names=folder_names(settings),
        code=parts.codes.issue() if step == STEPS else None,
        clients=parts.clients.all(),
        keeping=kept(parts),
    )


async def post_welcome(request: web.Request) -> web.Response:
    """Save a step and go to the next."""
    form, say = await form_of(request), speech_of(request)
    step = int(form.one("step")) if form.one("step") in {"1", "2", "3"} else 1
    done = Done("", {})
    if step == 1:
        folders = [folder for line in form.all("folder") if (folder := line.strip())]
        before = standing(current(request), ["watch.folders"])
        await save(request, {"watch.folders": folders or None})
        done = request.app[PAGES].undo.note(say("Saved"), {}, before)
    elif step == 2:
        lines = [a for line in form.all("identity") for part in line.split() if (a := tidy(part, 300))]
        values = await keep_identities(request, list(dict.fromkeys(lines)))
        if values:
            done = apply(request, {"profile": values}, say("Saved"))
            check_again(request)
    following = f"/welcome?step={step + 1}" if step < STEPS else "/"
    return answer(request, form, done, where=following)


async def put_samples(request: web.Request) -> web.Response:
    """Put the sample badges in; they are verified like any other."""
    form, say, parts = await form_of(request), speech_of(request), request.app[PARTS]
    recipient = next((address for address in identities_of(request) if "@" in address), None)
    badges = sample_badges(parts.clock(), recipient)
    taken = 0
    for name, file in badges:
        origin = Origin(kind="import", detail=say("a sample of this program"))
        taken += len(await parts.intake.take(file, origin=origin, name=name))
    if not taken:
        raise Problem(422, "no-samples", say("The samples could not be taken in."))
    done = request.app[PAGES].undo.note(say("Three sample badges are in your passport"), {})
    return answer(request, form, done, where="/")

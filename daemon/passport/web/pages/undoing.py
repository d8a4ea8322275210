"""Taking back what was just done: decisions of badges, collections, goals and the profile, and settings."""

from __future__ import annotations

from aiohttp import web

from passport.web.forms import form_of
from passport.web.pages.decisions import answer
from passport.web.pages.preferences import save
from passport.web.pages.rendering import PAGES, speech_of
from passport.web.parts import PARTS
from passport.web.problems import Problem


async def undo(request: web.Request) -> web.Response:
    """Take a change back: the one that is named, else the last."""
    form, say, log = await form_of(request), speech_of(request), request.app[PAGES].undo
    newest = log.newest()
    token = form.one("token") or (newest.token if newest else "")
    done = log.take(token)
    if done is None:
        raise Problem(404, "nothing-to-undo", say("There is nothing left to undo."))
    if done.settings:
        await save(request, done.settings)
    if done.before:
        request.app[PARTS].vault.decide_all(done.before)
    say = speech_of(request)  # the language may have been what was taken back
    return answer(request, form, log.note(say("Undone: %(what)s", what=done.text), {}))

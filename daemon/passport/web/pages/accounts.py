"""The owner's accounts at networks: connecting, looking whether they still count, letting them go."""

from __future__ import annotations

import logging

from aiohttp import web

from passport.errors import KeychainError, PassportError, SharingError
from passport.sharing.accounts.model import Account
from passport.web.forms import Form, form_of
from passport.web.pages.decisions import answer
from passport.web.pages.rendering import PAGES, render, speech_of
from passport.web.parts import PARTS

BACK = "/accounts/back"
"""Where a Mastodon server leads the browser back to. It is public: the cookie of a session does not come along from
another site; `state` is the proof, and nothing is shown there."""
MAX_FIELD = 400


async def show_accounts(request: web.Request) -> web.Response:
    """Show them."""
    return page(request)


async def connect_mastodon(request: web.Request) -> web.Response:
    """Make ourselves known to the server, and show the way there."""
    form, parts = await form_of(request), request.app[PARTS]
    server = form.one("server")[:MAX_FIELD]
    try:
        address = await parts.posting.connecting.begin_mastodon(server, f"{parts.address}{BACK}")
    except (SharingError, KeychainError) as error:
        return page(request, problem=error, form=form)
    # not a redirect: `form-action 'self'` would stop it, and the owner should see where it leads
    return render(request, "connecting.html", address=address, server=parts.posting.connecting.server_of(server))


async def come_back(request: web.Request) -> web.Response:
    """Take what the server sends back through the browser."""
    query = request.query
    problem: PassportError | None = None
    account: Account | None = None
    try:
        account = await request.app[PARTS].posting.connecting.end_mastodon(
            state=query.get("state", "")[:MAX_FIELD],
            code=query.get("code", "")[:2000],
            error=query.get("error", "")[:MAX_FIELD],
        )
    except (SharingError, KeychainError) as error:
        logging.getLogger(__name__).info("An account was not connected: %s", error)
        problem = error
    response = render(request, "back.html", problem=problem, account=account)
    response.headers["Referrer-Policy"] = "no-referrer"  # the address holds a code, even if it is a used one
    return response


async def connect_bluesky(request: web.Request) -> web.Response:
    """Connect with an app password."""
    form, say, connecting = await form_of(request), speech_of(request), request.app[PARTS].posting.connecting
    try:
        account = await connecting.connect_bluesky(
            form.one("handle")[:MAX_FIELD], form.one("password")[:MAX_FIELD], form.one("server")[:MAX_FIELD]
        )
    except (SharingError, KeychainError) as error:
        return page(request, problem=error, form=form)
    done = request.app[PAGES].undo.note(say("%(handle)s is connected", handle=account.handle), {})
    return answer(request, form, done, "/accounts")


async def post_account(request: web.Request) -> web.Response:
    """Do what the button says: look whether the account still counts, or let it go."""
    form, say, connecting = await form_of(request), speech_of(request), request.app[PARTS].posting.connecting
    try:
        if form.one("do") == "disconnect":
            left = await connecting.disconnect(form.one("account"))
            text = (
                say("The account is disconnected. %(left)s", left=left) if left else say("The account is disconnected")
            )
        else:
            account = await connecting.check(form.one("account"))
            text = say("%(handle)s answers: all is well", handle=account.handle)
    except (SharingError, KeychainError) as error:
        return page(request, problem=error)
    return answer(request, form, request.app[PAGES].undo.note(text, {}), "/accounts")


def page(request: web.Request, problem: PassportError | None = None, form: Form | None = None) -> web.Response:
    """Show the page; what was typed stays, but for a password."""
    typed = {name: form.one(name) if form else "" for name in ("server", "handle")}
    try:
        accounts = request.app[PARTS].posting.book.all()
    except SharingError as error:
        accounts, problem = (), problem or error
    response = render(request, "accounts.html", accounts=accounts, problem=problem, typed=typed)
    if problem is not None:
        response.set_status(422)
    return response

"""No error leaves without a sentence: what the guard makes of whatever a handler raises."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import pytest
from aiohttp import web
from tests.web.served import Served

from passport.errors import IntakeError, VaultError
from passport.web import guard
from passport.web.listening import bind, listening
from passport.web.pages.rendering import PAGES
from passport.web.parts import PARTS
from passport.web.problems import Problem
from passport.web.routing import ROUTES, Route, Scope

RAISED: dict[str, Callable[[], Exception]] = {
    "problem": lambda: Problem(
        409, "there-is-one", "There is one already.", remedy="Take that.", headers={"Retry-After": "7"}
    ),
    "intake": lambda: IntakeError("The file is broken."),
    "vault": lambda: VaultError("The disk is full."),
    "missing": web.HTTPNotFound,
    "bad": web.HTTPBadRequest,
    "length": lambda: web.HTTPRequestEntityTooLarge(1, 2),
    "moved": lambda: web.HTTPSeeOther("/elsewhere"),
    "bug": lambda: RuntimeError("secret detail"),
}


@pytest.fixture
async def raising(served: Served) -> AsyncIterator[Served]:
    """A server behind the guard on which `/api/NAME` and `/page/NAME` raise what stands in RAISED."""

    async def handler(request: web.Request) -> web.Response:
        error = RAISED[request.match_info["name"]]()
        raise error

    listener = bind(0)
    port = listener.getsockname()[1]
    app = web.Application(middlewares=[guard.guard])
    app.on_response_prepare.append(guard.add_headers)
    app[PARTS], app[PAGES] = replace(served.parts, port=port), served.app[PAGES]
    paths = ("/api/{name}", "/page/{name}")
    app[ROUTES] = {
        app.router.add_get(path, handler): Route(method="GET", path=path, handler=handler, scope=Scope.PUBLIC)
        for path in paths
    }
    async with listening(app, listener):
        yield Served(port, app[PARTS], app)


@pytest.mark.parametrize(
    ("name", "status", "code"),
    [
        ("problem", 409, "there-is-one"),
        ("missing", 404, "not-found"),
        ("bad", 400, "bad-request"),
        ("length", 413, "request-entity-too-large"),
        ("bug", 500, "internal"),
    ],
)
async def test_a_program_is_told_what_went_wrong(raising: Served, name: str, status: int, code: str) -> None:
    answer = await raising.ask("GET", f"/api/{name}")
    assert (answer.status, answer.code) == (status, code)
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert answer.json["detail"].endswith(".")
    assert answer.headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize(("name", "status"), [("intake", 422), ("vault", 503)])
async def test_our_own_errors_are_told_in_their_own_words(raising: Served, name: str, status: int) -> None:
    answer = await raising.ask("GET", f"/api/{name}")
    assert (answer.status, answer.json["detail"]) == (status, str(RAISED[name]()))


async def test_what_goes_with_a_problem_goes_along(raising: Served) -> None:
    answer = await raising.ask("GET", "/api/problem")
    assert answer.headers["retry-after"] == "7"
    assert answer.json["remedy"] == "Take that."


@pytest.mark.parametrize("name", [name for name in RAISED if name != "moved"])
async def test_people_get_a_page_and_the_scripts_of_a_page_a_sentence(raising: Served, name: str) -> None:
    page = await raising.ask("GET", f"/page/{name}", {"Accept": "text/html"})
    script = await raising.ask("GET", f"/page/{name}", {"Accept": "application/json"})
    assert page.headers["content-type"].startswith("text/html")
    assert script.headers["content-type"].startswith("application/problem+json")
    assert page.status == script.status >= 400


async def test_a_redirect_is_no_error(raising: Served) -> None:
    answer = await raising.ask("GET", "/page/moved")
    assert (answer.status, answer.headers["location"]) == (303, "/elsewhere")


@pytest.mark.parametrize("path", ["/api/bug", "/page/bug"])
async def test_a_fault_of_the_program_tells_nothing_of_its_inside(
    raising: Served, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    answer = await raising.ask("GET", path)
    assert answer.status == 500
    assert b"secret" not in answer.body
    assert "secret detail" in caplog.text

"""The guard looks at every route there is, and each of its checks is what stops an attack (2.1, 2.2; goal G7).

The checks are called here as `guard.admit` calls them, all but one; that this is the same guard is a test, too.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from aiohttp import web
from tests.web.served import Served
from tests.web.served import passport as served_passport
from tests.web.test_web_guard import EXTENSION, STREAMS, foreign_cases, routes_of, target_of

from passport.web import guard
from passport.web.app import ALL_ROUTES
from passport.web.callers import CALLER, read_body, recognise
from passport.web.listening import bind, listening
from passport.web.parts import PARTS
from passport.web.problems import Problem
from passport.web.routing import ROUTES, Scope

EVIL = "http://evil.example"


@pytest.fixture
async def served(tmp_path) -> AsyncIterator[Served]:
    async with served_passport(tmp_path / "home") as running:
        yield running


async def admit_without(off: str, request: web.Request) -> None:
    """Do what `guard.admit` does, but for one check."""
    parts, route = request.app[PARTS], request.app[ROUTES][request.match_info.route]
    early: dict[str, Callable[[], None]] = {
        "target": lambda: guard.check_target(request),
        "host": lambda: guard.check_host(request, parts),
        "method": lambda: guard.check_method(request),
        "site": lambda: guard.check_site(request, route),
        "origin": lambda: guard.check_origin(request, parts),
    }
    for name, check in early.items():
        if name != off:
            check()
    caller = await recognise(request, parts, route.max_body)
    request[CALLER] = caller
    if off != "scope":
        guard.check_scope(parts, route, caller)
    if request.method != "GET":
        if off != "type":
            guard.check_type(request, route)
        await read_body(request, route.max_body if off != "length" else 1 << 30)
        if off != "csrf":
            await guard.check_csrf(request, route, caller)


@asynccontextmanager
async def guarded(parts, off: str) -> AsyncIterator[Served]:
    """Serve all routes with a guard that lacks a check; handlers only say that they were reached."""

    @web.middleware
    async def middleware(request: web.Request, handler: Callable[[web.Request], Awaitable[web.Response]]):
        try:
            await admit_without(off, request)
        except Problem as problem:
            return web.Response(status=problem.details.status)
        return await handler(request)

    async def reached(_request: web.Request) -> web.Response:
        return web.Response(text="reached")

    listener = bind(0)
    port = listener.getsockname()[1]
    app = web.Application(middlewares=[middleware], client_max_size=1 << 31)
    app[PARTS] = replace(parts, port=port)
    app[ROUTES] = {app.router.add_route(route.method, route.path, reached): route for route in ALL_ROUTES}
    async with listening(app, listener):
        yield Served(port, app[PARTS], app)


Attack = Callable[[Served], Awaitable[int]]


async def rebinding(at: Served) -> int:
    return (await at.ask("GET", "/api/v1/badges", {"Host": f"evil.example:{at.port}", **at.owner})).status


async def absolute(at: Served) -> int:
    return (await at.ask("GET", f"http://127.0.0.1:{at.port}/api/v1/badges", at.owner)).status


async def picture_of_another_site(at: Served) -> int:
    said = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}
    return (await at.ask("GET", "/skills.json", {**await cookie(at), **said})).status


async def page_of_another_site(at: Served) -> int:
    return (await at.ask("GET", "/api/v1/badges", {"Origin": EVIL, **at.owner})).status


async def nobody(at: Served) -> int:
    return (await at.ask("GET", "/api/v1/badges")).status


async def browser_that_wants_more(at: Served) -> int:
    return (await at.ask("POST", "/api/v1/shutdown", {**await at.sign_in(), "Content-Type": "application/json"})).status


async def form_of_another_site(at: Served) -> int:
    headers = {**at.owner, "Content-Type": "text/plain"}
    return (await at.ask("POST", "/api/v1/badges/lookup", headers, b'{"sha256":[]}')).status


async def forged_form(at: Served) -> int:
    headers = {**await cookie(at), "Content-Type": "application/x-www-form-urlencoded"}
    return (await at.ask("POST", "/trash", headers, b"sure=on")).status


async def giant(at: Served) -> int:
    headers = {**at.owner, "Content-Type": "application/json"}
    return (await at.ask("POST", "/api/v1/badges/lookup", headers, b" " * ((1 << 20) + 1))).status


async def cookie(at: Served) -> dict[str, str]:
    return {"Cookie": (await at.sign_in())["Cookie"]}


ATTACKS: list[tuple[str, Attack]] = [
    ("host", rebinding),
    ("target", absolute),
    ("site", picture_of_another_site),
    ("origin", page_of_another_site),
    ("scope", nobody),
    ("scope", browser_that_wants_more),
    ("type", form_of_another_site),
    ("csrf", forged_form),
    ("length", giant),
]


@pytest.mark.parametrize(
    ("off", "attack"), ATTACKS, ids=lambda value: value if isinstance(value, str) else value.__name__
)
async def test_each_check_stops_an_attack_that_nothing_else_stops(served: Served, off: str, attack: Attack) -> None:
    async with guarded(served.parts, "nothing") as whole:
        assert await attack(whole) >= 400
    async with guarded(served.parts, off) as lacking:
        assert await attack(lacking) == 200


async def test_the_guard_that_is_tried_is_the_one_that_is_used(served: Served) -> None:
    """Every route and every foreign header: the same answers."""
    cases = list(foreign_cases(served.port))[::5]
    async with guarded(served.parts, "nothing") as whole:
        for route in routes_of(served)[::7]:
            body = b"{}" if route.method != "GET" else b""
            for headers, _ in cases:
                given = dict(headers)
                elsewhere = {name: value.replace(str(served.port), str(whole.port)) for name, value in given.items()}
                more = {**served.owner, "Content-Type": route.types[0]}
                one = await served.ask(route.method, target_of(route), given | more, body, host=False)
                other = await whole.ask(route.method, target_of(route), elsewhere | more, body, host=False)
                assert one.status == other.status, (route.path, headers)


async def test_every_route_of_the_router_is_guarded(served: Served) -> None:
    """Also one that was added without the list: it would have no entry, and be refused to strangers."""
    routes = {route for route in served.app.router.routes() if route.method != "HEAD"}
    assert routes == set(served.app[ROUTES])
    assert {(route.method, route.path) for route in served.app[ROUTES].values()} == {
        (route.method, route.path) for route in ALL_ROUTES
    }
    assert len(ALL_ROUTES) == len({(route.method, route.path) for route in ALL_ROUTES})


async def test_streams_are_refused_to_strangers_as_well(served: Served) -> None:
    for path in STREAMS:
        assert (await served.ask("GET", path)).status == 401
        for headers, status in foreign_cases(served.port):
            pairs = [*dict(headers).items(), *served.owner.items()]
            answer = await served.ask("GET", path, pairs, host=False)
            assert answer.status in {status, 421} if status == 400 else answer.status == status, headers


async def test_what_may_come_from_elsewhere_may_only_be_walked_to(served: Served) -> None:
    """The way back from a network: a navigation of the whole window, nothing else."""
    routes = [route for route in served.app[ROUTES].values() if route.from_elsewhere]
    assert [route.path for route in routes] == ["/accounts/back"] or len(routes) == 1
    walking = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    for route in routes:
        assert (await served.ask("GET", route.path, walking)).status not in {403, 421}
        for name, value in (("Sec-Fetch-Dest", "iframe"), ("Sec-Fetch-Dest", "image"), ("Sec-Fetch-Mode", "no-cors")):
            assert (await served.ask("GET", route.path, walking | {name: value})).status == 403
        for more in ({"Host": "evil.example"}, {"Origin": EVIL}, {"Origin": "null"}, {"Origin": EXTENSION}):
            assert (await served.ask("GET", route.path, walking | more)).status in {403, 421}


async def test_what_needs_no_key_is_a_short_list(served: Served) -> None:
    """A new public route is a decision, not an accident."""
    public = {(route.method, route.path) for route in ALL_ROUTES if route.scope is Scope.PUBLIC}
    pages = {path for _, path in public if not path.startswith("/api/")}
    assert pages == {"/open", "/static/{path:.+}", *(r.path for r in ALL_ROUTES if r.from_elsewhere)}
    assert {path for _, path in public if path.startswith("/api/")} == {
        f"/api/v1/{name}" for name in ("ping", "hello", "openapi.json", "pair")
    }

"""The app, and the one list of routes."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web

from passport.web import signing_in
from passport.web.api import connecting
from passport.web.guard import add_headers, guard
from passport.web.parts import PARTS, Parts
from passport.web.routing import MAX_UPLOAD_BYTES, ROUTES, Handler, Operation, Route, Scope

PUBLIC, EXTENSION, GALLERY, OWNER = Scope.PUBLIC, Scope.EXTENSION, Scope.GALLERY, Scope.OWNER


def page(path: str, handler: Handler, scope: Scope = GALLERY, *, from_elsewhere: bool = False) -> Route:
    """List a page that people see."""
    return Route(method="GET", path=path, handler=handler, scope=scope, from_elsewhere=from_elsewhere)


def api(method: str, path: str, handler: Handler, scope: Scope, operation: Operation) -> Route:
    """List an operation of the API, with its description."""
    types = ("application/octet-stream",) if operation.upload else ("application/json",)
    max_body = MAX_UPLOAD_BYTES if operation.upload else 1 << 20
    path = f"/api/v1{path}"
    return Route(
        method=method, path=path, handler=handler, scope=scope, operation=operation, types=types, max_body=max_body
    )


PAGES: tuple[Route, ...] = (
    page("/open", signing_in.open_gallery, PUBLIC),
    page("/", signing_in.show_placeholder),
    page("/events", signing_in.show_events),
)

CONNECTING: tuple[Route, ...] = (
    api("GET", "/ping", connecting.get_ping, PUBLIC,
        Operation(id="ping", summary="Who is here", tag="connecting", answer=connecting.Ping)),
    api("GET", "/hello", connecting.get_hello, PUBLIC,
        Operation(id="hello", summary="Prove that you hold my key", tag="connecting",
                  query=connecting.HelloQuery, answer=connecting.Hello, problems=(400, 404))),
    api("POST", "/pair", connecting.post_pair, PUBLIC,
        Operation(id="pair", summary="Swap a code for a key", tag="connecting",
                  body=connecting.PairRequest, answer=connecting.Paired, status=201)),
    api("POST", "/codes", connecting.post_code, GALLERY,
        Operation(id="makeCode", summary="Make a code for connecting a browser", tag="connecting",
                  answer=connecting.Code, status=201)),
    api("GET", "/clients", connecting.get_clients, GALLERY,
        Operation(id="listClients", summary="List connected browsers", tag="connecting",
                  answer=connecting.ClientList)),
    api("DELETE", "/clients/{client}", connecting.delete_client, EXTENSION,
        Operation(id="disconnect", summary="Disconnect a browser (or `self`)", tag="connecting",
                  status=204, problems=(404,))),
)  # fmt: skip

ALL_ROUTES: tuple[Route, ...] = (*PAGES, *CONNECTING)


def build_app(parts: Parts, routes: Sequence[Route] = ALL_ROUTES) -> web.Application:
    """Join the guard, the routes and what they work with."""
    app = web.Application(middlewares=[guard], client_max_size=MAX_UPLOAD_BYTES + 1)
    app[PARTS] = parts
    app[ROUTES] = {app.router.add_route(route.method, route.path, route.handler): route for route in routes}
    app.on_response_prepare.append(add_headers)
    return app

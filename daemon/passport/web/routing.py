"""What a route is: its address, its handler, who may use it, and how the API's description shows it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import IntEnum

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

MAX_BODY_BYTES = 1 << 20
"""Of a request, where the route does not say otherwise (security 2.1: slow or huge requests)."""
MAX_UPLOAD_BYTES = 20 << 20
"""Of an uploaded file; larger ones are refused by the intake anyway (security 2.3)."""


class Scope(IntEnum):
    """Who a caller is; each may do what those before may."""

    PUBLIC = 0
    """Anybody on this computer."""
    EXTENSION = 1
    """A connected browser: list, save, prepare a share (issue 4)."""
    GALLERY = 2
    """The owner's signed-in browser: everything but `shutdown` and reading paths."""
    OWNER = 3
    """Who can read daemon.json: the command line and the tray."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What OpenAPI says of a route; the types are msgspec structs."""

    id: str
    summary: str
    tag: str
    query: type | None = None
    """A struct whose fields are the query's parameters."""
    body: type | None = None
    """A struct; None: no body is read."""
    upload: bool = False
    """The body is a file's bytes, as `application/octet-stream`."""
    answer: object = None
    """The type of the answer's body; None: empty (204)."""
    media_type: str = "application/json"
    """Of the answer; `application/x-ndjson`: a stream of lines, each of the type `answer`."""
    further_types: tuple[str, ...] = ()
    """Other media types that the answer may have, as the request asks for."""
    status: int = 200
    problems: tuple[int, ...] = ()
    """Further statuses, besides those that every route can answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One line of the list in `app`."""

    method: str
    path: str
    handler: Handler
    scope: Scope
    operation: Operation | None = None
    """Only routes of the API have one."""
    max_body: int = MAX_BODY_BYTES
    from_elsewhere: bool = False
    """Whether another site may lead the browser here (the way back from signing in at a network)."""
    types: tuple[str, ...] = field(default=("application/json",))
    """Content types that a body may have. Never one of the three that a form can send (security 2.1), but `form`."""

    @property
    def form(self) -> bool:
        """Whether a form of our own pages is sent here: then its field `csrf` may hold the token."""
        return "application/x-www-form-urlencoded" in self.types


ROUTES = web.AppKey("routes", dict[web.AbstractRoute, Route])

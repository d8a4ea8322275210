"""Finding the daemon and connecting browsers to it: `pairing` says how."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from aiohttp import web

from passport.web.api.answers import answer, body_of, nothing, query_of
from passport.web.callers import CALLER, EXTENSION_ORIGIN, client_key
from passport.web.clients import Client
from passport.web.live import Live
from passport.web.pairing import hello_proof
from passport.web.parts import PARTS, Parts
from passport.web.problems import Problem

NAME = "badge-passport"
API_VERSION = 1
OWNER = "owner"
"""As `client` of `hello`: who holds the key of daemon.json asks."""

Nonce = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{32}$")]
ClientId = Annotated[str, msgspec.Meta(pattern="^([0-9a-f]{16}|owner)$")]
Label = Annotated[str, msgspec.Meta(min_length=1, max_length=80)]


class Ping(msgspec.Struct, kw_only=True):
    """Who listens here; nothing more for those without a key."""

    name: str
    api: int


class HelloQuery(msgspec.Struct, kw_only=True):
    """Who asks, with something never asked before."""

    client: ClientId
    nonce: Nonce


class Hello(msgspec.Struct, kw_only=True):
    """The proof that the daemon holds the client's key."""

    proof: str


class PairRequest(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A code from the page “Connect a browser”."""

    code: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    label: Label
    browser: Annotated[str, msgspec.Meta(max_length=40)] = ""


class Paired(msgspec.Struct, kw_only=True):
    """The key, told this once."""

    client: str
    key: str
    api: int


class Code(msgspec.Struct, kw_only=True, rename="camel"):
    """A code that connects one browser."""

    code: str
    typed: str
    ends_at: datetime


class ClientBody(msgspec.Struct, kw_only=True, rename="camel"):
    """A connected browser, without its key."""

    id: str
    label: str
    browser: str
    paired_at: datetime
    used_at: datetime


class ClientList(msgspec.Struct, kw_only=True):
    """All connected browsers."""

    clients: list[ClientBody]


async def get_ping(_request: web.Request) -> web.Response:
    """Say who is here."""
    return answer(Ping(name=NAME, api=API_VERSION))


async def get_hello(request: web.Request) -> web.Response:
    """Prove to a client that this is the daemon it knows."""
    parts = request.app[PARTS]
    query = query_of(request, HelloQuery)
    return answer(Hello(proof=hello_proof(await _key_of(parts, query.client), parts.port, query.nonce)))


async def _key_of(parts: Parts, client_id: str) -> bytes:
    if client_id == OWNER:
        return parts.owner_key.encode()
    client = parts.clients.find(client_id)
    key = await client_key(parts, client) if client else None
    if key is None:
        raise Problem(404, "unknown-client", "This browser is not connected.", remedy="Connect it in the gallery.")
    return key


async def post_pair(request: web.Request) -> web.Response:
    """Swap a code for a key."""
    parts = request.app[PARTS]
    origin = request.headers.get("Origin", "")
    if not EXTENSION_ORIGIN.fullmatch(origin):
        raise Problem(403, "forbidden-origin", "Only a browser's extension can be connected.")
    wanted = await body_of(request, PairRequest)
    if not parts.limits.pair.take():
        raise Problem(429, "too-many", "Too many tries.", headers={"Retry-After": "60"})
    if not parts.codes.burn(wanted.code):
        raise Problem(
            403, "wrong-code", "The code is wrong, used or too old.", remedy="Load the page with the code anew."
        )
    client = parts.clients.add(label=wanted.label, browser=wanted.browser, origin=origin)
    key = client.key or b""  # a new one has it
    await parts.clients.put_away()
    _tell(parts, client, connected=True)
    return answer(Paired(client=client.id, key=key.hex(), api=API_VERSION), status=201)


async def post_code(request: web.Request) -> web.Response:
    """Make a code for the page “Connect a browser”."""
    code = request.app[PARTS].codes.issue()
    return answer(Code(code=code.code, typed=code.typed, ends_at=code.ends_at), status=201)


async def get_clients(request: web.Request) -> web.Response:
    """List the connected browsers."""
    return answer(ClientList(clients=[_body(client) for client in request.app[PARTS].clients.all()]))


async def delete_client(request: web.Request) -> web.Response:
    """Disconnect a browser: `self`, or from the gallery any."""
    parts = request.app[PARTS]
    caller = request[CALLER]
    wanted = request.match_info["client"]
    if caller.client is not None and wanted not in {"self", caller.client.id}:
        raise Problem(403, "out-of-scope", "A browser can disconnect only itself.")
    client_id = caller.client.id if caller.client else wanted
    client = parts.clients.find(client_id)
    if client is None or not parts.clients.revoke(client_id):
        raise Problem(404, "not-found", "No such browser is connected.")
    parts.clients.begin_putting_away()
    _tell(parts, client, connected=False)
    return nothing()


def _tell(parts: Parts, client: Client, *, connected: bool) -> None:
    parts.changes.tell_all(Live("client", {"id": client.id, "label": client.label, "connected": connected}))


def _body(client: Client) -> ClientBody:
    return ClientBody(
        id=client.id, label=client.label, browser=client.browser, paired_at=client.paired_at, used_at=client.used_at
    )

"""Who asks: the owner's key, a connected browser's signature, or the gallery's cookie."""

from __future__ import annotations

import asyncio
import hmac
import re
from dataclasses import dataclass

from aiohttp import web

from passport.keychain import KeychainTroubleError
from passport.web.clients import Client
from passport.web.pairing import CLOCK_TOLERANCE_MS, Signed
from passport.web.parts import Parts
from passport.web.problems import Problem
from passport.web.routing import Scope
from passport.web.session import Session, cookie_name

SIGNED = re.compile(r"Passport ([0-9a-f]{16}):([0-9]{1,15}):([0-9a-f]{32}):([0-9a-f]{64})", re.ASCII)

EXTENSION_ORIGIN = re.compile(r"(chrome|moz|safari-web)-extension://[A-Za-z0-9-]{1,64}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who sent this request, as far as it is proved."""

    scope: Scope = Scope.PUBLIC
    session: Session | None = None
    """Of the gallery."""
    client: Client | None = None
    """Of a connected browser."""


CALLER = web.RequestKey("caller", Caller)


def session_of(request: web.Request) -> Session | None:
    """Return the gallery's session of this request (for its CSRF token)."""
    return request[CALLER].session


async def recognise(request: web.Request, parts: Parts, max_body: int) -> Caller:
    """Say who asks. Raise Problem (401, 403) when a proof is there and wrong."""
    authorization = request.headers.getall("Authorization", [])
    if len(authorization) > 1:
        raise Problem(401, "wrong-key", "There is more than one Authorization header.")
    if not authorization:
        return _by_cookie(request, parts)
    if authorization[0].startswith("Passport "):
        return await _by_signature(request, parts, authorization[0], max_body)
    return _by_key(parts, authorization[0])


def _by_cookie(request: web.Request, parts: Parts) -> Caller:
    if request.headers.get("Origin", parts.address) not in parts.origins:
        return Caller()  # an extension's request may carry the gallery's cookie, and must not profit by it
    cookie = request.cookies.get(cookie_name(parts.port))
    session = parts.sessions.find(cookie) if cookie else None
    return Caller(scope=Scope.GALLERY, session=session) if session else Caller()


def _by_key(parts: Parts, authorization: str) -> Caller:
    if not hmac.compare_digest(authorization.encode("utf-8", "surrogateescape"), f"Bearer {parts.owner_key}".encode()):
        raise Problem(401, "wrong-key", "The key is not this daemon's.")
    return Caller(scope=Scope.OWNER)


async def _by_signature(request: web.Request, parts: Parts, authorization: str, max_body: int) -> Caller:
    match = SIGNED.fullmatch(authorization)
    client = parts.clients.find(match[1]) if match else None
    key = await client_key(parts, client) if client else None
    if match is None or client is None or key is None:
        raise Problem(401, "unknown-client", "This browser is not connected.", remedy="Connect it in the gallery.")
    now_ms = int(parts.clock().timestamp() * 1000)
    if abs(now_ms - int(match[2])) > CLOCK_TOLERANCE_MS:
        raise Problem(401, "old-request", "The time of the request is not the daemon's.")
    _check_signature(request, parts, key, match, await read_body(request, max_body))
    if not parts.nonces.use(client.id, match[3], now_ms):
        raise Problem(401, "used-nonce", "This request was sent before.")
    _check_origin(request, client)
    parts.clients.note_use(client.id)
    return Caller(scope=Scope.EXTENSION, client=client)


async def client_key(parts: Parts, client: Client) -> bytes | None:
    """Return a browser's key; None: lost. Raise Problem (503) while the keyring does not give it."""
    try:
        return await parts.clients.key_of(client)
    except KeychainTroubleError as error:
        raise Problem(503, "keyring", error.problem, remedy=error.remedy) from error


def _check_signature(request: web.Request, parts: Parts, key: bytes, match: re.Match[str], body: bytes) -> None:
    signed = Signed(
        method=request.method,
        port=parts.port,
        target=request.raw_path,
        body=body,
        time_ms=int(match[2]),
        nonce=match[3],
    )
    if not hmac.compare_digest(signed.signature(key), match[4]):
        raise Problem(401, "wrong-signature", "The signature does not fit the request.")


def _check_origin(request: web.Request, client: Client) -> None:
    origin = request.headers.get("Origin")
    if origin is not None and origin != client.origin:
        raise Problem(403, "forbidden-origin", "The request comes from another extension than was connected.")


BODY_TIMEOUT_S = 30.0
"""For a whole body, so that nobody holds a connection by a trickle (security 2.1: slow or huge requests)."""


async def read_body(request: web.Request, max_body: int) -> bytes:
    """Return the body; it is kept for the handler. Raise Problem when it is too large or too slow."""
    if request.body_exists and request.content_length is None:
        raise Problem(411, "length-required", "The body's length must be told.")
    if (request.content_length or 0) > max_body:
        raise _too_large(max_body)
    try:
        async with asyncio.timeout(BODY_TIMEOUT_S):
            return await request.read()
    except TimeoutError as error:
        raise Problem(408, "too-slow", "The body did not come in time.") from error


def _too_large(max_body: int) -> Problem:
    return Problem(413, "too-large", f"At most {max_body} bytes are taken.")

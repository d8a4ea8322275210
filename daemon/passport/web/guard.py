"""The guard: nothing reaches a handler that is not from here, and from whom it should be.

Source: security.md 2.1, 2.2; extension.md 4.3 (5). The order is the numbered list in `admit`: what needs no secret
comes first, so that a stranger's page learns nothing from timing or status.
"""

from __future__ import annotations

import hmac
import logging

from aiohttp import web

from passport.errors import PassportError
from passport.web.callers import CALLER, EXTENSION_ORIGIN, Caller, read_body, recognise
from passport.web.forms import form_of
from passport.web.pages.rendering import speech_for_program, speech_of
from passport.web.parts import PARTS, Parts
from passport.web.problems import Problem, problem_page, problem_response
from passport.web.routing import ROUTES, Handler, Route, Scope

SAFE_METHODS = frozenset({"GET"})

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}
"""On every answer; a handler may set a stricter Content-Security-Policy or allow caching."""


async def _nothing_there(request: web.Request) -> web.StreamResponse:
    raise web.HTTPNotFound


_UNKNOWN = Route(method="*", path="*", handler=_nothing_there, scope=Scope.GALLERY)
"""How an address that does not exist is guarded: a stranger is not told that it does not exist."""


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Admit or refuse; and let no error leave without a sentence."""
    try:
        await admit(request)
        return await handler(request)
    except Problem as problem:
        return _show(request, problem)
    except PassportError as error:
        return _show(request, Problem.of(error))
    except web.HTTPException as error:
        if error.status < 400:
            raise
        return _show(request, Problem(error.status, error.reason.lower().replace(" ", "-"), f"{error.reason}."))
    except Exception:
        logging.getLogger(__name__).exception("%s failed", request.match_info.route)
        return _show(request, Problem(500, "internal", "Something went wrong inside; the log says more."))


async def add_headers(_request: web.Request, response: web.StreamResponse) -> None:
    """Put the protecting headers on an answer (signal `on_response_prepare`)."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers["Server"] = "badge-passport"


async def admit(request: web.Request) -> None:
    """Raise Problem unless this caller may do this."""
    parts = request.app[PARTS]
    route = request.app[ROUTES].get(request.match_info.route, _UNKNOWN)
    check_target(request)  # 1
    check_host(request, parts)  # 2
    check_method(request)  # 3
    check_site(request, route)  # 4
    check_origin(request, parts)  # 5
    caller = await _recognise(request, parts, route)  # 6
    request[CALLER] = caller
    check_scope(parts, route, caller)  # 7
    if request.method not in SAFE_METHODS:
        check_type(request, route)  # 8
        await read_body(request, route.max_body)  # 9
        await check_csrf(request, route, caller)  # 10


def check_target(request: web.Request) -> None:
    """Refuse `GET http://elsewhere/` and `OPTIONS *`: browsers never send them to us."""
    if not request.raw_path.startswith("/"):
        raise Problem(400, "wrong-target", "The request's target is not a path.")


def check_host(request: web.Request, parts: Parts) -> None:
    """Refuse other names for this computer (DNS rebinding)."""
    hosts = request.headers.getall("Host", [])
    if len(hosts) != 1 or hosts[0] not in parts.hosts:
        raise Problem(421, "wrong-host", "This is not the name of this daemon.")


def check_method(request: web.Request) -> None:
    """Never answer a preflight: nobody from elsewhere is welcome."""
    if request.method not in {"GET", "POST", "PUT", "PATCH", "DELETE"}:
        raise Problem(405, "method-not-allowed", "This method is not known here.")


def check_site(request: web.Request, route: Route) -> None:
    """Refuse what the browser says comes from another site; `same-site` is another port of 127.0.0.1: not us."""
    sites = request.headers.getall("Sec-Fetch-Site", [])
    if not sites or (len(sites) == 1 and sites[0] in {"none", "same-origin"}):
        return
    navigation = request.method == "GET" and request.headers.get("Sec-Fetch-Mode") == "navigate"
    if route.from_elsewhere and navigation and request.headers.get("Sec-Fetch-Dest") == "document":
        return
    raise Problem(403, "forbidden-site", "Another site asks for this.")


def check_origin(request: web.Request, parts: Parts) -> None:
    """Let in our own pages, and extensions to the API (where their signature and scope are looked at)."""
    origins = request.headers.getall("Origin", [])
    if not origins or (len(origins) == 1 and origins[0] in parts.origins):
        return
    if len(origins) == 1 and request.path.startswith("/api/") and EXTENSION_ORIGIN.fullmatch(origins[0]):
        return
    raise Problem(403, "forbidden-origin", "Another site asks for this.")


async def _recognise(request: web.Request, parts: Parts, route: Route) -> Caller:
    try:
        return await recognise(request, parts, route.max_body)
    except Problem as problem:
        raise _slowed(parts, problem) from problem


def check_scope(parts: Parts, route: Route, caller: Caller) -> None:
    """Refuse who is not known, or not for this."""
    if caller.scope >= route.scope:
        return
    if caller.scope == Scope.PUBLIC:
        raise _slowed(parts, Problem(401, "no-key", "This needs your gallery's session or a key."))
    raise Problem(403, "out-of-scope", "This is not allowed from here.", remedy="Do it in your gallery.")


async def check_csrf(request: web.Request, route: Route, caller: Caller) -> None:
    """Ask what only our own pages can read (a cookie is sent by itself); a form without script has it in a field."""
    if caller.session is None:
        return
    said = request.headers.get("X-CSRF-Token") or ((await form_of(request)).one("csrf") if route.form else "")
    token = said.encode("utf-8", "surrogateescape")
    if not hmac.compare_digest(token, caller.session.csrf.encode()):
        raise Problem(403, "wrong-csrf-token", "The page is too old.", remedy="Load it anew.")


def check_type(request: web.Request, route: Route) -> None:
    """Refuse what a form can send (text/plain, urlencoded, multipart), and what does not say what it is.

    A page elsewhere can send a body without any type; aiohttp would call it `application/octet-stream`. Only routes
    for forms of our own pages take what a form sends, and those ask for its token all the same.
    """
    said = request.headers.getall("Content-Type", [])
    if not request.body_exists and not said:
        return
    if len(said) != 1 or said[0].partition(";")[0].strip().lower() not in route.types:
        raise Problem(415, "wrong-type", f"The body must be {' or '.join(route.types)}.")


def _slowed(parts: Parts, problem: Problem) -> Problem:
    if problem.details.status != 401 or parts.limits.refused.take():
        return problem
    return Problem(429, "too-many", "Too many requests without a valid key.", headers={"Retry-After": "10"})


def _show(request: web.Request, problem: Problem) -> web.Response:
    if request.path.startswith("/api/"):
        asks = "Accept-Language" in request.headers  # who does not gets the API's own words, byte by byte
        return problem_response(problem, speech_for_program(request) if asks else None)
    say = speech_of(request)
    if "application/json" in request.headers.get("Accept", ""):  # a script of our own pages, which shows the sentence
        return problem_response(problem, say)
    return problem_page(problem, say)

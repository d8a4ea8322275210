"""Errors as answers: RFC 9457 problem details for programs, a small page for people."""

from __future__ import annotations

import html
from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType

import msgspec
from aiohttp import web
from markupsafe import Markup

from passport.errors import IntakeError, ParseError, PassportError, SettingsError, SharingError, VaultError
from passport.look.words import noted
from passport.speech import Speech

MEDIA_TYPE = "application/problem+json"

STATUS_OF_ERRORS: tuple[tuple[type[PassportError], int], ...] = (
    (IntakeError, 422),
    (ParseError, 422),
    (SettingsError, 422),
    (SharingError, 422),
    (VaultError, 503),
)


class ProblemDetails(msgspec.Struct, kw_only=True, omit_defaults=True):
    """RFC 9457, section 3. `type` is always about:blank; `code` is what programs look at."""

    title: str
    status: int
    code: str
    type: str = "about:blank"
    detail: str | None = None
    remedy: str | None = None


class Problem(Exception):  # noqa: N818 (RFC 9457 calls it so)
    """A request that cannot be answered as asked."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        remedy: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.details = ProblemDetails(
            title=HTTPStatus(status).phrase, status=status, code=code, detail=detail, remedy=remedy
        )
        self.headers = dict(headers or {})

    @classmethod
    def of(cls, error: PassportError) -> Problem:
        """Show one of our own errors."""
        status = next((status for kind, status in STATUS_OF_ERRORS if isinstance(error, kind)), 500)
        return cls(status, type(error).__name__.removesuffix("Error").lower(), error.problem, remedy=error.remedy)


def problem_response(problem: Problem, say: Speech | None = None) -> web.Response:
    """Answer a program; one that shows the sentence to the owner, in the owner's language."""
    details = problem.details
    if say is not None:
        known = details.detail if says_something(details) else None
        detail = say.sentence(known) if known else say(_TITLES.get(details.status, _FAILED))
        details = msgspec.structs.replace(
            details, detail=detail, remedy=say.sentence(details.remedy) if details.remedy else None
        )
    return web.Response(
        status=details.status,
        body=msgspec.json.encode(details),
        content_type=MEDIA_TYPE,
        headers=problem.headers,
    )


_PAGE = """<!doctype html>
<html lang="{lang}" dir="{dir}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>{title} · Badge Passport</title>
<link rel="stylesheet" href="/static/passport.css"></head>
<body><main class="page narrow"><h1>{title}</h1><p>{detail}</p>{remedy}</main></body></html>"""
_TITLES = MappingProxyType(
    {
        401: noted("Please open your gallery first"),
        403: noted("Please open your gallery first"),
        404: noted("There is nothing here"),
        405: noted("This cannot be done here"),
        413: noted("That is too large"),
        422: noted("That did not work"),
        429: noted("Too much at once"),
        503: noted("Not possible just now"),
    }
)
"""What a person reads instead of HTTP's own phrases."""
_FAILED = noted("Something went wrong")


def says_something(details: ProblemDetails) -> bool:
    """Whether there is more than HTTP's own phrase, which says nothing to people."""
    return bool(details.detail) and details.detail != f"{details.title}."


def problem_page(problem: Problem, say: Speech) -> web.Response:
    """Answer a person. Needs no template, so that it works when nothing else does."""
    details = problem.details
    text = _PAGE.format(
        lang=say.tag,
        dir=say.direction,
        title=html.escape(say(_TITLES.get(details.status, _FAILED))),
        detail=html.escape(say.sentence(details.detail or "")) if says_something(details) else "",
        remedy=_way_on(details, say),
    )
    return web.Response(status=details.status, text=text, content_type="text/html", headers=problem.headers)


def _way_on(details: ProblemDetails, say: Speech) -> str:
    if details.status not in {401, 403}:
        further = f"<p>{html.escape(say.sentence(details.remedy))}</p>" if details.remedy else ""
        return f"{further}<p><a class='button' href='/'>{html.escape(say('To the gallery'))}</a></p>"
    how = say.markup(
        "To open your gallery, click the Badge Passport icon in the tray, or type %(command)s in a terminal.",
        command=Markup("<code>badge-passport open</code>"),
    )
    again = html.escape(say("If you were signed in here before, try again."))
    return f"<p>{how}</p><p><a class='button' href='/'>{again}</a></p>"

"""Errors as answers: RFC 9457 problem details for programs, a small page for people."""

from __future__ import annotations

import html
from collections.abc import Mapping
from http import HTTPStatus

import msgspec
from aiohttp import web

from passport.errors import IntakeError, ParseError, PassportError, SettingsError, SharingError, VaultError

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


def problem_response(problem: Problem) -> web.Response:
    """Answer a program."""
    return web.Response(
        status=problem.details.status,
        body=msgspec.json.encode(problem.details),
        content_type=MEDIA_TYPE,
        headers=problem.headers,
    )


_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} · Badge Passport</title><link rel="stylesheet" href="/static/passport.css"></head>
<body class="problem"><main><h1>{title}</h1><p>{detail}</p>{remedy}</main></body></html>"""

HOW_TO_OPEN = (
    "<p>To open your gallery, click the Badge Passport icon in the tray, or type "
    "<code>badge-passport open</code> in a terminal. "
    "If you were signed in here before, <a href='/'>try again</a>.</p>"
)


def problem_page(problem: Problem) -> web.Response:
    """Answer a person. Needs no template, so that it works when nothing else does."""
    details = problem.details
    remedy = HOW_TO_OPEN if details.status in (401, 403) else f"<p>{html.escape(details.remedy or '')}</p>"
    title = "Please open your gallery first" if details.status in (401, 403) else details.title
    text = _PAGE.format(title=html.escape(title), detail=html.escape(details.detail or ""), remedy=remedy)
    return web.Response(status=details.status, text=text, content_type="text/html", headers=problem.headers)

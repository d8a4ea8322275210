"""Reading requests into msgspec structs, and answering with them."""

from __future__ import annotations

from typing import TypeVar

import msgspec
from aiohttp import web

from passport.web.problems import Problem

T = TypeVar("T")


def query_of(request: web.Request, kind: type[T]) -> T:
    """Read the query. Raise Problem (400)."""
    try:
        return msgspec.convert(dict(request.query), kind, strict=False)
    except (msgspec.ValidationError, RecursionError) as error:
        raise Problem(400, "wrong-query", f"The query is not as described: {error}.") from error


async def body_of(request: web.Request, kind: type[T]) -> T:
    """Read the JSON body. Raise Problem (400)."""
    try:
        return msgspec.json.decode(await request.read(), type=kind)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise Problem(400, "wrong-body", f"The body is not as described: {error}.") from error


def answer(value: object, status: int = 200) -> web.Response:
    """Answer with JSON."""
    return web.Response(status=status, body=msgspec.json.encode(value), content_type="application/json")


def nothing() -> web.Response:
    """Answer that it is done."""
    return web.Response(status=204)

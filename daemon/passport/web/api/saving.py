"""Taking badges in: files, addresses, folders."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

from aiohttp import web

from passport.intake.taken import Progress
from passport.vault.model import Origin
from passport.web.api import types
from passport.web.api.answers import answer, body_of, query_of
from passport.web.api.streams import stream_lines
from passport.web.callers import CALLER
from passport.web.parts import PARTS, TakenPart
from passport.web.problems import Problem
from passport.web.routing import Scope


async def save_file(request: web.Request) -> web.Response:
    """Take in a file's bytes."""
    query = query_of(request, types.SaveQuery)
    file = await request.read()
    if not file:
        raise Problem(400, "wrong-body", "The file is empty.")
    taken = await request.app[PARTS].intake.take(file, origin=origin_of(request, query.page), name=query.name)
    return answer({"taken": [taken_json(one) for one in taken]})


async def save_address(request: web.Request) -> web.Response:
    """Take in what an address holds."""
    body = await body_of(request, types.SaveAddress)
    taken = await request.app[PARTS].intake.take_url(body.address, origin_of(request, body.page))
    return answer({"taken": [taken_json(one) for one in taken]})


def origin_of(request: web.Request, page: str) -> Origin:
    """Say how it came in: from a page by an extension, or by the owner's hand."""
    if request[CALLER].scope == Scope.EXTENSION or page:
        return Origin(kind="page", detail=page)
    return Origin(kind="import", detail="gallery")


async def post_import(request: web.Request) -> web.StreamResponse:
    """Take in files, folders and addresses; a line for each when it is durable."""
    body = await body_of(request, types.Import)
    paths = [Path(path) for path in body.paths]
    if not all(path.is_absolute() for path in paths):
        raise Problem(400, "wrong-body", "Paths must be absolute.")
    lines = _lines(request.app[PARTS].intake.import_all(paths, body.addresses))
    return await stream_lines(request, lines)


async def _lines(found: AsyncIterator[TakenPart | Progress]) -> AsyncIterator[dict[str, object]]:
    async for one in found:
        if isinstance(one, Progress):
            yield {"kind": "progress", "done": one.done, "total": one.total}
        else:
            yield {"kind": "taken", "taken": taken_json(one)}
    yield {"kind": "done"}


def taken_json(taken: TakenPart) -> dict[str, object]:
    """Return it as the API shows it."""
    return {
        "result": taken.result,
        "name": taken.name,
        "reason": taken.reason,
        "entry": taken.entry.to_json() if taken.entry else None,
    }

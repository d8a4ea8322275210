"""Handing the selected badges over: plain files that need no program, the originals, a table, a signed presentation."""

from __future__ import annotations

import asyncio
import tempfile
import zipfile
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from functools import partial
from typing import IO

from aiohttp import web

from passport.errors import PassportError, SharingError
from passport.sharing.exporting import exported_entries
from passport.sharing.handing_over import originals, presentation_of, table
from passport.sharing.presentation import holder_key
from passport.vault.model import Entry
from passport.web.api.sharing import refused
from passport.web.forms import form_of
from passport.web.pages.decisions import selected
from passport.web.pages.pictures import attachment
from passport.web.parts import PARTS, Parts
from passport.web.problems import Problem

CHUNK = 1 << 18

Content = Callable[[], Iterable[tuple[str, bytes]]]
"""Gives names and contents of the files of an archive."""


async def export_selected(request: web.Request) -> web.StreamResponse:
    """Send the badges of the field `id` as a file, in the form of the field `as`; without it everything, as ZIP."""
    form, parts = await form_of(request), request.app[PARTS]
    entries, wanted = tuple(selected(request, form)), form.one("as")
    try:
        if wanted == "table":
            return _file(parts, "csv", "text/csv", await asyncio.to_thread(table, entries))
        if wanted == "presentation":
            return _file(parts, "json", "application/json", await _presentation(parts, entries))
        packed = partial(originals if wanted == "originals" else exported_entries, parts.vault, entries)
        return await _archive(request, parts, packed)
    except SharingError as error:
        raise refused(error) from error
    except PassportError as error:
        raise Problem.of(error) from error


async def _presentation(parts: Parts, entries: tuple[Entry, ...]) -> bytes:
    key = await holder_key(parts.keychain)
    make = partial(presentation_of, parts.vault, entries, key, parts.clock(), challenge="", domain="")
    return await asyncio.to_thread(make)


def _file(parts: Parts, ending: str, kind: str, content: bytes) -> web.Response:
    return web.Response(body=content, headers={"Content-Type": kind, **_named(parts, ending)})


def _named(parts: Parts, ending: str) -> dict[str, str]:
    return {"Content-Disposition": attachment(f"badges-{parts.clock():%Y-%m-%d}.{ending}")}


async def _archive(request: web.Request, parts: Parts, content: Content) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "application/zip", **_named(parts, "zip")})
    async with _packed(content) as file:
        await response.prepare(request)
        while chunk := await asyncio.to_thread(file.read, CHUNK):
            await response.write(chunk)
    return response


@asynccontextmanager
async def _packed(content: Content) -> AsyncIterator[IO[bytes]]:
    """Pack into a file that is gone afterwards: many badges do not fit into memory."""
    with tempfile.TemporaryFile() as file:
        await asyncio.to_thread(_pack, content, file)
        yield file


def _pack(content: Content, file: IO[bytes]) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in content():
            archive.writestr(name, body)
    file.seek(0)

"""Handing the selected badges over: one ZIP of plain files that need no program."""

from __future__ import annotations

import asyncio
import tempfile
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import IO

from aiohttp import web

from passport.sharing.exporting import exported_entries
from passport.vault.model import Entry
from passport.vault.vault import Vault
from passport.web.forms import form_of
from passport.web.pages.decisions import selected
from passport.web.pages.pictures import attachment
from passport.web.parts import PARTS

CHUNK = 1 << 18


async def export_selected(request: web.Request) -> web.StreamResponse:
    """Send the badges of the field `id` as a file: originals, what proved them, reports, and a page to look at."""
    form, parts = await form_of(request), request.app[PARTS]
    entries = tuple(selected(request, form))
    name = f"badges-{parts.clock():%Y-%m-%d}.zip"
    response = web.StreamResponse(headers={"Content-Type": "application/zip", "Content-Disposition": attachment(name)})
    async with _packed(parts.vault, entries) as file:
        await response.prepare(request)
        while chunk := await asyncio.to_thread(file.read, CHUNK):
            await response.write(chunk)
    return response


@asynccontextmanager
async def _packed(vault: Vault, entries: tuple[Entry, ...]) -> AsyncIterator[IO[bytes]]:
    """Pack into a file that is gone afterwards: many badges do not fit into memory."""
    with tempfile.TemporaryFile() as file:
        await asyncio.to_thread(_pack, vault, entries, file)
        yield file


def _pack(vault: Vault, entries: tuple[Entry, ...], file: IO[bytes]) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in exported_entries(vault, entries):
            archive.writestr(name, content)
    file.seek(0)

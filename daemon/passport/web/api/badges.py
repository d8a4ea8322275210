"""Badges: listing, showing, deciding, saving, looking up."""

from __future__ import annotations

import asyncio
import unicodedata

import msgspec
from aiohttp import web

from passport.vault import model
from passport.vault.verdicts import verdicts
from passport.web.api import types
from passport.web.api.answers import answer, body_of, query_of
from passport.web.parts import PARTS, Parts
from passport.web.problems import Problem


async def list_badges(request: web.Request) -> web.Response:
    """List what a query finds."""
    parts = request.app[PARTS]
    query = query_of(request, types.ListQuery)
    page = await asyncio.to_thread(
        parts.vault.search,
        query.q,
        sort=query.sort,
        offset=query.offset,
        limit=query.limit,
        include_trashed=query.trashed,
    )
    return answer({"entries": [e.to_json() for e in page.entries], "total": page.total, "facets": page.facets})


async def show_badge(request: web.Request) -> web.Response:
    """Show one badge with its report."""
    parts = request.app[PARTS]
    entry = entry_of(request, parts)
    report = await asyncio.to_thread(parts.vault.report, entry.id)
    history = await asyncio.to_thread(parts.vault.history, entry.subject)
    told = [judged.to_json() for judged in verdicts(history)]
    return answer({**entry.to_json(), "report": report.to_json(), "history": told})


async def decide(request: web.Request) -> web.Response:
    """Write down what the owner decides."""
    parts = request.app[PARTS]
    entry = entry_of(request, parts)
    values = values_of(await body_of(request, types.Decision))
    if values:
        await asyncio.to_thread(parts.vault.decide, entry.subject, values)
    return answer(entry_of(request, parts).to_json())


def values_of(decision: types.Decision) -> dict[str, object]:
    """Return the keys that the vault keeps (`vault.model`). Raise Problem."""
    values: dict[str, object] = {f"tag:{clean_tag(tag)}": None for tag in decision.remove_tags}
    values |= {f"tag:{clean_tag(tag)}": True for tag in decision.add_tags}
    for key in ("note", "rating", "visibility", "trashed", "state"):
        value = getattr(decision, key)
        if value is not msgspec.UNSET:
            values[key] = value
    return values


def clean_tag(tag: str) -> str:
    """Return a tag as it is kept: composed, without outer space. Raise Problem (400) when no text is left."""
    clean = " ".join(unicodedata.normalize("NFC", tag).split())
    if not clean or any(unicodedata.category(character) in {"Cc", "Cs", "Co", "Cn"} for character in clean):
        raise Problem(400, "wrong-body", "A tag is a short text.")
    return clean


async def get_file(request: web.Request) -> web.Response:
    """Hand out the original file, byte for byte."""
    parts = request.app[PARTS]
    entry = entry_of(request, parts)
    content = await asyncio.to_thread(parts.vault.original, entry.sha256)
    return web.Response(body=content, headers={"Content-Type": "application/octet-stream", **DOWNLOAD})


DOWNLOAD = {"Content-Disposition": "attachment", "Content-Security-Policy": "default-src 'none'; sandbox"}
"""Never shown as a page (security, finding 8)."""


def entry_of(request: web.Request, parts: Parts) -> model.Entry:
    """Return the entry that the path names. Raise Problem (404)."""
    entry = parts.vault.entry(request.match_info["id"])
    if entry is None:
        raise Problem(404, "not-found", "There is no such badge in the passport.")
    return entry


async def look_up(request: web.Request) -> web.Response:
    """Say which files and addresses are in the passport already."""
    parts = request.app[PARTS]
    wanted = await body_of(request, types.Lookup)
    return answer(types.Found(found=await asyncio.to_thread(_found, parts, {*wanted.sha256, *wanted.addresses})))


def _found(parts: Parts, wanted: set[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    everything = parts.vault.search("", limit=1_000_000)
    for entry in everything.entries:
        for name in wanted & names_of(entry):
            found.setdefault(name, entry.id)
    return found


def names_of(entry: model.Entry) -> set[str]:
    """Return everything by which a badge can be recognised."""
    files = {file.sha256 for file in entry.files}
    origins = {file.origin.detail for file in entry.files if file.origin}
    return {*files, *origins, entry.origin.detail, entry.credential_id or ""} - {""}

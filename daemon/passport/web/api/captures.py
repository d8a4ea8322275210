"""What a connected browser found on a page: is it here already, and take it in."""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections.abc import Iterable
from typing import Annotated, Literal

import msgspec
from aiohttp import web

from passport.intake.capture import Candidate, capture, glance, recall
from passport.vault.model import Entry
from passport.web.api.answers import answer, body_of
from passport.web.api.badges import names_of
from passport.web.api.types import Address, Verdict
from passport.web.pages.rendering import speech_for_program
from passport.web.parts import PARTS, Parts
from passport.web.problems import Problem

MAX_FILE_BYTES = 10 << 20
"""The settings' limit for a picture."""
MAX_CAPTURE_BODY = MAX_FILE_BYTES * 4 // 3 + (1 << 16)
MAX_LOOKED_UP = 250

WebAddress = Annotated[str, msgspec.Meta(pattern="^https?://", max_length=4096)]


class CapturePage(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The page that was looked at."""

    address: Annotated[str, msgspec.Meta(pattern="^(https?://|$)", max_length=4096)] = ""
    title: Annotated[str, msgspec.Meta(max_length=300)] = ""


class CaptureBody(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """One candidate: the file's bytes in Base64 where the browser could read them, and where it can be fetched."""

    page: CapturePage
    name: Annotated[str, msgspec.Meta(max_length=300)] = ""
    addresses: Annotated[list[WebAddress], msgspec.Meta(max_length=6)] = []
    file: str | None = None


class CapturedEntry(msgspec.Struct, kw_only=True):
    """A badge in the passport, as the popup shows it."""

    id: str
    name: str
    verdict: Verdict


class CaptureAnswer(msgspec.Struct, kw_only=True):
    """What became of it: `added`, `already-there`, `no-badge`, or `refused` with a reason."""

    result: Literal["added", "already-there", "no-badge", "refused"]
    reason: str | None
    entry: CapturedEntry | None


class LookItem(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Something found, by all the names it may have here."""

    key: Annotated[str, msgspec.Meta(max_length=5000)]
    names: Annotated[list[Address], msgspec.Meta(max_length=10)]


class LookBody(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """All that was found on a page."""

    items: Annotated[list[LookItem], msgspec.Meta(max_length=MAX_LOOKED_UP)]


class Looked(msgspec.Struct, kw_only=True):
    """Whether it is in the passport."""

    key: str
    entry: CapturedEntry | None


class LookAnswer(msgspec.Struct, kw_only=True):
    """One for each that was asked."""

    items: list[Looked]


async def post_capture(request: web.Request) -> web.Response:
    """Take in one candidate."""
    parts = request.app[PARTS]
    body = await body_of(request, CaptureBody)
    candidate = Candidate(
        page=body.page.address, name=body.name, addresses=tuple(body.addresses), file=file_of(body.file)
    )
    if candidate.file is None and not candidate.addresses:
        raise Problem(400, "wrong-body", "There is neither a file nor an address.")
    captured = await capture(candidate, parts.intake, parts.vault)
    entry = shown(captured.entry)
    reason = captured.reason and speech_for_program(request).sentence(captured.reason)
    return answer({"result": captured.result, "reason": reason, "entry": entry})


def file_of(text: str | None) -> bytes | None:
    """Read Base64. Raise Problem (400, 413)."""
    if text is None:
        return None
    try:
        file = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Problem(400, "wrong-body", "The file is not Base64.") from error
    if not file:
        raise Problem(400, "wrong-body", "The file is empty.")
    if len(file) > MAX_FILE_BYTES:
        raise Problem(413, "too-large", f"At most {MAX_FILE_BYTES} bytes are taken.")
    return file


class ExamineBody(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Addresses of pictures that the browser could not read."""

    addresses: Annotated[list[WebAddress], msgspec.Meta(max_length=12)]


class Glanced(msgspec.Struct, kw_only=True):
    """What an address holds, unverified."""

    address: str
    badge: bool
    name: str
    issuer: str
    id: str


class ExamineAnswer(msgspec.Struct, kw_only=True):
    """One for each that was asked."""

    items: list[Glanced]


async def post_examine(request: web.Request) -> web.Response:
    """Look into pictures without keeping them."""
    parts, body = request.app[PARTS], await body_of(request, ExamineBody)
    found = await glance(body.addresses, parts.fetch, parts.workers, parts.clock())
    return answer({"items": [msgspec.to_builtins(each) for each in found]})


async def post_look(request: web.Request) -> web.Response:
    """Say what of this is in the passport."""
    body = await body_of(request, LookBody)
    return answer(LookAnswer(items=await asyncio.to_thread(_looked, request.app[PARTS], body.items)))


def _looked(parts: Parts, items: Iterable[LookItem]) -> list[Looked]:
    by_name: dict[str, Entry] = {}
    for entry in parts.vault.search("", limit=1_000_000).entries:
        by_name.update(dict.fromkeys(names_of(entry) - {entry.origin.detail}, entry))
    return [Looked(key=item.key, entry=shown(_entry(parts, item.names, by_name))) for item in items]


def _entry(parts: Parts, names: list[str], by_name: dict[str, Entry]) -> Entry | None:
    known = next((by_name[name] for name in names if name in by_name), None)
    return known or recall(parts.vault, names)


def shown(entry: Entry | None) -> CapturedEntry | None:
    """Return what the popup needs of an entry."""
    if entry is None:
        return None
    return CapturedEntry(id=entry.id, name=entry.name, verdict=entry.verdict)  # type: ignore[arg-type] # one of them

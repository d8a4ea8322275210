"""The owner's own evidence beside a badge: a text, an address, a small file. The issuer does not vouch for it."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web

from passport.vault.model import Entry
from passport.web.forms import Form, form_of
from passport.web.pages.decisions import answer, apply
from passport.web.pages.formats import is_web, tidy
from passport.web.pages.pictures import IMAGE_POLICY, attachment
from passport.web.pages.rendering import speech_of
from passport.web.pages.speech import Speech
from passport.web.parts import PARTS
from passport.web.problems import Problem

MAX_PIECES = 20
MAX_TEXT = 4_000
MAX_FILE_BYTES = 500 * 1024
"""A file goes into the journal, which is read whole: it is for a page or a picture, not for a film."""
FILE = "evidence-file:"
"""Key of a file, by the first half of its SHA-256: `{"name": …, "data": …}`, Base64."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of evidence."""

    text: str
    url: str
    file: str = ""
    """Digest of the file; empty: there is none."""
    name: str = ""
    """The file's name."""


def pieces_of(state: Mapping[str, object]) -> list[Piece]:
    """Return what was added to a badge, in that order."""
    kept = state.get("evidence")
    found = [piece for piece in kept if isinstance(piece, dict)] if isinstance(kept, list) else []
    return [
        Piece(*(str(piece.get(key) or "") for key in ("text", "url", "file", "name"))) for piece in found[:MAX_PIECES]
    ]


async def post_evidence(request: web.Request) -> web.Response:
    """Add a piece to a badge, or take one away."""
    form, say, entry = await form_of(request), speech_of(request), _entry(request)
    pieces = pieces_of(request.app[PARTS].vault.state(entry.subject))
    values: dict[str, object] = {}
    if form.one("do") == "remove":
        gone = [piece for place, piece in enumerate(pieces) if str(place) == form.one("place")]
        pieces = [piece for piece in pieces if piece not in gone]
        values |= {FILE + piece.file: None for piece in gone if piece.file}
        text = say("Evidence taken away")
    else:
        piece, file = _read(form, say)
        if len(pieces) >= MAX_PIECES:
            raise Problem(422, "too-much-evidence", say("There is no room for more evidence beside this badge."))
        pieces.append(piece)
        values |= file
        text = say("Evidence added")
    values["evidence"] = [_kept(piece) for piece in pieces] or None
    return answer(request, form, apply(request, {entry.subject: values}, text))


async def save_evidence(request: web.Request) -> web.Response:
    """Hand out a file of the owner's own, to be saved and never shown."""
    entry = _entry(request)
    kept = request.app[PARTS].vault.state(entry.subject).get(FILE + request.match_info["file"])
    try:
        body = base64.b64decode(str(kept["data"])) if isinstance(kept, dict) else None
    except (KeyError, binascii.Error):
        body = None
    if body is None or not isinstance(kept, dict):
        raise web.HTTPNotFound
    headers = {"Content-Security-Policy": IMAGE_POLICY, "Content-Disposition": attachment(str(kept.get("name", "")))}
    return web.Response(body=body, content_type="application/octet-stream", headers=headers)


def _read(form: Form, say: Speech) -> tuple[Piece, dict[str, object]]:
    text, url = form.one("text")[:MAX_TEXT].replace("\r\n", "\n").strip(), form.one("url").strip()
    if url and not is_web(url):
        raise Problem(422, "wrong-address", say("This is no web address."))
    upload = next(iter(form.files), None)
    if upload is None or not upload.body:
        if not text and not url:
            raise Problem(422, "no-evidence", say("Write what it shows, give an address, or choose a file."))
        return Piece(text, url), {}
    if len(upload.body) > MAX_FILE_BYTES:
        size = say.number(MAX_FILE_BYTES // 1024)
        raise Problem(
            422, "large-file", say("A file can have %(size)s KiB at most; put a larger one on the web.", size=size)
        )
    digest, name = hashlib.sha256(upload.body).hexdigest()[:32], tidy(upload.name, 120)
    return Piece(text, url, digest, name), {
        FILE + digest: {"name": name, "data": base64.b64encode(upload.body).decode()}
    }


def _kept(piece: Piece) -> dict[str, str]:
    named = {"text": piece.text, "url": piece.url, "file": piece.file, "name": piece.name}
    return {key: value for key, value in named.items() if value or key in {"text", "url"}}


def _entry(request: web.Request) -> Entry:
    entry = request.app[PARTS].vault.entry(request.match_info["id"])
    if entry is None:
        raise web.HTTPNotFound
    return entry

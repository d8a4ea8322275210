"""Pictures of badges: small ones made once in the worker, and the original file to save.

What issuers send never reaches the browser as a page: pictures are drawn anew as PNG; an SVG, which the worker cannot
draw, goes out only for `<img>`, with a policy under which it can neither run nor fetch anything (security 0,
finding 8).
"""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from urllib.parse import quote

from aiohttp import web

from passport.badge.data_uris import data_of, is_data_uri
from passport.errors import VaultError, WorkerError
from passport.sharing.keeping import keep, read_kept
from passport.vault.model import Entry
from passport.web.pages.formats import tidy
from passport.web.pages.statics import FOREVER
from passport.web.parts import PARTS, Parts

SIZES = frozenset({"64", "120", "128", "240", "256", "512"})
IMAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""`'unsafe-inline'` is for the styles within an SVG alone (security 0, finding 8: measured to make no request)."""
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_SVG = re.compile(rb"<(?:[A-Za-z]\w*:)?svg[\s>]")
_HEADERS = {"Content-Security-Policy": IMAGE_POLICY, "X-Content-Type-Options": "nosniff"}
_NO_PICTURE = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 120" fill="none" stroke="#8d8471" stroke-width="2">'
    b'<circle cx="60" cy="60" r="52"/><circle cx="60" cy="60" r="44" stroke-dasharray="1 4"/>'
    b'<path d="M42 78l36-36"/></svg>'
)
"""For a picture that cannot be drawn: broken, too large, or gone."""


async def show_picture(request: web.Request) -> web.Response:
    """Serve the picture of a file, at most as large as asked."""
    sha256, size, parts = request.match_info["sha256"], request.match_info["size"], request.app[PARTS]
    if not _SHA256.fullmatch(sha256) or size not in SIZES:
        raise web.HTTPNotFound
    entry = parts.vault.entry(request.query["of"]) if "of" in request.query else None
    if entry is not None and entry.sha256 != sha256:
        raise web.HTTPNotFound
    headers = {**_HEADERS, "Cache-Control": "private, max-age=3600" if entry else FOREVER}
    kept = _kept(parts, sha256, size, entry)
    drawn = await asyncio.to_thread(read_kept, kept)
    if drawn is None:
        picture = await asyncio.to_thread(_picture, parts, sha256, entry)
        drawn = await _drawn(parts, picture, int(size))
        if drawn is None:
            return _undrawn(picture, headers)
        await asyncio.to_thread(keep, kept, drawn)
    return web.Response(body=drawn, content_type="image/png", headers=headers)


async def save_original(request: web.Request) -> web.Response:
    """Hand out a file of a badge as it came, to be saved and never shown."""
    parts = request.app[PARTS]
    entry, sha256 = parts.vault.entry(request.match_info["id"]), request.match_info["sha256"]
    file = next((file for file in entry.files if file.sha256 == sha256), None) if entry else None
    if file is None:
        raise web.HTTPNotFound
    body = await asyncio.to_thread(parts.vault.original, sha256)
    headers = {**_HEADERS, "Content-Disposition": attachment(file.name or f"{sha256[:16]}.badge")}
    return web.Response(body=body, content_type="application/octet-stream", headers=headers)


def attachment(name: str) -> str:
    """Return a header that saves under a name (RFC 6266; the name in UTF-8 by RFC 8187)."""
    plain = tidy(name, 120).replace("/", "_").replace("\\", "_").lstrip(".") or "badge"
    ascii_name = re.sub(r"[^A-Za-z0-9 ._()-]", "_", plain)
    return f"attachment; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(plain, safe='')}"


async def _drawn(parts: Parts, picture: bytes | None, size: int) -> bytes | None:
    if not picture:
        return None
    try:
        return await parts.workers.thumbnail(picture, size)
    except WorkerError:
        return None


def _undrawn(picture: bytes | None, headers: dict[str, str]) -> web.Response:
    if picture and _SVG.search(picture[:65_536]):
        return web.Response(body=picture, content_type="image/svg+xml", headers=headers)
    headers["Cache-Control"] = "no-cache"
    return web.Response(body=_NO_PICTURE, content_type="image/svg+xml", headers=headers)


def _picture(parts: Parts, sha256: str, entry: Entry | None) -> bytes | None:
    try:
        return _named_picture(parts, entry) if entry else parts.vault.original(sha256)
    except VaultError:
        return None


def _named_picture(parts: Parts, entry: Entry) -> bytes | None:
    """Return the picture that the achievement names: inside the statement, or among the documents that were kept."""
    if not entry.image:
        return None
    if is_data_uri(entry.image):
        return data_of(entry.image)
    document = parts.vault.documents(entry.id).get(entry.image)
    return document.body if document and document.ok else None


def _kept(parts: Parts, sha256: str, size: str, entry: Entry | None) -> Path:
    of = f"-{entry.id}" if entry else ""
    return parts.places.state / "thumbnails" / sha256[:2] / f"{sha256}{of}-{size}.png"

"""Documents as HTTP Archive 1.2, until `verification.har` takes this over."""

from __future__ import annotations

import base64

import msgspec

from passport.errors import VaultError
from passport.verification.documents import Documents, RemoteDocument


def to_har(documents: Documents) -> bytes:
    """Return the documents as a HAR file."""
    entries = [_entry(documents[url]) for url in sorted(documents)]
    creator = {"name": "badge-passport", "version": "1"}
    return msgspec.json.encode({"log": {"version": "1.2", "creator": creator, "entries": entries}})


def from_har(har: bytes) -> Documents:
    """Return the documents of a HAR file that `to_har` wrote. Raise VaultError."""
    try:
        return Documents.of(_document(e) for e in msgspec.json.decode(har, type=_Har).log.entries)
    except (msgspec.MsgspecError, ValueError) as error:
        raise VaultError(f"The kept documents cannot be read ({error}).") from error


def _entry(document: RemoteDocument) -> dict[str, object]:
    content = {
        "size": len(document.body),
        "mimeType": document.content_type,
        "text": base64.b64encode(document.body).decode(),
        "encoding": "base64",
    }
    headers = [{"name": name, "value": value} for name, value in document.headers]
    return {
        "startedDateTime": document.fetched_at,
        "time": 0,
        "request": {"method": "GET", "url": document.url, "httpVersion": "HTTP/1.1", "headers": []},
        "response": {"status": document.status, "statusText": "", "headers": headers, "content": content},
        "_finalUrl": document.final_url,
        "_problem": document.problem,
    }


class _Header(msgspec.Struct):
    name: str
    value: str


class _Content(msgspec.Struct):
    text: str = ""
    mimeType: str = ""  # noqa: N815 (HAR's own name)


class _Response(msgspec.Struct):
    content: _Content
    headers: list[_Header]
    status: int = 0


class _Request(msgspec.Struct):
    url: str


class _Entry(msgspec.Struct):
    request: _Request
    response: _Response
    started: str = msgspec.field(name="startedDateTime", default="")
    final_url: str | None = msgspec.field(name="_finalUrl", default=None)
    problem: str | None = msgspec.field(name="_problem", default=None)


class _Log(msgspec.Struct):
    entries: list[_Entry]


class _Har(msgspec.Struct):
    log: _Log


def _document(entry: _Entry) -> RemoteDocument:
    return RemoteDocument(
        url=entry.request.url,
        fetched_at=entry.started,
        status=entry.response.status,
        content_type=entry.response.content.mimeType,
        body=base64.b64decode(entry.response.content.text),
        final_url=entry.final_url,
        headers=tuple((h.name, h.value) for h in entry.response.headers),
        problem=entry.problem,
    )

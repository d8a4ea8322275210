"""Documents as HTTP Archive 1.2: an existing, readable standard for what each URL answered, and when.

What the archive has no field for stands in fields that begin with an underscore (HAR 1.2, Custom fields):
`_finalUrl` after redirects, `_problem` for why no usable answer came.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from urllib.parse import urljoin

from passport.errors import ParseError
from passport.verification.documents import Documents, RemoteDocument

MAX_REDIRECTS = 5
_KEPT_HEADERS = frozenset({"etag", "last-modified", "date", "expires", "cache-control", "retry-after"})

Entry = tuple[RemoteDocument, str]
"""A document and, for a redirect, where it points to."""


def documents_from_har(har: bytes) -> Documents:
    """Return the documents of an archive; of several answers of one URL the last counts. Raise ParseError."""
    entries = {document.url: (document, target) for document, target in _entries(har)}
    return Documents({url: _followed(url, entries) for url in entries})


def documents_to_har(documents: Documents) -> bytes:
    """Return an archive of documents, in the order of their URLs: the same documents give the same bytes."""
    log = {
        "version": "1.2",
        "creator": {"name": "Badge Passport", "version": "1"},  # no sentence
        "entries": [_entry(documents.by_url[url]) for url in sorted(documents.by_url)],
    }
    return json.dumps({"log": log}, ensure_ascii=False, indent=1).encode("utf-8", "surrogatepass")


def _entries(har: bytes) -> Iterator[Entry]:
    try:
        archive = json.loads(har)
    except (ValueError, RecursionError) as error:
        raise ParseError("the archive", "this is no HTTP Archive (HAR): it is no JSON") from error
    entries = _field(_field(archive, "log"), "entries")
    if not isinstance(entries, list):
        raise ParseError("log.entries", "this is no HTTP Archive (HAR 1.2): its entries are missing")
    for entry in entries:
        request, response = _field(entry, "request"), _field(entry, "response")
        url, method = _field(request, "url"), _field(request, "method")
        if isinstance(url, str) and isinstance(response, dict) and method in ("GET", None):
            yield _document(url.partition("#")[0], _text(_field(entry, "startedDateTime")), response)


def _document(url: str, fetched_at: str, response: dict[str, object]) -> Entry:
    content = _field(response, "content")
    status = response.get("status")
    status = status if isinstance(status, int) else 0
    problem = _text(response.get("_problem")) or _text(response.get("_error"))
    document = RemoteDocument(
        url=url,
        fetched_at=fetched_at,
        status=status,
        content_type=_text(_field(content, "mimeType")),
        body=_body(content),
        final_url=_text(response.get("_finalUrl")) or None,
        headers=_headers(response.get("headers")),
        problem=problem or (None if status else "no answer came"),
    )
    target = _text(response.get("redirectURL")) if 300 <= status < 400 else ""
    return document, _joined(url, target) if target else ""


def _joined(url: str, target: str) -> str:
    """Return where a redirect leads; what is no address leads to what the archive does not hold."""
    try:
        return urljoin(url, target)
    except ValueError:  # `http://[` and the like
        return target


def _followed(url: str, entries: Mapping[str, Entry]) -> RemoteDocument:
    """Return what a URL answers in the end, where the archive keeps each redirect as an entry of its own."""
    document, target = entries[url]
    for _ in range(MAX_REDIRECTS):
        if not target:
            break
        if target.partition("#")[0] not in entries:
            return _renamed(document, url, target, "the archive does not hold what it was sent on to")
        document, target = entries[target.partition("#")[0]]
    if target:
        return _renamed(document, url, target, "it was sent on too often")
    return document if document.url == url else _renamed(document, url, document.url, document.problem)


def _renamed(document: RemoteDocument, url: str, final_url: str, problem: str | None) -> RemoteDocument:
    return RemoteDocument(
        url=url,
        fetched_at=document.fetched_at,
        status=document.status,
        content_type=document.content_type,
        body=document.body,
        final_url=document.final_url or final_url,
        headers=document.headers,
        problem=problem,
    )


def _entry(document: RemoteDocument) -> dict[str, object]:
    content = _content(document)
    return {
        "startedDateTime": document.fetched_at,
        "time": 0,
        "request": {
            "method": "GET",
            "url": document.url,
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": [],
            "queryString": [],
            "headersSize": -1,
            "bodySize": 0,
        },
        "response": {
            "status": document.status,
            "statusText": "",
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": [{"name": name, "value": value} for name, value in document.headers],
            "content": content,
            "redirectURL": "",
            "headersSize": -1,
            "bodySize": len(document.body),
            **({"_finalUrl": document.final_url} if document.final_url else {}),
            **({"_problem": document.problem} if document.problem else {}),
        },
        "cache": {},
        "timings": {"send": 0, "wait": 0, "receive": 0},
    }


def _content(document: RemoteDocument) -> dict[str, object]:
    content: dict[str, object] = {"size": len(document.body), "mimeType": document.content_type}
    try:
        return content | {"text": document.body.decode("utf-8")}
    except UnicodeDecodeError:
        return content | {"text": base64.b64encode(document.body).decode("ascii"), "encoding": "base64"}


def _body(content: object) -> bytes:
    text = _text(_field(content, "text"))
    if _field(content, "encoding") != "base64":
        return text.encode("utf-8", "surrogatepass")
    try:
        return base64.b64decode(text)
    except ValueError:  # binascii.Error among them; others for letters that no base64 has
        return b""


def _headers(headers: object) -> tuple[tuple[str, str], ...]:
    if not isinstance(headers, list):
        return ()
    pairs = ((_text(_field(header, "name")), _text(_field(header, "value"))) for header in headers)
    return tuple((name, value) for name, value in pairs if name.lower() in _KEPT_HEADERS)


def _field(value: object, name: str) -> object:
    return value.get(name) if isinstance(value, dict) else None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""

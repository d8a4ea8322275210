"""What is asked for, and what becomes of an answer."""

from __future__ import annotations

import ssl
from collections.abc import Mapping

import aiohttp
from yarl import URL

from passport.fetching.reading import TooLargeError
from passport.fetching.targets import RefusedError
from passport.verification.documents import RemoteDocument

REDIRECTS = frozenset({301, 302, 303, 307, 308})
ACCEPT = (
    "application/ld+json, application/json, application/vc+ld+json, application/vc, application/did+json, "
    "application/jwt;q=0.9, text/plain;q=0.5, image/png;q=0.4, image/svg+xml;q=0.4, image/*;q=0.3"  # no sentence
)
"""Never `text/html` nor `*/*`: Badgr and Credly answer with a page to whoever takes one (issuers reference 0.1)."""
KEPT_HEADERS = ("ETag", "Last-Modified", "Date", "Cache-Control", "Retry-After")


def conditions(hop: URL, known: RemoteDocument | None) -> dict[str, str]:
    """Return the headers of a request: with an answer of the same address in hand, it asks for news only."""
    headers = {"Accept": ACCEPT}
    if known is None or not known.ok or str(hop) != (known.final_url or str(URL(known.url).with_fragment(None))):
        return headers
    kept = {name.lower(): value for name, value in known.headers}
    if "etag" in kept:
        headers["If-None-Match"] = kept["etag"]
    if "last-modified" in kept:
        headers["If-Modified-Since"] = kept["last-modified"]
    return headers


def next_hop(hop: URL, target: str) -> URL:
    """Return where a redirect leads, or raise RefusedError."""
    try:
        url = hop.join(URL(target))
    except ValueError as error:
        raise RefusedError("The address leads on to something that is not a web address.") from error
    if hop.scheme == "https" and url.scheme != "https":
        raise RefusedError("The address leads on from a protected connection to an unprotected one.")
    return url


def document_of(url: str, hop: URL, response: aiohttp.ClientResponse, body: bytes, fetched_at: str) -> RemoteDocument:
    """Return the answer as it is kept."""
    asked = URL(url).with_fragment(None)
    return RemoteDocument(
        url=url,
        fetched_at=fetched_at,
        status=response.status,
        content_type=response.headers.get("Content-Type", ""),
        body=body,
        final_url=None if hop == asked else str(hop),
        headers=_kept(response.headers),
    )


def sentence(error: BaseException) -> str:
    """Return why no answer came, for the owner."""
    refusal = _refusal(error)
    if refusal is not None:
        return str(refusal)
    if isinstance(error, TooLargeError):
        return str(error)
    if isinstance(error, TimeoutError):
        return "The server did not answer in time."
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "The server's name is not known."
    if isinstance(error, ssl.SSLError | aiohttp.ClientSSLError | ssl.CertificateError):
        return "The server could not prove who it is (TLS certificate)."
    if isinstance(error, OSError):
        return "The server cannot be reached."
    return "The server's answer cannot be read."


def _refusal(error: BaseException | None) -> RefusedError | None:
    while error is not None and not isinstance(error, RefusedError):
        error = error.__cause__ or error.__context__
    return error


def _kept(headers: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((name, headers[name][:500]) for name in KEPT_HEADERS if name in headers)

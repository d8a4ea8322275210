"""What a file carries: statements as text, each with the place where it stood."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from passport.badge import strict_json
from passport.badge.compact import parse_compact
from passport.errors import ParseError

MAX_STATEMENT_BYTES = 1 << 20
"""Longest statement, also after inflating (security.md 2.3, iTXt/zTXt bomb)."""

_COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*(?:~[A-Za-z0-9_.-]*)*", re.ASCII)
_URL = re.compile(r"https?://[^\s<>\"{}\\^`]{1,2000}", re.IGNORECASE)

_REGISTERED_CLAIMS = frozenset({"iss", "sub", "aud", "exp", "nbf", "iat", "jti", "cnf"})
"""RFC 7519 section 4.1, RFC 7800; what an envelope adds to the credential in it."""


class Form(StrEnum):
    """What kind of text a statement is."""

    JSON = "json"
    COMPACT = "jws"
    """A compact JWS, JWT or SD-JWT."""
    URL = "url"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement, exactly as it was taken out."""

    text: str
    where: str
    """For people: `iTXt chunk "openbadges"`, `<openbadges:credential>`, `the file`…"""


@dataclass(frozen=True, slots=True)
class Unbaked:
    """All that was found in one file."""

    kind: str
    """png, svg, pdf, json, jws, url or other."""
    statements: tuple[Statement, ...] = ()
    notes: tuple[str, ...] = ()
    """Harmless oddities that are said and not punished, as sentences."""
    problem: str | None = None
    """Why what the file carries is refused (ambiguous, broken, hostile), as a sentence; None: nothing wrong."""


def form_of(text: str) -> Form:
    """Return what kind of text this is, from its look alone."""
    stripped = text.strip("\ufeff \t\r\n")
    if stripped.startswith("{"):
        return Form.JSON
    if _COMPACT.fullmatch(stripped):
        return Form.COMPACT
    return Form.URL if _URL.fullmatch(stripped) else Form.OTHER


def decode(data: bytes) -> tuple[str, str | None]:
    """Return the text and, where it was not UTF-8, a note.

    UTF-8 first, whatever the format says: issuers write it into `tEXt` too, and reading it as Latin-1 makes good
    signatures fail (verification.md 5, `SAFeÂ®`). Latin-1 reads everything, so nothing is ever lost here.
    """
    try:
        return data.decode("utf-8"), None
    except UnicodeDecodeError:
        return data.decode("latin-1"), "The text is not UTF-8; it was read as Latin-1."


def settle(statements: list[Statement]) -> tuple[list[Statement], str | None]:
    """Return the one statement that all of these make, and None; or all of them and why they do not agree.

    Identical repeats are one. So are a URL and the JSON that says it is hosted there (the JSON is kept), and a JWS
    and its own payload as JSON (the JWS is kept).
    """
    different = list({statement.text.strip(): statement for statement in reversed(statements)}.values())[::-1]
    if len(different) < 2:
        return different, None
    for statement in different:
        if all(other is statement or _covers(statement.text, other.text) for other in different):
            return [statement], None
    places = " and ".join(statement.where for statement in different[:3])
    return different, f"The file carries different statements ({places}); nobody can tell which one is meant."


def _covers(text: str, other: str) -> bool:
    """Return whether `other` says nothing that `text` does not say."""
    forms = form_of(text), form_of(other)
    if forms == (Form.JSON, Form.URL):
        return other.strip() in addresses(text)
    return forms == (Form.COMPACT, Form.JSON) and _is_payload(text, other)


def _is_payload(signed: str, document: str) -> bool:
    try:
        payload, value = parse_compact(signed).payload, strict_json.loads(document)
    except ParseError:
        return False
    claims = {name: claim for name, claim in payload.items() if name not in _REGISTERED_CLAIMS}
    return value in (payload, claims, payload.get("vc"))


def addresses(text: str) -> tuple[str, ...]:
    """Return the URLs at which a JSON statement says that it is hosted (OB 2.0 `id`, OB 1.x `verify.url`)."""
    try:
        value = strict_json.loads(text)
    except ParseError:
        return ()
    if not isinstance(value, dict):
        return ()
    found = [value.get("id")]
    for name in ("verify", "verification"):
        inner = value.get(name)
        if isinstance(inner, dict):
            found.append(inner.get("url"))
    return tuple(url for url in found if isinstance(url, str))

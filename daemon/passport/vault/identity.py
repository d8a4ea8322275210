"""Which badge is it? The same statement has the same id on every computer."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping

import rfc8785

from passport.badge.model import AchievementCredential, Securing

_SIGNATURES = frozenset({"proof", "signature"})
_LENGTH = 16
"""Characters of base32: 80 bits."""


def entry_id(credential: AchievementCredential | None, file: bytes, statement_index: int) -> str:
    """Return the id of the entry that the statement makes.

    A hosted statement is whatever its URL answers, so the URL names it; a signed one is named by its JSON in canonical
    form (JCS, RFC 8785) without the signature, so that the same badge signed or baked twice is one; and what could not
    be read is named by its file.
    """
    return _short(_statement(credential) or b"%d:%s" % (statement_index, hashlib.sha256(file).digest()))


def _statement(credential: AchievementCredential | None) -> bytes:
    if credential is None:
        return b""
    if credential.hosted_url and (credential.securing is Securing.HOSTED or not credential.document):
        return credential.hosted_url.strip().encode("utf-8", "surrogatepass")
    if credential.document:
        return canonical(credential.document)
    return credential.source.encode("utf-8", "surrogatepass")


def canonical(document: Mapping[str, object]) -> bytes:
    """Return the document without its signature, as bytes that do not depend on how it was written down."""
    unsigned = {key: value for key, value in document.items() if key not in _SIGNATURES}
    try:
        return rfc8785.dumps(unsigned)  # type: ignore[arg-type]  # JSON of unknown shape; it refuses what it cannot do
    except (rfc8785.CanonicalizationError, UnicodeError, RecursionError):
        # numbers beyond RFC 8785 (I-JSON): still one form for one document
        return json.dumps(unsigned, sort_keys=True, separators=(",", ":")).encode()


def _short(statement: bytes) -> str:
    return base64.b32encode(hashlib.sha256(statement).digest()).decode()[:_LENGTH].lower()

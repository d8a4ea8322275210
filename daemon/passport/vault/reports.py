"""Reports as JSON, and back: what a journal holds of a verification."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import replace

import msgspec

from passport.errors import VaultError
from passport.verification.report import VerificationReport

_DERIVED = "="
"""Stands for a document that is what the source says, so that nothing is kept twice."""


def encode_report(report: VerificationReport) -> dict[str, object]:
    """Return the report as JSON values."""
    data: dict[str, object] = msgspec.to_builtins(report)
    credential = data["credential"]
    if report.credential is not None and isinstance(credential, dict):
        document = report.credential.document
        if document and _document_in(report.credential.source) == document:
            credential["document"] = {_DERIVED: 1}
    return data


def decode_report(data: object) -> VerificationReport:
    """Return the report; raise VaultError for one of a form that this version does not know."""
    try:
        report = msgspec.convert(data, VerificationReport)
    except (msgspec.ValidationError, RecursionError) as error:
        raise VaultError(
            f"The kept report cannot be read by this version ({error}).", remedy="Verify the badge again."
        ) from error
    credential = report.credential
    if credential is None or credential.document != {_DERIVED: 1}:
        return report
    return replace(report, credential=replace(credential, document=_document_in(credential.source) or {}))


def _document_in(source: str) -> dict[str, object] | None:
    """Return the JSON object that the source is, or that is the payload of the compact JWS it is."""
    text: str | bytes = source
    parts = source.split("~", maxsplit=1)[0].split(".")
    try:
        if not source.lstrip().startswith("{") and len(parts) == 3:
            text = base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4))
        found = json.loads(text)
    except (ValueError, binascii.Error, RecursionError):
        return None
    return found if isinstance(found, dict) else None

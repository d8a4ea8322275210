"""A fresher copy of a credential, asked for once and only after the proof held (OB 3.0, 8.1; 1EdTech Refresh).

"If the refresh is not successful, continue the verification process using the original": so it never makes a verdict
worse by silence, and a copy that is not by the same issuer for the same credential does not count.
"""

from __future__ import annotations

from collections.abc import Mapping

from passport.badge.dates import parse_instant
from passport.badge.detection import credential_of, types_of
from passport.badge.model import AchievementCredential
from passport.badge.parsing import parse
from passport.errors import ParseError
from passport.verification.answers import failed, unknown
from passport.verification.documents import Documents
from passport.verification.remote import State, read_text
from passport.verification.report import Check

REFRESH_TYPE = "1EdTechCredentialRefresh"


def refresh_url(credential: AchievementCredential) -> str | None:
    """Return where a fresher copy of a credential is to be had; None: nowhere."""
    value = credential_of(credential.document).get("refreshService")
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict) and REFRESH_TYPE in types_of(item) and isinstance(item.get("id"), str):
            return str(item["id"])
    return None


def fresher_copy(credential: AchievementCredential, url: str, documents: Documents) -> AchievementCredential | Check:
    """Return the copy that the issuer offers, or the check `refresh` that says why it does not count."""
    reading = read_text(documents, url)
    if reading.state is not State.READ:
        text = f"A fresher copy could not be had, so this one is looked at: {reading.why}."
        return unknown("refresh", text, needs=reading.needs, matters=False)
    try:
        copy = parse(reading.text)
    except ParseError:
        return unknown("refresh", "The address of a fresher copy answers no credential.", matters=False)
    if copy.standard != "3.0" or copy.id != credential.id or copy.issuer.id != credential.issuer.id:
        text = "The address of a fresher copy answers another credential, which does not count."
        return failed("refresh", text, matters=False)
    if _is_older(copy.document, credential.document):
        return unknown("refresh", "The copy that the issuer offers is older than this one.", matters=False)
    return copy


def _is_older(copy: Mapping[str, object], original: Mapping[str, object]) -> bool:
    dates = []
    for document in (copy, original):
        inner = credential_of(document)
        value = inner.get("validFrom", inner.get("issuanceDate"))
        if not isinstance(value, str):
            return False
        try:
            dates.append(parse_instant(value).utc)
        except ParseError:
            return True
    return dates[0] < dates[1]

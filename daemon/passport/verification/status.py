"""Does the issuer still stand by it? Status lists of OB 3.0, each with its own proof, issuer and dates.

`BitstringStatusListEntry`, `StatusList2021Entry` and `1EdTechRevocationList`; several entries are all looked at. What
cannot be read is *unknown*, never "not revoked".
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from passport.badge.dates import parse_instant
from passport.badge.detection import types_of
from passport.errors import ParseError
from passport.verification.answers import failed, passed, unknown
from passport.verification.bitstring import StatusListError, inflate, status_at
from passport.verification.documents import Documents
from passport.verification.remote import Reading, State, read_object, read_text
from passport.verification.report import Check, Outcome, Verdict

MAX_ENTRIES = 16
_LIST_TYPES = {
    "BitstringStatusListEntry": ("BitstringStatusListCredential", "BitstringStatusList"),
    "StatusList2021Entry": ("StatusList2021Credential", "StatusList2021"),
}
_TAKEN_BACK = {"revocation": "revoked", "suspension": "suspended"}
_INFORMATION = frozenset({"message", "refresh"})

Entry = Mapping[str, object]


class _CannotTellError(Exception):
    """The status stays unknown; the text is a part of a sentence."""

    def __init__(self, why: str, needs: tuple[str, ...] = ()) -> None:
        super().__init__(why)
        self.needs = needs


def check_status(
    document: Mapping[str, object], credential_id: str | None, issuer: str, documents: Documents, now: datetime
) -> Check | None:
    """Return whether a credential was revoked or suspended; None: it names no way to ask (credentialStatus)."""
    entries = _entries(document.get("credentialStatus"))
    if not entries:
        return None
    if len(entries) > MAX_ENTRIES:
        return unknown("status", f"It names {len(entries)} ways to ask for its status, more than are looked at.")
    answers = [_entry_status(entry, credential_id, issuer, documents, now) for entry in entries]
    for outcome in (Outcome.FAILED, Outcome.UNKNOWN):
        for answer in answers:
            if answer.outcome is outcome:
                needs = tuple(url for one in answers for url in one.needs)
                return unknown("status", answer.explanation, needs=needs) if outcome is Outcome.UNKNOWN else answer
    return answers[0]


def _entry_status(entry: object, credential_id: str | None, issuer: str, documents: Documents, now: datetime) -> Check:
    try:
        return _asked_status(entry, credential_id, issuer, documents, now)
    except _CannotTellError as reason:
        return unknown("status", f"Whether it was revoked could not be checked: {reason}.", needs=reason.needs)


def _asked_status(entry: object, credential_id: str | None, issuer: str, documents: Documents, now: datetime) -> Check:
    if not isinstance(entry, dict):
        raise _CannotTellError("what it says of its status is no object (credentialStatus)")
    kinds = types_of(entry)
    if "1EdTechRevocationList" in kinds:
        return _from_revocation_list(entry, credential_id, issuer, documents)
    kind = next((kind for kind in _LIST_TYPES if kind in kinds), None)
    if kind is None:
        named = ", ".join(sorted(kinds))[:60] or "without a type"
        raise _CannotTellError(f"its way of telling ({named}) is not known")
    return _from_bits(entry, kind, issuer, documents, now)


def _from_revocation_list(entry: Entry, credential_id: str | None, issuer: str, documents: Documents) -> Check:
    """1EdTech Revocation List Status Method 1.0."""
    reading = _asked(read_object(documents, _text(entry, "id")))
    answer = reading.value or {}
    named = answer.get("issuer")
    named = named.get("id") if isinstance(named, dict) else named
    if named is not None and named != issuer:
        raise _CannotTellError("the list of revoked badges is that of another issuer")
    listed = answer.get("revokedCredential", answer.get("revokedCredentials"))
    if not isinstance(listed, list) or credential_id is None:
        raise _CannotTellError(
            "the list of revoked badges is not of the form that the standard says (revokedCredential)"
        )
    for item in listed:
        name = item.get("id") if isinstance(item, dict) else item
        if name == credential_id and not (isinstance(item, dict) and item.get("revoked") is False):
            return _taken_back("revoked", item.get("revocationReason") if isinstance(item, dict) else None)
    return passed("status", "It is not on the issuer's list of revoked badges.")


def _from_bits(entry: Entry, kind: str, issuer: str, documents: Documents, now: datetime) -> Check:
    purpose, url, index, size = _place(entry)
    reading = _asked(read_text(documents, url))
    credential = _vouched_list(reading.text, _LIST_TYPES[kind], issuer, documents, now)
    subject = _subject(credential, _LIST_TYPES[kind][1])
    purposes = _texts(subject.get("statusPurpose"))
    if purpose not in purposes:
        raise _CannotTellError(
            f"the list is for {' and '.join(purposes)[:60] or 'nothing named'}, not for {purpose[:30]}"
        )
    try:
        value = status_at(inflate(_text(subject, "encodedList")), index, size)
    except StatusListError as error:
        raise _CannotTellError(str(error)) from error
    if purpose in _INFORMATION:
        return passed("status", f"The issuer's list has a note on it ({purpose}: {value}); it is not revoked.")
    if value:
        return _taken_back(_TAKEN_BACK[purpose], _message(entry, value))
    if credential.get("id") not in (None, url):
        raise _CannotTellError("the address of the list answers another list")
    return passed("status", f"The issuer's list says that it is not {_TAKEN_BACK[purpose]}.")


def _place(entry: Entry) -> tuple[str, str, int, int]:
    """Return purpose, list, index and size of an entry."""
    purpose = _text(entry, "statusPurpose")
    if purpose not in _TAKEN_BACK and purpose not in _INFORMATION:
        raise _CannotTellError(f"the purpose {purpose[:30]!r} of its status is not known")
    index, size = entry.get("statusListIndex"), entry.get("statusSize", 1)
    if isinstance(index, str) and index.isascii() and index.isdigit() and len(index) < 16:
        index = int(index)
    if isinstance(index, bool) or not isinstance(index, int) or index < 0:
        raise _CannotTellError("its place in the list is no number (statusListIndex)")
    if isinstance(size, bool) or not isinstance(size, int):
        raise _CannotTellError("the size of its status is no number (statusSize)")
    return purpose, _text(entry, "statusListCredential"), index, size


def _vouched_list(
    text: str, types: tuple[str, str], issuer: str, documents: Documents, now: datetime
) -> Mapping[str, object]:
    """Return the status list credential, after its own type, issuer, dates and proof were looked at."""
    from passport.verification.trusting import read_signed  # noqa: PLC0415 (loads cryptography)

    signed = read_signed(text, issuer, documents, now)
    if signed.document is None or types[0] not in types_of(signed.document):
        raise _CannotTellError(f"the address of the list answers no {types[0]}", signed.needs)
    if signed.problem:
        raise _CannotTellError(f"the list itself is not vouched for ({signed.problem})", signed.needs)
    _in_time(signed.document, now)
    return signed.document


def _in_time(credential: Mapping[str, object], now: datetime) -> None:
    for names, ends in ((("validFrom", "issuanceDate"), False), (("validUntil", "expirationDate"), True)):
        for name in names:
            value = credential.get(name)
            if value is None:
                continue
            try:
                instant = parse_instant(value) if isinstance(value, str) else None
            except ParseError:
                instant = None
            if instant is None or (now > instant.latest if ends else now < instant.earliest):
                raise _CannotTellError("the list itself is out of date" if ends else "the list itself is not valid yet")


def _subject(credential: Mapping[str, object], kind: str) -> Mapping[str, object]:
    value = credential.get("credentialSubject")
    for subject in value if isinstance(value, list) else [value]:
        if isinstance(subject, dict) and kind in types_of(subject):
            return subject
    raise _CannotTellError(f"the list holds no {kind}")


def _taken_back(what: str, reason: object) -> Check:
    because = f' The reason given: "{reason[:200]}"' if isinstance(reason, str) and reason else ""
    return failed("status", f"The issuer has {what} it (credentialStatus).{because}", verdict=Verdict.REVOKED)


def _message(entry: Entry, value: int) -> str | None:
    """Return the issuer's words for a status of more than one bit (Bitstring Status List 1.0, 2.1, statusMessage)."""
    for item in _entries(entry.get("statusMessage")):
        if isinstance(item, dict):
            code, text = item.get("status"), item.get("message")
            if isinstance(code, str) and isinstance(text, str) and code.lower() == f"0x{value:x}":
                return text
    return None


def _asked(reading: Reading) -> Reading:
    if reading.state is not State.READ:
        raise _CannotTellError(reading.why, reading.needs)
    return reading


def _entries(value: object) -> list[object]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _texts(value: object) -> list[str]:
    return [item for item in _entries(value) if isinstance(item, str)]


def _text(value: Mapping[str, object], name: str) -> str:
    text = value.get(name)
    if not isinstance(text, str) or not text:
        raise _CannotTellError(f"{name} is missing or no text (credentialStatus)")
    return text

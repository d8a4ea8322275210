"""Statement as text -> AchievementCredential.

Tolerant of shapes, strict about syntax: what two readers could take for two things is refused, what is only unusual
is read, and what is missing is the matter of the check of the structure.
"""

from __future__ import annotations

from passport.badge import strict_json
from passport.badge.compact import CompactJws, parse_compact
from passport.badge.detection import contexts_of, is_meant_as_badge, standard_of, types_of
from passport.badge.generations import assertion, credential
from passport.badge.generations.endorsements import endorsement
from passport.badge.model import AchievementCredential, EndorsementCredential, Oddity, Securing
from passport.badge.reading import Node
from passport.badge.sd_jwt import disclosed
from passport.badge.statements import Form, form_of
from passport.errors import NotABadgeError, ParseError

__all__ = ["contexts_of", "parse", "parse_document", "parse_endorsement", "types_of"]


def parse(text: str) -> AchievementCredential:
    """Return what a statement says: JSON, a compact JWS, JWT or SD-JWT, or the URL of a hosted assertion.

    A URL gives `Securing.HOSTED` with `hosted_url` and nothing else.

    Raises:
        NotABadgeError: the text is something else.
        ParseError: it is meant as a badge and cannot be read; says where and what.
    """
    form = form_of(text)
    if form is Form.URL:
        url = text.strip("\ufeff \t\r\n")
        return AchievementCredential(standard="", securing=Securing.HOSTED, source=text, id=url, hosted_url=url)
    if form is Form.COMPACT:
        return _parse_signed(text)
    if form is Form.JSON:
        return parse_document(_json_object(text), source=text)
    raise NotABadgeError("the statement", "this is no JSON object, no signed statement and no address")


def parse_document(document: dict[str, object], *, source: str, signed: bool = False) -> AchievementCredential:
    """Return what a JSON document says; for one that was fetched, `source` is its text.

    Args:
        document: the JSON.
        source: the statement of which it was made.
        signed: whether it stood in a JWS (an assertion of OB 1.0 to 2.1).

    Raises:
        NotABadgeError: it is something else.
    """
    standard = standard_of(document)
    if standard == "3.0":
        securing = Securing.DATA_INTEGRITY if document.get("proof") else Securing.NONE
        return credential.read(document, source=source, securing=securing)
    return assertion.read(document, standard=standard, source=source, signed=signed)


def parse_endorsement(text: str) -> EndorsementCredential:
    """Return what an endorsement says that stands alone: JSON, a compact JWS, or its URL.

    Raises:
        ParseError: it cannot be read.
    """
    oddities: list[Oddity] = []
    if form_of(text) is Form.JSON:
        return endorsement(Node(_json_object(text), "", oddities))
    return endorsement(Node(text.strip(), "", oddities))


def _parse_signed(text: str) -> AchievementCredential:
    signed = _compact(text)
    standard = standard_of(signed.payload)
    document = _disclosed(signed, standard) if signed.is_sd_jwt else signed.payload
    if standard == "3.0":
        return credential.read(document, source=text, securing=_envelope(signed))
    return assertion.read(document, standard=standard, source=text, signed=True)


def _compact(text: str) -> CompactJws:
    try:
        return parse_compact(text)
    except ParseError as error:
        if is_meant_as_badge(text):
            raise
        raise NotABadgeError(error.where, error.problem) from error


def _disclosed(signed: CompactJws, standard: str) -> dict[str, object]:
    try:
        return disclosed(signed)
    except ParseError as error:
        raise ParseError(error.where, error.problem, standard=standard) from error


def _envelope(signed: CompactJws) -> Securing:
    return Securing.SD_JWT if signed.is_sd_jwt else Securing.VC_JWT


def _json_object(text: str) -> dict[str, object]:
    try:
        value = strict_json.loads(text)
    except ParseError as error:
        if is_meant_as_badge(text):
            raise
        raise NotABadgeError(error.where, error.problem) from error
    if not isinstance(value, dict):
        raise NotABadgeError("the statement", "this is no JSON object")
    return value

"""What a document that was fetched says, or why it says nothing. Only verification's own words, no network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from passport.badge import strict_json
from passport.errors import ParseError
from passport.verification.addresses import parse_address, without_fragment
from passport.verification.documents import Documents, RemoteDocument

SMALL_CHARACTERS = 16_384
"""Documents up to this size are kept at hand after they were read."""


class State(Enum):
    """How it went."""

    READ = "read"
    NOT_ASKED = "not asked"
    UNREACHABLE = "unreachable"
    NOT_FOUND = "not found"
    GONE = "gone"
    UNREADABLE = "unreadable"
    MOVED = "moved"


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """A fetched document as read. Compared by identity, so that what is derived of it can be kept at hand."""

    url: str
    state: State
    why: str = ""
    """For everything but READ: a part of a sentence, such as `… cannot be reached`."""
    text: str = ""
    value: Mapping[str, object] | None = None
    """The JSON object, where it is one."""

    @property
    def is_small(self) -> bool:
        """Whether it is kept at hand, and what is derived of it may be too."""
        return len(self.text) <= SMALL_CHARACTERS

    @property
    def needs(self) -> tuple[str, ...]:
        """The URL, when nobody asked for it yet: asking again helps only then."""
        return (self.url,) if self.state is State.NOT_ASKED else ()


def read_text(documents: Documents, url: str) -> Reading:
    """Return the text that a URL answered (state READ), else why there is none."""
    url = without_fragment(url)
    return _text_in(url, documents.by_url.get(url))


def read_object(documents: Documents, url: str) -> Reading:
    """Return the JSON object that a URL answered (state READ), else why there is none. It is never to be changed."""
    url = without_fragment(url)
    document = documents.by_url.get(url)
    if document is not None and document.status == 200 and len(document.body) <= SMALL_CHARACTERS:
        return _small_object(url, document.body, document.final_url, document.problem)
    return _object_in(_text_in(url, document))


@lru_cache(maxsize=256)
def _small_object(url: str, body: bytes, final_url: str | None, problem: str | None) -> Reading:
    """Return the object in a small document: one class, profile and key stand behind many badges."""
    document = RemoteDocument(url=url, fetched_at="", status=200, body=body, final_url=final_url, problem=problem)
    return _object_in(_text_in(url, document))


def _object_in(reading: Reading) -> Reading:
    if reading.state is not State.READ:
        return reading
    url, text = reading.url, reading.text
    try:
        value = strict_json.loads(text)
    except ParseError as error:
        why = "a web page" if text.lstrip()[:1] == "<" else f"something that is not clear JSON ({error})"
        return Reading(url, State.UNREADABLE, f"{_shown(url)} answers {why}", text)
    if not isinstance(value, dict):
        return Reading(url, State.UNREADABLE, f"{_shown(url)} answers no JSON object", text)
    return Reading(url, State.READ, "", text, value)


def _text_in(url: str, document: RemoteDocument | None) -> Reading:
    if parse_address(url) is None:
        return Reading(url, State.UNREACHABLE, f"{_shown(url)} is no address that can be asked")
    if document is None:
        return Reading(url, State.NOT_ASKED, f"{_shown(url)} has not been asked")
    if document.status == 410:
        return Reading(url, State.GONE, f"{_shown(url)} says that it is gone (410)", _decoded(document) or "")
    if document.status == 404:
        return Reading(url, State.NOT_FOUND, f"{_shown(url)} knows no such page any more (404)")
    if not document.ok:
        why = f"answers with an error ({document.status})" if document.status else "cannot be reached"
        return Reading(url, State.UNREACHABLE, f"{_shown(url)} {why}")
    if _crossed(url, document.final_url):
        why = f"{_shown(url)} sends the question on to {_shown(document.final_url or '')}, which is another site"
        return Reading(url, State.MOVED, why)
    text = _decoded(document)
    if text is None:
        return Reading(url, State.UNREADABLE, f"{_shown(url)} answers no text")
    return Reading(url, State.READ, "", text)


def _crossed(url: str, final_url: str | None) -> bool:
    """Whether another origin answered than was asked: it is not that one's word then (security.md 2.4)."""
    if final_url is None or final_url == url:
        return False
    asked, answered = parse_address(url), parse_address(without_fragment(final_url))
    return (
        asked is None or answered is None or not asked.same_origin(answered) or (asked.secure and not answered.secure)
    )


def _decoded(document: RemoteDocument) -> str | None:
    try:
        return document.body.decode().removeprefix("\ufeff")
    except UnicodeDecodeError:
        return None


def _shown(url: str) -> str:
    return url if len(url) <= 120 else url[:119] + "…"

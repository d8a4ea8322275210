"""Reading a JSON Resume (jsonresume.org schema 1.0.0): all that a CV of ours can hold of it.

Badges come from the passport alone: a certificate that is no badge here becomes a line of the owner's own words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeVar

from passport.badge.strict_json import loads
from passport.errors import ParseError, SharingError
from passport.look.words import noted
from passport.sharing.cv.kept import MAX_ITEMS, MAX_TEXT
from passport.sharing.cv.model import Position, Section

MAX_BYTES = 1 << 20
_NOT_SEEN = dict.fromkeys((*range(9), 11, 12, *range(14, 32), *range(127, 160)))
"""Control characters, but for tabs and the ends of lines: no font shows them, and terminals obey them."""
VOLUNTEERING = noted("Volunteering")
LISTS: Mapping[str, tuple[str, tuple[str, ...]]] = MappingProxyType(
    {
        "skills": (noted("Skills"), ("name", "level", "keywords")),
        "awards": (noted("Awards"), ("title", "awarder", "date", "summary")),
        "publications": (noted("Publications"), ("name", "publisher", "releaseDate", "url", "summary")),
        "projects": (noted("Projects"), ("name", "startDate", "url", "description", "highlights")),
        "interests": (noted("Interests"), ("name", "keywords")),
        "references": (noted("References"), ("name", "reference")),
    }
)
"""What becomes a section of free text, one line for each: its heading, and what stands in a line."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume:
    """What was read."""

    person: str = ""
    headline: str = ""
    about: str = ""
    email: str = ""
    location: str = ""
    sections: tuple[Section, ...] = ()
    """Headings of ours in English; empty where the kind has a usual one."""


def read_json_resume(text: str, is_held: Callable[[str, str], bool] = lambda _name, _issuer: False) -> Resume:
    """Read a resume; `is_held` says of a certificate's name and issuer whether the passport has such a badge.

    Raises:
        SharingError: it is too large, no JSON Resume, or holds more than a CV keeps: then nothing is taken in.
    """
    if len(text) > MAX_BYTES:
        raise SharingError("This file is too large for a JSON Resume.")
    try:
        resume = loads(text)
    except ParseError as error:
        raise SharingError(f"This is not a JSON Resume: {error}.") from error
    if not isinstance(resume, dict):
        raise SharingError("This is not a JSON Resume: it holds no object.")
    found = resume.get("basics")
    basics: dict[str, object] = found if isinstance(found, dict) else {}
    return Resume(
        person=text_of(basics, "name"),
        headline=text_of(basics, "label"),
        about=text_of(basics, "summary"),
        email=text_of(basics, "email"),
        location=place(basics.get("location")),
        sections=sections(resume, is_held),
    )


def sections(resume: dict[str, object], is_held: Callable[[str, str], bool]) -> tuple[Section, ...]:
    """Return the sections that hold something."""
    certificates = each(resume, "certificates", read_certificate)
    others = tuple(one for one in certificates if one.title and not is_held(one.title, one.organisation))
    found = (
        Section(title="", kind="experience", positions=each(resume, "work", read_work)),
        Section(title="", kind="education", positions=each(resume, "education", read_study)),
        Section(title=VOLUNTEERING, kind="experience", positions=each(resume, "volunteer", read_work)),
        Section(title="", kind="certificates", positions=others),
        Section(title="", kind="languages", languages=each(resume, "languages", read_language)),
        *(Section(title=heading, kind="text", text=lines(resume, key)) for key, (heading, _) in LISTS.items()),
    )
    return tuple(section for section in found if section.positions or section.languages or section.text)


def each(resume: dict[str, object], key: str, read: Callable[[dict[str, object]], T]) -> tuple[T, ...]:
    """Read each object of a list; what is something else is left out."""
    items = resume.get(key)
    return tuple(read(item) for item in few(items) if isinstance(item, dict)) if isinstance(items, list) else ()


def few(items: list[object]) -> list[object]:
    """Return a list that a CV can keep whole."""
    if len(items) > MAX_ITEMS:
        raise SharingError("This JSON Resume holds more than fits into a CV.", remedy="Shorten it first.")
    return items


def lines(resume: dict[str, object], key: str) -> str:
    """Return a list as text, one line for each of its objects."""
    _, fields = LISTS[key]

    def line(item: dict[str, object]) -> str:
        first, *rest = (", ".join(texts_of(item, field)) or text_of(item, field) for field in fields)
        more = ", ".join(" ".join(part.split()) for part in rest if part)
        return " – ".join(part for part in (" ".join(first.split()), more) if part)

    return plain("\n".join(filter(None, each(resume, key, line))))


def text_of(item: dict[str, object], key: str) -> str:
    """Return a text; empty when it is something else."""
    value = item.get(key)
    return plain(value) if isinstance(value, str) else ""


def texts_of(item: dict[str, object], key: str) -> tuple[str, ...]:
    """Return the texts of a list."""
    value = item.get(key)
    return tuple(plain(text) for text in few(value) if isinstance(text, str)) if isinstance(value, list) else ()


def plain(text: str) -> str:
    """Return a text that a CV can keep whole, without what nobody sees."""
    if len(text) > MAX_TEXT:
        raise SharingError("This JSON Resume holds more than fits into a CV.", remedy="Shorten it first.")
    return text.translate(_NOT_SEEN)


def place(location: object) -> str:
    """Return where someone lives, in one line."""
    item: dict[str, object] = location if isinstance(location, dict) else {}
    parts = [text_of(item, key) for key in ("address", "postalCode", "city", "region", "countryCode")]
    return ", ".join(part for part in parts if part)


def read_work(item: dict[str, object]) -> Position:
    """Read a job, or a voluntary one."""
    return Position(
        title=text_of(item, "position"),
        organisation=text_of(item, "name") or text_of(item, "organization"),
        start=text_of(item, "startDate"),
        end=text_of(item, "endDate"),
        summary=text_of(item, "summary"),
        highlights=texts_of(item, "highlights"),
        link=safe_link(text_of(item, "url")),
    )


def read_study(item: dict[str, object]) -> Position:
    """Read a course of study."""
    title = " ".join(part for part in (text_of(item, "studyType"), text_of(item, "area")) if part)
    return Position(
        title=title,
        organisation=text_of(item, "institution"),
        start=text_of(item, "startDate"),
        end=text_of(item, "endDate"),
        summary=text_of(item, "score"),
        highlights=texts_of(item, "courses"),
        link=safe_link(text_of(item, "url")),
    )


def read_certificate(item: dict[str, object]) -> Position:
    """Read a certificate."""
    name, issuer, day = (text_of(item, key) for key in ("name", "issuer", "date"))
    return Position(title=name, organisation=issuer, start=day, link=safe_link(text_of(item, "url")))


def read_language(item: dict[str, object]) -> tuple[str, str]:
    """Read a language and its fluency."""
    return text_of(item, "language"), text_of(item, "fluency")


def safe_link(address: str) -> str | None:
    """Return a web address; None for anything else."""
    return address if address.startswith(("https://", "http://")) else None

"""JSON Resume, out and in (jsonresume.org schema 1.0.0: basics, work, education, certificates, languages)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TypeVar

from passport.errors import SharingError
from passport.sharing.cv.model import Cv, CvBadge, Position, Section

SCHEMA = "https://raw.githubusercontent.com/jsonresume/resume-schema/v1.0.0/schema.json"
MAX_BYTES = 1 << 20

T = TypeVar("T")


def to_json_resume(cv: Cv) -> str:
    """Return the CV as JSON Resume."""
    resume: dict[str, object] = {
        "$schema": SCHEMA,
        "basics": basics(cv),
        "work": [work(position) for section in of_kind(cv, "experience") for position in section.positions],
        "education": [study(position) for section in of_kind(cv, "education") for position in section.positions],
        "certificates": [certificate(badge) for badge in cv.badges],
        "languages": [
            {"language": name, "fluency": fluency}
            for section in of_kind(cv, "languages")
            for name, fluency in section.languages
        ],
        "meta": {"version": "v1.0.0", "lastModified": f"{cv.made_on.isoformat()}T00:00:00Z"},
    }
    return json.dumps({key: value for key, value in resume.items() if value}, ensure_ascii=False, indent=2) + "\n"


def of_kind(cv: Cv, kind: str) -> list[Section]:
    """Return the sections of a kind."""
    return [section for section in cv.sections if section.kind == kind]


def filled(**values: object) -> dict[str, object]:
    """Return only what has a value: the schema has formats that empty text breaks."""
    return {key: value for key, value in values.items() if value}


def basics(cv: Cv) -> dict[str, object]:
    """Return who it is."""
    profiles = [filled(network=label, url=address) for label, address in cv.links]
    location = {"address": cv.location} if cv.location else None
    return filled(
        name=cv.name,
        label=cv.headline,
        email=cv.email,
        url=cv.url,
        summary=cv.about,
        location=location,
        profiles=profiles,
    )


def work(position: Position) -> dict[str, object]:
    """Return a job."""
    return filled(
        name=position.organisation,
        position=position.title,
        url=position.link,
        startDate=position.start,
        endDate=position.end,
        summary=position.summary,
        highlights=list(position.highlights),
    )


def study(position: Position) -> dict[str, object]:
    """Return a course of study."""
    return filled(
        institution=position.organisation,
        area=position.title,
        url=position.link,
        startDate=position.start,
        endDate=position.end,
        courses=list(position.highlights),
    )


def certificate(badge: CvBadge) -> dict[str, object]:
    """Return a badge as a certificate."""
    return filled(
        name=badge.name,
        date=badge.issued.isoformat() if badge.issued else None,
        issuer=badge.issuer,
        url=badge.link,
    )


def sections_from_json_resume(text: str) -> tuple[Section, ...]:
    """Return experience, education and languages of a JSON Resume; badges come from the passport alone.

    Raises:
        SharingError: it is too large or no JSON Resume.
    """
    if len(text) > MAX_BYTES:
        raise SharingError("This file is too large for a JSON Resume.")
    try:
        resume = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SharingError(f"This is not a JSON Resume: {error}.") from error
    if not isinstance(resume, dict):
        raise SharingError("This is not a JSON Resume: it holds no object.")
    found = (
        Section(title="Experience", kind="experience", positions=each(resume, "work", read_work)),
        Section(title="Education", kind="education", positions=each(resume, "education", read_study)),
        Section(title="Languages", kind="languages", languages=each(resume, "languages", read_language)),
    )
    return tuple(section for section in found if section.positions or section.languages)


def each(resume: dict[str, object], key: str, read: Callable[[dict[str, object]], T]) -> tuple[T, ...]:
    """Read each object of a list; what is something else is left out."""
    items = resume.get(key)
    return tuple(read(item) for item in items if isinstance(item, dict)) if isinstance(items, list) else ()


def text_of(item: dict[str, object], key: str) -> str:
    """Return a text; empty when it is something else."""
    value = item.get(key)
    return value if isinstance(value, str) else ""


def texts_of(item: dict[str, object], key: str) -> tuple[str, ...]:
    """Return the texts of a list."""
    value = item.get(key)
    return tuple(text for text in value if isinstance(text, str)) if isinstance(value, list) else ()


def read_work(item: dict[str, object]) -> Position:
    """Read a job."""
    return Position(
        title=text_of(item, "position"),
        organisation=text_of(item, "name"),
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
        highlights=texts_of(item, "courses"),
        link=safe_link(text_of(item, "url")),
    )


def read_language(item: dict[str, object]) -> tuple[str, str]:
    """Read a language and its fluency."""
    return text_of(item, "language"), text_of(item, "fluency")


def safe_link(address: str) -> str | None:
    """Return a web address; None for anything else."""
    return address if address.startswith(("https://", "http://")) else None

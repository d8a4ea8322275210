"""A CV as JSON Resume (jsonresume.org schema 1.0.0: basics, work, education, certificates, languages).

`resume_reading` reads one.
"""

from __future__ import annotations

import json

from passport.sharing.cv.model import Cv, CvBadge, Position, Section

SCHEMA = "https://raw.githubusercontent.com/jsonresume/resume-schema/v1.0.0/schema.json"


def to_json_resume(cv: Cv) -> str:
    """Return the CV as JSON Resume."""
    resume: dict[str, object] = {
        "$schema": SCHEMA,
        "basics": basics(cv),
        "work": [work(position) for section in of_kind(cv, "experience") for position in section.positions],
        "education": [study(position) for section in of_kind(cv, "education") for position in section.positions],
        "certificates": [certificate(badge) for badge in cv.badges] + others(cv),
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
        summary=cv.summary,
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
        score=position.summary,
        courses=list(position.highlights),
    )


def others(cv: Cv) -> list[dict[str, object]]:
    """Return the certificates that are no badges."""
    held = [position for section in of_kind(cv, "certificates") for position in section.positions]
    return [filled(name=one.title, date=one.start, issuer=one.organisation, url=one.link) for one in held]


def certificate(badge: CvBadge) -> dict[str, object]:
    """Return a badge as a certificate."""
    return filled(
        name=badge.name,
        date=badge.issued.isoformat() if badge.issued else None,
        issuer=badge.issuer,
        url=badge.link,
    )

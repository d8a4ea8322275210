"""A passport of some sixty badges of every kind, to look at: many issuers, verdicts, skills, languages."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFont
from tests.web.pages_material import Passport

from passport.badge.model import (
    Achievement,
    AchievementSubject,
    Alignment,
    Criteria,
    EndorsementCredential,
    Evidence,
    IdentityObject,
    Profile,
    Related,
    Result,
    ResultDescription,
    RubricCriterionLevel,
)

SIZE = 400
SHAPES = (0, 6, 12, 8, 5, 0, 10)
INKS = (
    ("#2b7597", "#3b72d1"),
    ("#98602d", "#cdac3a"),
    ("#2f9859", "#3bd0a8"),
    ("#5c2d97", "#a63ad0"),
    ("#2f5d98", "#3c53d1"),
    ("#8f2f4f", "#d03a42"),
    ("#91442b", "#d0853b"),
    ("#2d3f97", "#4f3bd0"),
    ("#4d6b2f", "#8fae3e"),
    ("#97552d", "#d1663b"),
)
ESCO = "https://data.europa.eu/esco/skill/"


@dataclass(frozen=True, slots=True)
class Home:
    """An issuer."""

    name: str
    host: str


HOMES = (
    Home("Aalto University", "aalto.example"),
    Home("Omnia Education", "omnia.example"),
    Home("Suomen Palloliitto", "palloliitto.example"),
    Home("City of Oulu", "oulu.example"),
    Home("Youth Academy", "youth-academy.example"),
    Home("Red Cross", "redcross.example"),
    Home("Open Foundation", "open-foundation.example"),
    Home("European Commission", "ec.example"),
    Home("OK Study Centre", "ok-centre.example"),
    Home("Code Club", "codeclub.example"),
    Home("Helsinki City Library", "library.example"),
    Home("مدرسة الحرف", "crafts.example"),
    Home("北京开放大学", "open-university.example"),
)
NAMES = (
    "Student Tutor", "Team Worker", "Fair Coach", "Diligent Summer Worker", "Association Chair", "First Aid 2",
    "Kubernetes Application Developer", "Open Education Practitioner", "Social Media Expert", "Python Basics",
    "Story Teller", "خط عربي", "数据素养", "Peer Mentor", "Welding, Level 3", "Match Official", "Event Host",
    "Board Member", "First Aid 1", "Cloud Security Specialist", "Digital Teaching", "Podcast Maker", "Scratch Helper",
    "Reading Circle", "Data Literacy", "Accessibility Champion", "Hygiene Passport", "Futsal Coach",
    "Youth Worker of the Year", "Treasurer", "Ski Patrol", "Git and Review", "Learning Designer", "Meeting Facilitator",
    "Unit Testing", "Archive Volunteer", "Sign Language, First Steps", "Safe Chemicals", "Laser Cutter Licence",
    "Goalkeeper Coach", "Summer Camp Leader", "Grant Writer", "Water Rescue", "Incident Responder", "Course Author",
    "Video Editor", "Web Accessibility Tester", "Bookbinding", "Machine Learning in Practice: From Notebook to Service",
    "Bicycle Mechanic", "Interpreter", "Green Office", "Choir", "Translator", "Hackathon Winner", "Ethics in AI",
    "Trainer of Trainers", "Speaker", "Kitchen Safety", "Sailing Crew",
)  # fmt: skip
SKILLS = (
    "mentoring", "teamwork", "coaching", "project management", "leadership", "first aid", "cloud computing",
    "digital pedagogy", "communication", "programming", "writing", "accessibility", "data analysis", "event management",
)  # fmt: skip
VERDICTS = {
    4: "unconfirmed",
    5: "invalid",
    7: "expired",
    14: "unconfirmed",
    18: "expired",
    26: "revoked",
    33: "not-yours",
}


def picture(number: int, letter: str) -> bytes:
    """Draw a badge: a rim, a face, a dotted ring, a letter."""
    rim, face = INKS[number % len(INKS)]
    image = Image.new("RGBA", (SIZE, SIZE))
    draw = ImageDraw.Draw(image)
    corners = SHAPES[number % len(SHAPES)]
    for colour, radius in ((rim, SIZE / 2 - 6), (face, SIZE / 2 - 40)):
        if corners:
            turn = -math.pi / 2
            points = [
                (
                    SIZE / 2 + radius * math.cos(turn + 2 * math.pi * k / corners),
                    SIZE / 2 + radius * math.sin(turn + 2 * math.pi * k / corners),
                )
                for k in range(corners)
            ]
            draw.polygon(points, fill=colour)
        else:
            draw.ellipse((SIZE / 2 - radius, SIZE / 2 - radius, SIZE / 2 + radius, SIZE / 2 + radius), fill=colour)
    for k in range(48):
        x, y = (SIZE / 2 + 118 * turn(2 * math.pi * k / 48) for turn in (math.cos, math.sin))
        draw.ellipse((x - 3, y - 3, x + 3, y + 3), fill="#ffffffb0")
    font = ImageFont.load_default(size=150)
    draw.text((SIZE / 2, SIZE / 2), letter, fill="white", font=font, anchor="mm")
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue() + number.to_bytes(4)


def fill(passport: Passport) -> list[str]:
    """Put the badges in, with what an owner says of them; return their ids, the newest first."""
    ids = []
    for number, name in enumerate(NAMES):
        home = HOMES[(number * 5) % len(HOMES) if number >= len(HOMES) else number]
        ids.append(_put(passport, number, name, home))
    _own(passport, ids)
    return ids


def _put(passport: Passport, number: int, name: str, home: Home) -> str:
    verdict = VERDICTS.get(number, "verified")
    skills = (SKILLS[number % len(SKILLS)], SKILLS[(number * 3 + 1) % len(SKILLS)])
    year, month, day = 2026 - number // 9, 1 + (number * 3) % 10, 1 + (number * 11) % 28
    until = {7: "2026-06-09", 18: "2024-01-31", 3: "2027-01-15", 21: "2026-12-20", 30: "2027-05-01"}.get(number)
    more: dict[str, object] = {}
    if number % 3:
        more["evidence"] = ()
    if number == 0:
        more |= _rich()
    about = {
        "name": name,
        "description": f"{name}: shown in practice over {number % 5 + 2} months, with feedback from others.",
        "criteria": Criteria(narrative="* shown in practice\n* talked over with a **mentor**"),
        "tags": skills[:1],
        "type": ("Badge", "Certificate", "Course", "MicroCredential")[number % 4],
    }
    if number % 2 == 0:
        found = Alignment(
            target_name=skills[1], target_url=f"{ESCO}{number}", target_framework="ESCO", target_code="S1.2"
        )
        about["alignments"] = (found,)
    achievement = Achievement(**about | more.pop("achievement", {}))
    whom = (IdentityObject(identity="bob@example.org" if verdict == "not-yours" else "ann@example.org"),)
    entry = passport.put(
        verdict,
        identity="self-asserted" if number in {9, 22, 47} else "domain",
        number=number + 1,
        file=picture(number, next((c for c in name if c.isalpha()), "A")),
        name=name,
        issuer=home.name,
        issuer_id=f"https://{home.host}/issuer",
        valid_from=f"{year}-{month:02}-{day:02}T00:00:00Z",
        valid_until=f"{until}T00:00:00Z" if until else None,
        subject=AchievementSubject(achievement=achievement, identifiers=whom, results=more.pop("results", ())),
        **more,
    )
    return entry.id


def _rich() -> dict[str, object]:
    """Return what a badge can carry at most."""
    levels = (RubricCriterionLevel(id="urn:level:2", name="Skilled", level="2"),)
    described = (
        ResultDescription(id="urn:r:1", name="Final grade", result_type="LetterGrade", allowed_values=("A", "B", "C")),
        ResultDescription(id="urn:r:2", name="Hours of work", result_type="RawScore", value_max="200"),
        ResultDescription(id="urn:r:3", name="Guiding a group", result_type="RubricCriterionLevel", levels=levels),
    )
    return {
        "achievement": {
            "criteria": Criteria(
                narrative="Guided a group of twelve first-year students:\n\n* planned **four workshops**\n"
                "* kept a [learning diary](https://aalto.example/diary)\n* gave and took feedback",
                id="https://aalto.example/criteria",
            ),
            "result_descriptions": described,
            "translations": (
                ("fi", "Opiskelijatuutori", "Ohjasi kahdentoista uuden opiskelijan ryhmää."),
                ("sv", "Studenttutor", "Handledde en grupp med tolv nya studenter."),
            ),
            "version": "2",
            "related": (Related(id="https://aalto.example/badges/tutor-1", version="1"),),
            "creator": Profile(name="Aalto Teaching and Learning", id="https://aalto.example/atl"),
            "endorsements": (
                EndorsementCredential(
                    issuer=Profile(name="National Union of Students", id="https://union.example"),
                    comment="We ask for this badge when we look for *trainers*.",
                    valid_from="2025-01-10T00:00:00Z",
                    verdict="verified",
                ),
            ),
        },
        "results": (
            Result(value="A", result_description="urn:r:1"),
            Result(value="160", result_description="urn:r:2"),
            Result(achieved_level="urn:level:2", result_description="urn:r:3"),
        ),
        "evidence": (
            Evidence(
                name="Learning diary", narrative="Four *workshops*, week by week.", id="https://aalto.example/e/1"
            ),
            Evidence(name="Feedback of the group", narrative="Average **4.8** of 5 from twelve answers."),
        ),
    }


def _own(passport: Passport, ids: list[str]) -> None:
    vault = passport.vault
    for place, key in enumerate(ids):
        values: dict[str, object] = {} if place in {3, 5, 33} else {"state": "accepted"}
        if place % 4 == 0:
            values |= {"tag:coaching": True, "rating": 3 + place % 3}
        if place % 7 == 0:
            values |= {"visibility": "public"}
        if values:
            vault.decide(f"badge:{key}", values)
    first = {"note": "The first one I was really proud of.", "tag:volunteering": True}
    vault.decide(f"badge:{ids[0]}", first | {"evidence": [{"text": "My talk about it", "url": "https://talk.example"}]})
    members = {f"member:{key}": f"{place:06}" for place, key in enumerate(ids[0:54:6])}
    vault.decide("collection:coachingaaaa", {"name": "Coaching", "text": "What I learned **on the field**."} | members)
    vault.decide("collection:cloudaaaaaaa", {"name": "Cloud", "rule": 'skill:"cloud computing"'})
    vault.decide("collection:volunteering", {"name": "Volunteering", "rule": 'issuer:"Red Cross"'})
    wanted = ["First Aid 1", "First Aid 2", "Water Rescue", "Trainer of Trainers"]
    vault.decide("goal:firstaidpath", {"name": "First aid trainer", "rule": "order", "wanted": wanted})
    done = ["Student Tutor", "Peer Mentor", "Fair Coach"]
    vault.decide("goal:tutorpath123", {"name": "Senior tutor", "rule": "some", "needed": 2, "wanted": done})
    vault.decide("profile", {"name": "Ann Example", "headline": "Teacher who codes", "identity:ann@example.org": True})

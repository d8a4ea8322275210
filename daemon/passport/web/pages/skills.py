"""What the badges say one can do: issuers' own words for it, and how each is backed. Nothing is invented."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

from aiohttp import web

from passport.vault.model import Entry
from passport.web.pages.formats import tidy
from passport.web.pages.overview import all_entries
from passport.web.pages.rendering import render
from passport.web.parts import PARTS

MAX_BUBBLES = 36
WIDTH, HEIGHT = 920.0, 480.0


@dataclass(slots=True)
class Skill:
    """One skill and the badges that name it."""

    name: str
    verified: int = 0
    total: int = 0
    issuers: set[str] = field(default_factory=set)
    badges: list[Entry] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Bubble:
    """A skill on the map."""

    skill: Skill
    x: float
    y: float
    radius: float

    @property
    def lines(self) -> list[str]:
        """The name in lines that fit."""
        room = max(5, int(self.radius / 3.9))
        lines: list[str] = []
        for word in self.skill.name.split():
            if lines and len(lines[-1]) + len(word) < room:
                lines[-1] += f" {word}"
            else:
                lines.append(word)
        return [line if len(line) <= room + 2 else f"{line[: room + 1]}…" for line in lines[:3]]


async def show_skills(request: web.Request) -> web.Response:
    """Show the map and the list."""
    skills = skills_of(all_entries(request.app[PARTS].vault))
    return render(
        request, "skills.html", skills=skills[:400], bubbles=placed(skills[:MAX_BUBBLES]), size=(WIDTH, HEIGHT)
    )


async def export_skills(request: web.Request) -> web.Response:
    """Hand out the skills as JSON."""
    skills = [
        {
            "name": skill.name,
            "badges": skill.total,
            "verifiedBadges": skill.verified,
            "issuers": sorted(skill.issuers),
            "evidence": [
                {"id": e.id, "name": e.name, "issuer": e.issuer, "verdict": e.verdict, "credentialId": e.credential_id}
                for e in skill.badges
            ],
        }
        for skill in skills_of(all_entries(request.app[PARTS].vault))
    ]
    headers = {"Content-Disposition": 'attachment; filename="skills.json"'}
    return web.json_response({"skills": skills}, headers=headers)


def skills_of(entries: Iterable[Entry]) -> list[Skill]:
    """Bring together what differs in case alone; best backed first. Badges that are not good back nothing."""
    found: dict[str, Skill] = {}
    for entry in entries:
        if entry.verdict in {"invalid", "revoked", "not-yours"}:
            continue
        for name in dict.fromkeys(tidy(skill, 80) for skill in entry.skills):
            if not name:
                continue
            skill = found.setdefault(name.casefold(), Skill(name))
            skill.total += 1
            skill.verified += entry.verdict == "verified"
            skill.issuers.add(tidy(entry.issuer, 80))
            skill.badges.append(entry)
    return sorted(found.values(), key=lambda skill: (-skill.verified, -skill.total, skill.name.casefold()))


def placed(skills: list[Skill]) -> list[Bubble]:
    """Lay the skills out from the middle, the best backed largest, none upon another."""
    most = max((skill.total for skill in skills), default=1)
    bubbles: list[Bubble] = []
    for skill in skills:
        radius = 26 + 46 * math.sqrt(skill.total / most)
        bubble = _free_place(skill, radius, bubbles)
        if bubble:
            bubbles.append(bubble)
    return bubbles


def _free_place(skill: Skill, radius: float, taken: list[Bubble]) -> Bubble | None:
    for step in range(1600):
        angle, distance = step * 0.37, 2.1 * math.sqrt(step) * 3.2
        x, y = WIDTH / 2 + distance * 1.75 * math.cos(angle), HEIGHT / 2 + distance * 0.92 * math.sin(angle)
        inside = radius <= x <= WIDTH - radius and radius <= y <= HEIGHT - radius
        if inside and all(math.hypot(x - b.x, y - b.y) >= radius + b.radius + 5 for b in taken):
            return Bubble(skill, x, y, radius)
    return None

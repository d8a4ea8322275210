"""What the badges say one can do: issuers' own words for it, and how each is backed. Nothing is invented."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from aiohttp import web

from passport.vault.model import Entry
from passport.vault.skills import SkillNames
from passport.web.pages.cards import Card
from passport.web.pages.formats import tidy
from passport.web.pages.overview import all_entries
from passport.web.pages.rendering import render
from passport.web.pages.skill_details import MAX_TOLD, Skill, Told, details_of
from passport.web.parts import PARTS

MAX_BUBBLES = 36
MAX_LISTED = 400
WIDTH, HEIGHT = 920.0, 480.0
AROUND = 6
"""Of the map's edge: a circle's line is not cut off."""
FILLED = 0.5
"""How much of the map is covered, where there are enough skills."""
MOST_SCALED = 1.6


@dataclass(frozen=True, slots=True)
class Bubble:
    """A skill on the map."""

    skill: Skill
    x: float
    y: float
    radius: float

    @property
    def letters(self) -> float:
        """How large the name is written."""
        return round(min(18.0, max(11.0, self.radius / 4.2)), 1)

    @property
    def lines(self) -> list[str]:
        """The name in lines that fit."""
        room = max(5, int(1.7 * self.radius / (0.56 * self.letters)))
        lines: list[str] = []
        for word in self.skill.name.split():
            if lines and len(lines[-1]) + len(word) < room:
                lines[-1] += f" {word}"
            else:
                lines.append(word)
        return [line if len(line) <= room + 2 else f"{line[: room + 1]}…" for line in lines[:3]]


async def show_skills(request: web.Request) -> web.Response:
    """Show the map and the list."""
    vault = request.app[PARTS].vault
    skills = skills_of(all_entries(vault), vault.skill_names())
    bubbles = placed(skills[:MAX_BUBBLES])
    return render(
        request,
        "skills.html",
        skills=[skill for skill in skills if skill.aligned][:MAX_LISTED],
        tags=[skill for skill in skills if not skill.aligned][:MAX_LISTED],
        bubbles=bubbles,
        frame=frame_of(bubbles),
    )


async def show_skill(request: web.Request) -> web.Response:
    """Show one skill: what it is called in which framework, and which badges back it."""
    vault, wanted = request.app[PARTS].vault, request.query.get("name", "").casefold()
    found = [skill for skill in skills_of(all_entries(vault), vault.skill_names()) if wanted in skill.names]
    if not found:
        raise web.HTTPNotFound
    told = await asyncio.to_thread(details_of, vault, found[0])
    cards = [(Card.of(entry), told.results.get(entry.id, ())) for entry in found[0].badges[:MAX_TOLD]]
    return render(request, "skill.html", skill=found[0], frameworks=told.frameworks, cards=cards)


async def export_skills(request: web.Request) -> web.Response:
    """Hand out the skills as JSON."""
    vault = request.app[PARTS].vault
    found = skills_of(all_entries(vault), vault.skill_names())
    skills = await asyncio.to_thread(lambda: [_json(skill, details_of(vault, skill)) for skill in found])
    headers = {"Content-Disposition": 'attachment; filename="skills.json"'}
    return web.json_response({"skills": skills}, headers=headers)


def _json(skill: Skill, told: Told) -> dict[str, object]:
    return {
        "name": skill.name,
        "otherNames": skill.other_names,
        "badges": skill.total,
        "verifiedBadges": skill.verified,
        "issuers": sorted(skill.issuers),
        "alignments": [
            {
                "targetName": a.target_name,
                "targetFramework": a.target_framework,
                "targetCode": a.target_code,
                "targetUrl": a.target_url,
            }
            for a in told.frameworks
        ],
        "evidence": [
            {
                "id": e.id,
                "name": e.name,
                "issuer": e.issuer,
                "verdict": e.verdict,
                "credentialId": e.credential_id,
                "results": [{"name": name, "value": value} for name, value in told.results.get(e.id, ())],
            }
            for e in skill.badges
        ],
    }


def skills_of(entries: Iterable[Entry], same: SkillNames) -> list[Skill]:
    """Bring together the names of one skill, and what differs in case alone; best backed first.

    Badges that are not good back nothing.
    """
    found: dict[str, Skill] = {}
    for entry in entries:
        if entry.verdict in {"invalid", "revoked", "not-yours"}:
            continue
        aligned = {tidy(own, 80) for own in entry.aligned}
        for name, spellings in _names_in(entry, same).items():
            skill = found.setdefault(name.casefold(), Skill(name, {name.casefold(): name}))
            for spelled in spellings:
                skill.names.setdefault(spelled.casefold(), spelled)
            skill.aligned = skill.aligned or not aligned.isdisjoint(spellings)
            skill.total += 1
            skill.verified += entry.verdict == "verified"
            skill.issuers.add(tidy(entry.issuer, 80))
            skill.badges.append(entry)
    return sorted(found.values(), key=lambda skill: (-skill.verified, -skill.total, skill.name.casefold()))


def _names_in(entry: Entry, same: SkillNames) -> dict[str, list[str]]:
    """Return a badge's skills by their main names, each with the names that the badge itself has for it."""
    mains: dict[str, str] = {}
    found: dict[str, list[str]] = {}
    for spelled in entry.skills:
        name = tidy(same.main(spelled), 80)
        found.setdefault(mains.setdefault(name.casefold(), name), []).append(tidy(spelled, 80))
    return {name: spellings for name, spellings in found.items() if name}


def placed(skills: list[Skill]) -> list[Bubble]:
    """Lay the skills out from the middle, the best backed largest, none upon another."""
    most = max((skill.total for skill in skills), default=1)
    sizes = [26 + 46 * math.sqrt(skill.total / most) for skill in skills]
    area = sum(math.pi * size * size for size in sizes) or 1.0
    scale = min(MOST_SCALED, max(0.7, math.sqrt(FILLED * WIDTH * HEIGHT / area)))
    bubbles: list[Bubble] = []
    for skill, size in zip(skills, sizes, strict=True):
        bubble = _free_place(skill, size * scale, bubbles)
        if bubble:
            bubbles.append(bubble)
    return bubbles


def frame_of(bubbles: Sequence[Bubble]) -> tuple[int, int, int, int]:
    """Return the part of the map in which the skills are: left, top, width and height."""
    left = min((b.x - b.radius for b in bubbles), default=0) - AROUND
    top = min((b.y - b.radius for b in bubbles), default=0) - AROUND
    right = max((b.x + b.radius for b in bubbles), default=0) + AROUND
    bottom = max((b.y + b.radius for b in bubbles), default=0) + AROUND
    return int(left), int(top), math.ceil(right - left), math.ceil(bottom - top)


def _free_place(skill: Skill, radius: float, taken: list[Bubble]) -> Bubble | None:
    for step in range(1600):
        angle, distance = step * 0.37, 2.1 * math.sqrt(step) * 3.2
        x, y = WIDTH / 2 + distance * 1.75 * math.cos(angle), HEIGHT / 2 + distance * 0.92 * math.sin(angle)
        inside = radius <= x <= WIDTH - radius and radius <= y <= HEIGHT - radius
        if inside and all(math.hypot(x - b.x, y - b.y) >= radius + b.radius + 5 for b in taken):
            return Bubble(skill, x, y, radius)
    return None

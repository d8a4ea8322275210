"""Figures one likes to look at: over time, by issuer, by verdict, and what expires next. Drawn on the server."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from aiohttp import web

from passport.look.words import VERDICTS, Word, word_for
from passport.vault.model import Entry
from passport.web.pages.cards import Card
from passport.web.pages.formats import tidy
from passport.web.pages.overview import all_entries
from passport.web.pages.rendering import render
from passport.web.pages.skill_details import Skill
from passport.web.pages.skills import skills_of
from passport.web.pages.speech import point
from passport.web.parts import PARTS

MAX_BARS = 12
SOON = timedelta(days=365)
HEIGHT = 190.0
WIDTH = 720.0
MAX_GROWING = 8
GROWTH_WIDTH, GROWTH_HEIGHT = 160.0, 40.0


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: what, how many, and how long (0 to 100)."""

    name: str
    number: int
    share: float


@dataclass(frozen=True, slots=True)
class Year:
    """One year: its own badges, and all up to then."""

    year: int
    number: int
    sum: int
    x: float
    top: float
    line: float


@dataclass(frozen=True, slots=True)
class Growth:
    """One skill over the years: a small line that rises."""

    name: str
    number: int
    points: tuple[tuple[float, float], ...]


async def show_statistics(request: web.Request) -> web.Response:
    """Show them."""
    parts = request.app[PARTS]
    entries = all_entries(parts.vault)
    skills = skills_of(entries, parts.vault.skill_names())
    now = parts.clock()
    soon = [entry for entry in entries if (until := point(entry.valid_until)) and now <= until <= now + SOON]
    soon.sort(key=lambda entry: point(entry.valid_until) or now)
    return render(
        request,
        "statistics.html",
        total=len(entries),
        issuer_count=len({entry.issuer for entry in entries if entry.issuer}),
        years=years_of(entries),
        height=HEIGHT,
        issuers=bars(Counter(tidy(entry.issuer, 80) for entry in entries)),
        step=step_of(len(years_of(entries))),
        growing=[growth for skill in skills[:MAX_GROWING] if (growth := growth_of(skill, entries))],
        verdicts=_verdicts(entries),
        soon=[Card.of(entry) for entry in soon[:20]],
    )


def step_of(years: int) -> float:
    """Return how wide a year is drawn: few years fill the chart, many are scrolled."""
    return max(44.0, WIDTH / max(years, 8))


def growth_of(skill: Skill, entries: tuple[Entry, ...]) -> Growth | None:
    """Return how the badges of a skill have grown over the years of the whole passport; None without dates."""
    all_years = [found.year for entry in entries if (found := point(entry.valid_from))]
    own = Counter(found.year for entry in skill.badges if (found := point(entry.valid_from)))
    if not own:
        return None
    years = range(max(min(all_years), max(all_years) - 29), max(all_years) + 1)
    total, so_far, points = sum(own.values()), sum(n for year, n in own.items() if year < years[0]), []
    for place, year in enumerate(years):
        so_far += own[year]
        points.append(
            (round(GROWTH_WIDTH * place / max(len(years) - 1, 1), 1), round(GROWTH_HEIGHT * (1 - so_far / total), 1))
        )
    return Growth(skill.name, total, tuple(points))


def bars(counted: Counter[str]) -> list[Bar]:
    """Return the longest bars."""
    most = max(counted.values(), default=1)
    return [Bar(name, number, 100 * number / most) for name, number in counted.most_common(MAX_BARS)]


def years_of(entries: tuple[Entry, ...]) -> list[Year]:
    """Return each year from the first to the last, the empty ones too (the last thirty)."""
    counted = Counter(found.year for entry in entries if (found := point(entry.valid_from)))
    if not counted:
        return []
    first = max(min(counted), max(counted) - 29)
    numbers = [(year, counted[year]) for year in range(first, max(counted) + 1)]
    most = max(number for _, number in numbers)
    before = sum(number for year, number in counted.items() if year < first)
    total = before + sum(number for _, number in numbers)
    years: list[Year] = []
    so_far = before
    for place, (year, number) in enumerate(numbers):
        so_far += number
        top, line = HEIGHT * (1 - 0.86 * number / most), HEIGHT * (1 - 0.94 * so_far / total)
        years.append(Year(year, number, so_far, round(step_of(len(numbers)) * place, 1), round(top, 1), round(line, 1)))
    return years


def _verdicts(entries: tuple[Entry, ...]) -> list[tuple[Word, int]]:
    counted = Counter(entry.verdict for entry in entries)
    return [(word_for(verdict, "domain"), counted[verdict]) for verdict in VERDICTS if counted[verdict]]

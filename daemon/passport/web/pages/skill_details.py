"""What the badges say of one skill besides its name: frameworks, codes, levels and hours. Read from their reports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field

from passport.badge.model import Achievement, AchievementCredential, Alignment, Result, ResultDescription
from passport.errors import VaultError
from passport.vault.model import Entry
from passport.vault.vault import Vault
from passport.web.pages.formats import tidy

MAX_TOLD = 100
"""Badges of one skill whose reports are read."""


@dataclass(slots=True)
class Skill:
    """One skill and the badges that name it."""

    name: str
    names: dict[str, str] = field(default_factory=dict)
    """All its names as they are written, by how they are without case: those of one entry of a framework are joined."""
    aligned: bool = False
    """Whether an alignment names it, and not only a tag."""
    verified: int = 0
    total: int = 0
    issuers: set[str] = field(default_factory=set)
    badges: list[Entry] = field(default_factory=list)

    @property
    def other_names(self) -> list[str]:
        """What else it is called."""
        return sorted((name for name in self.names.values() if name != self.name), key=str.casefold)


@dataclass(frozen=True, slots=True)
class Told:
    """What was found."""

    frameworks: tuple[Alignment, ...]
    """Each entry of a framework once."""
    results: Mapping[str, tuple[tuple[str, str], ...]]
    """By the badge's id: name and value of what was measured of this skill."""


def details_of(vault: Vault, skill: Skill) -> Told:
    """Read the reports of the badges that name a skill; slow, for a thread."""
    wanted = skill.names.keys()
    frameworks: dict[tuple[str | None, ...], Alignment] = {}
    results: dict[str, tuple[tuple[str, str], ...]] = {}
    for entry in skill.badges[:MAX_TOLD]:
        try:
            credential = vault.report(entry.id).credential
        except VaultError:
            continue
        if credential is None:
            continue
        for found in _named(credential.subject.achievement.alignments, wanted):
            frameworks.setdefault((found.target_framework, found.target_code, found.target_url), found)
        results[entry.id] = _results(credential, wanted)
    return Told(tuple(frameworks.values()), results)


def _results(credential: AchievementCredential, wanted: Set[str]) -> tuple[tuple[str, str], ...]:
    """Return the results about the skill: by their own alignments, or because the badge is about nothing else."""
    achievement = credential.subject.achievement
    described = {d.id: d for d in achievement.result_descriptions if d.id}
    only = _only(achievement, wanted)
    found = []
    for result in credential.subject.results:
        about = described.get(result.result_description or "") or ResultDescription()
        levels = {level.id: level for level in about.levels if level.id}
        level = levels.get(result.achieved_level or "")
        aligned = (*result.alignments, *about.alignments, *(level.alignments if level else ()))
        value = _value(result, level.name or level.level if level else None)
        if value and (only or any(_named(aligned, wanted))):
            found.append((tidy(about.name, 80), tidy(value, 80)))
    return tuple(found[:10])


def _only(achievement: Achievement, wanted: Set[str]) -> bool:
    names = {tidy(a.target_name, 80).casefold() for a in achievement.alignments} or {
        tidy(tag, 80).casefold() for tag in achievement.tags
    }
    return len(names) == 1 and names <= wanted


def _value(result: Result, level: str | None) -> str | None:
    return result.value or level or result.achieved_level or result.status


def _named(alignments: Iterable[Alignment], wanted: Set[str]) -> list[Alignment]:
    return [found for found in alignments if tidy(found.target_name, 80).casefold() in wanted]

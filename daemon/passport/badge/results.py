"""What was measured and what came of it, put together from results and their descriptions (OB 3.0, Result)."""

from __future__ import annotations

from dataclasses import dataclass

from passport.badge.model import AchievementSubject, Result, ResultDescription


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One result; every text is the issuer's own."""

    name: str
    """Of what was measured."""
    value: str
    status: str
    most: str
    """The greatest value there is; empty: it is not known, or no value was given."""
    allowed: str
    """All values there are."""
    needed: str
    """What had to be reached; empty: it is not said."""


def measured(subject: AchievementSubject, most: int) -> tuple[Measured, ...]:
    """Return each result beside what was measured, levels by their names; of more than `most` the first."""
    described = {one.id: one for one in subject.achievement.result_descriptions if one.id}
    return tuple(
        _measured(result, described.get(result.result_description or "") or ResultDescription())
        for result in subject.results[:most]
    )


def _measured(result: Result, described: ResultDescription) -> Measured:
    levels = {level.id: level.name or level.level for level in described.levels if level.id}
    achieved = levels.get(result.achieved_level or "") or result.achieved_level
    return Measured(
        name=described.name or "",
        value=result.value or achieved or result.status or "",
        status=result.status or "",
        most=(described.value_max or "") if result.value else "",
        allowed=", ".join(described.allowed_values[:12]),
        needed=described.required_value or levels.get(described.required_level or "") or "",
    )

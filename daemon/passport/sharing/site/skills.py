"""What the public badges say one can do, in their issuers' own words: for the first page, and a page of its own."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from passport.sharing.site.model import SiteCard, slug
from passport.vault.skills import SkillNames

ON_HOME = 24
"""So many stand on the first page, best backed first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteSkill:
    """One skill, and the badges that name it."""

    name: str
    aligned: bool
    """Whether an alignment names it, and not only a tag."""
    badges: tuple[SiteCard, ...]

    @property
    def slug(self) -> str:
        """Where it stands on the page of skills."""
        return f"{slug(self.name) or 'skill'}-{hashlib.sha256(self.name.casefold().encode()).hexdigest()[:6]}"

    @property
    def verified(self) -> int:
        """How many of its badges are verified."""
        return sum(badge.verdict == "verified" for badge in self.badges)


def skills_of(badges: Iterable[SiteCard]) -> tuple[SiteSkill, ...]:
    """Bring together the names of one skill: what a framework defines first, then best backed first.

    Names are joined by what these badges say, and by no others: no name comes from a badge that is not public.
    """
    badges = tuple(badges)
    same = SkillNames(Counter(one for badge in badges for one in badge.named))
    found: dict[str, tuple[str, list[SiteCard]]] = {}
    aligned = set()
    for badge in badges:
        aligned |= {same.main(name).casefold() for name in badge.aligned}
        names = [same.main(name) for name in (*badge.aligned, *badge.tagged) if name]
        for name in {name.casefold(): name for name in reversed(names)}.values():
            found.setdefault(name.casefold(), (name, []))[1].append(badge)
    skills = (SiteSkill(name=name, aligned=key in aligned, badges=tuple(held)) for key, (name, held) in found.items())
    return tuple(
        sorted(skills, key=lambda one: (not one.aligned, -one.verified, -len(one.badges), one.name.casefold()))
    )

"""What the page of a badge tells beyond its name: evidence, results, endorsements and tags. Nothing private goes in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date

from passport.badge.model import AchievementCredential, EndorsementCredential, Evidence
from passport.badge.results import measured
from passport.look.words import endorsed
from passport.sharing.posts import instant
from passport.sharing.privacy import Private

MAX_ITEMS = 40
"""Evidence, results, endorsements, tags of one badge."""
_BACKING_NOTHING = frozenset({"invalid", "revoked", "expired"})
_WEB = ("https://", "http://")
Cleaned = Callable[[str], Awaitable[str]]
"""Makes harmless HTML of Markdown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldEvidence:
    """Work that supports the award."""

    name: str = ""
    address: str | None = None
    """Of the web; None: it has none."""
    html: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldEndorsement:
    """A third party's word."""

    by: str
    word: str
    """What is said beside the name."""
    on: date | None = None
    html: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """All of it."""

    evidence: tuple[ToldEvidence, ...] = ()
    results: tuple[tuple[str, str], ...] = ()
    """Pairs of what was measured and the value."""
    endorsements: tuple[ToldEndorsement, ...] = ()
    tags: tuple[str, ...] = ()


async def told_of(
    credential: AchievementCredential | None, private: Private, cleaned: Cleaned, *, endorsements: bool = True
) -> Told:
    """Return what may be told of a badge; an item that holds something private is left out whole.

    `endorsements` are others' words: those are told unless the owner said otherwise.
    """
    if credential is None:
        return Told()
    achievement = credential.subject.achievement
    evidence = [
        one
        for one in credential.evidence
        if ((one.id or "").startswith(_WEB) or one.name or one.narrative or one.description)
        and not private.in_any(one.id, one.name, one.narrative, one.description)
    ]
    endorsed = [
        one
        for one in (*credential.endorsements, *achievement.endorsements)
        if endorsements
        and one.verdict not in _BACKING_NOTHING
        and not private.in_any(one.issuer.name, one.issuer.id, one.comment)
    ]
    results = [
        (one.name, f"{one.value} / {one.most}" if one.most else one.value)
        for one in measured(credential.subject, MAX_ITEMS)
    ]
    aligned = {(one.target_name or "").strip().casefold() for one in achievement.alignments}
    tags: dict[str, str] = {}
    for tag in achievement.tags:
        tags.setdefault(tag.strip().casefold(), tag.strip())
    return Told(
        evidence=tuple([await _evidence(one, cleaned) for one in evidence[:MAX_ITEMS]]),
        results=tuple((name, value) for name, value in results if value and not private.in_any(name, value)),
        endorsements=tuple([await _endorsement(one, cleaned) for one in endorsed[:MAX_ITEMS]]),
        tags=tuple(tag for key, tag in tags.items() if key not in {"", *aligned} and not private.in_any(tag))[
            :MAX_ITEMS
        ],
    )


async def _evidence(one: Evidence, cleaned: Cleaned) -> ToldEvidence:
    shown = await cleaned(one.narrative) if one.narrative else ""
    address = one.id if (one.id or "").startswith(_WEB) else None
    return ToldEvidence(name=one.name or "", address=address, html=shown, description=one.description or "")


async def _endorsement(one: EndorsementCredential, cleaned: Cleaned) -> ToldEndorsement:
    when, known_as = instant(one.valid_from), one.issuer.id or ""
    return ToldEndorsement(
        by=one.issuer.name or ("" if known_as.lower().startswith("mailto:") else known_as),
        word=endorsed(one.verdict, one.issuer.id),
        on=when.date() if when else None,
        html=await cleaned(one.comment) if one.comment else "",
    )

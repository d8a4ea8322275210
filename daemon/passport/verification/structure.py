"""Is it formed as its standard says? One table for each generation; each finding is a sentence a person understands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from passport.verification.answers import failed, passed
from passport.verification.report import Check

MAX_FINDINGS = 12


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as the standard says."""

    text: str
    """A sentence that names the property and the section of the standard."""
    grave: bool = True
    """False: unusual, and harmless to what the badge says; information only."""


def structure_checks(findings: list[Finding], standard: str) -> list[Check]:
    """Return the check `structure` for what was found: one failed for each grave finding, else one passed."""
    if not findings:
        return [_formed(standard)]
    unusual = [failed("structure", finding.text, matters=False) for finding in findings if not finding.grave]
    grave = [failed("structure", finding.text) for finding in findings if finding.grave] or [_formed(standard)]
    return (grave + unusual)[:MAX_FINDINGS]


@lru_cache(maxsize=16)
def _formed(standard: str) -> Check:
    return passed("structure", f"It is formed as Open Badges {standard} says.")


def types_in(value: object) -> list[str]:
    """Return the names in a `type`, single or several."""
    items = value if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, str)]


def shown(value: object) -> str:
    """Return a short text of a value, for people."""
    text = f"{value!r}"
    return text if len(text) <= 60 else text[:59] + "…"


Document = Mapping[str, object]

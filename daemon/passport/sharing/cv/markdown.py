"""A CV as Markdown (CommonMark). Text of others is escaped, so that it stays text."""

from __future__ import annotations

import re

from passport.look.words import word_for
from passport.sharing.cv.model import Cv, CvBadge, Position, Section
from passport.sharing.cv.saying import period, stated
from passport.speech import Speech

SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|&~])")


def to_markdown(cv: Cv) -> str:
    """Return the CV as Markdown."""
    contact = [plain(part) for part in (cv.email, cv.location) if part]
    contact += [linked(label, address) for label, address in (("", cv.url), *cv.links) if address]
    lines = [f"# {plain(cv.name)}", "", *([f"**{plain(cv.headline)}**", ""] if cv.headline else [])]
    lines += [" · ".join(contact), ""] if contact else []
    lines += [plain(cv.about), ""] if cv.about else []
    for section in cv.sections:
        lines += [f"## {plain(section.title)}", "", *contents(section, cv.say), ""]
    return "\n".join(lines).rstrip() + "\n"


def contents(section: Section, say: Speech) -> list[str]:
    """Return the lines of a section."""
    lines = [line for position in section.positions for line in position_lines(position, say)]
    lines += [badge_line(badge, say) for badge in section.badges]
    lines += [f"- {plain(name)}{f': {plain(fluency)}' if fluency else ''}" for name, fluency in section.languages]
    return [*lines, plain(section.text)] if section.text else lines


def position_lines(position: Position, say: Speech) -> list[str]:
    """Return the lines of a job or course."""
    when = period(position, say)
    head = ", ".join(plain(part) for part in (position.organisation, when) if part)
    lines = [f"- **{plain(position.title)}**{f' ({head})' if head else ''}"]
    lines += [f"  {plain(position.summary)}"] if position.summary else []
    return lines + [f"  - {plain(highlight)}" for highlight in position.highlights]


def badge_line(badge: CvBadge, say: Speech) -> str:
    """Return the line of a badge, with its verdict: who reads it must see what was not confirmed, or is over."""
    name = linked(badge.name, badge.link) if badge.link else f"**{plain(badge.name)}**"
    when = f", {plain(say.date(badge.issued))}" if badge.issued else ""
    word = plain(stated(word_for(badge.verdict, badge.issuer_identity), say))
    by = f" – {plain(badge.issuer)}" if badge.issuer else ""
    return f"- {name}{by}{when} ({word})"


def linked(label: str, address: str | None) -> str:
    """Return a link; the address in angle brackets, without what could end them."""
    target = re.sub(r"[<>\s\\]", "", address or "")
    return f"[{plain(label or target)}](<{target}>)"


def plain(text: str) -> str:
    """Return text that Markdown shows as it is, on one line."""
    return SPECIAL.sub(r"\\\1", " ".join(text.split()))

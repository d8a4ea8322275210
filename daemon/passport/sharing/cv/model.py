"""A CV: who, and sections in the order in which the owner wants them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from passport.sharing.privacy import Exposure
from passport.speech import Speech


class Theme(StrEnum):
    """How it looks."""

    PASSPORT = "passport"
    """Paper, ink and burgundy; the rosette's colours."""
    LEDGER = "ledger"
    """Two columns, dates in the margin."""
    PLAIN = "plain"
    """Black on white, for those who scan CVs by machine."""
    NIGHT = "night"
    """A dark band for the name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CvBadge:
    """A badge as a CV shows it."""

    id: str
    name: str
    issuer: str
    issuer_id: str | None = None
    issuer_identity: str | None = None
    """domain, known or self-asserted."""
    issued: date | None = None
    expires: date | None = None
    checked: date | None = None
    verdict: str = "verified"
    description: str = ""
    link: str | None = None
    """Where it can be seen and checked."""
    picture: bytes | None = None
    """PNG, made by us."""
    original: bytes | None = None
    """The file as it came, to be attached; None where it is held back."""
    file_name: str = ""
    media_type: str = ""
    withheld: Exposure | None = None
    """Why the original is held back."""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """A job, a role or a course of study."""

    title: str
    organisation: str = ""
    start: str = ""
    """`2021`, `2021-05` or `2021-05-31`."""
    end: str = ""
    """Empty: until now."""
    summary: str = ""
    highlights: tuple[str, ...] = ()
    link: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One part of a CV: exactly one of its contents is filled."""

    title: str
    badges: tuple[CvBadge, ...] = ()
    positions: tuple[Position, ...] = ()
    languages: tuple[tuple[str, str], ...] = ()
    """Pairs of language and fluency."""
    text: str = ""
    kind: str = "badges"
    """badges, experience, education, certificates, languages, text or about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cv:
    """One CV, ready to be written in any form."""

    name: str
    made_on: date
    nameless: bool = False
    """Whether the name only says that there is none."""
    headline: str = ""
    email: str = ""
    url: str = ""
    location: str = ""
    about: str = ""
    """At the top; empty where a section says it."""
    links: tuple[tuple[str, str], ...] = ()
    """Pairs of label and address."""
    sections: tuple[Section, ...] = ()
    theme: Theme = Theme.PASSPORT
    language: str = "en"
    """A tag (BCP 47): of its words, its dates and its direction."""
    withheld: tuple[CvBadge, ...] = field(default=())
    """Badges whose original is not attached, with the reason in each."""

    @property
    def say(self) -> Speech:
        """Its language."""
        return Speech.written(self.language)

    @property
    def summary(self) -> str:
        """What it says about its owner, at the top or in a section of its own."""
        return self.about or next((section.text for section in self.sections if section.kind == "about"), "")

    @property
    def badges(self) -> tuple[CvBadge, ...]:
        """All badges of all sections, each once, in order."""
        return tuple({badge.id: badge for section in self.sections for badge in section.badges}.values())

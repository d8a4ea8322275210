"""A CV as the vault keeps it: subject `cv:NAME`, a version, and sections in the owner's order.

Version 1 had sections that the owner wrote (`title`, `kind`, `text`, `positions`, `languages`) and one query for the
badges, which always came last; since version 2 the badges are sections like the others. A value of the wrong kind is
left out, never an error: the vault may come from a later program.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from passport.look.words import noted
from passport.sharing.cv.model import Position, Theme

CV_VERSION = 2
KINDS = ("badges", "experience", "education", "certificates", "languages", "text", "about")
ABOUT = "about"
"""A section that holds nothing of its own: where it stands, the CV says who it is about, instead of at the top."""
CHOICES = ("all", "collection", "skill", "hand", "query")
MAX_SECTIONS, MAX_ITEMS, MAX_TEXT = 40, 200, 20_000
TITLES: Mapping[str, str] = MappingProxyType(
    {
        "badges": noted("Badges"),
        "experience": noted("Experience"),
        "education": noted("Education"),
        "certificates": noted("Other certificates"),
        "languages": noted("Languages"),
        "text": noted("More"),
        ABOUT: noted("About"),
    }
)
"""The usual heading of each kind of section."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptSection:
    """One section; what counts depends on its kind."""

    kind: str
    title: str = ""
    """Empty: the usual one for its kind."""
    text: str = ""
    positions: tuple[Position, ...] = ()
    languages: tuple[tuple[str, str], ...] = ()
    choice: str = "all"
    """Of badges: which."""
    value: str = ""
    """The collection's id, or the skill."""
    query: str = ""
    badges: tuple[str, ...] = ()
    """Ids, chosen by hand, in order."""

    def to_json(self) -> dict[str, object]:
        """Return it as the vault keeps it, without what is empty."""
        content: dict[str, object] = {
            "kind": self.kind,
            "title": self.title,
            "text": self.text,
            "positions": [position_json(position) for position in self.positions],
            "languages": [{"name": name, "fluency": fluency} for name, fluency in self.languages],
            "choice": self.choice if self.kind == "badges" else "",
            "value": self.value,
            "query": self.query,
            "badges": list(self.badges),
        }
        return {key: value for key, value in content.items() if value}


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptCv:
    """One of the owner's CVs."""

    title: str = ""
    """For the owner: what it is for."""
    theme: Theme = Theme.PASSPORT
    person: str = ""
    """The name on it; empty: the profile's."""
    headline: str = ""
    email: str = ""
    """That readers may write to. Never one of the identities by itself."""
    location: str = ""
    about: str | None = None
    """None: the profile's."""
    language: str = ""
    """A tag (BCP 47); empty: the language of the published page."""
    public: bool = False
    """Whether it is part of the published passport."""
    sections: tuple[KeptSection, ...] = (KeptSection(kind="badges"),)

    def to_state(self) -> dict[str, object]:
        """Return the keys of its subject."""
        return {
            "version": CV_VERSION,
            "title": self.title or None,
            "theme": self.theme.value,
            "person": self.person or None,
            "headline": self.headline or None,
            "email": self.email or None,
            "location": self.location or None,
            "about": self.about,
            "language": self.language or None,
            "visibility": "public" if self.public else None,
            "sections": [section.to_json() for section in self.sections],
            "query": None,
            "trashed": None,
        }


def read_cv(state: Mapping[str, object]) -> KeptCv:
    """Return a CV as it is kept; an empty state gives one of all public badges."""
    sections = tuple(section(item) for item in items(state, "sections")[:MAX_SECTIONS])
    kept = KeptCv(
        title=text(state, "title"),
        theme=theme_of(text(state, "theme")),
        person=text(state, "person"),
        headline=text(state, "headline"),
        email=text(state, "email"),
        location=text(state, "location"),
        about=text(state, "about") if isinstance(state.get("about"), str) else None,
        language=text(state, "language")[:40],
        public=state.get("visibility") == "public",
        sections=sections,
    )
    version = state.get("version", 1)
    return kept if isinstance(version, int) and version >= CV_VERSION else _from_first(kept, state)


def _from_first(kept: KeptCv, state: Mapping[str, object]) -> KeptCv:
    """Bring a CV of version 1 up: its badges come last, chosen by its query."""
    written = tuple(section for section in kept.sections if section.kind != "badges")
    query = text(state, "query")
    badges = KeptSection(kind="badges", choice="query" if query else "all", query=query)
    return replace(kept, about=kept.about or None, sections=(*written, badges))


def section(item: Mapping[str, object]) -> KeptSection:
    """Return one section."""
    kind, choice = text(item, "kind"), text(item, "choice")
    found = item.get("badges")
    return KeptSection(
        kind=kind if kind in KINDS else "text",
        title=text(item, "title"),
        text=text(item, "text"),
        positions=tuple(position(one) for one in items(item, "positions")),
        languages=tuple((text(one, "name"), text(one, "fluency")) for one in items(item, "languages")),
        choice=choice if choice in CHOICES else "query" if text(item, "query") else "all",
        value=text(item, "value"),
        query=text(item, "query"),
        badges=tuple(str(one) for one in found if isinstance(one, str)) if isinstance(found, list) else (),
    )


def position(item: Mapping[str, object]) -> Position:
    """Return one job or course."""
    highlights = item.get("highlights")
    return Position(
        title=text(item, "title"),
        organisation=text(item, "organisation"),
        start=text(item, "start"),
        end=text(item, "end"),
        summary=text(item, "summary"),
        highlights=tuple(h for h in highlights if isinstance(h, str)) if isinstance(highlights, list) else (),
        link=text(item, "link") or None,
    )


def position_json(one: Position) -> dict[str, object]:
    """Return a job or course as the vault keeps it."""
    content: Iterable[tuple[str, object]] = (
        ("title", one.title),
        ("organisation", one.organisation),
        ("start", one.start),
        ("end", one.end),
        ("summary", one.summary),
        ("highlights", list(one.highlights)),
        ("link", one.link),
    )
    return {key: value for key, value in content if value}


def items(state: Mapping[str, object], key: str) -> Sequence[Mapping[str, object]]:
    """Return the objects of a list."""
    value = state.get(key)
    found: list[object] = value if isinstance(value, list) else []
    return [item for item in found if isinstance(item, dict)][:MAX_ITEMS]


def text(state: Mapping[str, object], key: str) -> str:
    """Return a text; empty when it is something else."""
    value = state.get(key)
    return value[:MAX_TEXT] if isinstance(value, str) else ""


def theme_of(name: str) -> Theme:
    """Return the theme of a name; the passport's own where there is none."""
    return Theme(name) if name in set(Theme) else Theme.PASSPORT

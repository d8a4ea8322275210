"""Between a CV as it is kept and the fields of its form: `kind-0`, `title-0`, `place-0`, `p-0-1-title` and so on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from passport.sharing.cv.kept import (
    ABOUT,
    CHOICES,
    KINDS,
    MAX_ITEMS,
    MAX_SECTIONS,
    MAX_TEXT,
    KeptCv,
    KeptSection,
    theme_of,
)
from passport.sharing.cv.model import Position
from passport.vault.model import Entry
from passport.web.forms import Form
from passport.web.pages.formats import tidy

TIMED = ("experience", "education", "certificates")
CV_LANGUAGES: Mapping[str, str] = MappingProxyType(
    {
        "ar": "العربية", "cs": "Čeština", "da": "Dansk", "de": "Deutsch", "el": "Ελληνικά", "en": "English",
        "es": "Español", "et": "Eesti", "fa": "فارسی", "fi": "Suomi", "fr": "Français", "he": "עברית", "hi": "हिन्दी",
        "hu": "Magyar", "it": "Italiano", "ja": "日本語", "ko": "한국어", "nb": "Norsk", "nl": "Nederlands",
        "pl": "Polski", "pt": "Português", "ro": "Română", "ru": "Русский", "sv": "Svenska", "tr": "Türkçe",
        "uk": "Українська", "zh": "中文",
    }
)  # fmt: skip
"""In which a CV may be written. Its dates and direction follow; our own few words are English where there are no
translations."""


def read_form(form: Form) -> KeptCv:
    """Return the CV that was filled in, its sections in the order of their places."""
    numbers = range(min(_number(form.one("sections")), MAX_SECTIONS))
    placed = [
        (_place(form, number), number, _section(form, number)) for number in numbers if form.one(f"kind-{number}")
    ]
    ordered = [section for _, _, section in sorted(placed, key=lambda one: one[:2])]
    about = text(form, "about")
    return KeptCv(
        title=tidy(form.one("title"), 80),
        theme=theme_of(form.one("theme")),
        person=tidy(form.one("person"), 120),
        headline=tidy(form.one("headline"), 200),
        email=tidy(form.one("email"), 200),
        location=tidy(form.one("location"), 200),
        about=about if about or form.one("own-about") == "on" else None,
        language=form.one("language") if form.one("language") in CV_LANGUAGES else "",
        public=form.one("public") == "on",
        sections=tuple(ordered),
    )


def changed(kept: KeptCv, what: str) -> KeptCv:
    """Return a CV after a button: `add:KIND`, `remove:2`, `up:2`, `down:2`, `earlier:2:ID`, `later:2:ID`."""
    verb, _, value = what.partition(":")
    sections = list(kept.sections)
    place = _number(value) if value.isdecimal() else len(sections)
    if verb == "add" and value in addable(kept):
        sections.append(KeptSection(kind=value))
    elif verb in {"earlier", "later"}:
        number, _, badge = value.partition(":")
        place = _number(number) if number.isdecimal() else len(sections)
        if place < len(sections):
            sections[place] = _moved(sections[place], badge, -1 if verb == "earlier" else 1)
    elif verb == "remove" and place < len(sections):
        del sections[place]
    elif verb in {"up", "down"} and place < len(sections):
        target = max(0, place - 1 if verb == "up" else place + 1)
        sections.insert(target, sections.pop(place))
    return replace(kept, sections=tuple(sections))


def addable(kept: KeptCv) -> list[str]:
    """Return the kinds of which there may be one more section: about the owner there is one at most."""
    if len(kept.sections) >= MAX_SECTIONS:
        return []
    return [kind for kind in KINDS if kind != ABOUT or all(one.kind != ABOUT for one in kept.sections)]


def _moved(section: KeptSection, badge: str, by: int) -> KeptSection:
    """Return a section whose badge stands one place earlier or later among those chosen by hand."""
    badges = list(section.badges)
    if badge not in badges:
        return section
    place = badges.index(badge)
    badges.insert(max(0, place + by), badges.pop(place))
    return replace(section, badges=tuple(badges))


def picks(section: KeptSection, entries: Sequence[Entry]) -> list[tuple[str, Entry | None, bool]]:
    """Return id, badge and whether it is chosen: first what is chosen, in the owner's order, then what may be.

    One that is chosen and not public now has no badge here: it keeps its place for when it is public again.
    """
    public = {entry.id: entry for entry in entries}
    chosen = list(dict.fromkeys(section.badges))
    rest = [(entry.id, entry, False) for entry in entries if entry.id not in set(chosen)]
    return [*((badge, public.get(badge), True) for badge in chosen), *rest]


def text(form: Form, name: str) -> str:
    """Return a text of several lines."""
    return form.one(name).replace("\r\n", "\n").strip()[:MAX_TEXT]


def _section(form: Form, number: int) -> KeptSection:
    kind = form.one(f"kind-{number}")
    choice = form.one(f"choice-{number}")
    value = form.one(f"collection-{number}") if choice == "collection" else tidy(form.one(f"skill-{number}"), 200)
    return KeptSection(
        kind=kind if kind in KINDS else "text",
        title=tidy(form.one(f"title-{number}"), 120),
        text=text(form, f"text-{number}"),
        positions=tuple(_positions(form, number)) if kind in TIMED else (),
        languages=tuple(_languages(text(form, f"languages-{number}"))),
        choice=choice if choice in CHOICES else "all",
        value=value if choice in {"collection", "skill"} else "",
        query=tidy(form.one(f"query-{number}"), 500) if choice == "query" else "",
        badges=tuple(form.all(f"badge-{number}")) if choice == "hand" else (),
    )


def _positions(form: Form, number: int) -> list[Position]:
    found = []
    for place in range(min(_number(form.one(f"positions-{number}")), MAX_ITEMS)):
        start = f"p-{number}-{place}-"
        link = form.one(f"{start}link").strip()
        one = Position(
            title=tidy(form.one(f"{start}title"), 200),
            organisation=tidy(form.one(f"{start}organisation"), 200),
            start=tidy(form.one(f"{start}start"), 20),
            end=tidy(form.one(f"{start}end"), 20),
            summary=text(form, f"{start}summary"),
            highlights=tuple(line.strip() for line in text(form, f"{start}highlights").split("\n") if line.strip()),
            link=link if link.startswith(("https://", "http://")) else None,
        )
        if one != Position(title=""):
            found.append(one)
    return found


def _languages(written: str) -> list[tuple[str, str]]:
    """Read one language a line: `Finnish: native`."""
    lines = (line.partition(":") for line in written.split("\n") if line.strip())
    return [(tidy(name, 80), tidy(fluency, 80)) for name, _, fluency in lines][:MAX_ITEMS]


def _place(form: Form, number: int) -> float:
    written = form.one(f"place-{number}")
    try:
        return float(written)
    except ValueError:
        return float(number)


def _number(written: str) -> int:
    return int(written) if written.isascii() and written.isdecimal() and len(written) < 5 else 0


def shown_languages(section: KeptSection) -> str:
    """Return languages as they are typed."""
    return "\n".join(f"{name}: {fluency}" if fluency else name for name, fluency in section.languages)

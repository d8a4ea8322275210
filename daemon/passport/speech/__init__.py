"""The owner's language: translated texts, and dates and numbers as people write them.

Texts stand in English in the source and are looked up by themselves: `say("Keep it")`, `say.many("%(number)s badge",
"%(number)s badges", 3)`, `_()` and `ngettext()` in templates; `noted("…")` marks one that is looked up later.
`scripts/translations` gathers them into `locales/passport.pot` and `locales/<language>.po`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time, format_timedelta
from babel.numbers import format_decimal, format_percent
from markupsafe import Markup, escape

from passport.badge.dates import parse_instant
from passport.errors import ParseError
from passport.speech.catalogues import LANGUAGES, PSEUDO, Texts, texts_of

__all__ = ["ENGLISH", "LANGUAGES", "PSEUDO", "Speech", "point", "preferred"]

MAX_ASKED = 12
"""Languages of one `Accept-Language` that are looked at."""
_WEIGHT = re.compile(r"q=([01](?:\.\d{0,3})?)")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_ENGLISH_DAY = re.compile(rf"\b(\d{{1,2}}) ({'|'.join(_MONTHS)}) (\d{{4}})\b")
"""As the sentences of reports write a day."""
_PARTIAL = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?")
_BASE = "en_GB"
"""English of no country is written as in Britain: the day before the month."""


@dataclass(frozen=True, slots=True)
class Speech:
    """One language. Called with a text of the source (English), it returns it in the owner's language."""

    locale: Locale
    texts: Texts
    tag: str = "en-GB"
    """For `lang`."""

    @classmethod
    def of(cls, languages: Sequence[str]) -> Speech:
        """Return the first of the languages that there are texts for, else English."""
        for language in languages:
            speech = cls._of(language)
            if speech:
                return speech
        return cls(Locale.parse(_BASE), Texts())

    @classmethod
    def asked(cls, setting: str | None, accept: str) -> Speech:
        """Return what is set, else what an `Accept-Language` (RFC 9110, 12.5.4) asks for first."""
        return _asked(setting, accept)

    @classmethod
    def _of(cls, language: str) -> Speech | None:
        if language == PSEUDO:
            return cls(Locale.parse("ar"), texts_of(PSEUDO), PSEUDO)
        try:
            locale = Locale.parse(language, sep="-")
        except (ValueError, UnknownLocaleError):
            return None
        if locale.language not in LANGUAGES:
            return None
        if locale.language == "en" and not locale.territory:
            locale = Locale.parse(_BASE)
        return cls(locale, texts_of(locale.language), str(locale).replace("_", "-"))

    @classmethod
    def written(cls, language: str) -> Speech:
        """Return a language in which somebody writes: dates and direction are its own, whatever texts there are."""
        speech = cls._of(language)
        if speech:
            return speech
        try:
            locale = Locale.parse(language, sep="-")
        except (ValueError, UnknownLocaleError):
            return cls.of(())
        return cls(locale, Texts(), str(locale).replace("_", "-"))

    @property
    def has_texts(self) -> bool:
        """Whether the texts are in this language, too; else they are English."""
        return self.tag == PSEUDO or self.locale.language in LANGUAGES

    @property
    def direction(self) -> str:
        """For `dir`."""
        return self.locale.text_direction

    @property
    def scripts(self) -> Mapping[str, str]:
        """The texts of the pages' scripts, by the English ones; empty: they are English."""
        return self.texts.scripts

    @property
    def checking(self) -> tuple[tuple[str, str], ...]:
        """The texts of the check in published pages, each with its translation; empty: they are English."""
        return self.texts.checking

    def __call__(self, text: str, **values: object) -> str:
        """Translate; values stand for `%(name)s` and are escaped where the text goes into a page."""
        found = self.texts.found.gettext(text)
        return found % values if values else found

    def many(self, one: str, more: str, number: int, **values: object) -> str:
        """Translate a text with a number, `%(number)s`."""
        return self.texts.found.ngettext(one, more, number) % {**values, "number": self.number(number)}

    def markup(self, text: str, **values: object) -> Markup:
        """Translate for a template; values are escaped (each by itself: five times as fast as Markup's own way)."""
        found = self.texts.found.gettext(text)
        if values:
            found %= {name: escape(value) for name, value in values.items()}
        return Markup(found)  # noqa: S704 (our own text, and the catalogue's)

    def sentence(self, text: str) -> str:
        """Translate a finished English sentence of a report, with what it names; an unknown one stays as it is."""
        found = self.texts.sentences.translated(text)
        return found if self.locale.language == "en" else _ENGLISH_DAY.sub(self._day_within, found)

    def _day_within(self, day: re.Match[str]) -> str:
        month = _MONTHS.index(day[2]) + 1
        try:
            return self.date(date(int(day[3]), month, int(day[1])), whole=True)
        except ValueError:
            return day[0]

    def number(self, value: float) -> str:
        """Write a number."""
        return format_decimal(value, locale=self.locale)

    def percent(self, share: float) -> str:
        """Write a share of 1 in whole percent."""
        return format_percent(share, locale=self.locale)

    def day(self, text: str | None, *, whole: bool = False) -> str:
        """Write an issuer's date; one that is no date is shown as it stands."""
        found = point(text)
        if found is None:
            return (text or "")[:40]
        return self.date(found, whole=whole)

    def date(self, day: date, *, whole: bool = False) -> str:
        """Write a date: `12 Mar 2026`, or whole: `12 March 2026`."""
        return format_date(day, "long" if whole else "medium", locale=self.locale)

    def moment(self, until: datetime, now: datetime) -> str:
        """Write a moment of today or tonight as a time, a later one as a day; in the owner's time zone."""
        local = until.astimezone()
        soon = until - now <= timedelta(days=1)
        return format_time(local, "short", locale=self.locale) if soon else self.date(local)

    def month(self, text: str) -> str:
        """Write a date that may be a year or a month alone: `2021`, `2021-05`; another text stays as it is."""
        found = _PARTIAL.fullmatch(text.strip())
        if found is None:
            return text
        try:
            day = date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
        except ValueError:
            return text
        if found[3]:
            return self.date(day)
        return format_skeleton("yMMM", day, locale=self.locale) if found[2] else str(int(found[1]))

    def ago(self, text: str | None, now: datetime) -> str:
        """Write how long ago (or how far ahead) something is."""
        found = point(text)
        return format_timedelta(found - now, add_direction=True, locale=self.locale) if found else ""


ENGLISH = Speech.of(())
"""For what speaks to nobody in particular."""


@lru_cache(64)  # a pure function; a browser sends the same header with every request
def _asked(setting: str | None, accept: str) -> Speech:
    return Speech.of([setting]) if setting else Speech.of(preferred(accept))


def preferred(accept: str) -> list[str]:
    """Return the tags of an `Accept-Language`, the dearest first; what cannot be read is left out."""
    weighed = []
    for place, part in enumerate(accept.split(",")[:MAX_ASKED]):
        tag, _, weight = part.strip().partition(";")
        found = _WEIGHT.fullmatch(weight.strip() or "q=1")
        if tag.strip() and tag.strip() != "*" and found and float(found[1]) > 0:
            weighed.append((-float(found[1]), place, tag.strip()))
    return [tag for _, _, tag in sorted(weighed)]


def point(text: str | None) -> datetime | None:
    """Return the instant of an issuer's date, UTC; None: it is no date."""
    if not text:
        return None
    try:
        return parse_instant(text).utc.astimezone(UTC)
    except ParseError:
        return None

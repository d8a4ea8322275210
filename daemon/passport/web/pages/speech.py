"""The owner's language: translated texts, and dates as people write them."""

from __future__ import annotations

import gettext
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_timedelta
from babel.numbers import format_decimal
from markupsafe import Markup

from passport.badge.dates import parse_instant
from passport.errors import ParseError

LOCALES = Path(__file__).parent.parent / "locales"
DOMAIN = "passport"


@dataclass(frozen=True, slots=True)
class Speech:
    """One language. Called with a text of the source (English), it returns it in the owner's language."""

    locale: Locale
    texts: gettext.NullTranslations

    @classmethod
    def of(cls, languages: Sequence[str]) -> Speech:
        """Return the first of the languages that there are texts for, else English."""
        for language in languages:
            speech = cls._of(language)
            if speech:
                return speech
        return cls(Locale.parse("en_GB"), gettext.NullTranslations())

    @classmethod
    def _of(cls, language: str) -> Speech | None:
        try:
            locale = Locale.parse(language, sep="-")
        except (ValueError, UnknownLocaleError):
            return None
        if locale.language == "en":
            return cls(locale if locale.territory else Locale.parse("en_GB"), gettext.NullTranslations())
        try:
            return cls(locale, gettext.translation(DOMAIN, LOCALES, [locale.language]))
        except OSError:
            return None

    @property
    def tag(self) -> str:
        """For `lang`."""
        return str(self.locale).replace("_", "-")

    @property
    def direction(self) -> str:
        """For `dir`."""
        return self.locale.text_direction

    def __call__(self, text: str, **values: object) -> str:
        """Translate; values stand for `%(name)s` and are escaped where the text goes into a page."""
        found = self.texts.gettext(text)
        return found % values if values else found

    def many(self, one: str, more: str, number: int, **values: object) -> str:
        """Translate a text with a number, `%(number)s`."""
        return self.texts.ngettext(one, more, number) % {**values, "number": self.number(number)}

    def markup(self, text: str, **values: object) -> Markup:
        """Translate for a template."""
        found = Markup(self.texts.gettext(text))  # noqa: S704 (our own text, and the catalogue's)
        return found % values if values else found

    def number(self, value: float) -> str:
        """Write a number."""
        return format_decimal(value, locale=self.locale)

    def day(self, text: str | None, *, whole: bool = False) -> str:
        """Write an issuer's date; one that is no date is shown as it stands."""
        found = point(text)
        if found is None:
            return (text or "")[:40]
        return self.date(found, whole=whole)

    def date(self, day: date, *, whole: bool = False) -> str:
        """Write a date: `12 Mar 2026`, or whole: `12 March 2026`."""
        return format_date(day, "long" if whole else "medium", locale=self.locale)

    def ago(self, text: str | None, now: datetime) -> str:
        """Write how long ago (or how far ahead) something is."""
        found = point(text)
        return format_timedelta(found - now, add_direction=True, locale=self.locale) if found else ""


def point(text: str | None) -> datetime | None:
    """Return the instant of an issuer's date, UTC; None: it is no date."""
    if not text:
        return None
    try:
        return parse_instant(text).utc.astimezone(UTC)
    except ParseError:
        return None

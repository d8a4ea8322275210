"""The language of the command line: as set, else the computer's. English costs nothing: no catalogue is read for it.

What stands in `--json` is English for ever; only what people read goes through here.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Protocol

from passport.errors import ParseError, PassportError


class Saying(Protocol):
    """What the commands need of a language; `passport.speech.Speech` is one."""

    def __call__(self, text: str, **values: object) -> str:
        """Translate; values stand for `%(name)s`."""

    def many(self, one: str, more: str, number: int, **values: object) -> str:
        """Translate a text with a number, `%(number)s`."""

    def sentence(self, text: str) -> str:
        """Translate a finished English sentence."""


class English:
    """The texts as they stand in the source."""

    def __call__(self, text: str, **values: object) -> str:
        """Fill in the values."""
        return text % values if values else text

    def many(self, one: str, more: str, number: int, **values: object) -> str:
        """Fill in the number and the values."""
        return (one if number == 1 else more) % {**values, "number": f"{number:,}"}

    def sentence(self, text: str) -> str:
        """Return the sentence."""
        return text


class Voice:
    """Speaks the owner's language; which that is, is looked up with the first text that is said."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment

    def __call__(self, text: str, **values: object) -> str:
        """Translate; values stand for `%(name)s`."""
        return self._speech(text, **values) if text else ""  # gettext answers nothing with the catalogue's header

    def many(self, one: str, more: str, number: int, **values: object) -> str:
        """Translate a text with a number, `%(number)s`."""
        return self._speech.many(one, more, number, **values)

    def sentence(self, text: str) -> str:
        """Translate a finished English sentence, of an error or a report."""
        return self._speech.sentence(text)

    def error(self, error: PassportError) -> str:
        """Say what went wrong and what mends it."""
        where = f"{self.sentence(error.where)}: " if isinstance(error, ParseError) else ""
        remedy = f" {self.sentence(error.remedy)}" if error.remedy else ""
        return f"{where}{self.sentence(error.problem)}{remedy}"

    @cached_property
    def _speech(self) -> Saying:
        from passport.settings import language_of

        language = language_of(_set_in(self._environment), self._environment)
        if language is None or language.partition("-")[0].lower() == "en":
            return English()
        from passport.speech import Speech

        return Speech.of([language])


def _set_in(environment: Mapping[str, str]) -> str | None:
    """Return the language of the settings; settings that cannot be read are told of by whoever needs them."""
    from passport.settings import Places, Settings

    try:
        return Settings.load(Places.from_environment(environment).settings_file).language
    except PassportError:
        return None

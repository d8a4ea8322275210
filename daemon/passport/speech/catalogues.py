"""The catalogues of texts, as gettext reads them.

The `.po` files are shipped and read as they are, once, when their language is first asked for (some 50 ms for all
texts): nothing has to be compiled, neither in the source nor in the wheel, and none can be out of date.
"""

from __future__ import annotations

import gettext
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from passport.speech.pseudo import PseudoTranslations, disguised
from passport.speech.sentences import CONTEXT, Sentences

if TYPE_CHECKING:
    from babel.messages import Catalog

LOCALES = Path(__file__).parent / "locales"
TEMPLATE = LOCALES / "passport.pot"
LANGUAGES = ("en", "fi")
"""Those with all texts, by the tag of the language alone."""
VERIFIER = "sharing/site/verifier/"
"""Where the scripts of the check in published pages are."""
PSEUDO = "ar-XB"
"""No language: every text longer, with accents, and from right to left. It shows what nobody translated, and where a
page has no room. By hand only: `language = "ar-XB"` in settings.toml."""


@dataclass(frozen=True, slots=True)
class Texts:
    """All texts of one language."""

    found: gettext.NullTranslations = field(default_factory=gettext.NullTranslations)
    sentences: Sentences = field(default_factory=Sentences)
    scripts: Mapping[str, str] = field(default_factory=dict)
    """Those that the pages' scripts show, by the English ones; empty: they are the English ones."""
    checking: tuple[tuple[str, str], ...] = ()
    """Those of the check in a published page: English (with places for what is filled in) and translation."""


@cache  # data of the package, which never changes while the program runs
def texts_of(language: str) -> Texts:
    """Return the texts of one of LANGUAGES or of PSEUDO."""
    if language == "en":
        return Texts()
    if language == PSEUDO:
        listed = read(TEMPLATE)
        spoken = [(str(m.id), disguised(str(m.id))) for m in listed if m.context == CONTEXT]
        pseudo = PseudoTranslations()
        return Texts(
            pseudo,
            Sentences.of(spoken),
            _of_scripts(listed, pseudo),
            tuple(_of_checking(listed, lambda english, _own: disguised(english))),
        )
    listed = read(LOCALES / f"{language}.po")
    found = compiled(listed)
    spoken = [(str(m.id), str(m.string)) for m in listed if m.context == CONTEXT]
    checking = tuple(_of_checking(listed, lambda _english, own: own))
    return Texts(found, Sentences.of(spoken), _of_scripts(listed, found), checking)


def read(file: Path) -> Catalog:
    """Read a catalogue."""
    from babel.messages.pofile import read_po  # noqa: PLC0415 (slow to load, and English needs none)

    with file.open("rb") as stream:
        return read_po(stream)


def compiled(listed: Catalog) -> gettext.GNUTranslations:
    """Return a catalogue as gettext looks things up, with the language's own plurals."""
    from babel.messages.mofile import write_mo  # noqa: PLC0415 (as above)

    stream = io.BytesIO()
    write_mo(stream, listed)
    stream.seek(0)
    return gettext.GNUTranslations(stream)


def _of_scripts(listed: Catalog, found: gettext.NullTranslations) -> dict[str, str]:
    shown = (m for m in listed if m.id and any(str(place[0]).startswith("web/static/") for place in m.locations))
    return {str(m.id): found.gettext(str(m.id)) for m in shown}


def _of_checking(listed: Catalog, translate: Callable[[str, str], str]) -> Iterator[tuple[str, str]]:
    for message in listed:
        if message.id and any(str(place[0]).startswith(VERIFIER) for place in message.locations):
            english = str(message.id)
            yield english, translate(english, str(message.string)) or english

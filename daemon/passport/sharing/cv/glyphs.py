"""Which characters of a CV no font on this computer can show: said where it is put together, before the PDF."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from passport.sharing.cv.model import Cv

MISSING = re.compile(r"the text [`\"]+(.+?)[`\"]+ could not be displayed")
"""As Typst says it; one message for each text."""
SURE = 0x17F
"""Latin with its accents up to here is in the fonts that Typst brings along."""
MOST = 2_000
"""Characters that are tried; a CV in Chinese has some hundreds."""
_PAGE = '#set text(font: "Libertinus Serif")\n#for sign in sys.inputs.signs.split(" ") [#sign \\ ]\n'


def missing_glyphs(cv: Cv) -> tuple[str, ...]:
    """Return the characters that cannot be shown, in their order. Some 50 ms for what is not Latin."""
    signs = [sign for sign in dict.fromkeys("".join(texts(cv))) if ord(sign) > SURE and sign.isprintable()][:MOST]
    return missing_in(" ".join(signs)) if signs else ()


def missing_in(signs: str) -> tuple[str, ...]:
    """Return which of these characters, with spaces between them, no font has."""
    import typst  # noqa: PLC0415 (heavy)

    with tempfile.TemporaryDirectory(prefix="badge-passport-cv-") as folder:
        page = Path(folder) / "signs.typ"
        page.write_text(_PAGE, encoding="utf-8")
        try:
            typst.compile(str(page), root=folder, format="pdf", sys_inputs={"signs": signs}, pdf_standards=["a-3u"])
        except Exception as error:  # noqa: BLE001 (Typst raises its own class, RuntimeError before 0.14)
            return named_in(error)
    return ()


def named_in(error: Exception) -> tuple[str, ...]:
    """Return the characters that Typst's error names; its message has the first alone, its diagnostic all."""
    return tuple(dict.fromkeys(MISSING.findall(str(getattr(error, "diagnostic", "") or error))))


def texts(cv: Cv) -> Iterator[str]:
    """Yield everything that the PDF shows."""
    yield from (cv.name, cv.headline, cv.email, cv.url, cv.location, cv.about)
    yield from (label for label, _ in cv.links)
    for section in cv.sections:
        yield from (section.title, section.text)
        for pair in section.languages:
            yield from pair
        for badge in section.badges:
            yield from (badge.name, badge.issuer)
        for position in section.positions:
            yield from (position.title, position.organisation, position.start, position.end, position.summary)
            yield from position.highlights

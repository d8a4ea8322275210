"""The stamps of a CV's PDF as pictures: their small letters are for eyes, not for programs that read a CV's text."""

from __future__ import annotations

import tempfile
from pathlib import Path

from passport.look.words import word_for
from passport.sharing.cv.dressing import Stamps
from passport.sharing.cv.model import Cv, Theme

LEAF, LETTERS = "#fffdf8", "Libertinus Serif"
"""Typst brings these letters along."""
TONES = {"verified": "#12705a", "unconfirmed": "#8a5a00", "expired": "#5c5a78", "invalid": "#b3261e"}
DOTS = 108.0
"""For each inch of a page of 240 points: 360 pixels, for stamps of half an inch."""
_PAGES = """#set page(width: 240pt, height: 240pt, margin: 0pt, fill: none)
#for file in sys.inputs.files.split(" ") { page(image(file)) }
"""


def pressed(cv: Cv) -> dict[str, bytes]:
    """Return the stamps as PNGs by the ids of their badges; badges with one verdict of one day share theirs.

    The plain look has none, on paper as on its page.
    """
    if cv.theme is Theme.PLAIN or not cv.badges:
        return {}
    stamps, drawings = Stamps(cv.badges, cv.say), dict[str, bytes]()
    for badge in cv.badges:
        tone = TONES.get(word_for(badge.verdict, badge.issuer_identity).tone, TONES["invalid"])
        drawings.setdefault(stamps.name(badge), stamps.printed(badge, tone=tone, paper=LEAF, letters=LETTERS).encode())
    pictures = dict(zip(drawings, _pictures(drawings), strict=True))
    return {badge.id: pictures[stamps.name(badge)] for badge in cv.badges}


def _pictures(drawings: dict[str, bytes]) -> list[bytes]:
    import typst  # noqa: PLC0415 (heavy)

    with tempfile.TemporaryDirectory(prefix="badge-passport-cv-") as folder:
        pages = Path(folder) / "stamps.typ"
        pages.write_text(_PAGES, encoding="utf-8")
        for name, drawing in drawings.items():
            (Path(folder) / f"{name}.svg").write_bytes(drawing)
        files = " ".join(f"{name}.svg" for name in drawings)
        made: object = typst.compile(str(pages), root=folder, format="png", ppi=DOTS, sys_inputs={"files": files})
    pictures = made if isinstance(made, list) else [made]
    return [one for one in pictures if isinstance(one, bytes)]

"""A CV as one HTML file that needs nothing else: no script, no request, prints well; and as a page of the site."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import resources

from passport.look.rosette import Rosette, small_svg
from passport.look.stamp import mark
from passport.look.words import word_for
from passport.sharing.cv.dressing import Stamps, font_faces, font_within
from passport.sharing.cv.model import Cv, CvBadge
from passport.sharing.cv.pdf import FINE, INK, bare, web_address
from passport.sharing.cv.saying import period, stated
from passport.sharing.site.model import SiteCard


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """Where a CV's page finds what it shows."""

    picture: Callable[[CvBadge], str | None]
    rosette: Callable[[CvBadge], str]
    link: Callable[[CvBadge], str | None]
    images: str
    """The sources of pictures and fonts that its policy allows."""
    font: Callable[[str], str]
    """Where a file of a font is."""
    root: str = ""
    """The way to the site's first page; empty: it is no page of a site."""


def to_html(cv: Cv) -> str:
    """Return the CV as a page. Everything of others is escaped; pictures are our own PNGs."""
    alone = Surroundings(
        picture=picture, rosette=rosette, link=lambda badge: web_address(badge.link), images="data:", font=font_within
    )
    return _rendered(cv, alone, whole=False)


def site_html(cv: Cv, root: str, faces: Mapping[str, str | None]) -> str:
    """Return the CV as a page of the published site; `faces` are the pictures' files by the badges' ids."""

    def folder(badge: CvBadge) -> str:
        return f"{root}badges/{SiteCard(id=badge.id, name=badge.name, issuer='').slug}/"

    def face(badge: CvBadge) -> str | None:
        name = faces.get(badge.id)
        return f"{folder(badge)}{name}" if name else None

    def engraved(badge: CvBadge) -> str:
        return f"{root}assets/rosettes/{Rosette.of(badge.issuer_id or badge.issuer).name}.svg"

    around = Surroundings(
        picture=face, rosette=engraved, link=folder, images="'self'", font=f"{root}assets/fonts/{{}}".format, root=root
    )
    return _rendered(cv, around)


def _rendered(cv: Cv, around: Surroundings, *, whole: bool = True) -> str:
    """Return the page; not `whole`: with those fonts alone that its letters need."""
    from jinja2 import Environment, StrictUndefined  # noqa: PLC0415 (heavy)
    from markupsafe import Markup  # noqa: PLC0415 (comes with it)

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {
        "picture": around.picture,
        "rosette": around.rosette,
        "page": around.link,
        "bare": bare,
        "web": web_address,
    }
    say = cv.say
    stamps = Stamps(cv.badges, say)
    environment.globals |= {
        "stamp": stamps.name,
        "stamps": Markup(stamps.drawn()),  # noqa: S704 (our own drawings)
        "say": say,
        "_": say.markup,
        "stated": lambda word: stated(word, say),
        "period": lambda position: period(position, say),
        "in_english": "" if say.has_texts else Markup(' lang="en"'),
        "word": word_for,
        "mark": lambda form: Markup(mark(form)),  # noqa: S704 (our own drawing)
    }
    themes = resources.files("passport.sharing.cv") / "themes"
    template = environment.from_string((themes / "cv.html").read_text(encoding="utf-8"))
    style = Markup((themes / "cv.css").read_text(encoding="utf-8"))  # noqa: S704 (our own style sheet)
    page = template.render(cv=cv, style=style, around=around)
    head, start, rest = page.partition("<style>\n")  # nothing of others can stand before it and look like it
    return head + start + (font_faces(around.font) if whole else font_faces(around.font, rest)) + "\n" + rest


def picture(badge: CvBadge) -> str | None:
    """Return the badge's picture as a data URI."""
    return f"data:image/png;base64,{base64.b64encode(badge.picture).decode()}" if badge.picture else None


def rosette(badge: CvBadge) -> str:
    """Return the issuer's rosette as a data URI."""
    drawn = small_svg(Rosette.of(badge.issuer_id or badge.issuer), ink=INK, second=FINE)
    return f"data:image/svg+xml;base64,{base64.b64encode(drawn.encode()).decode()}"

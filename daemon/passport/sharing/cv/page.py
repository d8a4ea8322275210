"""A CV as one HTML file that needs nothing else: no script, no request, prints well."""

from __future__ import annotations

import base64
from importlib import resources

from passport.look.rosette import Rosette, svg
from passport.look.stamp import mark
from passport.look.words import word_for
from passport.sharing.cv.model import Cv, CvBadge
from passport.sharing.cv.pdf import FINE, INK, bare


def to_html(cv: Cv) -> str:
    """Return the CV as a page. Everything of others is escaped; pictures are our own PNGs."""
    from jinja2 import Environment, StrictUndefined  # noqa: PLC0415 (heavy)
    from markupsafe import Markup  # noqa: PLC0415

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {"picture": picture, "rosette": rosette, "bare": bare, "web": web_address}
    environment.globals |= {"word": word_for, "mark": lambda form: Markup(mark(form))}  # noqa: S704 (our own drawing)
    themes = resources.files("passport.sharing.cv") / "themes"
    template = environment.from_string((themes / "cv.html").read_text(encoding="utf-8"))
    style = Markup((themes / "cv.css").read_text(encoding="utf-8"))  # noqa: S704 (our own style sheet)
    return template.render(cv=cv, style=style)


def picture(badge: CvBadge) -> str | None:
    """Return the badge's picture as a data URI."""
    return f"data:image/png;base64,{base64.b64encode(badge.picture).decode()}" if badge.picture else None


def rosette(badge: CvBadge) -> str:
    """Return the issuer's rosette as a data URI."""
    drawn = svg(Rosette.of(badge.issuer_id or badge.issuer), ink=INK, second=FINE)
    return f"data:image/svg+xml;base64,{base64.b64encode(drawn.encode()).decode()}"


def web_address(address: str | None) -> str | None:
    """Return an address that may stand in a link; None for anything but the web and mail."""
    return address if address and address.startswith(("https://", "http://", "mailto:")) else None

"""From a Site to files, in memory: a path and its bytes for each. Nothing is read, nothing is written.

Pages need no script to be read and make no request to others. What changes on each build (dates) is left out, so that
an unchanged passport gives unchanged bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from importlib import resources
from typing import Any
from xml.etree import ElementTree as ET  # builds XML only, parses none

from passport import __version__
from passport.look.rosette import Rosette
from passport.look.rosette import svg as rosette_svg
from passport.look.stamp import Stamp, mark
from passport.look.stamp import svg as stamp_svg
from passport.look.words import word_for
from passport.sharing.card import CardBadge, draw_card
from passport.sharing.site.model import Site, SiteBadge, SiteCollection

ATOM = "http://www.w3.org/2005/Atom"
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
NEVER = "2000-01-01T00:00:00Z"
"""When a feed without entries was changed: the same in each build."""
ENDINGS = {"image/png": "png", "image/svg+xml": "svg", "application/json": "json", "application/pdf": "pdf"}
FONTS = (
    "fraunces-latin-opsz-normal.woff2",
    "fraunces-latin-ext-opsz-normal.woff2",
    "figtree-latin-wght-normal.woff2",
    "figtree-latin-ext-wght-normal.woff2",
    "fraunces-LICENSE.txt",
    "figtree-LICENSE.txt",
)


def build(site: Site, cards: Mapping[str, bytes] | None = None) -> dict[str, bytes]:
    """Return every file of the site by its path. `cards` holds share pictures that were drawn before, by `card_key`."""
    pages = Pages(site)
    files = {
        "index.html": pages.home(),
        "assets/site.css": read("site.css"),
        "robots.txt": b"User-agent: *\nAllow: /\n",
        ".nojekyll": b"",
    }
    fonts = resources.files("passport.web") / "static" / "fonts"
    files |= {f"assets/fonts/{name}": (fonts / name).read_bytes() for name in FONTS}
    for badge in site.badges:
        files |= dict(badge_files(pages, badge, cards or {}))
    for collection in site.collections:
        files[f"collections/{collection.slug}/index.html"] = pages.collection(collection)
    if site.cv_html is not None:
        files["cv/index.html"] = site.cv_html.encode()
    if site.base_url:
        files["feed.xml"] = feed(site)
        files["sitemap.xml"] = sitemap(site)
    return files


def badge_files(pages: Pages, badge: SiteBadge, cards: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """Return the files of one badge."""
    folder = f"badges/{badge.slug}"
    yield f"{folder}/index.html", pages.badge(badge)
    yield f"{folder}/card.png", cards.get(card_key(pages.site, badge)) or card(pages.site, badge)
    yield f"{folder}/rosette.svg", rosette_svg(rosette_of(badge), ink="#cbbfa6", second="#dccfb6").encode()
    if badge.picture:
        yield f"{folder}/picture.png", badge.picture
    if badge.original:
        yield f"{folder}/{original_name(badge)}", badge.original
    if badge.credential:
        yield f"{folder}/{credential_name(badge)}", badge.credential.encode()
    if pages.site.base_url:
        yield f"{folder}/oembed.json", oembed(pages.site, badge)


def rosette_of(badge: SiteBadge) -> Rosette:
    """Return the issuer's rosette."""
    return Rosette.of(badge.issuer_id or badge.issuer)


def original_name(badge: SiteBadge) -> str:
    """Return the name of the original for those who download it."""
    issued = f"{badge.issued.isoformat()}-" if badge.issued else ""
    return f"{issued}{badge.slug}.{ENDINGS.get(badge.media_type, 'bin')}"


def credential_name(badge: SiteBadge) -> str:
    """Return the name of the statement's file."""
    return "credential.json" if (badge.credential or "").lstrip().startswith("{") else "credential.jwt"


def card_badge(site: Site, badge: SiteBadge) -> CardBadge:
    """Return what stands on the share picture."""
    return CardBadge(
        name=badge.name,
        issuer=badge.issuer,
        issuer_id=badge.issuer_id,
        issuer_identity=badge.issuer_identity,
        verdict=badge.verdict,
        date=day(badge.issued),
        picture=badge.picture,
        owner=site.owner if badge.name_on_card else "",
    )


def card(site: Site, badge: SiteBadge) -> bytes:
    """Draw the share picture."""
    return draw_card(card_badge(site, badge))


def card_key(site: Site, badge: SiteBadge) -> str:
    """Return what a share picture depends on, for keeping drawn ones."""
    import hashlib  # noqa: PLC0415 (beside its only use)

    return hashlib.sha256(f"{__version__} {card_badge(site, badge)!r}".encode()).hexdigest()


def day(when: Any) -> str:  # noqa: ANN401 (date or None)
    """Return a date as people write it."""
    return f"{when.day} {when:%B %Y}" if when else ""


def read(name: str) -> bytes:
    """Return a file of the templates."""
    return (resources.files("passport.sharing.site") / "templates" / name).read_bytes()


class Pages:
    """The templates of one site."""

    def __init__(self, site: Site) -> None:
        from jinja2 import BaseLoader, Environment, StrictUndefined, TemplateNotFound  # noqa: PLC0415 (heavy)
        from markupsafe import Markup  # noqa: PLC0415

        class Shipped(BaseLoader):
            """Reads templates out of the package, wherever it is installed."""

            def get_source(self, environment: Environment, template: str) -> tuple[str, str | None, None]:
                try:
                    return read(template).decode(), template, None
                except FileNotFoundError:
                    raise TemplateNotFound(template) from None

        self.site = site
        self._environment = Environment(
            loader=Shipped(), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
        )
        self._environment.filters |= {"day": day, "web": web_address, "cleaned": Markup}
        self._environment.globals |= {
            "site": site,
            "version": __version__,
            "word": word_for,
            "mark": lambda form: Markup(mark(form)),  # noqa: S704 (our own drawing)
            "stamp": lambda badge: Markup(stamp_svg(stamp_of(badge))),  # noqa: S704 (our own drawing)
            "original_name": original_name,
            "credential_name": credential_name,
        }

    def home(self) -> bytes:
        """Return the first page."""
        return self._render("home.html", root="", path="")

    def badge(self, badge: SiteBadge) -> bytes:
        """Return the page of a badge."""
        path = f"badges/{badge.slug}/"
        return self._render("badge.html", root="../../", path=path, badge=badge, data=json_ld(self.site, badge))

    def collection(self, collection: SiteCollection) -> bytes:
        """Return the page of a collection."""
        path = f"collections/{collection.slug}/"
        badges = self.site.collected(collection)
        return self._render("collection.html", root="../../", path=path, collection=collection, badges=badges)

    def _render(self, name: str, **values: object) -> bytes:
        return self._environment.get_template(name).render(**values).encode()


def stamp_of(badge: SiteBadge) -> Stamp:
    """Return the stamp of a badge's page."""
    word = word_for(badge.verdict, badge.issuer_identity)
    when = badge.verified_at.strftime("%d %b %Y").upper() if badge.verified_at else ""
    return Stamp(form=word.form, word=word.word, date=when)


def web_address(address: str | None) -> str | None:
    """Return an address that may stand in a link; None for anything but the web."""
    return address if address and address.startswith(("https://", "http://")) else None


def json_ld(site: Site, badge: SiteBadge) -> str:
    """Return what search engines read (schema.org EducationalOccupationalCredential), safe inside a script element."""
    data: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "EducationalOccupationalCredential",
        "name": badge.name,
        "description": badge.description,
        "credentialCategory": "badge",
        "recognizedBy": {"@type": "Organization", "name": badge.issuer},
    }
    if site.base_url:
        data |= {"url": f"{site.base_url}badges/{badge.slug}/", "image": f"{site.base_url}badges/{badge.slug}/card.png"}
    if badge.issued:
        data["dateCreated"] = badge.issued.isoformat()
    text = json.dumps(data, ensure_ascii=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def oembed(site: Site, badge: SiteBadge) -> bytes:
    """Return the oEmbed answer for a badge's page (oembed.com, type link with a thumbnail)."""
    address = f"{site.base_url}badges/{badge.slug}/"
    answer = {
        "version": "1.0",
        "type": "link",
        "title": badge.name,
        "author_name": site.owner,
        "author_url": site.base_url,
        "provider_name": "Badge Passport",
        "thumbnail_url": f"{address}card.png",
        "thumbnail_width": 1200,
        "thumbnail_height": 630,
    }
    return json.dumps(answer, ensure_ascii=False).encode()


def feed(site: Site) -> bytes:
    """Return the Atom feed of the newest badges (RFC 4287)."""
    ET.register_namespace("", ATOM)
    root = ET.Element(f"{{{ATOM}}}feed")
    dated = sorted((badge for badge in site.badges if badge.issued), key=lambda badge: str(badge.issued), reverse=True)
    newest = f"{dated[0].issued}T00:00:00Z" if dated else NEVER
    for name, text in (("title", f"Badges of {site.owner}"), ("id", site.base_url), ("updated", newest)):
        ET.SubElement(root, f"{{{ATOM}}}{name}").text = printable(text)
    ET.SubElement(ET.SubElement(root, f"{{{ATOM}}}author"), f"{{{ATOM}}}name").text = printable(site.owner)
    ET.SubElement(root, f"{{{ATOM}}}link", rel="self", href=f"{site.base_url}feed.xml")
    for badge in dated[:50]:
        address = f"{site.base_url}badges/{badge.slug}/"
        entry = ET.SubElement(root, f"{{{ATOM}}}entry")
        texts = (("title", badge.name), ("id", address), ("updated", f"{badge.issued}T00:00:00Z"))
        for name, text in (*texts, ("summary", f"{badge.issuer}. {badge.description}".strip())):
            ET.SubElement(entry, f"{{{ATOM}}}{name}").text = printable(text)
        ET.SubElement(entry, f"{{{ATOM}}}link", href=address)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def sitemap(site: Site) -> bytes:
    """Return the site map (sitemaps.org)."""
    ET.register_namespace("", SITEMAP)
    root = ET.Element(f"{{{SITEMAP}}}urlset")
    paths = [f"badges/{badge.slug}/" for badge in site.badges]
    paths += [f"collections/{collection.slug}/" for collection in site.collections]
    for path in ["", *paths, *(["cv/"] if site.cv_html is not None else [])]:
        ET.SubElement(ET.SubElement(root, f"{{{SITEMAP}}}url"), f"{{{SITEMAP}}}loc").text = site.base_url + path
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def printable(text: str) -> str:
    """Return text without the characters that XML 1.0 cannot hold (2.2 Characters)."""
    return "".join(
        c for c in text if c in "\t\n\r" or 0x20 <= ord(c) <= 0xD7FF or 0xE000 <= ord(c) <= 0xFFFD or ord(c) >= 0x10000
    )

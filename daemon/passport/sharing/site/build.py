"""From a Site to files, in memory: a path and its bytes for each. Nothing is read, nothing is written.

Pages need no script to be read and make no request to others. What changes on each build (dates) is left out, so that
an unchanged passport gives unchanged bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from importlib import resources

from passport import __version__
from passport.look.rosette import small_svg
from passport.sharing.card import CardBadge, CardPainter, own_words
from passport.sharing.site.checking import scripts
from passport.sharing.site.machine import CARD, PORTRAIT, feed, oembed, sitemap
from passport.sharing.site.model import Site, SiteBadge, speech_of
from passport.sharing.site.pages import Pages, credential_name, original_name, read

FONTS = (
    "fraunces-latin-opsz-normal.woff2",
    "fraunces-latin-ext-opsz-normal.woff2",
    "figtree-latin-wght-normal.woff2",
    "figtree-latin-ext-wght-normal.woff2",
    "fraunces-LICENSE.txt",
    "figtree-LICENSE.txt",
)
INK, FINE = "#cbbfa6", "#dccfb6"
"""Of rosettes."""
DRAWING = 4
"""Of share pictures: another number for each change in how they are drawn, so that kept ones are drawn anew."""


def build(site: Site, painter: CardPainter | None = None) -> dict[str, bytes]:
    """Return every file of a site whose badges are whole."""
    pages, painter = Pages(site), painter or CardPainter()
    files = site_files(pages)
    for badge in site.badges:
        if isinstance(badge, SiteBadge):
            files |= dict(badge_files(pages, badge))
            files[f"badges/{badge.slug}/{CARD}"] = painter.jpeg(card_badge(site, badge))
            files |= picture_files(badge)
    return files


def site_files(pages: Pages) -> dict[str, bytes]:
    """Return the files that do not belong to one badge."""
    site = pages.site
    files = {
        "index.html": pages.home(),
        "assets/site.css": read("site.css"),
        "assets/icon.svg": read("icon.svg"),
        "robots.txt": b"User-agent: *\nAllow: /\n",
        ".nojekyll": b"",
    }
    fonts = resources.files("passport.web") / "static" / "fonts"
    files |= {f"assets/fonts/{name}": (fonts / name).read_bytes() for name in FONTS}
    files |= {f"assets/check/{name}": content for name, content in scripts(speech_of(site)).items()}
    rosettes = {badge.rosette.name: badge.rosette for badge in site.badges}
    for name, rosette in rosettes.items():
        files[f"assets/rosettes/{name}.svg"] = small_svg(rosette, ink=INK, second=FINE).encode()
    if site.portrait:
        files[PORTRAIT] = site.portrait
    if pages.skills:
        files["skills/index.html"] = pages.all_skills()
    for collection in site.collections:
        files[f"collections/{collection.slug}/index.html"] = pages.collection(collection)
    files |= {f"{cv.path}index.html": cv.html.encode() for cv in site.cvs}
    if site.base_url:
        files["feed.xml"] = feed(site)
        files["sitemap.xml"] = sitemap(site, skills=bool(pages.skills))
    return files


def badge_files(pages: Pages, badge: SiteBadge) -> Iterator[tuple[str, bytes]]:
    """Return the files of one badge but for its pictures."""
    folder = f"badges/{badge.slug}"
    yield f"{folder}/index.html", pages.badge(badge)
    yield f"{folder}/embed.html", pages.embed(badge)
    if badge.credential:
        yield f"{folder}/{credential_name(badge)}", badge.credential.encode()
    if pages.site.base_url:
        yield f"{folder}/oembed.json", oembed(pages.site, badge)


def picture_files(badge: SiteBadge) -> dict[str, bytes]:
    """Return the pictures of one badge but for its card: ours, and the original where it is shown."""
    folder = f"badges/{badge.slug}"
    ours = {f"{folder}/picture.png": badge.picture} if badge.picture else {}
    return ours | ({f"{folder}/{original_name(badge)}": badge.original} if badge.original else {})


def card_badge(site: Site, badge: SiteBadge) -> CardBadge:
    """Return what stands on the share picture."""
    say, when = speech_of(site), badge.verified_at
    return CardBadge(
        name=badge.name,
        issuer=badge.issuer,
        issuer_id=badge.issuer_id,
        issuer_identity=badge.issuer_identity,
        verdict=badge.verdict,
        date=say.date(badge.issued, whole=True) if badge.issued else "",
        picture=badge.picture,
        owner=site.owner if badge.name_on_card else "",
        checked=say.date(when) if when else "",
        texts=own_words(badge.verdict, badge.issuer_identity, say),
    )


def card_name(card: CardBadge) -> str:
    """Return the name under which a drawn share picture is kept: what it depends on."""
    picture = hashlib.sha256(card.picture or b"").hexdigest()
    parts = (card.name, card.issuer, card.issuer_id, card.issuer_identity, card.verdict, card.date, card.owner)
    content = repr((__version__, DRAWING, sorted(card.texts.items()), parts, card.checked, picture))
    return f"{hashlib.sha256(content.encode('utf-8', 'surrogatepass')).hexdigest()}.jpg"

"""What machines read of the published passport: JSON-LD, oEmbed, the Atom feed, the site map."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET  # builds XML only, parses none
from xml.sax.saxutils import escape

from passport.sharing.site.checking import script_safe
from passport.sharing.site.model import Site, SiteBadge, speech_of

ATOM = "http://www.w3.org/2005/Atom"
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
NEVER = "2000-01-01T00:00:00Z"
"""When a feed without entries was changed: the same in each build."""
IN_FEED = 50
CARD = "card.jpg"
CARD_SIZE = (1200, 630)
PORTRAIT = "assets/portrait.png"
EMBED_SIZE = (360, 210)
"""CSS pixels of the embedded card."""


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
        address = f"{site.base_url}badges/{badge.slug}/"
        data |= {"url": address, "image": f"{address}{CARD}"}
    if badge.issued:
        data["dateCreated"] = badge.issued.isoformat()
    if badge.expires:
        data["expires"] = badge.expires.isoformat()
    return script_safe(json.dumps(data, ensure_ascii=False))


def person_ld(site: Site) -> str:
    """Return the owner for search engines (schema.org ProfilePage), safe inside a script element."""
    person: dict[str, object] = {"@type": "Person", "name": site.owner}
    if site.headline:
        person["jobTitle"] = site.headline
    if site.portrait and site.base_url:
        person["image"] = f"{site.base_url}{PORTRAIT}"
    same = [address for _, address in site.links if address.startswith(("https://", "http://"))]
    if same:
        person["sameAs"] = same
    data = {"@context": "https://schema.org", "@type": "ProfilePage", "mainEntity": person}
    return script_safe(json.dumps(data, ensure_ascii=False))


def oembed(site: Site, badge: SiteBadge) -> bytes:
    """Return the oEmbed answer for a badge's page (oembed.com, type rich: a card in a frame, without script)."""
    address = f"{site.base_url}badges/{badge.slug}/"
    width, height = EMBED_SIZE
    title = escape(speech_of(site)("Badge “%(name)s”", name=badge.name), {'"': "&quot;"})
    frame = (
        f'<iframe src="{address}embed.html" width="{width}" height="{height}" title="{title}" style="border:0">'
        "</iframe>"
    )
    answer = {
        "version": "1.0",
        "type": "rich",
        "title": badge.name,
        "author_name": site.owner,
        "author_url": site.base_url,
        "provider_name": "Badge Passport",
        "provider_url": site.base_url,
        "html": frame,
        "width": width,
        "height": height,
        "thumbnail_url": f"{address}{CARD}",
        "thumbnail_width": CARD_SIZE[0],
        "thumbnail_height": CARD_SIZE[1],
    }
    return json.dumps(answer, ensure_ascii=False).encode()


def feed(site: Site) -> bytes:
    """Return the Atom feed of the newest badges (RFC 4287)."""
    ET.register_namespace("", ATOM)
    root = ET.Element(f"{{{ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": speech_of(site).tag})
    dated = sorted((badge for badge in site.badges if badge.issued), key=lambda badge: str(badge.issued), reverse=True)
    newest = f"{dated[0].issued}T00:00:00Z" if dated else NEVER
    for name, text in (
        ("title", speech_of(site)("Badges of %(name)s", name=site.owner)),
        ("id", site.base_url),
        ("updated", newest),
    ):
        ET.SubElement(root, f"{{{ATOM}}}{name}").text = printable(text)
    ET.SubElement(ET.SubElement(root, f"{{{ATOM}}}author"), f"{{{ATOM}}}name").text = printable(site.owner)
    ET.SubElement(root, f"{{{ATOM}}}link", rel="self", href=f"{site.base_url}feed.xml")
    ET.SubElement(root, f"{{{ATOM}}}link", rel="alternate", href=site.base_url)
    for badge in dated[:IN_FEED]:
        address = f"{site.base_url}badges/{badge.slug}/"
        entry = ET.SubElement(root, f"{{{ATOM}}}entry")
        texts = (("title", badge.name), ("id", address), ("updated", f"{badge.issued}T00:00:00Z"))
        for name, text in (*texts, ("summary", f"{badge.issuer}. {badge.description}".strip())):
            ET.SubElement(entry, f"{{{ATOM}}}{name}").text = printable(text)
        ET.SubElement(entry, f"{{{ATOM}}}link", rel="alternate", href=address)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def sitemap(site: Site, *, skills: bool = False) -> bytes:
    """Return the site map (sitemaps.org)."""
    ET.register_namespace("", SITEMAP)
    root = ET.Element(f"{{{SITEMAP}}}urlset")
    paths = [f"badges/{badge.slug}/" for badge in site.badges]
    paths += [f"collections/{collection.slug}/" for collection in site.collections]
    paths += ["skills/"] if skills else []
    for path in ["", *paths, *(cv.path for cv in site.cvs)]:
        ET.SubElement(ET.SubElement(root, f"{{{SITEMAP}}}url"), f"{{{SITEMAP}}}loc").text = site.base_url + path
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def printable(text: str) -> str:
    """Return text without the characters that XML 1.0 cannot hold (2.2 Characters)."""
    return "".join(
        c for c in text if c in "\t\n\r" or 0x20 <= ord(c) <= 0xD7FF or 0xE000 <= ord(c) <= 0xFFFD or ord(c) >= 0x10000
    )

"""The published passport: whole, unchanged when nothing changed, and safe whatever issuers wrote."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from pathlib import PurePosixPath
from xml.etree import ElementTree as ET

import pytest
from PIL import Image

from passport.errors import SharingError
from passport.sharing.card import CardBadge, CardPainter
from passport.sharing.privacy import Exposure
from passport.sharing.site.build import build
from passport.sharing.site.model import Site, SiteBadge, SiteCheck, SiteCollection, SiteCv, base_address

HOSTILE = '"><script>alert(1)</script></title><img src=https://evil.example/x onerror=alert(1)>\u202e\x00'
CARD = b"card"


class Links(HTMLParser):
    """Collects what a page loads and where it points."""

    def __init__(self) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.links: list[str] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        given = dict(attrs)
        if tag == "a":
            self.links.append(given.get("href") or "")
        elif tag == "link" and given.get("rel") in {"stylesheet", "icon"}:
            self.loaded.append(given.get("href") or "")
        elif given.get("src"):
            self.loaded.append(given["src"] or "")


def png() -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (8, 8), "navy").save(stream, "PNG")
    return stream.getvalue()


def badge(number: int = 1, **changes: object) -> SiteBadge:
    given: dict[str, object] = {
        "id": f"{number:016}",
        "name": "Knot Master",
        "issuer": "Scouts",
        "issued": date(2026, 3, 1),
        "verified_at": datetime(2026, 6, 1, tzinfo=UTC),
        "checks": (SiteCheck(name="signature", outcome="passed", explanation="It fits."),),
        "picture": png(),
        "face": "picture.png",
        "original": b"original",
        "media_type": "image/png",
        "credential": '{"id": 1}',
    }
    return SiteBadge(**(given | changes))  # type: ignore[arg-type] # the fields are those of SiteBadge


def site(*badges: SiteBadge, **changes: object) -> Site:
    given: dict[str, object] = {"owner": "Ann", "base_url": "https://ann.example/p/", "badges": badges}
    return Site(**(given | changes))  # type: ignore[arg-type] # the fields are those of Site


class Drawn(CardPainter):
    """Share pictures that need no drawing."""

    def jpeg(self, badge: CardBadge) -> bytes:
        return CARD


def built(made: Site) -> Mapping[str, bytes]:
    return build(made, Drawn())


def pages(files: Mapping[str, bytes]) -> dict[str, Links]:
    found = {}
    for path, content in files.items():
        if path.endswith(".html"):
            found[path] = Links()
            found[path].feed(content.decode())
    return found


def test_every_page_loads_only_what_is_there_and_links_lead_somewhere() -> None:
    page = SiteCv(title="CV", path="cv/", html="<!doctype html><title>CV</title>")
    collection = SiteCollection(id="c", name="Ropes", badges=(badge(1).id, "not-public"))
    files = built(
        site(
            badge(1),
            badge(2),
            collections=(collection,),
            cvs=(page,),
        )
    )
    for path, page in pages(files).items():
        folder = PurePosixPath(path).parent
        for target in page.loaded + [link for link in page.links if not link.startswith("http")]:
            parts: list[str] = []
            for part in (folder / target.partition("#")[0]).parts:
                parts = parts[:-1] if part == ".." else [*parts, part]
            whole = "/".join(parts)
            assert whole in files or f"{whole}/index.html".lstrip("/") in files or whole == "", (path, target)


def test_nothing_is_loaded_from_elsewhere() -> None:
    files = built(site(badge()))
    for path, page in pages(files).items():
        assert [target for target in page.loaded if "//" in target] == [], path
    assert b"http" not in re.sub(rb"http://www.w3.org/\S+", b"", files["assets/site.css"])


@pytest.mark.parametrize("field", ["name", "issuer", "description", "recipient", "criteria_url", "hosted_url"])
def test_hostile_text_stays_text(field: str) -> None:
    page = pages(built(site(badge(**{field: HOSTILE}))))[f"badges/{badge(**{field: HOSTILE}).slug}/index.html"]
    assert page.tags.count("script") == 1
    assert page.loaded.count("https://evil.example/x") == 0


@pytest.mark.parametrize("link", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "//evil.example"])
def test_only_web_addresses_become_links(link: str) -> None:
    made = badge(criteria_url=link, hosted_url=link, evidence=(("x", link),), skills=(("y", link),))
    page = pages(built(site(made, links=(("z", link),))))
    assert all(link not in found.links for found in page.values())


@pytest.mark.parametrize(("identity", "said"), [("domain", False), ("known", False), ("self-asserted", True)])
def test_a_name_that_nothing_confirms_is_called_so_on_every_page(identity: str, *, said: bool) -> None:
    files = built(site(badge(issuer_identity=identity)))
    showing = [text for name, text in files.items() if name.endswith(".html") and b"Verified" in text]
    assert len(showing) >= 3
    assert all((b"Verified, name not confirmed" in text) is said for text in showing)


def test_what_is_withheld_is_nowhere() -> None:
    exposed = Exposure(kind="plain", explanation="…")
    files = built(site(badge(original=None, credential=None, withheld=exposed)))
    assert not [path for path in files if path.endswith((".jwt", "credential.json")) or "2026-03-01" in path]


def test_feed_and_sitemap_are_well_formed_whatever_the_names() -> None:
    files = built(site(badge(name=HOSTILE)))
    feed = ET.fromstring(files["feed.xml"])
    assert feed.findtext("{http://www.w3.org/2005/Atom}entry/{http://www.w3.org/2005/Atom}title", "").startswith('">')
    assert len(ET.fromstring(files["sitemap.xml"])) == 2


def test_an_unchanged_passport_gives_unchanged_bytes() -> None:
    assert built(site(badge(1), badge(2))) == built(site(badge(1), badge(2)))


def test_without_an_address_what_needs_one_is_left_out() -> None:
    files = built(site(badge(), base_url=""))
    assert "feed.xml" not in files
    assert b"og:image" not in files[f"badges/{badge().slug}/index.html"]


def test_two_badges_of_one_name_have_two_folders() -> None:
    assert badge(1, id="aaaaaaaaaaaaaaaa").slug != badge(2, id="bbbbbbbbbbbbbbbb").slug


@pytest.mark.parametrize("address", ["ann.example", "ftp://ann.example/", "https://", "https://a.example/?q", "https://u:p@a.example/"])  # fmt: skip # noqa: E501
def test_what_is_no_address_of_a_site_is_refused(address: str) -> None:
    with pytest.raises(SharingError):
        base_address(address)
    assert base_address("https://ann.example/p") == "https://ann.example/p/"


@pytest.mark.slow
def test_the_share_picture_is_what_networks_want() -> None:
    files = build(site(badge(name="Überlang " * 40)))
    with Image.open(io.BytesIO(next(files[path] for path in files if path.endswith("card.jpg")))) as card:
        assert card.size == (1200, 630)
        assert len({card.getpixel((x, y)) for x in range(0, 1200, 40) for y in range(0, 630, 30)}) > 4
    assert all(len(content) <= 1_000_000 for path, content in files.items() if path.endswith("card.jpg"))

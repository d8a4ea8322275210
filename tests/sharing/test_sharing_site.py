"""The published passport: whole, unchanged when nothing changed, and safe whatever issuers wrote."""

from __future__ import annotations

import html
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
from passport.sharing.site.checking import scripts
from passport.sharing.site.model import Site, SiteBadge, SiteCheck, SiteCollection, SiteCv, base_address
from passport.sharing.site.telling import Told, ToldEndorsement, ToldEvidence
from passport.speech import PSEUDO, Speech

HOSTILE = '"><script>alert(1)</script></title><img src=https://evil.example/x onerror=alert(1)>\u202e\x00'
CARD = b"card"
TOLD = Told(
    evidence=(ToldEvidence(name="Photo", address="https://a.example/p"), ToldEvidence(html="<p>Photo</p>")),
    results=(("Photo", "12 / 20"), ("", "9")),
    endorsements=(
        ToldEndorsement(by="Scouts", on=date(2026, 3, 2), word="verified"),
        ToldEndorsement(by="", word="not confirmed"),
    ),
    tags=("Knots",),
)


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


class Attributes(HTMLParser):
    """Collects the names of all tags and attributes."""

    def __init__(self, code: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.tags: list[str] = []
        self.feed(code)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.names += [name for name, _ in attrs]


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
            badge(1, aligned=("Knots",)),
            badge(2, tagged=("数据",)),
            collections=(collection,),
            cvs=(page,),
            portrait=png(),
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


@pytest.mark.parametrize("field", ["name", "issuer"])
def test_hostile_text_stays_text_in_what_visitors_copy_into_their_pages(field: str) -> None:
    made = badge(**{field: 'x" onload="alert(1)"><script>alert(2)</script>'})
    page = built(site(made))[f"badges/{made.slug}/index.html"].decode()
    frame, picture, readme = (html.unescape(code) for code in re.findall(r"<code>(.*?)</code>", page, re.DOTALL))
    for code in (frame, picture):
        found = Attributes(code)
        assert set(found.names) <= {"src", "width", "height", "title", "alt", "href", "style", "loading"}
        assert "script" not in found.tags
    assert not re.search(r"(?<!\\)<", readme)


@pytest.mark.parametrize("link", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "//evil.example"])
def test_only_web_addresses_become_links(link: str) -> None:
    made = badge(
        criteria_url=link,
        hosted_url=link,
        told=Told(evidence=(ToldEvidence(name="x", address=link),)),
        skills=(("y", link),),
    )
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


def test_the_parts_of_the_check_can_be_joined() -> None:
    """They become one script: no name may stand in two of them."""
    script = scripts(Speech.of(["fi"]))["check.js"].decode()
    names = re.findall(r"^(?:async )?(?:const|let|function|class)\s+(\w+)", script, re.MULTILINE)
    assert len(names) > 80
    assert [name for name in set(names) if names.count(name) > 1] == []


def test_a_site_speaks_its_own_language() -> None:
    made = badge(expires=date(2027, 5, 3), issuer_identity="self-asserted", checkable=True)
    collection = SiteCollection(id="c", name="Ropes", badges=(made.id,))
    files = built(site(made, language="fi", collections=(collection,)))
    page = files[f"badges/{made.slug}/index.html"].decode()
    assert page.startswith('<!doctype html>\n<html lang="fi" dir="ltr">')
    for said in ("1. maaliskuuta 2026", "3. toukokuuta 2027", ", nimi varmistamatta", "Tarkista itse"):
        assert said in page, said
    home = files["index.html"].decode()
    assert "1 merkki" in home
    assert "Merkit: Ann" in home
    assert "Merkit: Ann" in files["feed.xml"].decode()
    texts = files["assets/check/texts.js"].decode()
    assert "Myöntäjä allekirjoitti sen, mitä sivu näyttää." in texts
    assert b"[]" in built(site(made))["assets/check/texts.js"]


def test_no_text_of_a_site_was_forgotten() -> None:
    """In the language that is none, every text of ours stands in brackets, and the page runs from right to left."""
    made = badge(
        checkable=True, credential='{"id": 1}', hosted_url="https://a.example/1", rests_on_documents=True,
        expires=date(2027, 5, 3), recipient="Ann", skills=(("Knots", None),), told=TOLD,
        criteria_url="https://a.example/c", checks=(), aligned=("Knots",), tagged=("Photo",),
    )  # fmt: skip
    held = badge(2, withheld=Exposure(kind="plain", explanation="…"), original=None, credential=None, checks=())
    collection = SiteCollection(id="c", name="Ropes", badges=(made.id,))
    files = built(site(made, held, language=PSEUDO, collections=(collection,), languages="Photo"))
    names = re.compile(
        r"Ann|Ropes|Knot Master|Scouts|Knots|Photo|K|BADGE PASSPORT|[\W\d_]*|.*(iframe|img src|!\[).*", re.DOTALL
    )
    forgotten = set()
    for path, content in files.items():
        if path.endswith(".html"):
            text = content.decode()
            assert 'dir="rtl"' in text, path
            body = re.sub(r"<(script|style|time)\b.*?</\1>|⟦[^⟧]*⟧", " ", text.partition("<body>")[2], flags=re.DOTALL)
            words = {re.sub(r"\s+", " ", piece).strip(" ·,:.") for piece in re.findall(r">([^<]+)<", body)}
            forgotten |= {(path, word) for word in words if not names.fullmatch(word)}
    assert forgotten == set()


def test_without_an_address_what_needs_one_is_left_out() -> None:
    files = built(site(badge(), base_url=""))
    assert "feed.xml" not in files
    assert b"og:image" not in files[f"badges/{badge().slug}/index.html"]


def test_two_badges_of_one_name_have_two_folders() -> None:
    assert badge(1, id="aaaaaaaaaaaaaaaa").slug != badge(2, id="bbbbbbbbbbbbbbbb").slug


@pytest.mark.parametrize("address", ["ann.example", "ftp://ann.example/", "https://", "https://a.example/?q", "https://u:p@a.example/"])  # fmt: skip # noqa: E501 (a table reads best in one line)
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

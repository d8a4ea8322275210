"""What issuers write, where no browser shows it: terminal, notifications, PDF, feeds, composers' addresses, Markdown.

(2.4: markup; 2.3: names.) Each test is shown to fail with the defence off beside it.
"""

from __future__ import annotations

import io
import json
import re
from datetime import date
from html.parser import HTMLParser
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import nh3
import pytest
from markdown_it import MarkdownIt
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject
from rich.markup import escape
from tests.attacks.payloads import TERMINAL, addresses, texts
from tests.issuer import Issuer
from tests.sharing.test_sharing_cv import badge as cv_badge
from tests.sharing.test_sharing_cv import cv
from tests.sharing.test_sharing_site import badge as site_badge
from tests.sharing.test_sharing_site import built, site

from passport.cli.printing import console
from passport.cli.reports import print_report
from passport.cli.saying import English
from passport.desktop.notifications import plain
from passport.desktop.tray import body_for
from passport.sharing.composers import COMPOSERS, composer_address
from passport.sharing.cv.model import Section
from passport.sharing.cv.pdf import to_pdf
from passport.sharing.networks import NETWORKS
from passport.verification.files import verify
from passport.workers.markup import TAGS, clean_markdown

ALL = pytest.param(True, marks=pytest.mark.long, id="all")
SOME = pytest.param(False, id="some")
MOVES = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\u200b-\u200f]")


# -- the terminal ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("hostile", TERMINAL)
def test_nothing_of_an_issuers_moves_the_cursor(capsys: pytest.CaptureFixture[str], hostile: str) -> None:
    issuer = Issuer(name=hostile)
    sound = issuer.prove(issuer.credential(name=hostile))
    proof = {**sound["proof"], "cryptosuite": hostile, "type": "DataIntegrityProof"}
    for document in (sound, {**sound, "proof": proof}, {**sound, "id": hostile}, {**sound, "type": [hostile]}):
        for report in verify(json.dumps(document).encode()):
            print_report(report.to_json(), English(), hostile)
    out = capsys.readouterr().out
    assert out.count("\n") >= 8
    assert MOVES.search(out) is None, out
    assert not [line for line in out.splitlines() if line.startswith("Verified: b")]


def test_a_terminal_would_obey(capsys: pytest.CaptureFixture[str]) -> None:
    """The defence off: the same text as it came."""
    console().print(escape("".join(TERMINAL)))
    assert MOVES.search(capsys.readouterr().out)


# -- notifications -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("all_of_them", [SOME, ALL])
def test_a_notification_holds_text_alone(*, all_of_them: bool) -> None:
    """The body is markup by the Desktop Notifications specification 1.2, in `notify-send` and in the tray's own."""
    for text in texts(all_of_them=all_of_them):
        shown = re.sub(r"[\x00-\x08\x0b-\x1f]", "", text)
        for body in (plain(shown), body_for("linux", shown)):
            parsed = ET.fromstring(f"<body>{body}</body>")
            assert len(parsed) == 0
            assert "".join(parsed.itertext()) == shown.replace("\r\n", "\n").replace("\r", "\n")


def test_a_notification_server_would_read_markup() -> None:
    """The defence off."""
    assert len(ET.fromstring("<body><a href='https://evil.example/'>x</a></body>")) == 1


# -- the CV as PDF -----------------------------------------------------------------------------------------------------


def actions_of(made: bytes) -> tuple[str, set[str]]:
    """Return the text of a PDF, and all its actions and addresses."""
    reader = PdfReader(io.BytesIO(made))
    found: set[str] = set()

    def look(value: Any, depth: int = 0) -> None:
        value = value.get_object() if hasattr(value, "get_object") else value
        if isinstance(value, dict) and depth < 12:
            for name, inner in value.items():
                if name in {
                    "/JS",
                    "/JavaScript",
                    "/Launch",
                    "/AA",
                    "/OpenAction",
                    "/SubmitForm",
                    "/GoToR",
                    "/RichMedia",
                }:
                    found.add(name)
                elif name == "/URI":
                    found.add(str(inner))
                elif name not in {"/Parent", "/P", "/StructTreeRoot", "/Prev", "/Next"}:
                    look(inner, depth + 1)
        elif isinstance(value, list) and depth < 12:
            for inner in value:
                look(inner, depth + 1)

    look(reader.trailer["/Root"])
    return "".join(page.extract_text() for page in reader.pages), found


def displayable(text: str) -> str:
    """Return what a font has: what it has not is refused by name, and tested elsewhere."""
    return "".join(c for c in text if 32 <= ord(c) < 127)


@pytest.mark.parametrize("all_of_them", [SOME, ALL])
def test_a_pdf_holds_text_alone(*, all_of_them: bool) -> None:
    """All text reaches Typst as data: nothing is evaluated, read or linked to."""
    every = [displayable(text) for text in texts(all_of_them=all_of_them)]
    hostile, links = every if all_of_them else [text for n, text in enumerate(every) if n % 4 == 0], list(addresses())
    badges = tuple(
        cv_badge(1, id=f"e{n:05}", name=text[:300], issuer=text[:300], link=links[n % len(links)], original=None)
        for n, text in enumerate(hostile)
    )
    sections = (Section(title=hostile[0], text=" ".join(every)[:20_000]), Section(title="Badges", badges=badges))
    text, found = actions_of(to_pdf(cv(sections=sections, headline=hostile[-1], links=((hostile[1], links[0]),))))
    assert {one.partition(":")[0] for one in found} <= {"https", "http", "mailto"}, found
    packed = "".join(text.split())
    assert '#read("/etc/passwd")' in packed
    assert '#eval("1+1")' in packed
    assert "root:x:0" not in packed


def test_what_a_pdf_links_to_is_seen() -> None:
    """The defence off: the same question finds a script that a PDF holds."""
    writer, stream = PdfWriter(), io.BytesIO()
    writer.add_blank_page(100, 100)
    script = DictionaryObject({NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("x()")})
    writer.root_object[NameObject("/OpenAction")] = script
    writer.write(stream)
    assert actions_of(stream.getvalue())[1] & {"/OpenAction", "/JS"}


# -- feed, JSON-LD, Open Graph -----------------------------------------------------------------------------------------


class Head(HTMLParser):
    """Collects what machines read of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.meta: dict[str, str] = {}
        self.tags: list[str] = []
        self.data: list[str] = []
        self._in_data = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append(tag)
        self._in_data = tag == "script" and given.get("type") == "application/ld+json"
        if tag == "meta" and given.get("property"):
            self.meta[str(given["property"])] = given.get("content") or ""

    def handle_data(self, data: str) -> None:
        if self._in_data:
            self.data.append(data)

    def handle_endtag(self, tag: str) -> None:
        self._in_data = False


@pytest.mark.parametrize("all_of_them", [SOME, ALL])
def test_what_machines_read_of_the_site_holds_text_alone(*, all_of_them: bool) -> None:
    hostile = list(texts(all_of_them=all_of_them))
    badges = [
        site_badge(id=f"{n:06}0000000000", name=text, issuer=text, description=text) for n, text in enumerate(hostile)
    ]
    files = built(site(*badges, owner=hostile[0], headline=hostile[1]))
    harmless = built(site(site_badge(name="Knots")))
    allowed = {tag for path, page in harmless.items() if path.endswith(".html") for tag in head_of(page).tags}
    allowed |= {"p", "ul", "ol", "li", "code", "pre", "blockquote", "em", "strong"}
    feed = ET.fromstring(files["feed.xml"])
    atom = "{http://www.w3.org/2005/Atom}"
    assert {one.tag for one in feed.iter()} <= {atom + name for name in ATOM}
    assert len(ET.fromstring(files["sitemap.xml"])) >= len(badges)
    pages = {path: head_of(content) for path, content in files.items() if path.endswith(".html")}
    assert len(pages) > len(badges)
    for path, page in pages.items():
        assert set(page.tags) <= allowed, (path, set(page.tags) - allowed)
        for data in page.data:
            json.loads(data)
    titles = {page.meta.get("og:title", "") for page in pages.values()}
    assert sum("<script>" in title for title in titles) > 5  # as text, unharmed


ATOM = (
    *("feed", "title", "subtitle", "id", "updated", "published", "link", "author", "name", "entry", "summary"),
    *("content", "uri", "generator", "icon", "logo", "category"),
)


def head_of(page: bytes) -> Head:
    found = Head()
    found.feed(page.decode())
    return found


def test_a_page_that_does_not_escape_is_noticed_by_machines() -> None:
    """The defence off."""
    assert "img" in head_of("".join(texts(all_of_them=False)).encode()).tags


# -- composers ---------------------------------------------------------------------------------------------------------

OWN = re.compile(r"[\x00-\x20<>\"'`\\^{|}\x7f-\uffff]")


@pytest.mark.parametrize("network", sorted(COMPOSERS))
@pytest.mark.parametrize("all_of_them", [SOME, ALL])
def test_a_composers_address_stays_the_composers(network: str, *, all_of_them: bool) -> None:
    """Whatever the text, the address leads to the network's own composer, and is one address."""
    plain_one = urlsplit(composer_address(post(network, "Knots", "https://ann.example/1")))
    for text in texts(all_of_them=all_of_them):
        made = composer_address(post(network, text, "https://ann.example/1"))
        parts = urlsplit(made)
        assert OWN.search(made) is None, made
        assert (parts.scheme, parts.netloc) == (plain_one.scheme, plain_one.netloc)
        assert parts.fragment == ""


def post(network: str, text: str, link: str) -> Any:
    award = SimpleNamespace(
        name=text, issuer=text, organization_id=None, issued=date(2026, 1, 1), expires=None, credential_id=text
    )
    return SimpleNamespace(network=NETWORKS[network], text=text, link=link, award=award, title=text, alt=text)


# -- Markdown ----------------------------------------------------------------------------------------------------------


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def strange(html: str) -> list[str]:
    """Return what may not stand in cleaned text."""
    reader = Tags()
    reader.feed(html)
    wrong = [tag for tag, _ in reader.found if tag not in TAGS]
    wrong += [name for _, given in reader.found for name in given if name not in {"href", "title", "rel"}]
    links = [given.get("href") or "" for tag, given in reader.found if tag == "a"]
    return wrong + [link for link in links if link and urlsplit(link).scheme not in {"http", "https", "mailto", ""}]


@pytest.mark.parametrize("all_of_them", [SOME, ALL])
def test_cleaned_markdown_has_few_tags_and_web_links(*, all_of_them: bool) -> None:
    for text in texts(all_of_them=all_of_them):
        assert strange(clean_markdown(text)) == [], text
        assert strange(nh3.clean(clean_markdown(text))) == [], "what is cleaned again stays harmless"


def test_markdown_that_is_not_cleaned_is_noticed() -> None:
    """The defence off: the same reader with markup let through, and no cleaning."""
    assert sum(bool(strange(MarkdownIt().render(text))) for text in texts(all_of_them=False)) > 60

"""What comes in through pages, forms, searches and other people's pages; what goes into the worker and comes back."""

from __future__ import annotations

import io
import json
from contextlib import suppress
from datetime import UTC, datetime
from urllib.parse import parse_qsl

import msgspec
from multidict import MultiDict
from PIL import Image
from tests.badge.pictures import CREDENTIAL, svg
from tests.fuzz.model import Target
from tests.issuer import picture

from passport.errors import SharingError
from passport.fetching.addresses import is_near, is_public
from passport.fetching.answers import next_hop
from passport.fetching.targets import RefusedError, checked
from passport.intake.media import media_type
from passport.intake.pages import read_page
from passport.intake.recipes import RecipeBook
from passport.settings import NetworkSettings
from passport.sharing.bluesky import facets
from passport.sharing.cv.resume_reading import read_json_resume
from passport.sharing.mastodon import status_of
from passport.sharing.networks import NETWORKS, graphemes
from passport.vault.queries import parse_query
from passport.verification.documents import RemoteDocument
from passport.verification.report import VerificationReport
from passport.web.app import ALL_ROUTES
from passport.web.callers import EXTENSION_ORIGIN, SIGNED
from passport.web.forms import parse_form
from passport.web.packaging import extension_folder
from passport.web.pages.looking import Look
from passport.web.pages.path_files import PathFileError, read_path
from passport.web.problems import Problem
from passport.workers.jobs import Job, Piece, Reply
from passport.workers.markup import clean_markdown
from passport.workers.pixels import thumbnail

HTML_WORDS = (
    b"<html>",
    b"<link rel=alternate type=application/vc href=",
    b"<meta property=og:image content=",
    b"<base href=",
    b"<script type=application/ld+json>",
    b'"credentialSubject"',
    b"http://[",
    b"&#x0;",
    b"\0",
)
MARKDOWN_WORDS = (
    b"[x](https://a.example)",
    b"![",
    b"<div>",
    b"> ",
    b"* ",
    b"```",
    b"&#x0;",
    b"javascript:",
    b"\n\n",
    b"|",
    b"~~",
    b"<!--",
)
NOW = datetime(2026, 6, 1, tzinfo=UTC)


def targets() -> list[Target]:
    """Return them."""
    book = RecipeBook.parse((extension_folder() / "recipes.json").read_bytes())
    return [
        Target(name="page", run=_page, seeds=[PAGE], words=HTML_WORDS),
        Target(
            name="links",
            run=_links(book),
            seeds=_links_seeds(),
            words=(b"?", b"#", b"http://[", b"@", b"%", b";", b"\\"),
            max_bytes=5000,
        ),
        Target(
            name="hosts",
            run=_hosts,
            seeds=[b"127.0.0.1", b"::ffff:10.0.0.1", b"2001:db8::1%eth0", b"64:ff9b::7f00:1"],
            max_bytes=64,
        ),
        Target(
            name="search",
            run=_search,
            seeds=[
                b'tag:python -verdict:expired "first aid" issuer:"x y"',
                b"q=x&tag=a&sort=-name&offset=48&view=list",
            ],
            max_bytes=3000,
        ),
        Target(
            name="form",
            run=_form,
            seeds=[b"a=1&b=%C3%A9&a=2", MULTIPART],
            words=(b"--B\r\n", b"--B--", b"\r\n\r\n", b'name="', b'filename="', b"=", b"&"),
        ),
        Target(name="path-file", run=_path, seeds=[PATH], structured=True),
        Target(name="json-resume", run=_resume, seeds=[RESUME], structured=True),
        Target(
            name="markdown",
            run=_markdown,
            seeds=[b"# A *b*\n\n- [x](https://a.example)\n> q\n\n`c`\n\n1. d", "é\u202e<b>".encode()],
            words=MARKDOWN_WORDS,
            max_bytes=20_000,
        ),
        Target(name="pixels", run=_pixels, seeds=_pictures(), max_bytes=4096),
        Target(name="api-bodies", run=_bodies, seeds=_requests(), structured=True),
        Target(name="worker-frames", run=_frames, seeds=_messages()),
        Target(name="network-answers", run=_answers, seeds=[STATUS], structured=True),
        Target(
            name="posts",
            run=_posts,
            seeds=["Ünï #tag https://a.example/x 👩‍👩‍👧 @a@b.example".encode()],
            words=(b"https://", b"#", b"@", "👩‍👧".encode(), "\u200d".encode()),
            max_bytes=3000,
        ),
    ]


def _page(data: bytes) -> None:
    page = read_page(data, "https://issuer.example/a")
    for address in (*page.selves, *page.alternates, *page.pictures) if page else ():
        assert address.startswith(("https://", "http://"))


def _links(book: RecipeBook):  # type: ignore[no-untyped-def] # Run
    network = NetworkSettings()

    def run(data: bytes) -> None:
        text = data.decode("utf-8", "replace")
        book.resolve(text, page=True, pictures=[text])
        book.behind_validator(text)
        book.is_offer(text)
        book.clean(text)
        with suppress(RefusedError):
            next_hop(checked(text, network), text[8:])
        EXTENSION_ORIGIN.fullmatch(text), SIGNED.fullmatch(text)

    return run


def _hosts(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    assert not (is_public(text) and is_near(text))


def _search(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    parse_query(text)
    look = Look.parse(MultiDict(parse_qsl(text, max_num_fields=500) if text.count("&") < 500 else []))
    query = look.address().partition("?")[2]
    assert Look.parse(MultiDict(parse_qsl(query))).address() == look.address(), "an address that is not itself"


def _form(data: bytes) -> None:
    for kind in ("application/x-www-form-urlencoded", 'multipart/form-data; boundary="B"'):
        with suppress(Problem):
            parse_form(kind, data)
    with suppress(Problem):
        parse_form(data.decode("latin-1"), b"--B--")


def _path(data: bytes) -> None:
    with suppress(PathFileError):
        assert read_path(data)["wanted"]


def _resume(data: bytes) -> None:
    with suppress(SharingError):
        read_json_resume(data.decode("utf-8", "replace"))


def _markdown(data: bytes) -> None:
    html = clean_markdown(data.decode("utf-8", "surrogateescape"))
    assert "<script" not in html
    assert "<img" not in html
    assert "javascript:" not in html.partition('href="')[2][:11]


def _pixels(data: bytes) -> None:
    small = thumbnail(data, 64)
    assert small is None or small.startswith(b"\x89PNG")
    media_type(data)


def _bodies(data: bytes) -> None:
    """Each body and query that the API takes."""
    for route in ALL_ROUTES:
        kinds = (route.operation.body, route.operation.query) if route.operation else ()
        for kind in kinds:
            if kind is not None:
                with suppress(msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
                    msgspec.json.decode(data, type=kind)


def _frames(data: bytes) -> None:
    """What a worker that was taken over might answer."""
    for kind in (Job, Reply, list[VerificationReport], list[Piece], list[str]):
        with suppress(msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
            msgspec.msgpack.decode(data, type=kind)


def _answers(data: bytes) -> None:
    with suppress(ValueError, RecursionError):
        fields = json.loads(data)
        if isinstance(fields, dict):
            _status(fields)


def _status(fields: dict[str, object]) -> None:
    try:
        status_of(fields)
    except ValueError as error:
        raise AssertionError("not declared") from error


def _posts(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    assert "".join(graphemes(text)) == text
    for network in NETWORKS.values():
        network.count(text)
    for facet in facets(text):
        place = facet["index"]
        assert isinstance(place, dict)
        assert 0 <= place["byteStart"] < place["byteEnd"] <= len(text.encode())


def _pictures() -> list[bytes]:
    files = [picture(size=4), svg()]
    for kind in ("JPEG", "WEBP", "GIF"):
        out = io.BytesIO()
        Image.new("RGB", (6, 5), "teal").save(out, kind)
        files.append(out.getvalue())
    return files


def _requests() -> list[bytes]:
    page = {"address": "https://a.example", "title": "x"}
    bodies = [
        {"page": page, "name": "x", "addresses": ["https://a.example/1"], "file": "AAAA"},
        {"items": [{"key": "k", "names": ["https://a.example"]}]},
        {"addresses": ["https://a.example"]},
        {"visibility": "public", "tags": {"add": ["x"]}, "note": "x", "rating": 3},
        {"paths": ["/x"], "urls": ["https://a.example"]},
        {"code": "AAAA-AAAA", "label": "x"},
        {"sha256": ["ab"], "ids": []},
        {"network": "mastodon", "text": "x", "entry": "e"},
    ]
    return [json.dumps(each).encode() for each in bodies]


def _messages() -> list[bytes]:
    document = RemoteDocument(url="https://a.example", fetched_at="2026-01-01T00:00:00Z")
    from passport.workers.jobs import Clean, Examine

    examine = Examine(file=b"x", documents=(document,), identities=("a",), known_issuers=(), now=NOW)
    values = [Clean(text="x"), examine, Reply(problem="x"), [Piece(name="x", file=b"y")], [CREDENTIAL]]
    return [msgspec.msgpack.encode(value) for value in values]


PAGE = b"""<!doctype html><html><head><base href='/b/'><link rel='canonical' href=x>
<link rel=alternate type=application/vc href=1.json><meta property="og:image" content="https://a.example/1.png">
<script type="application/ld+json">{"credentialSubject":1}</script></head><body><img src='2.png'></body></html>
"""
MULTIPART = b"""--B
Content-Disposition: form-data; name="a"

1
--B
Content-Disposition: form-data; name="f"; filename="x.png"

yz
--B--
""".replace(b"\n", b"\r\n")
PATH = b"""{"type":"BadgePassportPath","version":1,"name":"x","description":"y","rule":"some","needed":1,
"achievements":[{"name":"a"},{"id":"https://a.example"}]}"""
RESUME = b"""{"basics":{"name":"x"},"work":[{"name":"a","position":"b","url":"https://a.example","highlights":["c"]}],
"education":[{"institution":"d","area":"e","studyType":"f","courses":["g"]}],
"languages":[{"language":"de","fluency":"C2"}]}"""
STATUS = b'{"id":"1","url":"https://m.example/@a/1","content":"<p>x</p>","media_attachments":[{"id":"2"}]}'


def _links_seeds() -> list[bytes]:
    return [
        b"https://www.credly.com/badges/00000000-0000-0000-0000-000000000000/public_url",
        b"https://badgecheck.io/?url=https://a.example/1",
        b"openid-credential-offer://?credential_offer_uri=https://a.example",
        b"https://a.example/badges/assertion.php?id=1&email=a@b.example#x",
        b"moz-extension://0123-abc",
        b"Passport 0123456789abcdef:1:0123456789abcdef0123456789abcdef:" + b"0" * 64,
    ]

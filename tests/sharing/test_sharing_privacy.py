"""What signed bytes would give away: addresses in every corner of a statement and of the file that carries it."""

from __future__ import annotations

import base64
import hashlib
import json
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.issuer import Issuer, picture
from tests.sharing.sharing_material import ANN
from tests.sharing.site_material import OWNER, gatherer, keep, opened
from tests.sharing.test_sharing_publishing import Work

from passport.badge.files import bake
from passport.badge.model import AchievementCredential
from passport.badge.parsing import parse
from passport.sharing.cv.gathering import CvGatherer
from passport.sharing.privacy import exposure
from passport.sharing.site.build import build
from passport.sharing.site.showing import Shower
from passport.sharing.traces import EACH, MOST_IN_ALL, mails, texts_in, texts_of

STRANGER = "ann.private@mail.example"
"""Of which the program was not told."""
PHONE = "+358 40 123 4567"
MINE = (ANN, PHONE)
MAKER = Issuer()
PLAIN_ACHIEVEMENT = MAKER.credential()["credentialSubject"]["achievement"]


def packed(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def document(subject: dict[str, object] | None = None, *, contact: str = "", **changes: object) -> dict[str, object]:
    """Return a signed credential that says nothing of its owner but a DID; `contact`: its issuer's mail."""
    given = {"id": OWNER, "type": ["AchievementSubject"], "achievement": PLAIN_ACHIEVEMENT} | (subject or {})
    made = MAKER.prove(MAKER.credential(credentialSubject=given, **changes), "eddsa-jcs-2022")
    return made | ({"issuer": made["issuer"] | {"email": contact}} if contact else {})


def read(text: str) -> AchievementCredential:
    return parse(text)


def identifier(kind: str, value: str, **more: object) -> dict[str, object]:
    return {"identifier": [{"type": "IdentityObject", "identityType": kind, "identityHash": value, "hashed": False} | more]}  # fmt: skip # noqa: E501 (one object)


def hashed(text: str, salt: str = "") -> str:
    return "sha256$" + hashlib.sha256((text + salt).encode()).hexdigest()


PHOTO = base64.b64encode(picture()[:-12] + b"\0\0\0\x1ceXIfArtist\0" + ANN.encode() + b"\0\0\0\0\0").decode()
INNER = f"{packed(json.dumps({'alg': 'EdDSA'}))}.{packed(json.dumps({'sub': ANN}))}.{packed('signature')}"
JSON_CASES: dict[str, dict[str, object]] = {
    "extension": document({"ext:contact": {"how": [ANN]}}),
    "evidence's narrative": document(evidence=[{"type": ["Evidence"], "narrative": f"Mail her at {ANN.upper()}!"}]),
    "evidence's link, encoded": document(
        evidence=[{"type": ["Evidence"], "id": "https://w.example/?u=ann%40example.org"}]
    ),
    "somebody's address in evidence": document(evidence=[{"type": ["Evidence"], "narrative": STRANGER}]),
    "mailto as the subject's id": document({"id": "mailto:ann.private@mail.example"}),
    "tel as the subject's id": document({"id": "tel:+1-555-0100"}),
    "plain in identifier": document(identifier("emailAddress", ANN)),
    "plain under another type": document(identifier("identifier", ANN)),
    "a number of the state": document(identifier("nationalIdentityNumber", "010190-123A")),
    "telephone, other spelling": document({"narrative": "Call 040-1234567 in the evening."}),
    "a JWT inside": document(endorsementJwt=[INNER]),
    "in a picture inside": document({"image": {"id": f"data:image/png;base64,{PHOTO}", "type": "Image"}}),
    "in entities": document({"narrative": "ann&#64;example.org"}),
    "in wide letters": document({"narrative": "ａｎｎ＠example.org"}),
    "in its issuer's words": document(contact=ANN),
}
GUESSABLE: dict[str, dict[str, object]] = {
    "salt beside it": document(identifier("emailAddress", hashed(ANN, "sea"), hashed=True, salt="sea")),
    "telephone": document(identifier("ext:phone", hashed(PHONE), hashed=True)),
    "a number of the state": document(identifier("nationalIdentityNumber", hashed("010190-123A"), hashed=True)),
    "unknown type": document(identifier("ext:badgeHolder", hashed(ANN), hashed=True)),
    "address of a portrait": document(
        {"image": {"id": f"https://portraits.example/avatar/{hashlib.md5(ANN.encode()).hexdigest()}", "type": "Image"}}
    ),
}
HARMLESS: dict[str, dict[str, object]] = {
    "a DID alone": document(),
    "a page": document(identifier("url", "https://ann.example/")),
    "a hash of a page": document(identifier("url", hashed("https://ann.example/"), hashed=True)),
    "the issuer's own address": document(contact="a@b.example"),
    "names of files, handles": document(evidence=[{"type": ["Evidence"], "id": "https://w.example/@ann/badge@2x.png"}]),
    "numbers of others": document({"narrative": "Born in 1990, 1234 hours, version 2026.11.26"}),
}


@pytest.mark.parametrize("case", JSON_CASES)
def test_an_address_in_plain_is_found_wherever_it_stands(case: str) -> None:
    text = json.dumps(JSON_CASES[case])
    found = exposure(read(text), MINE)
    assert found is not None
    assert found.kind == "plain"
    assert found.explanation.isascii()
    assert ANN not in found.explanation


@pytest.mark.parametrize("case", GUESSABLE)
def test_a_hash_that_can_be_guessed_is_found(case: str) -> None:
    found = exposure(read(json.dumps(GUESSABLE[case])), MINE)
    assert found is not None
    assert found.kind == "guessable"


@pytest.mark.parametrize("case", HARMLESS)
def test_what_gives_nothing_away_is_not_held_back(case: str) -> None:
    text = json.dumps(HARMLESS[case])
    assert exposure(read(text), MINE, bake(picture(), text)) is None


@pytest.mark.parametrize(
    "claims", [{"email": ANN}, {"sub": f"mailto:{ANN}"}, {"ext": {"of": ["ann.private@mail.example"]}}]
)
def test_claims_beside_the_credential_count(claims: dict[str, object]) -> None:
    credential = MAKER.credential(credentialSubject={"id": OWNER, "achievement": PLAIN_ACHIEVEMENT})
    assert exposure(read(MAKER.jwt(credential)), MINE) is None
    found = exposure(read(MAKER.jwt(credential, **claims)), MINE)
    assert found is not None
    assert exposure(read(MAKER.jwt(credential, header={"ext": ANN})), MINE) is not None


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def in_png(kind: bytes, data: bytes) -> Callable[[bytes], bytes]:
    return lambda file: file[:33] + chunk(kind, data) + file[33:]


SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">%s<path d="M0 0h9v9z"/></svg>'
FILES: dict[str, Callable[[bytes], bytes]] = {
    "tEXt": in_png(b"tEXt", b"Author\0" + ANN.encode()),
    "tEXt of a stranger": in_png(b"tEXt", b"Comment\0for ann.private@mail.example"),
    "zTXt": in_png(b"zTXt", b"Comment\0\0" + zlib.compress(b"for " + ANN.encode())),
    "iTXt, packed": in_png(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(ANN.encode())),
    "EXIF": in_png(b"eXIf", b"MM\0*\0\0\0\x08" + ANN.encode("latin-1")),
    "EXIF in UTF-16": in_png(b"eXIf", b"II*\0\x08\0\0\0" + ANN.encode("utf-16-le")),
    "a chunk nobody knows": in_png(b"anNa", ANN.encode()),
    "behind the end": lambda file: file + b"<" + ANN.encode() + b">",
}


@pytest.mark.parametrize("case", FILES)
def test_an_address_beside_the_badge_in_a_picture_counts(case: str) -> None:
    text = json.dumps(document())
    file = FILES[case](bake(picture(), text))
    found = exposure(read(text), MINE, file)
    assert found is not None
    assert found.kind == "plain"


@pytest.mark.parametrize(
    "inside",
    [f"<!-- {ANN} -->", "<metadata>ann&#x40;example.org</metadata>", "<desc>for ann.private@mail.example</desc>"],
)
def test_an_address_in_an_svg_counts(inside: str) -> None:
    text = json.dumps(document(contact="a@b.example"))
    assert exposure(read(text), MINE, bake((SVG % "").encode(), text)) is None
    assert exposure(read(text), MINE, bake((SVG % inside).encode(), text)) is not None


def test_what_unpacks_to_very_much_is_looked_at_in_part() -> None:
    """A file of 60 kB would be gigabytes: pictures in the comments of pictures, each packed and many times over."""
    inside = b"for nobody at all. " * 50_000
    for _ in range(2):
        bomb = picture()[:33] + chunk(b"zTXt", b"Comment\0\0" + zlib.compress(inside, 9)) * 20 + picture()[33:]
        link = b'<img src="data:image/png;base64,' + base64.b64encode(bomb) + b'">'
        inside = link * (1_000_000 // len(link))
    assert len(bomb) < 200_000
    assert sum(map(len, texts_of(bomb))) < 2 * MOST_IN_ALL
    empty = picture()[:33] + chunk(b"teXt", b"") * 100_000 + picture()[33:]
    assert sum(1 for _ in texts_of(empty)) < 2 * MOST_IN_ALL // EACH


def test_hostile_text_is_looked_at_in_no_time() -> None:
    assert mails("a" * 3_000_000 + "@" + "b" * 3_000_000) == set()
    assert mails("a.@-." * 400_000) == set()


async def test_what_is_found_keeps_page_and_cv_from_telling_it(tmp_path: Path) -> None:
    vault = opened(tmp_path)
    evidence = [{"type": ["Evidence"], "name": "Log", "id": "https://w.example/?u=ann%40example.org"},
                {"type": ["Evidence"], "name": "Film", "id": "https://w.example/film"}]  # fmt: skip
    entry = keep(vault, bake(picture(), json.dumps(document(evidence=evidence))))
    beside = keep(vault, FILES["zTXt"](bake(picture(shade=9), json.dumps(document()))))
    found = gatherer(vault, Work(), tmp_path)
    site = await Shower(gatherer=found).whole()
    assert {badge.id: badge.original for badge in site.badges} == {entry.id: None, beside.id: None}
    pages = b"".join(content for path, content in build(site).items() if path.endswith((".html", ".json", ".xml")))
    assert b"https://w.example/film" in pages
    assert b"%40" not in pages
    assert all(badge.original is None for badge in (await CvGatherer(gatherer=found).cv()).badges)
    for one in (entry, beside):
        vault.decide(one.subject, {"show-original": True})
    assert all(badge.original for badge in (await Shower(gatherer=found).whole()).badges)


@pytest.mark.parametrize("text", ["\\", "@a.", "data:", "data:x;base64,", "%4", "&#", "<"])
def test_very_much_of_what_begins_something_is_looked_through_at_once(text: str) -> None:
    found = list(texts_in(text * 200_000))  # backslashes took hours, looking for the end of each
    assert not [mail for one in found for mail in mails(one)]

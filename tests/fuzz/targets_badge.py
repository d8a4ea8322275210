"""Pictures, documents and containers that carry badges."""

from __future__ import annotations

import json
from contextlib import suppress

from tests.badge.pictures import ASSERTION, CREDENTIAL
from tests.badge.samples import OB20, jwt
from tests.fuzz import seeds_badge
from tests.fuzz.model import Target

from passport.badge import strict_json
from passport.badge.baking import bake, unbake
from passport.badge.compact import parse_compact
from passport.badge.containers import looks_like_container, open_container
from passport.badge.dates import parse_instant
from passport.badge.model import AchievementCredential
from passport.badge.parsing import parse, parse_endorsement
from passport.badge.sd_jwt import disclosed
from passport.badge.sniffing import looks_like_badge
from passport.errors import BakingError, ParseError

PNG_WORDS = (
    b"iTXt",
    b"tEXt",
    b"zTXt",
    b"IEND",
    b"IHDR",
    b"openbadges\0",
    b"openbadgecredential\0",
    b"\0\0\0\0\0",
    b"\x78\x9c",
    b"\0\0\0\0IEND\xaeB`\x82",
    b"\xff\xff\xff\xff",
)
SVG_WORDS = (
    b"<![CDATA[",
    b"]]>",
    b"<!DOCTYPE",
    b"<!ENTITY",
    b"&x;",
    b"&#0;",
    b"verify=",
    b"xmlns:openbadges=",
    b"openbadges:assertion",
    b"openbadges:credential",
    b"<?xml version='1.0' encoding='utf-16'?>",
    b"</",
    b"/>",
    b"<!--",
    b"-->",
    b"http://openbadges.org",
    b"https://purl.imsglobal.org/ob/v3p0",
)
JSON_WORDS = (
    b'"id":',
    b'"@context":',
    b"\\ud800",
    b"NaN",
    b"1e999",
    b"-0",
    b"{",
    b"}",
    b"[",
    b"]",
    b'""',
    b"null",
    b"\\u0000",
)
PDF_WORDS = (
    b"obj",
    b"endobj",
    b"stream",
    b"endstream",
    b"/EmbeddedFile",
    b"/Names",
    b"/Filter/FlateDecode",
    b"<<",
    b">>",
    b"R",
    b"xref",
    b"trailer",
    b"startxref",
)
ZIP_WORDS = (
    b"PK\x01\x02",
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"PK\x06\x06",
    b"../",
    b"\xff\xff\xff\xff",
    b"\0\0",
    b".zip",
    b".png",
)
MAIL_WORDS = (
    b"Content-Type: ",
    b"multipart/mixed; boundary=",
    b"base64",
    b"quoted-printable",
    b"\n\n",
    b"--b",
    b"=?utf-8?q?",
    b"filename*=",
    b"From ",
)


def targets() -> list[Target]:
    """Return them."""
    return [
        Target(name="png", run=_picture, seeds=seeds_badge.pngs(), words=PNG_WORDS),
        Target(name="svg", run=_picture, seeds=seeds_badge.svgs(), words=SVG_WORDS),
        Target(name="bake-png", run=_bake, seeds=seeds_badge.pngs(), words=PNG_WORDS),
        Target(name="bake-svg", run=_bake, seeds=seeds_badge.svgs(), words=SVG_WORDS),
        Target(name="pdf", run=_pdf, seeds=seeds_badge.pdfs(), words=PDF_WORDS),
        Target(name="zip", run=_container, seeds=seeds_badge.zips(), words=ZIP_WORDS),
        Target(name="mail", run=_container, seeds=seeds_badge.mails(), words=MAIL_WORDS),
        Target(name="records", run=_container, seeds=seeds_badge.records(), structured=True, words=JSON_WORDS),
        Target(
            name="strict-json",
            run=_strict,
            seeds=[*seeds_badge.statements(), *seeds_badge.odd_json()],
            words=JSON_WORDS,
        ),
        Target(name="statement", run=_statement, seeds=seeds_badge.statements(), structured=True, words=JSON_WORDS),
        Target(
            name="jws",
            run=_compact,
            seeds=[jwt(OB20).encode(), seeds_badge.sd_jwt()],
            words=(b".", b"~", b"eyJ", b"=", b"-_"),
        ),
        Target(name="sd-jwt", run=_disclosures, seeds=seeds_badge.disclosures(), structured=True),
        Target(
            name="dates",
            run=_date,
            seeds=seeds_badge.dates(),
            words=(b"T", b"Z", b"+00:00", b"24:00", b":60", b"W", b"-"),
            max_bytes=64,
        ),
    ]


def _picture(data: bytes) -> None:
    found = unbake(data)
    looks = looks_like_badge(lambda at, count: data[at : at + count], len(data), thorough=True)
    assert looks or found.kind != "png" or not found.statements, "a badge that the watcher does not see"


def _bake(data: bytes) -> None:
    for statement in (ASSERTION, CREDENTIAL):
        try:
            baked = bake(data, statement)
        except BakingError:
            continue
        found = unbake(baked)
        assert found.problem or [one.text for one in found.statements] == [statement], (
            "what was baked does not come out"
        )


def _pdf(data: bytes) -> None:
    unbake(data)
    _container(data)


def _container(data: bytes) -> None:
    looks_like_container(lambda at, count: data[at : at + count], len(data))
    for one in open_container(data, "fuzz"):
        assert one.problem or one.file


def _strict(data: bytes) -> None:
    text = data.decode("utf-8", "surrogatepass") if _decodes(data) else data.decode("latin-1")
    try:
        value = strict_json.loads(text)
    except ParseError:
        return
    assert value == json.loads(text), "read otherwise than by everybody else"


def _decodes(data: bytes) -> bool:
    try:
        data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return False
    return True


def _statement(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    with suppress(ParseError):
        assert isinstance(parse(text), AchievementCredential)
    with suppress(ParseError):
        parse_endorsement(text)


def _compact(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    with suppress(ParseError):
        disclosed(parse_compact(text))
    with suppress(ParseError):
        parse(text)


def _disclosures(data: bytes) -> None:
    """`[payload, [disclosure, …]]` as JSON, so that changes reach what is inside."""
    try:
        payload, disclosures = json.loads(data)
        parts = [jwt(payload), *(jwt(each).split(".")[1] for each in disclosures), ""]
    except (ValueError, TypeError, RecursionError):
        return
    with suppress(ParseError):
        disclosed(parse_compact("~".join(parts)))


def _date(data: bytes) -> None:
    for value in (data.decode("utf-8", "replace"), _number(data)):
        try:
            instant = parse_instant(value)
        except ParseError:
            continue
        assert instant.earliest <= instant.utc <= instant.latest


def _number(data: bytes) -> float:
    try:
        return float(data)
    except ValueError:
        return float(len(data))

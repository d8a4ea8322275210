"""Pictures and files at the edges of what is read: cut off, just too large, nested, spelled otherwise."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
import zlib

import pytest
from tests.badge.pictures import (
    ASSERTION,
    CREDENTIAL,
    URL,
    cdata,
    chunk,
    new_element,
    old_element,
    png,
    svg,
    text_chunk,
)
from tests.badge.test_badge_containers import pdf

from passport.badge import strict_json
from passport.badge.baking import MAX_FILE_BYTES, MAX_TEXT_BYTES, bake, unbake
from passport.badge.containers import open_container
from passport.badge.containers.parts import MAX_CONTAINER_BYTES, MAX_PARTS, MAX_UNPACKED_BYTES, Budget, LimitError
from passport.badge.parsing import parse
from passport.badge.sniffing import looks_like_badge
from passport.badge.svg import MAX_BYTES
from passport.errors import BakingError, NotABadgeError, ParseError


def texts(file: bytes) -> list[str]:
    return [one.text for one in unbake(file).statements]


@pytest.mark.parametrize("cut", [1, 4, 12, 13])
def test_nothing_is_baked_into_a_picture_that_is_cut_off(cut: int) -> None:
    with pytest.raises(BakingError, match="cut off"):
        bake(png()[:-cut], ASSERTION)


@pytest.mark.parametrize("kind", ["tEXt", "zTXt", "iTXt", "iTXt-compressed"])
def test_a_baked_picture_that_is_cut_off_keeps_its_statement_and_says_so(kind: str) -> None:
    found = unbake(png(text_chunk(kind, b"openbadges", ASSERTION))[:-4])
    assert [one.text for one in found.statements] == [ASSERTION]
    assert (found.problem, found.notes[-1]) == (None, "The picture is cut off.")


def test_a_baked_picture_without_a_fault_has_nothing_to_be_said_of() -> None:
    for file in (bake(png(), ASSERTION), bake(svg(), CREDENTIAL), pdf(information={"/openbadges": ASSERTION})):
        found = unbake(file)
        assert (found.problem, found.notes, len(found.statements)) == (None, (), 1)


@pytest.mark.parametrize(
    ("flags", "fault"),
    [
        (b"\0\0\0\0\0", None),
        (b"\0\1\0\0\0", None),
        (b"\0\2\0\0\0", "cannot be read"),
        (b"\0\1\1\0\0", "cannot be read"),
        (b"\0\0\0\0", "cannot be read"),
    ],
)
def test_the_flags_of_a_text_chunk(flags: bytes, fault: str | None) -> None:
    body = zlib.compress(ASSERTION.encode()) if flags[1:2] == b"\1" else ASSERTION.encode()
    if flags == b"\0\0\0\0":
        body = b"no second zero"
    found = unbake(png(chunk(b"iTXt", b"openbadges" + flags + body)))
    assert (found.problem is None) is (fault is None), found.problem
    assert len(found.statements) == (1 if fault is None else 0)


@pytest.mark.parametrize("element", [old_element, new_element])
@pytest.mark.parametrize(("before", "after"), [("", ""), ("\n  ", ""), ("", "\n  "), (" \n ", "\t\n")])
def test_white_space_around_a_statement_is_layout(element, before: str, after: str) -> None:  # type: ignore[no-untyped-def]
    text = ASSERTION if element is old_element else CREDENTIAL
    assert texts(svg(element(f"{before}{cdata(text)}{after}"))) == [text]


@pytest.mark.parametrize("text", [URL, URL.replace("https", "HTTPS"), f"  {URL}\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_file_that_holds_an_address(text: str, encoding: str) -> None:
    assert [one.strip() for one in texts(text.encode(encoding))] == [text.strip()]


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        (b"{" + b" " * (MAX_TEXT_BYTES - 2) + b"}", "json"),
        (b"{" + b" " * (MAX_TEXT_BYTES - 1) + b"}", "other"),
        (b"{" + b" " * MAX_FILE_BYTES, "other"),
        (gzip.compress(svg() + b" " * MAX_BYTES), "other"),
    ],
    ids=["text", "text too long", "file too large", "unpacks to too much"],
)
def test_what_is_just_too_large(file: bytes, kind: str) -> None:
    assert unbake(file).kind == kind


def test_only_a_file_beyond_the_limit_is_called_too_large() -> None:
    assert unbake(bytes(MAX_FILE_BYTES)).problem is None
    assert "20 MiB" in (unbake(bytes(MAX_FILE_BYTES + 1)).problem or "")


def test_a_pdf_in_a_pdf_is_left_alone() -> None:
    inner = pdf(information={"/openbadges": ASSERTION})
    found = unbake(pdf([("inner.pdf", inner), ("badge.png", bake(png(), CREDENTIAL))]))
    assert [one.text for one in found.statements] == [CREDENTIAL]
    assert found.statements[0].where == "attached file badge.png"


def test_an_attached_file_without_a_badge_says_nothing() -> None:
    found = unbake(pdf([("note.txt", b"https://x.example"), ("data.json", b'{"a": 1}'), ("p.png", png())]))
    assert (found.statements, found.problem, found.notes) == ((), None, ())


@pytest.mark.parametrize(("padding", "badges"), [(0, 1), (MAX_CONTAINER_BYTES, 0)])
def test_a_container_that_is_too_large_is_not_opened(padding: int, badges: int) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("badge.png", bake(png(), ASSERTION))
        archive.writestr("padding", bytes(padding))
    assert len(open_container(buffer.getvalue(), "x")) == badges


def test_a_list_that_is_too_long_to_be_read_holds_nothing() -> None:
    badges = f"[{ASSERTION}]".encode()
    assert len(open_container(badges, "x")) == 1
    assert open_container(badges + b" " * MAX_FILE_BYTES, "x") == ()


@pytest.mark.parametrize(
    ("spent", "fault"),
    [
        ([0] * MAX_PARTS, None),
        ([0] * (MAX_PARTS + 1), "more than 5,000 files"),
        ([MAX_UNPACKED_BYTES], None),
        ([MAX_UNPACKED_BYTES, 1], "more than 256 MiB"),
    ],
)
def test_what_one_container_may_cost(spent: list[int], fault: str | None) -> None:
    budget = Budget()
    for size in spent[:-1]:
        budget.spend(size)
    if fault is None:
        budget.spend(spent[-1])
        return
    with pytest.raises(LimitError, match=fault):
        budget.spend(spent[-1])


@pytest.mark.parametrize(
    ("size", "start", "looks"),
    [
        (20 << 20, b'{"recipient": 1}', True),
        ((20 << 20) + 1, b'{"recipient": 1}', False),
        (MAX_BYTES, b"<svg xmlns:o='http://openbadges.org'>", True),
        (MAX_BYTES + 1, b"<svg xmlns:o='http://openbadges.org'>", False),
        (20 << 20, b"eyJhbGciOiJub25lIn0.e30.x", True),
        ((20 << 20) + 1, b"eyJhbGciOiJub25lIn0.e30.x", False),
    ],
)
def test_files_beyond_the_limit_are_not_looked_at(size: int, start: bytes, looks: bool) -> None:
    def read_at(offset: int, count: int) -> bytes:
        return start.ljust(min(1 << 14, size), b" ")[offset : offset + count]

    assert looks_like_badge(read_at, size) is looks


@pytest.mark.parametrize("text", ['{"a": 1}', "\ufeff[1, 2]", '"a text"'])
def test_a_json_text_of_just_the_longest_length_is_read(text: str) -> None:
    longest = len(text.removeprefix("\ufeff"))
    strict_json.loads(text, max_characters=longest)
    with pytest.raises(ParseError, match=f"longer than {longest - 1} characters"):
        strict_json.loads(text, max_characters=longest - 1)


@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_a_json_text_of_just_the_deepest_depth_is_read(opening: str) -> None:
    def nested(depth: int) -> str:
        return opening * depth + "1" + ("]" if opening == "[" else "}") * depth

    strict_json.loads(nested(strict_json.MAX_DEPTH))
    with pytest.raises(ParseError, match="deep"):
        strict_json.loads(nested(strict_json.MAX_DEPTH + 1))
    with pytest.raises(ParseError, match="deep"):  # said before what else is wrong with it
        strict_json.loads(opening * (strict_json.MAX_DEPTH + 1))


@pytest.mark.parametrize(("depth", "badges"), [(0, 1), (1, 1), (3, 1), (4, 0)])
def test_texts_in_texts_are_read_to_a_certain_depth(depth: int, badges: int) -> None:
    text = ASSERTION
    for _ in range(depth):
        text = json.dumps({"held": text})
    assert len(open_container(f"[{text}]".encode(), "x")) == badges


def test_only_what_begins_like_a_document_is_searched_for_badges() -> None:
    assert open_container(json.dumps(ASSERTION).encode(), "x") == ()
    assert len(open_container(json.dumps([ASSERTION]).encode(), "x")) == 1


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("VerifiablePresentation", "presentation"),
        ("ClrCredential", "learner record"),
        ("EndorsementCredential", "endorsement"),
        ("Endorsement", "endorsement"),
        ("BadgeClass", "awards it to nobody"),
        ("Achievement", "awards it to nobody"),
        ("Issuer", "issuer"),
        ("Profile", "issuer"),
        ("CryptographicKey", "key"),
        ("RevocationList", "revoked badges"),
        ("VerifiableCredential", "no Open Badge"),
        ("Recipe", "no Open Badge"),
    ],
)
def test_what_is_no_badge_is_called_what_it_is(kind: str, why: str) -> None:
    with pytest.raises(NotABadgeError, match=why):
        parse(json.dumps({"type": [kind], "name": "x"}))


@pytest.mark.parametrize("name", ["vc", "credential", "anything"])
def test_a_badge_is_found_in_whatever_holds_it(name: str) -> None:
    (found,) = open_container(f'[{{"{name}": {CREDENTIAL}}}]'.encode(), "x")
    assert json.loads(found.file) in (json.loads(CREDENTIAL), {name: json.loads(CREDENTIAL)})

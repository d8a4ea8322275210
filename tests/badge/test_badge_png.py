"""PNG: what is found, what is tolerated and said, what is refused with a reason."""

import io
import time
import tracemalloc
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from tests.badge.pictures import (
    ASSERTION,
    CREDENTIAL,
    JWS,
    OTHER_ASSERTION,
    SIGNATURE,
    URL,
    chunk,
    png,
    text_chunk,
)

from passport.badge.baking import bake, unbake
from passport.errors import BakingError

KINDS = ["tEXt", "zTXt", "iTXt", "iTXt-compressed"]
OLD, NEW = b"openbadges", b"openbadgecredential"


def texts(file):
    return [statement.text for statement in unbake(file).statements]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("keyword", "text"), [(OLD, ASSERTION), (OLD, JWS), (OLD, URL), (NEW, CREDENTIAL)])
@pytest.mark.parametrize("place", ["before", "behind"])
def test_found_in_every_kind_of_chunk_anywhere(kind, keyword, text, place):
    badge = text_chunk(kind, keyword, text)
    found = unbake(png(badge) if place == "before" else png(behind=(badge,)))
    assert [statement.text for statement in found.statements] == [text]
    assert (found.kind, found.problem) == ("png", None)
    assert len(found.notes) == (1 if kind == "iTXt-compressed" else 0)


def test_sixty_four_repeats_and_not_one_more():
    badge = text_chunk("iTXt", OLD, ASSERTION)
    assert unbake(png(*[badge] * 64)).problem is None
    assert "64" in unbake(png(*[badge] * 65)).problem


def test_other_text_is_none_of_ours():
    others = [
        text_chunk(kind, word, ASSERTION) for kind in KINDS for word in (b"Comment", b"OpenBadges", b"openbadges2", b"")
    ]
    assert unbake(png(*others)).statements == ()
    assert unbake(png(*others)).problem is None


def test_utf8_comes_first_and_latin1_last():
    text = '{"name": "SAFe® – Süd"}'
    assert texts(png(text_chunk("tEXt", OLD, text.encode()))) == [text]
    found = unbake(png(text_chunk("tEXt", OLD, '{"name": "Süd"}'.encode("latin-1"))))
    assert [statement.text for statement in found.statements] == ['{"name": "Süd"}']
    assert "Latin-1" in found.notes[0]


def test_a_wrong_checksum_is_said_and_the_text_read():
    found = unbake(png(chunk(b"iTXt", OLD + b"\0\0\0\0\0" + ASSERTION.encode(), crc=1)))
    assert [statement.text for statement in found.statements] == [ASSERTION]
    assert "checksum" in found.notes[0]
    assert found.problem is None


@pytest.mark.parametrize("second", KINDS)
def test_identical_repeats_are_one(second):
    found = unbake(png(text_chunk("iTXt", OLD, ASSERTION), behind=(text_chunk(second, OLD, ASSERTION),)))
    assert [statement.text for statement in found.statements] == [ASSERTION]
    assert found.problem is None
    assert found.notes


def test_a_url_beside_the_document_that_is_hosted_there_is_one():
    found = unbake(png(text_chunk("tEXt", OLD, URL), text_chunk("iTXt", OLD, ASSERTION)))
    assert ([statement.text for statement in found.statements], found.problem) == ([ASSERTION], None)


@pytest.mark.parametrize("second", KINDS)
@pytest.mark.parametrize("text", [OTHER_ASSERTION, URL + "x", JWS, ASSERTION.replace("ann", "bob"), "x"])
def test_differing_statements_under_one_keyword_are_refused(second, text):
    found = unbake(png(text_chunk("iTXt", OLD, ASSERTION), behind=(text_chunk(second, OLD, text),)))
    assert "different statements" in found.problem
    assert len(found.statements) == 2


def test_two_keywords_are_two_badges():
    found = unbake(png(text_chunk("iTXt", OLD, ASSERTION), text_chunk("iTXt", NEW, CREDENTIAL)))
    assert ([statement.text for statement in found.statements], found.problem) == ([ASSERTION, CREDENTIAL], None)


BROKEN = {
    "empty": text_chunk("iTXt", OLD, ""),
    "blank": text_chunk("iTXt", OLD, " \n "),
    "keyword only": chunk(b"iTXt", OLD),
    "no text part": chunk(b"iTXt", OLD + b"\0\0\0\0"),
    "flag 2": chunk(b"iTXt", OLD + b"\0\2\0\0\0" + ASSERTION.encode()),
    "unknown method": chunk(b"iTXt", OLD + b"\0\1\7\0\0" + zlib.compress(ASSERTION.encode())),
    "zTXt unknown method": chunk(b"zTXt", OLD + b"\0\7" + zlib.compress(ASSERTION.encode())),
    "not zlib": chunk(b"iTXt", OLD + b"\0\1\0\0\0" + ASSERTION.encode()),
    "zlib cut off": chunk(b"zTXt", OLD + b"\0\0" + zlib.compress(ASSERTION.encode())[:-5]),
    "a megabyte and a byte": text_chunk("iTXt", OLD, "x" * ((1 << 20) + 1)),
    "longer than is ever looked at": chunk(b"iTXt", OLD + b"\0\0\0\0\0" + b"x" * (4 << 20)),
    "a bomb": text_chunk("zTXt", OLD, b" " * (64 << 20)),
    "a bomb in iTXt": text_chunk("iTXt-compressed", OLD, b" " * (64 << 20)),
    "length of 2 GiB": b"\x7f\xff\xff\xff" + b"iTXt" + OLD + b"\0\0\0\0\0" + ASSERTION.encode(),
    "length of 4 GiB": b"\xff\xff\xff\xff" + b"tEXt" + OLD + b"\0" + ASSERTION.encode(),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_badge_chunk_is_refused_with_a_reason(name):
    found = unbake(png(BROKEN[name]))
    assert found.statements == ()
    assert found.problem
    assert len(found.problem) < 300


def test_behind_the_end_of_the_picture_others_do_not_look():
    alone = unbake(png(after_end=text_chunk("iTXt", OLD, ASSERTION)))
    assert "behind the end" in alone.problem
    assert (
        "different"
        in unbake(png(text_chunk("iTXt", OLD, ASSERTION), after_end=text_chunk("iTXt", OLD, OTHER_ASSERTION))).problem
    )
    assert unbake(png(text_chunk("iTXt", OLD, ASSERTION), after_end=b"PK\x03\x04 and whatever")).problem is None


def test_what_makes_no_sense_ends_the_walk():
    nonsense = b"\0\0\0\0\0\1\2\3" + b"\0" * 4
    assert unbake(png(nonsense, text_chunk("iTXt", OLD, ASSERTION))).statements == ()


def test_a_picture_cut_off_in_the_checksum_of_the_badge_is_refused():
    assert "cut off" in unbake(SIGNATURE + text_chunk("iTXt", OLD, ASSERTION)[:-1]).problem


def test_a_picture_cut_off_behind_the_badge_still_gives_it():
    file = png(text_chunk("iTXt", OLD, ASSERTION))
    found = unbake(file[: file.index(b"IDAT") + 6])
    assert ([statement.text for statement in found.statements], found.problem) == ([ASSERTION], None)
    assert "cut off" in found.notes[0]


def test_a_bomb_costs_neither_time_nor_memory():
    bombs = png(*[text_chunk("zTXt", OLD, b" " * (32 << 20))] * 200)
    tracemalloc.start()
    started = time.process_time()
    assert unbake(bombs).problem
    assert time.process_time() - started < 4
    assert tracemalloc.get_traced_memory()[1] < 16 << 20
    tracemalloc.stop()


def test_a_million_chunks_are_no_work():
    started = time.process_time()
    assert unbake(SIGNATURE + chunk(b"tEXt", b"") * 1_000_000).problem is None
    assert time.process_time() - started < 4


def test_larger_than_the_limit_is_refused_unread():
    assert "20 MiB" in unbake(SIGNATURE + b"\0" * (20 << 20)).problem


# Baking -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [ASSERTION, CREDENTIAL, JWS, URL, JWS + "\n", " " + ASSERTION + "\r\n"])
def test_unbaked_is_what_was_baked(text):
    assert texts(bake(png(), text)) == [text]


def test_the_keyword_is_that_of_the_generation():
    assert b"openbadgecredential\0" in bake(png(), CREDENTIAL)
    assert b"openbadges\0" in bake(png(), ASSERTION)


def test_baking_adds_one_chunk_and_touches_nothing_else():
    picture = png(
        text_chunk("tEXt", b"Software", "x"), behind=(chunk(b"tIME", b"\x07\xe8\1\1\0\0\0"),), after_end=b"tail"
    )
    baked = bake(picture, CREDENTIAL)
    at = baked.index(b"iTXt") - 4
    length = int.from_bytes(baked[at : at + 4], "big") + 12
    assert baked[:at] + baked[at + length :] == picture


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("keyword", [OLD, NEW])
def test_an_earlier_statement_is_replaced(kind, keyword):
    badge = text_chunk(kind, keyword, OTHER_ASSERTION)
    assert bake(png(badge, behind=(badge,)), CREDENTIAL) == bake(png(), CREDENTIAL)
    assert bake(bake(png(), ASSERTION), ASSERTION) == bake(png(), ASSERTION)


@pytest.mark.parametrize(
    "statement", ["", " ", "hello", "[1]", "file:///etc/passwd", "javascript:x", "<svg/>", "a.b", "{", "ftp://x/y"][:8]
)
def test_what_is_no_statement_is_not_baked(statement):
    with pytest.raises(BakingError):
        bake(png(), statement)


@pytest.mark.parametrize(
    "picture",
    [
        b"",
        b"GIF89a",
        b"\xff\xd8\xff\xe0",
        SIGNATURE,
        png()[:-12],
        png()[:20],
        SIGNATURE + chunk(b"IEND", b""),
        png().replace(b"IHDR", b"\0HDR"),
    ],
)
def test_a_broken_picture_is_not_baked(picture):
    with pytest.raises(BakingError):
        bake(picture, ASSERTION)


@given(st.binary(max_size=300).map(lambda raw: raw.hex()), st.sampled_from([ASSERTION, CREDENTIAL]))
def test_pixels_stay(noise, statement):
    picture = png(text_chunk("tEXt", b"Comment", noise), size=(5, 4))
    baked = Image.open(io.BytesIO(bake(picture, statement)))
    assert baked.tobytes() == Image.open(io.BytesIO(picture)).tobytes()


# Against another reader ---------------------------------------------------------------------------------------------

_chunks = st.lists(
    st.builds(
        text_chunk,
        st.sampled_from(KINDS),
        st.sampled_from([OLD, NEW, b"Comment", b"openbadgesX"]),
        st.sampled_from([ASSERTION, OTHER_ASSERTION, CREDENTIAL, "ä" * 50]),
    ),
    max_size=4,
)


@settings(max_examples=200)
@given(before=_chunks, behind=_chunks, tail=_chunks)
def test_pillow_sees_the_same_or_we_refuse(before, behind, tail):
    file = png(*before, behind=behind, after_end=b"".join(tail))
    found = unbake(file)
    if found.problem:
        return
    picture = Image.open(io.BytesIO(file))
    picture.load()
    theirs = {
        keyword: text for keyword, text in picture.text.items() if keyword in {"openbadges", "openbadgecredential"}
    }
    ours = {statement.where.split('"')[1]: statement.text for statement in found.statements}
    assert set(ours) == set(theirs)
    for keyword, text in ours.items():
        # Pillow reads tEXt and zTXt as Latin-1, as PNG says; we read them as UTF-8, as issuers write them.
        assert theirs[keyword] in {text, text.encode().decode("latin-1")}


@settings(max_examples=300)
@given(st.data())
def test_a_mutated_picture_never_raises(data):
    file = bytearray(png(text_chunk(data.draw(st.sampled_from(KINDS)), OLD, ASSERTION)))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(file) - 1))
        file[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
        if not file:
            break
    found = unbake(bytes(file))
    assert all(statement.text.strip() for statement in found.statements)


@given(st.binary(max_size=200))
def test_random_bytes_never_raise(noise):
    unbake(SIGNATURE + noise)
    unbake(noise)

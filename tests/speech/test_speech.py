"""The owner's language: which is chosen, what is said in it, and how dates and numbers stand in it."""

from __future__ import annotations

import re
import time

import pytest

from passport.speech import PSEUDO, Speech, preferred
from passport.speech.pseudo import disguised
from passport.speech.sentences import Pattern, Sentences


@pytest.mark.parametrize(
    ("accept", "tags"),
    [
        ("fi", ["fi"]),
        ("en-US,en;q=0.5", ["en-US", "en"]),
        ("de;q=0.3, fi;q=0.9, en", ["en", "fi", "de"]),
        ("fi;q=0, en", ["en"]),
        ("*, fi;q=0.1", ["fi"]),
        ("", []),
        (",,;q=1,", []),
        ("fi;q=abc", []),
        ("fi;q=1.0001", []),
    ],
)
def test_the_dearest_language_comes_first(accept, tags):
    assert preferred(accept) == tags


def test_a_header_without_end_is_not_read_to_its_end():
    assert len(preferred(",".join(["de"] * 50_000))) < 20


@pytest.mark.parametrize(
    ("setting", "accept", "tag", "direction"),
    [
        (None, "", "en-GB", "ltr"),
        (None, "fi-FI,fi;q=0.9,en;q=0.8", "fi-FI", "ltr"),
        (None, "de,fi;q=0.9", "fi", "ltr"),
        (None, "en-US,fi;q=0.9", "en-US", "ltr"),
        ("fi", "en-US", "fi", "ltr"),
        ("xx-nothing", "fi", "en-GB", "ltr"),
        (PSEUDO, "fi", PSEUDO, "rtl"),
        (None, "../../etc/passwd", "en-GB", "ltr"),
        (None, "tlh, zz-ZZ", "en-GB", "ltr"),
    ],
)
def test_what_is_set_comes_before_what_is_asked(setting, accept, tag, direction):
    say = Speech.asked(setting, accept)
    assert (say.tag, say.direction) == (tag, direction)


def test_dates_and_numbers_stand_as_people_write_them():
    fi, en, us = Speech.of(["fi"]), Speech.of(["en"]), Speech.of(["en-US"])
    assert fi.day("2026-03-12", whole=True) == "12. maaliskuuta 2026"
    assert en.day("2026-03-12", whole=True) == "12 March 2026"
    assert us.day("2026-03-12", whole=True) == "March 12, 2026"
    assert [re.sub(r"\s", " ", say.number(12345.5)) for say in (fi, en)] == ["12 345,5", "12,345.5"]
    assert en.percent(0.25) == "25%"


def test_disguised_texts_keep_what_is_filled_in_and_are_longer():
    text = 'Keep %(number)s badges <b class="x">now</b> &amp; here'
    shown = disguised(text)
    assert all(part in shown for part in ("%(number)s", '<b class="x">', "</b>", "&amp;"))
    assert len(shown) > len(text)
    assert shown.startswith("⟦")
    assert shown.endswith("⟧")


SENTENCES = Sentences.of(
    [
        ("It is valid until %(1)s.", "Voimassa %(1)s asti."),
        ("%(1)s, so nobody can tell whether it is yours.", "%(1)s, joten kukaan ei tiedä, onko se sinun."),
        ("It says nobody", "Siinä ei lue ketään"),
        ("It is valid until a date that is unclear.", "Päivä on epäselvä."),
        ("Not translated yet: %(1)s", ""),
        ("100 %% of %(1)s", "%(1)s: 100 %%"),
    ]
)


@pytest.mark.parametrize(
    ("english", "finnish"),
    [
        ("It is valid until 3 May 2027.", "Voimassa 3 May 2027 asti."),
        ("It is valid until a date that is unclear.", "Päivä on epäselvä."),
        (
            "It says nobody, so nobody can tell whether it is yours.",
            "Siinä ei lue ketään, joten kukaan ei tiedä, onko se sinun.",
        ),
        ("It is valid until %(1)s and %s.", "Voimassa %(1)s and %s asti."),
        ("Not translated yet: %(2)s", "Not translated yet: %(2)s"),
        ("Something else", "Something else"),
        ("100 % of it. Päivä", "it. Päivä: 100 %"),
        ("Something else. It is valid until now. Who?", "Something else. Voimassa now asti. Who?"),
        (
            "It is valid until 1.5. It is valid until a date that is unclear.",
            "Voimassa 1.5. It is valid until a date that is unclear asti.",  # a place takes what it can
        ),
        ("It is valid until .", "It is valid until ."),
        ("It says nobody. It says nobody.", "It says nobody. It says nobody."),
        ("100 % of it", "it: 100 %"),
        ("", ""),
    ],
)
def test_sentences_are_known_by_their_shape(english, finnish):
    assert SENTENCES.translated(english) == finnish


def test_a_sentence_without_end_is_left_alone():
    long = "It is valid until " + "." * 100_000
    assert SENTENCES.translated(long) == long


def test_a_hostile_sentence_costs_little():
    """Places that could begin anywhere are tried once each: with patterns that go back it would take minutes."""
    many = Sentences.of([("%(1)s.%(2)s must be %(3)s, and is %(4)s (%(5)s, %(6)s).", "%(1)s%(2)s%(3)s%(4)s%(5)s%(6)s")])
    text = ("." * 3 + " must be , and is (,") * 85
    assert len(text) < 2000
    began = time.process_time()
    assert many.translated(text) == text
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    ("message", "text", "parts"),
    [
        ("%(1)s-%(2)s", "a-b-c", ["a", "b-c"]),
        ("%(1)s-%(2)s.", "a-b.", ["a", "b"]),
        ("x%(1)s-y", "x-y", None),
        ("x%(1)s-y", "x--y", ["-"]),
        ("%(1)s%(2)s", "ab", ["a", "b"]),
        ("%(1)s%(2)s", "a", None),
        ("ab%(1)sba", "aba", None),
        ("same", "same", []),
        ("same", "same.", None),
    ],
)
def test_what_was_filled_in_is_found(message, text, parts):
    assert Pattern.of(message, "").parts(text) == parts


def test_days_within_a_sentence_are_written_as_the_language_does():
    say = Speech.of(["fi"])
    assert say.sentence("It is valid until 3 May 2027.") == "Se on voimassa 3. toukokuuta 2027 asti."
    assert "31 June 2027" in say.sentence("It is valid until 31 June 2027.")
    assert Speech.of(["en"]).sentence("It is valid until 3 May 2027.") == "It is valid until 3 May 2027."

"""The same issuer always has the same rosette, and another issuer another one."""

import hashlib
import math
import re
from xml.etree import ElementTree as ET

import pytest

from passport.look.rosette import INKS, SIZE, Rosette, svg

ISSUERS = [f"https://issuer-{number}.example/profile" for number in range(200)]


def test_the_same_issuer_has_the_same_drawing():
    assert svg(Rosette.of("https://aalto.example")) == svg(Rosette.of("https://aalto.example"))


def test_it_stays_the_same_for_ever():
    """Published pages and CVs of years ago carry it: changing the drawing changes everybody's passport."""
    drawn = svg(Rosette.of("https://aalto.example"))
    assert hashlib.sha256(drawn.encode()).hexdigest()[:16] == "9bdbf4fd9b7a4e4c"


def test_two_hundred_issuers_have_two_hundred_rosettes_and_every_ink():
    rosettes = [Rosette.of(issuer) for issuer in ISSUERS]
    assert len({rosette.name for rosette in rosettes}) == 200
    assert {rosette.ink for rosette in rosettes} == set(range(INKS))


def test_waves_and_petals_share_no_divisor_so_that_the_lines_weave():
    for issuer in ISSUERS:
        for band in Rosette.of(issuer).bands:
            assert math.gcd(band.waves, band.petals) == 1, (issuer, band)


def test_no_line_leaves_the_view_box():
    for issuer in ISSUERS[:60]:
        for path in re.findall(r'd="M([^"]+)z"', svg(Rosette.of(issuer))):
            start, moves = path.split("l")
            x, y = map(int, start.split())
            numbers = list(map(int, moves.split()))
            for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
                x, y = x + dx, y + dy
                assert math.hypot(x - SIZE / 2, y - SIZE / 2) <= SIZE / 2


def test_it_is_small_and_well_formed():
    sizes = [len(svg(Rosette.of(issuer))) for issuer in ISSUERS]
    assert max(sizes) < 80_000
    assert sum(sizes) / len(sizes) < 45_000
    ET.fromstring(svg(Rosette.of("a")))


@pytest.mark.parametrize("issuer", ["", "\ud800", "<script>alert(1)</script>", '" onload="x', "\0", "ö" * 10_000])
def test_nothing_of_a_hostile_issuer_gets_into_the_drawing(issuer):
    drawn = svg(Rosette.of(issuer))
    assert "script" not in drawn
    assert "onload" not in drawn
    ET.fromstring(drawn)


def test_a_name_leads_back_to_its_rosette():
    rosette = Rosette.of("https://aalto.example")
    assert Rosette.named(rosette.name) == rosette


@pytest.mark.parametrize("name", ["", "abc", "g" * 50, "A" * 50, "0" * 49, "0" * 51, "../etc/passwd", "0" * 50 + "\n"])
def test_what_is_no_name_has_no_rosette(name):
    assert Rosette.named(name) is None

"""Colours reach WCAG AA, and nothing of the look comes from outside."""

import re
from importlib.resources import files

import pytest

from passport.web.pages.statics import Statics

TOKENS = (files("passport.web") / "static/css/tokens.css").read_text()
PAIRS = re.findall(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", TOKENS)
TEXT = ["ink", "quiet", "brand", "verified", "unconfirmed", "expired", "invalid", "revoked", "not-yours"]


def colour(name: str, theme: int) -> str:
    return next(pair[1 + theme] for pair in PAIRS if pair[0] == name)


def luminance(hexed: str) -> float:
    parts = [int(hexed[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["paper", "leaf", "sunk"])
@pytest.mark.parametrize("text", TEXT)
def test_text_reaches_double_a(text, ground, theme):
    assert contrast(colour(text, theme), colour(ground, theme)) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_controls_have_an_edge_that_is_seen(theme):
    assert contrast(colour("edge", theme), colour("leaf", theme)) >= 3
    assert contrast(colour("on-brand", theme), colour("brand", theme)) >= 4.5
    assert contrast(colour("paper", theme), colour("ink", theme)) >= 4.5


def test_nothing_is_fetched_from_elsewhere():
    for path, static in Statics.load().by_path.items():
        if path.endswith((".css", ".js")):
            text = static.body.decode()
            assert not re.search(r"https?://(?!\S*\\)[a-z]", text), path
            assert "@import" not in text


def test_fonts_come_with_their_licence():
    names = [item.name for item in (files("passport.web") / "static/fonts").iterdir()]
    for font in ("fraunces", "figtree"):
        assert f"{font}-LICENSE.txt" in names
        assert any(name.startswith(f"{font}-latin-ext") for name in names)


def test_the_version_changes_with_the_content():
    one = Statics.load()
    assert one.version == Statics.load().version
    with pytest.raises(KeyError):
        one.address("nope.css")

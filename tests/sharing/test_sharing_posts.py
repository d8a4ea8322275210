"""Posts: counted as each network counts, shortened where it would cut, refused where it must."""

from __future__ import annotations

import re

import pytest

from passport.sharing.card import CardBadge, CardPainter
from passport.sharing.gathering import WITHHELD
from passport.sharing.networks import NETWORKS
from passport.sharing.posts import Award, compose, hashtags
from passport.speech import Speech


@pytest.mark.parametrize(
    ("network", "text", "length"),
    [
        ("x", "abc", 3),
        ("x", "see https://example.org/a/very/long/path/that/goes/on/and/on", 4 + 23),
        ("x", "日本", 4),
        ("x", "👩‍👩‍👧‍👦", 2),
        ("x", "e\u0301", 1),
        ("mastodon", "hi @ann@mastodon.example", 7),
        ("mastodon", "https://example.org/" + "x" * 100, 23),
        ("mastodon", "👩‍👩‍👧‍👦", 1),
        ("bluesky", "👩‍👩‍👧‍👦🇫🇮🇫🇮é", 4),
        ("bluesky", "\r\n", 1),
        ("threads", "a🎓", 5),
    ],
)
def test_counting(network: str, text: str, length: int) -> None:
    assert NETWORKS[network].count(text) == length


@pytest.mark.parametrize("name", sorted(NETWORKS))
def test_a_name_of_300_characters_fits_everywhere(name: str) -> None:
    award = Award(name="Überlanger Name 🎓 " * 17, issuer="Issuer", link="https://ann.example/b/1")
    post = compose(NETWORKS[name], award)
    assert post.problems == ()
    assert "https://ann.example/b/1" in post.text


def test_own_text_that_is_too_long_is_said_with_the_number() -> None:
    post = compose(NETWORKS["x"], Award(name="K", issuer="S"), text="x" * 285)
    assert post.problems == ("The text is 5 characters too long for X.",)


@pytest.mark.parametrize("verdict", ["invalid", "revoked", "not-yours"])
def test_altered_and_withdrawn_badges_are_not_shared(verdict: str) -> None:
    assert compose(NETWORKS["x"], Award(name="K", issuer="S", verdict=verdict)).problems


def test_templates_hold_only_what_they_may() -> None:
    award = Award(name="{issuer}", issuer="{link.__class__}", tags=("a b",))
    post = compose(NETWORKS["mail"], award, template="{name} {issuer} {0} {award} {hashtags}")
    assert post.text == "{issuer} {link.__class__} {0} {award} #AB"


@pytest.mark.parametrize("verdict", ["verified", "unconfirmed", "expired"])
@pytest.mark.parametrize(("identity", "said"), [("domain", False), ("known", False), ("self-asserted", True), (None, True)])  # fmt: skip # noqa: E501 (one list)
def test_a_picture_says_that_a_name_is_not_confirmed(verdict: str, identity: str | None, *, said: bool) -> None:
    """Whatever the verdict: the picture goes out alone, and the name may be its only doubt."""
    post = compose(NETWORKS["mastodon"], Award(name="K", issuer="S", verdict=verdict, issuer_identity=identity))
    assert ("not confirmed" in post.alt) is said
    lines = CardPainter().lines(CardBadge(name="K", issuer="S", verdict=verdict, issuer_identity=identity))
    assert any("name is not confirmed" in line[0] for line in lines) is said


def test_a_post_speaks_the_owners_language() -> None:
    say, award = Speech.of(["fi"]), Award(name="Solmut", issuer="Partio", link="https://ann.example/b/1")
    post = compose(NETWORKS["x"], award, say=say)
    assert post.text.startswith("Sain merkin ”Solmut”")
    assert post.alt.startswith("Merkki ”Solmut”")
    refused = compose(NETWORKS["linkedin"], Award(name="K", issuer="S", withheld=WITHHELD["plain"]), say=say).problems
    refused += compose(NETWORKS["bluesky"], award, text="x" * 3200, say=say).problems
    assert len(refused) == 3
    assert all(re.search(r"linkin|pitkä", problem) and "publish" not in problem for problem in refused)


def test_hashtags_are_words() -> None:
    assert hashtags(["rope work", "C++", "2026", "Ääni", "rope work", "x", "y"]) == ["#RopeWork", "#C", "#Ääni"]

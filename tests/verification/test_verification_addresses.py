"""Addresses are compared by their parts; look-alikes are told apart and pointed out."""

from __future__ import annotations

import pytest

from passport.verification.addresses import begins_with, parse_address, same_origin
from passport.verification.lookalikes import host_oddities, mistaken_for, named_hosts, oddities, skeleton


@pytest.mark.parametrize(
    "text",
    [
        "",
        "club.example",
        "ftp://club.example/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https:///path",
        "https://",
        "https://a@b/",
        "https://a:b@c/",
        "https://a\\b/",
        "https://a b/",
        "https://a/b c",
        "https://a/\n",
        "https://a/../b",
        "https://a/b/..",
        "https://a/./b",
        "https://a/%2E%2e/b",
        "https://a:0/",
        "https://a:65536/",
        "https://a:x/",
        "https://a..b/",
        "https://.a/",
        "https://a%2eb/",
        "https://[::1",
        "https://a/" + "x" * 5000,
        "//a/b",
    ],
)
def test_no_address(text: str) -> None:
    assert parse_address(text) is None


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://a.example/1", "https://A.EXAMPLE/2", True),
        ("https://a.example:443/", "https://a.example/", True),
        ("http://a.example/", "https://a.example/", True),
        ("https://a.example./", "https://a.example/", True),
        ("https://bücher.example/", "https://xn--bcher-kva.example/", True),
        ("https://a.example:444/", "https://a.example/", False),
        ("http://a.example:8080/", "https://a.example:8080/", True),
        ("https://a.example/", "https://b.example/", False),
        ("https://a.example/", "https://a.example.b/", False),
        ("https://a.example/", "https://b.a.example/", False),
        ("did:web:a.example", "https://a.example/", False),
    ],
)
def test_origins(one: str, other: str, same: bool) -> None:
    assert same_origin(one, other) is same
    assert same_origin(other, one) is same


@pytest.mark.parametrize(
    ("url", "prefix", "under"),
    [
        ("https://a.example/x/1", "https://a.example/x", True),
        ("https://a.example/x/1", "https://a.example/x/", True),
        ("https://a.example/x", "https://a.example/x", True),
        ("https://a.example/x?id=1", "https://a.example/x?id=", True),
        ("https://a.example/x-1", "https://a.example/x-", True),
        ("https://a.example/xy/1", "https://a.example/x", False),
        ("https://a.example/X/1", "https://a.example/x", False),
        ("https://a.example.evil/x/1", "https://a.example", False),
        ("https://a.example/x/1", "a.example", False),
        ("https://a.example/x/1", "", False),
    ],
)
def test_prefixes_end_at_boundaries(url: str, prefix: str, under: bool) -> None:
    assert begins_with(url, prefix) is under


@pytest.mark.parametrize(
    "name",
    [
        "Harvard University",
        "Universität Zürich",
        "Московский университет",
        "МОСКВА",
        "東京大学 Tokyo",
        "ΑΘΗΝΑ",
        "대학교",
        "",
    ],
)
def test_honest_names_are_left_alone(name: str) -> None:
    assert oddities(name) == []


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("p\u0430ypal", "mixes"),
        ("H\u0430rv\u0430rd University", "mixes"),
        ("\u0440\u0430\u0441\u0435", "all look like Latin"),
        ("Harvard\u202eytisrevinU", "invisible"),
        ("Har\u200bvard", "invisible"),
        ("Ηarvard", "mixes"),
    ],
)
def test_tricks_are_pointed_out(name: str, word: str) -> None:
    assert any(word in text for text in oddities(name))


def test_hosts_that_look_like_known_ones() -> None:
    assert mistaken_for("harvarcl.edu", ["harvard.edu"]) == "harvard.edu"
    assert mistaken_for("c1ub.example", ["club.example"]) == "club.example"
    assert mistaken_for("rnit.edu", ["mit.edu"]) == "mit.edu"
    assert mistaken_for("xn--hrvrd-5yec.edu".replace("5yec", "3veb"), ["other.edu"]) is None
    assert mistaken_for("club.example", ["club.example"]) is None
    assert mistaken_for("p\u0430ypal.com".encode("idna").decode(), ["paypal.com"]) == "paypal.com"
    assert host_oddities("p\u0430ypal.com".encode("idna").decode())
    assert host_oddities("paypal.com") == []


def test_a_host_within_a_name() -> None:
    assert named_hosts("Harvard (harvard.edu)") == ["harvard.edu"]
    assert named_hosts("Dept. of Physics, no. 5") == []
    assert skeleton("Paypal") == skeleton("p\u0430yp\u0430l")

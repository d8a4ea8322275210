"""Names and hosts that are made to be mistaken for others are pointed at, and honest ones of all scripts are not."""

from __future__ import annotations

import pytest
from tests.issuer import Issuer
from tests.verification.asking import ask

from passport.verification.issuer import host_of
from passport.verification.lookalikes import (
    MAX_CHARACTERS,
    host_oddities,
    mistaken_for,
    named_hosts,
    oddities,
    skeleton,
)

PAIRS = [
    ("а е о р с у х і ј ѕ ԁ ԛ ԝ һ ӏ ё", "a e o p c y x i j s d q w h l e"),
    ("А В Е К М Н О Р С Т Х І Ј Ѕ Ү", "A B E K M H O P C T X I J S Y"),
    ("α ο ρ ν ι κ τ χ υ", "a o p v i k t x y"),
    ("Α Β Ε Ζ Η Ι Κ Μ Ν Ο Ρ Τ Υ Χ", "A B E Z H I K M N O P T Y X"),
    ("օ ս ց յ", "o u g j"),
    ("0 1 i 5 rn vv cl", "o l l s m w d"),
    ("ｆｕｌｌ Ａ ﬁ é ñ ﬀ ²", "full A fi e n ff 2"),
]


@pytest.mark.parametrize(
    ("one", "other"), [pair for ones, others in PAIRS for pair in zip(ones.split(), others.split(), strict=True)]
)
def test_what_looks_alike_has_one_skeleton(one: str, other: str) -> None:
    assert skeleton(f"b{one}d") == skeleton(f"b{other}d")
    assert skeleton(one) != skeleton(other + "z")


@pytest.mark.parametrize("code", [0xAD, 0x34F, 0x61C, 0x180E, 0x200B, 0x200F, 0x202A, 0x202E, 0x2060, 0x206F, 0xFEFF])
def test_what_cannot_be_seen_is_pointed_at(code: int) -> None:
    name = f"Club{chr(code)} of Harbours"
    assert skeleton(name) == skeleton("Club of Harbours")
    assert any("invisible" in one for one in oddities(name))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("H\u0430rbour Club", "mixes Cyrillic and Latin letters in one word (H\u0430rbour)"),
        ("Gr\u03bfup", "mixes Greek and Latin"),
        ("\u0440\u0430\u0441\u0435", "is written in Cyrillic letters that all look like Latin ones"),
        ("The \u0441\u043e\u0440 shop", "is written in Cyrillic letters that all look like Latin ones"),
        ("\u0391\u03b1\u03bf", "is written in Greek"),
        ("日本\u0430", "mixes Cjk and Cyrillic"),
        ("ひ한글", "mixes Hangul and Hiragana"),
    ],
)
def test_a_name_in_disguise_is_pointed_at(name: str, words: str) -> None:
    assert words in " ".join(oddities(name))


@pytest.mark.parametrize(
    "name",
    [
        "Harbour Club", "Université de Genève", "МОСКВА", "Москва", "ор", "ΑΘΗΝΑ", "日本ひカタ", "日本abc", "한글漢字",
        "ㄅㄆ漢字", "ＦＵＬＬ width", "1ª escola", "Nº1", "Straße 1", "École 42",
    ],
)  # fmt: skip
def test_an_honest_name_in_any_script_is_not(name: str) -> None:
    assert oddities(name) == []


def test_no_more_is_said_than_can_be_read() -> None:
    assert len(oddities("H\u0430rbour " * 9)) == 3
    assert oddities("x" * MAX_CHARACTERS + "\u0430") == []
    assert oddities("x" * (MAX_CHARACTERS - 1) + "\u0430") != []
    assert len(host_oddities("xn--80ak6aa92e.xn--80ak6aa92e.example")) == 3


def test_a_host_that_is_written_otherwise_than_it_looks_is_told() -> None:
    (written, disguised) = host_oddities("www.xn--80ak6aa92e.example")
    assert "'\u0430\u0440\u0440\u04cf\u0435'" in written
    assert "Cyrillic" in disguised
    assert host_oddities("club.example") == []
    assert host_oddities("xn--mnchen-3ya.example") == ["is written 'münchen' and could be mistaken for another"]
    assert host_oddities("xn--\u00fc.example") == ["is written 'xn--\u00fc' and could be mistaken for another"]


@pytest.mark.parametrize(
    ("host", "known", "twin"),
    [
        ("c1ub.example", "club.example", "club.example"),
        ("dub.example", "club.example", "club.example"),
        ("xn--lub-mlc.example", "club.example", None),
        ("club.example", "club.example", None),
        ("pub.example", "club.example", None),
        ("xn--80ak6aa92e.example", "apple.example", "apple.example"),
    ],
)
def test_a_host_is_compared_with_those_that_are_known(host: str, known: str, twin: str | None) -> None:
    assert mistaken_for(host, ["other.example", known]) == twin
    assert mistaken_for(host, []) is None


@pytest.mark.parametrize(
    ("name", "hosts"),
    [
        ("Harvard (Harvard.EDU)", ["harvard.edu"]),
        ("by ｃｌｕｂ．ｏｒｇ", ["club.org"]),
        ("a.b.club.fi and x.com", ["a.b.club.fi", "x.com"]),
        ("v1.2 of 3.5", []),
        ("St. Mary", []),
        ("Mr.Smithson", []),
        ("club", []),
    ],
)
def test_hosts_in_names_are_found(name: str, hosts: list[str]) -> None:
    assert named_hosts(name) == hosts


def test_an_issuer_may_name_the_domain_that_its_site_belongs_to() -> None:
    for origin, told in (("https://badges.club.org", 0), ("https://club.org", 0), ("https://badclub.org", 1)):
        issuer = Issuer(origin, name="The club.org team")
        report = ask(issuer.hosted_badge(), issuer)
        assert sum("calls itself club.org" in one.explanation for one in report.checks) == told, origin


@pytest.mark.parametrize(
    ("name", "host"),
    [
        ("https://Club.example/profile#me", "club.example"),
        ("did:web:club.example:a#key", "club.example"),
        ("did:key:z6Mk", ""),
        ("club", ""),
    ],
)
def test_the_host_that_an_issuer_names(name: str, host: str) -> None:
    assert host_of(name) == host

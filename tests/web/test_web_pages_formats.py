"""How an issuer's values are shown."""

import pytest

from passport.web.forms import parse_form
from passport.web.pages.formats import ascii_host, host, is_web, shortened, tidy
from passport.web.pages.looking import Look
from passport.web.pages.speech import Speech
from passport.web.problems import Problem


@pytest.mark.parametrize(
    ("issuer", "shown"),
    [
        ("https://www.aalto.fi/issuer", "aalto.fi"),
        ("did:web:aalto.fi:badges", "aalto.fi"),
        ("did:web:localhost%3A8443", "localhost"),
        ("https://user:pass@evil.example/https://harvard.edu", "evil.example"),
        ("https://p\u0430ypal.com/x", "xn--pypal-4ve.com"),
        ("https://harvard.edu.evil.example/", "harvard.edu.evil.example"),
        ("did:key:z6Mk", ""),
        ("javascript:alert(1)", ""),
        ("https://", ""),
        ("", ""),
        (None, ""),
        ("https://[::1", ""),
        ("https://exa\u202emple.com", ""),
    ],
)
def test_the_domain_beside_a_name_is_the_real_one(issuer, shown):
    assert host(issuer) == shown


@pytest.mark.parametrize("text", ["\u202egnp.exe", "a\u200bb", "\u2066x\u2069", "\ufeffx", "\ud800x", "\x00\x1b[31mx"])
def test_hidden_signs_are_not_shown(text):
    assert tidy(text).isprintable()


def test_a_name_is_one_short_line():
    assert tidy("a\n\n b\t c") == "a b c"
    assert len(tidy("x" * 1_000_000)) == 300


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//evil",
        "https:",
        "ftp://x",
        "https://a b",
        "vbscript:x",
        "",
        None,
        "https://[",
        "\x01https://x",
    ],
)
def test_only_web_addresses_become_links(url):
    assert not is_web(url)


def test_long_addresses_are_cut_in_the_middle():
    assert len(shortened("https://example.org/" + "a" * 500)) <= 73


def test_a_host_that_no_rule_knows_is_still_ascii():
    assert ascii_host("\u0430" * 300).isascii()


@pytest.mark.parametrize(
    ("text", "shown"),
    [("2026-03-12T10:00:00Z", "12 Mar 2026"), ("1404172800", "1 Jul 2014"), ("soon", "soon"), ("", ""), (None, "")],
)
def test_dates_are_written_as_people_write_them(text, shown):
    assert Speech.of(["en-GB"]).day(text) == shown


def test_a_look_is_its_address():
    look = Look.parse({"q": "kube", "verdict": "verified", "sort": "name", "view": "list"})
    assert look.address() == "/?q=kube&sort=name&view=list&verdict=verified"
    assert look.toggled("verdict", "verified").address() == "/?q=kube&sort=name&view=list"
    assert look.toggled("verdict", "expired").filters == (("verdict", "expired"),)
    assert look.toggled("tag", "a").toggled("tag", "b").asked == 'kube verdict:"verified" tag:"a" tag:"b"'


def test_a_quote_in_a_filter_does_not_end_it():
    assert Look.parse({"tag": 'a" verdict:"x'}).asked.count('"') == 2


MULTI = (
    b'--XX\r\nContent-Disposition: form-data; name="csrf"\r\n\r\ntoken\r\n'
    b'--XX\r\nContent-Disposition: form-data; name="files"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n'
    b"\x89PNG\r\n\r\n\r\n--X\x00\r\n--XX--\r\n"
)


def test_a_file_comes_byte_for_byte():
    form = parse_form("multipart/form-data; boundary=XX", MULTI)
    assert form.one("csrf") == "token"
    assert form.files[0].name == "a.png"
    assert form.files[0].body == b"\x89PNG\r\n\r\n\r\n--X\x00"


@pytest.mark.parametrize("cut", [0, 1, 40, 100, len(MULTI) - 5])
def test_a_form_that_did_not_come_whole_is_refused(cut):
    with pytest.raises(Problem):
        parse_form("multipart/form-data; boundary=XX", MULTI[:cut])


@pytest.mark.parametrize(
    "kind", ["multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=YY"]
)
def test_a_form_without_its_boundary_is_refused(kind):
    with pytest.raises(Problem):
        parse_form(kind, MULTI)


def test_a_form_that_is_no_utf8_is_refused():
    with pytest.raises(Problem):
        parse_form("application/x-www-form-urlencoded", b"a=\xff\xfe\xff")

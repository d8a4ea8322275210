"""Which addresses and URLs are never connected to. No socket is opened here: the seam counts the attempts."""

from __future__ import annotations

import socket
from datetime import UTC, datetime

import pytest

from passport.fetching import Fetcher
from passport.fetching.addresses import is_loopback, is_near, is_public
from passport.settings import NetworkSettings

_PRIVATE = """
127.0.0.1 127.255.255.254 10.1.1.1 172.16.0.1 172.31.255.255 192.168.1.1 169.254.169.254 100.64.0.1 100.100.100.200
192.0.0.192 192.0.2.1 192.88.99.1 198.18.0.1 198.51.100.1 203.0.113.1 0.0.0.0 224.0.0.1 240.0.0.1 255.255.255.255
::1 :: ::ffff:127.0.0.1 ::ffff:7f00:1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 ::127.0.0.1 64:ff9b::7f00:1 64:ff9b:1::1
2002:7f00:1:: 2002:a9fe:a9fe:: 2001::1 2001:10::1 fe80::1 fe80::1%eth0 fec0::1 fd00::5 fc00::1 ff02::1 2001:db8::1
3fff::1 100::1 5f00::1 4000::1 2606:4700::1%1
"""
PRIVATE = _PRIVATE.split()
UNREADABLE = ["1.2.3", "0x7f.1", "2130706433", "127.1", "", "localhost", "127.0.0.1:80", "０.０.０.０ "]
PUBLIC = [
    "93.184.216.34",
    "8.8.8.8",
    "172.32.0.1",
    "100.128.0.1",
    "2606:4700::1111",
    "2a00:1450:4001::1",
    "::ffff:8.8.8.8",
]


@pytest.mark.parametrize("address", PRIVATE + UNREADABLE)
def test_an_address_that_is_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address(address):
    assert is_public(address)


@pytest.mark.parametrize("address", ["127.0.0.1", "127.9.9.9", "::1", "0.0.0.0", "::", "::ffff:127.0.0.1"])
def test_loopback_in_its_forms(address):
    assert is_loopback(address)


class Line:
    """Names and sockets of a network that is not there: it notes every attempt to connect, and lets none happen."""

    def __init__(self, names: dict[str, list[str]] | None = None) -> None:
        self.names = names or {}
        self.asked: list[str] = []
        self.opened = 0

    async def lookup(self, host: str, port: int) -> list[str]:
        self.asked.append(host)
        if host not in self.names:
            raise socket.gaierror("unknown")
        return self.names[host]

    def open_socket(self, *_: int) -> socket.socket:
        self.opened += 1
        raise OSError("no network in this test")

    def fetcher(self, **settings: object) -> Fetcher:
        return Fetcher(
            NetworkSettings(**settings), lambda: datetime.now(UTC), lookup=self.lookup, open_socket=self.open_socket
        )


FORMS = [
    *(f"http://{a}/" for a in PRIVATE if ":" not in a),
    *(f"http://[{a}]/" for a in PRIVATE if ":" in a and "%" not in a),
    "http://[fe80::1%25eth0]/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0x7f.1/",
    "http://0177.0.0.1/",
    "http://127.1/",
    "http://127.0.1/",
    "http://127.0.0.1./",
    "http://①②⑦.⓪.⓪.①/",
    "http://１２７.0.0.1/",
    "http://0/",
    "http://017700000001/",
    "http://0x7F.0x0.0x0.0x1/",
    "http://127。0。0。1/",
    "http://127．0．0．1/",
    "http://127%2e0%2e0%2e1/",
    "http://%31%32%37.0.0.1/",
    "http://127.0.0.1%00.decoy.example/",
    "http://127.0.0.1:80/",
    "HTTP://127.0.0.1/",
    "http:\\\\127.0.0.1\\",
    "http:///127.0.0.1/",
    "http://[::ffff:0:127.0.0.1]/",
    "http://[0:0:0:0:0:ffff:7f00:0001]/",
    "http://[64:ff9b::127.0.0.1]/",
    "http://[::1%25lo]/",
    "http://[fe80::1%eth0]/",
    "http://decoy.example@127.0.0.1/",
    "http://decoy.example:80@127.0.0.1/",
    "http://127.0.0.1#@decoy.example/",
    "http://127.0.0.1?@decoy.example/",
    "http://127.0.0.1\\@decoy.example/",
    "http://decoy.example\\@127.0.0.1/",
    "http://localhost/",
    "http://LOCALHOST/",
    "http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/",
    "http://local\u00adhost/",
    "http://localhost../",
    "http://localhost%2f@decoy.example/",
    "ws://127.0.0.1/",
    "http+unix://%2Fvar%2Frun%2Fdocker.sock/",
    "dict://127.0.0.1:11211/",
    "jar:http://127.0.0.1!/",
    "http://localhost./",
    "http://x.localhost/",
    "http://printer.local/",
    "http://metadata.google.internal/",
    "http://x.onion/",
    "http://user@public.example/",
    "http://user:pw@public.example/",
    "http://public.example:22343/",
    "http://public.example:22/",
    "http://public.example:0/",
    "http://public.example:99999/",
    "ftp://public.example/",
    "file:///etc/passwd",
    "gopher://public.example/",
    "data:application/json,{}",
    "javascript:alert(1)",
    "did:web:public.example",
    "//public.example/",
    "http:/public.example",
    "http://",
    "http://[::1",
    "http://exa mple/",
    "http://\x00/",
    "https://" + "a" * 5000 + ".example/",
    "",
    "not a url",
    "http://inside.example/",
    "https://both.example/",
    "http://six.example/",
    "http://mapped.example/",
    "http://translated.example/",
    "http://nothing.example/",
]
NAMES = {
    "inside.example": ["10.0.0.5"],
    "both.example": ["93.184.216.34", "127.0.0.1"],
    "six.example": ["fd00::5"],
    "mapped.example": ["::ffff:169.254.169.254"],
    "translated.example": ["64:ff9b::7f00:1"],
    "nothing.example": ["0.0.0.0"],
    "public.example": ["93.184.216.34"],
    "0x7f.1": ["127.0.0.1"],  # what getaddrinfo makes of it
    "127.1": ["127.0.0.1"],
    "2130706433": ["127.0.0.1"],
}


@pytest.mark.parametrize("url", FORMS)
async def test_no_form_of_a_private_address_is_connected_to(url):
    line = Line(NAMES)
    async with line.fetcher() as fetch:
        document = await fetch(url)
    assert line.opened == 0
    assert not document.ok
    assert document.problem
    assert document.url == url


async def test_the_seam_sees_a_public_address():
    """Else the test above would prove nothing."""
    line = Line(NAMES)
    async with line.fetcher() as fetch:
        for url in ("http://public.example/", "https://93.184.216.34/", "https://[2606:4700::1111]/"):
            document = await fetch(url)
            assert document.problem == "The server cannot be reached."
    assert line.opened == 3


async def test_the_address_is_checked_when_it_is_used():
    """DNS rebinding: public at first, private the second time."""
    line = Line({"rebind.example": ["93.184.216.34"]})
    async with line.fetcher() as fetch:
        await fetch("http://rebind.example/")
        line.names["rebind.example"] = ["127.0.0.1"]
        document = await fetch("http://rebind.example/")
    assert line.opened == 1
    assert "127.0.0.1 is a private address" in (document.problem or "")


async def test_a_local_name_is_not_even_looked_up():
    line = Line()
    async with line.fetcher() as fetch:
        await fetch("http://printer.local/")
        await fetch("http://secret.onion/")
    assert line.asked == []


@pytest.mark.parametrize(
    "name",
    ["localhost", "a.localhost", "x.local", "db.internal", "nas.lan", "box.home.arpa", "x.onion", "x.invalid", "lan."],
)
async def test_no_name_of_a_local_network_is_looked_up(name):
    line = Line({name: ["93.184.216.34"]})
    async with line.fetcher() as fetch:
        document = await fetch(f"https://{name}/")
    assert (line.asked, line.opened) == ([], 0)
    assert "local network" in (document.problem or "")


@pytest.mark.parametrize("name", ["mylocal", "local.example", "internal.example", "lan.example", "notlan", "lanx"])
async def test_names_that_only_look_like_it_are(name):
    line = Line({name: ["93.184.216.34"]})
    async with line.fetcher() as fetch:
        await fetch(f"https://{name}/")
    assert (line.asked, line.opened) == ([name], 1)


async def test_what_is_mapped_may_have_any_port_and_name_and_nothing_else_may():
    line = Line({"public.example": ["93.184.216.34"]})
    async with line.fetcher(resolve={"site.lan:8443": "93.184.216.34:9"}, ports=frozenset({443, 8080})) as fetch:
        for url, opened in (
            ("https://site.lan:8443/", 1),
            ("https://site.lan/", 1),
            ("https://public.example:8443/", 1),
            ("https://public.example:8080/", 2),
            ("http://public.example/", 2),
        ):
            await fetch(url)
            assert line.opened == opened, url


@pytest.mark.parametrize(
    ("address", "near"), [("192.168.1.1", True), ("::1", True), ("8.8.8.8", False), ("nas.lan", False), ("", False)]
)
def test_what_is_written_as_a_near_number(address, near):
    assert is_near(address) is near


@pytest.mark.parametrize("address", ["8.8.8.8", "128.0.0.1", "126.255.255.255", "2606:4700::1", "localhost", "1", ""])
def test_what_is_not_loopback(address):
    assert not is_loopback(address)


async def test_resolve_alone_does_not_open_private_addresses():
    """`resolve` stands in for the name server; what it answers is checked like any answer."""
    line = Line()
    async with line.fetcher(resolve={"a.example:443": "127.0.0.1:8443"}) as fetch:
        document = await fetch("https://a.example/")
    assert line.opened == 0
    assert "private" in (document.problem or "")


async def test_an_unknown_name_is_said_to_be_unknown():
    async with Line().fetcher() as fetch:
        document = await fetch("https://gone.example/a?secret=1")
    assert document.problem == "The server's name is not known."
    assert document.status == 0

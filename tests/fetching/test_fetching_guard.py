"""What stands between the client and the network, piece by piece: names, sockets, trust, sentences for failures."""

from __future__ import annotations

import socket
import ssl
from pathlib import Path

import aiohttp
import pytest
from tests.fetching.servers import Authority
from yarl import URL

from passport.errors import SettingsError
from passport.fetching.answers import conditions, next_hop, sentence
from passport.fetching.guard import Guard
from passport.fetching.reading import TooLargeError
from passport.fetching.session import tls_context
from passport.fetching.targets import MAX_URL, RefusedError, checked, mapping_key
from passport.settings import NetworkSettings
from passport.verification.documents import RemoteDocument

PUBLIC, PUBLIC_6 = "93.184.216.34", "2606:4700::1111"
LOCAL = NetworkSettings(allow_private_addresses=True)


def guard(network: NetworkSettings = LOCAL, *addresses: str, own_port: int = 0) -> Guard:
    async def lookup(host: str, port: int) -> list[str]:
        return list(addresses)

    return Guard(network, own_ports=lambda: {own_port}, lookup=lookup)


async def test_a_name_is_looked_up_in_full() -> None:
    found = await guard(NetworkSettings(), PUBLIC, PUBLIC_6).resolve("a.example", 443)
    assert [(one["hostname"], one["host"], one["port"]) for one in found] == [
        ("a.example", PUBLIC, 443),
        ("a.example", PUBLIC_6, 443),
    ]
    assert [one["family"] for one in found] == [socket.AF_INET, socket.AF_INET6]


@pytest.mark.parametrize(
    ("mapped", "address", "port"),
    [("127.0.0.1:8443", "127.0.0.1", 8443), ("127.0.0.1", "127.0.0.1", 443), ("[::1]:9", "::1", 9)],
)
async def test_a_mapped_name_is_not_looked_up(mapped: str, address: str, port: int) -> None:
    network = NetworkSettings(allow_private_addresses=True, resolve={"a.example:443": mapped})
    found = await guard(network, PUBLIC).resolve("A.example.", 443)
    assert [(one["host"], one["port"]) for one in found] == [(address, port)]


async def test_the_system_is_asked_for_names_and_each_address_comes_once() -> None:
    asking = Guard(LOCAL, own_ports=tuple)
    found = await asking.resolve("127.0.0.1", 80)
    await asking.close()
    assert [one["host"] for one in found] == ["127.0.0.1"]


async def test_a_guard_that_is_closed_asks_no_more() -> None:
    asking = Guard(LOCAL, own_ports=tuple)
    await asking.close()
    with pytest.raises(RuntimeError):
        await asking.resolve("127.0.0.1", 80)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "0.0.0.0", "::ffff:127.0.0.1"])
async def test_the_daemons_own_port_is_refused_on_this_computer_alone(address: str) -> None:
    with pytest.raises(RefusedError, match="own address"):
        await guard(LOCAL, address, own_port=22343).resolve("a.example", 22343)
    assert await guard(LOCAL, address, own_port=22343).resolve("a.example", 22344)
    assert await guard(LOCAL, PUBLIC, own_port=22343).resolve("a.example", 22343)


@pytest.mark.parametrize(
    ("address", "port", "why"), [("10.0.0.1", 443, "private"), ("127.0.0.1", 22343, "own address")]
)
async def test_a_socket_is_not_even_made_for_what_is_refused(address: str, port: int, why: str) -> None:
    made = []
    strict = Guard(NetworkSettings(), own_ports=lambda: {22343}, open_socket=lambda *kind: made.append(kind))  # type: ignore[arg-type,return-value]
    stream = (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    with pytest.raises(RefusedError, match=why):
        strict.socket((*stream, "", (address, port)))
    assert made == []
    strict.socket((*stream, "", (PUBLIC, 443)))
    assert made == [stream]


def test_whom_to_believe_is_always_asked_to_prove_itself(tmp_path: Path) -> None:
    for context in (tls_context(None), tls_context(Authority(tmp_path).ca)):
        assert context.verify_mode is ssl.CERT_REQUIRED
        assert context.check_hostname
        assert context.minimum_version >= ssl.TLSVersion.TLSv1_2


@pytest.mark.parametrize("name", ["missing.pem", "."])
def test_authorities_that_are_not_there_are_said_with_the_way_out(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingsError, match="cannot be read") as refused:
        tls_context(tmp_path / name)
    assert "extra_ca" in (refused.value.remedy or "")


def behind(error: Exception, hidden: Exception, *, told: bool) -> Exception:
    """Return an error with another behind it: told by `from`, or met while that one was handled."""
    error.__cause__, error.__context__ = (hidden, None) if told else (None, hidden)
    return error


@pytest.mark.parametrize("told", [True, False])
def test_a_refusal_is_said_however_deep_it_lies(told: bool) -> None:
    refused = RefusedError("Not this one.")
    assert sentence(behind(OSError("x"), refused, told=told)) == "Not this one."
    assert sentence(behind(aiohttp.ClientError("y"), behind(OSError("x"), refused, told=told), told=told)) == str(
        refused
    )


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (TooLargeError("The answer is larger than 1 KiB."), "The answer is larger than 1 KiB."),
        (TimeoutError(), "The server did not answer in time."),
        (ssl.SSLError("x"), "The server could not prove who it is (TLS certificate)."),
        (ConnectionRefusedError(), "The server cannot be reached."),
        (ValueError("x"), "The server's answer cannot be read."),
        (aiohttp.ClientPayloadError("x"), "The server's answer cannot be read."),
    ],
)
def test_each_failure_has_its_sentence(error: Exception, says: str) -> None:
    assert sentence(error) == says


@pytest.mark.parametrize(
    ("start", "target", "leads_to"),
    [
        ("https://a.example/x/y?q", "z", "https://a.example/x/z"),
        ("https://a.example/x", "//b.example/", "https://b.example/"),
        ("http://a.example/x", "https://a.example/", "https://a.example/"),
        ("http://a.example/x", "http://b.example/", "http://b.example/"),
        ("https://a.example/x", "http://a.example/", None),
        ("https://a.example/x", "ftp://a.example/", None),
        ("http://a.example/x", "http://[::1", None),
    ],
)
def test_where_a_redirect_leads(start: str, target: str, leads_to: str | None) -> None:
    if leads_to is not None:
        assert str(next_hop(URL(start), target)) == leads_to
        return
    with pytest.raises(RefusedError, match="leads on"):
        next_hop(URL(start), target)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://127.0.0.1:0/", "names no server"),
        ("http:///x", "names no server"),
        ("ftp://a.example/", "Only http and https"),
        ("http://me@a.example/", "user name"),
        ("http://:secret@a.example/", "user name"),
        ("http://[::1", "not a web address"),
        ("https://a.example/".ljust(MAX_URL + 1, "a"), "longer than"),
    ],
)
def test_what_is_refused_even_where_private_addresses_are_allowed(url: str, why: str) -> None:
    with pytest.raises(RefusedError, match=why):
        checked(url, LOCAL)


def test_an_address_of_the_greatest_length_is_asked_without_its_fragment() -> None:
    url = "https://a.example/".ljust(MAX_URL - 2, "a")
    assert str(checked(f"{url}#b", NetworkSettings())) == url


@pytest.mark.parametrize(
    ("host", "key"), [("A.Example.", "a.example:1"), ("127.0.0.1", "127.0.0.1:1"), ("::1", "[::1]:1")]
)
def test_a_server_has_one_key_in_the_settings(host: str, key: str) -> None:
    assert mapping_key(host, 1) == key


@pytest.mark.parametrize(
    ("kept", "asked"),
    [
        ({"ETag": '"1"'}, {"If-None-Match": '"1"'}),
        ({"last-modified": "Sun"}, {"If-Modified-Since": "Sun"}),
        ({"etag": '"1"', "Last-Modified": "Sun"}, {"If-None-Match": '"1"', "If-Modified-Since": "Sun"}),
        ({"Date": "Sun"}, {}),
    ],
)
def test_news_are_asked_for_by_what_was_kept_of_the_same_address(kept: dict[str, str], asked: dict[str, str]) -> None:
    known = RemoteDocument(url="https://a.example/x#y", fetched_at="", status=200, headers=tuple(kept.items()))
    assert {
        name: value for name, value in conditions(URL("https://a.example/x"), known).items() if name != "Accept"
    } == asked
    assert set(conditions(URL("https://a.example/other"), known)) == {"Accept"}
    assert set(conditions(URL("https://a.example/x"), None)) == {"Accept"}

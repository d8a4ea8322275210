"""Connecting accounts: the way out and back, what is kept where, and everything that can go wrong on it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from tests.sharing.network_servers import APP_PASSWORD, DID, TOKEN

from passport.errors import PassportError, SharingError
from passport.fetching.posting import NotReachedError, Poster, Reply, Sending
from passport.settings import NetworkSettings
from passport.sharing.api import MAX_WAIT_S, patience

BACK = "http://127.0.0.1:22343/accounts/back"


async def said_yes(address: str) -> dict[str, str]:
    """Do what the browser does: go there, and come back with the code."""
    async with (
        aiohttp.ClientSession(headers={"User-Agent": "BadgePassport/browser"}) as browser,
        browser.get(address, allow_redirects=False) as answer,
    ):
        back = urlsplit(answer.headers["Location"])
    assert back._replace(query="").geturl() == BACK
    return {name: values[0] for name, values in parse_qs(back.query).items()}


async def test_mastodon_there_and_back(office, mastodon) -> None:
    mastodon.max_characters = 1234
    address = await office.connecting.begin_mastodon(mastodon.url, BACK)
    back = await said_yes(address)
    account = await office.connecting.end_mastodon(state=back["state"], code=back["code"])
    assert account.handle.startswith("@ada@127.0.0.1")
    assert account.name == "Ada <b>L</b>"
    assert account.limits.max_text == 1234
    assert account.limits.count("https://example.org/" + "x" * 50) == 23
    assert list(office.memory.secrets) == [account.secret_name]
    assert TOKEN in office.memory.secrets[account.secret_name]
    assert not [f for f in office.folder.rglob("*") if f.is_file() and TOKEN.encode() in f.read_bytes()]
    office.again()
    assert office.book.all() == (account,)
    mastodon.max_characters = 77
    await office.connecting.check(account.id)
    assert office.book.find(account.id).limits.max_text == 77


async def test_a_way_back_works_once_and_not_for_ever(office, mastodon) -> None:
    back = await said_yes(await office.connecting.begin_mastodon(mastodon.url, BACK))
    for state in ("", "guess", back["state"][:-1]):
        with pytest.raises(SharingError, match="used, or took too long"):
            await office.connecting.end_mastodon(state=state, code=back["code"])
    await office.connecting.end_mastodon(state=back["state"], code=back["code"])
    with pytest.raises(SharingError, match="used, or took too long"):
        await office.connecting.end_mastodon(state=back["state"], code=back["code"])
    late = await said_yes(await office.connecting.begin_mastodon(mastodon.url, BACK))
    office.clock.forward(601)
    with pytest.raises(SharingError, match="took too long"):
        await office.connecting.end_mastodon(state=late["state"], code=late["code"])
    assert len(office.book.all()) == 1


async def test_saying_no_connects_nothing(office, mastodon) -> None:
    back = await said_yes(await office.connecting.begin_mastodon(mastodon.url, BACK))
    with pytest.raises(SharingError, match="did not allow"):
        await office.connecting.end_mastodon(state=back["state"], code="", error="access_denied")
    assert office.book.all() == ()
    assert office.memory.secrets == {}


@pytest.mark.parametrize("path", ["/oauth/token", "/api/v1/accounts/verify_credentials"])
@pytest.mark.parametrize("fault", [400, 401, 429, 500, "cut"])
async def test_trouble_on_the_way_back_is_a_sentence_and_keeps_nothing(office, mastodon, path, fault) -> None:
    back = await said_yes(await office.connecting.begin_mastodon(mastodon.url, BACK))
    mastodon.faults[path] += [fault] * 2  # what changes nothing is asked twice
    with pytest.raises(SharingError):
        await office.connecting.end_mastodon(state=back["state"], code=back["code"])
    assert office.book.all() == ()
    assert office.memory.secrets == {}


async def test_a_server_that_says_nothing_of_its_limits_gets_the_usual_ones(office, mastodon) -> None:
    back = await said_yes(await office.connecting.begin_mastodon(mastodon.url, BACK))
    mastodon.faults["/api/v2/instance"] += [404]
    account = await office.connecting.end_mastodon(state=back["state"], code=back["code"])
    assert account.limits.max_text == 500


@pytest.mark.parametrize(
    "typed",
    ["", " ", "mastodon example", "https://", "a..b", "-a.example", "x" * 300, "m.example:port", "<b>", "[::1]", "@"],
)
async def test_what_is_no_server_is_said(office, typed) -> None:
    with pytest.raises(SharingError, match="no server's name"):
        await office.connecting.begin_mastodon(typed, BACK)


@pytest.mark.parametrize(
    ("typed", "server"),
    [
        ("mastodon.social", "https://mastodon.social"),
        (" HTTPS://Mastodon.Social/@ada ", "https://mastodon.social"),
        ("@ada@mastodon.social", "https://mastodon.social"),
        ("bücher.example", "https://xn--bcher-kva.example"),
        ("m.example:8443", "https://m.example:8443"),
    ],
)
async def test_a_server_as_people_type_it(office, typed, server) -> None:
    assert office.connecting.server_of(typed) == server


async def test_without_tls_nothing_is_sent(office) -> None:
    office.connecting.plain_http = False
    assert office.connecting.server_of("http://m.example") == "https://m.example"
    async with Poster(NetworkSettings()) as poster:
        for url in ("http://m.example/api", "https://127.0.0.1/api", "https://localhost/", "ftp://m.example/"):
            with pytest.raises(NotReachedError):
                await poster(Sending(method="POST", url=url, body=b"canary"))


async def test_the_daemons_own_address_is_never_asked(mastodon) -> None:
    port = int(mastodon.url.rpartition(":")[2])
    async with Poster(NetworkSettings(allow_private_addresses=True), own_ports=lambda: {port}) as poster:
        with pytest.raises(NotReachedError, match="own address"):
            await poster(Sending(method="GET", url=f"{mastodon.url}/api/v2/instance"))
    assert mastodon.asked == []


async def test_bluesky_by_app_password(office, bluesky) -> None:
    account = await office.connecting.connect_bluesky("@Ada.test ", f" {APP_PASSWORD} ", bluesky.url)
    assert (account.handle, account.remote_id) == ("ada.test", DID)
    assert APP_PASSWORD in office.memory.secrets[account.secret_name]
    assert "POST /xrpc/com.atproto.server.deleteSession" in bluesky.asked
    await office.connecting.check(account.id)


@pytest.mark.parametrize(
    ("handle", "password", "says"),
    [
        ("ada.test", "hunter2-my-real-password", "not an app password"),
        ("ada.test", "", "not an app password"),
        ("ada", APP_PASSWORD, "no Bluesky name"),
        ("ada test", APP_PASSWORD, "no Bluesky name"),
        ("", APP_PASSWORD, "no Bluesky name"),
        ("eve.test", APP_PASSWORD, "does not accept"),
        ("ada.test", "zzzz-zzzz-zzzz-zzzz", "does not accept"),
    ],
)
async def test_bluesky_refusals(office, bluesky, handle, password, says) -> None:
    with pytest.raises(SharingError, match=says) as refused:
        await office.connecting.connect_bluesky(handle, password, bluesky.url)
    assert not password or password not in str(refused.value)
    assert office.book.all() == ()
    assert office.memory.secrets == {}


async def test_an_account_that_is_not_active_is_not_connected(office, bluesky) -> None:
    bluesky.active = False
    with pytest.raises(SharingError, match="not active"):
        await office.connecting.connect_bluesky("ada.test", APP_PASSWORD, bluesky.url)


async def test_disconnecting_gives_the_token_back(office, mastodon) -> None:
    back = await said_yes(await office.connecting.begin_mastodon(mastodon.url, BACK))
    account = await office.connecting.end_mastodon(state=back["state"], code=back["code"])
    assert await office.connecting.disconnect(account.id) == ""
    assert mastodon.revoked == [TOKEN]
    assert office.memory.secrets == {}
    office.again()
    assert office.book.all() == ()


async def test_disconnecting_while_the_server_is_away_says_what_is_left(office, mastodon) -> None:
    account = await office.mastodon(mastodon)
    mastodon.faults["/oauth/revoke"] += [503]
    assert "permission" in await office.connecting.disconnect(account.id)
    assert office.memory.secrets == {}


class KeyringLocked(Exception):  # noqa: N818 (the name that keyring gives it)
    pass


async def test_a_locked_keyring_is_said_before_the_owner_goes_anywhere(office, mastodon, bluesky) -> None:
    office.memory.trouble = KeyringLocked()
    with pytest.raises(PassportError, match="locked"):
        await office.connecting.begin_mastodon(mastodon.url, BACK)
    with pytest.raises(PassportError, match="locked"):
        await office.connecting.connect_bluesky("ada.test", APP_PASSWORD, bluesky.url)
    assert mastodon.asked == bluesky.asked == []


async def test_connecting_again_keeps_the_account_and_its_posts(office, mastodon) -> None:
    ids = set()
    for _ in range(2):
        back = await said_yes(await office.connecting.begin_mastodon(mastodon.url, BACK))
        ids.add((await office.connecting.end_mastodon(state=back["state"], code=back["code"])).id)
    assert len(ids) == len(office.book.all()) == 1


@pytest.mark.parametrize(
    "content", ["{nonsense", '{"version": 2, "accounts": []}', "[]", '{"version":1,"accounts":[{}]}']
)
async def test_a_damaged_list_of_accounts_is_said_and_left_alone(office, content) -> None:
    file = office.folder / "accounts.json"
    file.write_text(content)
    office.again()
    with pytest.raises(SharingError):
        office.book.all()
    assert file.read_text() == content


async def test_which_account_is_meant(office, mastodon) -> None:
    with pytest.raises(SharingError, match="No Mastodon account is connected"):
        office.book.chosen("mastodon")
    account = await office.mastodon(mastodon)
    assert office.book.chosen("mastodon") == account
    assert office.book.chosen("mastodon", "ADA@m.example") == account
    with pytest.raises(SharingError, match=re.escape("No Mastodon account @eve@m.example")):
        office.book.chosen("mastodon", "@eve@m.example")
    import msgspec

    office.book.keep(msgspec.structs.replace(account, id="c" * 16, handle="@bob@m.example"))
    with pytest.raises(SharingError, match="several"):
        office.book.chosen("mastodon")


@pytest.mark.parametrize("after", ["²", "٣", "-1", "soon", "9" * 400])
def test_a_wait_that_is_no_number_stops_no_outbox(after: str) -> None:
    reply = Reply(status=429, headers={"retry-after": after}, body=b"")
    wait = patience(reply, datetime(2026, 3, 1, tzinfo=UTC))
    assert wait is None or 1 <= wait <= MAX_WAIT_S

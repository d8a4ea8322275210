"""Composer, outbox and accounts as pages, and the same over the API; nothing private goes along."""

from __future__ import annotations

import io
import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import aiohttp
import pytest
from PIL import Image, PngImagePlugin
from tests.sharing.network_servers import APP_PASSWORD, BlueskyServer, MastodonServer, running
from tests.web.pages_material import Passport, credential, passport_in
from tests.web.posting_material import Memory, posting_in

from passport.badge.model import IdentityObject
from passport.fetching.posting import Poster
from passport.settings import NetworkSettings, Settings
from passport.settings.model import PublishSettings
from passport.sharing.accounts.model import Account

CANARY = "ann@example.org"


@dataclass
class House:
    """A passport, and the two networks."""

    passport: Passport
    mastodon: MastodonServer
    bluesky: BlueskyServer
    memory: Memory

    @property
    def posting(self):
        return self.passport.served.parts.posting

    async def connect(self) -> tuple[Account, Account]:
        page = await self.passport.post("/accounts/mastodon", urlencode({"server": self.mastodon.url}))
        address = re.search(r'href="(http[^"]+/oauth/authorize[^"]+)"', page.body.decode())[1].replace("&amp;", "&")
        async with (
            aiohttp.ClientSession(headers={"User-Agent": "BadgePassport/browser"}) as browser,
            browser.get(address, allow_redirects=False) as answer,
        ):
            back = answer.headers["Location"]
        await self.come_back(back)
        fields = {"handle": "ada.test", "password": APP_PASSWORD, "server": self.bluesky.url}
        assert (await self.passport.post("/accounts/bluesky", urlencode(fields))).status == 303
        mastodon, bluesky = self.posting.book.all()
        return mastodon, bluesky

    async def come_back(self, address: str, **headers: str):
        """As the browser does when another site leads it here: without the session's cookie."""
        parts = urlsplit(address)
        sent = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"} | headers
        return await self.passport.served.ask("GET", f"{parts.path}?{parts.query}", sent)

    async def api(self, method: str, path: str, body: object = None):
        content = json.dumps(body).encode() if body is not None else b""
        headers = self.passport.served.owner | ({"Content-Type": "application/json"} if content else {})
        return await self.passport.served.ask(method, f"/api/v1{path}", headers, content)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    memory = Memory()
    settings = Settings(publish=PublishSettings(base_url="https://ada.example/"), identities=(CANARY,))
    async with (
        running(MastodonServer()) as mastodon,
        running(BlueskyServer()) as bluesky,
        Poster(NetworkSettings(allow_private_addresses=True)) as poster,
        passport_in(tmp_path, settings, posting=partial(posting_in, send=poster, memory=memory)) as passport,
    ):
        yield House(passport, mastodon, bluesky, memory)
    assert mastodon.refused == bluesky.refused == []


def filled(page: bytes, **more: str) -> dict[str, str]:
    """Return what the composer's form would send."""
    text = page.decode()
    wish = re.search(r'name="wish" value="([^"]*)"', text)[1]
    return {"wish": wish, "text": "I tie knots", "link": "none", "picture": "card", "alt": "A badge", "at": ""} | more


async def test_connecting_and_disconnecting_on_the_page(house: House) -> None:
    mastodon, bluesky = await house.connect()
    page = (await house.passport.get("/accounts")).body.decode()
    assert mastodon.handle in page
    assert bluesky.handle in page
    assert "<b>L</b>" not in page
    assert "canary" not in page
    assert APP_PASSWORD not in page
    for account in (mastodon, bluesky):
        fields = urlencode({"account": account.id, "do": "check"})
        assert (await house.passport.post("/accounts/one", fields)).status == 303
        fields = urlencode({"account": account.id, "do": "disconnect"})
        assert (await house.passport.post("/accounts/one", fields)).status == 303
    assert house.memory.secrets == {}
    assert house.mastodon.revoked == ["canary-token-of-mastodon"]


async def test_the_way_back_shows_nothing_and_works_once(house: House) -> None:
    house.passport.put(name="Secret badge")
    page = await house.passport.post("/accounts/mastodon", urlencode({"server": house.mastodon.url}))
    address = re.search(r'href="(http[^"]+/oauth/authorize[^"]+)"', page.body.decode())[1].replace("&amp;", "&")
    query = parse_qs(urlsplit(address).query)
    back = query["redirect_uri"][0]
    assert urlsplit(back).netloc == f"127.0.0.1:{house.passport.served.port}"
    for state in ("", "wrong", query["state"][0] + "x"):
        answer = await house.come_back(f"{back}?code=code0&state={quote(state)}")
        assert answer.status == 200
        assert b"Not connected" in answer.body
        assert b"Secret badge" not in answer.body
    denied = await house.come_back(f"{back}?error=access_denied&state={query['state'][0]}")
    assert b"did not allow" in denied.body
    assert house.posting.book.all() == ()
    assert house.memory.secrets == {}


async def test_other_sites_reach_nothing_but_the_way_back(house: House) -> None:
    entry = house.passport.put()
    for path in ("/accounts", "/outbox", f"/share/{entry.id}", f"/share/{entry.id}/picture/card"):
        assert (await house.come_back(path)).status in {401, 403}
    embedded = await house.come_back("/accounts/back?state=x", **{"Sec-Fetch-Dest": "image"})
    assert embedded.status == 403
    body = b"do=post&text=x&to=x"
    sent = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": house.passport.headers["Cookie"]}
    assert (await house.passport.served.ask("POST", f"/share/{entry.id}", sent, body)).status == 403


async def test_extensions_may_only_prepare(house: House) -> None:
    from passport.web.app import ALL_ROUTES
    from passport.web.routing import Scope

    ours = [route for route in ALL_ROUTES if re.match(r"/(api/v1/posts|share|outbox|accounts)", route.path)]
    assert len(ours) >= 13
    assert {route.path for route in ours if route.scope < Scope.GALLERY} == {"/accounts/back"}


async def test_a_post_to_both_networks(house: House) -> None:
    entry = house.passport.put(name="Knots")
    accounts = await house.connect()
    page = await house.passport.get(f"/share/{entry.id}")
    fields = filled(page.body)
    body = urlencode({**fields, "do": "post"}) + "".join(f"&to={account.id}" for account in accounts)
    for _ in range(2):  # pressed twice
        sent = await house.passport.post(f"/share/{entry.id}", body)
        assert sent.headers["location"].startswith("/outbox")
    await house.posting.outbox.work_off()
    (status,) = house.mastodon.statuses
    (record,) = house.bluesky.records.values()
    assert status["text"] == record["text"] == "I tie knots"
    assert status["media_attachments"][0]["description"] == record["embed"]["images"][0]["alt"] == "A badge"
    outbox = (await house.passport.get("/outbox")).body.decode()
    assert status["url"] in outbox
    kept = house.passport.vault.state(entry.subject)
    assert f"Shared with {accounts[0].handle}" in (await house.passport.get(f"/badge/{entry.id}")).body.decode()
    assert sorted(value["network"] for key, value in kept.items() if key.startswith("post:")) == ["bluesky", "mastodon"]


async def test_nothing_private_goes_along(house: House) -> None:
    """The original holds the address in plain; picture, text, link and alt hold neither it nor where it stands."""
    info = PngImagePlugin.PngInfo()
    info.add_itxt("openbadges", json.dumps({"recipient": CANARY, "canary": "canary-of-the-original"}))
    out = io.BytesIO()
    Image.new("RGBA", (90, 90), "teal").save(out, "PNG", pnginfo=info)
    entry = house.passport.put(file=out.getvalue())
    accounts = await house.connect()
    for kind in ("card", "badge"):
        page = await house.passport.get(f"/share/{entry.id}")
        assert b'value="hosted"' not in page.body
        fields = filled(page.body, picture=kind, link="hosted")
        body = urlencode({**fields, "do": "post"}) + "".join(f"&to={account.id}" for account in accounts)
        await house.passport.post(f"/share/{entry.id}", body)
    posted = await house.api("POST", "/posts", {"badge": entry.id, "to": "bluesky"})
    assert posted.json["state"] == "sent"
    await house.posting.outbox.work_off()
    sent = [media["content"] for media in house.mastodon.media.values()] + list(house.bluesky.blobs.values())
    assert len(sent) >= 4
    sent += [json.dumps([house.mastodon.statuses, list(house.bluesky.records.values())]).encode()]
    for content in sent:
        for canary in (CANARY, "canary-of-the-original", "openbadges", "aalto.example/badges"):
            assert canary.encode() not in content


async def test_the_issuers_page_is_offered_after_consent_or_where_it_gives_nothing_away(house: House) -> None:
    entry = house.passport.put()
    page = await house.passport.get(f"/share/{entry.id}")
    assert b"shows your address in plain" in page.body
    body = urlencode({**filled(page.body, text="my words stay"), "do": "consent"})
    agreed = await house.passport.post(f"/share/{entry.id}", body)
    assert b'value="hosted"' in agreed.body
    assert b"my words stay" in agreed.body
    hashed = (IdentityObject(identity="sha256$" + "a" * 64, hashed=True),)
    for number, identifiers in ((7, hashed), (8, ())):
        made = credential(number)
        whom = replace(made.subject, identifiers=identifiers)
        other = house.passport.put(made_of=replace(made, subject=whom), number=number)
        page = await house.passport.get(f"/share/{other.id}")
        assert (b'value="hosted"' in page.body) == (not identifiers)
        assert (b"can be guessed" in page.body) is bool(identifiers)


async def test_previews_count_as_each_network_counts(house: House) -> None:
    entry = house.passport.put()
    await house.connect()
    page = await house.passport.get(f"/share/{entry.id}")
    text = "x" * 290 + " https://example.org/" + "y" * 200
    fields = urlencode(filled(page.body, text=text))
    shown = (await house.passport.post(f"/share/{entry.id}/preview", fields)).body.decode()
    assert "314 / 500" in shown  # Mastodon: a URL is 23
    assert "511 / 300" in shown  # Bluesky
    assert "314 / 280" in shown  # X
    assert "<html" not in shown


async def test_what_cannot_be_posted_is_said_and_no_word_is_lost(house: House) -> None:
    entry = house.passport.put()
    accounts = await house.connect()
    page = await house.passport.get(f"/share/{entry.id}")
    for changes in ({"text": "x" * 301}, {"at": "2001-01-01T00:00"}, {"at": "soon"}, {"text": ""}):
        fields = filled(page.body, alt="words of mine", picture="none") | changes
        body = urlencode({**fields, "do": "post"}) + "".join(f"&to={account.id}" for account in accounts)
        refused = await house.passport.post(f"/share/{entry.id}", body)
        assert refused.status == 422
        assert b'role="alert"' in refused.body
        assert b"words of mine" in refused.body
        assert fields["text"].encode() in refused.body
    assert house.posting.outbox.store.all() == []


async def test_without_an_account_chosen_it_is_said(house: House) -> None:
    entry = house.passport.put()
    page = await house.passport.get(f"/share/{entry.id}")
    refused = await house.passport.post(f"/share/{entry.id}", urlencode({**filled(page.body), "do": "post"}))
    assert refused.status == 422
    assert b"No account is chosen" in refused.body


async def test_altered_and_withdrawn_badges_are_not_posted(house: House) -> None:
    await house.connect()
    for verdict in ("invalid", "revoked", "not-yours"):
        entry = house.passport.put(verdict)
        answer = await house.api("POST", "/posts", {"badge": entry.id, "to": "mastodon"})
        assert answer.status == 422
    assert house.mastodon.statuses == []


async def test_drafts_and_schedules_are_changed_on_the_page(house: House) -> None:
    entry = house.passport.put()
    accounts = await house.connect()
    page = await house.passport.get(f"/share/{entry.id}")
    body = urlencode({**filled(page.body, text="later", at="2031-05-01T18:30"), "do": "post"}) + f"&to={accounts[0].id}"
    assert (await house.passport.post(f"/share/{entry.id}", body)).status == 303
    (item,) = house.posting.outbox.store.all()
    changed = await house.passport.post("/outbox", urlencode({"post": item.id, "do": "change"}))
    assert changed.headers["location"].startswith(f"/share/{entry.id}?post={item.id}")
    again = await house.passport.get(f"/share/{entry.id}?post={item.id}")
    assert b">later</textarea>" in again.body
    body = urlencode({**filled(again.body, text="now"), "do": "post"}) + f"&to={accounts[0].id}"
    await house.passport.post(f"/share/{entry.id}", body)
    await house.posting.outbox.work_off()
    assert [status["text"] for status in house.mastodon.statuses] == ["now"]
    assert len(house.posting.outbox.store.all()) == 1
    deleted = await house.passport.post("/outbox", urlencode({"post": item.id, "do": "delete"}))
    assert deleted.status == 303
    assert house.mastodon.statuses == []


async def test_own_words_become_the_template(house: House) -> None:
    entry, other = house.passport.put(name="Knots"), house.passport.put(name="Sails", issuer="Harbour")
    page = await house.passport.get(f"/share/{entry.id}")
    body = urlencode({**filled(page.body, text="Proud of Knots by Aalto University!"), "do": "template"})
    assert b"Template saved" in (await house.passport.post(f"/share/{entry.id}", body)).body
    assert b"Proud of Sails by Harbour!" in (await house.passport.get(f"/share/{other.id}")).body


async def test_hostile_names_do_no_harm_on_the_pages(house: House) -> None:
    entry = house.passport.put(name='</textarea><script>alert(1)</script>"><img src=x onerror=alert(1)>\u202e')
    await house.connect()
    await house.api("POST", "/posts", {"badge": entry.id, "to": "mastodon"})
    for path in (f"/share/{entry.id}", "/outbox", "/accounts"):
        body = (await house.passport.get(path)).body
        assert b"<script>alert" not in body
        assert b"<img src=x" not in body


async def test_badges_that_are_not_there(house: House) -> None:
    for path in ("/share/aaaaaaaaaaaaaaaa", "/share/..%2f", "/share/x/picture/card"):
        assert (await house.passport.get(path)).status == 404


REFUSED_BODIES = [
    ({"to": "mastodon"}, 400),
    ({"badge": "ID", "to": "x"}, 400),
    ({"badge": "aaaaaaaaaaaaaaaa", "to": "mastodon"}, 404),
    ({"badge": "ID", "to": "mastodon", "at": "2031-01-01T00:00"}, 422),
    ({"badge": "ID", "to": "mastodon", "at": "tomorrow"}, 422),
    ({"badge": "ID", "to": "mastodon", "at": "2001-01-01T00:00:00Z"}, 422),
    ({"badge": "ID", "to": "mastodon", "account": "@eve@m.example"}, 422),
    ({"badge": "ID", "to": "bluesky", "text": "x" * 301}, 422),
    ({"badge": "ID", "to": "bluesky", "extra": 1}, 400),
]


async def test_the_api_refuses(house: House) -> None:
    entry = house.passport.put()
    await house.connect()
    for body, status in REFUSED_BODIES:
        wanted = {"picture": "none"} | {key: entry.id if value == "ID" else value for key, value in body.items()}
        assert (await house.api("POST", "/posts", wanted)).status == status, body
    assert house.mastodon.statuses == []
    assert not house.bluesky.records


async def test_the_api_posts_lists_and_takes_back(house: House) -> None:
    entry = house.passport.put()
    await house.connect()
    made = await house.api("POST", "/posts", {"badge": entry.id, "to": "mastodon", "text": "hello"})
    assert (made.status, made.json["state"]) == (201, "sent")
    later = await house.api("POST", "/posts", {"badge": entry.id, "to": "bluesky", "at": "2031-01-01T00:00:00+01:00"})
    assert (later.json["state"], later.json["dueAt"]) == ("waiting", "2030-12-31T23:00:00.000Z")
    assert [post["id"] for post in (await house.api("GET", "/posts")).json["posts"]].count(later.json["id"]) == 1
    for post in (made, later):
        assert (await house.api("DELETE", f"/posts/{post.json['id']}")).status == 204
    assert (await house.api("DELETE", "/posts/nope")).status == 404
    assert house.mastodon.statuses == []


async def test_a_token_that_does_not_count_is_a_sentence(house: House) -> None:
    entry = house.passport.put()
    await house.connect()
    house.mastodon.token = "another"
    failed = await house.api("POST", "/posts", {"badge": entry.id, "to": "mastodon"})
    assert failed.json["state"] == "failed"
    assert "onnect" in failed.json["remedy"]
    assert b"does not let this account in" in (await house.passport.get("/accounts")).body


class KeyringLocked(Exception):  # noqa: N818 (the name that keyring gives it)
    pass


async def test_a_locked_keyring_is_said_on_the_page(house: House) -> None:
    house.memory.trouble = KeyringLocked()
    fields = urlencode({"handle": "ada.test", "password": APP_PASSWORD, "server": house.bluesky.url})
    for path, body in (
        ("/accounts/bluesky", fields),
        ("/accounts/mastodon", urlencode({"server": house.mastodon.url})),
    ):
        page = await house.passport.post(path, body)
        assert page.status == 422
        assert b"locked" in page.body
        assert APP_PASSWORD.encode() not in page.body


async def test_a_damaged_list_of_accounts_stops_no_page(house: House) -> None:
    entry = house.passport.put()
    house.passport.served.parts.places.state.mkdir(exist_ok=True)
    (house.passport.served.parts.places.state / "accounts.json").write_text("{nonsense")
    for path in (f"/share/{entry.id}", "/accounts", "/outbox", "/"):
        page = await house.passport.get(path)
        assert page.status in {200, 422}
    assert b"cannot be read" in (await house.passport.get("/accounts")).body

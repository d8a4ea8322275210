"""What networks may do to a post, at every step of it: each costs a sentence or a wait, never a second post."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from tests.sharing.network_servers import BlueskyServer, MastodonServer
from tests.sharing.outbox_material import Post, letter, post_office

from passport.sharing.accounts.model import Account
from passport.sharing.outbox.model import State

STEPS = [
    ("mastodon", "/api/v2/media"),
    ("mastodon", "/api/v1/statuses"),
    ("bluesky", "/xrpc/com.atproto.server.createSession"),
    ("bluesky", "/xrpc/com.atproto.repo.uploadBlob"),
    ("bluesky", "/xrpc/com.atproto.repo.putRecord"),
]
every_step = pytest.mark.parametrize(("network", "path"), STEPS)


@dataclass
class Network:
    """One of the two, and how many posts it has."""

    server: MastodonServer | BlueskyServer

    @property
    def posts(self) -> int:
        made = self.server.statuses if isinstance(self.server, MastodonServer) else self.server.records
        return len(made)

    async def account(self, office: Post) -> Account:
        if isinstance(self.server, MastodonServer):
            return await office.mastodon(self.server)
        return await office.bluesky(self.server)


@pytest.fixture
def there(network: str, mastodon: MastodonServer, bluesky: BlueskyServer) -> Network:
    return Network(mastodon if network == "mastodon" else bluesky)


@every_step
async def test_a_server_that_fails_is_asked_again_and_the_post_is_there_once(office, there: Network, path: str) -> None:
    account = await there.account(office)
    there.server.faults[path] += [500, 502, 503, 504]
    item = office.outbox.add(letter(account, "hello"), account)
    first = await office.outbox.attempt(item.id)
    assert first.state is State.WAITING
    assert there.posts == 0
    await office.until_settled()
    assert office.outbox.find(item.id).state is State.SENT
    assert there.posts == 1


@every_step
async def test_who_asks_for_patience_gets_it(office, there: Network, path: str) -> None:
    account = await there.account(office)
    there.server.faults[path] += [429]
    there.server.reset_headers = {"Retry-After": "777"}
    item = office.outbox.add(letter(account, "hello"), account)
    waiting = await office.outbox.attempt(item.id)
    assert waiting.wanted_at - office.clock.now == timedelta(seconds=777)
    assert not waiting.uncertain
    asked = len(there.server.asked)
    office.clock.forward(700)
    await office.outbox.work_off()
    assert len(there.server.asked) == asked, "nothing is asked before its time"
    office.clock.forward(100)
    await office.outbox.work_off()
    assert there.posts == 1


@every_step
@pytest.mark.parametrize("fault", ["cut", "cut-after"])
async def test_a_line_that_breaks_at_any_step_makes_one_post(office, there: Network, path: str, fault: str) -> None:
    account = await there.account(office)
    there.server.faults[path] += [fault]
    office.outbox.add(letter(account, "hello"), account)
    await office.until_settled()
    assert there.posts == 1


@every_step
async def test_a_server_that_hangs_holds_nobody_and_has_one_post_at_last(tmp_path, there: Network, path: str) -> None:
    async with post_office(tmp_path, read_s=0.3) as office:
        account = await there.account(office)
        there.server.faults[path] += ["hang"]
        item = office.outbox.add(letter(account, "hello"), account)
        assert (await office.outbox.attempt(item.id)).state is State.WAITING
    async with post_office(tmp_path) as office:
        await there.account(office)
        await office.until_settled()
    assert there.posts == 1


@every_step
@pytest.mark.parametrize("fault", [401, (400, "ExpiredToken"), (400, "InvalidToken"), (403, "AccountTakedown")])
async def test_a_token_that_ends_at_any_step_asks_the_owner(office, there: Network, path: str, fault: object) -> None:
    account = await there.account(office)
    there.server.faults[path] += [fault]
    item = office.outbox.add(letter(account, "hello"), account)
    failed = await office.outbox.attempt(item.id)
    assert failed.state is State.FAILED
    assert "onnect" in failed.remedy
    assert office.book.find(account.id).trouble
    assert there.posts == 0
    office.outbox.again(item.id)
    await office.until_settled()
    assert there.posts == 1


@pytest.mark.parametrize(("network", "path"), [STEPS[0], STEPS[3]])
@pytest.mark.parametrize("status", [400, 413, 415, 422])
async def test_a_picture_that_is_refused_makes_no_post(office, there: Network, path: str, status: int) -> None:
    account = await there.account(office)
    there.server.faults[path] += [status]
    failed = await office.outbox.attempt(office.outbox.add(letter(account, "hello"), account).id)
    assert failed.state is State.FAILED
    assert failed.problem
    assert there.posts == 0


@pytest.mark.parametrize(("network", "path"), [STEPS[1], STEPS[4]])
@pytest.mark.parametrize("status", [400, 404, 413, 422])
async def test_a_text_that_is_refused_is_not_sent_again(office, there: Network, path: str, status: int) -> None:
    account = await there.account(office)
    there.server.faults[path] += [status]
    item = office.outbox.add(letter(account, "hello"), account)
    assert (await office.outbox.attempt(item.id)).state is State.FAILED
    asked = len(there.server.asked)
    await office.until_settled()
    assert (there.posts, len(there.server.asked)) == (0, asked)


@pytest.mark.parametrize("network", ["mastodon", "bluesky"])
async def test_no_connection_is_used_twice(office, there: Network) -> None:
    """A server that closes an idle one leaves it open whether a post was taken."""
    account = await there.account(office)
    for number in range(3):
        await office.outbox.attempt(office.outbox.add(letter(account, f"hello {number}"), account).id)
    assert there.posts == 3
    assert len(set(there.server.peers)) == len(there.server.peers)

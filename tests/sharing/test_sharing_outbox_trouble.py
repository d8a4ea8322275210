"""The outbox when servers refuse, delay and hang, or the key is away: what it tries again, and what it gives up."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest
from tests.sharing.network_servers import APP_PASSWORD, TOKEN, MastodonServer
from tests.sharing.outbox_material import letter, post_office

from passport.errors import SharingError
from passport.sharing.outbox.model import State
from passport.sharing.outbox.outbox import Picture


@pytest.mark.parametrize("network", ["mastodon", "bluesky"])
async def test_a_revoked_token_waits_for_the_owner_and_then_goes_on(office, mastodon, bluesky, network) -> None:
    server = mastodon if network == "mastodon" else bluesky
    account = await (office.mastodon(server) if network == "mastodon" else office.bluesky(server))
    if network == "mastodon":
        server.token = "another"
    else:
        server.password = "zzzz-zzzz-zzzz-zzzz"
    item = office.outbox.add(letter(account, "hello"), account)
    failed = await office.outbox.attempt(item.id)
    assert failed.state is State.FAILED
    assert "onnect" in failed.remedy
    assert "canary" not in failed.problem + failed.remedy
    assert office.book.find(account.id).trouble
    with pytest.raises(SharingError):
        office.outbox.add(letter(account, "more"), office.book.find(account.id))
    server.token, server.password = TOKEN, APP_PASSWORD
    office.outbox.again(item.id)
    await office.outbox.work_off()
    assert office.outbox.find(item.id).state is State.SENT


async def test_a_token_that_ends_while_the_outcome_is_unknown_still_makes_one_post(office, mastodon) -> None:
    account = await office.mastodon(mastodon)
    mastodon.faults["/api/v1/statuses"] += ["cut-after"]
    item = office.outbox.add(letter(account, "once"), account)
    await office.outbox.attempt(item.id)
    office.clock.forward(4000)
    mastodon.token = "another"
    assert (await office.outbox.attempt(item.id)).state is State.FAILED
    mastodon.token = "canary-token-of-mastodon"
    office.outbox.again(item.id)
    await office.outbox.work_off()
    assert office.outbox.find(item.id).state is State.SENT
    assert len(mastodon.statuses) == 1


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "1234"}, 1234),
        ({"Retry-After": "Tue, 24 Nov 2026 13:00:00 GMT"}, 3600),
        ({"X-RateLimit-Reset": "2026-11-24T12:10:00.000Z"}, 600),
        ({"RateLimit-Reset": str(int(datetime(2026, 11, 24, 12, 20, tzinfo=UTC).timestamp()))}, 1200),
        ({"Retry-After": "999999999"}, 86400),
        ({"Retry-After": "soon"}, 30),
        ({}, 30),
    ],
)
async def test_429_waits_as_long_as_the_server_asks(office, mastodon, headers, seconds) -> None:
    account = await office.mastodon(mastodon)
    mastodon.faults["/api/v1/statuses"] += [429]
    mastodon.reset_headers = headers
    item = office.outbox.add(letter(account, "hello"), account)
    waiting = await office.outbox.attempt(item.id)
    assert waiting.wanted_at - office.clock.now == timedelta(seconds=seconds)
    assert not waiting.uncertain
    office.clock.forward(seconds - 1)
    await office.outbox.work_off()
    assert mastodon.statuses == []
    office.clock.forward(2)
    await office.outbox.work_off()
    assert len(mastodon.statuses) == 1


async def test_5xx_is_tried_again_later_and_later_and_given_to_the_owner_at_last(office, mastodon) -> None:
    account = await office.mastodon(mastodon)
    mastodon.faults["/api/v1/statuses"] += [503] * 100
    item = office.outbox.add(letter(account, "hello"), account)
    waits = []
    while (item := await office.outbox.attempt(item.id)).state is State.WAITING:
        waits.append((item.wanted_at - office.clock.now).total_seconds())
        office.clock.forward(waits[-1] + 1)
    assert waits[:4] == [30, 60, 120, 240]
    assert max(waits) == 3600
    assert item.state is State.FAILED
    mastodon.faults.clear()
    office.outbox.again(item.id)
    await office.outbox.work_off()
    assert len(mastodon.statuses) == 1


async def test_a_server_that_hangs_is_left_and_the_post_is_there_once(tmp_path, mastodon) -> None:
    async with post_office(tmp_path, read_s=0.3) as office:
        account = await office.mastodon(mastodon)
        mastodon.faults["/api/v1/statuses"] += ["hang"]
        item = office.outbox.add(letter(account, "hello"), account)
        waiting = await office.outbox.attempt(item.id)
        assert waiting.state is State.WAITING
        assert waiting.uncertain
    async with post_office(tmp_path) as office:
        office.clock.forward(60)
        await office.mastodon(mastodon)
        await office.until_settled()
        assert len(mastodon.statuses) == 1


async def test_offline_waits_for_ever_and_nothing_is_uncertain(office, unused_tcp_port) -> None:
    nowhere = MastodonServer(url=f"http://127.0.0.1:{unused_tcp_port}")
    account = await office.mastodon(nowhere)
    item = office.outbox.add(letter(account, "hello", pictured=False), account)
    for _ in range(40):
        item = await office.outbox.attempt(item.id)
        assert item.state is State.WAITING
        assert not item.uncertain
        assert item.wanted_at - office.clock.now <= timedelta(minutes=15)
        office.clock.forward(901)


async def test_a_server_that_does_not_let_us_look_leaves_it_to_the_owner(office, mastodon) -> None:
    account = await office.mastodon(mastodon)
    mastodon.faults["/api/v1/statuses"] += ["cut-after"]
    item = office.outbox.add(letter(account, "hello"), account)
    await office.outbox.attempt(item.id)
    mastodon.may_look = False
    await office.until_settled()
    assert office.outbox.find(item.id).state is State.UNCLEAR
    assert len(mastodon.statuses) == 1
    assert office.outbox.settle(item.id, there=True).state is State.SENT
    assert len(mastodon.statuses) == 1


async def test_a_lost_picture_is_uploaded_again(office, mastodon) -> None:
    account = await office.mastodon(mastodon)
    mastodon.faults["/api/v1/statuses"] += [429]
    office.outbox.add(letter(account, "hello"), account)
    await office.outbox.work_off()
    mastodon.media.clear()
    await office.until_settled()
    (status,) = mastodon.statuses
    assert status["media_attachments"]


@pytest.mark.parametrize("status", [400, 403, 404, 413, 422, 302])
async def test_what_a_server_declines_is_not_tried_again(office, mastodon, status) -> None:
    account = await office.mastodon(mastodon)
    mastodon.faults["/api/v1/statuses"] += [status]
    item = office.outbox.add(letter(account, "hello", pictured=False), account)
    failed = await office.outbox.attempt(item.id)
    assert failed.state is State.FAILED
    assert not failed.uncertain
    assert mastodon.statuses == []


async def test_the_picture_is_refused_at_upload_and_nothing_is_posted(office, bluesky) -> None:
    account = await office.bluesky(bluesky)
    bluesky.faults["/xrpc/com.atproto.repo.uploadBlob"] += [413]
    failed = await office.outbox.attempt(office.outbox.add(letter(account, "hello"), account).id)
    assert failed.state is State.FAILED
    assert bluesky.records == {}


async def test_what_is_too_large_or_too_long_is_said_before_it_is_sent(office, bluesky, mastodon) -> None:
    account = await office.bluesky(bluesky)
    huge = Picture(content=b"\x89PNG" + bytes(1_000_001), media_type="image/png", width=1, height=1)
    for wrong in (
        letter(account, "x" * 301),
        letter(account, "👩‍👩‍👧‍👦" * 130),
        letter(account, ""[:0], pictured=False),
    ):
        with pytest.raises(SharingError):
            office.outbox.add(wrong, account)
    with pytest.raises(SharingError, match="larger than the 1000 kB"):
        office.outbox.add(dataclasses.replace(letter(account, "x"), picture=huge), account)
    with pytest.raises(SharingError, match="passed"):
        office.outbox.add(letter(account, "x", due=office.clock.now - timedelta(hours=1)), account)
    assert office.outbox.store.all() == []
    assert bluesky.asked == []


class KeyringLocked(Exception):  # noqa: N818 (the name that keyring gives it)
    pass


async def test_a_locked_keyring_is_waited_for(office, mastodon) -> None:
    account = await office.mastodon(mastodon)
    item = office.outbox.add(letter(account, "hello"), account)
    office.memory.trouble = KeyringLocked()
    waiting = await office.outbox.attempt(item.id)
    assert waiting.state is State.WAITING
    assert "locked" in waiting.problem
    assert mastodon.asked == []
    office.memory.trouble = None
    await office.until_settled()
    assert len(mastodon.statuses) == 1


async def test_a_key_that_has_gone_from_the_keyring_is_said(office, mastodon) -> None:
    account = await office.mastodon(mastodon)
    item = office.outbox.add(letter(account, "hello"), account)
    office.memory.secrets.clear()
    failed = await office.outbox.attempt(item.id)
    assert failed.state is State.FAILED
    assert "keyring" in failed.problem

"""An outbox, and the servers of two networks on loopback, for all tests of sharing."""

from __future__ import annotations

import pytest
from tests.sharing.network_servers import BlueskyServer, MastodonServer, running
from tests.sharing.outbox_material import post_office


@pytest.fixture
async def office(tmp_path):
    async with post_office(tmp_path) as office:
        yield office


@pytest.fixture
async def mastodon():
    async with running(MastodonServer()) as server:
        yield server
    assert server.refused == []


@pytest.fixture
async def bluesky():
    async with running(BlueskyServer()) as server:
        yield server
    assert server.refused == []

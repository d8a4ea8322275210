"""Posting from the command line, with the daemon and without; and a daemon that is killed while it posts."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.cli.test_cli_road import Program, self_signed
from tests.sharing.network_servers import TOKEN, MastodonServer, running

from passport.keychain import Keychain, chosen_backend
from passport.settings import Places
from passport.sharing.accounts.model import Account, AccountBook

pytestmark = pytest.mark.slow


@dataclass
class Owner:
    """Somebody with a badge, an account and a terminal."""

    program: Program
    server: MastodonServer
    entry: str

    async def type(self, *arguments: str):
        return await asyncio.to_thread(self.program.run, *arguments)

    async def share(self, *arguments: str):
        return await self.type("share", self.entry, "--to", "mastodon", *arguments)


@pytest.fixture
async def owner(tmp_path: Path) -> AsyncIterator[Owner]:
    program = Program(tmp_path)
    program.home.mkdir()
    settings = '[network]\nallow_private_addresses = true\n[secrets]\nkeep = "file"\n'
    (program.home / "settings.toml").write_text(settings)
    async with running(MastodonServer()) as server:
        places = Places.from_environment(program.environment)
        account = Account(id="a" * 16, network="mastodon", server=server.url, handle="@ada@m.example", remote_id="7")
        keychain = Keychain(load=lambda: chosen_backend("file", places.secrets_file), record=places.secrets_record)
        secret = {"token": TOKEN, "client_id": "c", "client_secret": "s"}
        await keychain.set(account.secret_name, json.dumps(secret))
        AccountBook(places.state / "accounts.json").keep(account)
        file = program.downloads / "a.png"
        file.write_bytes(self_signed())
        found = await asyncio.to_thread(program.run, "import", "--json", str(file))
        yield Owner(program, server, json.loads(found.stdout)["id"])
    assert server.refused == []


async def test_without_a_daemon_it_posts_and_says_where(owner: Owner) -> None:
    done = await owner.share("--text", "Knots!", "--picture", "badge")
    assert (done.returncode, done.stdout.strip()) == (0, "https://m.example/@ada/1000"), done.stderr
    assert owner.server.statuses[0]["text"] == "Knots!"
    later = await owner.share("--at", "2031-01-01T00:00:00Z", "--json")
    assert (later.returncode, json.loads(later.stdout)["state"]) == (0, "waiting")
    owner.server.token = "another"
    failed = await owner.share("--text", "more")
    assert failed.returncode == 1
    assert "Connect the account again" in failed.stderr
    assert "Traceback" not in failed.stderr
    assert len(owner.server.statuses) == 1


async def test_killed_while_the_server_holds_the_answer_back_and_started_again(owner: Owner) -> None:
    owner.server.faults["/api/v1/statuses"] += ["hang-after"]
    daemon = await asyncio.to_thread(owner.program.start)
    typed = asyncio.create_task(owner.share("--text", "Once only"))
    async with asyncio.timeout(60):
        while not owner.server.statuses:  # noqa: ASYNC110 (another process writes it) (another program does it)
            await asyncio.sleep(0.05)
    daemon.kill()
    await asyncio.to_thread(daemon.communicate)
    assert (await typed).returncode == 1
    daemon = await asyncio.to_thread(owner.program.start)
    outbox = owner.program.home / "state" / "outbox"
    async with asyncio.timeout(60):
        while '"state":"sent"' not in next(outbox.glob("*.json")).read_text().replace(" ", ""):  # noqa: ASYNC110 (another process writes it)
            await asyncio.sleep(0.1)
    assert len(owner.server.statuses) == 1
    assert (await owner.type("stop")).returncode == 0
    await asyncio.to_thread(daemon.communicate)

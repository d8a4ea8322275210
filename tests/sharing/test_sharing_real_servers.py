"""Posts to real servers on loopback: snac (Mastodon's API) and Bluesky's own PDS; cut off, and still one post each.

By hand (`scripts/test --long`), where they are there: `snac` on the PATH, `@atproto/dev-env` among the Node tools.
"""

from __future__ import annotations

import asyncio
import html
import json
import os
import re
import shutil
import socket
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from tests.sharing.cutting import cutting
from tests.sharing.outbox_material import Post, letter, post_office

from passport.errors import SharingError
from passport.sharing.mastodon import Mastodon
from passport.sharing.outbox.model import State

pytestmark = pytest.mark.long
SNAC = shutil.which("snac")
NODE_MODULES = Path(os.environ.get("BADGE_PASSPORT_NODE_TOOLS", ".venv/node")).absolute() / "node_modules"
BACK = "http://127.0.0.1:22343/accounts/back"
TEXT = "Knots <b>& “ropes”</b> 🏅 number {} https://ann.example/b/{} #Knots"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


async def until_it_answers(port: int) -> None:
    async with asyncio.timeout(60):
        while True:
            try:
                (await asyncio.open_connection("127.0.0.1", port))[1].close()
            except OSError:
                await asyncio.sleep(0.1)
            else:
                return


def typed(line: list[str], answers: str) -> str:
    """Run a command that asks, and answer it: at the end of its input snac would spin for ever."""
    done = subprocess.run(line, input=answers, text=True, timeout=20, check=True, capture_output=True)
    return done.stdout + done.stderr


@asynccontextmanager
async def snac(folder: Path) -> AsyncIterator[tuple[int, str]]:
    """Run snac with one user, ada; yield its port and her password."""
    port = free_port()
    answers = f"127.0.0.1\n{port}\nlocalhost:{port}\n\nada@example.org\n\n\n"
    await asyncio.to_thread(typed, [str(SNAC), "init", str(folder)], answers)
    made = await asyncio.to_thread(typed, [str(SNAC), "adduser", str(folder), "ada"], "Ada\n\n\n\n")
    password = re.search(r"password is (\S+)", made)[1]
    process = await asyncio.create_subprocess_exec(str(SNAC), "httpd", str(folder), stderr=asyncio.subprocess.DEVNULL)
    try:
        await until_it_answers(port)
        yield port, password
    finally:
        process.terminate()
        await process.wait()


async def say_yes(address: str, port: int, password: str) -> dict[str, str]:
    """Sign in on snac's page, as the owner does in the browser."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True)) as browser:
        async with browser.get(address) as answer:
            page = await answer.text()
        fields = {name: html.unescape(value) for name, value in re.findall(r'name="([^"]+)" value="([^"]*)"', page)}
        action = urlsplit(re.search(r'action="([^"]+)"', page)[1]).path
        fields |= {"login": "ada", "passwd": password}
        target = f"http://127.0.0.1:{port}{action}"
        async with browser.post(target, data=fields, allow_redirects=False) as answer:
            back = urlsplit(answer.headers["Location"])
    return {name: values[0] for name, values in parse_qs(back.query).items()}


async def posted_once_each(office: Post, account, cutter, tries: int = 20) -> list[str]:
    """Post with every answer cut off once; return the texts."""
    texts = [TEXT.format(number, number) for number in range(tries)]
    for text in texts:
        cutter.next = 1
        office.outbox.add(letter(account, text), account)
        await office.until_settled()
        assert cutter.next == 0
    assert {item.state for item in office.outbox.store.all()} == {State.SENT}
    return texts


@pytest.mark.skipif(SNAC is None, reason="snac is not there")
async def test_snac(tmp_path: Path) -> None:
    async with (
        snac(tmp_path / "snac") as (port, password),
        cutting(port, "/api/v1/statuses") as cutter,
        post_office(tmp_path) as office,
    ):
        address = await office.connecting.begin_mastodon(cutter.url, BACK)
        back = await say_yes(address, port, password)
        account = await office.connecting.end_mastodon(state=back["state"], code=back["code"])
        await office.connecting.check(account.id)
        texts = await posted_once_each(office, account, cutter)
        items = office.outbox.store.all()
        assert len({item.remote for item in items}) == len(texts)
        token = json.loads(office.memory.secrets[account.secret_name])["token"]
        there = await Mastodon(office.carrier.api(cutter.url)).since(token, account.remote_id, ())
        assert len(there) == len(texts)
        try:  # snac 2.75 does not delete by this API; then it must not be said to be deleted
            await office.outbox.delete(items[0].id)
        except SharingError:
            assert office.outbox.find(items[0].id).state is State.SENT
        await office.connecting.disconnect(account.id)


@asynccontextmanager
async def pds() -> AsyncIterator[int]:
    """Run Bluesky's PDS; yield its port."""
    port, script = free_port(), Path(__file__).with_name("atproto_server.cjs")
    process = await asyncio.create_subprocess_exec(
        "node",
        str(script),
        str(port),
        str(free_port()),
        env={**os.environ, "NODE_PATH": str(NODE_MODULES)},
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(120):
            while b"READY" not in (line := await process.stdout.readline()):
                assert line, "the PDS ended"
        yield port
    finally:
        process.terminate()
        await process.wait()


async def ask(url: str, method: str, body: dict, token: str = "") -> dict:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with (
        aiohttp.ClientSession() as client,
        client.post(f"{url}/xrpc/{method}", json=body, headers=headers) as answer,
    ):
        assert answer.status == 200, await answer.text()
        return json.loads(await answer.text() or "{}")


@pytest.mark.skipif(not (NODE_MODULES / "@atproto" / "dev-env").is_dir(), reason="@atproto/dev-env is not there")
async def test_bluesky(tmp_path: Path) -> None:
    async with (
        pds() as port,
        cutting(port, "/xrpc/com.atproto.repo.putRecord") as cutter,
        post_office(tmp_path) as office,
    ):
        who = {"handle": "ada.test", "email": "ada@example.org", "password": "her own and long"}
        made = await ask(cutter.url, "com.atproto.server.createAccount", who)
        app = await ask(cutter.url, "com.atproto.server.createAppPassword", {"name": "passport"}, made["accessJwt"])
        account = await office.connecting.connect_bluesky("ada.test", app["password"], cutter.url)
        await office.connecting.check(account.id)
        texts = await posted_once_each(office, account, cutter)
        async with aiohttp.ClientSession() as client:
            query = {"repo": account.remote_id, "collection": "app.bsky.feed.post", "limit": "100"}
            async with client.get(f"{cutter.url}/xrpc/com.atproto.repo.listRecords", params=query) as answer:
                records = (await answer.json())["records"]
        assert sorted(record["value"]["text"] for record in records) == sorted(texts)
        assert all(record["value"]["embed"]["images"][0]["alt"] for record in records)
        assert all(len(record["value"]["facets"]) == 2 for record in records)
        item = office.outbox.store.all()[0]
        assert (await office.outbox.delete(item.id)).state is State.DELETED
        gone = {"accessJwt": made["accessJwt"]}
        await ask(cutter.url, "com.atproto.server.revokeAppPassword", {"name": "passport"}, gone["accessJwt"])
        last = office.outbox.add(letter(account, "after the end"), account)
        assert (await office.outbox.attempt(last.id)).state is State.FAILED

"""What places for a site may do to it, one by one: hang, ask for patience, move on, and names that no folder likes."""

from __future__ import annotations

import asyncio
import dataclasses
import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.sharing.test_sharing_outbox import HARD_NAMES
from tests.sharing.test_sharing_site import badge, built, site
from tests.sharing.test_sharing_targets import FIRST, SECOND, checkout
from tests.sharing.test_sharing_targets import content as in_folder
from tests.sharing.test_sharing_webdav import content, dav, target  # noqa: F401 (a fixture)
from tests.sharing.webdav_server import Dav, running

from passport.errors import SharingError
from passport.fetching.uploading import MANNER, Answer, Uploader
from passport.settings import NetworkSettings
from passport.sharing.site.git import GitRepository
from passport.sharing.site.model import SiteCollection
from passport.sharing.site.targets import Folder
from passport.sharing.site.webdav import WebDav

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not there")


@pytest.mark.parametrize(
    "status",
    ["408 Request Timeout", "429 Too Many Requests", "423 Locked", "502 Bad Gateway", "504 Gateway Timeout"],
)
async def test_a_webdav_server_that_asks_for_patience_is_asked_again(dav: Dav, status: str) -> None:  # noqa: F811 (a fixture)
    asked: set[tuple[str, str]] = set()

    def busy_at_first(method: str, path: str, _count: int) -> str | None:
        new = (method, path) not in asked
        asked.add((method, path))
        return status if new else None

    dav.answer = busy_at_first
    place = target(dav)
    await place.publish(FIRST, await place.plan(FIRST))
    assert content(dav) == FIRST


@pytest.mark.parametrize(("asked", "waited"), [("7", 7.0), ("86400", 30.0), ("soon", 0.25), ("-1", 0.25), ("", 0.25)])
def test_how_long_a_webdav_server_may_ask_us_to_wait(asked: str, waited: float) -> None:
    place = WebDav(address="http://127.0.0.1:9/", connect=lambda: Uploader(NetworkSettings()), pause_s=0.25)
    assert place._pause(Answer(429, {"retry-after": asked}, b""), 0) == waited


class Hurried(Uploader):
    """Waits for no answer longer than a moment."""

    def __init__(self) -> None:
        super().__init__(NetworkSettings(), manner=dataclasses.replace(MANNER, read_s=0.4))


@pytest.mark.parametrize("stuck_at", ["GET", "MKCOL", "PUT", "MOVE"])
async def test_a_webdav_server_that_hangs_keeps_the_old_site(dav: Dav, stuck_at: str) -> None:  # noqa: F811 (a fixture)
    place = target(dav)
    await place.publish(FIRST, await place.plan(FIRST))
    released, hurried = threading.Event(), dataclasses.replace(place, connect=Hurried)

    def answer(method: str, path: str, _count: int) -> str | None:
        if method == stuck_at and not path.endswith("/manifest"):
            released.wait(20)
        return None

    dav.answer = answer
    try:
        with pytest.raises(SharingError, match="cannot be reached"):
            await hurried.publish(SECOND, await hurried.plan(SECOND))
        assert content(dav)["index.html"] == FIRST["index.html"]
    finally:
        released.set()
        dav.answer = lambda _method, _path, _count: None
    await place.publish(SECOND, await place.plan(SECOND))
    assert content(dav).items() >= SECOND.items()


class Slow(Uploader):
    """Leaves the server time to close what it thinks idle."""

    def __init__(self) -> None:
        super().__init__(NetworkSettings())

    async def __call__(self, method, url, headers, body=b"") -> Answer:
        await asyncio.sleep(0.1)
        return await super().__call__(method, url, headers, body)


async def test_a_webdav_server_that_closes_idle_connections_is_no_obstacle(tmp_path: Path) -> None:
    with running(tmp_path / "dav", idle_s=0.03) as server:
        place = dataclasses.replace(target(server), connect=Slow)
        for files in (FIRST, SECOND):
            await place.publish(files, await place.plan(files))
            assert content(server) == files


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    subprocess.run(["git", "init", "--quiet", "--bare", str(tmp_path / "remote.git")], check=True)
    return tmp_path / "remote.git"


@needs_git
@pytest.mark.skipif(os.name == "nt", reason="a hook of the shell")
def test_a_remote_that_moves_on_between_looking_and_pushing_is_looked_at_again(remote: Path, tmp_path: Path) -> None:
    """A colleague's push arrives while ours is under way: once."""
    place = GitRepository(str(remote), tmp_path / "work")
    place.publish(FIRST)
    hook = remote / "hooks" / "pre-receive"
    hook.write_text(
        "#!/bin/sh\n[ -e moved ] && exit 0\ntouch moved\nunset GIT_QUARANTINE_PATH\n"
        "new=$(git -c user.name=x -c user.email=x@x commit-tree -p gh-pages -m theirs gh-pages^{tree})\n"
        "git update-ref refs/heads/gh-pages $new\n"
    )
    hook.chmod(0o755)
    place.publish(SECOND)
    assert (remote / "moved").exists()
    assert checkout(remote, tmp_path / "one") == SECOND
    told = subprocess.run(
        ["git", "log", "--format=%s", "gh-pages"], cwd=remote, check=True, capture_output=True, text=True
    )
    assert told.stdout.split("\n").count("theirs") == 1, "what they pushed is still there"


@pytest.fixture
def silent() -> Iterator[int]:
    """A port that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        yield server.getsockname()[1]


@needs_git
def test_a_git_server_that_hangs_is_left(silent: int, tmp_path: Path) -> None:
    place = GitRepository(f"http://127.0.0.1:{silent}/x.git", tmp_path / "work", timeout_s=1.0)
    with pytest.raises(SharingError, match="does not answer"):
        place.publish(FIRST)


@needs_git
def test_a_git_server_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(SharingError, match="git ls-remote failed"):
        GitRepository("http://127.0.0.1:9/x.git", tmp_path / "work").plan(FIRST)


async def test_hard_names_reach_every_kind_of_place(dav: Dav, remote: Path, tmp_path: Path) -> None:  # noqa: F811 (a fixture)
    names = [*HARD_NAMES, "x" * 300, "../../etc/passwd", "CON", ".git", "a/b\\c", "index.html"]
    badges = [badge(number, name=name, issuer=name, id=f"{number:06}aaaaaaaaaa") for number, name in enumerate(names)]
    shelves = [SiteCollection(id=f"collection:{n}", name=name, badges=(badges[0].id,)) for n, name in enumerate(names)]
    files = dict(built(site(*badges, collections=tuple(shelves))))
    Folder(tmp_path / "site").publish(files)
    assert in_folder(tmp_path / "site") == files
    place = target(dav)
    await place.publish(files, await place.plan(files))
    assert content(dav) == files
    if shutil.which("git"):
        await asyncio.to_thread(GitRepository(str(remote), tmp_path / "work").publish, files)
        assert await asyncio.to_thread(checkout, remote, tmp_path / "one") == files

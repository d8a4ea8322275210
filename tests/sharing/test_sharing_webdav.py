"""Publishing to a WebDAV server: only what differs, never a half site, and every refusal in words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.sharing.test_sharing_targets import FIRST, SECOND
from tests.sharing.webdav_server import PASSWORD, USER, Dav, running

from passport.errors import SharingError
from passport.fetching.uploading import Uploader
from passport.settings import NetworkSettings
from passport.sharing.site.places import Key, Places, folder_address, refuse_open_password
from passport.sharing.site.plan import MANIFEST, STAGE, Plan
from passport.sharing.site.webdav import WebDav


@pytest.fixture
def dav(tmp_path: Path) -> Iterator[Dav]:
    with running(tmp_path / "dav") as server:
        yield server


def target(dav: Dav, **more: str) -> WebDav:
    return WebDav(address=dav.address, connect=lambda: Uploader(NetworkSettings()), pause_s=0.01, **more)  # type: ignore[arg-type] # texts


async def publish(dav: Dav, files: dict[str, bytes], **more: str) -> Plan:
    place = target(dav, **more)
    plan = await place.plan(files)
    await place.publish(files, plan)
    return plan


def content(dav: Dav) -> dict[str, bytes]:
    root = dav.root / "site"
    files = [file for file in root.rglob("*") if file.is_file() and file.name != MANIFEST]
    return {str(file.relative_to(root)): file.read_bytes() for file in files}


async def test_a_server_gets_what_differs_and_loses_what_is_no_longer_public(dav: Dav) -> None:
    assert len((await publish(dav, FIRST)).write) == 4
    assert content(dav) == FIRST
    plan = await publish(dav, SECOND)
    assert plan.write == ("badges/b/index.html", "index.html")
    assert content(dav) == SECOND
    assert not (dav.root / "site" / "badges" / "a").exists()
    dav.asked.clear()
    assert (await publish(dav, SECOND)).write == ()
    assert {method for method, _ in dav.asked} == {"GET"}


async def test_a_record_that_cannot_be_read_is_not_taken_for_none(dav: Dav) -> None:
    await publish(dav, FIRST)
    (dav.root / "site" / MANIFEST).write_bytes(b'{"version": 1, "files": {"ind')
    with pytest.raises(SharingError, match="did not put there"):
        await target(dav).plan(SECOND)
    assert content(dav) == FIRST


async def test_planning_changes_nothing(dav: Dav) -> None:
    await publish(dav, FIRST)
    dav.asked.clear()
    await target(dav).plan(SECOND)
    assert {method for method, _ in dav.asked} == {"GET"}
    assert content(dav) == FIRST


@pytest.mark.parametrize(
    ("method", "status", "said"),
    [
        ("PUT", "507 Insufficient Storage", "no room"),
        ("PUT", "403 Forbidden", "does not let you in"),
        ("PUT", "500 Internal Server Error", "refuses PUT"),
        ("MKCOL", "403 Forbidden", "does not let you in"),
        ("GET", "401 Unauthorized", "does not let you in"),
        ("GET", "301 Moved", "folder is at"),
    ],
)
async def test_the_old_site_stays_whole_when_the_server_refuses(dav: Dav, method: str, status: str, said: str) -> None:
    await publish(dav, FIRST)
    dav.answer = lambda asked, _path, _count: status if asked == method else None
    with pytest.raises(SharingError, match=said):
        await publish(dav, SECOND)
    assert content(dav) == FIRST


async def test_after_an_interruption_the_next_publication_makes_it_whole(dav: Dav) -> None:
    await publish(dav, FIRST)
    moved = 0

    def break_off(method: str, _path: str, _count: int) -> str | None:
        nonlocal moved
        moved += method == "MOVE"
        return "410 Gone" if moved > 2 else None

    dav.answer = break_off
    with pytest.raises(SharingError):
        await publish(dav, {"badges/b/index.html": b"b", "index.html": b"two", "badges/c/index.html": b"secret"})
    dav.answer = lambda _method, _path, _count: None
    await publish(dav, SECOND)
    assert content(dav) == SECOND
    assert not (dav.root / "site" / STAGE).exists()


async def test_a_busy_server_is_asked_again(dav: Dav) -> None:
    dav.answer = lambda _method, _path, count: "503 Busy" if count % 3 == 0 else None
    await publish(dav, FIRST)
    assert content(dav) == FIRST


async def test_a_folder_with_foreign_files_is_refused(dav: Dav) -> None:
    (dav.root / "site").mkdir()
    (dav.root / "site" / "thesis.txt").write_text("years of work")
    with pytest.raises(SharingError, match="did not put there"):
        await publish(dav, FIRST)
    assert content(dav) == {"thesis.txt": b"years of work"}


async def test_a_name_and_a_password_open_the_door(tmp_path: Path) -> None:
    with running(tmp_path / "dav", locked=True) as dav:
        await publish(dav, FIRST, user=USER, password=PASSWORD)
        assert content(dav) == FIRST
        for wrong in ({}, {"user": USER, "password": "wrong"}):
            with pytest.raises(SharingError, match="does not let you in"):
                await publish(dav, SECOND, **wrong)
        assert content(dav) == FIRST


async def test_a_folder_deep_below_is_made(dav: Dav, tmp_path: Path) -> None:
    deep = WebDav(
        address=dav.address + "a/ö b/".replace("ö b", "%C3%B6%20b"), connect=lambda: Uploader(NetworkSettings())
    )
    await deep.publish(FIRST, await deep.plan(FIRST))
    assert (dav.root / "site" / "a" / "ö b" / "index.html").read_bytes() == b"one"


async def test_a_server_that_is_not_there_is_said() -> None:
    place = WebDav(address="http://127.0.0.1:9/site/", connect=lambda: Uploader(NetworkSettings()), pause_s=0.01)
    with pytest.raises(SharingError, match="cannot be reached"):
        await place.plan(FIRST)


async def test_an_address_is_known_by_what_its_server_says(dav: Dav, tmp_path: Path) -> None:
    places = Places(clones=tmp_path, connect=lambda: Uploader(NetworkSettings()))
    assert isinstance(await places.find(dav.address.rstrip("/"), Key()), WebDav)
    assert isinstance(await places.find("webdav+https://cloud.example/x", Key()), WebDav)
    assert not isinstance(await places.find("https://github.com/ann/ann.git", Key()), WebDav)
    assert not isinstance(await places.find(str(tmp_path), Key()), WebDav)


@pytest.mark.parametrize("address", ["webdav+https://", "https://a.example/?x=1", "https://a.example/#x"])
def test_what_is_no_address_of_a_folder_is_refused(address: str) -> None:
    with pytest.raises(SharingError):
        folder_address(address)


async def test_a_password_in_an_address_is_refused(tmp_path: Path) -> None:
    places = Places(clones=tmp_path, connect=lambda: Uploader(NetworkSettings()))
    with pytest.raises(SharingError, match="does not belong"):
        await places.find("https://ann:secret@cloud.example/dav/", Key())


async def test_a_long_manifest_is_read_whole(dav: Dav) -> None:
    """It comes in many pieces; half of it would be none, and nothing could ever be taken back."""
    many = FIRST | {f"badges/{number:040d}/index.html": b"x" for number in range(40)}
    await publish(dav, many)
    manifest = dav.root / "site" / MANIFEST
    manifest.write_text(" " * (3 << 20) + manifest.read_text())
    assert len((await publish(dav, FIRST)).remove) == 40
    assert content(dav) == FIRST


@pytest.mark.parametrize("host", ["cloud.example", "8.8.8.8", "localhost.example"])
def test_a_password_does_not_cross_the_internet_in_the_open(host: str) -> None:
    with pytest.raises(SharingError, match="https alone"):
        refuse_open_password(f"http://{host}/dav/", Key("ada", "secret"))
    refuse_open_password(f"https://{host}/dav/", Key("ada", "secret"))
    refuse_open_password(f"http://{host}/dav/", Key())


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "[::1]:8080", "192.168.1.7", "localhost", "nas", "nas.local"])
def test_a_server_at_home_may_do_without_tls(host: str) -> None:
    refuse_open_password(f"http://{host}/dav/", Key("ada", "secret"))

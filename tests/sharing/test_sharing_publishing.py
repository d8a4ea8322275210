"""Publishing as a whole: a change costs what it changes, what is private is nowhere, and the page follows by itself."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest
from tests.issuer import Issuer, picture
from tests.sharing.sharing_material import ANN, take
from tests.sharing.site_material import gatherer, keep, opened, publisher, signed_file

from passport.errors import SharingError
from passport.sharing.republishing import Last, Republisher, concerns
from passport.sharing.site.plan import STAGE
from passport.sharing.site.targets import Folder
from passport.vault.model import Change
from passport.vault.vault import Vault

CANARY = "Quetzalcoatlus"
"""Stands in everything that is private, and must stand nowhere else."""


class Work:
    """The worker's interface: counts what it is asked."""

    def __init__(self) -> None:
        self.drawn = 0

    async def thumbnail(self, file: bytes, size: int) -> bytes | None:
        self.drawn += 1
        return picture(size=8)

    async def clean_markdown(self, text: str) -> str:
        return "<p>cleaned</p>"


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return opened(tmp_path)


def everything(folder: Path) -> bytes:
    return b"".join(str(file).encode() + file.read_bytes() for file in folder.rglob("*") if file.is_file())


async def test_a_change_costs_what_it_changes(vault: Vault, tmp_path: Path) -> None:
    maker, work, target = Issuer(), Work(), str(tmp_path / "site")
    entries = [keep(vault, signed_file(maker, number, name=f"Badge {number}")) for number in range(4)]
    await publisher(tmp_path).publish(gatherer(vault, work, tmp_path), target)
    assert work.drawn == 4
    again = await publisher(tmp_path).publish(gatherer(vault, work, tmp_path), target)
    assert (again.plan.write, again.plan.remove, work.drawn) == ((), (), 4)
    vault.decide(entries[0].subject, {"note": "for me alone", "visibility": "private"})
    one = await publisher(tmp_path).publish(gatherer(vault, work, tmp_path), target)
    assert all("badge-0" in path for path in one.plan.remove)
    assert {path.split("/")[0] for path in one.plan.write} <= {"index.html", "feed.xml", "sitemap.xml", "cv"}
    assert b"Badge 0" not in everything(tmp_path / "site")
    elsewhere = await publisher(tmp_path).publish(gatherer(vault, work, tmp_path), str(tmp_path / "other"))
    assert elsewhere.plan.remove == ()
    assert everything(tmp_path / "other").replace(b"/other/", b"/site/") == everything(tmp_path / "site")


async def test_a_page_without_a_name_says_of_nobody_that_it_is_theirs(vault: Vault, tmp_path: Path) -> None:
    keep(vault, signed_file(Issuer(), 1))
    await publisher(tmp_path).publish(gatherer(vault, Work(), tmp_path), str(tmp_path / "site"))
    (page,) = (tmp_path / "site" / "badges").glob("*/index.html")
    assert 'data-shown="recipient"' not in page.read_text()
    vault.decide("profile", {"name": "Ann Example"})
    await publisher(tmp_path).publish(gatherer(vault, Work(), tmp_path), str(tmp_path / "site"))
    assert 'data-shown="recipient">Ann Example<' in page.read_text()


async def test_nothing_private_is_ever_written(vault: Vault, tmp_path: Path) -> None:
    shown = keep(vault, signed_file(Issuer(), 1, name="Shown"))
    hidden = keep(vault, signed_file(Issuer("https://b.example", name=CANARY), 2, name=f"{CANARY} hidden"))
    vault.decide(hidden.subject, {"visibility": "private"})
    vault.decide(shown.subject, {"note": CANARY, f"tag:{CANARY}": True})
    vault.decide("collection:x", {"name": CANARY, f"member:{shown.id}": "1"})
    vault.decide("cv:secret", {"version": 2, "headline": CANARY, "sections": [{"kind": "text", "text": CANARY}]})
    vault.decide("goal:x", {"name": CANARY})
    vault.decide("profile", {f"identity:{CANARY}@example.org": True, "name": "Ann"})
    await publisher(tmp_path).publish(gatherer(vault, Work(), tmp_path), str(tmp_path / "site"))
    assert b"Shown" in everything(tmp_path / "site")
    assert CANARY.encode() not in everything(tmp_path / "site")


async def test_an_address_is_nowhere_until_the_owner_agrees_for_that_badge(vault: Vault, tmp_path: Path) -> None:
    first, second = take(vault, 1), take(vault, 2)
    found = gatherer(vault, Work(), tmp_path)
    done = await publisher(tmp_path).publish(found, str(tmp_path / "site"))
    assert len(done.withheld) == 2
    assert ANN.encode() not in everything(tmp_path / "site")
    vault.decide(first.subject, {"show-original": True})
    done = await publisher(tmp_path).publish(found, str(tmp_path / "site"))
    assert [name for name, _ in done.withheld] == [second.name]
    originals = [file.parent.name for file in (tmp_path / "site" / "badges").glob("*/2*.png")]
    assert [name.endswith(first.id[:6]) for name in originals] == [True]


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_a_web_server_may_read_what_is_published(tmp_path: Path) -> None:
    before = os.umask(0o077)  # as the daemon has it
    try:
        Folder(tmp_path / "www" / "passport").publish({"index.html": b"home", "badges/knot/index.html": b"knot"})
    finally:
        os.umask(before)
    www = tmp_path / "www"
    modes = {path.relative_to(www).as_posix(): oct(path.stat().st_mode & 0o777) for path in www.rglob("*")}
    assert {modes[name] for name in ("passport", "passport/badges", "passport/badges/knot")} == {"0o755"}
    assert {modes[f"passport/{name}"] for name in ("index.html", "badges/knot/index.html")} == {"0o644"}
    assert www.stat().st_mode & 0o777 == 0o755


async def test_a_full_disk_leaves_the_old_site(vault: Vault, tmp_path: Path) -> None:
    keep(vault, signed_file(Issuer(), 1))
    found, target = gatherer(vault, Work(), tmp_path), tmp_path / "site"
    await publisher(tmp_path).publish(found, str(target))
    before = everything(target)
    (target / STAGE).write_text("a file stands where new files should wait")
    (target / STAGE).chmod(0)
    vault.decide("profile", {"name": "Somebody else"})
    with pytest.raises(SharingError, match="cannot be written"):
        await publisher(tmp_path).publish(found, str(target))
    (target / STAGE).unlink()
    assert everything(target) == before


def change(subject: str, *keys: str, kind: str = "changed") -> Change:
    return Change(kind=kind, subject=subject, keys=keys)


def test_only_what_shows_concerns_the_page() -> None:
    for heard in (change("badge:a", "visibility"), change("cv:x", "sections"), change("profile", "name"), change("", kind="reindexed"), change("badge:b", kind="added")):  # fmt: skip # noqa: E501 (one list)
        assert concerns(heard), heard
    for deaf in (change("badge:a", "note"), change("badge:a", "rating", "state"), change("goal:x", "name"), change("issuer:x", "known")):  # fmt: skip # noqa: E501 (one list)
        assert not concerns(deaf), deaf


async def test_many_changes_are_published_once_and_a_failure_is_tried_again() -> None:
    done, wanted = asyncio.Queue[int](), True
    count = 0

    async def publish() -> None:
        nonlocal count
        count += 1
        done.put_nowait(count)

    again = Republisher(publish, wanted=lambda: wanted, delay_s=lambda: 0.05)
    again.start()
    for _ in range(20):
        again.tell(change("badge:a", "visibility"))
    assert await asyncio.wait_for(done.get(), 30) == 1
    wanted = False
    again.tell(change("badge:a", "visibility"))
    await asyncio.sleep(0.3)
    assert count == 1
    wanted = True
    again.tell(change("badge:a", "visibility"))
    assert await asyncio.wait_for(done.get(), 30) == 2
    await again.end()


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b'{"target": 7, "odd": 1}', b'"x"'])
def test_a_record_that_cannot_be_read_is_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "last.json").write_bytes(content)
    assert Last.read(tmp_path / "last.json").problem == ""

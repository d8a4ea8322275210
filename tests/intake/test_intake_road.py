"""The road, end to end: real bytes, a real worker, a real vault, and an issuer in memory as the network."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.issuer import Issuer, picture

from passport.intake.road import Intake
from passport.intake.taken import Progress, Taken
from passport.settings import Places, Settings
from passport.vault.model import Origin
from passport.vault.vault import Vault
from passport.verification.documents import RemoteDocument
from passport.workers import Workers

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
ANN = "ann@example.org"
HERE = Origin(kind="import", detail="test")


@dataclass
class Network:
    """What answers: an issuer, or nobody. Counts."""

    issuer: Callable[[str], Awaitable[RemoteDocument]] | None = None
    asked: list[str] = field(default_factory=list)

    async def __call__(self, url: str) -> RemoteDocument:
        self.asked.append(url)
        if self.issuer is None:
            return RemoteDocument(url=url, fetched_at="2026-06-01T12:00:00Z", problem="The host does not answer.")
        return await self.issuer(url)


@dataclass
class Passport:
    intake: Intake
    vault: Vault
    network: Network


@pytest.fixture
async def passport(tmp_path: Path) -> AsyncIterator[Passport]:
    vault = Vault.open(Places.from_environment({"BADGE_PASSPORT_HOME": str(tmp_path / "home")}), clock=lambda: NOW)
    network = Network()
    async with Workers() as workers:
        yield Passport(Intake(vault, workers, network, Settings(identities=(ANN,)), lambda: NOW), vault, network)
    vault.close()


def results(taken: list[Taken]) -> list[str]:
    return [f"{one.result} {one.entry.verdict}" if one.entry else one.result for one in taken]


async def test_a_hosted_badge_is_fetched_verified_and_kept(passport: Passport) -> None:
    issuer = Issuer("https://issuer.example")
    passport.network.issuer = issuer
    file = issuer.hosted_badge(recipient=ANN)
    taken = await passport.intake.take(file, origin=HERE, name="knot.png")
    assert results(taken) == ["added verified"]
    entry = taken[0].entry
    assert entry is not None
    assert passport.vault.original(entry.sha256) == file
    assert set(passport.network.asked) <= set(passport.vault.documents(entry.id))
    assert entry.state == "accepted"
    assert results(await passport.intake.take(file, origin=HERE, name="again.png")) == ["already-there verified"]


async def test_a_dead_issuer_leaves_it_unconfirmed_and_new(passport: Passport) -> None:
    file = Issuer("https://issuer.example").hosted_badge(recipient=ANN)
    (taken,) = await passport.intake.take(file, origin=HERE, name="knot.png")
    assert results([taken]) == ["added unconfirmed"]
    assert taken.entry is not None
    assert taken.entry.state == "new"


async def test_when_the_issuer_comes_back_it_is_verified_anew(passport: Passport) -> None:
    issuer = Issuer("https://issuer.example")
    (taken,) = await passport.intake.take(issuer.hosted_badge(recipient=ANN), origin=HERE, name="knot.png")
    passport.network.issuer = issuer
    assert taken.entry is not None
    again = await passport.intake.reverify(taken.entry.id)
    assert again is not None
    assert again.verdict == "verified"
    assert len([e for e in passport.vault.history(again.subject) if e.key.startswith("report")]) == 2


async def test_a_badge_for_somebody_else_waits(passport: Passport) -> None:
    issuer = Issuer("https://issuer.example")
    passport.network.issuer = issuer
    (taken,) = await passport.intake.take(issuer.hosted_badge(recipient="bob@example.org"), origin=HERE, name="k.png")
    assert taken.entry is not None
    assert (taken.entry.verdict, taken.entry.state) == ("not-yours", "new")
    passport.vault.decide("profile", {"identity:bob@example.org": True})
    again = await passport.intake.reverify(taken.entry.id, offline=True)
    assert again is not None
    assert again.verdict == "verified"


@pytest.mark.parametrize("file", [b"", b"hello", picture(), b"{}", b"\x89PNG\r\n\x1a\n" + b"x" * 50])
async def test_what_holds_no_badge_is_not_kept(passport: Passport, file: bytes) -> None:
    taken = await passport.intake.take(file, origin=HERE, name="x")
    assert {one.result for one in taken} <= {"no-badge", "refused"}
    assert passport.vault.search().total == 0


async def test_what_was_removed_for_good_comes_back_by_hand_only(passport: Passport) -> None:
    issuer = Issuer("https://issuer.example")
    passport.network.issuer = issuer
    badge = issuer.hosted_badge(recipient=ANN)
    (taken,) = await passport.intake.take(badge, origin=HERE, name="badge.png")
    assert taken.entry
    passport.vault.decide(taken.entry.subject, {"trashed": True})
    passport.vault.purge(taken.entry.id)
    watched = Origin(kind="watched", detail="Downloads/badge (1).png")
    assert results(await passport.intake.take(badge, origin=watched, name="badge (1).png")) == ["no-badge"]
    assert passport.vault.search("").total == 0
    assert results(await passport.intake.take(badge, origin=HERE, name="badge.png")) == ["added verified"]


async def test_an_archive_gives_each_of_its_badges(passport: Passport) -> None:
    issuer = Issuer("https://issuer.example")
    passport.network.issuer = issuer
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("a.png", issuer.hosted_badge(recipient=ANN, name="One"))
        archive.writestr("b.png", issuer.hosted_badge(recipient=ANN, name="Two"))
        archive.writestr("readme.txt", "hello")
    taken = await passport.intake.take(stream.getvalue(), origin=HERE, name="export.zip")
    assert results(taken) == ["added verified"] * 2


async def test_an_address_is_taken_in(passport: Passport) -> None:
    issuer = Issuer("https://issuer.example")
    passport.network.issuer = issuer
    file = issuer.hosted_badge(recipient=ANN)
    where = issuer.serve("/picture.png", file, content_type="image/png")
    assert results(await passport.intake.take_url(where)) == ["added verified"]
    (nothing,) = await passport.intake.take_url("https://issuer.example/nothing-here")
    assert nothing.result == "refused"
    assert nothing.reason


async def test_folders_are_taken_in_with_progress(passport: Passport, tmp_path: Path) -> None:
    issuer = Issuer("https://issuer.example")
    passport.network.issuer = issuer
    folder = tmp_path / "downloads" / "deep"
    folder.mkdir(parents=True)
    for number in range(5):
        (folder / f"{number}.png").write_bytes(issuer.hosted_badge(recipient=ANN, name=f"Badge {number}"))
    (folder / "notes.txt").write_text("hello")
    (folder / "link.png").symlink_to(folder / "0.png")
    found = [one async for one in passport.intake.import_all([tmp_path / "downloads", tmp_path / "gone.png"], [])]
    taken = [one for one in found if isinstance(one, Taken)]
    assert sorted(one.result for one in taken) == ["added"] * 5 + ["no-badge"] + ["refused"] * 2
    assert [one for one in found if isinstance(one, Progress)][-1] == Progress(done=8, total=8)
    assert passport.vault.search().total == 5


async def test_a_huge_file_is_not_read(passport: Passport, tmp_path: Path) -> None:
    huge = tmp_path / "huge.png"
    with huge.open("wb") as stream:
        stream.write(b"\x89PNG\r\n\x1a\n")
        stream.truncate(1 << 30)
    (taken,) = await passport.intake.take_path(huge)
    assert taken.result == "refused"
    assert "larger than" in (taken.reason or "")


async def test_a_document_without_picture_gets_the_achievements(passport: Passport) -> None:
    issuer = Issuer("https://issuer.example")
    file = issuer.hosted_badge(recipient=ANN)
    passport.network.issuer = issuer
    (report,) = (await passport.intake.examine(file)).reports
    assert report.credential is not None
    statement = report.credential.source
    image = report.credential.subject.achievement.image
    taken = await passport.intake.take(statement.encode(), origin=HERE, name="a.json")
    assert results(taken) == ["added verified"]
    entry = taken[0].entry
    assert entry is not None
    if image is not None and image.id.startswith("https:"):
        assert image.id in passport.vault.documents(entry.id)
    assert json.loads(statement)

"""The diary of what came in and what went out: newest first, bounded, private, and no trouble when it is damaged."""

from __future__ import annotations

import os
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from passport.fetching import Asked
from passport.fetching.posting import NotReachedError, Reply, Sending, observed
from passport.intake.diary import MOST, Diary
from passport.intake.taken import Taken, no_badge, refused
from passport.vault.model import Origin

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ORIGIN = Origin(kind="watched", detail="/home/o/Downloads/a.png")


def diary(file: Path | None = None) -> Diary:
    return Diary(file, lambda: NOW)


def request(number: int = 1, problem: str | None = None) -> Asked:
    status = 0 if problem else 200
    url = f"https://issuer.example/{number}"
    return Asked(url=url, at="2026-03-01T12:00:00Z", status=status, received=7, took_s=0.1, problem=problem)


def test_what_came_and_what_went_is_there_after_a_restart(tmp_path):
    file = tmp_path / "state" / "activity.jsonl"
    one = diary(file)
    one.took([Taken(result="added", name="a.png"), refused("b.zip", "It is locked."), no_badge("c.txt")], ORIGIN)
    one.asked(request(1))
    one.asked(request(2, "It is a private address."))
    for found in (one, diary(file)):
        assert [(line.what, line.result, line.detail) for line in found.imports(10)] == [
            ("c.txt", "no-badge", "There is no badge in it."),
            ("b.zip", "refused", "It is locked."),
            ("a.png", "added", "watched: /home/o/Downloads/a.png"),
        ]
        assert [(line.what, line.result) for line in found.requests(10)] == [
            ("https://issuer.example/2", "refused"),
            ("https://issuer.example/1", "200"),
        ]
        assert found.imports(1)[0].what == "c.txt"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600 or os.name != "posix"


@pytest.mark.parametrize("damage", [b"", b"{", b"\xff\n\n{}\n", b'{"at": 3}\n', b"\0" * 100])
def test_a_damaged_file_is_no_trouble(tmp_path, damage):
    file = tmp_path / "activity.jsonl"
    diary(file).asked(request(1))
    file.write_bytes(file.read_bytes() + damage)
    assert len(diary(file).requests(10)) == 1


def test_a_folder_that_cannot_be_written_is_no_trouble(tmp_path):
    (tmp_path / "state").write_text("a file where a folder should be")
    one = diary(tmp_path / "state" / "activity.jsonl")
    one.asked(request(1))
    assert len(one.requests(10)) == 1


def test_it_does_not_grow_for_ever(tmp_path):
    file = tmp_path / "activity.jsonl"
    one = diary(file)
    for number in range(MOST + 10):
        one.asked(request(number, "x" * 1000))
    assert len(one.requests(10**6)) == MOST
    for _ in range(4000):
        one.took([refused("n" * 900, "r" * 900)], ORIGIN)
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) < 3 << 20
    assert len(diary(file).imports(10**6)) > 1000


async def test_posts_are_noted_without_their_secrets():
    one = diary()

    async def send(sending: Sending) -> Reply:
        if "gone" in sending.url:
            raise NotReachedError("The host does not answer.")
        return Reply(status=201, headers={}, body=b"ok")

    noted = observed(send, one.asked, lambda: NOW)
    await noted(Sending(method="POST", url="https://social.example/api?token=geheim"))
    with pytest.raises(NotReachedError):
        await noted(Sending(method="GET", url="https://gone.example/"))
    assert [(line.what, line.result, line.detail) for line in one.requests(10)] == [
        ("GET https://gone.example/", "refused", "The host does not answer."),
        ("POST https://social.example/api", "201", ""),
    ]

"""Taking in what a browser found: bytes before addresses, addresses in order, and where it came from is remembered."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from passport.intake.capture import Candidate, best, capture, file_name, recall, remember, subject_of
from passport.vault.model import Entry, Origin

PAGE = "https://issuer.example/people/1"
GOOD = "https://issuer.example/a/1.json"
BAD = "https://issuer.example/a/none.json"


@dataclass
class Taken:
    result: str
    entry: Entry | None = None
    reason: str | None = None
    name: str = "x"


def entry(entry_id: str = "aaaaaaaaaaaaaaaa", *, trashed: bool = False) -> Entry:
    return Entry(
        id=entry_id, sha256="0" * 64, media_type="application/json", file_name="x", files=(), statement_index=0,
        name="Baker", issuer="Guild", issuer_id=None, verdict="verified", issuer_identity="domain", standard="2.0",
        securing="hosted", credential_id=GOOD, valid_from=None, valid_until=None, verified_at=None,
        added_at="2026-01-01T00:00:00Z", changed_at="2026-01-01T00:00:00Z", origin=Origin(kind="page", detail=PAGE),
        trashed=trashed,
    )  # fmt: skip


@dataclass
class Road:
    """Knows one good file and one good address."""

    asked: list[object] = field(default_factory=list)
    files: dict[bytes, Taken] = field(default_factory=dict)
    addresses: dict[str, Taken] = field(default_factory=dict)

    async def take(self, file, *, origin, name):
        self.asked.append((file, origin, name))
        return [self.files.get(file, Taken("no-badge"))]

    async def take_url(self, url, origin):
        self.asked.append((url, origin))
        return [self.addresses.get(url, Taken("refused", reason="Nobody answered."))]


@dataclass
class Memory:
    """A vault of one entry."""

    entries: dict[str, Entry] = field(default_factory=dict)
    said: dict[str, dict[str, object]] = field(default_factory=dict)

    def entry(self, entry_id):
        return self.entries.get(entry_id)

    def state(self, subject):
        return self.said.get(subject, {})

    def decide(self, subject, values):
        self.said.setdefault(subject, {}).update(values)


def candidate(**changes) -> Candidate:
    return Candidate(**{"page": PAGE, "name": "Baker", "addresses": (GOOD,), **changes})


async def test_bytes_come_before_addresses():
    road = Road(files={b"baked": Taken("added", entry())})
    got = await capture(candidate(file=b"baked"), road, Memory())
    assert got.result == "added"
    assert road.asked == [(b"baked", Origin(kind="page", detail=PAGE), "Baker")]


async def test_bytes_without_a_badge_leave_the_addresses():
    road = Road(addresses={GOOD: Taken("added", entry())})
    got = await capture(candidate(file=b"<html>", addresses=(BAD, GOOD)), road, Memory())
    assert got.result == "added"
    assert [each[0] for each in road.asked] == [b"<html>", BAD, GOOD]


async def test_what_is_there_already_is_not_fetched_again():
    road = Road(addresses={GOOD: Taken("already-there", entry())})
    got = await capture(candidate(addresses=(GOOD, BAD)), road, Memory())
    assert got.result == "already-there"
    assert len(road.asked) == 1


@pytest.mark.parametrize(
    ("road", "result", "reason"),
    [
        (Road(), "refused", "Nobody answered."),
        (Road(addresses={GOOD: Taken("no-badge")}), "no-badge", None),
        (Road(addresses={GOOD: Taken("refused", reason="Too large.")}), "refused", "Too large."),
    ],
)
async def test_why_there_is_none_is_told(road, result, reason):
    memory = Memory()
    got = await capture(candidate(), road, memory)
    assert (got.result, got.reason, got.entry) == (result, reason, None)
    assert memory.said == {}


async def test_an_empty_answer_is_no_badge():
    assert best([]).result == "no-badge"


@pytest.mark.parametrize(
    ("results", "chosen"),
    [(["no-badge", "added"], "added"), (["already-there", "added"], "added"), (["no-badge", "refused"], "refused")],
)
def test_of_several_the_newest_is_told(results, chosen):
    assert best([Taken(result) for result in results]).result == chosen


async def test_where_it_came_from_is_remembered_by_a_hash_only():
    memory = Memory(entries={"aaaaaaaaaaaaaaaa": entry()})
    road = Road(addresses={GOOD: Taken("added", entry())})
    await capture(candidate(addresses=(GOOD, BAD)), road, memory)
    assert recall(memory, [BAD]) == entry()
    assert recall(memory, ["https://issuer.example/other"]) is None
    assert GOOD not in str(memory.said)
    assert len(subject_of(GOOD)) == len("capture:") + 32


def test_what_was_thrown_away_is_not_already_there():
    memory = Memory(entries={"aaaaaaaaaaaaaaaa": entry(trashed=True)})
    remember(memory, [GOOD], "aaaaaaaaaaaaaaaa")
    assert recall(memory, [GOOD]) is None


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"name": " A \n B "}, "A B"),
        ({"name": ""}, "1.json"),
        ({"name": "", "addresses": ()}, "badge"),
        ({"name": "x" * 500}, "x" * 120),
    ],
)
def test_the_file_is_called_as_the_page_calls_it(changes, name):
    assert file_name(candidate(**changes)) == name

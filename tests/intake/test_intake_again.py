"""Asking again: when, whom, how often; and what a failure may not do."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.intake.again_world import ANN, BEGIN, after, dies, life_in, other_picture

from passport.intake.again.asking import Turn, retry_after
from passport.intake.again.memory import Memory, MemoryFile, Note
from passport.intake.again.pace import LONGEST, PACES, due_at, wait_after
from passport.intake.again.sources import trouble_of
from passport.vault.verdicts import verdicts
from passport.verification import files
from passport.verification.documents import RemoteDocument


@pytest.fixture
def life(tmp_path):
    with life_in(tmp_path) as life:
        yield life


def answer(status=200, body=b"{}", **more) -> RemoteDocument:
    return RemoteDocument(
        url="https://a.example/1", fetched_at="2026-01-01T00:00:00Z", status=status, body=body, **more
    )


@pytest.mark.parametrize(
    ("document", "state"),
    [
        (answer(status=0, problem="The server cannot be reached."), "unreachable"),
        (answer(status=0, problem="The server could not prove who it is (TLS certificate)."), "unreachable"),
        (answer(503), "unreachable"),
        (answer(500, b'{"revoked": true}'), "unreachable"),
        (answer(403), "unreachable"),
        (answer(401), "unreachable"),
        (answer(429), "unreachable"),
        (answer(404), "gone"),
        (answer(404, b'{"revoked": true}'), "gone"),
        (answer(410, b"gone"), "gone"),
        (answer(410, b'{"revoked": false}'), "gone"),
        (answer(body=b"<html>buy this domain</html>"), "gone"),
        (answer(body=b""), "gone"),
        (answer(final_url="https://b.example/1"), "moved"),
        (answer(final_url="http://a.example/1"), "moved"),
    ],
)
def test_what_is_no_usable_answer(document, state):
    trouble = trouble_of(answer(), document)
    assert trouble is not None
    assert trouble.state == state
    assert trouble.why.endswith(".")


@pytest.mark.parametrize(
    "document",
    [
        answer(),
        answer(410, b'{"revoked": true}'),
        answer(body=b'{"other": 1}'),
        answer(final_url="https://a.example/2"),
    ],
)
def test_what_is_an_answer(document):
    assert trouble_of(answer(), document) is None


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("86400", 1),
        ("0", 0),
        ("99999999999999999999", 30),
        ("Sat, 03 Jan 2026 12:00:00 GMT", 2),
        ("soon", None),
        ("", None),
        ("-5", None),
        ("٣", None),
    ],
)
def test_how_long_a_host_asks_to_be_left_alone(text, days):
    until = retry_after(answer(503, headers=(("retry-after", text),)), BEGIN)
    assert until == (None if days is None else BEGIN + timedelta(days=days))


def test_waiting_grows_and_ends():
    waits = [wait_after(failures, "host") for failures in range(1, 40)]
    assert timedelta(hours=20) < waits[0] < timedelta(hours=28)
    assert max(waits) <= LONGEST * 1.15
    assert sum(wait < timedelta(days=365) for wait in waits) == len(waits)


def test_a_failure_while_it_rests_says_nothing_new():
    note = Note()
    for _ in range(5):
        note.failed(BEGIN, "host", "It is down.")
    assert note.failures == 1


@pytest.mark.parametrize("content", [b"", b"{", b'{"version": 99}', b'{"hosts": 5}', b"\x00" * 50])
def test_a_damaged_memory_is_none(tmp_path, content):
    (tmp_path / "again.json").write_bytes(content)
    assert MemoryFile(tmp_path / "again.json").load() == Memory()


async def test_expiring_ones_are_asked_more_often_than_those_for_ever(life):
    issuer = life.world.issuer("issuer")
    plain = await life.take(issuer.hosted_badge(recipient=ANN))
    ending = await life.take(issuer.hosted_badge(recipient=ANN, expires="2030-01-01T00:00:00Z"))
    quiet = await life.take(issuer.signed_badge(recipient=ANN))
    gentle, often = PACES["gentle"], PACES["often"]
    assert due_at(quiet, gentle) is None
    assert due_at(ending, often) < due_at(ending, gentle) < due_at(plain, gentle)
    life.vault.decide(plain.subject, {"trashed": True})
    assert due_at(life.now(plain), often) is None


@pytest.mark.parametrize("how", ["off", "paused", "offline"])
async def test_nobody_is_asked(life, how):
    await life.take(life.world.issuer("issuer").hosted_badge(recipient=ANN))
    life.level = "off" if how == "off" else "often"
    life.paused, life.online = how == "paused", how != "offline"
    await life.live(until=60)
    assert life.world.asked("issuer") == []


async def test_a_day_has_its_share_and_the_longest_waiting_come_first(life):
    issuer = life.world.issuer("issuer")
    badges = [await life.take(issuer.hosted_badge(recipient=ANN)) for _ in range(12)]
    life.world.questions.clear()
    small = replace(PACES["gentle"], a_day=4)
    life.clock.now += timedelta(days=60)
    turn = Turn(life.again._asking, small, life.clock)
    outcomes = [await life.again._check(badge, turn) for badge in badges]
    assert len(life.world.questions) == 4
    assert [one.complete for one in outcomes] == [True, True] + [False] * 10  # class and profile serve all
    assert {one.trouble.state for one in outcomes if one.trouble} == {"later"}
    assert all(life.now(badge).standing is None for badge in badges)
    assert all(life.now(badge).verdict == "verified" for badge in badges)


async def test_a_dead_host_costs_few_questions_however_many_badges(life):
    issuer = life.world.issuer("issuer", dies(1))
    other = life.world.issuer("other")
    for _ in range(10):
        await life.take(issuer.hosted_badge(recipient=ANN))
    live = await life.take(other.hosted_badge(recipient=ANN))
    await life.live(until=40)
    assert 1 <= len(life.world.asked("issuer")) <= 5  # after 1, 2, 4, 8 days
    assert life.now(live).verified_at > "2026-01-20"


async def test_a_dead_endorser_does_not_keep_a_badge_from_being_checked(life):
    issuer, friend = life.world.issuer("issuer"), life.world.issuer("friend", dies(1))
    document = {"@context": "https://w3id.org/openbadges/v2", "type": "Endorsement", "issuedOn": "2025-01-01T00:00:00Z"}
    url = friend.serve(
        "/endorsement", document | {"id": "https://friend.example/endorsement", "claim": issuer.url("/class")}
    )
    badge = await life.take(issuer.hosted_badge(recipient=ANN, endorsement=url))
    await life.live(until=120)
    assert life.now(badge).verified_at > "2026-04-01"
    assert life.now(badge).standing is None


async def test_the_owner_is_answered_also_while_a_host_rests(life):
    issuer = life.world.issuer("issuer", dies(10))
    badges = [await life.take(issuer.hosted_badge(recipient=ANN)) for _ in range(3)]
    await life.live(until=45)
    before = len(life.world.questions)
    found = [checked async for checked in life.again.check_all()]
    assert len(found) == 3
    assert len(life.world.questions) == before + 1  # and then no more: it does not answer
    assert {checked.trouble.state for checked in found} == {"unreachable"}
    life.world.changes.clear()
    assert (await life.again.check(badges[0].id)).complete
    assert life.now(badges[0]).verified_at > "2026-02-14"
    assert await life.again.check("nothing") is None


async def test_a_failed_check_leaves_report_and_documents_as_they_were(life):
    issuer = life.world.issuer("issuer")
    badge = await life.take(issuer.hosted_badge(recipient=ANN))
    report, documents = life.vault.report(badge.id), life.vault.documents(badge.id)
    for answered in ({"status": 0, "problem": "No."}, {"status": 404}, {"status": 500}, {"body": b"<html>"}):
        life.world.changes["issuer.example"] = after(0, **answered)
        life.clock.now += timedelta(days=100)
        checked = await life.again.check(badge.id)
        assert not checked.complete
        assert (life.vault.report(badge.id), life.vault.documents(badge.id)) == (report, documents)


async def test_what_was_withdrawn_and_is_not_any_more_is_told_so(life):
    issuer = life.world.issuer("issuer")
    badge = await life.take(issuer.jws_badge(recipient=ANN))
    issuer.revoke({"id": badge.credential_id})
    await life.again.check(badge.id)
    assert life.now(badge).verdict == "revoked"
    issuer.revoked.clear()
    issuer.serve("/revoked", issuer.revocation_list())
    life.clock.now += timedelta(days=1)
    await life.again.check(badge.id)
    assert life.now(badge).verdict == "verified"
    assert [j.verdict for j in verdicts(life.vault.history(badge.subject))] == ["verified", "revoked", "verified"]


async def test_another_picture_of_a_withdrawn_badge_does_not_hide_it(life):
    issuer = life.world.issuer("issuer")
    statement = json.dumps(issuer.assertion(ANN))
    badge = await life.take(issuer.baked(statement))
    assert (await life.take(other_picture(statement))).id == badge.id
    assert len(life.now(badge).files) == 2
    issuer.revoke(json.loads(statement))
    await life.again.check(badge.id)
    assert life.now(badge).verdict == "revoked"
    life.vault.reindex()
    assert life.now(badge).verdict == "revoked"


async def test_every_report_can_be_made_again_from_what_was_kept(life):
    """The archive of each verdict, offline, at its own moment, gives that verdict; so does the last one's."""
    issuer, other = life.world.issuer("issuer"), life.world.issuer("other", dies(30))
    entry = {"id": "https://issuer.example/status/1#7", "type": "BitstringStatusListEntry", "statusListIndex": "7"}
    entry |= {
        "statusPurpose": "revocation",
        "statusListCredential": issuer.status_list(validUntil="2026-01-20T00:00:00Z"),
    }
    badges = [
        await life.take(issuer.jwt_badge(issuer.credential(credentialStatus=entry))),
        await life.take(issuer.jws_badge(recipient=ANN)),
        await life.take(issuer.hosted_badge(recipient=ANN)),
        await life.take(other.hosted_badge(recipient=ANN)),
    ]
    await life.live(until=12)
    issuer.status_list(bits={3: 1}, validUntil="2026-03-01T00:00:00Z")
    await life.live(until=40)
    issuer.revoke({"id": life.now(badges[1]).credential_id})
    issuer.status_list(bits={7: 1}, validUntil="2026-12-01T00:00:00Z")
    await life.live(until=90)
    assert [life.now(badge).verdict for badge in badges] == ["revoked", "revoked", "verified", "verified"]
    life.vault.reindex()
    for badge in badges:
        told = [j for j in verdicts(life.vault.history(badge.subject)) if j.verdict]
        for judged in told:
            file, documents = life.vault.original(judged.file), life.vault.archive(judged.documents)
            (report,) = files.verify(file, documents, identities=(ANN,), now=_moment(judged.until))
            assert report.verdict == judged.verdict, (badge.name, judged)
        assert told[-1].verdict == life.now(badge).verdict
        assert life.vault.documents(badge.id) == life.vault.archive(told[-1].documents)


async def test_what_was_kept_is_judged_anew_without_asking(life):
    issuer = life.world.issuer("issuer")
    badge = await life.take(issuer.hosted_badge(recipient="bob@example.org"))
    assert badge.verdict == "not-yours"
    before = len(life.world.questions)
    life.clock.now += timedelta(days=5)
    life.vault.decide("profile", {"identity:bob@example.org": True})
    found = await life.again.checker.recompute(badge)
    assert (found.verdict, found.verified_at) == ("verified", badge.verified_at)
    assert len(life.world.questions) == before


def _moment(text):
    from datetime import datetime

    return datetime.fromisoformat(text)


async def test_what_still_answers_is_believed_with_what_was_kept_of_the_rest(life):
    issuer, lists = life.world.issuer("issuer", dies(5)), life.world.issuer("lists")
    url = lists.serve("/revoked", issuer.revocation_list() | {"id": "https://lists.example/revoked"})
    issuer.lie(issuer.url("/profile"), {"revocationList": url})
    badge = await life.take(issuer.jws_badge(recipient=ANN))
    life.clock.now += timedelta(days=10)
    checked = await life.again.check(badge.id)
    assert (checked.entry.verdict, checked.trouble.state) == ("verified", "unreachable")
    assert checked.entry.verified_at == badge.verified_at  # only part of it was answered
    revoked = {"id": url, "revokedAssertions": [badge.credential_id]}
    lists.serve("/revoked", issuer.revocation_list() | revoked)
    life.clock.now += timedelta(days=10)
    assert (await life.again.check(badge.id)).entry.verdict == "revoked"
    assert set(life.vault.documents(badge.id)) >= {issuer.url("/profile"), issuer.url("/key"), url}


async def test_it_runs_by_itself_wakes_when_told_and_rests_in_between(life):
    await life.take(life.world.issuer("issuer").hosted_badge(recipient=ANN))
    life.clock.now += timedelta(days=60)
    running = asyncio.ensure_future(life.again.run())
    await asyncio.sleep(0.1)
    assert life.world.asked("issuer") == []  # the computer has just been started
    for _ in range(600):
        life.again.wake()
        await asyncio.sleep(0.05)
        if life.places.state.joinpath("again.json").exists():
            break
    assert len(life.world.asked("issuer")) == 3
    await asyncio.sleep(1.2)
    assert not running.done()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert len(life.world.asked("issuer")) == 3


async def test_a_file_that_is_damaged_is_left_for_another_time(life):
    badge = await life.take(life.world.issuer("issuer").hosted_badge(recipient=ANN))
    other = await life.take(life.world.issuer("other").hosted_badge(recipient=ANN))
    (file,) = (life.places.vault / "objects").glob(f"*/{badge.sha256}*")
    whole = file.read_bytes()
    file.chmod(0o600)
    file.write_bytes(b"damaged")
    await life.live(until=45)
    assert life.now(badge).verified_at == badge.verified_at
    assert life.now(other).verified_at > badge.verified_at
    file.write_bytes(whole)
    await life.live(until=110)
    assert life.now(badge).verified_at > badge.verified_at

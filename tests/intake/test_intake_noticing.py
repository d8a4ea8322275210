"""Notices: what arises when, is kept once, and goes again."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from tests.intake.again_world import ANN, BEGIN, dies, life_in

from passport.intake.noticing.book import NoticeBook, notice_of
from passport.intake.noticing.model import Kind, Notice
from passport.intake.noticing.noticing import Noticing
from passport.intake.noticing.quiet import Quiet
from passport.intake.noticing.words import told

DAYS = (60, 30, 7)


@pytest.fixture
def life(tmp_path):
    with life_in(tmp_path) as life:
        life.book = NoticeBook(life.vault)
        life.noticing = Noticing(life.vault, life.book, life.clock, lambda: DAYS)
        life.vault.subscribe(life.noticing.changed)
        yield life


def kinds(life) -> list[tuple[str, str]]:
    return [(notice.kind.value, notice.mark) for notice in life.book.shown()]


async def test_expiry_is_told_ahead_and_again_and_once(life):
    issuer = life.world.issuer("issuer")
    badge = await life.take(issuer.hosted_badge(recipient=ANN, expires="2026-05-01T00:00:00Z"))
    seen = []
    for day in range(160):
        life.clock.now = BEGIN + timedelta(days=day)
        if life.noticing.sweep():
            (notice,) = life.book.shown()
            seen.append((day, notice.kind.value, notice.mark))
            life.vault.decide(notice.subject, {"dismissed": True})
        assert life.book.shown() == ()
    assert [(kind, mark) for _, kind, mark in seen] == [
        ("expiring", "60"), ("expiring", "30"), ("expiring", "7"), ("expired", "0"),
    ]  # fmt: skip
    assert [day for day, _, _ in seen] == [60, 90, 113, 120]
    assert life.now(badge).verdict == "expired"


async def test_what_was_read_stays_read_and_what_is_outdated_is_not_shown(life):
    issuer = life.world.issuer("issuer")
    badge = await life.take(issuer.hosted_badge(recipient=ANN, expires="2026-02-10T00:00:00Z"))
    life.noticing.sweep()
    assert kinds(life) == [("expiring", "60")]
    assert life.book.unread == 1
    life.vault.decide(life.book.shown()[0].subject, {"read": True})
    assert life.noticing.sweep() == 0
    assert life.book.unread == 0
    life.vault.decide(badge.subject, {"trashed": True})
    assert kinds(life) == []
    life.vault.decide(badge.subject, {"trashed": False})
    assert kinds(life) == [("expiring", "60")]


@pytest.mark.parametrize("until", [None, "2020-01-01T00:00:00Z", "2040-01-01T00:00:00Z"])
async def test_nothing_is_told_of_what_never_ends_or_ended_long_ago(life, until):
    await life.take(life.world.issuer("issuer").hosted_badge(recipient=ANN, expires=until))
    assert life.noticing.sweep() == 0


async def test_withdrawn_is_told_with_the_reason_and_goes_when_it_is_given_back(life):
    issuer = life.world.issuer("issuer")
    badge = await life.take(issuer.jws_badge(recipient=ANN))
    issuer.revoked.append({"id": badge.credential_id, "revocationReason": "Issued in error"})
    issuer.serve("/revoked", issuer.revocation_list())
    life.clock.now += timedelta(days=1)
    await life.again.check(badge.id)
    (notice,) = life.book.shown()
    assert notice.kind is Kind.REVOKED
    words = told(notice, life.now(badge))
    assert words.title == "Knot Master was withdrawn"
    assert "Issued in error" in words.reason
    life.clock.now += timedelta(days=1)
    await life.again.check(badge.id)
    assert len(life.book.all()) == 1  # the same again is no news
    issuer.revoked.clear()
    issuer.serve("/revoked", issuer.revocation_list())
    life.clock.now += timedelta(days=1)
    await life.again.check(badge.id)
    (notice,) = life.book.shown()
    assert (notice.kind, notice.detail["verdict"]) == (Kind.CHANGED, "verified")


async def test_an_issuer_that_is_gone_is_told_once_for_all_its_badges(life):
    issuer = life.world.issuer("issuer", dies(5))
    badges = [await life.take(issuer.hosted_badge(recipient=ANN)) for _ in range(4)]
    await life.live(until=150)
    (notice,) = life.book.shown()
    assert notice.kind is Kind.GONE
    assert set(notice.entries) == {badge.id for badge in badges}
    assert all(life.now(badge).verdict == "verified" for badge in badges)
    life.world.changes.clear()
    async for _ in life.again.check_all():
        pass
    assert life.book.shown() == ()


async def test_an_endorsement_that_arrives_is_told(life):
    issuer, friend = life.world.issuer("issuer"), life.world.issuer("friend")
    badge = await life.take(issuer.hosted_badge(recipient=ANN))
    word = {
        "@context": "https://w3id.org/openbadges/v2",
        "type": "Endorsement",
        "id": "https://friend.example/endorsement",
        "claim": {"id": badge.credential_id, "endorsementComment": "I saw it."},
        "issuer": friend.url("/profile"),
        "issuedOn": "2025-01-01T00:00:00Z",
        "verification": {"type": "hosted"},
    }
    friend.serve("/endorsement", word)
    issuer.lie(badge.credential_id, {"endorsement": "https://friend.example/endorsement"})
    life.clock.now += timedelta(days=40)
    await life.again.check(badge.id)
    assert [notice.kind for notice in life.book.shown()] == [Kind.ENDORSED]
    assert told(life.book.shown()[0], life.now(badge)).text == "friend.example vouches for it."
    word["claim"] = {"id": "https://other.example/badge"}
    friend.serve("/another", word | {"id": "https://friend.example/another"})
    issuer.lie(badge.credential_id, {"endorsement": "https://friend.example/another"})
    life.clock.now += timedelta(days=40)
    await life.again.check(badge.id)
    assert "could not be confirmed" in told(life.book.shown()[0], life.now(badge)).text


async def test_what_the_owner_changed_is_no_news(life):
    badge = await life.take(life.world.issuer("issuer").hosted_badge(recipient="bob@example.org"))
    life.vault.decide("profile", {"identity:bob@example.org": True})
    await life.again.checker.recompute(badge)
    assert life.now(badge).verdict == "verified"
    assert life.book.all() == ()


@pytest.mark.parametrize(
    "state",
    [
        {},
        {"kind": "expiring"},
        {"kind": "of a later version", "mark": "1", "at": "x"},
        {"kind": ["expiring"], "mark": "1", "at": "x"} | {"kind": 5},
        {"kind": "expiring", "mark": 5, "at": "x"},
        {"kind": "expiring", "mark": "1", "at": None},
    ],
)
def test_nonsense_is_no_notice(state):
    assert notice_of("x", state) is None


async def test_two_computers_tell_it_once(life):
    badge = await life.take(life.world.issuer("issuer").hosted_badge(recipient=ANN))
    notice = Notice(id="x", kind=Kind.CHANGED, mark="1", at="2026-01-01T00:00:00Z", entries=(badge.id,))
    assert life.book.keep(notice)
    assert not NoticeBook(life.vault).keep(notice)
    assert life.book.keep(replace(notice, mark="2"))


def test_quiet_outlives_a_restart_and_a_damaged_file_is_none(tmp_path):
    now, file = datetime(2026, 1, 1, 20, tzinfo=UTC), tmp_path / "state" / "quiet.json"
    quiet = Quiet(file)
    assert quiet.until(now) is None
    assert quiet.snooze("hour", now) == now + timedelta(hours=1)
    assert Quiet(file).until(now) == now + timedelta(hours=1)
    assert Quiet(file).until(now + timedelta(hours=2)) is None
    tonight = quiet.snooze("today", now)
    assert tonight is not None
    assert timedelta(0) < tonight - now <= timedelta(days=1)
    assert tonight.astimezone().hour == 0
    for nonsense in ("off", "", "for ever"):
        quiet.snooze("week", now)
        assert quiet.snooze(nonsense, now) is None
        assert Quiet(file).until(now) is None
    for damaged in (b"", b"{", json.dumps({"version": 9, "until": "2999-01-01T00:00:00Z"}).encode()):
        file.write_bytes(damaged)
        assert Quiet(file).until(now) is None

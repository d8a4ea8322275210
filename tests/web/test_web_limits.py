"""Rates and what is remembered for them: buckets, nonces, pairing codes, sessions, each to the very edge."""

from __future__ import annotations

import pytest
from tests.web.served import Clock

from passport.web.limits import Bucket
from passport.web.pairing import CLOCK_TOLERANCE_MS, CODE_LIFE, MAX_NONCES, TYPED_ALPHABET, Nonces, PairingCodes
from passport.web.session import SESSION_IDLE, TICKET_LIFE, Sessions


def taken(bucket: Bucket, tries: int = 100) -> int:
    return [bucket.take() for _ in range(tries)].count(True)


def test_so_many_at_once_and_no_more() -> None:
    assert taken(Bucket(Clock(), burst=3, per_minute=60)) == 3


def test_a_bucket_is_filled_again_as_time_goes_by() -> None:
    clock = Clock()
    bucket = Bucket(clock, burst=3, per_minute=30)
    assert taken(bucket) == 3
    clock.forward(1.9)
    assert taken(bucket) == 0
    clock.forward(0.1)
    assert taken(bucket) == 1
    clock.forward(4)
    assert taken(bucket) == 2


def test_a_bucket_never_holds_more_than_it_can() -> None:
    clock = Clock()
    bucket = Bucket(clock, burst=3, per_minute=60)
    clock.forward(3600)
    assert taken(bucket) == 3


def test_a_clock_that_jumps_back_refills_nothing_and_blocks_nothing_for_ever() -> None:
    clock = Clock()
    bucket = Bucket(clock, burst=1, per_minute=60)
    assert bucket.take()
    clock.forward(-3600)
    assert not bucket.take()
    clock.forward(1)
    assert bucket.take()


def test_a_nonce_is_good_once_for_each_browser() -> None:
    nonces = Nonces()
    assert nonces.use("a", "1", 0)
    assert not nonces.use("a", "1", 0)
    assert nonces.use("a", "2", 0)
    assert nonces.use("b", "1", 0)


def test_a_nonce_is_remembered_until_its_time_would_be_refused() -> None:
    nonces, over = Nonces(), 2 * CLOCK_TOLERANCE_MS
    assert nonces.use("a", "1", 0)
    assert not nonces.use("a", "1", over)
    assert nonces.use("a", "1", over + 1)
    assert not nonces.use("a", "1", over + 2)


def test_young_nonces_are_kept_when_old_ones_are_forgotten() -> None:
    nonces, over = Nonces(), 2 * CLOCK_TOLERANCE_MS
    for at in (0, 1, over):
        assert nonces.use("a", str(at), at)
    assert nonces.use("a", "new", over + 2)
    assert nonces.use("a", "0", over + 2)
    assert nonces.use("a", "1", over + 2)
    assert not nonces.use("a", str(over), over + 2)


def test_when_too_many_nonces_are_remembered_the_next_is_refused_until_some_grow_old() -> None:
    nonces = Nonces()
    for number in range(MAX_NONCES):
        assert nonces.use("a", str(number), 0)
    assert not nonces.use("a", "new", 0)
    assert nonces.use("a", "new", 2 * CLOCK_TOLERANCE_MS + 1)


@pytest.mark.parametrize(("late_s", "good"), [(0, True), (1, False)])
def test_a_code_is_good_to_the_last_second(late_s: int, good: bool) -> None:
    clock = Clock()
    codes = PairingCodes(clock)
    code = codes.issue()
    clock.forward(CODE_LIFE.total_seconds() + late_s)
    assert codes.burn(code.code) is good


def test_a_code_that_is_used_leaves_the_others() -> None:
    codes = PairingCodes(Clock())
    first, second = codes.issue(), codes.issue()
    assert codes.burn(second.typed)
    assert not codes.burn(second.code)
    assert codes.burn(first.code)


def test_a_code_to_type_has_eight_characters_that_nobody_mistakes() -> None:
    codes = PairingCodes(Clock())
    for _ in range(50):
        left, right = codes.issue().typed.split("-")
        assert (len(left), len(right)) == (4, 4)
        assert set(left + right) <= set(TYPED_ALPHABET)
    assert not set(TYPED_ALPHABET) & set("01ILOU")


@pytest.mark.parametrize(("late_s", "good"), [(0, True), (1, False)])
def test_a_ticket_is_good_to_the_last_second(late_s: int, good: bool) -> None:
    clock = Clock()
    sessions = Sessions(clock)
    ticket = sessions.issue_ticket()
    clock.forward(TICKET_LIFE.total_seconds() + late_s)
    assert (sessions.redeem(ticket) is not None) is good


@pytest.mark.parametrize(("late_s", "good"), [(0, True), (1, False)])
def test_a_session_is_good_to_the_last_second_after_its_last_use(late_s: int, good: bool) -> None:
    clock = Clock()
    sessions = Sessions(clock)
    cookie = sessions.redeem(sessions.issue_ticket())
    assert cookie is not None
    clock.forward(SESSION_IDLE.total_seconds() + late_s)
    assert (sessions.find(cookie) is not None) is good


def test_what_opens_something_is_long_and_never_the_same() -> None:
    sessions, codes = Sessions(Clock()), PairingCodes(Clock())
    tickets = {sessions.issue_ticket() for _ in range(10)}
    cookies = {sessions.redeem(sessions.issue_ticket()) for _ in range(10)}
    tokens = {session.csrf for session in (sessions.find(cookie or "") for cookie in cookies) if session}
    buttons = {codes.issue().code for _ in range(10)}
    for secrets, length in ((tickets, 43), (cookies, 43), (tokens, 43), (buttons, 32)):
        assert len(secrets) == 10
        assert {len(secret or "") for secret in secrets} == {length}

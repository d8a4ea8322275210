"""Signing in by an address that works once."""

from __future__ import annotations

import pytest
from tests.web.served import Clock

from passport.web.session import MAX_SESSIONS, MAX_TICKETS, SESSION_IDLE, TICKET_LIFE, Sessions
from passport.web.signing_in import launch_address


def target_of(served) -> str:
    return launch_address(served.parts).removeprefix(served.parts.address)


async def test_one_plain_get_sets_the_cookie_and_redirects(served):
    answer = await served.ask("GET", target_of(served))
    assert answer.status == 303
    assert answer.headers["location"] == "/"
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"badge-passport-{served.port}=")
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "Domain" not in cookie
    page = await served.ask("GET", "/", {"Cookie": cookie.split(";")[0]})
    assert page.status == 200


async def test_the_address_works_once(served):
    target = target_of(served)
    assert (await served.ask("GET", target)).status == 303
    again = await served.ask("GET", target)
    assert again.status == 403
    assert "set-cookie" not in again.headers


@pytest.mark.parametrize("name", ["next", "url", "redirect", "return", "to"])
@pytest.mark.parametrize("to", ["//evil.example/", "https://evil.example/", "/%5Cevil.example", "javascript:alert(1)"])
async def test_signing_in_leads_to_the_gallery_and_nowhere_else(served, name, to):
    answer = await served.ask("GET", f"{target_of(served)}&{name}={to}")
    assert answer.headers.get("location", "/") == "/"


async def test_the_address_grows_old(served, clock):
    target = target_of(served)
    clock.forward(TICKET_LIFE.total_seconds() + 1)
    assert (await served.ask("GET", target)).status == 403


@pytest.mark.parametrize("query", ["", "?ticket=", "?ticket=x", "?ticket=../../", "?ticket=%ff", "?ticket=%00"])
async def test_other_tickets_are_refused(served, query):
    assert (await served.ask("GET", f"/open{query}")).status == 403


async def test_a_browser_that_looks_ahead_does_not_burn_the_ticket(served):
    target = target_of(served)
    for headers in ({"Sec-Purpose": "prefetch;prerender"}, {"Purpose": "prefetch"}, {"Sec-Fetch-Site": "cross-site"}):
        assert (await served.ask("GET", target, headers)).status == 403
    assert (await served.ask("HEAD", target)).status == 405
    assert (await served.ask("GET", target)).status == 303


async def test_a_session_ends_when_it_is_not_used(served, clock):
    signed_in = await served.sign_in()
    clock.forward(SESSION_IDLE.total_seconds() - 1)
    assert (await served.ask("GET", "/", signed_in)).status == 200
    clock.forward(SESSION_IDLE.total_seconds() - 1)
    assert (await served.ask("GET", "/", signed_in)).status == 200
    clock.forward(SESSION_IDLE.total_seconds() + 1)
    assert (await served.ask("GET", "/", signed_in)).status == 401


def test_the_oldest_tickets_and_sessions_go_first():
    sessions = Sessions(Clock())
    tickets = [sessions.issue_ticket() for _ in range(MAX_TICKETS + 1)]
    assert sessions.redeem(tickets[0]) is None
    cookies = [sessions.redeem(sessions.issue_ticket()) for _ in range(MAX_SESSIONS)]
    assert sessions.find(cookies[0]) is not None  # used: now the youngest
    sessions.redeem(sessions.issue_ticket())
    assert sessions.find(cookies[1]) is None
    assert sessions.find(cookies[0]) is not None


def test_what_is_kept_opens_nothing():
    sessions = Sessions(Clock())
    cookie = sessions.redeem(sessions.issue_ticket())
    assert cookie not in repr(sessions)
    for kept in [*sessions._sessions, *sessions._tickets]:
        assert sessions.find(kept) is None
        assert sessions.redeem(kept) is None


async def test_the_pages_hold_the_token_of_the_session_they_are_shown_in(served):
    for _ in range(2):
        signed_in = await served.sign_in()
        assert signed_in["X-CSRF-Token"].encode() in (await served.ask("GET", "/", signed_in)).body


@pytest.mark.parametrize("place", ["/cv", "/badge/0123?x=y&z=1", "/a/~b_c.d-e", "/"])
async def test_signing_in_may_lead_to_any_page_of_the_gallery(served, place):
    answer = await served.ask("GET", launch_address(served.parts, place).removeprefix(served.parts.address))
    assert (answer.status, answer.headers["location"]) == (303, place)


async def test_the_cookie_lives_as_long_as_the_session_and_for_every_page(served):
    cookie = (await served.ask("GET", target_of(served))).headers["set-cookie"]
    assert f"Max-Age={int(SESSION_IDLE.total_seconds())}" in cookie
    assert "Path=/;" in f"{cookie};"

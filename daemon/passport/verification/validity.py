"""When does it hold? Dates of all generations against the moment of the question.

A date without a zone leaves open when exactly it is meant (finding 13 of security.md 0). Open Badges 1.1 and older
allowed such dates, so there only the stretch in question is unclear; later ones demand a zone (OB 2.0, DateTime;
OB 3.0, DateTimeZ), so a date without one is called unclear.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from passport.badge.dates import Instant, parse_instant
from passport.badge.model import AchievementCredential
from passport.errors import ParseError
from passport.verification.answers import failed, passed, unknown
from passport.verification.report import Check, Verdict

_LOOSE = frozenset({"0.5", "1.0", "1.1"})
"""Generations whose dates need no zone."""
_ENDLESS = passed("expiry", "It has no end: it stays valid until the issuer takes it back.")


@dataclass(frozen=True, slots=True)
class Period:
    """From when until when, as written; a JWT may narrow it by `nbf` and `exp` (RFC 7519, 4.1)."""

    start: str | None
    end: str | None
    not_before: float | None = None
    expires: float | None = None


def check_validity(credential: AchievementCredential, now: datetime, *, claims: Period | None = None) -> Check:
    """Return whether the credential holds at `now` (aware)."""
    period = claims or Period(credential.valid_from, credential.valid_until)
    return check_period(period, now, loose=credential.standard in _LOOSE)


def check_period(period: Period, now: datetime, *, loose: bool) -> Check:
    """Return whether a period holds at `now`; `loose`: dates without a zone are allowed."""
    try:
        start, end = _instant(period.start), _instant(period.end)
    except ParseError as error:
        return failed("expiry", f"It names a date that does not exist: {error.problem}.")
    if start and end and end.latest < start.earliest:
        return failed("expiry", "It ends before it begins, which no issuer can have meant.")
    if end is None and start is not None and start.has_zone and now >= start.utc and _has_no_claims(period):
        return _ENDLESS  # nearly always
    return _too_early(start, period, now) or _too_late(end, period, now) or _unclear(start, end, now, loose=loose)


def _has_no_claims(period: Period) -> bool:
    return period.not_before is None and period.expires is None


def _too_early(start: Instant | None, period: Period, now: datetime) -> Check | None:
    first = _from_seconds(period.not_before)
    if (start and now < start.earliest) or (first and now < first):
        when = start.utc if start else first
        return failed("expiry", f"It is not valid before {_day(when)}.", verdict=Verdict.EXPIRED)
    return None


def _too_late(end: Instant | None, period: Period, now: datetime) -> Check | None:
    last = _from_seconds(period.expires)
    if (end and now > _end_of(end)) or (last and now >= last):  # RFC 7519, 4.1.4: "on or after"
        when = end.utc if end and now > _end_of(end) else last
        return failed("expiry", f"It was valid until {_day(when)} and has expired.", verdict=Verdict.EXPIRED)
    return None


def _unclear(start: Instant | None, end: Instant | None, now: datetime, *, loose: bool) -> Check:
    for instant, ends in ((start, False), (end, True)):
        if instant is None or instant.has_zone:
            continue
        near = instant.earliest <= now <= instant.latest
        if near or not loose:
            which = "ends" if ends else "begins"
            return unknown("expiry", f"The date on which it {which} has no time zone, so it is unclear when that is.")
    if end is None:
        return _ENDLESS
    return passed("expiry", f"It is valid until {_day(end.utc)}.")


def _end_of(end: Instant) -> datetime:
    return end.latest


def _instant(text: str | None) -> Instant | None:
    return None if text is None or text == "" else parse_instant(text)


def _from_seconds(seconds: float | None) -> datetime | None:
    if seconds is None:
        return None
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC) if seconds > 0 else datetime.min.replace(tzinfo=UTC)


def _day(moment: datetime | None) -> str:
    return f"{moment:%d %B %Y}".lstrip("0") if moment else "a date that is unclear"

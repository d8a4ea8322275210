"""Dates as issuers write them, read strictly: what has no zone is *unclear*, never local time.

Open Badges 0.5 and 1.0 allow Unix seconds or ISO 8601; 2.0 wants ISO 8601 with a zone; 3.0 wants `dateTimeStamp`.
`datetime.fromisoformat` takes week dates and refuses leap seconds (security.md 0, finding 13), so the form is
checked here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

from passport.errors import ParseError

_FORM = re.compile(
    r"""(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)
        (?:[Tt ](?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,](?P<fraction>\d{1,12}))?)?
           (?P<zone>[Zz]|\ ?[+-]\d\d(?::?\d\d)?)?
        )?""",
    re.VERBOSE | re.ASCII,
)
_BASIC_FORM = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)([Zz]|[+-]\d\d(?:\d\d)?)?)?", re.ASCII)
_UNIX_FORM = re.compile(r"-?\d{1,12}(?:\.0+)?", re.ASCII)

# what nearly all dates look like, read by the standard library in a tenth of the time
_USUAL_FORM = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:[0-5]\dZ", re.ASCII)

_FURTHEST_EAST = timedelta(hours=14)
_FURTHEST_WEST = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Instant:
    """A point in time, or the stretch in which it lies when the text leaves that open."""

    utc: datetime
    """Aware, in UTC; where no zone was given: read as if it were UTC."""
    has_zone: bool = True
    """False: unclear; the text gives no zone, so the instant lies somewhere around `utc`."""
    has_time: bool = True
    """False: the text names a day only."""

    @property
    def earliest(self) -> datetime:
        """The earliest instant that can be meant, UTC."""
        return self.utc if self.has_zone else _moved(self.utc, -_FURTHEST_EAST)

    @property
    def latest(self) -> datetime:
        """The latest instant that can be meant, UTC."""
        if self.has_zone:
            return self.utc
        day = timedelta(0) if self.has_time else timedelta(days=1)
        return _moved(self.utc, _FURTHEST_WEST + day)


def parse_instant(text: str | float) -> Instant:
    """Return the instant that a date names: ISO 8601 (date or date and time), or Unix seconds.

    Leap seconds and `24:00` are read as the next second. Milliseconds, week dates, and names of months are refused.

    Raises:
        ParseError: it is no date, or none that exists.
    """
    if isinstance(text, bool):
        raise _wrong(text)
    if isinstance(text, int | float):
        return _from_unix(text)
    return _parse_text(text)


@lru_cache(maxsize=64)
def _parse_text(text: str) -> Instant:
    """Return the instant that a text names: several checks ask for the same few dates of a badge."""
    if _USUAL_FORM.fullmatch(text):
        try:
            return Instant(datetime.fromisoformat(text))
        except ValueError:  # 24:00, or no date that exists
            return _parse_unusual(text)
    return _parse_unusual(text)


def _parse_unusual(text: str) -> Instant:
    stripped = text.strip()
    if match := _FORM.fullmatch(stripped):
        return _from_iso(text, match.groupdict())
    if match := _BASIC_FORM.fullmatch(stripped):
        names = ("year", "month", "day", "hour", "minute", "second", "zone")
        return _from_iso(text, dict(zip(names, match.groups(), strict=True)))
    if _UNIX_FORM.fullmatch(stripped):
        return _from_unix(float(stripped))
    raise _wrong(text)


def _from_unix(seconds: float) -> Instant:
    try:
        return Instant(datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds))
    except (OverflowError, ValueError) as error:
        raise _wrong(seconds) from error


def _from_iso(text: str, part: dict[str, str | None]) -> Instant:
    zone = part.get("zone")
    try:
        utc = _point(part).replace(tzinfo=_zone(zone)).astimezone(UTC)
    except (OverflowError, ValueError) as error:
        raise _wrong(text) from error
    return Instant(utc, has_zone=zone is not None, has_time=part.get("hour") is not None)


def _point(part: dict[str, str | None]) -> datetime:
    """Return the naive point; raise ValueError for one that does not exist."""
    year, month, day, hour, minute, second = (
        int(part.get(name) or 0) for name in ("year", "month", "day", "hour", "minute", "second")
    )
    microsecond = int(((part.get("fraction") or "") + "000000")[:6])
    if hour == 24 and (minute, second, microsecond) == (0, 0, 0):
        return datetime(year, month, day) + timedelta(days=1)  # noqa: DTZ001 (the zone is put on by the caller)
    leap = second == 60
    moment = datetime(year, month, day, hour, minute, 59 if leap else second, microsecond)  # noqa: DTZ001 (as above)
    return moment + timedelta(seconds=1) if leap else moment


def _zone(zone: str | None) -> timezone:
    if zone is None or zone in "Zz":
        return UTC
    sign = -1 if "-" in zone else 1
    digits = re.sub(r"[^0-9]", "", zone).ljust(4, "0")
    hours, minutes = int(digits[:2]), int(digits[2:])
    if minutes > 59:
        raise ValueError(zone)
    return timezone(sign * timedelta(hours=hours, minutes=minutes))


def _moved(moment: datetime, by: timedelta) -> datetime:
    try:
        return moment + by
    except OverflowError:
        return moment


def _wrong(text: object) -> ParseError:
    return ParseError("the date", f"{str(text)[:40]!r} is no date that exists (ISO 8601 or Unix seconds)")

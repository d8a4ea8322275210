"""Dates: strict about form and existence; without a zone unclear."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passport.badge.dates import parse_instant
from passport.errors import ParseError


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


CLEAR = {
    "2024-03-01T10:00:00Z": utc(2024, 3, 1, 10),
    "2024-03-01t10:00:00z": utc(2024, 3, 1, 10),
    "2024-03-01 10:00:00Z": utc(2024, 3, 1, 10),
    "2024-03-01T10:00Z": utc(2024, 3, 1, 10),
    "2016-03-18T05:00:00.000Z": utc(2016, 3, 18, 5),
    "2024-03-01T10:00:00.123456789Z": utc(2024, 3, 1, 10, 0, 0, 123456),
    "2024-03-01T10:00:00,5Z": utc(2024, 3, 1, 10, 0, 0, 500000),
    "2024-03-01T10:00:00+02:00": utc(2024, 3, 1, 8),
    "2024-03-01T10:00:00+0200": utc(2024, 3, 1, 8),
    "2024-03-01T10:00:00-11": utc(2024, 3, 1, 21),
    "2024-03-01T10:00:00 +02:00": utc(2024, 3, 1, 8),
    "2016-12-31T23:59:60Z": utc(2017, 1, 1),
    "2024-02-29T24:00:00Z": utc(2024, 3, 1),
    "20240301T100000Z": utc(2024, 3, 1, 10),
    "1399404880": utc(2014, 5, 6, 19, 34, 40),
    1399404880: utc(2014, 5, 6, 19, 34, 40),
    " 2024-03-01T10:00:00Z\n": utc(2024, 3, 1, 10),
    0: utc(1970, 1, 1),
    -1: utc(1969, 12, 31, 23, 59, 59),
}
UNCLEAR = {
    "2024-03-01T10:00:00": (utc(2024, 2, 29, 20), utc(2024, 3, 1, 22)),
    "2011-12-31": (utc(2011, 12, 30, 10), utc(2012, 1, 1, 12)),
    "20111231": (utc(2011, 12, 30, 10), utc(2012, 1, 1, 12)),
}
REFUSED = [
    "",
    " ",
    "never",
    "null",
    "2015-04-31",
    "2015-04-31T00:00:00Z",
    "2023-02-29",
    "2024-00-01",
    "2024-13-01",
    "2024-01-00",
    "2024-W01-1",
    "2024-001",
    "2024-1-1",
    "24-01-01",
    "01/02/2024",
    "1 May 2024",
    "2024-01-01T25:00:00Z",
    "2024-01-01T24:00:01Z",
    "2024-01-01T10:60:00Z",
    "2024-01-01T10:00:61Z",
    "2024-01-01T10:00:00+25:00",
    "2024-01-01T10:00:00+01:60",
    "2024-01-01T10:00:00 Europe/Helsinki",
    "2024-01-01T",
    "2024-01-01TZ",
    "0000-01-01",
    "10000-01-01",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "9999-12-31T24:00:00Z",
    "2024-01-01T1:00:00Z",
    "２０２４-01-01",
    "2024‐01‐01",
    "1399404880000000000",
    "-",
    "1e9",
    "+1399404880",
    "2024-01-01T10:00:00ZZ",
    float("nan"),
    float("inf"),
    float("-inf"),
    1e300,
    10**30,
    1399404880000,
    True,
    False,
]


@pytest.mark.parametrize("text", CLEAR)
def test_clear(text):
    instant = parse_instant(text)
    assert instant.utc == instant.earliest == instant.latest == CLEAR[text]
    assert instant.has_zone


@pytest.mark.parametrize("text", UNCLEAR)
def test_without_zone_it_is_unclear_by_as_much_as_the_earth_is_round(text):
    instant = parse_instant(text)
    assert not instant.has_zone
    assert (instant.earliest, instant.latest) == UNCLEAR[text]


@pytest.mark.parametrize("text", REFUSED, ids=repr)
def test_refused(text):
    with pytest.raises(ParseError):
        parse_instant(text)


def test_at_the_ends_of_time_it_does_not_overflow():
    assert parse_instant("0001-01-01").earliest == utc(1, 1, 1)
    assert parse_instant("9999-12-31").latest == utc(9999, 12, 31)


@given(
    st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30)),  # noqa: DTZ001 (hypothesis wants naive ends)
    st.integers(-14 * 60, 14 * 60),
)
def test_reads_what_isoformat_writes(moment, minutes):
    from datetime import timezone

    aware = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    assert parse_instant(aware.isoformat()).utc == aware


@given(
    st.text() | st.integers() | st.floats() | st.from_regex(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)?)?")
)
def test_raises_nothing_else(text):
    try:
        instant = parse_instant(text)
    except ParseError:
        return
    assert instant.earliest <= instant.utc <= instant.latest

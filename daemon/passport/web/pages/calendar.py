"""The days on which badges expire, for the owner's own calendar (RFC 5545), with reminders ahead."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import chain

from aiohttp import web

from passport.vault.deriving import instant
from passport.vault.model import Entry
from passport.web.pages.formats import tidy
from passport.web.pages.overview import all_entries
from passport.web.pages.rendering import PAGES, speech_of
from passport.web.pages.speech import Speech
from passport.web.parts import PARTS

MAX_OCTETS = 75
"""Of a line (RFC 5545, 3.1)."""
_OVER = frozenset({"revoked", "invalid", "expired"})


async def export_calendar(request: web.Request) -> web.Response:
    """Hand out the days on which badges expire; `badge` asks for that of one."""
    parts, say = request.app[PARTS], speech_of(request)
    wanted = request.query.get("badge")
    days = request.app[PAGES].settings.expiry_days
    entries = [entry for entry in all_entries(parts.vault) if not wanted or entry.id == wanted]
    text = calendar(entries, parts.clock(), days, say)
    headers = {"Content-Disposition": 'attachment; filename="badges-expiry.ics"'}
    return web.Response(text=text, content_type="text/calendar", headers=headers)


def calendar(entries: Sequence[Entry], now: datetime, days_ahead: Sequence[int], say: Speech) -> str:
    """Return the iCalendar; a badge keeps its UID, so that a second import changes the first one's event."""
    events = (event(entry, now, days_ahead, say) for entry in entries)
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Badge Passport//expiry//EN", "METHOD:PUBLISH"]
    lines += [f"X-WR-CALNAME:{_escaped(say('Badges that expire'))}", *chain.from_iterable(events), "END:VCALENDAR"]
    return "".join(f"{folded(line)}\r\n" for line in lines)


def event(entry: Entry, now: datetime, days_ahead: Sequence[int], say: Speech) -> Iterator[str]:
    """Yield the lines of one badge's event: its last day, with a reminder for each of `days_ahead`."""
    found = instant(entry.valid_until)
    if found is None or found.latest < now or entry.verdict in _OVER:
        return
    # the last day on which it holds, as the owner's calendar counts days
    last = found.latest.astimezone().date() if found.has_zone else found.latest.date()
    name, issuer = tidy(entry.name, 200), tidy(entry.issuer, 200)
    yield from (
        "BEGIN:VEVENT",
        f"UID:{entry.id}@badge-passport",
        f"DTSTAMP:{now:%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{last:%Y%m%d}",
        f"DTEND;VALUE=DATE:{last + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{_escaped(say('%(name)s expires', name=name))}",
        f"DESCRIPTION:{_escaped(say('Issued by %(issuer)s', issuer=issuer))}",
        "TRANSP:TRANSPARENT",
    )
    for days in days_ahead:
        yield from (
            "BEGIN:VALARM",
            "ACTION:DISPLAY",
            f"DESCRIPTION:{_escaped(say('%(name)s expires', name=name))}",
            f"TRIGGER:-P{days}D",
            "END:VALARM",
        )
    yield "END:VEVENT"


def _escaped(text: str) -> str:
    """Return a text value (RFC 5545, 3.3.11)."""
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n").replace("\r", "")


def folded(line: str) -> str:
    """Break a line before it has too many octets (RFC 5545, 3.1), never within a sign."""
    parts, size = [""], 0
    for sign in line:
        octets = len(sign.encode())
        if size + octets > MAX_OCTETS - 2:
            parts.append("")
            size = 1
        parts[-1] += sign
        size += octets
    return "\r\n ".join(parts)

"""The page of notices, asking again from the pages, and the history of verdicts."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from tests.web.pages_material import passport_in, report

from passport.intake.again.checking import Checked
from passport.intake.again.sources import Trouble
from passport.intake.noticing.book import NoticeBook
from passport.intake.noticing.model import Kind, Notice
from passport.settings import Settings
from passport.vault.model import Standing
from passport.vault.verdicts import verdicts
from passport.verification.documents import Documents
from passport.web.pages.calendar import folded

JSON = {"Accept": "application/json"}
SOON = "2026-12-20T00:00:00Z"
GONE = Standing(state="gone", since="2026-10-01T00:00:00Z", why="https://aalto.example/1 knows no such page (404).")


class Again:
    """An `AgainPart` that answers what it was told to."""

    def __init__(self, *answers: Checked) -> None:
        self.answers, self.asked = list(answers), []

    async def check(self, entry_id):
        self.asked.append(entry_id)
        return self.answers[0] if self.answers else None

    async def check_all(self, ids=None):
        self.asked.append(ids)
        for answer in self.answers:
            yield answer

    def number(self):
        return len(self.answers)


def notice(entry, kind=Kind.EXPIRING, mark="30", **detail) -> Notice:
    detail = detail or {"until": SOON}
    return Notice(
        id=f"{kind}-{entry.id}", kind=kind, mark=mark, at="2026-11-20T00:00:00Z", entries=(entry.id,), detail=detail
    )


async def test_notices_are_shown_counted_read_dismissed_and_brought_back(tmp_path):
    async with passport_in(tmp_path) as passport:
        entry = passport.put(name="<b>Knots", valid_until=SOON)
        empty = (await passport.get("/notices")).body.decode()
        assert "All quiet" in empty
        book = NoticeBook(passport.vault)
        book.keep(notice(entry))
        page = (await passport.get("/notices")).body.decode()
        assert "&lt;b&gt;Knots expires soon" in page
        assert 'data-count="/notices">1<' in page
        assert f"/expiry.ics?badge={entry.id}" in page
        await passport.post("/notices", "do=read", **JSON)
        page = (await passport.get("/notices")).body.decode()
        assert 'data-count="/notices"' not in page
        done = await passport.post("/notices", f"do=dismiss&id=expiring-{entry.id}", **JSON)
        assert "Knots expires soon" not in (await passport.get("/notices")).body.decode()
        await passport.post("/undo", f"token={done.json['token']}", **JSON)
        assert "expires soon" in (await passport.get("/notices")).body.decode()
        await passport.post("/notices", "do=dismiss-all", **JSON)
        assert book.shown() == ()
        assert not book.keep(notice(entry))  # dismissed is dismissed…
        assert book.keep(notice(entry, mark="7"))  # …until there is news


@pytest.mark.parametrize("form", ["do=dismiss&id=nope", "do=dismiss", "do=dismiss-all", "do=read", "do=nonsense", ""])
async def test_what_is_not_there_cannot_be_dismissed(tmp_path, form):
    async with passport_in(tmp_path) as passport:
        assert (await passport.post("/notices", form, **JSON)).status == 422


async def test_a_notice_of_each_kind_has_words(tmp_path):
    async with passport_in(tmp_path) as passport:
        entry = passport.put(valid_until=SOON)
        passport.vault.record_standing(entry.id, GONE)
        book = NoticeBook(passport.vault)
        book.keep(notice(entry))
        book.keep(notice(entry, Kind.GONE, "gone", state="gone", since="2026-10-01T00:00:00Z", why=GONE.why))
        book.keep(notice(entry, Kind.CHANGED, "x", verdict="verified", before="unconfirmed"))
        book.keep(notice(entry, Kind.ENDORSED, "x", who="Bob %(x)s"))
        page = (await passport.get("/notices")).body.decode()
        for text in ("expires soon", "Aalto University is not there any more", "is now: Verified", "Bob %(x)s"):
            assert text in page
        assert GONE.why in page
        assert "your page tells it too" not in page
        book.keep(notice(entry, Kind.ENDORSED, "y", who="Bob", backing="yes"))
        assert "your page tells it too" not in (await passport.get("/notices")).body.decode()  # it is private
        passport.vault.decide(entry.subject, {"visibility": "public"})
        assert "your page tells it too" in (await passport.get("/notices")).body.decode()
        passport.vault.decide(entry.subject, {"show-endorsements": False})
        assert "your page tells it too" not in (await passport.get("/notices")).body.decode()
        finnish = (await passport.get("/notices", **{"Accept-Language": "fi"})).body.decode()
        assert "Ilmoitukset" in finnish


async def test_quiet_is_set_and_ended(tmp_path):
    async with passport_in(tmp_path) as passport:
        quiet = passport.served.parts.quiet
        for choice in ("hour", "today", "week"):
            await passport.post("/notices", f"do=snooze&for={choice}", **JSON)
            assert quiet.until(passport.clock())
        assert "Nothing is shown on the desktop until" in (await passport.get("/notices")).body.decode()
        await passport.post("/notices", "do=snooze&for=off", **JSON)
        assert quiet.until(passport.clock()) is None


async def test_the_settings_of_asking_and_telling_are_saved(tmp_path):
    async with passport_in(tmp_path) as passport:
        await passport.post("/settings", "asks=notices&notify=problems&expiry_days=90%2C+14", **JSON)
        await passport.post("/settings", "asks=again&recheck=off", **JSON)
        settings = passport.served.parts.control.settings
        assert (settings.expiry_days, settings.recheck) == ((90, 14), "off")
        page = (await passport.get("/settings")).body.decode()
        assert 'value="90, 14"' in page
        for nonsense in ("0", "99999", "1 2 3 4 5 6 7 8 9 10 11"):
            assert (await passport.post("/settings", f"asks=notices&expiry_days={nonsense}", **JSON)).status >= 400
        await passport.post("/settings", "asks=again&recheck=always", **JSON)
        assert passport.served.parts.control.settings.recheck == "off"


@pytest.mark.parametrize(
    "text", ['recheck = "daily"', "recheck = 5", "expiry_days = [0]", 'expiry_days = ["x"]', "expiry_days = 30"]
)
def test_wrong_settings_are_named(tmp_path, text):
    with pytest.raises(Exception, match=r"recheck|expiry_days"):
        Settings.from_toml(text, base=tmp_path)


@pytest.mark.parametrize(
    ("state", "words"),
    [("gone", "no such page any more"), ("moved", "leads to another site"), ("unreachable", "could not be reached")],
)
async def test_checking_again_says_what_stood_in_the_way_and_what_counts(tmp_path, state, words):
    again = Again()
    async with passport_in(tmp_path, again=again) as passport:
        entry = passport.put()
        again.answers = [Checked(entry=entry, before="verified", trouble=Trouble(url="u", state=state, why="No."))]
        done = await passport.post(f"/badge/{entry.id}/check", "", **JSON)
        assert words in done.json["text"]
        assert "20 Nov 2026" in done.json["text"]
        again.answers = [Checked(entry=entry, before="unconfirmed")]
        assert (await passport.post(f"/badge/{entry.id}/check", "", **JSON)).json["text"] == "Checked: Verified"
        again.answers = []
        assert (await passport.post(f"/badge/{entry.id}/check", "", **JSON)).status == 200
        assert again.asked == [entry.id] * 3


async def test_all_are_checked_from_the_settings_and_by_programs(tmp_path):
    again = Again()
    async with passport_in(tmp_path, again=again) as passport:
        entry = passport.put()
        again.answers = [Checked(entry=entry, before="verified", trouble=Trouble(url="u", state="gone", why="No."))]
        assert "1 badge" in (await passport.post("/check", "asks=again&recheck=off", **JSON)).json["text"]
        headers = passport.served.owner | {"Content-Type": "application/json"}
        body = f'{{"ids": ["{entry.id}"]}}'.encode()
        lines = (await passport.served.ask("POST", "/api/v1/check", headers, body)).body.decode().splitlines()
        assert '"trouble":{"state":"gone"' in lines[0]
        assert '"done"' in lines[-1]
        for wrong in (b"{}x", b'{"ids": "x"}', b'{"ids": ["../x"]}', b'{"all": true}'):
            assert (await passport.served.ask("POST", "/api/v1/check", headers, wrong)).status == 400


async def test_the_history_of_verdicts_is_told_with_reasons(tmp_path):
    async with passport_in(tmp_path) as passport:
        entry = passport.put()
        assert "What was found over time" not in (await passport.get(f"/badge/{entry.id}")).body.decode()
        withdrawn = replace(report("revoked", number=1), verified_at="2026-11-22T10:00:00Z")
        passport.vault.record_report(entry.id, withdrawn, Documents())
        passport.vault.record_standing(entry.id, GONE)
        page = (await passport.get(f"/badge/{entry.id}")).body.decode()
        found = page.split("What was found over time")[1].split("</ol>")[0]
        words = re.findall(r"<b>(The issuer[^<]*)|<span>(Withdrawn|Verified)", found)
        assert [a or b for a, b in words] == ["The issuer, or its page, is not there any more", "Withdrawn", "Verified"]
        assert "It stands where its issuer says." in found
        assert 'data-standing="gone"' in page
        shown = (await passport.served.ask("GET", f"/api/v1/badges/{entry.id}", passport.served.owner)).json
        assert [line["verdict"] for line in shown["history"]] == ["verified", "revoked", None]
        assert shown["history"][1]["reasons"] == ["It stands where its issuer says."]
        assert shown["standing"]["state"] == "gone"
        assert len(verdicts(passport.vault.history(entry.subject))) == 3


async def test_the_calendar_has_a_reminder_for_each_day_that_was_set(tmp_path):
    async with passport_in(tmp_path, Settings(expiry_days=(45, 3))) as passport:
        one = passport.put(name="One", valid_until="2027-01-20T23:59:59Z")
        passport.put(name="Two", valid_until="2027-03-01T00:00:00Z")
        passport.put("revoked", name="Back", valid_until="2027-03-01T00:00:00Z")
        text = (await passport.get("/expiry.ics")).body.decode()
        assert text.count("BEGIN:VEVENT") == text.count("END:VEVENT") == 2
        assert text.count("TRIGGER:-P45D") == text.count("TRIGGER:-P3D") == 2
        assert "Back" not in text
        alone = (await passport.get(f"/expiry.ics?badge={one.id}")).body.decode()
        assert alone.count("BEGIN:VEVENT") == 1
        assert f"UID:{one.id}@badge-passport" in alone
        assert (await passport.get("/expiry.ics?badge=nope")).body.decode().count("VEVENT") == 0


@pytest.mark.parametrize("line", ["", "a" * 300, "ö" * 300, "😀" * 100])
def test_long_lines_are_folded_within_their_octets(line):
    parts = folded(line).split("\r\n")
    assert all(len(part.encode()) <= 75 for part in parts)
    assert "".join(part[1:] if number else part for number, part in enumerate(parts)) == line

"""Notices are few, batched and only the wanted ones."""

from __future__ import annotations

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from passport.desktop.notifications import TITLES, Kind, Level, Notice, Notifier, NotifySend, summary
from passport.speech import ENGLISH, PSEUDO, Speech


class Screen:
    """Remembers what it was asked to show."""

    def __init__(self) -> None:
        self.shown: list[Notice] = []

    def show(self, notice: Notice) -> bool:
        self.shown.append(notice)
        return True


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def notice(kind: Kind, title: str = "Knot Master") -> Notice:
    return Notice(kind=kind, title=title, text="Verified")


def test_one_is_shown_as_it_is_and_not_before_its_time() -> None:
    screen, clock = Screen(), Clock()
    notifier = Notifier(screen, clock, ENGLISH)
    notifier.add(notice(Kind.ADDED))
    assert notifier.flush() == ()
    clock.now += timedelta(seconds=3)
    notifier.flush()
    notifier.flush()
    assert [n.title for n in screen.shown] == ["Knot Master"]


def test_many_become_one() -> None:
    screen, clock = Screen(), Clock()
    notifier = Notifier(screen, clock, ENGLISH)
    for number in range(12):
        notifier.add(notice(Kind.ADDED, f"Badge {number}"))
    clock.now += timedelta(seconds=3)
    notifier.flush()
    assert [(n.title, n.text) for n in screen.shown] == [("12 new badges", "Badge 0, Badge 1, Badge 2 and 9 more")]


def test_many_become_one_in_finnish() -> None:
    screen, clock = Screen(), Clock()
    notifier = Notifier(screen, clock, Speech.of(["fi"]))
    for number in range(4):
        notifier.add(notice(Kind.ADDED, f"Solmu {number}"))
    clock.now += timedelta(seconds=3)
    notifier.flush()
    assert [(n.title, n.text) for n in screen.shown] == [("4 uutta merkkiä", "Solmu 0, Solmu 1, Solmu 2 ja 1 muu")]


@pytest.mark.parametrize("kind", list(Kind))
def test_each_kind_has_its_words(kind: Kind) -> None:
    one, more = (ENGLISH.many(*TITLES[kind], number) for number in (1, 12))
    assert one.startswith("1 ")
    assert more.startswith("12 ")
    assert one.removeprefix("1 ") != more.removeprefix("12 ")
    assert summary([notice(kind)] * 12, ENGLISH).title == more
    assert summary([notice(kind)] * 12, Speech.of([PSEUDO])).title.startswith("⟦")


@pytest.mark.parametrize(
    ("level", "kinds"),
    [
        (Level.ALL, set(Kind)),
        (Level.NEW, {Kind.ADDED, Kind.ENDORSED, Kind.EXPIRED, Kind.CHANGED, Kind.REVOKED, Kind.PROBLEM}),
        (Level.PROBLEMS, {Kind.EXPIRED, Kind.CHANGED, Kind.REVOKED, Kind.PROBLEM}),
        (Level.NONE, set()),
    ],
)
def test_only_what_is_wanted(level: Level, kinds: set[Kind]) -> None:
    screen, clock = Screen(), Clock()
    notifier = Notifier(screen, clock, ENGLISH, level)
    for kind in Kind:
        notifier.add(notice(kind))
    clock.now += timedelta(seconds=3)
    notifier.flush()
    assert {n.kind for n in screen.shown} == kinds


def test_snoozing_holds_back_and_then_tells() -> None:
    screen, clock = Screen(), Clock()
    notifier = Notifier(screen, clock, ENGLISH)
    notifier.snooze(clock.now + timedelta(hours=1))
    notifier.add(notice(Kind.REVOKED))
    clock.now += timedelta(minutes=30)
    assert notifier.flush() == ()
    clock.now += timedelta(minutes=31)
    notifier.flush()
    assert [n.kind for n in screen.shown] == [Kind.REVOKED]


def test_what_goes_on_coming_is_told_now_and_then() -> None:
    screen, clock = Screen(), Clock()
    notifier = Notifier(screen, clock, ENGLISH)
    for number in range(100):
        notifier.add(notice(Kind.ADDED, f"Badge {number}"))
        notifier.flush()
        clock.now += timedelta(seconds=1)
    clock.now += timedelta(seconds=3)
    notifier.flush()
    assert 3 <= len(screen.shown) <= 5
    assert sum(int(shown.title.split()[0]) for shown in screen.shown) == 100


def test_the_worst_comes_first_and_names_what_it_is_about() -> None:
    screen, clock = Screen(), Clock()
    notifier = Notifier(screen, clock, ENGLISH)
    for kind in (Kind.ADDED, Kind.REVOKED, Kind.REVOKED):
        notifier.add(Notice(kind=kind, title="Knots was withdrawn", text="", name="Knots"))
    clock.now += timedelta(seconds=3)
    notifier.flush()
    assert [shown.title for shown in screen.shown] == ["2 badges were withdrawn", "Knots was withdrawn"]
    assert screen.shown[0].text == "Knots, Knots"


def test_quiet_can_be_ended() -> None:
    screen, clock = Screen(), Clock()
    notifier = Notifier(screen, clock, ENGLISH)
    notifier.snooze(clock.now + timedelta(days=7))
    notifier.add(notice(Kind.ADDED))
    clock.now += timedelta(seconds=3)
    assert notifier.flush() == ()
    notifier.snooze(None)
    assert len(notifier.flush()) == 1


def test_a_missing_command_is_no_error() -> None:
    assert NotifySend("no-such-command-here").show(notice(Kind.ADDED)) is False


def test_names_cannot_become_options_or_markup(tmp_path: Path) -> None:
    command = tmp_path / "fake-notify-send"
    command.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {tmp_path}/arguments\n')
    command.chmod(command.stat().st_mode | stat.S_IXUSR)
    hostile = Notice(kind=Kind.ADDED, title="--urgency=critical", text="<a href='https://evil.example'>win</a>")
    assert NotifySend(str(command)).show(hostile) is True
    arguments = (tmp_path / "arguments").read_text().splitlines()
    assert arguments[-3:-1] == ["--", "--urgency=critical"]
    assert "<a" not in arguments[-1]

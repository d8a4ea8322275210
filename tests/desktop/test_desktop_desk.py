"""The desk between daemon and desktop: what is told, at which level, and what waits while it is quiet."""

from __future__ import annotations

import threading
import time
from types import SimpleNamespace

import pytest
from tests.vault.vault_material import StillClock, arrival, opened

from passport.cli.at_the_tray import Desk
from passport.desktop.notifications import Notice as Shown
from passport.intake.noticing.book import NoticeBook
from passport.intake.noticing.model import Kind, Notice
from passport.intake.noticing.quiet import Quiet
from passport.settings import Places, Settings


class Told(Desk):
    """A desk without a screen."""

    def show(self, notice: Shown) -> bool:
        self.__dict__.setdefault("shown", []).append(notice)
        return True


@pytest.fixture
def desk(tmp_path):
    clock = StillClock()
    vault = opened(tmp_path, clock)
    control = SimpleNamespace(settings=Settings(), paused=False, paused_until=None, folders=())
    parts = SimpleNamespace(
        vault=vault,
        settings=Settings(),
        control=control,
        quiet=Quiet(),
        clock=clock,
        places=Places(config=tmp_path, vault=tmp_path / "vault", state=tmp_path / "state"),
        keychain=SimpleNamespace(trouble=None),
    )
    desk = Told(SimpleNamespace(loop=None, alive=True), parts)
    desk.parts, desk.book = parts, NoticeBook(vault)
    yield desk
    desk.close()
    vault.close()


def shown(desk, number: int) -> list[str]:
    """Return the titles that were shown, once there are so many (a batch waits two seconds)."""
    until = time.monotonic() + 30
    while len(desk.__dict__.get("shown", ())) < number and time.monotonic() < until:
        threading.Event().wait(0.1)
    return [notice.title for notice in desk.__dict__.get("shown", ())]


def withdrawn(entry, mark: str = "1") -> Notice:
    detail = {"verdict": "revoked", "before": "verified", "reason": "Back."}
    return Notice(id="x", kind=Kind.REVOKED, mark=mark, at="2026-03-01T00:00:00Z", entries=(entry.id,), detail=detail)


def test_new_badges_and_notices_come_to_the_desktop_in_batches(desk):
    entries = [desk.parts.vault.put(arrival(b"\x89PNG %d" % number, number=number)).entry for number in range(12)]
    desk.book.keep(withdrawn(entries[0]))
    desk.book.keep(withdrawn(entries[0]))  # told already
    assert shown(desk, 2) == ["Welding was withdrawn", "12 new badges"]


def test_the_level_is_the_one_of_now_and_quiet_holds_back(desk):
    desk.parts.control.settings = Settings(notify="problems")
    entry = desk.parts.vault.put(arrival()).entry
    desk.parts.quiet.snooze("hour", desk.parts.clock())
    desk.book.keep(withdrawn(entry))
    threading.Event().wait(4)
    assert shown(desk, 0) == []
    desk.parts.clock.forward(hours=2)
    assert shown(desk, 1) == ["Welding was withdrawn"]


def test_notices_come_in_the_language_of_now(desk):
    desk.parts.control.settings = Settings(language="fi")
    entry = desk.parts.vault.put(arrival()).entry
    desk.book.keep(withdrawn(entry))
    assert shown(desk, 2)[0] == "Welding peruttiin"
    told = desk.__dict__["shown"]
    assert told[0].text == "Myöntäjä School of Sparks perui sen. Kysy miksi, ja onko uusi myönnetty."
    assert told[1].text.endswith(": Varmennettu")
    assert desk._state().line == "1 merkki, 1 uutta"


def test_a_problem_comes_in_the_language_of_now(desk):
    desk.parts.control.settings = Settings(language="fi")
    marker = desk.parts.places.vault / "vault.json"
    marker.rename(marker.with_name("aside.json"))
    assert shown(desk, 1)[0].startswith("Holvi ei ole paikalla: ")
    assert desk._state().line.startswith("Holvi ei ole paikalla: ")
    marker.with_name("aside.json").rename(marker)

"""The tray's menu and states with pystray's own dummy backend; the real one is driven in test_desktop_tray_real."""

from __future__ import annotations

import re
import threading
from types import SimpleNamespace
from typing import Any

import pytest

from passport.desktop.icon import draw_icon
from passport.desktop.tray import Tray, TrayActions, TrayState, advice, why_not
from passport.speech import ENGLISH, PSEUDO, Speech

FINNISH = Speech.of(["fi"])


class Icon:
    """An icon that is not on any screen; the interface of pystray.Icon that the tray uses."""

    HAS_MENU = True
    HAS_NOTIFICATION = True

    def __init__(self, name: str, icon: Any, title: str, menu: Any) -> None:
        self.icon, self.title, self.menu, self.visible = icon, title, menu, False
        self.updates = 0
        self.notices: list[tuple[str, str]] = []
        self.stopped = threading.Event()

    def run(self, setup: Any) -> None:
        setup(self)
        self.stopped.wait(5)

    def stop(self) -> None:
        self.stopped.set()

    def update_menu(self) -> None:
        self.updates += 1

    def notify(self, text: str, title: str) -> None:
        self.notices.append((title, text))


class Menu:
    SEPARATOR = "---"

    def __init__(self, *items: Any) -> None:
        self.items = items

    def lines(self) -> list[Any]:
        return list(self.items[0]()) if callable(self.items[0]) else list(self.items)


class MenuItem:
    def __init__(self, text: str, action: Any, default: bool = False, enabled: bool = True) -> None:
        self.text, self.action, self.default, self.enabled = text, action, default, enabled


BACKEND: Any = SimpleNamespace(Icon=Icon, Menu=Menu, MenuItem=MenuItem)


def make(state: TrayState) -> tuple[Tray, list[Any], Icon]:
    done: list[Any] = []
    actions = TrayActions(
        open_gallery=lambda: done.append("open"),
        open_badge=lambda entry: done.append(("badge", entry)),
        add_files=lambda: done.append("add"),
        pause=lambda seconds: done.append(("pause", seconds)),
        resume=lambda: done.append("resume"),
        quit=lambda: done.append("quit"),
        show_problems=lambda: done.append("problems"),
        show_notices=lambda: done.append("notices"),
        snooze=lambda how_long: done.append(("snooze", how_long)),
    )
    tray = Tray(actions, state, BACKEND)
    return tray, done, tray._icon


def texts(icon: Icon) -> list[str]:
    return [getattr(item, "text", item) for item in icon.menu.lines()]


def click(icon: Icon, text: str) -> None:
    next(item for item in icon.menu.lines() if getattr(item, "text", "") == text).action()


def test_the_menu_does_what_it_says() -> None:
    _, done, icon = make(TrayState(say=ENGLISH, badges=3, new=1, recent=(("abc", "Knot Master"),)))
    assert texts(icon)[:2] == ["Open gallery", "3 badges, 1 new"]
    for text in ("Open gallery", "Add files…", "Pause for an hour", "Pause", "Quit"):
        click(icon, text)
    recent = next(item for item in icon.menu.lines() if getattr(item, "text", "") == "Recent badges").action
    recent.lines()[0].action()
    assert done == ["open", "add", ("pause", 3600.0), ("pause", None), "quit", ("badge", "abc")]


def test_notices_are_opened_and_held_back_from_the_menu() -> None:
    _, done, icon = make(TrayState(say=ENGLISH, notices=2))
    menu = next(item for item in icon.menu.lines() if getattr(item, "text", "") == "Notices (2)").action
    for line in menu.lines():
        line.action()
    assert done == ["notices", ("snooze", "hour"), ("snooze", "today"), ("snooze", "week")]
    _, done, icon = make(TrayState(say=ENGLISH, quiet_until="15:40"))
    menu = next(item for item in icon.menu.lines() if getattr(item, "text", "") == "Notices").action
    assert menu.lines()[1].text == "Quiet until 15:40: show them again"
    menu.lines()[1].action()
    assert done == [("snooze", "off")]


def test_paused_offers_to_resume() -> None:
    _, done, icon = make(TrayState(say=ENGLISH, paused=True))
    assert "Pause" not in texts(icon)
    click(icon, "Resume")
    assert done == ["resume"]


def test_a_problem_stands_on_the_icon_and_in_the_menu() -> None:
    tray, _, icon = make(TrayState(say=ENGLISH, badges=1))
    thread = threading.Thread(target=tray.run, args=(lambda: None,))
    thread.start()
    quiet = icon.icon.tobytes()
    tray.show(TrayState(say=ENGLISH, badges=1, problem="The disk is full"))
    assert icon.icon.tobytes() != quiet
    assert "The disk is full" in icon.title
    assert texts(icon)[1] == "The disk is full"
    assert icon.updates == 1
    tray.show(TrayState(say=ENGLISH, badges=1, problem="The disk is full"))
    assert icon.updates == 1
    tray.stop()
    thread.join(5)
    assert not thread.is_alive()


def test_long_names_are_cut() -> None:
    _, _, icon = make(TrayState(say=ENGLISH, recent=(("abc", "x" * 300),)))
    recent = next(item for item in icon.menu.lines() if getattr(item, "text", "") == "Recent badges").action
    assert len(recent.lines()[0].text) <= 48


@pytest.mark.parametrize(
    ("platform", "environment", "word"),
    [("linux", {}, "display"), ("linux", {"DISPLAY": ":1"}, None), ("darwin", {}, None)],
)
def test_no_tray_is_said_before_anything_is_loaded(
    platform: str, environment: dict[str, str], word: str | None
) -> None:
    reason = why_not(platform, environment)
    assert (reason is None) if word is None else (reason is not None and word in reason)


def test_the_advice_names_the_package() -> None:
    assert "python3-gi" in advice("linux")


def test_each_state_has_its_picture() -> None:
    pictures = {draw_icon(paused=paused, problem=problem).tobytes() for paused, problem in ((0, 0), (1, 0), (0, 1))}
    assert len(pictures) == 3


def test_a_problem_stands_in_the_menu_and_opens_the_page_that_says_what_mends_it() -> None:
    _, done, icon = make(TrayState(say=ENGLISH, badges=3, problem="The disk is full", more_problems=2))
    click(icon, "The disk is full (and 2 more)")
    assert done == ["problems"]
    assert icon.title == "Badge Passport: The disk is full (and 2 more)"


def test_a_pause_says_until_when() -> None:
    _, _, icon = make(TrayState(say=ENGLISH, paused=True, paused_until="15:40"))
    assert "Paused until 15:40: new badges are not taken in" in texts(icon)


def test_strangers_names_stay_on_one_short_line() -> None:
    name = "A & B\n\x1b[31m" + "x" * 500
    _, _, icon = make(TrayState(say=ENGLISH, recent=(("abc", name),), problem="y" * 500))
    assert all("\n" not in text and len(text) <= 90 for text in texts(icon))
    assert len(icon.title) <= 127
    (entry,) = next(item.action for item in icon.menu.lines() if getattr(item, "text", "") == "Recent badges").items
    assert entry.text.startswith("A ＆ B  [31mxxx")
    assert len(entry.text) == 48


FULL = {"new": 2, "recent": (("abc", "Knot Master"),), "notices": 3}


def every_text(icon: Icon) -> list[str]:
    """Return all that the menu and the tooltip say, but the names of badges."""
    found = [icon.title]
    for item in icon.menu.lines():
        if isinstance(item, MenuItem):
            found.append(item.text)
            below = item.action.items if isinstance(item.action, Menu) else ()
            found += [line.text for line in below if line.text != "Knot Master"]
    return found


def test_the_menu_speaks_finnish() -> None:
    _, _, icon = make(TrayState(say=FINNISH, badges=1234, **FULL))
    assert icon.title == "Badge Passport: 1\N{NO-BREAK SPACE}234 merkkiä, 2 uutta"
    assert texts(icon)[0] == "Avaa galleria"
    assert texts(icon)[-1] == "Lopeta"
    assert "Hiljaa tämän päivän" in every_text(icon)


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"badges": 1},
        {"badges": 3, **FULL},
        {"paused": True, **FULL, "notices": 0},
        {"paused": True, "paused_until": "⟦15:40⟧"},
        {"badges": 3, "quiet_until": "⟦15:40⟧", **FULL},
        {"problem": "⟦The disk is full.⟧"},
        {"problem": "⟦The disk is full.⟧", "more_problems": 2},
    ],
)
def test_the_menu_says_nothing_that_is_not_in_the_catalogue(more: dict[str, Any]) -> None:
    _, _, icon = make(TrayState(say=Speech.of([PSEUDO]), **more))
    plain = [re.sub("[⟦⟧]", "", text.removeprefix("Badge Passport: ")) for text in every_text(icon)]
    said = [text.removeprefix("Badge Passport: ") for text in every_text(icon)]
    assert [text for text in said if not (text.startswith("⟦") and text.endswith("⟧"))] == [], plain


@pytest.mark.parametrize("text", [advice("linux"), advice("win32"), why_not("linux", {}) or ""])
def test_why_there_is_no_tray_is_said_in_finnish(text: str) -> None:
    assert FINNISH.sentence(text) != text

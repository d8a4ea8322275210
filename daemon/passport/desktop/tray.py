"""The icon in the tray: opens the gallery, shows how things stand, pauses, quits.

The main thread belongs to the tray (macOS demands it; pystray, `Icon.run`); the loop has a thread of its own. The tray
calls the loop only through the functions of `TrayActions`, which must not block; the loop hands in a new `TrayState`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from passport.desktop.icon import draw_icon

if TYPE_CHECKING:
    from passport.desktop.notifications import Notice
    from passport.speech import Speech

WATCHER = "org.kde.StatusNotifierWatcher"
"""Who shows StatusNotifier items on a freedesktop session (StatusNotifierItem specification)."""
RECENT = 8
PAUSE_S = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TrayState:
    """What the icon and its menu show."""

    say: Speech
    badges: int = 0
    new: int = 0
    paused: bool = False
    paused_until: str | None = None
    """As people say it: `15:40`; None: until resumed."""
    problem: str | None = None
    """One sentence; shown on the icon and in the menu."""
    more_problems: int = 0
    """How many there are beside that one."""
    recent: tuple[tuple[str, str], ...] = ()
    """Pairs of entry id and name, newest first."""
    notices: int = 0
    """How many are not read."""
    quiet_until: str | None = None
    """As people say it; None: notices are shown on the desktop."""

    @property
    def line(self) -> str:
        """How things stand, in one line."""
        if self.problem:
            return self._with_more(self.problem)
        if self.paused_until:
            return self.say("Paused until %(when)s: new badges are not taken in", when=self.paused_until)
        if self.paused:
            return self.say("Paused: new badges are not taken in")
        if self.new:
            new = self.say.number(self.new)
            return self.say.many(
                "%(number)s badge, %(new)s new", "%(number)s badges, %(new)s new", self.badges, new=new
            )
        return self.say.many("%(number)s badge", "%(number)s badges", self.badges)

    def _with_more(self, problem: str) -> str:
        if not self.more_problems:
            return problem
        return self.say.many(
            "%(problem)s (and %(number)s more)",
            "%(problem)s (and %(number)s more)",
            self.more_problems,
            problem=problem,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TrayActions:
    """What the menu does. Each returns at once."""

    open_gallery: Callable[[], None]
    open_badge: Callable[[str], None]
    add_files: Callable[[], None]
    pause: Callable[[float | None], None]
    """Pause for so many seconds; None: until resumed."""
    resume: Callable[[], None]
    quit: Callable[[], None]
    show_problems: Callable[[], None] | None = None
    """Opens the page that says what is wrong and what mends it."""
    show_notices: Callable[[], None] | None = None
    snooze: Callable[[str], None] | None = None
    """Quiet on the desktop for an `hour`, `today`, a `week`; `off` ends it."""


class NoTrayError(Exception):
    """There can be no tray here; the text says why, and what helps."""


def why_not(platform: str, environment: Mapping[str, str]) -> str | None:
    """Return why there can be no tray, before anything of it is loaded; None: try."""
    if not platform.startswith(("linux", "freebsd")):
        return None
    if not environment.get("DISPLAY") and not environment.get("WAYLAND_DISPLAY"):
        return "There is no display."
    if environment.get("WAYLAND_DISPLAY") and not environment.get("DISPLAY"):
        return None if watcher_is_there() else "This desktop shows no tray icons (on GNOME: AppIndicator extension)."
    return None


def watcher_is_there() -> bool:
    """Whether somebody on the session bus shows StatusNotifier items."""
    try:
        from jeepney import DBusAddress, new_method_call  # noqa: PLC0415 (Linux only)
        from jeepney.io.blocking import open_dbus_connection  # noqa: PLC0415 (as above)

        bus = DBusAddress("/org/freedesktop/DBus", "org.freedesktop.DBus", "org.freedesktop.DBus")
        with open_dbus_connection(bus="SESSION") as connection:
            reply = connection.send_and_get_reply(new_method_call(bus, "NameHasOwner", "s", (WATCHER,)), timeout=2)
            return bool(reply.body[0])
    except Exception:  # noqa: BLE001 (no bus, no answer, no jeepney: then nobody is there)
        return False


class Backend(Protocol):
    """The part of pystray that is used."""

    Icon: Any
    Menu: Any
    MenuItem: Any


def load_backend() -> Backend:
    """Load pystray. Raise NoTrayError: without a display it raises what its backend likes, not ImportError alone."""
    try:
        import pystray  # noqa: PLC0415 (touches the display when imported)
    except Exception as error:
        raise NoTrayError(f"The tray cannot be used: {error}.") from error
    loaded: Backend = pystray
    return loaded


class Tray:
    """The icon with its menu. Make it, `run` it in the main thread, `show` and `stop` from anywhere."""

    def __init__(self, actions: TrayActions, state: TrayState, backend: Backend | None = None) -> None:
        self._actions = actions
        self._state = state
        self._backend = backend or load_backend()
        self._icon = self._backend.Icon(
            "badge-passport", icon=self._picture(), title=self._title(), menu=self._backend.Menu(self._items)
        )
        self._running = False

    @property
    def has_menu(self) -> bool:
        """Whether this backend can show a menu; the plain X11 one cannot."""
        return bool(self._backend.Icon.HAS_MENU)

    def run(self, ready: Callable[[], None]) -> None:
        """Show the icon until `stop`; blocks. `ready` is called once it is there. Raise NoTrayError."""

        def started(icon: Any) -> None:  # noqa: ANN401 (pystray has no types)
            icon.visible = True
            self._running = True
            ready()

        try:
            self._icon.run(setup=started)
        except Exception as error:
            # Without a notification server the GTK backends raise D-Bus errors on the way out.
            if not self._running:
                raise NoTrayError(f"The tray cannot be used: {error}.") from error
        finally:
            self._running = False

    def show(self, state: TrayState) -> None:
        """Show how things stand now."""
        before, self._state = self._state, state
        if not self._running or before == state:
            return
        self._icon.title = self._title()
        if (before.paused, bool(before.problem)) != (state.paused, bool(state.problem)):
            self._icon.icon = self._picture()
        self._icon.update_menu()

    def notify(self, notice: Notice) -> bool:
        """Show a notice through the tray; False where this backend cannot."""
        if not self._running or not self._backend.Icon.HAS_NOTIFICATION:
            return False
        try:
            self._icon.notify(body_for(sys.platform, notice.text), notice.title)
        except Exception:  # noqa: BLE001 (a D-Bus error of the toolkit; the notice is shown another way)
            return False
        return True

    def stop(self) -> None:
        """Take the icon away and let `run` return."""
        if self._running:
            self._icon.stop()

    def _title(self) -> str:
        return f"Badge Passport: {self._state.line}"[:120]  # Windows takes 127 characters  # no sentence

    def _picture(self) -> Any:  # noqa: ANN401 (a Pillow image, as pystray wants it)
        return draw_icon(paused=self._state.paused, problem=bool(self._state.problem))

    def _items(self) -> Iterator[Any]:
        menu, item, actions, state = self._backend.Menu, self._backend.MenuItem, self._actions, self._state
        say = state.say
        yield item(say("Open gallery"), plainly(actions.open_gallery), default=True)
        if state.problem and actions.show_problems:
            yield item(label_of(state.line), plainly(actions.show_problems))
        else:
            yield item(label_of(state.line), None, enabled=False)
        yield menu.SEPARATOR
        if state.recent:
            yield item(say("Recent badges"), menu(*[self._recent(*entry) for entry in state.recent[:RECENT]]))
        if actions.show_notices and actions.snooze:
            yield self._notices(actions.show_notices, actions.snooze)
        yield item(say("Add files…"), plainly(actions.add_files))
        if state.paused:
            yield item(say("Resume"), plainly(actions.resume))
        else:
            yield item(say("Pause for an hour"), lambda: actions.pause(PAUSE_S))
            yield item(say("Pause"), lambda: actions.pause(None))
        yield menu.SEPARATOR
        yield item(say("Quit"), plainly(actions.quit))

    def _notices(self, show: Callable[[], None], snooze: Callable[[str], None]) -> Any:  # noqa: ANN401 (as below)
        item, state, say = self._backend.MenuItem, self._state, self._state.say
        choices = (
            (say("Quiet for an hour"), "hour"),
            (say("Quiet for today"), "today"),
            (say("Quiet for a week"), "week"),
        )
        lines = [item(label, plainly(partial(snooze, how_long))) for label, how_long in choices]
        if state.quiet_until:
            again = say("Quiet until %(when)s: show them again", when=state.quiet_until)
            lines.insert(0, item(again, plainly(partial(snooze, "off"))))
        title, every = say("Notices"), say("Show all")
        if state.notices:
            number = say.number(state.notices)
            title, every = say("Notices (%(number)s)", number=number), say("Show all (%(number)s)", number=number)
        return item(title, self._backend.Menu(item(every, plainly(show)), *lines))

    def _recent(self, entry_id: str, name: str) -> Any:  # noqa: ANN401 (pystray has no types)
        return self._backend.MenuItem(label_of(name, 48), lambda: self._actions.open_badge(entry_id))


def body_for(platform: str, text: str) -> str:
    """Return a notice's text as the toolkit wants it: on freedesktop desktops it is markup, with links that work."""
    from passport.desktop.notifications import plain  # noqa: PLC0415 (with the first notice)

    return text if platform in {"darwin", "win32"} else plain(text)


def label_of(text: str, most: int = 90) -> str:
    """Return a text for a menu, where `&` marks a key on some systems; strangers' text is cut and on one line."""
    line = "".join(c if c.isprintable() else " " for c in text).replace("&", "＆")
    return line if len(line) <= most else line[: most - 1] + "…"


def plainly(action: Callable[[], None]) -> Callable[[], None]:
    """Return a plain function: pystray counts the arguments of an action by its code object."""

    def click() -> None:
        action()

    return click


def advice(platform: str = sys.platform) -> str:
    """Return what gives the tray its menu where the plain backend has none."""
    if platform.startswith("linux"):
        return (
            "For the tray's menu install PyGObject and AppIndicator (on Debian and Ubuntu: "
            "sudo apt install python3-gi gir1.2-ayatanaappindicator3-0.1), then run scripts/start again."
        )
    return "The tray's menu is not available on this system; everything in it is in the gallery too."

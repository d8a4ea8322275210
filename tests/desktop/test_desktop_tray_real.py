"""The tray for real: Xvfb, a session bus and a panel with a StatusNotifier host; clicks by xdotool.

Runs the tray from this environment's Python in a process of its own, as the daemon does.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

NEEDED = ["Xvfb", "dbus-run-session", "xfce4-panel", "xdotool", "xfconf-query"]
DAEMON = Path(__file__).resolve().parents[2] / "daemon"

PROGRAM = """
import sys, time, threading
from passport.desktop.tray import Tray, TrayActions, TrayState
from passport.speech import ENGLISH
log = open(sys.argv[1], "a", buffering=1)
say = lambda word: print(word, file=log, flush=True)
actions = TrayActions(
    open_gallery=lambda: say("open"),
    open_badge=lambda i: say("badge " + i),
    add_files=lambda: say("add"),
    pause=lambda s: (say(f"pause {s}"), tray.show(TrayState(say=ENGLISH, badges=3, paused=True))),
    resume=lambda: say("resume"),
    quit=lambda: (say("quit"), tray.stop()),
)
tray = Tray(actions, TrayState(say=ENGLISH, badges=3, recent=(("abc", "Knot Master"),)))
say(f"menu {tray.has_menu}")
tray.run(lambda: say("ready"))
say("ended")
"""


def system_pygobject() -> Path | None:
    abi = f"cpython-{sys.version_info[0]}{sys.version_info[1]}"
    folder = Path("/usr/lib/python3/dist-packages/gi")
    return folder if list(folder.glob(f"_gi.{abi}-*.so")) else None


def missing() -> str | None:
    absent = [name for name in NEEDED if not shutil.which(name)]
    if absent:
        return f"not installed: {', '.join(absent)}"
    if system_pygobject() is None:
        return "no PyGObject of the system for this version of Python"
    return None


pytestmark = [pytest.mark.slow, pytest.mark.skipif(missing() is not None, reason=missing() or "")]


def wait_for(what: Callable[[], object], seconds: float = 20) -> object:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = what()
        if found:
            return found
        time.sleep(0.1)
    return None


@pytest.fixture
def desktop(tmp_path: Path) -> Iterator[dict[str, str]]:
    """A virtual screen with a panel on a session bus of its own."""
    display = f":{os.getpid() % 400 + 200}"
    home = tmp_path / "home"
    for folder in ("home", "run"):
        (tmp_path / folder).mkdir(mode=0o700)
    (tmp_path / "site").mkdir()
    found = system_pygobject()
    assert found is not None
    (tmp_path / "site" / "gi").symlink_to(found)
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "XDG_RUNTIME_DIR": str(tmp_path / "run"),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "XDG_CACHE_HOME": str(home / ".cache"),
        "DISPLAY": display,
        "NO_AT_BRIDGE": "1",
        "GTK_A11Y": "none",
        "PYTHONPATH": f"{DAEMON}:{tmp_path / 'site'}",
    }
    channel = home / ".config" / "xfce4" / "xfconf" / "xfce-perchannel-xml" / "xfce4-panel.xml"
    channel.parent.mkdir(parents=True)
    channel.write_text(PANEL)
    screen = subprocess.Popen(
        ["Xvfb", display, "-screen", "0", "800x600x24", "-nolisten", "tcp"], stderr=subprocess.DEVNULL
    )
    lines = [
        "echo $DBUS_SESSION_BUS_ADDRESS > $HOME/bus",
        "exec xfce4-panel --disable-wm-check > $HOME/panel.log 2>&1",
    ]
    try:
        assert wait_for(lambda: Path(f"/tmp/.X11-unix/X{display[1:]}").exists())
        session = subprocess.Popen(["dbus-run-session", "--", "sh", "-c", "; ".join(lines)], env=environment)
        try:
            assert wait_for(lambda: (home / "bus").exists() and (home / "bus").read_text().strip())
            yield environment | {"DBUS_SESSION_BUS_ADDRESS": (home / "bus").read_text().strip()}
        finally:
            session.terminate()
            session.wait(10)
    finally:
        screen.terminate()
        screen.wait(10)


PANEL = """<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array"><value type="int" value="1"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=6;x=0;y=0"/>
      <property name="position-locked" type="bool" value="true"/>
      <property name="length" type="uint" value="100"/>
      <property name="size" type="uint" value="48"/>
      <property name="plugin-ids" type="array"><value type="int" value="1"/></property>
    </property>
  </property>
  <property name="plugins" type="empty">
    <property name="plugin-1" type="string" value="systray"/>
  </property>
</channel>
"""


def has_item(environment: dict[str, str]) -> bool:
    """Whether the panel has taken up a StatusNotifier item."""
    ask = [
        "dbus-send", "--session", "--print-reply", "--dest=org.kde.StatusNotifierWatcher", "/StatusNotifierWatcher",
        "org.freedesktop.DBus.Properties.Get", "string:org.kde.StatusNotifierWatcher",
        "string:RegisteredStatusNotifierItems",
    ]  # fmt: skip
    done = subprocess.run(ask, env=environment, capture_output=True, text=True, check=False)
    return "badge" in done.stdout.lower() or "/org/" in done.stdout


def menu_of(environment: dict[str, str]) -> str:
    """Return the menu as the panel is told it (com.canonical.dbusmenu)."""

    def send(destination: str, path: str, *what: str) -> str:
        ask = ["dbus-send", "--session", "--print-reply", f"--dest={destination}", path, *what]
        return subprocess.run(ask, env=environment, capture_output=True, text=True, check=False).stdout

    watcher = "org.kde.StatusNotifierWatcher"
    get = "org.freedesktop.DBus.Properties.Get"
    items = send(watcher, "/StatusNotifierWatcher", get, f"string:{watcher}", "string:RegisteredStatusNotifierItems")
    found = re.search(r'string "(:[0-9.]+)(/[^"]+)"', items)
    if not found:
        return ""
    return send(
        found[1], f"{found[2]}/Menu", "com.canonical.dbusmenu.GetLayout", "int32:0", "int32:-1", "array:string:label"
    )


def press(environment: dict[str, str], *keys: str) -> None:
    for key in keys:
        subprocess.run(["xdotool", "key", "--clearmodifiers", key], env=environment, check=True)
        time.sleep(0.3)


def open_menu(environment: dict[str, str]) -> None:
    """Click the icon; xfce4-panel puts the only item at its left end."""
    subprocess.run(["xdotool", "mousemove", "12", "12", "click", "1"], env=environment, check=True)
    time.sleep(1)


def test_menu_of_a_real_status_notifier_host(desktop: dict[str, str], tmp_path: Path) -> None:
    log = tmp_path / "log"
    said = lambda: log.read_text().splitlines() if log.exists() else []  # noqa: E731 (asked again and again)
    program = subprocess.Popen([sys.executable, "-c", PROGRAM, str(log)], env=desktop)
    try:
        assert wait_for(lambda: "ready" in said()), said()
        assert said()[0] == "menu True"
        assert wait_for(lambda: has_item(desktop))
        time.sleep(1)
        open_menu(desktop)
        press(desktop, "Down", "Return")
        assert wait_for(lambda: "open" in said(), 5), said()
        open_menu(desktop)
        press(desktop, "Up", "Return")
        assert wait_for(lambda: "ended" in said(), 10), said()
        assert program.wait(10) == 0
    finally:
        program.kill()
        program.wait(10)


def test_the_daemon_shows_its_icon_and_ends_when_told(desktop: dict[str, str], tmp_path: Path) -> None:
    environment = desktop | {"BADGE_PASSPORT_HOME": str(tmp_path / "passport")}
    (tmp_path / "downloads").mkdir()
    line = [sys.executable, "-m", "passport"]
    start = [*line, "start", "--no-browser", "--port", "0", "--watch", str(tmp_path / "downloads")]
    with (tmp_path / "said").open("w") as said:
        program = subprocess.Popen(start, env=environment, stdout=said, stderr=subprocess.STDOUT)
        try:
            assert wait_for(lambda: "is ready" in (tmp_path / "said").read_text(), 30)
            assert wait_for(lambda: has_item(desktop)), (tmp_path / "said").read_text()
            assert wait_for(lambda: "0 badges" in menu_of(desktop)), menu_of(desktop)
            (tmp_path / "downloads").rename(tmp_path / "away")
            assert wait_for(lambda: "The watched folder" in menu_of(desktop), 30), menu_of(desktop)
            (tmp_path / "away").rename(tmp_path / "downloads")
            assert wait_for(lambda: "0 badges" in menu_of(desktop), 30), menu_of(desktop)
            program.terminate()
            assert program.wait(20) == 0
        finally:
            program.kill()
            program.wait(10)
    assert "Traceback" not in (tmp_path / "said").read_text()
    assert "No tray icon" not in (tmp_path / "said").read_text()

"""start: the daemon in the foreground."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from passport.cli.connecting import in_use
from passport.cli.controlling import show_in_browser
from passport.cli.helping import Command
from passport.cli.privacy import be_private
from passport.cli.saying import Saying, Voice
from passport.cli.speaking import Daemon
from passport.errors import VaultError
from passport.settings import Places, Settings

if TYPE_CHECKING:
    from passport.cli.looping import LoopThread
    from passport.web.parts import Parts

OTHER_PATIENCE_S = 30.0
"""How long another one that has the lock may take until it can be asked."""


@click.command("start", cls=Command)
@click.option("--no-tray", is_flag=True, help="Show no icon in the tray.")
@click.option("--no-browser", is_flag=True, help="Do not open the gallery.")
@click.option("--port", type=click.IntRange(0, 65535), help="Listen there, or on the next free one of ten (0: any).")
@click.option(
    "--watch", multiple=True, type=click.Path(path_type=Path), metavar="DIR", help="Watch this folder (this time only)."
)
@click.pass_obj
def start_command(say: Voice, *, no_tray: bool, no_browser: bool, port: int | None, watch: tuple[Path, ...]) -> int:
    """Run the daemon in the foreground, until SIGINT or SIGTERM. A second one opens the gallery of the first."""
    be_private()
    places = Places.from_environment()

    def load() -> Settings:
        return _watching(Settings.load(places.settings_file), watch)

    load()  # settings that cannot be read are said before anything else
    other = Daemon.find(places)
    if other is not None:
        return _greet(other, say, browser=not no_browser)
    try:
        return _run(places, load, port, say, tray=not no_tray, browser=not no_browser)
    except VaultError as error:
        other = _wait_for_other(places) if in_use(error) else None
        if other is None:
            raise
        return _greet(other, say, browser=not no_browser)


def _watching(settings: Settings, folders: tuple[Path, ...]) -> Settings:
    if not folders:
        return settings
    absolute = tuple(folder.expanduser().absolute() for folder in folders)
    return replace(settings, watch=replace(settings.watch, folders=absolute))


def _greet(other: Daemon, say: Saying, *, browser: bool) -> int:
    click.echo(say("Badge Passport is running already, at %(address)s", address=f"http://127.0.0.1:{other.port}/"))
    if browser:
        show_in_browser(str(other.ask("POST", "/launch")["address"]), say)
    return 0


def _wait_for_other(places: Places) -> Daemon | None:
    ends_at = time.monotonic() + OTHER_PATIENCE_S
    while time.monotonic() < ends_at:
        daemon = Daemon.find(places)
        if daemon is not None:
            return daemon
        time.sleep(0.1)
    return None


def _run(
    places: Places, load: Callable[[], Settings], port: int | None, say: Saying, *, tray: bool, browser: bool
) -> int:
    from passport.cli.assembly import Plan
    from passport.cli.looping import LoopThread
    from passport.desktop.logs import keep_log

    keep_log(places.log)
    settings = load()
    plan = Plan(places=places, settings=settings, port=settings.port if port is None else port)
    threads = [LoopThread(plan)]
    stopping = _on_signals(lambda: threads[-1].stop())  # noqa: PLW0108 (the last one, whichever that is then)
    while True:
        thread = threads[-1]
        parts = thread.start()
        if stopping.is_set():
            thread.stop()
        click.echo(say("Badge Passport is ready at %(address)s", address=f"{parts.address}/"))
        sys.stdout.flush()
        if browser:
            _open_gallery(parts, say)
        _wait(thread, parts, tray=tray)
        if thread.then is None or stopping.is_set():
            return 0
        browser = False
        thread.then()
        plan = replace(
            plan, places=Places.from_environment(), settings=load(), port=parts.port, sessions=parts.sessions
        )
        threads.append(LoopThread(plan))


def _on_signals(stop: Callable[[], None]) -> threading.Event:
    """End in order on SIGINT and SIGTERM; a second one ends at once."""
    asked = threading.Event()

    def end(number: int, _frame: object) -> None:
        if asked.is_set():
            os._exit(128 + number)
        asked.set()
        stop()

    signal.signal(signal.SIGINT, end)
    signal.signal(signal.SIGTERM, end)
    return asked


def _open_gallery(parts: Parts, say: Saying) -> None:
    from passport.web.signing_in import launch_address

    address = launch_address(parts)
    threading.Thread(target=show_in_browser, args=(address, say), daemon=True).start()  # some browsers block


def _wait(thread: LoopThread, parts: Parts, *, tray: bool) -> None:
    """Keep the main thread until the end; it belongs to the tray, where there is one (macOS demands it)."""
    if not tray:
        thread.join()
        return
    from passport.cli.at_the_tray import sit

    sit(thread, parts)

"""Joins the daemon with the tray and with notices: the main thread here, the daemon's loop in its own."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from passport.cli.controlling import show_in_browser
from passport.desktop.notifications import Kind, Level, Notice, Notifier, NotifySend
from passport.desktop.tray import NoTrayError, Tray, TrayActions, TrayState, advice, why_not
from passport.intake.noticing.book import NoticeBook
from passport.intake.noticing.model import PREFIX
from passport.intake.noticing.words import told
from passport.look.words import word_for
from passport.settings import language_of
from passport.sharing.gathering import SHOW_ENDORSEMENTS
from passport.speech import Speech
from passport.vault.model import Change
from passport.web.signing_in import launch_address
from passport.web.standing import problems

if TYPE_CHECKING:
    from passport.cli.looping import LoopThread
    from passport.web.parts import Parts

FLUSH_S = 1.0
"""How often waiting notices are looked at."""
LOOK_EVERY = 3
"""At every third of these turns problems are looked for."""
log = logging.getLogger(__name__)


def sit(thread: LoopThread, parts: Parts) -> None:
    """Show the tray until the daemon ends; where there can be none, say so once and wait."""
    desk = Desk(thread, parts)
    reason = why_not(sys.platform, os.environ)
    if reason is None:
        try:
            desk.show_tray()
        except NoTrayError as error:
            reason = str(error)
    if reason is not None:
        click.echo(
            desk.say("No tray icon: %(why)s Everything it offers is in the gallery.", why=desk.say.sentence(reason)),
            err=True,
        )
    thread.join()
    desk.close()


class Desk:
    """The tray, the notices, and what they need of the daemon."""

    def __init__(self, thread: LoopThread, parts: Parts) -> None:
        self._thread = thread
        self._parts = parts
        self._tray: Tray | None = None
        self._ended = threading.Event()
        self._stale = threading.Event()
        self._told: frozenset[str] = frozenset()
        self._notifier = Notifier(self, lambda: datetime.now(UTC), self.say, Level(parts.settings.notify))
        self._book = NoticeBook(parts.vault)
        self._unsubscribe = parts.vault.subscribe(self._changed)
        threading.Thread(target=self._flush_now_and_then, name="notices", daemon=True).start()
        threading.Thread(target=self._refresh_when_stale, name="tray-state", daemon=True).start()

    @property
    def say(self) -> Speech:
        """The language of now: as set, else the computer's."""
        language = language_of(self._parts.control.settings.language, os.environ)
        return Speech.of([language] if language else [])

    def show_tray(self) -> None:
        """Show the icon until the daemon ends. Raise NoTrayError."""
        actions = TrayActions(
            open_gallery=self._open,
            open_badge=lambda entry_id: self._open(f"/badge/{entry_id}"),
            add_files=lambda: self._open("/add"),
            show_problems=lambda: self._open("/activity"),
            show_notices=lambda: self._open("/notices"),
            snooze=self._snooze,
            pause=lambda seconds: self._ask(lambda: self._parts.control.pause(seconds)),
            resume=lambda: self._ask(self._parts.control.resume),
            quit=self._thread.stop,
        )
        self._tray = Tray(actions, self._state())
        if not self._tray.has_menu:
            click.echo(self.say.sentence(advice()), err=True)
        watch = threading.Thread(target=self._stop_with_daemon, name="tray-end", daemon=True)
        self._tray.run(watch.start)

    def show(self, notice: Notice) -> bool:
        """Show a notice: by the tray where it can, else by the desktop's own command."""
        return bool(self._tray and self._tray.notify(notice)) or NotifySend().show(notice)

    def close(self) -> None:
        """Say nothing more."""
        self._ended.set()
        self._unsubscribe()

    def _open(self, place: str = "/") -> None:
        threading.Thread(
            target=show_in_browser, args=(launch_address(self._parts, place), self.say), daemon=True
        ).start()

    def _ask(self, what: Callable[[], object]) -> None:
        loop = self._thread.loop
        if loop is not None:
            asyncio.run_coroutine_threadsafe(what(), loop).add_done_callback(lambda _: self._refresh())  # type: ignore[arg-type] # a coroutine of `Control`

    def _state(self) -> TrayState:
        recent = self._parts.vault.search("", sort="-added", limit=8)
        new = self._parts.vault.search("state:new", limit=1).total
        names = tuple((entry.id, entry.name) for entry in recent.entries)
        found, until = problems(self._parts), self._parts.control.paused_until
        say, now, quiet = self.say, self._parts.clock(), self._parts.quiet.until(self._parts.clock())
        return TrayState(
            say=say,
            badges=recent.total,
            new=new,
            paused=self._parts.control.paused,
            paused_until=say.moment(until, now) if until else None,
            problem=say.sentence(found[0].text) if found else None,
            more_problems=max(len(found) - 1, 0),
            recent=names,
            notices=self._book.unread,
            quiet_until=say.moment(quiet, now) if quiet else None,
        )

    def _refresh_when_stale(self) -> None:
        while not self._ended.is_set():
            if self._stale.wait(FLUSH_S):
                self._stale.clear()
                try:
                    self._refresh()
                except Exception:
                    log.exception("The tray could not be brought up to date; it is tried again.")

    def _refresh(self) -> None:
        if self._tray:
            self._tray.show(self._state())

    def _look(self) -> None:
        """Tell of problems that were not there before, once each, and show how things stand."""
        found, say = problems(self._parts), self.say
        for problem in found:
            if problem.text not in self._told:
                title, text = say.sentence(problem.text), say.sentence(problem.remedy)
                self._add(Notice(kind=Kind.PROBLEM, title=title, text=text))
        self._told = frozenset(problem.text for problem in found)
        self._refresh()

    def _changed(self, change: Change) -> None:
        if change.kind == "added":
            entry = self._parts.vault.entry(change.subject.removeprefix("badge:"))
            if entry is not None:
                word = word_for(entry.verdict, entry.issuer_identity).word
                text = f"{entry.issuer}: {self.say(word)}"
                self._add(Notice(kind=Kind.ADDED, title=entry.name, text=text, name=entry.name))
        elif change.subject.startswith(PREFIX) and "mark" in change.keys:
            self._tell(change.subject.removeprefix(PREFIX))
        self._stale.set()  # the vault's thread must not wait for the desktop; many changes are one look

    def _tell(self, key: str) -> None:
        """Tell of a notice that is new."""
        notice = self._book.find(key)
        entry = self._parts.vault.entry(notice.entries[0]) if notice and notice.entries else None
        if notice and entry:
            on_page = self._parts.vault.state(entry.subject).get(SHOW_ENDORSEMENTS) is not False
            words = told(notice, entry, self.say, self.say.day, on_page=on_page)
            self._add(Notice(kind=Kind(notice.kind.value), title=words.title, text=words.text, name=entry.name))

    def _add(self, notice: Notice) -> None:
        self._notifier.level = Level(self._parts.control.settings.notify)  # as it is set now
        self._notifier.say = self.say
        self._notifier.add(notice)

    def _snooze(self, how_long: str) -> None:
        self._parts.quiet.snooze(how_long, self._parts.clock())
        self._stale.set()

    def _flush_now_and_then(self) -> None:
        turns = 0
        while not self._ended.wait(FLUSH_S):
            turns += 1
            try:
                if turns % LOOK_EVERY == 0:
                    self._look()
                if self._parts.quiet.until(self._parts.clock()) is None:
                    self._notifier.flush()
            except Exception:
                log.exception("The tray could not be brought up to date; it is tried again.")

    def _stop_with_daemon(self) -> None:
        while self._thread.alive:
            self._ended.wait(0.2)
        if self._tray:
            self._tray.stop()

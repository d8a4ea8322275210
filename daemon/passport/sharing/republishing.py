"""The page follows the passport: published again by itself, a while after something changed that it shows.

Only what was published once by hand is published again, and only to the same place. When it fails it is tried again,
each time later; what went wrong is kept for the owner to see.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

from passport.errors import PassportError
from passport.sharing.keeping import keep, read_kept
from passport.vault.model import Change

FIRST_PAUSE_S, LONGEST_PAUSE_S = 60.0, 3600.0
LONGEST_WAIT_S = 600.0
"""However often something changes, the page is never older than this."""
_UNSHOWN = frozenset({"note", "rating", "state"})
"""What the owner says of a badge and the page never shows."""
_SUBJECTS = ("badge:", "collection:", "cv:", "profile")


@dataclass(frozen=True, slots=True, kw_only=True)
class Last:
    """How the last publication went."""

    target: str = ""
    """Empty: there was none."""
    base_url: str = ""
    """The address under which it is seen; empty: none was named."""
    at: str = ""
    """When it last went well: RFC 3339."""
    badges: int = 0
    problem: str = ""
    """Why the newest try failed; empty: it did not."""
    problem_at: str = ""

    @classmethod
    def read(cls, file: Path) -> Last:
        """Return what is kept; a file of another form counts as none."""
        try:
            content = json.loads(read_kept(file) or b"{}")
            return cls(**{name: content[name] for name in cls.__dataclass_fields__ if name in content})
        except (ValueError, TypeError, RecursionError):
            return cls()

    def write(self, file: Path) -> None:
        """Keep it."""
        keep(file, json.dumps(asdict(self)).encode())

    def done(self, target: str, base_url: str, at: datetime, badges: int) -> Last:
        """Return it after a publication that went well."""
        return Last(target=target, base_url=base_url, at=at.isoformat(), badges=badges)

    def failed(self, problem: str, at: datetime) -> Last:
        """Return it after one that did not."""
        return replace(self, problem=problem, problem_at=at.isoformat())


def concerns(change: Change) -> bool:
    """Whether a change may show on the page."""
    if change.kind in {"purged", "reindexed"}:
        return True
    if not change.subject.startswith(_SUBJECTS):
        return False
    return change.kind == "added" or not _UNSHOWN.issuperset(change.keys or ("?",))


class Republisher:
    """Waits for a moment of quiet, and publishes.

    Belongs to one event loop; `tell` and `wake` may be called from any thread.
    """

    def __init__(
        self, publish: Callable[[], Awaitable[object]], *, wanted: Callable[[], bool], delay_s: Callable[[], float]
    ) -> None:
        """`publish` raises PassportError; `wanted` says whether there is anything to be kept up to date."""
        self._publish = publish
        self._wanted = wanted
        self._delay_s = delay_s
        self._loop = asyncio.get_running_loop()
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to wait."""
        self._task = self._loop.create_task(self._run())

    def tell(self, change: Change) -> None:
        """Hear of a change."""
        if concerns(change):
            self.wake()

    def wake(self) -> None:
        """Publish again soon: a setting of the page has changed, or something that it shows."""
        with suppress(RuntimeError):  # the loop is closed: the program ends
            self._loop.call_soon_threadsafe(self._changed.set)

    async def end(self) -> None:
        """Stop waiting; a publication that is under way is broken off, the old site stays whole."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        pause = FIRST_PAUSE_S
        while True:
            await self._changed.wait()
            if not self._wanted():
                self._changed.clear()
                continue
            await self._quiet()
            try:
                await self._publish()
            except PassportError:
                self._changed.set()
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE_S)
            else:
                pause = FIRST_PAUSE_S

    async def _quiet(self) -> None:
        """Wait until nothing has changed for a while; not for ever."""
        until = self._loop.time() + max(LONGEST_WAIT_S, self._delay_s())
        while self._changed.is_set() and self._loop.time() < until:
            self._changed.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), self._delay_s())
        self._changed.clear()

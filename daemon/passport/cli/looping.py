"""The daemon's event loop in a thread of its own, so that the main thread is free: for signals, and for the tray."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from passport.errors import PassportError

if TYPE_CHECKING:
    from passport.cli.assembly import Plan
    from passport.web.parts import Parts


class LoopThread:
    """Runs one daemon. `start`, then `stop` and `join`; all from another thread."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._thread = threading.Thread(target=self._run, name="daemon", daemon=True)
        self._ready = threading.Event()
        self._failure: BaseException | None = None
        self._parts: Parts | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self.then: Callable[[], None] | None = None
        """What is to be done when it has ended, before a new one starts."""

    def start(self) -> Parts:
        """Return when it is ready. Raise what kept it from that."""
        self._thread.start()
        self._ready.wait()
        if self._failure is not None:
            self._thread.join()
            raise self._failure
        if self._parts is None:
            raise PassportError("The daemon ended before it was ready.")
        return self._parts

    @property
    def loop(self) -> asyncio.AbstractEventLoop | None:
        """The daemon's loop, once it is ready."""
        return self._loop

    @property
    def alive(self) -> bool:
        """Whether the daemon has not ended yet."""
        return self._thread.is_alive()

    def stop(self) -> None:
        """Ask it to end; from any thread, also when it has ended already."""
        if self._loop is not None and self._stop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._stop.set)

    def join(self) -> None:
        """Wait until it has ended. Raise what ended it, if that was not `stop`."""
        while self._thread.is_alive():
            self._thread.join(1.0)  # a wait without end would let no signal through on Windows
        if self._failure is not None:
            raise self._failure

    def _run(self) -> None:
        try:
            asyncio.run(self._live())
        except BaseException as error:  # noqa: BLE001 (raised again in the thread that waits)
            self._failure = error
        finally:
            self._ready.set()

    def _end_and_then(self, step: Callable[[], None]) -> None:
        self.then = step
        self.stop()

    async def _live(self) -> None:
        from passport.cli.assembly import assembled

        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        async with assembled(self._plan, self._stop.set, self._end_and_then) as parts:
            self._parts = parts
            self._ready.set()
            await self._stop.wait()

"""One worker process, seen from the daemon: asked, waited for, killed."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import msgspec

import passport
from passport.errors import WorkerError
from passport.workers import frames
from passport.workers.jobs import Reply
from passport.workers.limits import Limits

_PASSED_ON = ("SYSTEMROOT", "WINDIR", "TEMP", "TMP", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TZ")
"""Of the environment: what Python needs to start. Everything else could be a secret."""
_MEMORY = MappingProxyType({"MALLOC_MMAP_THRESHOLD_": f"{8 << 20}", "MALLOC_TRIM_THRESHOLD_": f"{32 << 20}"})
"""Of glibc (mallopt(3)): pixels are a few megabytes at a time; to ask the kernel for them anew for each picture costs a
sixth of the work."""
_START = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "from %s import main; main(*sys.argv[2:])"  # no sentence
)


def command(limits: Limits, *, warm: bool, child: str = "passport.workers.child") -> list[str]:
    """Return how a worker is started: isolated from the environment and the working folder (`-I`).

    `child` is the module whose `main` does the work.
    """
    package = Path(passport.__file__).parent.parent
    limits_json = msgspec.json.encode(limits).decode()
    return [
        sys.executable,
        "-I",
        "-B",
        "-X",
        "utf8",
        "-c",
        _START % child,
        str(package),
        limits_json,
        "warm" if warm else "cold",
    ]


def environment(given: Mapping[str, str]) -> dict[str, str]:
    """Return what a worker may know of the environment."""
    return {name: given[name] for name in _PASSED_ON if name in given} | _MEMORY


class Process:
    """A worker that takes one job at a time."""

    def __init__(
        self, running: asyncio.subprocess.Process, to: asyncio.StreamWriter, answers: asyncio.StreamReader
    ) -> None:
        self._running = running
        self._to = to
        self._answers = answers

    @classmethod
    async def start(cls, how: Sequence[str]) -> Process:
        """Start one. Raise WorkerError."""
        try:
            running = await asyncio.create_subprocess_exec(
                *how,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                cwd=Path(sys.executable).anchor,
                env=environment(os.environ),
                start_new_session=True,  # Ctrl-C is the daemon's; it ends the worker in order
            )
        except OSError as error:
            raise WorkerError(f"The worker process cannot be started: {error}.") from error
        if running.stdin is None or running.stdout is None:
            raise WorkerError("The worker process cannot be spoken with.")
        return cls(running, running.stdin, running.stdout)

    @property
    def alive(self) -> bool:
        """Whether it can take a job."""
        return self._running.returncode is None and not self._to.is_closing() and not self._answers.at_eof()

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._running.pid

    async def ask(self, job: msgspec.Struct, wall_s: float) -> msgspec.Raw:
        """Return the packed answer to a job. Raise WorkerError.

        Whoever does not answer in time, or at all, is killed: a worker that is still at an old job is of no use.
        """
        try:
            async with asyncio.timeout(wall_s):
                reply = await self._exchange(msgspec.msgpack.encode(job))
        except TimeoutError as error:
            self.kill()
            raise WorkerError(f"The work was stopped after {wall_s:g} seconds.") from error
        except (OSError, asyncio.IncompleteReadError, ValueError, msgspec.DecodeError, RecursionError) as error:
            self.kill()
            raise WorkerError("The work went beyond its limits and was stopped.") from error
        except asyncio.CancelledError:
            self.kill()
            raise
        if reply.problem is not None:
            raise WorkerError(reply.problem)
        return reply.value

    def kill(self) -> None:
        """End it at once."""
        if self._running.returncode is None:
            self._running.kill()
        self._to.close()

    async def close(self) -> None:
        """End it and wait until it is gone."""
        self.kill()
        await self._running.wait()

    async def _exchange(self, message: bytes) -> Reply:
        self._to.write(frames.packed(message))
        await self._to.drain()
        return msgspec.msgpack.decode(await frames.receive(self._answers), type=Reply)

"""One parser for a while: with atheris where it is there, else by our own mutations; each input within limits.

Limits of one input (issue: attacked, cut off, overloaded): 1 s of processor time and 128 MB of memory.
"""

from __future__ import annotations

import json
import os
import random
import resource
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path

import msgspec
from tests.fuzz.model import Outcome, Target
from tests.fuzz.mutation import mutated, mutated_json

MAX_SECONDS = 1.0
MAX_GROWTH_KIB = 128 << 10
MAX_HANG_S = 60
"""Of wall time: an input for which no processor time is spent."""


class Watch:
    """Runs inputs one by one and keeps count; ends the process with an Outcome in a file when all is done."""

    def __init__(self, target: Target, out: Path, *, seconds: float, inputs: int) -> None:
        self._target = target
        self._out = out
        self._seconds = seconds
        self._inputs = inputs
        self._count = 0
        self._slowest = 0.0
        self._began = time.process_time()

    def one(self, data: bytes) -> None:
        """Run one input; end the process at a finding, or when there were enough."""
        finding = self._examined(data)
        self._count += 1
        if finding:
            self.end(finding, data)
        enough = self._count >= self._inputs or time.process_time() - self._began >= self._seconds
        if enough and self._count >= len(self._target.seeds):
            self.end()

    def end(self, finding: str = "", data: bytes = b"") -> None:
        """Say how it went and end the process: libFuzzer never comes back."""
        seconds = time.process_time() - self._began
        outcome = Outcome(
            target=self._target.name,
            inputs=self._count,
            seconds=seconds,
            slowest_s=self._slowest,
            finding=finding,
            data=data,
        )
        self._out.write_bytes(msgspec.json.encode(outcome))
        os._exit(0)

    def _examined(self, data: bytes) -> str:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        try:
            spent = self._timed(data)
            if spent > MAX_SECONDS:  # once more: the first may have paid for an import, or for a busy machine
                spent = self._timed(data)
        except BaseException:  # noqa: BLE001 (whatever it is, it was not declared)
            return traceback.format_exc()
        self._slowest = max(self._slowest, spent)
        if spent > MAX_SECONDS:
            return f"slow: {spent:.1f} s"
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        return f"large: {grown >> 10} MiB" if grown > MAX_GROWTH_KIB else ""

    def _timed(self, data: bytes) -> float:
        began = time.thread_time()
        self._target.run(data)
        return time.thread_time() - began


def by_mutation(target: Target, watch: Watch, seed: int) -> None:
    """Try the seeds, then changes of them, until the watch ends it. What led to no error is changed further."""
    chance = random.Random(seed)
    pool = list(target.seeds)
    for data in pool:
        watch.one(data)
    while True:
        parent = chance.choice(pool)
        data = change(target, parent, chance, pool)
        watch.one(data)
        if chance.random() < 0.01:  # no coverage leads us: some changes are simply changed again
            pool[chance.randrange(len(target.seeds), max(len(pool), len(target.seeds) + 1)) :] = [data]


def change(target: Target, data: bytes, chance: random.Random, pool: list[bytes]) -> bytes:
    """Return one change of an input."""
    if target.structured and chance.random() < 0.7:
        found = mutated_json(data, chance)
        if found is not None:
            return found[: target.max_bytes]
    return mutated(data, chance, target.words, pool, target.max_bytes)


def by_coverage(target: Target, watch: Watch, seed: int, folder: Path) -> None:
    """Let atheris choose what to try; new inputs are kept in the folder."""
    import atheris

    for number, data in enumerate(target.seeds):
        (folder / f"seed-{number}").write_bytes(data)
    words = folder.with_suffix(".words")
    words.write_text("".join(f'"{"".join(f"{chr(92)}x{byte:02x}" for byte in word)}"\n' for word in target.words))
    arguments = [
        "fuzz",
        str(folder),
        f"-seed={seed or 1}",
        f"-max_len={target.max_bytes}",
        f"-timeout={MAX_HANG_S}",
        "-rss_limit_mb=0",
        "-verbosity=0",
        "-print_final_stats=0",
        f"-artifact_prefix={folder}.",
        *([f"-dict={words}"] if target.words else []),
    ]

    def mutate(data: bytes, max_size: int, number: int) -> bytes:
        chance = random.Random(number)
        found = mutated_json(data, chance) if chance.random() < 0.5 else None
        return found[:max_size] if found is not None else atheris.Mutate(data, max_size)

    atheris.Setup(arguments, watch.one, **({"custom_mutator": mutate} if target.structured else {}))
    atheris.Fuzz()


def fuzzed(run: Callable[[], None], quiet: Path) -> int:
    """Run in a process of its own, whose words go to a file; return its id."""
    child = os.fork()
    if child:
        return child
    try:
        descriptor = os.open(quiet, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(descriptor, 1)
        os.dup2(descriptor, 2)
        run()
    except BaseException:  # noqa: BLE001 (said in the file; the parent says that there is no outcome)
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(3)


def outcome_in(file: Path) -> Outcome | None:
    """Return what a child wrote; None: it died."""
    try:
        return msgspec.convert(json.loads(file.read_bytes()), Outcome)
    except (OSError, ValueError):
        return None

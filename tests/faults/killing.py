"""Kills processes in the middle of their work, each kill proven to have landed, and examines what they leave."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.faults.checking import Found, examine
from tests.faults.doors import Recording
from tests.faults.scenes import SCENES, Fact

ROOT = Path(__file__).resolve().parents[2]


class Killer:
    """Talks with the process that makes victims."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def order(self, **order: object) -> dict[str, object]:
        """Have one victim made; return how it ended."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())


@contextmanager
def killer() -> Iterator[Killer]:
    """Start the process that makes victims."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT / "daemon"), str(ROOT)))}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.victim"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
        cwd=ROOT,
    )
    with process:
        yield Killer(process)
        assert process.stdin
        process.stdin.close()


@dataclass(frozen=True)
class Stage:
    """A scene that is prepared once and copied for each kill."""

    scene: str
    home: Path
    facts: list[Fact]
    operations: list[str]
    """The names of all operations that the scene asks of the disk."""

    @classmethod
    def set_up(cls, scene: str, folder: Path) -> Stage:
        """Prepare the vault, and do the scene once undisturbed to count its operations."""
        home = folder / f"{scene}-home"
        home.mkdir()
        facts = SCENES[scene].prepare(home)
        trial, recording = folder / f"{scene}-trial", Recording()
        shutil.copytree(home, trial)
        SCENES[scene].act(trial, recording, lambda _fact: None)
        shutil.rmtree(trial)
        return cls(scene, home, facts, [done.name for done in recording.log if not isinstance(done, str)])

    def points(self) -> list[tuple[int, str]]:
        """Return every moment at which it can be cut off: before and after each operation, in the middle of a write."""
        found = []
        for number, name in enumerate(self.operations, 1):
            found += [(number, how) for how in ("before", "middle", "after") if how != "middle" or name == "write"]
        return found


def kill_at(killer: Killer, stage: Stage, point: tuple[int, str], folder: Path, *, off: str = "") -> Found | None:
    """Kill one victim at a point and examine what it leaves; None: the kill did not land."""
    number, how = point
    shutil.rmtree(folder, ignore_errors=True)
    home = folder / "home"
    shutil.copytree(stage.home, home)
    ended = killer.order(
        scene=stage.scene, home=str(home), promises=str(folder / "promises"), at=number, how=how, off=off
    )
    if not ended["killed"]:
        assert ended["exit"] == 0, "the victim failed by itself"
        return None
    return examine(home, [*stage.facts, *promises(folder)])


def promises(folder: Path) -> list[Fact]:
    """Return what was acknowledged before the kill."""
    file = folder / "promises"
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def spread(stages: Sequence[Stage], count: int, seed: int = 1) -> list[tuple[Stage, tuple[int, str]]]:
    """Choose so many points, as evenly among scenes as may be; without `count` to spare, all."""
    chance = random.Random(seed)
    queues = [chance.sample(stage.points(), len(stage.points())) for stage in stages]
    chosen = []
    while len(chosen) < count and any(queues):
        for stage, queue in zip(stages, queues, strict=True):
            if queue and len(chosen) < count:
                chosen.append((stage, queue.pop()))
    return chosen

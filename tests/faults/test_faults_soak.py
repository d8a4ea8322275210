"""A download folder in which thousands of things happen: memory stays flat, and no badge is missed.

2,000 file events by `BADGE_PASSPORT_SOAK_EVENTS=2000`, 20,000 in `scripts/test --long`; in the middle the process is
stopped while more files come than the system's queue of events holds, so that events are lost.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.intake.files import badge

ROOT = Path(__file__).resolve().parents[2]
EVENTS = int(os.environ.get("BADGE_PASSPORT_SOAK_EVENTS", "20000"))
KINDS = 60
"""So many different badges come, again and again under new names."""
pytestmark = [
    pytest.mark.long,
    pytest.mark.timeout(3600),
    pytest.mark.skipif(sys.platform != "linux", reason="measures memory in /proc"),
]


class Soaked:
    """The process that watches."""

    def __init__(self, home: Path, folder: Path) -> None:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT / "daemon"), str(ROOT)))}
        self.log = (home.parent / "log").open("w")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.soaking", str(home), str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log,
            text=True,
            env=environment,
            cwd=ROOT,
        )

    def ask(self, what: str = "status"):
        self.process.stdin.write(what + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def wait_until_idle(self, limit_s: float = 600) -> dict[str, object]:
        until = time.monotonic() + limit_s
        calm = 0
        while calm < 5:
            assert time.monotonic() < until, "it does not come to rest"
            time.sleep(0.2)
            calm = 0 if self.ask()["busy"] else calm + 1
        return self.ask()


class Folder:
    """Things that happen in a folder; counts them, and remembers which names are badges'."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.events = 0
        self.badges: set[str] = set()
        self.chance = random.Random(7)
        self.others: list[Path] = []

    def live(self, events: int) -> None:
        """Do so much."""
        until = self.events + events
        while self.events < until:
            number = self.events
            match self.chance.randrange(8):
                case 0:
                    self._badge(f"badge-{number}.png", finished=number % 2 == 0)
                case 1 | 2 | 3:
                    self._other(self.path / f"note-{number}.txt", b"nothing to see")
                case 4 | 5 if self.others:
                    self._other(self.chance.choice(self.others), b"changed %d" % number)
                case _ if self.others:
                    self.others.pop(self.chance.randrange(len(self.others))).unlink(missing_ok=True)
                    self.events += 1
            if number % 50 == 0:
                time.sleep(0.02)

    def flood(self, files: int) -> None:
        """Make many files and some badges among them."""
        for number in range(files):
            (self.path / f"flood-{number}.txt").write_bytes(b"x")
            if number % 1000 == 999:
                self._badge(f"flooded-{self.events}-{number}.png", finished=False)
        self.events += files

    def _badge(self, name: str, *, finished: bool) -> None:
        data = badge(self.chance.randrange(KINDS))
        target = self.path / name
        partial = self.path / f"{name}.part" if finished else target
        partial.write_bytes(data)
        if finished:
            partial.rename(target)
        self.badges.add(name)
        self.events += 1 + finished

    def _other(self, path: Path, content: bytes) -> None:
        path.write_bytes(content)
        if path not in self.others:
            self.others.append(path)
        self.events += 1


def test_memory_is_flat_and_no_badge_is_missed(fast_folder):
    """Warm is a process that has seen the daily life of a folder and one flood; the second of each costs nothing."""
    downloads, home = fast_folder / "downloads", fast_folder / "home"
    downloads.mkdir()
    folder, soaked = Folder(downloads), Soaked(home, downloads)
    soaked.ask()
    folder.live(EVENTS // 5)
    drown(folder, soaked)
    warm = soaked.wait_until_idle()
    folder.live(EVENTS * 2 // 5)
    drown(folder, soaked)
    folder.live(EVENTS * 2 // 5)
    end = soaked.wait_until_idle()
    missed = folder.badges - set(soaked.ask("names"))
    soaked.process.stdin.close()
    assert soaked.process.wait(30) == 0
    overflows = (fast_folder / "log").read_text().lower().count("overflow")
    growth = end["rss"] / warm["rss"] - 1
    print(f"{folder.events} events, {len(folder.badges)} badges, {overflows} overflows, memory {growth:+.1%}")
    assert missed == set()
    assert end["badges"] == KINDS
    assert overflows
    assert growth <= 0.10


def drown(folder: Folder, soaked: Soaked) -> None:
    """Stop the process while more happens than the system's queue holds; then let it see."""
    queue = int(Path("/proc/sys/fs/inotify/max_queued_events").read_text())
    soaked.process.send_signal(signal.SIGSTOP)
    folder.flood(queue + 1000)  # two events or more for each
    soaked.process.send_signal(signal.SIGCONT)
    soaked.wait_until_idle()
    for path in folder.path.glob("flood-*"):
        path.unlink()

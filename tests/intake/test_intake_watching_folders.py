"""The watched folders themselves: gone, replaced, paused, several, without end; and what watching them costs."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
import threading
import time

import pytest
from tests.intake.files import badge, png
from tests.intake.watching_material import SWIFT, Taker

from passport.intake.watching import Watcher
from passport.settings import WatchSettings

pytestmark = pytest.mark.clock
posix = pytest.mark.skipif(os.name != "posix", reason="POSIX files")


def test_root_deleted_and_made_again(scene):
    s = scene()
    shutil.rmtree(s.folder)
    s.wait_for(lambda: "missing" in s.modes, "missed")
    s.folder.mkdir()
    s.wait_for(lambda: s.modes[-1] == "native", "attached again")
    (s.folder / "badge.png").write_bytes(badge())
    s.quiet()
    assert s.taker.names == ["badge.png"]


def test_root_replaced_under_its_name(scene, tmp_path):
    s = scene()
    s.folder.rename(tmp_path / "old")
    s.folder.mkdir()
    (s.folder / "new.png").write_bytes(badge(1))
    (tmp_path / "old" / "old.png").write_bytes(badge(2))
    s.quiet(0.6)
    assert "new.png" in s.taker.names
    (s.folder / "later.png").write_bytes(badge(3))
    s.quiet()
    assert "later.png" in s.taker.names


def test_missing_at_the_start_and_attached_later(scene, tmp_path):
    s = scene(tmp_path / "later", create=False)
    assert s.modes == ["missing"]
    s.folder.mkdir()
    (s.folder / "badge.png").write_bytes(badge())
    s.wait_for(lambda: s.modes == ["missing", "native"], "attached")
    s.quiet()
    assert s.taker.names == ["badge.png"]


def test_an_emitter_that_died_is_replaced(scene):
    s = scene()
    watched = s.watcher._folders[str(s.folder)]
    old = watched._attached
    assert old is not None
    for emitter in old._observer.emitters:
        emitter.stop()
    s.wait_for(lambda: watched._attached is not old and watched._attached is not None, "replaced")
    (s.folder / "badge.png").write_bytes(badge())
    s.quiet()
    assert s.taker.names == ["badge.png"]


def test_an_overflow_is_followed_by_a_scan(scene, tmp_path):
    """The log line is all that watchdog gives. Here a file is put where no event comes from, as after an overflow."""
    s = scene()
    s.watcher._folders[str(s.folder)]._attached._observer.unschedule_all()  # events are lost…
    s.watcher._next_tending = time.monotonic() + 60  # …and the supervisor does not look
    time.sleep(0.3)
    (s.folder / "badge.png").write_bytes(badge())
    time.sleep(0.5)
    assert s.taker.taken == []
    logging.getLogger("watchdog.observers.inotify_c").warning("Inotify queue overflowed; filesystem events were lost")
    s.quiet()
    assert s.taker.names == ["badge.png"]


def test_rescan_now_and_every_few_minutes(scene):
    s = scene(rescan_s=1.0)
    s.watcher._folders[str(s.folder)]._attached._observer.unschedule_all()
    (s.folder / "badge.png").write_bytes(badge())
    s.wait_for(lambda: s.taker.taken, "found by the scan")


def test_pause_and_resume(scene):
    s = scene()
    s.watcher.pause()
    (s.folder / "badge.png").write_bytes(badge())
    time.sleep(0.5)
    assert s.taker.taken == []
    assert s.watcher.paused
    s.watcher.resume()
    s.quiet()
    assert s.taker.names == ["badge.png"]


def test_not_recursive(scene):
    s = scene(recursive=False)
    (s.folder / "sub").mkdir()
    (s.folder / "sub" / "inner.png").write_bytes(badge(1))
    (s.folder / "outer.png").write_bytes(badge(2))
    s.quiet()
    assert s.taker.names == ["outer.png"]


def test_ignored_names_and_folders(scene):
    s = scene(ignore=("*.skip.png", "private", "work/drafts/*"))
    for place in ("private", "work/drafts", "work/final", ".git", "node_modules"):
        (s.folder / place).mkdir(parents=True)
        (s.folder / place / "a.png").write_bytes(badge())
    (s.folder / "b.skip.png").write_bytes(badge())
    (s.folder / "._badge.png").write_bytes(badge())
    s.quiet()
    assert s.taker.names == ["a.png"]


@posix
def test_no_inotify_instances_left(tmp_path):
    """In a process of its own, whose file limit stands in for the kernel's."""
    script = (
        "import resource, sys, time, os\n"
        "from pathlib import Path\n"
        "sys.path[:0] = ['daemon', '.']\n"
        "from tests.intake.files import badge\n"
        "from tests.intake.watching_material import Scene\n"
        "import passport.badge.sniffing\n"
        "folder = Path(sys.argv[1])\n"
        "s = Scene(folder, start=False)\n"
        "low = len(os.listdir('/proc/self/fd'))\n"
        "fill = [os.open('/dev/null', os.O_RDONLY) for _ in range(3)]\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (low + 2, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))\n"
        "s.watcher.start(); time.sleep(1)\n"
        "print(s.modes, s.watcher.status()[0].reason)\n"
        "for f in fill: os.close(f)\n"
        "(folder / 'badge.png').write_bytes(badge())\n"
        "time.sleep(2); print(s.taker.names); s.watcher.stop()\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    out = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    assert "['polling']" in out.stdout, out.stdout + out.stderr
    assert "inotify instances" in out.stdout
    assert "['badge.png']" in out.stdout


def test_several_folders_and_one_within_another(tmp_path):
    outer, inner, other = tmp_path / "outer", tmp_path / "outer" / "inner", tmp_path / "other"
    for folder in (outer, inner, other):
        folder.mkdir()
    taker = Taker()
    watcher = Watcher(WatchSettings(folders=(outer, inner, other)), taker, pace=SWIFT)
    watcher.start()
    try:
        (inner / "inner.png").write_bytes(badge(1))
        (other / "other.png").write_bytes(badge(2))
        time.sleep(1.2)
        assert sorted(name for name, _ in taker.taken) == ["inner.png", "other.png"]
        assert {status.mode for status in watcher.status()} == {"native"}
    finally:
        watcher.stop()


@pytest.mark.slow
def test_many_at_once_none_missed(scene):
    s = scene()
    for n in range(1500):
        (s.folder / f"{n}.png").write_bytes(badge(n))
    s.wait_for(lambda: len(s.taker.taken) >= 1500, "all", timeout=60)
    s.quiet()
    assert len(s.taker.taken) == len(set(s.taker.names)) == 1500


@pytest.mark.slow
def test_idle_costs_nothing(scene):
    s = scene()
    for n in range(200):
        (s.folder / f"{n}.png").write_bytes(png())
    s.quiet()
    began = time.process_time()
    time.sleep(3)
    assert time.process_time() - began < 0.06  # 2 % of one processor


def test_threads_end(scene):
    before = threading.active_count()
    s = scene()
    assert threading.active_count() > before
    s.watcher.stop()
    assert threading.active_count() <= before + 1  # watchdog keeps one reader of inotify for the process

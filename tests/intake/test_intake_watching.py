"""Watched folders, as browsers, people and other programs really use them. Each trap of the reference is a case."""

from __future__ import annotations

import io
import logging
import os
import shutil
import stat
import subprocess
import sys
import threading
import time
import zipfile
from concurrent.futures import Future
from pathlib import Path

import pytest
from tests.intake.files import assertion, badge, itxt, png

from passport.intake.arrivals import Reports
from passport.intake.known import Known
from passport.intake.settling import Pace
from passport.intake.watching import Watcher
from passport.settings import WatchSettings

pytestmark = pytest.mark.clock
posix = pytest.mark.skipif(os.name != "posix", reason="POSIX files")


SWIFT = Pace(slow_s=0.2, supervise_s=0.2, poll_s=0.5, patience_s=3.0, retry_s=0.8)
"""The same rules, only sooner."""


class Taker:
    """Takes files in, and remembers what and how large."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, int]] = []
        self.at: dict[str, float] = {}
        self.fail = 0
        self.held: list[Future[bool]] | None = None

    def __call__(self, path: Path) -> Future[bool]:
        result: Future[bool] = Future()
        self.taken.append((path.name, path.stat().st_size))
        self.at.setdefault(path.name, time.monotonic())
        if self.held is not None:
            self.held.append(result)
        elif self.fail:
            self.fail -= 1
            result.set_exception(RuntimeError("the disk is full"))
        else:
            result.set_result(True)
        return result

    @property
    def names(self) -> list[str]:
        return sorted(name for name, _ in self.taken)


class Scene:
    """A folder, a watcher on it, and what came of it."""

    def __init__(
        self, folder: Path, *, start: bool = True, known: Known | None = None, pace: Pace = SWIFT, **settings: object
    ) -> None:
        self.folder = folder
        self.taker = Taker()
        self.incomplete: list[str] = []
        self.too_large: list[str] = []
        self.modes: list[str] = []
        self.watcher = Watcher(
            WatchSettings(folders=(folder,), **{"rescan_s": 3600.0, **settings}),
            self.taker,
            known=known,
            reports=Reports(
                incomplete=lambda path: self.incomplete.append(path.name),
                too_large=lambda path: self.too_large.append(path.name),
            ),
            pace=pace,
            health=lambda status: self.modes.append(status.mode),
        )
        if start:
            self.watcher.start()
            self.wait_for(lambda: self.modes != [], "the first look")

    @staticmethod
    def wait_for(condition, what: str, timeout: float = 8.0) -> None:
        end = time.monotonic() + timeout
        while not condition():
            assert time.monotonic() < end, what
            time.sleep(0.01)

    def quiet(self, seconds: float = 0.3) -> None:
        """Wait until nothing is on its way, and a little longer."""
        time.sleep(0.1)
        self.wait_for(lambda: not self.watcher.busy, "quiet")
        time.sleep(seconds)


@pytest.fixture
def scene(tmp_path):
    scenes: list[Scene] = []

    def make(folder: Path | None = None, **options) -> Scene:
        place = folder or tmp_path / "downloads"
        if options.pop("create", True):
            place.mkdir(exist_ok=True)
        scenes.append(Scene(place, **options))
        return scenes[-1]

    yield make
    for one in scenes:
        one.watcher.stop()
        assert not one.watcher._thread.is_alive()


def slowly(path: Path, data: bytes, parts: int = 5, pause: float = 0.05) -> None:
    step = len(data) // parts + 1
    with path.open("ab", buffering=0) as file:
        for i in range(parts):
            file.write(data[i * step : (i + 1) * step])
            time.sleep(pause)


def test_chromium_hidden_then_crdownload_then_name(scene):
    s = scene(pace=Pace())
    hidden, partial = s.folder / ".org.chromium.Chromium.aB3", s.folder / "badge.png.crdownload"
    slowly(hidden, badge(pixels=20))
    hidden.rename(partial)
    time.sleep(0.1)
    began = time.monotonic()
    partial.rename(s.folder / "badge.png")
    s.wait_for(lambda: s.taker.taken, "taken")
    assert s.taker.at["badge.png"] - began < 0.4  # 50 ms and a busy computer; other files wait 600 ms
    s.quiet()
    assert s.taker.taken == [("badge.png", len(badge(pixels=20)))]


def test_firefox_empty_placeholder_and_part(scene):
    s = scene(pace=Pace())
    (s.folder / "badge.png").touch()
    part = s.folder / "badge.QOmSG0yv.png.part"
    slowly(part, badge(pixels=20), pause=0.3)
    assert s.taker.taken == []
    part.replace(s.folder / "badge.png")
    s.quiet()
    assert s.taker.taken == [("badge.png", len(badge(pixels=20)))]


def test_safari_bundle(scene):
    s = scene()
    bundle = s.folder / "badge.png.download"
    bundle.mkdir()
    slowly(bundle / "badge.png", badge(pixels=20))
    assert s.taker.taken == []
    (bundle / "badge.png").rename(s.folder / "badge.png")
    bundle.rmdir()
    s.quiet()
    assert s.taker.taken == [("badge.png", len(badge(pixels=20)))]


def test_slow_writer_is_taken_once_and_whole(scene):
    s = scene()
    slowly(s.folder / "badge.png", badge(pixels=20), parts=8, pause=0.1)
    s.quiet()
    assert s.taker.taken == [("badge.png", len(badge(pixels=20)))]


def test_a_writer_who_pauses_long_is_waited_for(scene):
    """It settles half way; the format says that it is not complete."""
    s, data = scene(), badge(pixels=20)
    slowly(s.folder / "badge.png", data[: len(data) // 2], parts=1, pause=0.6)
    assert s.taker.taken == []
    slowly(s.folder / "badge.png", data[len(data) // 2 :], parts=1)
    s.quiet()
    assert s.taker.taken == [("badge.png", len(data))]


@posix
def test_moved_in_linked_and_copied(scene, tmp_path):
    s = scene()
    for n, name in enumerate(("moved.png", "linked.png", "source.png")):
        (tmp_path / name).write_bytes(badge(n))
    (tmp_path / "moved.png").rename(s.folder / "moved.png")
    (s.folder / "linked.png").hardlink_to(tmp_path / "linked.png")
    shutil.copy2(tmp_path / "source.png", s.folder / "copied.png")
    (s.folder / "symbolic.png").symlink_to(tmp_path / "source.png")  # not followed: it may point anywhere
    s.quiet()
    assert s.taker.names == ["copied.png", "linked.png", "moved.png"]


def test_atomic_save_over_a_known_file(scene):
    s = scene()
    (s.folder / "badge.png").write_bytes(badge(1))
    s.quiet()
    aside = s.folder / ".goutputstream-ABC"
    aside.write_bytes(badge(2))
    aside.replace(s.folder / "badge.png")
    s.quiet()
    assert s.taker.names == ["badge.png", "badge.png"]


def test_a_folder_moved_in_and_nested_unzip(scene, tmp_path):
    s = scene()
    inside = tmp_path / "aside" / "deep" / "deeper"
    inside.mkdir(parents=True)
    for n in range(10):
        (inside / f"moved{n}.png").write_bytes(badge(n))
    (tmp_path / "aside").rename(s.folder / "aside")
    for n in range(20):
        place = s.folder / "unzipped" / str(n % 4)
        place.mkdir(parents=True, exist_ok=True)
        (place / f"unzipped{n}.png").write_bytes(badge(100 + n))
    s.quiet()
    assert s.taker.names == sorted([f"moved{n}.png" for n in range(10)] + [f"unzipped{n}.png" for n in range(20)])


def test_catching_up_and_not_again_after_a_restart(scene, tmp_path):
    folder, memory = tmp_path / "downloads", tmp_path / "state" / "known"
    folder.mkdir()
    (folder / "before.png").write_bytes(badge(1))
    (folder / "photo.png").write_bytes(png())
    first = scene(known=Known(memory, tag="vault"))
    first.quiet()
    assert first.taker.names == ["before.png"]
    first.watcher.stop()
    (folder / "meanwhile.png").write_bytes(badge(2))
    second = scene(known=Known(memory, tag="vault"))
    second.quiet()
    assert second.taker.names == ["meanwhile.png"]
    second.watcher.stop()
    other_vault = scene(known=Known(memory, tag="another vault"))
    other_vault.quiet()
    assert other_vault.taker.names == ["before.png", "meanwhile.png"]


def test_what_could_not_be_kept_is_tried_again(scene, tmp_path):
    memory = Known(tmp_path / "known")
    s = scene(known=memory)
    s.taker.fail = 1
    (s.folder / "badge.png").write_bytes(badge())
    s.wait_for(lambda: s.taker.taken, "taken")
    time.sleep(0.2)
    assert len(memory) == 0
    s.quiet()
    assert s.taker.names == ["badge.png", "badge.png"]
    assert len(memory) == 1


def test_a_file_that_stays_cut_off_is_told_of_in_the_end(scene):
    s = scene()
    (s.folder / "photo.png").write_bytes(png(pixels=20)[:-5000])
    (s.folder / "badge.png").write_bytes(png(itxt(assertion()), pixels=20)[:-20])  # its statement is whole
    time.sleep(1)
    assert s.taker.taken == []
    s.wait_for(lambda: s.incomplete and s.taker.taken, "told")
    assert s.incomplete == ["photo.png"]
    assert s.taker.names == ["badge.png"]
    s.quiet()
    assert len(s.incomplete) == 1


def test_a_slow_issuer_does_not_hold_up_the_next(scene):
    s = scene()
    s.taker.held = []
    (s.folder / "slow.png").write_bytes(badge(1))
    s.wait_for(lambda: len(s.taker.taken) == 1, "the first")
    (s.folder / "next.png").write_bytes(badge(2))
    s.wait_for(lambda: len(s.taker.taken) == 2, "the second")
    for n in range(10):
        (s.folder / f"more{n}.png").write_bytes(badge(10 + n))
    time.sleep(0.6)
    assert len(s.taker.taken) == 4  # at once
    held, s.taker.held = s.taker.held, None
    for future in held:
        future.set_result(True)
    s.quiet()
    assert len(s.taker.names) == len(set(s.taker.names)) == 12


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
        "from tests.intake.test_intake_watching import Scene, badge\n"
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


@posix
def test_fifo_device_and_unreadable_are_no_trouble(scene):
    s = scene()
    os.mkfifo(s.folder / "fifo.png")
    (s.folder / "link.png").symlink_to("/etc/shadow")
    (s.folder / "null.png").symlink_to("/dev/zero")
    (s.folder / "badge.png").write_bytes(badge())
    s.quiet()
    assert s.taker.names == ["badge.png"]


def test_a_file_that_vanishes_while_it_settles(scene):
    s = scene()
    (s.folder / "badge.png").write_bytes(badge())
    time.sleep(0.2)
    (s.folder / "badge.png").unlink()
    s.quiet()
    assert s.taker.taken == []


def test_what_is_too_large_is_told_and_not_read(scene):
    s = scene()
    with (s.folder / "huge.png").open("wb") as file:
        file.write(png(itxt("https://issuer.example/1"))[:-12])
        file.seek(1 << 30)  # sparse: a gigabyte that costs nothing, unless someone reads it
        file.write(b"\0\0\0\0IEND\xaeB`\x82")
    s.quiet()
    assert s.taker.taken == []
    assert s.too_large == ["huge.png"]


def everything_in(folder: Path) -> dict[str, tuple[bytes, int, int]]:
    found = {path.name: (path.read_bytes(), path.stat()) for path in folder.iterdir()}
    return {name: (data, state.st_mtime_ns, stat.S_IMODE(state.st_mode)) for name, (data, state) in found.items()}


def test_watched_files_are_never_changed(scene):
    s = scene()
    (s.folder / "badge.png").write_bytes(badge())
    (s.folder / "badge.png").chmod(0o444)
    os.utime(s.folder / "badge.png", ns=(10**18, 10**18))
    before = {
        p.name: (p.read_bytes(), p.stat().st_mtime_ns, stat.S_IMODE(p.stat().st_mode)) for p in s.folder.iterdir()
    }
    s.quiet()
    assert s.taker.names == ["badge.png"]
    assert before == everything_in(s.folder)


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


def test_what_holds_badges_is_handed_on_and_documents_are_not(scene):
    box = io.BytesIO()
    with zipfile.ZipFile(box, "w") as archive:
        archive.writestr("badge.png", badge(1))
    one = scene()
    (one.folder / "badges.zip").write_bytes(box.getvalue())
    (one.folder / "mail.eml").write_bytes(b"From: a@x.example\nTo: b@x.example\nSubject: badge\n\nhello")
    (one.folder / "letter.docx").write_bytes(box.getvalue().replace(b"badge.png", b"word/.xml"))
    (one.folder / "notes.txt").write_bytes(b"From here to there")
    one.wait_for(lambda: len(one.taker.names) >= 2, "archive and mail")
    one.quiet()
    assert one.taker.names == ["badges.zip", "mail.eml"]


def test_an_archive_that_is_still_coming_is_waited_for(scene):
    box = io.BytesIO()
    with zipfile.ZipFile(box, "w") as archive:
        archive.writestr("badge.png", badge(1))
    whole, one = box.getvalue(), scene()
    (one.folder / "badges.zip").write_bytes(whole[:-30])
    time.sleep(0.8)  # longer than it takes a whole file to settle
    assert one.taker.names == []
    (one.folder / "badges.zip").write_bytes(whole)
    one.wait_for(lambda: one.taker.taken == [("badges.zip", len(whole))], "the whole archive")

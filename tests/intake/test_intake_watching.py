"""Watched folders, as browsers, people and other programs really use them. Each trap of the reference is a case."""

from __future__ import annotations

import io
import os
import shutil
import stat
import time
import zipfile
from pathlib import Path

import pytest
from tests.intake.files import assertion, badge, itxt, png
from tests.intake.watching_material import slowly

from passport.intake.known import Known
from passport.intake.settling import Pace

pytestmark = pytest.mark.clock
posix = pytest.mark.skipif(os.name != "posix", reason="POSIX files")


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

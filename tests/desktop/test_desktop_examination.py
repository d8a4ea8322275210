"""The doctor finds what is wrong, and says how to mend it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from passport.desktop import examination
from passport.desktop.examination import Finding
from passport.intake.mounts import WatchLimits
from passport.settings import Places

NOW = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture
def places(tmp_path: Path) -> Places:
    found = Places.from_environment({"BADGE_PASSPORT_HOME": str(tmp_path / "home")})
    for folder in (found.config, found.vault, found.state):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return found


def limits(watches: int, instances: int = 128) -> WatchLimits:
    return WatchLimits(watches, instances, 16384)


def is_bad(finding: Finding, word: str) -> None:
    assert not finding.ok
    assert word in finding.explanation
    assert finding.remedy


def test_a_sound_passport_has_nothing_to_mend(places: Places, tmp_path: Path) -> None:
    findings = [
        examination.versions(),
        examination.folders_are_private(places),
        examination.vault_has_room(places),
        examination.left_over(places),
        *examination.watched_folders([tmp_path]),
        examination.inotify_limits(limits(65536), 40),
        examination.clock_is_right(NOW, NOW - timedelta(days=3)),
        examination.settings_can_be_read(places),
        examination.autostart_is_sound("nowhere", None),
        examination.tray_is_possible(None, has_menu=True, advice=""),
    ]
    assert [finding for finding in findings if not finding.ok] == []


def test_open_folders_are_found(places: Places) -> None:
    places.vault.chmod(0o755)
    is_bad(examination.folders_are_private(places), "Others may look")


def test_copies_of_sync_engines_are_found(places: Places) -> None:
    (places.vault / "journal").mkdir()
    (places.vault / "journal" / "a.000001.sync-conflict-20260101-010101-ABC.jrnl").touch()
    is_bad(examination.left_over(places), "1 copies")


def test_missing_folders_are_found(tmp_path: Path) -> None:
    is_bad(examination.watched_folder(tmp_path / "gone"), "not there")
    is_bad(examination.watched_folders([])[0], "No folder")


def test_exhausted_watches_are_found() -> None:
    is_bad(examination.inotify_limits(limits(100), 60), "100 watches")
    is_bad(examination.inotify_limits(limits(65536, 2), 6), "only 2")
    assert examination.inotify_limits(None, 6).ok


def test_a_clock_in_the_past_is_found() -> None:
    is_bad(examination.clock_is_right(NOW, NOW + timedelta(days=400)), "clock")


@pytest.mark.parametrize(
    ("text", "word"),
    [("port = ", "settings.toml"), ("[network]\nallow_private_addresses = true\n", "weakens")],
)
def test_wrong_and_weak_settings_are_found(places: Places, text: str, word: str) -> None:
    places.settings_file.write_text(text)
    is_bad(examination.settings_can_be_read(places), word)


def test_an_autostart_of_something_gone_is_found() -> None:
    is_bad(examination.autostart_is_sound("a.desktop", ["/nowhere/badge-passport", "start"]), "not there any more")


def test_a_tray_without_menu_names_the_package() -> None:
    is_bad(examination.tray_is_possible(None, has_menu=False, advice="apt install x"), "no menu")
    assert examination.tray_is_possible("There is no display.", has_menu=None, advice="").ok

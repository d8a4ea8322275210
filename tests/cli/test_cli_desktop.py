"""The program around the desktop: a second start, problems in `status`, the doctor and the bundle it makes."""

# ruff: noqa: F811 (fixtures are asked for by their names)

from __future__ import annotations

import json
import signal
import sys
import zipfile
from pathlib import Path

import pytest
from tests.cli.test_cli_road import Program, program, running, self_signed, wait_for_badges  # noqa: F401 (fixtures)
from tests.waiting import wait_for

pytestmark = pytest.mark.slow


def findings(program: Program) -> dict[str, dict[str, object]]:
    return {f["name"]: f for f in map(json.loads, program.run("doctor", "--json").stdout.splitlines())}


def test_a_second_start_opens_the_gallery_of_the_first(running: Program, tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    browser = tmp_path / "browser"
    browser.write_text(f"#!{sys.executable}\nimport sys\nopen({str(seen)!r}, 'w').write(sys.argv[1])\n")
    browser.chmod(0o755)
    running.environment["BROWSER"] = f"{browser} %s"
    again = running.run("start", "--no-tray")
    assert again.returncode == 0, again.stderr
    assert "running already" in again.stdout
    address = wait_for(lambda: seen.read_text() if seen.exists() else "")
    assert address.startswith("http://127.0.0.1:")
    assert "/open?ticket=" in address


def test_a_watched_folder_that_goes_is_a_problem_until_it_is_back(program: Program, tmp_path: Path) -> None:
    process = program.start()
    problems = lambda: json.loads(program.run("status", "--json").stdout)["problems"]  # noqa: E731 (asked again and again)
    try:
        assert problems() == []
        program.downloads.rename(tmp_path / "away")
        (problem,) = wait_for(problems)
        assert problem["kind"] == "folder"
        assert str(program.downloads) in problem["text"]
        assert problem["remedy"]
        assert "! The watched folder" in program.run("status").stdout
        (tmp_path / "away").rename(program.downloads)
        wait_for(lambda: not problems())
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def test_pause_for_an_hour_says_until_when(running: Program) -> None:
    assert running.run("pause", "--minutes", "60").returncode == 0
    status = json.loads(running.run("status", "--json").stdout)
    assert status["paused"]
    assert status["pausedUntil"]
    assert "rests until" in running.run("status").stdout
    assert running.run("resume").returncode == 0
    assert json.loads(running.run("status", "--json").stdout)["pausedUntil"] is None


def test_the_doctor_knows_the_running_daemon(running: Program) -> None:
    (running.downloads / "badge.png").write_bytes(self_signed())
    wait_for_badges(running, 1)
    found = findings(running)
    assert "running" in found["lock"]["explanation"]
    assert "last scan" in found
    assert str(running.downloads) in found["watcher"]["explanation"]
    assert found["journals"]["ok"]
    assert found["vault marker"]["ok"]


def test_the_doctor_says_what_is_wrong_with_the_vault(program: Program) -> None:
    (program.downloads / "badge.png").write_bytes(self_signed())
    assert program.run("import", str(program.downloads)).returncode == 0
    (journal,) = (program.home / "vault" / "journal").iterdir()
    raw = journal.read_bytes()
    journal.write_bytes(raw.replace(b"Knot", b"Knut", 1) + b"torn")
    found = findings(program)
    assert not found["journals"]["ok"]
    assert journal.name in found["journals"]["explanation"]
    assert found["journals"]["remedy"]
    (program.home / "vault" / "vault.json").rename(program.home / "aside.json")
    found = findings(program)
    assert "Nothing was deleted" in found["vault marker"]["explanation"]
    assert not found["vault marker"]["ok"]


CANARIES = ["canary", "Canary", "CANARY"]


def test_nothing_of_the_owner_is_in_a_support_bundle(program: Program, tmp_path: Path) -> None:
    """Names of badges, files, folders, tags, notes, identities and profile: each a canary; none may sing."""
    folder = program.downloads / "Canary folder"
    folder.mkdir()
    (folder / "my canary letter.pdf").write_bytes(b"%PDF-1.4 no badge")
    (folder / "canary badge.png").write_bytes(self_signed())
    program.home.mkdir(exist_ok=True)
    (program.home / "settings.toml").write_text(
        'identities = ["https://canary.example/me", "did:web:canary.example", "jane@canary.example"]\n'
        f"[watch]\nfolders = [{json.dumps(str(folder))}]\n"
        '[publish]\ntarget = "git@canary.example:canary/page.git"\nbase_url = "https://canary.example/page/"\n'
    )
    process = program.start("--watch", str(folder))
    try:
        (entry,) = wait_for_badges(program, 1)
        program.run("tag", entry["id"], "+canary-tag")
        program.run("set", entry["id"], "note=Canary note, of mine")
        program.run("verify", "https://127.0.0.1:1/canary?token=CANARY")
        program.run("import", str(folder / "my canary letter.pdf"))
        key = json.loads((program.home / "state" / "daemon.json").read_text())["key"]
        bundle = tmp_path / "bundle.zip"
        done = program.run("doctor", "--bundle", str(bundle))
        assert bundle.exists(), done.stderr
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)
    with zipfile.ZipFile(bundle) as archive:
        whole = "\n".join(archive.read(name).decode() for name in archive.namelist())
    assert "A file (.png) arrived: added" in whole
    assert [line for line in whole.splitlines() if any(bird in line for bird in CANARIES)] == []
    assert entry["name"] not in whole
    assert str(tmp_path) not in whole
    assert key not in whole

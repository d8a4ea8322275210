"""The program as people run it: a process of its own, with an empty home, from the command line."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.issuer import Issuer

DAEMON = Path(__file__).resolve().parents[2] / "daemon"
pytestmark = [pytest.mark.slow, pytest.mark.clock]


def self_signed() -> bytes:
    """A badge whose key is its issuer: it is verified without asking anybody."""
    return Issuer().signed_badge()


class Program:
    """badge-passport with a home of its own."""

    patience_s = 30.0

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.downloads = folder / "downloads"
        self.downloads.mkdir(exist_ok=True)
        kept = {key: os.environ[key] for key in ("PATH", "LANG", "SYSTEMROOT") if key in os.environ}
        self.environment = kept | {
            "BADGE_PASSPORT_HOME": str(self.home),
            "PYTHONPATH": str(DAEMON),
            "HOME": str(folder),
            "BADGE_PASSPORT_PASSPHRASE": "correct horse battery",
        }

    def line(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "passport", *arguments]

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.line(*arguments),
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=2 * self.patience_s,
            check=False,
        )

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        line = self.line(
            "start", "--no-tray", "--no-browser", "--port", "0", "--watch", str(self.downloads), *arguments
        )
        process = subprocess.Popen(
            line, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        until = time.monotonic() + self.patience_s
        while self.run("status").returncode != 0:
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < until
        return process


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(tmp_path)


@pytest.fixture
def running(program: Program) -> Iterator[Program]:
    process = program.start()
    yield program
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0
    assert "Traceback" not in process.communicate()[1]


def wait_for_badges(program: Program, count: int) -> list[dict[str, object]]:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        found = [json.loads(line) for line in program.run("list", "--json").stdout.splitlines()]
        if len(found) >= count:
            return found
        time.sleep(0.2)
    raise AssertionError("it did not come")


def test_a_badge_that_lands_in_downloads_is_listed_verified(running: Program) -> None:
    (running.downloads / "badge.png").write_bytes(self_signed())
    (entry,) = wait_for_badges(running, 1)
    assert (entry["verdict"], entry["name"]) == ("verified", "Knot Master")
    assert entry["origin"]["kind"] == "watched"  # type: ignore[index] # an object, by the contract
    assert (running.downloads / "badge.png").read_bytes()


def test_what_came_while_nobody_watched_is_taken_in_at_the_next_start(program: Program) -> None:
    (program.downloads / "badge.png").write_bytes(self_signed())
    process = program.start()
    wait_for_badges(program, 1)
    assert program.run("stop").returncode == 0
    assert process.wait(20) == 0


def test_a_second_start_finds_the_first(running: Program) -> None:
    second = running.run("start", "--no-tray", "--no-browser")
    assert second.returncode == 0
    assert "running already" in second.stdout


def test_killed_at_once_it_starts_again_with_all_it_said_it_had(program: Program) -> None:
    process = program.start()
    file = program.downloads.parent / "a.png"
    file.write_bytes(self_signed())
    said = json.loads(program.run("import", "--json", str(file)).stdout)
    process.kill()
    process.wait(10)
    listed = [json.loads(line)["id"] for line in program.run("list", "--json").stdout.splitlines()]
    assert listed == [said["id"]]
    again = program.start()
    again.terminate()
    assert again.wait(20) == 0


def test_commands_give_the_same_answers_without_a_daemon(program: Program) -> None:
    file = program.downloads / "a.png"
    file.write_bytes(self_signed())
    imported = json.loads(program.run("import", "--json", str(file)).stdout)
    assert imported["result"] == "added"
    entry = imported["id"]
    assert program.run("tag", entry, "+rope").returncode == 0
    assert program.run("set", entry, "visibility=public", "note=hello", "rating=5").returncode == 0
    alone = json.loads(program.run("show", entry, "--json").stdout)
    process = program.start()
    assert json.loads(program.run("show", entry, "--json").stdout) == alone
    process.terminate()
    process.wait(20)
    assert (alone["tags"], alone["note"], alone["rating"], alone["visibility"]) == (["rope"], "hello", 5, "public")


def test_hand_over_and_safety(program: Program, tmp_path: Path) -> None:
    file = program.downloads / "a.png"
    file.write_bytes(self_signed())
    program.run("import", str(file))
    for arguments in (["scrub"], ["reindex"], ["export", "out"], ["export", "out.zip"], ["backup", "b.age"]):
        targets = [str(tmp_path / part) if "." in part or part == "out" else part for part in arguments]
        done = program.run(*targets)
        assert done.returncode == 0, done.stderr
    other = Program(tmp_path)
    other.environment["BADGE_PASSPORT_HOME"] = str(tmp_path / "other")
    assert json.loads(other.run("restore", "--json", str(tmp_path / "b.age")).stdout)["result"] == "added"


def test_sharing_from_the_command_line(program: Program, tmp_path: Path) -> None:
    file = program.downloads / "a.png"
    file.write_bytes(self_signed())
    entry = json.loads(program.run("import", "--json", str(file)).stdout)["id"]
    assert program.run("share", entry, "--to", "linkedin-profile", "--print").stdout.startswith(
        "https://www.linkedin.com/"
    )
    assert program.run("share", entry, "--to", "linkedin", "--print").returncode == 1
    assert program.run("share", entry, "--to", "email", "--print").stdout.startswith("mailto:"), "another word for mail"
    program.run("set", entry, "visibility=public")
    assert program.run("publish", "--out", str(tmp_path / "site"), "--base-url", "https://ann.example/").returncode == 0
    assert list((tmp_path / "site" / "badges").iterdir())
    for form in ("pdf", "html", "json", "md"):
        assert program.run("cv", "--out", str(tmp_path / f"cv.{form}")).returncode == 0
        assert (tmp_path / f"cv.{form}").stat().st_size > 50


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["verify"], 64),
        (["verify", "nothing-here.png"], 64),
        (["verify", "--at", "yesterday", "x"], 64),
        (["verify", "--documents", "nothing.har", "x"], 64),
        (["verify", "--no-such-option"], 64),
        (["status"], 1),
        (["stop"], 1),
        (["open", "--print"], 1),
        (["show", "aaaaaaaaaaaaaaaa"], 1),
        (["cv", "--out", "cv.docx"], 64),
    ],
)
def test_wrong_usage_and_what_is_not_there(program: Program, arguments: list[str], status: int) -> None:
    done = program.run(*arguments)
    assert done.returncode == status, done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.strip() or done.stdout.strip()


def test_verify_says_what_the_contract_says(program: Program, tmp_path: Path) -> None:
    good, none = tmp_path / "good.png", tmp_path / "none.txt"
    good.write_bytes(self_signed())
    none.write_text("hello")
    done = program.run("verify", "--offline", "--json", str(good))
    report = json.loads(done.stdout)
    assert (done.returncode, report["verdict"], report["issuerIdentity"]) == (0, "verified", "self-asserted")
    assert program.run("verify", "--offline", str(none)).returncode == 3
    assert not program.home.exists()

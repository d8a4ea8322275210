"""Several computers, one passport, as people run it: two daemons, two homes, and a folder between them."""

from __future__ import annotations

import json
import signal
import subprocess
import threading
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.test_cli_road import Program, self_signed, wait_for_badges
from tests.waiting import wait_for

pytestmark = pytest.mark.slow


class Computer(Program):
    """A program with a keyring: a file, as for a computer without a desktop."""

    patience_s = 120.0

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        super().__init__(folder)
        self.home.mkdir()
        (self.home / "settings.toml").write_text('[secrets]\nkeep = "file"\n')
        self.sync = folder / "sync"
        self.sync.mkdir()

    @property
    def vault(self) -> Path:
        return self.sync / "passport"

    def json(self, *arguments: str):
        done = self.run(*arguments)
        assert done.returncode == 0, (done.stdout, done.stderr)
        return json.loads(done.stdout)


class Engine(threading.Thread):
    """Carries files between two folders, as a sync program does: aside first, then by name."""

    def __init__(self, one: Path, other: Path) -> None:
        super().__init__(daemon=True)
        self.folders = (one, other)
        self.ended = threading.Event()
        self.resting = threading.Event()
        self.delivered: dict[str, float] = {}

    def run(self) -> None:
        while not self.ended.wait(0.05):
            if not self.resting.is_set():
                for source, target in (self.folders, self.folders[::-1]):
                    self.carry(source, target)

    def carry(self, source: Path, target: Path) -> None:
        for path in sorted(source.rglob("*")):
            try:
                if not path.is_file() or path.name.endswith(".tmp") or "incoming" in path.parts:
                    continue
                there = target / path.relative_to(source)
                data = path.read_bytes()
                if there.exists() and len(there.read_bytes()) >= len(data):
                    continue
                if path.suffix == ".request" and there.with_suffix(".welcome").exists():
                    continue
                there.parent.mkdir(parents=True, exist_ok=True)
                aside = there.with_name(f".{there.name}.tmp")
                aside.write_bytes(data)
                aside.replace(there)
                self.delivered[there.name] = time.monotonic()
            except FileNotFoundError:
                continue  # it was taken away meanwhile


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[tuple[Computer, Computer, Engine]]:
    anna, berta = Computer(tmp_path / "anna"), Computer(tmp_path / "berta")
    running = Engine(anna.sync, berta.sync)
    running.start()
    yield anna, berta, running
    running.ended.set()
    running.join(10)


def end(*processes: subprocess.Popen[str]) -> None:
    for process in processes:
        process.send_signal(signal.SIGTERM)
    for process in processes:
        assert process.wait(30) == 0
        assert "Traceback" not in process.communicate()[1]


def test_from_one_computer_to_two_while_both_run(engine: tuple[Computer, Computer, Engine]) -> None:
    anna, berta, _ = engine
    file = anna.downloads.parent / "badge.png"
    file.write_bytes(self_signed())
    (entry,) = [anna.json("import", "--json", str(file))]
    one, other = anna.start(), berta.start()
    try:
        moved = anna.run("vault", "move", str(anna.vault))
        assert moved.returncode == 0, moved.stderr
        assert anna.json("status", "--json")["badges"] == 1
        wait_for((berta.vault / "vault.json").exists)
        joining = subprocess.Popen(
            berta.line("vault", "join", str(berta.vault)),
            env=berta.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        code = wait_for(lambda: berta.json("vault", "list", "--json")["code"])
        assert anna.run("vault", "confirm", "AAAA-AAAA").returncode == 1
        confirmed = wait_for(lambda: (done := anna.run("vault", "confirm", str(code))).returncode == 0 and done)
        assert "shares this passport now" in confirmed.stdout
        out, problem = joining.communicate(timeout=60)
        assert joining.returncode == 0, problem
        assert str(code) in out
        (there,) = wait_for_badges(berta, 1)
        assert (there["id"], there["verdict"]) == (entry["id"], "verified")
        assert anna.run("set", entry["id"], "note=by anna").returncode == 0
        wait_for(lambda: berta.json("show", entry["id"], "--json")["note"] == "by anna")
        assert berta.run("set", entry["id"], "visibility=public").returncode == 0
        wait_for(lambda: anna.json("show", entry["id"], "--json")["visibility"] == "public")
        standing = berta.json("vault", "list", "--json")
        assert len(standing["computers"]) == 2
        assert standing["waiting"] == {}
        assert "shared by" in berta.run("vault", "list").stdout
        (own,) = [c["id"] for c in standing["computers"] if c["this"]]
        assert berta.run("vault", "revoke", own).returncode == 1
        assert anna.run("vault", "revoke", own).returncode == 0
        assert anna.run("set", entry["id"], "visibility=private").returncode == 0
        berta.run("set", entry["id"], "visibility=public")
        wait_for(lambda: anna.json("vault", "list", "--json")["waiting"].get("revoked"))
        assert anna.json("show", entry["id"], "--json")["visibility"] == "private"
    finally:
        end(one, other)


def test_without_a_daemon_and_what_the_doctor_says(engine: tuple[Computer, Computer, Engine]) -> None:
    anna, berta, _ = engine
    file = berta.downloads.parent / "badge.png"
    file.write_bytes(self_signed())
    assert berta.run("import", str(file)).returncode == 0
    assert anna.run("vault", "move", str(anna.vault)).returncode == 0
    assert "shared by" in anna.run("vault", "list").stdout
    assert anna.run("vault", "move", str(anna.vault / "inner")).returncode == 1
    wait_for((berta.vault / "vault.json").exists)
    joining = subprocess.Popen(
        berta.line("vault", "join", str(berta.vault)),
        env=berta.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    code = ""
    for line in iter(joining.stdout.readline, ""):
        if "vault confirm" in line:
            code = line.split()[-1]
            break
    wait_for(lambda: anna.run("vault", "confirm", code).returncode == 0)
    assert joining.wait(60) == 0
    wait_for(lambda: len(anna.run("list", "--json").stdout.splitlines()) == 1)
    (entry,) = [json.loads(line) for line in anna.run("list", "--json").stdout.splitlines()]
    forged = json.dumps(
        {"at": "1772366500000-00001-0123456789ab", "of": [[f"badge:{entry['id']}", {"visibility": "public"}]]}
    )
    (anna.vault / "journal" / "0123456789ab.000001.jrnl").write_bytes(
        b"%08x %s\n" % (zlib.crc32(forged.encode()), forged.encode())
    )
    assert anna.json("show", entry["id"], "--json")["visibility"] == "private"
    found = {f["name"]: f for f in map(json.loads, anna.run("doctor", "--json").stdout.splitlines())}
    assert not found["computers"]["ok"]
    assert "signed" in found["computers"]["explanation"]


WRONG = [["move", "/proc/nowhere/here"], ["join", "/nowhere"], ["confirm", "x"], ["revoke", "y"], ["rename", "y", "z"]]


@pytest.mark.parametrize("arguments", WRONG)
def test_what_cannot_be_done_is_said_in_a_sentence(tmp_path: Path, arguments: list[str]) -> None:
    anna = Computer(tmp_path / "anna")
    done = anna.run("vault", *arguments)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert anna.run("list").returncode == 0


def test_without_a_keyring_sharing_is_refused_with_the_way_out(tmp_path: Path) -> None:
    anna = Computer(tmp_path / "anna")
    (anna.home / "settings.toml").unlink()
    done = anna.run("vault", "move", str(anna.vault))
    assert done.returncode == 1
    assert "keyring" in done.stderr
    assert 'keep = "file"' in done.stderr
    assert not (anna.vault / "vault.json").exists()

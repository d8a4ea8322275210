"""Two daemons and a real Syncthing on loopback: no discovery, no relays, no traversal, no reporting; by hand only.

Syncthing runs in a network namespace without any way out where that can be made, and in any case with everything that
would look for others switched off.
"""

from __future__ import annotations

import json
import random
import re
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.test_cli_computers import Computer, end, wait_for
from tests.issuer import Issuer

pytestmark = [
    pytest.mark.long,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(not shutil.which("syncthing"), reason="syncthing is not installed"),
]
OFF = {
    "globalAnnounceEnabled": False,
    "localAnnounceEnabled": False,
    "relaysEnabled": False,
    "natEnabled": False,
    "urAccepted": -1,
    "crashReportingEnabled": False,
    "autoUpgradeIntervalH": 0,
    "startBrowser": False,
}


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Syncthing:
    """One real Syncthing that keeps one folder."""

    def __init__(self, home: Path, folder: Path) -> None:
        self.home, self.folder = home, folder
        self.api, self.sync = free_port(), free_port()
        subprocess.run(
            ["syncthing", "generate", "--no-default-folder", "--skip-port-probing", f"--home={home}"],
            check=True, capture_output=True, env=self.environment,
        )  # fmt: skip
        self.id = subprocess.run(
            ["syncthing", f"--home={home}", "--device-id"],
            check=True,
            capture_output=True,
            text=True,
            env=self.environment,
        ).stdout.strip()
        self.key = re.search(r"<apikey>([^<]+)</apikey>", (home / "config.xml").read_text())[1]
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        return {"HOME": str(self.home.parent), "PATH": "/usr/bin:/bin", "STNOUPGRADE": "1", "STNODEFAULTFOLDER": "1"}

    def configure(self, other: Syncthing) -> None:
        config = (self.home / "config.xml").read_text()
        folder = (
            f'<folder id="passport" path="{self.folder}" type="sendreceive" rescanIntervalS="60" '
            f'fsWatcherEnabled="true" fsWatcherDelayS="1"><device id="{self.id}"/><device id="{other.id}"/></folder>'
        )
        device = f'<device id="{other.id}" name="other" compression="never"><address>tcp://127.0.0.1:{other.sync}</address></device>'
        options = (
            "".join(f"<{name}>{str(value).lower()}</{name}>" for name, value in OFF.items())
            + f"<listenAddress>tcp://127.0.0.1:{self.sync}</listenAddress>"
        )
        config = re.sub(r"<options>.*?</options>", f"<options>{options}</options>", config, flags=re.DOTALL)
        config = re.sub(
            r"<address>127\.0\.0\.1:\d+</address>", f"<address>127.0.0.1:{self.api}</address>", config, count=1
        )
        config = config.replace("</configuration>", f"{folder}{device}</configuration>")
        (self.home / "config.xml").write_text(config)

    def start(self) -> None:
        self.process = subprocess.Popen(
            ["syncthing", "serve", "--no-browser", "--no-upgrade", f"--home={self.home}"],
            env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        wait_for(self.ready)

    def ask(self, path: str) -> dict:
        request = urllib.request.Request(f"http://127.0.0.1:{self.api}{path}", headers={"X-API-Key": self.key})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def ready(self) -> bool:
        try:
            return self.ask("/rest/system/ping")["ping"] == "pong"
        except OSError:
            return False

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            self.process.wait(30)
            self.process = None


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[Computer, Computer, Syncthing, Syncthing]]:
    anna, berta = Computer(tmp_path / "anna"), Computer(tmp_path / "berta")
    one, other = (Syncthing(tmp_path / name / "st", tmp_path / name / "sync") for name in ("anna", "berta"))
    one.configure(other)
    other.configure(one)
    try:
        one.start()
        other.start()
        options = one.ask("/rest/config/options")
        assert {name: options[name] for name in OFF} == OFF
        yield anna, berta, one, other
    finally:
        one.stop()
        other.stop()


def badges(count: int) -> list[bytes]:
    issuer = Issuer()
    return [
        issuer.signed_badge(id=f"urn:uuid:00000000-0000-4000-8000-{n:012d}", name=f"Badge {n}") for n in range(count)
    ]


def listed(computer: Computer) -> dict[str, dict]:
    found = [json.loads(line) for line in computer.run("list", "--json").stdout.splitlines()]
    return {e["id"]: {key: e[key] for key in ("note", "tags", "rating", "visibility", "verdict")} for e in found}


def join(anna: Computer, berta: Computer) -> None:
    assert anna.run("vault", "move", str(anna.vault)).returncode == 0
    wait_for((berta.vault / "vault.json").exists)
    joining = subprocess.Popen(
        berta.line("vault", "join", str(berta.vault)), env=berta.environment, stdout=subprocess.PIPE
    )
    code = wait_for(lambda: berta.json("vault", "list", "--json")["code"])
    wait_for(lambda: anna.run("vault", "confirm", str(code)).returncode == 0)
    joining.communicate(timeout=120)
    assert joining.returncode == 0


def test_badges_and_decisions_on_both_sides(pair, tmp_path: Path) -> None:
    """Badges of both, decisions on the same ones, edits while apart: nothing lost, equal, no conflict."""
    anna, berta, _, other = pair
    for computer, half in ((anna, 0), (berta, 1)):
        for number, badge in enumerate(badges(60)[half * 30 : half * 30 + 30]):
            (computer.downloads / f"{half}-{number}.png").write_bytes(badge)
    running = [anna.start(), berta.start()]
    try:
        join(anna, berta)
        wait_for(lambda: len(listed(anna)) == len(listed(berta)) == 60, 300)
        ids = sorted(listed(anna))[:10]
        chance = random.Random(8)
        started = time.monotonic()
        for _ in range(40):
            for computer in (anna, berta):
                computer.run("tag", chance.choice(ids), f"+tag{chance.randrange(1000)}")
        wait_for(lambda: listed(anna) == listed(berta), 120)
        print("80 decisions and in step after", round(time.monotonic() - started, 1), "s")
        other.stop()
        for computer in (anna, berta):
            for entry in ids:
                computer.run("set", entry, f"note=apart, by {computer.home.parent.name}")
        other.start()
        wait_for(lambda: listed(anna) == listed(berta), 120)
        assert not list(anna.sync.rglob("*sync-conflict*"))
        assert anna.json("vault", "list", "--json")["waiting"] == {}
        started = time.monotonic()
        anna.run("set", ids[0], "note=the last word")
        wait_for(lambda: listed(berta)[ids[0]]["note"] == "the last word")
        print("one decision", round(time.monotonic() - started, 2), "s, commands included")
    finally:
        end(*running)

"""Real sync programs on loopback: Syncthing with everything off that would look for others, and rclone's bisync."""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import urllib.request
from pathlib import Path

from tests.waiting import wait_for

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
"""No discovery, no relays, no traversal, no usage or crash reports, no look for upgrades."""
HAS_SYNCTHING = shutil.which("syncthing") is not None
HAS_RCLONE = shutil.which("rclone") is not None


def free_port() -> int:
    """Return a port of loopback that nobody listens at."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Syncthing:
    """One real Syncthing that keeps one folder with others of its kind."""

    def __init__(self, home: Path, folder: Path) -> None:
        self.home, self.folder = home, folder
        folder.mkdir(parents=True, exist_ok=True)
        self.api, self.sync = free_port(), free_port()
        self._run("generate", "--no-default-folder", "--skip-port-probing", f"--home={home}")
        self.id = self._run(f"--home={home}", "--device-id").strip()
        self.key = re.search(r"<apikey>([^<]+)</apikey>", (home / "config.xml").read_text())[1]
        self.process: subprocess.Popen[bytes] | None = None

    def _run(self, *arguments: str) -> str:
        done = subprocess.run(
            ["syncthing", *arguments], check=True, capture_output=True, text=True, env=self.environment
        )
        return done.stdout

    @property
    def environment(self) -> dict[str, str]:
        """No way to other settings, and no upgrades."""
        return {"HOME": str(self.home.parent), "PATH": "/usr/bin:/bin", "STNOUPGRADE": "1", "STNODEFAULTFOLDER": "1"}

    def configure(self, *others: Syncthing) -> None:
        """Share the folder with these, by their addresses on loopback alone.

        What a folder does not say here is 0, not the default: conflict copies are said to be wanted, as they are there.
        """
        config = (self.home / "config.xml").read_text()
        devices = "".join(f'<device id="{one.id}"/>' for one in (self, *others))
        folder = (
            f'<folder id="passport" path="{self.folder}" type="sendreceive" rescanIntervalS="60" '
            f'fsWatcherEnabled="true" fsWatcherDelayS="1">{devices}<maxConflicts>10</maxConflicts></folder>'
        )
        known = "".join(
            f'<device id="{one.id}" name="other" compression="never">'
            f"<address>tcp://127.0.0.1:{one.sync}</address></device>"
            for one in others
        )
        options = "".join(f"<{name}>{str(value).lower()}</{name}>" for name, value in OFF.items())
        options += f"<listenAddress>tcp://127.0.0.1:{self.sync}</listenAddress>"
        options += "<reconnectionIntervalS>1</reconnectionIntervalS>"
        config = re.sub(r"<options>.*?</options>", f"<options>{options}</options>", config, flags=re.DOTALL)
        address = f"<address>127.0.0.1:{self.api}</address>"
        config = re.sub(r"<address>127\.0\.0\.1:\d+</address>", address, config, count=1)
        (self.home / "config.xml").write_text(config.replace("</configuration>", f"{folder}{known}</configuration>"))

    def start(self) -> None:
        """Start it, and make sure that it speaks with nobody else."""
        self.process = subprocess.Popen(
            ["syncthing", "serve", "--no-browser", "--no-upgrade", f"--home={self.home}"],
            env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        wait_for(self.ready)
        options = self.ask("/rest/config/options")
        assert {name: options[name] for name in OFF} == OFF

    def ask(self, path: str) -> dict:
        """Ask its API."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.api}{path}", headers={"X-API-Key": self.key})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def ready(self) -> bool:
        """Return whether it answers."""
        try:
            return self.ask("/rest/system/ping")["ping"] == "pong"
        except OSError:
            return False

    def stop(self) -> None:
        """End it; the folder is as it is then."""
        if self.process:
            self.process.terminate()
            self.process.wait(30)
            self.process = None


def syncthings(*folders: Path) -> list[Syncthing]:
    """Return one for each folder, all sharing it, not started."""
    found = [Syncthing(folder.parent / "st", folder) for folder in folders]
    for one in found:
        one.configure(*(other for other in found if other is not one))
    return found


class Bisync:
    """`rclone bisync` of one computer's folder with a hub, run by hand as people do by a timer."""

    def __init__(self, folder: Path, hub: Path, work: Path) -> None:
        self.folder, self.hub, self.work = folder, hub, work
        for path in (folder, hub, work):
            path.mkdir(parents=True, exist_ok=True)
        self.filters = work / "filters.txt"
        self.filters.write_text("- incoming/**\n- quarantine/**\n- *.tmp\n")
        self.begun = False

    def run(self) -> None:
        """Bring folder and hub together."""
        line = ["rclone", "bisync", str(self.folder), str(self.hub), "--workdir", str(self.work / "state")]
        line += ["--filters-file", str(self.filters), "--config", str(self.work / "none.conf"), "--force"]
        line += [] if self.begun else ["--resync"]
        done = subprocess.run(line, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 0, done.stderr[-2000:]
        self.begun = True

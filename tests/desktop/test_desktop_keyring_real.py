"""Secrets in a real gnome-keyring on a session bus of its own: unlocked, locked, and not there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

NEEDED = ["dbus-run-session", "gnome-keyring-daemon"]
DAEMON = Path(__file__).resolve().parents[2] / "daemon"
PROGRAM = """
import asyncio, sys
from pathlib import Path
from passport.keychain import Keychain, KeychainTroubleError, computers_keyring

async def main():
    keys = Keychain(load=computers_keyring, record=Path(sys.argv[1]), timeout_s=20)
    try:
        print("before", await keys.get("mastodon"))
        await keys.set("mastodon", "s3cret", timeout_s=20)
        print("after", await keys.get("mastodon"))
        print("backend", await keys.examine())
        await keys.delete("mastodon")
        print("gone", await keys.get("mastodon"))
    except KeychainTroubleError as error:
        print("trouble", error.trouble, error)

asyncio.run(main())
"""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        any(not shutil.which(name) for name in NEEDED), reason="gnome-keyring or dbus-run-session is not installed"
    ),
]


def run_in_session(tmp_path: Path, before: str) -> list[str]:
    for folder in ("home", "run"):
        (tmp_path / folder).mkdir(mode=0o700)
    (tmp_path / "program.py").write_text(PROGRAM)
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path / "home"),
        "XDG_RUNTIME_DIR": str(tmp_path / "run"),
        "XDG_DATA_HOME": str(tmp_path / "home" / "data"),
        "XDG_CONFIG_HOME": str(tmp_path / "home" / "config"),
        "PYTHONPATH": str(DAEMON),
    }
    line = f"{before} exec {sys.executable} {tmp_path / 'program.py'} {tmp_path / 'record.json'}"
    done = subprocess.run(
        ["dbus-run-session", "--", "sh", "-c", line],
        env=environment,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.stdout.splitlines()


def test_an_unlocked_keyring_keeps_and_forgets(tmp_path: Path) -> None:
    unlock = "printf pw | gnome-keyring-daemon --unlock --components=secrets >/dev/null;"
    assert run_in_session(tmp_path, unlock) == [
        "before None",
        "after s3cret",
        "backend keyring.backends.SecretService.Keyring",
        "gone None",
    ]


def test_a_keyring_that_nobody_unlocked_is_named(tmp_path: Path) -> None:
    lines = run_in_session(tmp_path, "gnome-keyring-daemon --start --components=secrets >/dev/null;")
    assert len(lines) == 1
    assert lines[0].startswith(("trouble locked", "trouble broken", "trouble missing")), lines

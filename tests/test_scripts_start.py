"""`scripts/start` in a small copy of the project, whose environment is made of two shell scripts."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the stand-ins are shell scripts")

ROOT = Path(__file__).parents[1]
PYTHON = """#!/bin/sh
case "$*" in
  *"pip --version"*) exit 0 ;;
  *"pip install"*) {installing} ;;
esac
"""
WITHOUT_NETWORK = 'echo "ERROR: no network" >&2; exit 1'
PROGRAM = '#!/bin/sh\necho "started: $*"\n'


@dataclass(frozen=True)
class Clone:
    root: Path

    def write(self, name: str, text: str) -> None:
        file = self.root / ".venv" / "bin" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        file.chmod(0o755)

    def start(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(self.root / "scripts" / "start"), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    for name in ("start", "installation.py"):
        (tmp_path / "scripts").mkdir(exist_ok=True)
        shutil.copy(ROOT / "scripts" / name, tmp_path / "scripts" / name)
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    (tmp_path / ".venv" / "lib" / "python3.11" / "site-packages").mkdir(parents=True)
    made = Clone(tmp_path)
    made.write("python", PYTHON.format(installing="exit 0"))
    made.write("badge-passport", PROGRAM)
    return made


def test_it_installs_and_hands_on_what_follows(clone: Clone) -> None:
    done = clone.start("--no-tray", "--port", "22400")
    assert (done.returncode, done.stdout) == (0, "started: start --no-tray --port 22400\n")
    assert "Installing" in done.stderr


def test_the_second_time_it_does_not_install(clone: Clone) -> None:
    clone.start()
    clone.write("python", PYTHON.format(installing=WITHOUT_NETWORK))
    done = clone.start()
    assert (done.returncode, done.stdout, done.stderr) == (0, "started: start\n", "")


def test_it_installs_again_when_the_project_changed(clone: Clone) -> None:
    clone.start()
    (clone.root / "pyproject.toml").write_text("[project]\ndependencies = []\n")
    assert "Installing" in clone.start().stderr


def test_without_network_it_starts_what_is_installed_and_says_so(clone: Clone) -> None:
    clone.write("python", PYTHON.format(installing=WITHOUT_NETWORK))
    done = clone.start()
    assert (done.returncode, done.stdout) == (0, "started: start\n")
    assert "no network" in done.stderr
    assert "Starting what is installed" in done.stderr
    assert "Traceback" not in done.stderr


def test_without_network_it_tries_again_the_next_time(clone: Clone) -> None:
    clone.write("python", PYTHON.format(installing=WITHOUT_NETWORK))
    clone.start()
    clone.write("python", PYTHON.format(installing="exit 0"))
    assert "Installing" in clone.start().stderr


def test_without_network_nothing_counts_as_installed_that_is_not(clone: Clone) -> None:
    clone.write("python", PYTHON.format(installing=WITHOUT_NETWORK))
    done = clone.start("--install-only")
    assert (done.returncode, done.stdout) == (1, "")
    (clone.root / ".venv" / "bin" / "badge-passport").unlink()
    done = clone.start()
    assert (done.returncode, done.stdout) == (1, "")
    assert "no network" in done.stderr
    assert "Traceback" not in done.stderr

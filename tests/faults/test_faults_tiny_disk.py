"""A real disk that is full, and one that is read-only: clear sentences, nothing lost, and it goes on by itself."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.slow


def may_mount() -> bool:
    """Whether a mount namespace of our own can be had here."""
    if sys.platform != "linux" or os.geteuid() != 0 or not shutil.which("unshare"):
        return False
    trial = ["unshare", "-m", "mount", "-t", "tmpfs", "-o", "size=1m", "none", "/mnt"]
    return subprocess.run(trial, capture_output=True, check=False).returncode == 0


@pytest.fixture
def tiny(tmp_path: Path):
    if not may_mount():
        pytest.skip("mounting a small disk needs root")

    def run(what: str) -> dict[str, object]:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT / "daemon"), str(ROOT)))}
        done = subprocess.run(
            ["unshare", "-m", sys.executable, "-m", "tests.faults.tiny_disk", what, str(tmp_path)],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


def test_a_full_disk_loses_nothing_and_goes_on_when_there_is_space(tiny):
    found = tiny("full")
    assert found["wrong"] == []
    assert found["refusals"] >= 40
    assert all("no space left" in said or "cannot be written" in said for said in found["said"]), found["said"]
    assert found["taken"] > 5
    assert (found["reads"], found["starts"], found["goes_on"]) == (True, True, True)


def test_a_read_only_disk_is_read_and_goes_on_when_it_is_writable(tiny):
    found = tiny("read-only")
    assert found["wrong"] == []
    assert found["refused"] == [True] * 4
    assert all("may not be written" in said for said in found["said"]), found["said"]
    assert (found["reads"], found["goes_on"]) == (True, True)

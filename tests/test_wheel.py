"""The built wheel does the same as the checkout: templates, contexts, fonts and the extension are inside."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from tests.issuer import Issuer

ROOT = Path(__file__).resolve().parents[1]
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    line = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(ROOT)]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (found,) = folder.glob("badge_passport-*.whl")
    return found


def test_everything_that_is_needed_is_inside(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    tracked = subprocess.run(
        ["git", "ls-files", "daemon/passport"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    assert {name.removeprefix("daemon/") for name in tracked} <= names
    assert "passport/web/extension/manifest.json" in names


def test_it_runs_from_an_empty_home(wheel: Path, tmp_path: Path) -> None:
    place = tmp_path / "installed"
    line = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(place), str(wheel)]
    subprocess.run(line, check=True, capture_output=True)
    (tmp_path / "a.png").write_bytes(Issuer().signed_badge("eddsa-rdfc-2022"))
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "PYTHONPATH": str(place),
        "BADGE_PASSPORT_HOME": str(tmp_path / "home"),
    }

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "passport", *arguments]
        return subprocess.run(
            command, env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=90, check=False
        )

    where = [sys.executable, "-c", "import passport; print(passport.__file__)"]
    found = subprocess.run(where, env=environment, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    assert found.startswith(str(place))
    imported = run("import", "--json", "a.png")
    entry = json.loads(imported.stdout)
    assert (entry["result"], entry["verdict"]) == ("added", "verified"), imported.stderr
    assert run("set", entry["id"], "visibility=public").returncode == 0
    for arguments in (["publish", "--out", "site", "--base-url", "https://ann.example/"], ["cv", "--out", "cv.pdf"]):
        done = run(*arguments)
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "site" / "assets" / "fonts" / "fraunces-latin-opsz-normal.woff2").exists()

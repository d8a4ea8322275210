"""The two commands of the README are sound before they are run."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = ["start", "test", "installation.py"]


@pytest.mark.parametrize("name", SCRIPTS)
def test_scripts_use_the_standard_library_alone(name: str) -> None:
    tree = ast.parse((ROOT / "scripts" / name).read_text(encoding="utf-8"))
    imported = {
        (node.module or "") if isinstance(node, ast.ImportFrom) else alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    tops = {module.split(".")[0] for module in imported} - {"__future__", "installation"}
    assert tops <= sys.stdlib_module_names


@pytest.mark.parametrize("name", ["scripts/start", "scripts/test", ".ci/run"])
def test_commands_can_be_executed(name: str) -> None:
    assert os.access(ROOT / name, os.X_OK)


def test_nothing_names_registries_or_machine_paths() -> None:
    pattern = "(^|[^.a-z])/(wor[k]|roo[t])/|npmj[s][.]org|pytho[n]hosted|pyp[i][.]org|debia[n][.]org"
    found = subprocess.run(
        ["git", "grep", "-nIE", pattern, "--", "."], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert found.stdout == ""

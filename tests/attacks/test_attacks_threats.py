"""The table of threats is complete, true, and what the README shows."""

from __future__ import annotations

import ast
from functools import cache

import pytest
from tests.attacks.threats import ROOT, Threat, table, threats, written


@cache
def functions_of(file: str) -> frozenset[str]:
    tree = ast.parse((ROOT / "tests" / file).read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


@pytest.mark.parametrize("threat", threats(), ids=lambda threat: threat.attack)
def test_every_threat_has_tests_that_exist(threat: Threat) -> None:
    assert threat.tests
    for test in threat.tests:
        file, _, function = test.partition("::")
        assert function in functions_of(file), test


def test_the_readme_shows_the_table() -> None:
    assert written() == table(), "write it anew: python -m tests.attacks.threats"

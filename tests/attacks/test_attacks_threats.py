"""The table of threats is complete, true, and what the README shows."""

from __future__ import annotations

import ast
from functools import cache

import pytest
from tests.attacks.defences import PACKAGE, Switch, still_passing, switches
from tests.attacks.threats import ROOT, Threat, holes, table, threats, written


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


@pytest.mark.parametrize("hole", holes(), ids=lambda hole: hole[1][:40])
def test_every_hole_of_others_is_a_case(hole: tuple[str, str, str]) -> None:
    file, _, function = hole[2].partition("::")
    assert function in functions_of(file)


def test_the_readme_shows_the_table() -> None:
    assert written() == table(), "write it anew: python -m tests.attacks.threats"


def test_every_threat_has_a_defence_that_can_be_switched_off() -> None:
    assert {switch.attack for switch in switches()} == {threat.attack for threat in threats()}


@pytest.mark.parametrize("switch", switches(), ids=lambda switch: switch.attack)
def test_a_switch_still_fits_what_it_switches_off(switch: Switch) -> None:
    file, _, function = (switch.control or switch.test).partition("::")
    assert function in functions_of(file)
    if not switch.control:
        source = (ROOT / PACKAGE / switch.file).read_text(encoding="utf-8")
        assert source.count(switch.old) == 1, "the defence was written anew: bring defences.toml up to date"


@pytest.mark.long
@pytest.mark.timeout(7200)
def test_with_its_defence_off_each_test_fails() -> None:
    assert still_passing() == []

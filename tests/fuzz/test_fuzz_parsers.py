"""Parsers meet nonsense and let through only what they declare, within a second and 128 MB each (tests/fuzz/README.md).

`scripts/test` spends some seconds on all of them together, `scripts/test --long` ten million inputs or half an hour on
each.
"""

from __future__ import annotations

import ast
import importlib.util
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fuzz.model import Outcome, Target
from tests.fuzz.running import Watch, by_mutation, fuzzed, outcome_in
from tests.fuzz.targets import CORPUS, all_targets

import passport

pytestmark = pytest.mark.skipif(os.name != "posix", reason="a process for each parser is made by fork")
ROOT = Path(__file__).parents[2]
SHORT_S = 0.2
"""Of processor time for each parser, in `scripts/test`; by our own mutations, for atheris takes 12 s to begin."""
NOT_FUZZED = {
    "passport/badge/compact.py:parse_again": "what `parse_compact` has read",
    "passport/cli/verifying.py:read": "opens a file",
    "passport/desktop/autostart.py:read": "opens a file of the desktop's",
    "passport/fetching/answers.py:read": "opens a file",
    "passport/sharing/site/pages.py:read": "a file of the program",
    "passport/intake/recipes.py:parse": "in `links`, by way of the book",
    "passport/verification/remote.py:read_object_in": "in `site-…`",
    "passport/verification/trusting.py:read_signed": "in `site-status`",
    "passport/badge/baking.py:decode_file": "in `png`, `svg` and `records`",
    "passport/verification/keys.py:read_key": "in `site-key`",
    "passport/vault/lookups.py:read_size": "says how far a journal was read",
    "passport/vault/signing.py:decoded": "in `device-key`",
    "passport/settings/parsing.py:parse": "in `settings`",
}


def lines_of(*arguments: str) -> Iterator[dict[str, object]]:
    """Run the fuzzer in a process of its own, since it instruments what it imports."""
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'daemon'}{os.pathsep}{ROOT}"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz", *arguments],
        cwd=ROOT,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    assert lines, done.stderr[-3000:]
    for line in lines:
        yield json.loads(line)


def told(lines: Iterator[dict[str, object]]) -> list[dict[str, object]]:
    """Check that nothing was found, and return how it went."""
    outcomes = list(lines)
    found = [(one["target"], one["finding"], one["data"]) for one in outcomes if one["finding"]]
    assert found == [], "add the input to tests/fuzz/corpus, see it fail, and mend what it breaks"
    return outcomes


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("part", ["1/2", "2/2"])
def test_a_moment_of_nonsense_for_each_parser(part: str, tmp_path: Path) -> None:
    outcomes = told(lines_of("--plain", "--seconds", str(SHORT_S), "--part", part))
    targets = {target.name: target for target in all_targets(tmp_path)}
    assert len(outcomes) in {len(targets) // 2, (len(targets) + 1) // 2}
    for one in outcomes:
        assert int(str(one["inputs"])) >= len(targets[str(one["target"])].seeds), one


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("atheris") is None, reason="atheris has no wheel for this Python")
def test_atheris_leads_to_what_no_chance_finds(tmp_path: Path) -> None:
    """Four bytes, one after the other: chance needs four billion tries, who sees the lines that are reached, few."""
    script = tmp_path / "led.py"
    script.write_text(LED)
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'daemon'}{os.pathsep}{ROOT}"}
    out = tmp_path / "outcome"
    subprocess.run([sys.executable, script, out], cwd=tmp_path, env=environment, check=False, capture_output=True)
    outcome = outcome_in(out)
    assert outcome is not None
    assert "not declared" in outcome.finding
    assert outcome.data.startswith(b"OPEN")


LED = """
import sys
from pathlib import Path
import atheris
from tests.fuzz.model import Target
from tests.fuzz.running import Watch, by_coverage

@atheris.instrument_func
def parse(data):
    if data[:1] == b"O":
        if data[1:2] == b"P":
            if data[2:3] == b"E":
                if data[3:4] == b"N":
                    raise KeyError("not declared")

folder = Path(sys.argv[1]).with_suffix(".corpus")
folder.mkdir()
target = Target(name="led", run=parse, seeds=[b"....."], max_bytes=16)
by_coverage(target, Watch(target, Path(sys.argv[1]), seconds=60, inputs=1 << 62), 1, folder)
"""


@pytest.mark.long
@pytest.mark.timeout(0)
def test_ten_million_inputs_or_half_an_hour_for_each_parser() -> None:
    for one in told(lines_of("--seconds", "1800", "--inputs", "10000000")):
        print(one)


def test_seeds_and_what_once_went_wrong_go_right(tmp_path: Path) -> None:
    targets = all_targets(tmp_path)
    for target in targets:
        for data in target.seeds:
            target.run(data)
    names = {target.name for target in targets}
    assert {file.stem for file in CORPUS.glob("*.txt")} <= names
    assert all(file.stat().st_size < 8192 for file in CORPUS.iterdir()), "a corpus is small"


def planted(data: bytes) -> None:
    """A parser with three faults."""
    if data[:1] == b"{":
        raise KeyError("not declared")
    if data[:1] == b"[":
        began = time.thread_time()
        while time.thread_time() < began + 1.1:
            pass
    if data[:1] == b"<":
        bytearray(1 << 28)[:: 1 << 10] = b"x" * (1 << 18)


@pytest.mark.parametrize(("seed", "found"), [(b"{", "KeyError"), (b"[", "slow"), (b"<", "large"), (b"x", "")])
def test_what_goes_wrong_is_found(seed: bytes, found: str, tmp_path: Path) -> None:
    target = Target(name="planted", run=planted, seeds=[seed], max_bytes=1)
    out = tmp_path / "outcome"
    watch_for = 50 if seed == b"x" else 1 << 62
    child = fuzzed(lambda: by_mutation(target, Watch(target, out, seconds=60, inputs=watch_for), 1), tmp_path / "said")
    os.waitpid(child, 0)
    outcome = outcome_in(out)
    assert isinstance(outcome, Outcome)
    assert found in outcome.finding
    assert bool(outcome.finding) == bool(found)
    assert outcome.data == (seed if found else b"")


def parsers() -> Iterator[str]:
    """Yield `file:name` of functions that by their name and first parameter read a text or bytes."""
    package = Path(passport.__file__).parent
    starts = ("parse", "decode", "unbake", "read", "loads", "from_har", "from_toml", "from_text", "open_container")
    for file in sorted(package.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith(starts):
                first = next((a for a in node.args.args if a.arg not in {"self", "cls"}), None)
                kind = ast.unparse(first.annotation) if first and first.annotation else ""
                if kind in {"str", "bytes", "str | bytes", "str | float", "str | bytes | None"}:
                    yield f"{file.relative_to(package.parent).as_posix()}:{node.name}"


def test_every_parser_is_fuzzed() -> None:
    known = "".join(file.read_text(encoding="utf-8") for file in Path(__file__).parent.glob("targets*.py"))
    names = set(parsers())
    assert len(names) > 20
    left = {name for name in names if name not in NOT_FUZZED and name.rpartition(":")[2] not in known}
    assert left == set(), "write a target for it in tests/fuzz, or say in NOT_FUZZED why there is none"

"""The power fails: after every operation, with what was not synced dropped, kept or torn, nothing acknowledged is lost.

Every store has its scene: objects and documents (HAR), journals, the index's snapshot and journal, marker and device,
settings, outbox, accounts, the file of secrets, connected browsers, known computers; the published site and its
manifest in `test_faults_power_site.py`. CVs are decisions of the vault. 3,000 states here, 100,000 in
`scripts/test --long`; states that are equal are examined once.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.faults.checking import Found, examine
from tests.faults.doors import Done, Recording
from tests.faults.power import Machine, State, fingerprint, lay_out
from tests.faults.scenes import SCENES, Fact

pytestmark = pytest.mark.slow
STATES = 3_000
LONG_STATES = int(os.environ.get("BADGE_PASSPORT_POWER_STATES", "100000"))


@dataclass(frozen=True)
class Take:
    """A scene as it was recorded once."""

    scene: str
    start: Path
    acted_in: Path
    facts: list[Fact]
    log: list[Done | str]

    @classmethod
    def record(cls, scene: str, folder: Path) -> Take:
        start, acted_in = folder / f"{scene}-start", folder / f"{scene}-acted"
        start.mkdir()
        facts = SCENES[scene].prepare(start)
        shutil.copytree(start, acted_in)
        recording = Recording()
        SCENES[scene].act(acted_in, recording, lambda fact: recording.mark(json.dumps(fact)))
        return cls(scene, start, acted_in, facts, recording.log)

    def states(self, variants: int, seed: int, *, forget: str = "") -> Iterator[tuple[State, list[Fact], str]]:
        """Yield what may be found after a cut behind each operation, what was promised by then, and where it was.

        `forget` is an operation that the disk does not do: a defence switched off.
        """
        chance = random.Random(seed)
        machine, facts = Machine(self.start), list(self.facts)
        for number, one in enumerate(self.log):
            if isinstance(one, str):
                facts.append(json.loads(one))
                continue
            if one.name != forget:
                machine.do(one, self.acted_in)
            for how in ("drop", "keep", *["mix"] * (variants - 2)):
                yield machine.cut(how, chance), list(facts), f"{self.scene}, {how} behind {number} ({one.name})"
                if not machine.unsure:
                    break


@pytest.fixture(scope="module")
def takes(fast_folder: Path) -> list[Take]:
    return [Take.record(scene, fast_folder) for scene in SCENES]


def cut_all(takes: list[Take], folder: Path, wanted: int, *, forget: str = "", seed: int = 1) -> tuple[int, Found]:
    """Examine so many states, scenes in turn; return how many differed, and all that was wrong."""
    wrong, seen = Found(), set[bytes]()
    count = 0
    for round_ in itertools.count(seed):
        streams = [take.states(6, round_ * 1000 + n, forget=forget) for n, take in enumerate(takes)]
        for state, facts, where in itertools.chain.from_iterable(streams):
            count += 1
            mark = fingerprint(state) + str(len(facts)).encode()
            if mark not in seen:
                seen.add(mark)
                _examine(state, facts, where, folder / "cut", wrong, goes_on=len(seen) % 16 == 0)
            if count >= wanted or len(wrong.all) > 20:
                return len(seen), wrong
    raise AssertionError


def _examine(state: State, facts: list[Fact], where: str, home: Path, wrong: Found, *, goes_on: bool) -> None:
    shutil.rmtree(home, ignore_errors=True)
    lay_out(state, home)
    found = examine(home, facts, goes_on=goes_on)
    for kind in ("lost", "fileless", "half", "stuck"):
        getattr(wrong, kind).extend(f"{where}: {what}" for what in getattr(found, kind))


def test_three_thousand_power_cuts_lose_nothing(takes, fast_folder):
    different, wrong = cut_all(takes, fast_folder, STATES)
    assert wrong == Found()
    assert different > STATES // 6


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_a_hundred_thousand_power_cuts_lose_nothing(takes, fast_folder):
    different, wrong = cut_all(takes, fast_folder, LONG_STATES, seed=2)
    print(f"{LONG_STATES} states, {different} of them different")
    assert wrong == Found()


@pytest.mark.parametrize("forget", ["sync", "sync_folder"])
def test_a_disk_that_does_not_sync_is_noticed(takes, fast_folder, forget):
    """With the defence off the same states show loss: otherwise the test would be worth nothing."""
    some = [take for take in takes if take.scene in {"import", "decision", "settings"}]
    _, wrong = cut_all(some, fast_folder, 600, forget=forget)
    assert wrong.all

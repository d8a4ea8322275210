"""Sixteen writers at once against a model, clocks that jump, and a process that runs out of files."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import threading
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.faults.checking import Found, examine
from tests.faults.scenes import badge, put
from tests.vault.vault_material import StillClock, arrival, opened

from passport.vault.vault import Vault

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]
WRITERS = 16


@pytest.mark.parametrize("steps", [40, pytest.param(1000, marks=pytest.mark.long)])
def test_sixteen_writers_agree_with_a_model(fast_folder, steps):
    """Own keys hold their writer's last word, shared ones one of the last words; the history has every word."""
    home = fast_folder / f"writers-{steps}"
    vault = opened(home)
    shared = [str(put(vault, number)["kept"]) for number in range(4)]
    said: list[dict[tuple[str, str], list[object]]] = [defaultdict(list) for _ in range(WRITERS)]
    put_by: list[set[str]] = [set() for _ in range(WRITERS)]
    failures: list[BaseException] = []

    def write(writer: int) -> None:
        chance = random.Random(writer)
        try:
            for step in range(steps):
                one_step(vault, chance, writer, step, shared, said[writer], put_by[writer])
        except BaseException as error:  # noqa: BLE001 (shown by the test)
            failures.append(error)

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(300)
        assert not thread.is_alive()
    assert failures == []
    compare(vault, said, put_by)
    vault.reindex()
    compare(vault, said, put_by)
    vault.close()
    assert examine(home, [{"kept": name, "sha256": s} for name, s in kept(home)]) == Found()


def one_step(vault: Vault, chance, writer: int, step: int, shared, said, put_by) -> None:
    match chance.randrange(5):
        case 0:
            number = chance.randrange(60)  # others put the same ones
            put_by.add(vault.put(arrival(badge(number, 200), number=number + 100)).entry.id)
        case 1 | 2:
            subject, key = f"badge:{chance.choice(shared)}", f"own:{writer}"
            vault.decide(subject, {key: step})
            said[subject, key].append(step)
        case 3:
            one, two = (f"badge:{name}" for name in chance.sample(shared, 2))
            vault.decide_all({one: {"note": f"{writer}.{step}"}, two: {"note": f"{writer}.{step}"}})
            for subject in (one, two):
                said[subject, "note"].append(f"{writer}.{step}")
        case _:
            vault.search(chance.choice(["", "weld", "tag:x"]), limit=20)


def compare(vault: Vault, said, put_by) -> None:
    everyones: dict[tuple[str, str], list[list[object]]] = defaultdict(list)
    for writer in said:
        for key, values in writer.items():
            everyones[key].append(values)
    for (subject, key), by_writer in everyones.items():
        history = [event for event in vault.history(subject) if event.key == key]
        assert sorted(map(str, (event.value for event in history))) == sorted(str(v) for vs in by_writer for v in vs)
        assert vault.state(subject)[key] in [values[-1] for values in by_writer]
        assert [event.value for event in history if event.current] == [vault.state(subject)[key]]
        for values in by_writer:  # each writer's words are in the order in which it said them
            assert [event.value for event in history if event.value in values] == values
    ids = {entry.id for entry in vault.search(limit=1000).entries}
    assert set().union(*put_by) <= ids
    assert len(ids) == 4 + len(set().union(*put_by))


def kept(home: Path) -> list[tuple[str, str]]:
    vault = opened(home)
    found = [(entry.id, entry.sha256) for entry in vault.search(limit=1000).entries]
    vault.close()
    return found


JUMPS = st.lists(
    st.tuples(st.sampled_from([-400 * 86400, -86400, -3600, -1, 0, 1, 3600, 86400, 400 * 86400]), st.booleans()),
    min_size=1,
    max_size=12,
)


@settings(max_examples=25, deadline=None)
@given(JUMPS)
def test_whatever_the_clock_does_the_last_word_wins(fast_folder, jumps):
    clock = StillClock()
    home = Path(tempfile.mkdtemp(dir=fast_folder))
    vault = opened(home, clock)
    subject = vault.put(arrival()).entry.subject
    for number, (jump, again) in enumerate(jumps):
        clock.forward(seconds=jump)
        if again:
            vault.close()
            vault = opened(home, clock)
        vault.decide(subject, {"note": f"n{number}"})
        assert vault.state(subject)["note"] == f"n{number}"
    vault.reindex()
    assert vault.state(subject)["note"] == f"n{len(jumps) - 1}"
    assert [event.value for event in vault.history(subject) if event.key == "note"] == [
        f"n{number}" for number in range(len(jumps))
    ]
    vault.close()


FEW_FILES = """
import json, os, resource, sys
from pathlib import Path
from tests.faults.scenes import note, put, two_badges, ids_of
from tests.vault.vault_material import opened
from passport.errors import PassportError
home = Path(sys.argv[1])
facts = two_badges(home)
vault = opened(home)
ids = ids_of(vault)
used = len(os.listdir("/proc/self/fd"))
hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
refused = 0
for spare in range(-1, 12):
    resource.setrlimit(resource.RLIMIT_NOFILE, (used + spare, hard))
    for step in (lambda: put(vault, 100 + spare), lambda: note(vault, ids, 100 + spare), lambda: vault.report(ids[0]),
                 lambda: vault.original(vault.entry(ids[0]).sha256), lambda: vault.scrub(), vault.reindex):
        try:
            fact = step()
            facts += [fact] if isinstance(fact, dict) else []
        except PassportError as error:
            refused += 1
            assert "Too many files" in str(error), error
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
vault.close()
print(json.dumps({"facts": facts, "refused": refused}))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="counts its files in /proc")
def test_a_process_without_files_to_spare_says_so_and_goes_on(tmp_path):
    import json

    done = subprocess.run(
        [sys.executable, "-c", FEW_FILES, str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT / "daemon"), str(ROOT)))},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    said = json.loads(done.stdout)
    assert said["refused"] > 3
    assert examine(tmp_path, said["facts"]) == Found()

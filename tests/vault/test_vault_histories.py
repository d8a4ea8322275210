"""Random histories of several computers: they end equal, and as a model of one sentence says."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest
from tests.vault.computers_material import Machine, acquainted, carry, put, state_of

KEYS = ("note", "rating", "visibility", "tag:a", "tag:b", "trashed")


@pytest.mark.parametrize("seed", range(6))
def test_random_histories_end_equal_and_as_the_model_says(tmp_path: Path, seed: int) -> None:
    random_history(tmp_path, seed)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_a_thousand_random_histories(tmp_path: Path) -> None:
    for seed in range(1000):
        random_history(tmp_path / str(seed), 1000 + seed)
        shutil.rmtree(tmp_path / str(seed))


def random_history(folder: Path, seed: int) -> None:
    """Two or three computers decide at random; the model keeps, of each key, the word with the greatest stamp."""
    chance = random.Random(seed)
    folder.mkdir(parents=True, exist_ok=True)
    found = acquainted(folder, chance.choice((2, 2, 3)))
    entries = [put(found[0], number) for number in range(3)]
    for other in found[1:]:
        carry(found[0], other)
        other.vault.computers.take_up()
    for _ in range(40):
        step(chance, found, entries)
    for _ in range(2):
        for other in found[1:]:
            carry(found[0], other)
    states = [state_of(one.vault) for one in found]
    assert all(state == states[0] for state in states), seed
    for entry in entries:
        words: dict[str, tuple[str, object]] = {}
        for event in found[0].vault.history(f"badge:{entry}"):
            words[event.key] = max(words.get(event.key, ("", None)), (event.stamp, event.value), key=lambda w: w[0])
        model = {key: value for key, (_, value) in words.items() if key in KEYS and value is not None}
        assert model == {k: v for k, v in states[0][f"badge:{entry}"].items() if k in KEYS}, seed
    for one in found:
        one.vault.reindex()
    assert [state_of(one.vault) for one in found] == states, seed
    for one in found:
        one.close()


def step(chance: random.Random, found: list[Machine], entries: list[str]) -> None:
    one = chance.choice(found)
    roll = chance.random()
    if roll < 0.6:
        value = {"note": chance.choice(["x", "y", ""]), "rating": chance.randrange(6), "trashed": chance.random() < 0.5}
        key = chance.choice(KEYS)
        other = [True, None] if key.startswith("tag") else ["public", "private"]
        chosen = value.get(key, chance.choice(other))
        one.vault.decide(f"badge:{chance.choice(entries)}", {key: chosen})
    elif roll < 0.75:
        one.clock.forward(seconds=chance.uniform(-3, 10))
    elif roll < 0.95:
        other = chance.choice([m for m in found if m is not one])
        carry(one, other, chance=chance)
        one.vault.computers.take_up()
        other.vault.computers.take_up()
    else:
        one.close()
        one.open()

"""What signing costs: the same decisions and the same reading of journals, signed and unsigned, in one run.

.venv/bin/python tests/bench/bench_computers.py [DECISIONS]
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parents[2] / "daemon")]

from tests.vault.computers_material import acquainted, carry
from tests.vault.vault_material import arrival, opened


def decide(vault, subject: str, count: int) -> float:
    started = time.perf_counter()
    for number in range(count):
        vault.decide(subject, {f"tag:{number}": True})
    return (time.perf_counter() - started) / count


def rebuild(vault) -> float:
    started = time.perf_counter()
    vault.reindex()
    return time.perf_counter() - started


def main(count: int) -> None:
    """Print the ratios."""
    with tempfile.TemporaryDirectory() as folder:
        alone = opened(Path(folder) / "alone")
        subject = alone.put(arrival()).entry.subject
        anna, berta = acquainted(Path(folder) / "shared", 2)
        anna.vault.put(arrival())
        plain, signed = decide(alone, subject, count), decide(anna.vault, subject, count)
        print(f"one decision: unsigned {plain * 1000:.2f} ms, signed {signed * 1000:.2f} ms, x {signed / plain:.2f}")
        plain, signed = rebuild(alone), rebuild(anna.vault)
        print(f"reading {count} lines: unsigned {plain:.2f} s, signed {signed:.2f} s, x {signed / plain:.2f}")
        carry(anna, berta)
        started = time.perf_counter()
        berta.vault.computers.take_up()
        print(f"taking up {count} lines of another computer: {time.perf_counter() - started:.2f} s")
        anna.vault.decide(subject, {"note": "one more"})
        carry(anna, berta)
        started = time.perf_counter()
        berta.vault.computers.take_up()
        print(f"taking up one decision: {(time.perf_counter() - started) * 1000:.1f} ms")
        for vault in (alone, anna.vault, berta.vault):
            vault.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000)

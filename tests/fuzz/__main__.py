"""`python -m tests.fuzz [NAME…] [--seconds S] [--inputs N] [--part K/N] [--corpus DIR] [--seed N] [--plain]`.

Each parser is fuzzed in a process of its own, one after the other; one line of JSON tells how each went. Where atheris
is installed (and `--plain` is not said) it sees which lines of the parsers each input reaches.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import sys
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import msgspec
from tests.fuzz.model import Outcome, Target
from tests.fuzz.running import Watch, by_coverage, by_mutation, fuzzed, outcome_in

PARSING = [
    "passport.badge", "passport.verification", "passport.settings", "passport.workers", "passport.vault.journal",
    "passport.vault.queries", "passport.vault.reports", "passport.vault.joining", "passport.vault.marker",
    "passport.vault.trust", "passport.vault.age", "passport.intake.pages", "passport.intake.recipes",
    "passport.intake.noticing.book", "passport.fetching", "passport.sharing.cv.kept",
    "passport.sharing.cv.resume_reading",
    "passport.sharing.site.plan", "passport.sharing.bluesky", "passport.sharing.networks", "passport.web.forms",
    "passport.web.pages.looking", "passport.web.pages.path_files", "passport.web.clients",
]  # fmt: skip
"""Where atheris looks at each line; to do that everywhere would take longer than the short run."""


def main(arguments: Sequence[str]) -> int:
    """Return 0 when nothing was found."""
    chosen = _parsed(arguments)
    plain = chosen.plain or importlib.util.find_spec("atheris") is None
    found = 0
    with tempfile.TemporaryDirectory() as scratch:
        targets = _part(_targets(Path(scratch) / "files", plain=plain, names=chosen.names), chosen.part)
        for target in targets:
            outcome = _one(target, chosen, Path(chosen.corpus or scratch), plain=plain)
            print(msgspec.json.encode(outcome).decode(), flush=True)
            found += bool(outcome.finding)
    return 1 if found else 0


def _parsed(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--inputs", type=int, default=1 << 62)
    parser.add_argument("--part", default="1/1")
    parser.add_argument("--corpus")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--plain", action="store_true")
    return parser.parse_args(arguments)


def _targets(folder: Path, *, plain: bool, names: Sequence[str]) -> list[Target]:
    if not plain:
        import atheris

        with atheris.instrument_imports(include=PARSING, enable_loader_override=False):
            from tests.fuzz.targets import all_targets
    else:
        from tests.fuzz.targets import all_targets
    targets = all_targets(folder)
    unknown = set(names) - {target.name for target in targets}
    if unknown:
        raise SystemExit(f"There is no parser {sorted(unknown)}.")
    return [target for target in targets if not names or target.name in names]


def _part(targets: list[Target], part: str) -> list[Target]:
    number, of = map(int, part.split("/"))
    return targets[number - 1 :: of]


def _one(target: Target, chosen: argparse.Namespace, base: Path, *, plain: bool) -> Outcome:
    folder = base / target.name
    folder.mkdir(parents=True, exist_ok=True)
    out, words = folder.with_suffix(".outcome"), folder.with_suffix(".said")
    out.unlink(missing_ok=True)
    how = partial(by_mutation, target) if plain else partial(by_coverage, target)
    more = () if plain else (folder,)
    child = fuzzed(
        lambda: how(Watch(target, out, seconds=chosen.seconds, inputs=chosen.inputs), chosen.seed, *more), words
    )
    os.waitpid(child, 0)
    outcome = outcome_in(out)
    if outcome is not None:
        return outcome
    crash = next(
        iter(sorted(base.glob(f"{target.name}.crash-*")) + sorted(base.glob(f"{target.name}.timeout-*"))), None
    )
    said = words.read_text(errors="replace")[-2000:]
    data = crash.read_bytes() if crash else b""
    return Outcome(target=target.name, inputs=0, seconds=0, slowest_s=0, finding=f"the process died: {said}", data=data)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

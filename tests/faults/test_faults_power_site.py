"""The power fails while the site is written into a folder: no file by halves, and the next publication makes it whole.

What the manifest says is what the next publication compares with: a file that it calls new and that is the old one
would stay old for ever.
"""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest
from tests.faults.doors import Recording
from tests.faults.power import Machine, State, fingerprint, lay_out

from passport.errors import SharingError
from passport.sharing.site.plan import MANIFEST, STAGE, read_manifest
from passport.sharing.site.targets import Folder

pytestmark = pytest.mark.slow
VERSIONS = 4
ROUNDS = 40


def site(version: int) -> dict[str, bytes]:
    """Return a site: pages that change each time, one that stays, and badges that come and go."""
    pages = {"index.html": b"<p>%d" % version * 200, "assets/one.css": b"same" * 300, "feed.xml": b"<x>%d" % version}
    return pages | {f"badges/{n}/index.html": b"%d-%d" % (n, version) * 300 for n in range(version, version + 3)}


def files_in(root: Path) -> dict[str, bytes]:
    found = {p.relative_to(root).as_posix(): p.read_bytes() for p in root.rglob("*") if p.is_file()}
    return {path: content for path, content in found.items() if path != MANIFEST and not path.startswith(STAGE)}


def states(root: Path, seed: int, forget: str) -> list[tuple[State, int]]:
    """Publish all versions; return what may be found after a cut behind each operation, and what was done by then."""
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir()
    disk, log = Recording(), []
    machine, chance, found = Machine(root), random.Random(seed), list[tuple[State, int]]()
    for version in range(VERSIONS):
        disk.log.clear()
        Folder(root, disk).publish(site(version))
        log += [(one, version) for one in disk.log if not isinstance(one, str)]
    for place, (one, version) in enumerate(log):
        if one.name != forget:
            machine.do(one, root)
        done = version if place + 1 == len(log) or log[place + 1][1] != version else version - 1
        found += [(machine.cut(how, chance), done) for how in ("drop", "keep", "mix", "mix")]
    return found


def wrong_after(state: State, done: int, root: Path) -> list[str]:
    """Return what is wrong with a state, as it is found and after the next publication."""
    shutil.rmtree(root, ignore_errors=True)
    lay_out(state, root)
    present, known = (
        files_in(root),
        read_manifest((root / MANIFEST).read_bytes() if MANIFEST in map(str, state) else None),
    )
    whole = [site(version) for version in range(max(done, 0), VERSIONS)]
    wrong = [f"half: {path}" for path, content in present.items() if content not in [s.get(path) for s in whole]]
    wrong += [f"stranger: {path}" for path in present if path not in known]
    if done >= 0:  # every address of the last site that stays is there in some version
        wrong += [f"gone: {path}" for path in set.intersection(*map(set, whole)) - set(present)]
    try:
        Folder(root).publish(site(VERSIONS - 1))
    except SharingError as error:
        return [*wrong, f"it cannot be published any more: {error}"]
    wrong += ["not mended by publishing again"] if files_in(root) != site(VERSIONS - 1) else []
    return wrong


def cut_all(folder: Path, rounds: int, *, forget: str = "") -> tuple[int, list[str]]:
    seen, wrong = set[bytes](), list[str]()
    for seed in range(rounds):
        for state, done in states(folder / "site", seed, forget):
            mark = fingerprint(state) + bytes([done + 1])
            if mark not in seen:
                seen.add(mark)
                wrong += wrong_after(state, done, folder / "cut")
    return len(seen), wrong


def test_a_published_site_is_never_by_halves_and_the_next_time_makes_it_whole(fast_folder):
    different, wrong = cut_all(fast_folder, 2)
    assert wrong == []
    assert different > 150


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_a_published_site_through_many_power_cuts(fast_folder):
    different, wrong = cut_all(fast_folder, ROUNDS)
    print(f"{different} different states")
    assert wrong == []


@pytest.mark.parametrize("forget", ["sync", "sync_folder"])
def test_a_disk_that_does_not_sync_is_noticed(fast_folder, forget):
    """The defence off."""
    assert cut_all(fast_folder, 2, forget=forget)[1]

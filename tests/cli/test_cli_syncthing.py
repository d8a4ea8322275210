"""Daemons and real sync programs on loopback: Syncthing (no discovery, relays, traversal, reporting) and rclone bisync.

Small in every run, at full size in `--long`.
"""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import tinydb
from tests.cli.engines import HAS_RCLONE, HAS_SYNCTHING, Bisync, Syncthing, syncthings
from tests.cli.test_cli_computers import Computer, end
from tests.issuer import Issuer
from tests.waiting import wait_for

from passport.cli.speaking import Daemon
from passport.settings import Places
from passport.vault.journal import read_lines

pytestmark = [pytest.mark.slow, pytest.mark.clock, pytest.mark.timeout(1800)]
needs_syncthing = pytest.mark.skipif(not HAS_SYNCTHING, reason="syncthing is not installed")
needs_rclone = pytest.mark.skipif(not HAS_RCLONE, reason="rclone is not installed")
long = pytest.mark.long


@dataclass(frozen=True)
class Size:
    badges: int
    """On each side; a tenth of them are the same ones."""
    decisions: int
    """On each side, at the same time."""
    on: int
    """Badges that are decided about."""
    apart: int
    """Decisions on each side while the engine rests."""


SIZES = [
    pytest.param(Size(badges=11, decisions=20, on=4, apart=6), id="small"),
    pytest.param(Size(badges=550, decisions=1000, on=40, apart=300), id="full", marks=long),
]


class Owner:
    """Who sits before one computer and says things to its running daemon."""

    def __init__(self, computer: Computer) -> None:
        self.computer = computer
        home = computer.home
        found = wait_for(lambda: Daemon.find(Places(config=home, vault=home / "vault", state=home / "state")))
        assert isinstance(found, Daemon)
        self.daemon = found

    def entries(self) -> dict[str, dict[str, object]]:
        """Return all badges as this computer shows them, the trash included."""
        found: list[dict[str, object]] = []
        while True:
            page = self.daemon.get("/badges", limit=500, offset=len(found), trashed="true")
            found += page["entries"]
            if not page["entries"] or len(found) >= page["total"]:
                return {str(entry["id"]): entry for entry in found}

    def decide(self, entry: str, **decision: object) -> None:
        self.daemon.ask("PATCH", f"/badges/{entry}", decision)

    def standing(self) -> dict:
        return self.daemon.get("/computers")


def decide_at_random(owner: Owner, entries: list[str], count: int, name: str, seed: int) -> None:
    """Say so many things: half of them tags, which must all be there in the end, half of them fields all fight for."""
    chance = random.Random(seed)
    for number in range(count):
        entry = chance.choice(entries)
        if number % 2:
            owner.decide(entry, addTags=[f"{name}-{number}"])
        else:
            owner.decide(entry, **chance.choice([{"note": f"{name} {number}"}, {"rating": chance.randrange(6)}]))


def at_once(*work: Callable[[], None]) -> None:
    """Do all of it at the same time."""
    threads = [threading.Thread(target=one) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def badges(numbers: range) -> dict[str, bytes]:
    issuer = Issuer()
    return {
        f"{n}.png": issuer.signed_badge(id=f"urn:uuid:00000000-0000-4000-8000-{n:012d}", name=f"Badge {n}")
        for n in numbers
    }


def take_in(computer: Computer, files: dict[str, bytes]) -> None:
    folder = computer.downloads.parent / "badges"
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    line = computer.line("import", str(folder))
    subprocess.run(line, env=computer.environment, capture_output=True, timeout=900, check=True)


def said_in(folder: Path) -> set[tuple[str, str, str, str]]:
    """Return all that stands in the journals of a folder: what any engine may have lost or made two of."""
    found = set()
    for path in folder.glob("journal/*.jrnl*"):
        for line in read_lines(path.read_bytes()):
            assert not line.damaged
            found |= {(line.stamp, s, key, json.dumps(v)) for s, values in line.said for key, v in values.items()}
    return found


def decisions_in(folder: Path) -> int:
    return sum(key in {"note", "rating"} or key.startswith("tag:") for _, _, key, _ in said_in(folder))


def conflicts_in(folder: Path) -> list[str]:
    return [str(path) for path in folder.rglob("*") if "sync-conflict" in path.name or "..path" in path.name]


def join(anna: Computer, berta: Computer) -> None:
    assert anna.run("vault", "move", str(anna.vault)).returncode == 0
    let_in(anna, berta)


def let_in(anna: Computer, berta: Computer, carry: Callable[[], object] = lambda: None) -> None:
    carry()
    wait_for((berta.vault / "vault.json").exists)
    joining = subprocess.Popen(
        berta.line("vault", "join", str(berta.vault)), env=berta.environment, stdout=subprocess.PIPE
    )
    code = wait_for(lambda: berta.json("vault", "list", "--json")["code"])
    carry()
    wait_for(lambda: anna.run("vault", "confirm", str(code)).returncode == 0)
    carry()
    joining.communicate(timeout=300)
    assert joining.returncode == 0


@contextmanager
def started(computers: list[Computer], engines: list[Syncthing]) -> Iterator[None]:
    processes = []
    try:
        for engine in engines:
            engine.start()
        processes = [computer.start() for computer in computers]
        yield
        end(*processes)
        processes = []
    finally:
        for process in processes:
            process.kill()
        for engine in engines:
            engine.stop()


def since(moment: float) -> float:
    return round(time.monotonic() - moment, 2)


def report(**figures: object) -> None:
    print(", ".join(f"{name.replace('_', ' ')}: {value}" for name, value in figures.items()))


@needs_syncthing
@pytest.mark.parametrize("size", SIZES)
def test_syncthing_loses_nothing_and_both_end_equal(tmp_path: Path, size: Size) -> None:
    """Badges of both, decisions on the same ones at once, edits while apart: 0 lost, equal states, 0 conflicts."""
    anna, berta = computers = [Computer(tmp_path / name) for name in ("anna", "berta")]
    files = badges(range(size.badges * 2 - size.badges // 10))
    names = list(files)
    total = len(names)
    engines = syncthings(anna.sync, berta.sync)
    with started(computers, engines):
        take_in(anna, {name: files[name] for name in names[: size.badges]})
        take_in(berta, {name: files[name] for name in names[-size.badges :]})
        began = time.monotonic()
        join(anna, berta)
        one, other = Owner(anna), Owner(berta)
        wait_for(lambda: len(one.entries()) == len(other.entries()) == total, 600)
        report(badges=total, joined_and_in_step_after_s=round(time.monotonic() - began, 1))
        assert all(entry["verdict"] == "verified" for entry in one.entries().values())
        chosen = sorted(one.entries())[: size.on]
        began = time.monotonic()
        at_once(
            lambda: decide_at_random(one, chosen, size.decisions, "anna", 1),
            lambda: decide_at_random(other, chosen, size.decisions, "berta", 2),
        )
        took = time.monotonic() - began
        ended = time.monotonic()
        wait_for(lambda: one.entries() == other.entries(), 300)
        report(decisions=2 * size.decisions, on=size.on, took_s=round(took, 1), in_step_after_s=since(ended))
        engines[1].stop()
        at_once(
            lambda: decide_at_random(one, chosen, size.apart, "anna-apart", 3),
            lambda: decide_at_random(other, chosen, size.apart, "berta-apart", 4),
        )
        engines[1].start()
        ended = time.monotonic()
        wait_for(lambda: one.entries() == other.entries(), 300)
        report(decisions_apart=2 * size.apart, in_step_after_s=since(ended))
        moments = []
        for number in range(5):
            ended = time.monotonic()
            one.decide(chosen[0], note=f"the last word {number}")
            wait_for(lambda n=number: other.entries()[chosen[0]]["note"] == f"the last word {n}")
            moments.append(since(ended))
        report(one_decision_s=moments)
        wait_for(lambda: said_in(anna.vault) == said_in(berta.vault))
        assert decisions_in(anna.vault) == 2 * size.decisions + 2 * size.apart + 5
        tags = {tag for entry in one.entries().values() for tag in entry["tags"]}
        assert len(tags) == size.decisions + size.apart
        assert conflicts_in(anna.sync) == conflicts_in(berta.sync) == []
        assert one.standing()["waiting"] == other.standing()["waiting"] == {}
        for owner in (one, other):
            before = owner.entries()
            owner.daemon.content("POST", "/reindex")
            assert owner.entries() == before


CLONES = [
    pytest.param((6, 4), id="small"),
    pytest.param((70, 50), id="full", marks=long),
]


@needs_syncthing
@pytest.mark.parametrize("counts", CLONES)
def test_a_cloned_computer_is_noticed_and_nothing_is_lost(tmp_path: Path, counts: tuple[int, int]) -> None:
    """A restored image: home and keys are the same, both write journals of one name, and one gets a new id."""
    anna, berta, clone = (Computer(tmp_path / name) for name in ("anna", "berta", "clone"))
    engines = syncthings(anna.sync, berta.sync, clone.sync)
    with started([anna, berta], engines):
        take_in(anna, badges(range(3)))
        join(anna, berta)
        other = Owner(berta)
        wait_for(lambda: len(other.entries()) == 3, 120)
        wait_for(lambda: said_in(clone.vault) == said_in(anna.vault) == said_in(berta.vault), 120)
        assert anna.run("stop").returncode == 0
        make_a_clone(anna, clone)
        engines[2].stop()  # the clone is not on the network at first
        both = [anna.start(), clone.start()]
        one, third = Owner(anna), Owner(clone)
        assert one.standing()["computers"] == third.standing()["computers"]
        entries = sorted(one.entries())
        at_once(
            *(
                lambda o=owner, c=count, n=name: [o.decide(entries[k % 3], addTags=[f"{n}-{k}"]) for k in range(c)]
                for owner, count, name in ((one, counts[0], "anna"), (third, counts[1], "clone"))
            )
        )
        engines[2].start()
        wait_for(
            lambda: one.entries() == other.entries() == third.entries() and len(other.standing()["computers"]) > 2, 300
        )
        third.decide(entries[0], note="by the clone")
        wait_for(lambda: one.entries()[entries[0]]["note"] == other.entries()[entries[0]]["note"] == "by the clone")
        one.decide(entries[0], note="by anna")
        wait_for(lambda: third.entries()[entries[0]]["note"] == other.entries()[entries[0]]["note"] == "by anna")
        tags = {tag for entry in other.entries().values() for tag in entry["tags"]}
        assert len(tags) == sum(counts)
        report(
            clone=counts, conflict_copies=len(conflicts_in(berta.sync)), computers=len(other.standing()["computers"])
        )
        end(*both)


def make_a_clone(anna: Computer, clone: Computer) -> None:
    shutil.rmtree(clone.home)
    shutil.copytree(anna.home, clone.home)
    for name in ("settings.toml", "state/device.json"):  # the same place in another folder
        file = clone.home / name
        file.write_text(file.read_text().replace(str(anna.sync), str(clone.sync)))


@needs_rclone
@pytest.mark.parametrize("size", SIZES)
def test_rclone_bisync_loses_nothing_and_copies_of_objects_are_healed(tmp_path: Path, size: Size) -> None:
    """Each computer runs bisync with a hub now and then; old ones make two copies of a badge that both had."""
    anna, berta = computers = [Computer(tmp_path / name) for name in ("anna", "berta")]
    hub = tmp_path / "hub"
    engines = [Bisync(c.sync, hub, tmp_path / f"{c.home.parent.name}-work") for c in computers]

    def carry() -> None:
        for engine in (*engines, engines[0]):
            engine.run()

    files = badges(range(size.badges * 2 - size.badges // 10))
    names = list(files)
    with started(computers, []):
        take_in(anna, {name: files[name] for name in names[: size.badges]})
        assert anna.run("vault", "move", str(anna.vault)).returncode == 0
        let_in(anna, berta, carry)
        one, other = Owner(anna), Owner(berta)
        take_in(berta, {name: files[name] for name in names[-size.badges :]})
        for name in names[-size.badges // 20 :]:  # and the same again on both, while apart
            file = tmp_path / name
            file.write_bytes(files[name])
            assert anna.run("import", str(file)).returncode == 0
        carry()
        wait_for(lambda: len(one.entries()) == len(other.entries()) == len(files), 300)
        made = len(conflicts_in(anna.sync))
        chosen = sorted(one.entries())[: size.on]
        at_once(
            lambda: decide_at_random(one, chosen, size.decisions, "anna", 1),
            lambda: decide_at_random(other, chosen, size.decisions, "berta", 2),
        )
        began = time.monotonic()
        carry()
        carry()
        wait_for(lambda: one.entries() == other.entries(), 300)
        report(badges=len(files), decisions=2 * size.decisions, carried_and_in_step_s=since(began), copies=made)
        for owner in (one, other):
            assert sum(e["verdict"] == "verified" for e in owner.entries().values()) == len(files)
            for entry in owner.entries():
                assert owner.daemon.content("GET", f"/badges/{entry}/file")[0] in files.values()
        first = min((one, other), key=lambda owner: next(c["id"] for c in owner.standing()["computers"] if c["this"]))
        first.daemon.content("POST", "/scrub")
        carry()
        assert [name for name in conflicts_in(anna.sync) if ".jrnl" in name] == []
        assert said_in(anna.vault) == said_in(berta.vault)
        assert decisions_in(anna.vault) == 2 * size.decisions
        assert len(list(anna.vault.glob("objects/*/*"))) == len(files)
        assert one.standing()["waiting"] == other.standing()["waiting"] == {}


@needs_syncthing
@long
def test_control_one_shared_index_file_would_lose_what_both_say(tmp_path: Path) -> None:
    """The test of these tests: the obvious way, one TinyDB file in the synced folder, with the same engine."""
    folders = [tmp_path / name / "sync" for name in ("anna", "berta")]
    engines = syncthings(*folders)
    try:
        for engine in engines:
            engine.start()
        for round_ in range(5):
            for folder, name in zip(folders, ("anna", "berta"), strict=True):
                with tinydb.TinyDB(folder / "index.json") as database:
                    database.insert({"by": name, "number": round_})
            time.sleep(4)  # whatever the engine makes of it; no state of it is known to be waited for
        kept = [{(d["by"], d["number"]) for d in tinydb.TinyDB(folder / "index.json").all()} for folder in folders]
        report(control_kept=[len(one) for one in kept], of=10, conflict_copies=len(conflicts_in(folders[0])))
        assert len(kept[0] & kept[1]) < 10
    finally:
        for engine in engines:
            engine.stop()

"""Whoever writes into the shared folder waits for the owner to sign it, swaps the vault's name, or leaves traps."""

from __future__ import annotations

import json
import os
import zlib
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from tests.vault.computers_material import Machine, acquainted, state_of
from tests.vault.vault_material import StillClock, arrival, opened

from passport.errors import VaultError
from passport.vault.journal import encode_line, segment_sizes
from passport.vault.marker import MARKER, read_marker
from passport.vault.moving import move
from passport.vault.signing import DeviceKey, Signer
from passport.vault.vault import Vault

AT = "1772366500000-00001-"
PASSPHRASE = "correct horse battery"
QUICK = 8


@pytest.fixture
def anna(tmp_path: Path) -> Machine:
    """A computer that shares its passport, with one private badge."""
    first, second = acquainted(tmp_path, 2)
    first.vault.put(arrival())
    second.close()
    return first


def badge(machine: Machine) -> str:
    (subject,) = machine.vault.subjects("badge:")
    return subject


def forged(machine: Machine, *, signed: bool = False) -> bytes:
    seal = Signer(machine.device, read_marker(machine.folder).id, DeviceKey.generate()) if signed else None
    return encode_line(AT + machine.device, [(badge(machine), {"visibility": "public"})], seal)


def is_private(machine: Machine) -> None:
    state_of(machine.vault)
    assert machine.vault.entry(badge(machine).removeprefix("badge:")).visibility == "private"
    machine.vault.reindex()
    assert machine.vault.entry(badge(machine).removeprefix("badge:")).visibility == "private"


def anew(machine: Machine) -> None:
    machine.close()
    machine.open()


@pytest.mark.parametrize("signed", [False, True])
def test_joining_small_journals_signs_nothing_of_a_strangers(anna: Machine, signed: bool) -> None:
    """Enough small files under this computer's own name make it rewrite them at its next start."""
    for number in range(900, 970):
        (anna.folder / "journal" / f"{anna.device}.{number:06d}.jrnl").write_bytes(forged(anna, signed=signed))
    state_of(anna.vault)
    anew(anna)
    assert len(segment_sizes(anna.folder / "journal")) < 60  # it did rewrite them
    is_private(anna)


@pytest.mark.parametrize("signed", [False, True])
def test_purging_a_badge_signs_nothing_of_a_strangers(anna: Machine, signed: bool) -> None:
    """A line that speaks of two badges is rewritten when one of them is removed for good."""
    kept = badge(anna)
    gone = anna.vault.put(arrival(b"another", name="Another", number=2)).entry
    seal = Signer(anna.device, read_marker(anna.folder).id, DeviceKey.generate()) if signed else None
    line = encode_line(AT + anna.device, [(kept, {"visibility": "public"}), (gone.subject, {"note": "x"})], seal)
    for path in (anna.folder / "journal").glob(f"{anna.device}.*"):
        with path.open("ab") as file:
            file.write(line)
    state_of(anna.vault)
    anna.vault.purge(gone.id)
    state_of(anna.vault)
    anna.vault.reindex()
    assert anna.vault.entry(kept.removeprefix("badge:")).visibility == "private"


def test_moving_to_another_folder_signs_nothing_of_a_strangers(anna: Machine, tmp_path: Path) -> None:
    (anna.folder / "journal" / "0123456789ab.000001.jrnl").write_bytes(forged(anna))
    anna.close()
    target = tmp_path / "anna" / "elsewhere"
    move(anna.places, target, anna.name, anna.carrier())
    assert b'"public"' not in b"".join(path.read_bytes() for path in (target / "journal").iterdir())


@pytest.mark.parametrize("signed", [False, True])
def test_a_backup_takes_nothing_of_a_strangers_along(anna: Machine, tmp_path: Path, signed: bool) -> None:
    (anna.folder / "journal" / "0123456789ab.000001.jrnl").write_bytes(forged(anna, signed=signed))
    state_of(anna.vault)
    anna.vault.back_up(tmp_path / "b.age", PASSPHRASE, work_factor=QUICK)
    fresh = opened(tmp_path / "fresh")
    assert [one.result for one in fresh.restore(tmp_path / "b.age", PASSPHRASE)] == ["added"]
    assert [entry.visibility for entry in fresh.search("").entries] == ["private"]
    fresh.close()


@pytest.mark.parametrize("where", ["elsewhere", "here"])
def test_sharing_lets_in_nobody_who_was_written_down_before(tmp_path: Path, where: str) -> None:
    """Of a vault of one computer everything counts; who could write there then shares nothing from now on."""
    alone = Machine(tmp_path / "anna", StillClock(), "anna")
    alone.open().put(arrival())
    alone.close()
    folder = alone.places.vault
    let_in = ("device:0123456789ab", {"trusted": {"key": DeviceKey.generate().public, "name": "a stranger"}})
    (folder / "journal" / "0123456789ab.000001.jrnl").write_bytes(encode_line(AT + "0123456789ab", [let_in]))
    move(alone.places, alone.folder if where == "elsewhere" else folder, "anna", alone.carrier())
    alone.shared = where == "elsewhere"
    with closing(Vault.open(alone.places, clock=alone.clock, key=alone.key)) as vault:
        assert len(vault.search("").entries) == 1
        assert [one.name for one in vault.computers.standing().computers] == ["anna"]


def test_a_backup_lets_no_computer_in(anna: Machine, tmp_path: Path) -> None:
    """A computer that was stolen with the passport of the backup does not share the one that its owner begins anew."""
    anna.vault.back_up(tmp_path / "b.age", PASSPHRASE, work_factor=QUICK)
    anew = Machine(tmp_path / "anew", anna.clock, "anew")
    assert [one.result for one in anew.open().restore(tmp_path / "b.age", PASSPHRASE)] == ["added"]
    anew.close()
    assert len(anew.open().search("").entries) == 1  # of one computer alone, as before
    anew.move()
    assert [one.name for one in anew.open().computers.standing().computers] == ["anew"]
    other = Machine(tmp_path / "other", anna.clock, "other")
    other.move()
    assert [one.result for one in other.open().restore(tmp_path / "b.age", PASSPHRASE)] == ["added"]
    assert [one.name for one in other.vault.computers.standing().computers] == ["other"]
    for one in (anew, other):
        state_of(one.vault)
        assert len(one.vault.search("").entries) == 1
        one.close()


@pytest.mark.parametrize("number", ["9" * 237, "9" * 18, "1000000000000", "999999999999"])
def test_a_journal_with_a_huge_number_does_not_keep_the_owner_from_writing(anna: Machine, number: str) -> None:
    (anna.folder / "journal" / f"{anna.device}.{number}.jrnl").write_bytes(forged(anna))
    for one in range(3):
        anew(anna)
        anna.vault.decide(badge(anna), {f"tag:{one}": True})
    anew(anna)
    assert {"tag:0", "tag:1", "tag:2"} <= anna.vault.state(badge(anna)).keys()
    is_private(anna)


def test_another_name_for_the_vault_makes_no_stranger_count(anna: Machine) -> None:
    """Of another vault no computer is known, and then all lines would count."""
    (anna.folder / "journal" / "0123456789ab.000001.jrnl").write_bytes(forged(anna))
    marker = anna.folder / MARKER
    before = marker.read_bytes()
    marker.write_text(json.dumps({"id": "f" * 32, "format": 3, "program": "badge-passport"}))
    anna.close()
    for _ in range(2):
        with pytest.raises(VaultError, match="names another passport"):
            anna.open()
    marker.write_bytes(before)
    anna.open()
    is_private(anna)


@pytest.mark.skipif(os.name == "nt", reason="links and pipes as POSIX has them")
@pytest.mark.parametrize("trap", ["nowhere", "endless", "pipe", "folder", "huge"])
def test_traps_among_the_journals_are_stepped_over(anna: Machine, trap: str) -> None:
    path = anna.folder / "journal" / "0123456789ab.000001.jrnl"
    spring(path, trap)
    anna.vault.decide(badge(anna), {"note": "still here"})
    is_private(anna)
    anna.vault.computers.standing()
    anew(anna)
    is_private(anna)
    assert anna.vault.state(badge(anna))["note"] == "still here"


@pytest.mark.skipif(os.name == "nt", reason="links and pipes as POSIX has them")
@pytest.mark.parametrize("trap", ["nowhere", "endless", "pipe", "folder", "huge"])
def test_traps_among_requests_and_objects_are_stepped_over(anna: Machine, trap: str, tmp_path: Path) -> None:
    entry = anna.vault.entry(badge(anna).removeprefix("badge:"))
    (anna.folder / "devices").mkdir(exist_ok=True)
    spring(anna.folder / "devices" / "0123456789ab.request", trap)
    path = anna.vault._engine.objects.find(entry.sha256)
    path.unlink()
    spring(path, trap)
    spring(path.with_name(f"{entry.sha256}.sync-conflict-20260301-120000-ABCDEFG.png"), trap)
    assert anna.vault.computers.standing().requests == ()
    with pytest.raises(VaultError, match="not here yet"):
        anna.vault.original(entry.sha256)
    anna.vault.scrub()
    anna.vault.back_up(tmp_path / "b.age", PASSPHRASE, work_factor=QUICK)


@pytest.mark.skipif(os.name == "nt", reason="links as POSIX has them")
def test_a_link_for_a_folder_of_files_neither_shows_nor_takes_nor_receives_any(anna: Machine, tmp_path: Path) -> None:
    entry = anna.vault.entry(badge(anna).removeprefix("badge:"))
    path = anna.vault._engine.objects.find(entry.sha256)
    data, folder, elsewhere = path.read_bytes(), path.parent, tmp_path / "elsewhere"
    folder.rename(elsewhere)
    folder.symlink_to(elsewhere, target_is_directory=True)
    (elsewhere / path.name).write_bytes(b"not what it is called")
    with pytest.raises(VaultError, match="not here yet"):
        anna.vault.original(entry.sha256)
    with pytest.raises(OSError, match="A link stands where"):
        anna.vault._engine.objects.put(data, ".png")
    anna.vault.scrub()
    assert [file.read_bytes() for file in elsewhere.iterdir()] == [b"not what it is called"]


def spring(path: Path, trap: str) -> None:
    if trap == "nowhere":
        path.symlink_to("/nowhere/at/all")
    elif trap == "endless":
        path.symlink_to("/dev/zero")
    elif trap == "pipe":
        os.mkfifo(path)
    elif trap == "folder":
        path.mkdir()
    else:
        with path.open("wb") as file:
            file.truncate(1 << 40)  # of holes


def test_a_request_without_a_zone_is_none(anna: Machine) -> None:
    at = datetime(2026, 3, 1, 12).isoformat()  # noqa: DTZ001 (that is the attack)
    request = {"id": "0123456789ab", "name": "x", "key": "x", "at": at, "salt": "x", "proof": "x"}
    (anna.folder / "devices").mkdir(exist_ok=True)
    (anna.folder / "devices" / "0123456789ab.request").write_text(json.dumps(request))
    assert anna.vault.computers.standing().requests == ()
    with pytest.raises(VaultError, match="No computer asks"):
        anna.vault.computers.confirm("ABCD-EFGH")


@pytest.mark.parametrize(
    "body",
    [
        b'{"at":"1772366500000-00001-aaaaaaaaaaaa","of":[["badge:x",{"k":%s}]]}' % (b"[" * 50_000 + b"]" * 50_000),
        b'{"at":"+772366500000-00001-aaaaaaaaaaaa","of":[]}',
        b'{"at":"1772366500000-abcde-aaaaaaaaaaaa","of":[]}',
    ],
)
def test_a_line_of_nonsense_stops_nothing(anna: Machine, body: bytes) -> None:
    (anna.folder / "journal" / "0123456789ab.000001.jrnl").write_bytes(b"%08x %s\n" % (zlib.crc32(body), body))
    is_private(anna)
    assert anna.vault.computers.standing().damaged == 1
    anew(anna)
    is_private(anna)

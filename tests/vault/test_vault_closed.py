"""A shared passport stays closed where the list of its computers is missing, whatever the folder says of itself."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from tests.vault.computers_material import Careless, Machine, acquainted, carry, machines, put, state_of
from tests.vault.vault_material import arrival, some_documents

from passport.desktop.examining_vault import computers_are_known
from passport.errors import VaultError
from passport.vault.journal import encode_line, read_lines
from passport.vault.marker import MARKER, read_marker
from passport.vault.moving import check_join, move
from passport.vault.signing import DeviceKey, Signer

AT = "1772366500000-00001-"


@pytest.fixture
def pair(tmp_path: Path) -> list[Machine]:
    """Two computers that share a passport with one badge."""
    found = acquainted(tmp_path, 2)
    found[0].vault.put(arrival())
    carry(*found)
    for one in found:
        state_of(one.vault)
    return found


def badge(machine: Machine) -> str:
    (subject,) = machine.vault.subjects("badge:")
    return subject


def edit(path: Path, **changes: object) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def publish(folder: Path, subject: str, device: str = "0123456789ab") -> None:
    """Whoever writes into the folder says, unsigned, that the badge is public."""
    line = encode_line(AT + device, [(subject, {"visibility": "public"})])
    (folder / "journal" / f"{device}.000001.jrnl").write_bytes(line)


def test_settings_that_merely_point_at_a_shared_vault_show_nothing_until_it_is_joined(
    pair: list[Machine], tmp_path: Path
) -> None:
    anna = pair[0]
    subject = badge(anna)
    publish(anna.folder, subject)
    clara = Machine(tmp_path / "clara", anna.clock, "clara", shared=True)
    carry(anna, clara)
    vault = clara.open(locked=True)
    standing = vault.computers.standing()
    assert (standing.shared, standing.stranger, standing.locked) == (True, True, False)
    assert vault.search("").total == 0
    vault.reindex()
    assert vault.search("").total == 0
    (found,) = computers_are_known(clara.places)
    assert not found.ok
    assert "did not join" in found.explanation
    clara.close()
    with pytest.raises(VaultError, match="shared already"):
        move(clara.places, clara.folder, "clara", clara.carrier())
    assert check_join(clara.places, clara.folder) == read_marker(anna.folder)
    asked = clara.ask()
    carry(anna, clara)
    anna.vault.computers.confirm(asked.code)
    carry(anna, clara)
    assert clara.finish(asked)
    clara.open()
    assert clara.vault.entry(subject.removeprefix("badge:")).visibility == "private"


LOST = ["devices", "devices and flag", "devices and state", "all but signatures"]


@pytest.mark.parametrize("lost", LOST)
def test_a_lost_list_of_computers_opens_nothing(pair: list[Machine], lost: str) -> None:
    """Of the four that know, whatever one is left keeps the door shut."""
    anna = pair[0]
    subject, state = badge(anna), anna.home / "state"
    anna.close()
    (state / "devices.json").unlink()
    if lost != "devices":
        shutil.rmtree(state / "index")
    if "flag" in lost or "all" in lost:
        edit(anna.folder / MARKER, shared=False)
    if "state" in lost or "all" in lost:
        (state / "device.json").unlink()
    publish(anna.folder, subject)
    for _ in range(2):
        vault = anna.open(locked=True)
        assert vault.computers.standing().stranger
        assert vault.state(subject).get("visibility") != "public"
        vault.reindex()
        assert vault.state(subject).get("visibility") != "public"
        anna.close()


@pytest.mark.parametrize(("content", "words"), [('{"version": 99}', "newer version"), ("{", "cannot be read")])
def test_a_list_of_computers_that_cannot_be_read_is_not_taken_for_none(
    pair: list[Machine], content: str, words: str
) -> None:
    anna = pair[0]
    anna.close()
    devices = anna.home / "state" / "devices.json"
    before = devices.read_bytes()
    devices.write_text(content)
    with pytest.raises(VaultError, match=words):
        anna.open()
    assert devices.read_text() == content
    devices.write_bytes(before)
    assert anna.open().computers.count() == 2


def test_a_passport_of_another_or_of_tomorrow_is_not_joined(pair: list[Machine], tmp_path: Path) -> None:
    anna, other = pair[0], machines(tmp_path / "others", 1)[0]
    other.move()
    with pytest.raises(VaultError, match="shares a passport already"):
        check_join(anna.places, other.folder)
    edit(other.folder / MARKER, format=99)
    with pytest.raises(VaultError, match="newer version"):
        check_join(anna.places, other.folder)


def test_with_the_key_alone_nobody_lets_himself_in(pair: list[Machine]) -> None:
    anna = pair[0]
    anna.close()
    (anna.home / "state" / "devices.json").unlink()
    shutil.rmtree(anna.home / "state" / "index")
    vault = anna.open()
    with pytest.raises(VaultError, match="does not share"):
        vault.computers.unlock(anna.key)
    assert vault.search("").total == 0


def test_what_was_shared_before_there_was_a_flag_gets_it(pair: list[Machine]) -> None:
    anna = pair[0]
    anna.close()
    marker = json.loads((anna.folder / MARKER).read_text())
    (anna.folder / MARKER).write_text(json.dumps({k: marker[k] for k in ("id", "format", "program")}))
    edit(anna.home / "state" / "device.json", shared=[])
    vault = anna.open()
    assert vault.search("").total == 1
    assert read_marker(anna.folder).shared
    assert json.loads((anna.home / "state" / "device.json").read_text())["shared"] == [marker["id"]]


def test_a_marker_swapped_between_moving_and_the_first_start_is_refused(tmp_path: Path) -> None:
    (anna,) = machines(tmp_path, 1)
    anna.move()
    publish(anna.folder, "badge:x")
    (anna.folder / MARKER).write_text(json.dumps({"id": "f" * 32, "format": 3, "program": "badge-passport"}))
    with pytest.raises(VaultError, match="names another passport"):
        anna.open()


def test_a_move_that_was_cut_off_at_its_end_is_finished_by_trying_again(tmp_path: Path) -> None:
    (anna,) = machines(tmp_path, 1)
    anna.home.mkdir()
    vault = Machine.open(anna)
    subject = vault.put(arrival()).entry.subject
    anna.move()
    (anna.home / "state" / "devices.json").unlink()  # the last that a move writes
    assert anna.open(locked=True).search("").total == 0
    anna.close()
    publish(anna.folder, subject)
    with pytest.raises(VaultError, match="shared already"):
        move(anna.places, anna.folder, "anna", anna.carrier())
    (anna.folder / "journal" / "0123456789ab.000001.jrnl").unlink()
    move(anna.places, anna.folder, "anna", anna.carrier())
    assert anna.open().entry(subject.removeprefix("badge:")).verdict == "verified"


def test_a_flag_alone_shuts_a_vault_of_one_computer_and_its_owner_is_told(tmp_path: Path) -> None:
    """The price of staying closed: whoever edits the marker hides the badges, until it is put back."""
    (anna,) = machines(tmp_path, 1)
    anna.home.mkdir()
    anna.open().put(arrival())
    anna.close()
    edit(anna.places.vault / MARKER, shared=True)
    assert anna.open().computers.standing().stranger
    anna.close()
    edit(anna.places.vault / MARKER, shared=False)
    assert anna.open().search("").total == 1


def test_last_heard_of_is_taken_from_what_is_signed(pair: list[Machine]) -> None:
    anna, berta = pair
    berta.vault.decide(badge(berta), {"note": "x"})
    carry(anna, berta)
    state_of(anna.vault)
    before = {c.name: c.seen_at for c in anna.vault.computers.standing().computers}
    late = f"{int(anna.clock().timestamp() * 1000) + 3_600_000:013d}-00000-{berta.device}"
    stranger = Signer(berta.device, read_marker(anna.folder).id, DeviceKey.generate())
    for path in anna.folder.glob(f"journal/{berta.device}.*"):
        with path.open("ab") as file:
            file.write(encode_line(late, [("badge:x", {"note": "y"})], stranger))
            file.write(encode_line(late, [("badge:x", {"note": "y"})]))
    assert before["berta"] is not None
    assert {c.name: c.seen_at for c in anna.vault.computers.standing().computers} == before


def test_the_doctor_does_not_mind_copies_of_what_was_signed_since(pair: list[Machine]) -> None:
    anna = pair[0]
    anna.close()
    vault = anna.open(locked=True)
    vault.decide(badge(anna), {"note": "in the dark"})
    unsigned = next(p for p in anna.folder.glob("journal/*") if b"in the dark" in p.read_bytes())
    copy = unsigned.with_name(f"{unsigned.stem}.sync-conflict-20260301-120000-ABCDEFG.jrnl")
    shutil.copy(unsigned, copy)
    vault.computers.unlock(anna.key)
    assert [finding.ok for finding in computers_are_known(anna.places)] == [True]
    publish(anna.folder, badge(anna))
    assert not next(computers_are_known(anna.places)).ok


@pytest.mark.parametrize("how", ["replaced", "removed"])
def test_what_is_said_is_not_lost_when_its_open_journal_is(pair: list[Machine], how: str) -> None:
    """An engine that keeps no conflict copies puts a clone's journal in the place of ours."""
    anna, berta = pair
    anna.vault.decide(badge(anna), {"tag:one": True})
    (path,) = [p for p in anna.folder.glob(f"journal/{anna.device}.*") if b"tag:one" in p.read_bytes()]
    other = path.with_name("other.tmp")
    signer = Signer(anna.device, read_marker(anna.folder).id, anna.key)
    at = f"{int(anna.clock().timestamp() * 1000):013d}-00077-{anna.device}"
    other.write_bytes(encode_line(at, [(badge(anna), {"tag:clone": True})], signer))
    other.replace(path) if how == "replaced" else path.unlink()
    anna.vault.decide(badge(anna), {"tag:two": True})
    anna.vault.computers.take_up()
    assert anna.vault.computers.cloned is (how == "replaced")
    said = {
        key
        for p in anna.folder.glob("journal/*.jrnl")
        for line in read_lines(p.read_bytes())
        for key in line.said[0][1]
    }
    assert {"tag:one", "tag:two"} <= said
    for path in berta.folder.glob("journal/*"):
        path.unlink()
    carry(anna, berta)
    assert state_of(berta.vault) == state_of(anna.vault)
    assert "tag:two" in anna.vault.state(badge(anna))


def test_a_full_disk_does_not_keep_a_lost_journal_from_being_written_again(pair: list[Machine]) -> None:
    anna, _ = pair

    class Full(Careless):
        full = False

        def write(self, descriptor: int, data: bytes) -> None:
            if self.full:
                raise OSError(28, "No space left on device")
            super().write(descriptor, data)

    anna.close()
    anna.disk = Full()
    vault = anna.open()
    vault.decide(badge(anna), {"tag:one": True})
    for path in anna.folder.glob(f"journal/{anna.device}.*"):
        if b"tag:one" in path.read_bytes():
            path.unlink()
    anna.disk.full = True
    for _ in range(2):
        with pytest.raises(VaultError, match="no space"):
            vault.decide(badge(anna), {"tag:two": True})
    anna.disk.full = False
    vault.decide(badge(anna), {"tag:three": True})
    anna.close()
    vault = anna.open()
    assert {"tag:one", "tag:three"} <= vault.state(badge(anna)).keys()


@pytest.mark.parametrize("end", [".sync-conflict-20260301-120000-ABCDEFG.png", "..path1", " (1).png"])
def test_a_copy_of_an_engines_is_read_at_once_and_folded_back_by_one_computer_alone(
    pair: list[Machine], end: str
) -> None:
    """Where both did it, an old bisync would make new copies each time."""
    entry = pair[0].vault.entry(badge(pair[0]).removeprefix("badge:"))
    names = []
    for one in pair:
        path = next(one.folder.glob("objects/*/*.png"))
        path.rename(path.with_name((entry.sha256 if " " not in end else path.stem) + end))
        assert one.vault.original(entry.sha256) == b"\x89PNG one"
        one.vault.computers.look_at_files()
        names.append(next(one.folder.glob("objects/*/*")).name)
        standing = one.vault.computers.standing()
        assert (standing.missing, standing.swapped) == (0, 0)
    first = min(pair, key=lambda one: one.device)
    assert [name.endswith(end) for name in names] == [one is not first for one in pair]
    assert first.vault.computers.standing().healed == 1


def test_a_copy_of_documents_is_read_too(pair: list[Machine]) -> None:
    entry = put(pair[0], 2, documents=some_documents())
    carry(*pair)
    for one in pair:
        state_of(one.vault)
        path = next(one.folder.glob("documents/*/*.har"))
        path.rename(path.with_name(f"{path.stem} (conflicted copy).har"))
        one.vault.computers.look_at_files()
        assert one.vault.computers.standing().missing == 0
        assert one.vault.documents(entry) == some_documents()


@pytest.mark.parametrize("end", [".png.nextcloud", ".png.owncloud", ".png.part"])
def test_placeholders_are_not_here_yet_and_are_left_alone(pair: list[Machine], end: str) -> None:
    anna = pair[0]
    entry = anna.vault.entry(badge(anna).removeprefix("badge:"))
    path = next(anna.folder.glob("objects/*/*.png"))
    there = path.with_name(entry.sha256 + end)
    path.unlink()
    there.write_bytes(b" ")
    journal = next(anna.folder.glob("journal/*.jrnl"))
    (journal.with_name(f"{journal.name}{end[4:]}")).write_bytes(b" ")
    for look in (anna.vault.computers.look_at_files, anna.vault.scrub):
        look()
        assert there.exists()
    assert anna.vault.computers.standing().missing == 1
    assert anna.vault.computers.standing().conflicts == 0
    with pytest.raises(VaultError, match="not here yet"):
        anna.vault.original(entry.sha256)
    there.unlink()
    path.write_bytes(b"\x89PNG one")
    anna.vault.computers.look_at_files()
    assert anna.vault.computers.standing().missing == 0


def test_a_swapped_file_is_told_of(pair: list[Machine]) -> None:
    anna = pair[0]
    anna.vault.computers.look_at_files()
    assert anna.vault.computers.standing().swapped == 0
    next(anna.folder.glob("objects/*/*.png")).write_bytes(b"\x89PNG another")
    anna.vault.computers.look_at_files()
    assert anna.vault.computers.standing().swapped == 1
    assert anna.vault.search("").entries[0].verdict == "verified"  # by what was signed; its file is never shown

"""How a passport comes to be shared: moved into a synced folder, joined by a code, and whoever has none kept out."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from tests.vault.computers_material import acquainted, carry, lines_of, machines, put, state_of
from tests.vault.vault_material import arrival, opened, some_documents

from passport.errors import VaultError
from passport.vault.joining import answer_to
from passport.vault.journal import read_lines
from passport.vault.marker import read_marker
from passport.vault.model import Progress
from passport.vault.moving import check_join, check_target, move
from passport.vault.signing import DeviceKey


def test_moving_keeps_everything_and_signs_it(tmp_path: Path) -> None:
    (anna,) = machines(tmp_path, 1)
    vault = opened(anna.home, clock=anna.clock)
    entry = vault.put(arrival(documents=some_documents())).entry
    vault.decide(entry.subject, {"tag:iron": True, "visibility": "public"})
    before = vault.entry(entry.id)
    vault.close()
    told: list[Progress] = []
    move(anna.places, anna.folder, "anna", replace(anna.carrier(), told=told.append))
    assert told == [Progress(done=done, total=2) for done in (1, 2)]
    with pytest.raises(VaultError, match="may not be the old one"):
        move(anna.places, anna.folder / "inner", "anna", anna.carrier())
    vault = anna.open()
    assert vault.entry(entry.id) == before
    assert vault.documents(entry.id)
    assert vault.original(entry.sha256) == b"\x89PNG one"
    assert vault.report(entry.id).verdict == "verified"
    assert all(line.by == anna.device for line in lines_of(anna))
    assert (anna.home / "vault" / "vault.json").exists()
    anna.close()


@pytest.mark.parametrize("wrong", ["relative", "inner", "outer", "file", "taken", "nowhere"])
def test_a_folder_that_is_no_place_for_a_vault_is_refused(tmp_path: Path, wrong: str) -> None:
    (anna,) = machines(tmp_path, 1)
    opened(anna.home, clock=anna.clock).close()
    (tmp_path / "file").write_text("x")
    (tmp_path / "taken" / "journal").mkdir(parents=True)
    targets = {
        "relative": Path("here"),
        "inner": anna.places.vault / "inner",
        "outer": anna.home,
        "file": tmp_path / "file",
        "taken": tmp_path / "taken",
        "nowhere": tmp_path / "a" / "b" / "c",
    }
    with pytest.raises(VaultError):
        check_target(anna.places, targets[wrong])
    opened(anna.home, clock=anna.clock).close()


def test_a_vault_that_lies_in_the_synced_folder_already_is_shared_in_place(tmp_path: Path) -> None:
    (anna,) = machines(tmp_path, 1)
    anna.shared = True  # its settings name the folder
    vault = anna.open()
    entry = put(anna)
    restored = (anna.folder / "journal" / next(iter(anna.folder.glob("journal/*"))).name).read_bytes()
    (anna.folder / "journal" / "restored-000000000000.jrnl").write_bytes(restored)
    anna.close()
    move(anna.places, anna.folder, "anna", anna.carrier())
    vault = anna.open()
    assert vault.entry(entry).verdict == "verified"
    vault.reindex()
    assert vault.entry(entry).verdict == "verified"
    own = [line for path in anna.folder.glob(f"journal/{anna.device}.*") for line in read_lines(path.read_bytes())]
    assert all(line.by for line in own)
    anna.close()
    with pytest.raises(VaultError, match="shared already"):
        move(anna.places, anna.folder, "anna", anna.carrier())


def test_what_the_joining_computer_had_comes_along(tmp_path: Path) -> None:
    anna, berta = machines(tmp_path)
    anna.move()
    anna.open()
    vault = opened(berta.home, clock=berta.clock)
    entry = vault.put(arrival(b"\x89PNG of berta", number=7)).entry
    vault.decide(entry.subject, {"note": "mine"})
    vault.close()
    carry(anna, berta)
    asked = berta.ask()
    carry(anna, berta)
    anna.vault.computers.confirm(asked.code.lower().replace("-", " "))
    carry(anna, berta)
    assert berta.finish(asked)
    berta.open()
    carry(anna, berta)
    assert state_of(anna.vault) == state_of(berta.vault)
    assert anna.vault.entry(entry.id).note == "mine"
    assert anna.vault.original(entry.sha256) == b"\x89PNG of berta"


@pytest.mark.parametrize("code", ["AAAA-AAAA", "", "x" * 5000, "ABCD-EFG\N{GREEK SMALL LETTER ALPHA}"])
def test_a_wrong_code_lets_nobody_in(tmp_path: Path, code: str) -> None:
    anna, berta = machines(tmp_path)
    anna.move()
    anna.open()
    carry(anna, berta)
    asked = berta.ask()
    carry(anna, berta)
    with pytest.raises(VaultError, match="No computer asks"):
        anna.vault.computers.confirm(code)
    assert [p.name for p in anna.vault.computers.standing().computers] == ["anna"]
    assert answer_to(asked, berta.clock()) is None


def test_a_request_is_good_for_half_an_hour(tmp_path: Path) -> None:
    anna, berta = machines(tmp_path)
    anna.move()
    anna.open()
    carry(anna, berta)
    asked = berta.ask()
    carry(anna, berta)
    anna.clock.forward(minutes=31)
    with pytest.raises(VaultError, match="No computer asks"):
        anna.vault.computers.confirm(asked.code)
    with pytest.raises(VaultError, match="in time"):
        answer_to(asked, berta.clock())


@pytest.mark.parametrize("field", ["id", "key", "name", "salt", "proof"])
def test_a_request_that_was_written_over_is_not_believed(tmp_path: Path, field: str) -> None:
    anna, berta = machines(tmp_path)
    anna.move()
    anna.open()
    carry(anna, berta)
    asked = berta.ask()
    carry(anna, berta)
    (path,) = (anna.folder / "devices").glob("*.request")
    said = json.loads(path.read_bytes())
    said[field] = {"id": "0" * 12, "key": DeviceKey.generate().public}.get(field, "x" + said[field])
    path.write_text(json.dumps(said))
    with pytest.raises(VaultError, match="No computer asks"):
        anna.vault.computers.confirm(asked.code)


def test_an_answer_of_a_stranger_is_refused(tmp_path: Path) -> None:
    """Whoever writes into the folder would like to be taken for the first computer."""
    anna, berta = machines(tmp_path)
    anna.move()
    anna.open()
    carry(anna, berta)
    asked = berta.ask()
    stranger = DeviceKey.generate()
    welcome = {
        "to": berta.device,
        "peers": [{"id": "0" * 12, "name": "anna", "key": stranger.public}],
        "proof": asked.request.proof,
    }
    (berta.folder / "devices" / f"{berta.device}.welcome").write_text(json.dumps(welcome))
    with pytest.raises(VaultError, match="does not know the code"):
        answer_to(asked, berta.clock())


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff" * 100, b'{"id": 3}', b"{" + b" " * 100_000])
def test_rubbish_among_the_requests_is_passed_over(tmp_path: Path, content: bytes) -> None:
    (anna,) = machines(tmp_path, 1)
    anna.move()
    vault = anna.open()
    (anna.folder / "devices").mkdir()
    (anna.folder / "devices" / "000000000000.request").write_bytes(content)
    assert vault.computers.standing().requests == ()


def test_joining_where_there_is_no_passport_is_refused(tmp_path: Path) -> None:
    _, berta = machines(tmp_path)
    berta.folder.mkdir(parents=True)
    assert read_marker(berta.folder) is None
    with pytest.raises(VaultError, match="There is no passport"):
        check_join(berta.places, berta.folder)


def test_a_disk_moved_into_another_computer_joins_again(tmp_path: Path) -> None:
    """Another fingerprint gives another id, whose key nobody knows; what was said meanwhile is not lost."""
    anna, berta = acquainted(tmp_path, 2)
    entry = put(anna)
    carry(anna, berta)
    state_of(berta.vault)
    berta.close()
    file = berta.home / "state" / "device.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"fingerprint": "of another machine"}))
    berta.key = DeviceKey.generate()
    vault = berta.open(locked=True)
    vault.decide(f"badge:{entry}", {"note": "before joining again"})
    carry(anna, berta)
    state_of(anna.vault)
    assert anna.vault.entry(entry).note == ""
    berta.close()
    check_join(berta.places, berta.folder)
    asked = berta.ask()
    carry(anna, berta)
    anna.vault.computers.confirm(asked.code)
    carry(anna, berta)
    assert berta.finish(asked)
    berta.open()
    for _ in range(2):
        carry(anna, berta)
        state_of(anna.vault)
    assert state_of(anna.vault) == state_of(berta.vault)
    assert anna.vault.entry(entry).note == "before joining again"
    berta.close()
    with pytest.raises(VaultError, match="uses that folder already"):
        check_join(berta.places, berta.folder)

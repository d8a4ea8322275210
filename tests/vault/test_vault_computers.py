"""Several computers, one passport: joining, what each says reaches the others, and who is believed."""

from __future__ import annotations

import json
import random
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from tests.vault.computers_material import Machine, acquainted, carry, joined, machines, state_of
from tests.vault.vault_material import arrival, opened, some_documents

from passport.errors import VaultError
from passport.vault.joining import answer_to
from passport.vault.journal import read_lines
from passport.vault.marker import read_marker
from passport.vault.moving import check_join, check_target, move
from passport.vault.signing import DeviceKey


def put(machine: Machine, number: int = 1, **more) -> str:
    assert machine.vault
    return machine.vault.put(arrival(b"\x89PNG %d" % number, number=number, **more)).entry.id


def lines_of(machine: Machine):
    return [line for path in (machine.folder / "journal").iterdir() for line in read_lines(path.read_bytes())]


def test_moving_keeps_everything_and_signs_it(tmp_path: Path) -> None:
    (anna,) = machines(tmp_path, 1)
    vault = opened(anna.home, clock=anna.clock)
    entry = vault.put(arrival(documents=some_documents())).entry
    vault.decide(entry.subject, {"tag:iron": True, "visibility": "public"})
    before = vault.entry(entry.id)
    vault.close()
    anna.move()
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


def test_two_computers_have_the_same_passport(tmp_path: Path) -> None:
    anna, berta = acquainted(tmp_path, 2)
    entry = put(anna)
    carry(anna, berta)
    assert state_of(anna.vault) == state_of(berta.vault)
    assert berta.vault.entry(entry).verdict == "verified"
    assert [(c.name, c.this) for c in berta.vault.computers.standing().computers] == [("anna", False), ("berta", True)]
    berta.vault.decide(f"badge:{entry}", {"visibility": "public", "tag:steel": True})
    anna.vault.decide(f"badge:{entry}", {"tag:iron": True})
    carry(anna, berta)
    assert state_of(anna.vault) == state_of(berta.vault)
    found = anna.vault.entry(entry)
    assert (found.visibility, found.tags) == ("public", ("iron", "steel"))


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


def test_the_loser_of_two_notes_stays_in_the_history(tmp_path: Path) -> None:
    anna, berta = acquainted(tmp_path, 2)
    entry = put(anna)
    carry(anna, berta)
    berta.vault.computers.take_up()
    anna.vault.decide(f"badge:{entry}", {"note": "by anna"})
    anna.clock.forward(seconds=5)
    berta.vault.decide(f"badge:{entry}", {"note": "by berta"})
    carry(anna, berta)
    assert state_of(anna.vault) == state_of(berta.vault)
    assert anna.vault.entry(entry).note == "by berta"
    notes = [e for e in anna.vault.history(f"badge:{entry}") if e.key == "note"]
    assert [(e.value, e.current, e.device) for e in notes] == [
        ("by anna", False, anna.device),
        ("by berta", True, berta.device),
    ]


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


def test_a_third_computer_is_known_to_all_by_the_word_of_one(tmp_path: Path) -> None:
    anna, berta, clara = joined(tmp_path, 3)
    entry = put(clara)
    carry(clara, anna)
    carry(anna, berta)
    assert berta.vault.entry(entry) is None
    states = [state_of(one.vault) for one in (anna, berta, clara)]
    assert berta.vault.entry(entry) is not None
    assert states[0] == states[1]
    names = [c.name for c in berta.vault.computers.standing().computers]
    assert names == ["anna", "berta", "clara"]


def test_a_computer_that_was_taken_out_is_not_heard_any_more(tmp_path: Path) -> None:
    anna, berta = acquainted(tmp_path, 2)
    entry = put(berta)
    carry(anna, berta)
    anna.vault.computers.take_up()
    anna.vault.computers.revoke(berta.device)
    berta.clock.forward(seconds=-600)  # it may say that it spoke before
    berta.vault.decide(f"badge:{entry}", {"visibility": "public"})
    berta.clock.forward(seconds=1200)
    berta.vault.decide(f"badge:{entry}", {"visibility": "public"})
    for _ in range(2):
        carry(anna, berta)
        state_of(anna.vault)
    assert anna.vault.entry(entry).visibility == "private"
    assert anna.vault.entry(entry).verdict == "verified"
    anna.vault.reindex()
    assert anna.vault.entry(entry).visibility == "private"
    assert anna.vault.entry(entry).verdict == "verified"
    (gone,) = [c for c in anna.vault.computers.standing().computers if c.name == "berta"]
    assert gone.revoked
    with pytest.raises(VaultError, match="No such computer"):
        anna.vault.computers.revoke(berta.device)
    with pytest.raises(VaultError, match="itself"):
        anna.vault.computers.revoke(anna.device)


def test_what_is_said_while_the_key_is_locked_away_is_signed_later(tmp_path: Path) -> None:
    anna, berta = acquainted(tmp_path, 2)
    entry = put(anna)
    anna.close()
    vault = anna.open(locked=True)
    assert vault.computers.standing().locked
    vault.decide(f"badge:{entry}", {"note": "in the dark"})
    assert vault.entry(entry).note == "in the dark"
    anna.close()
    vault = anna.open(locked=True)
    vault.reindex()
    assert vault.entry(entry).note == "in the dark"
    carry(anna, berta)
    assert state_of(berta.vault)[f"badge:{entry}"].get("note") is None
    assert berta.vault.computers.standing().waiting == {"unsigned": 1}
    vault.computers.unlock(anna.key)
    assert all(line.by for line in lines_of(anna))
    for path in (berta.folder / "journal").iterdir():
        if not (anna.folder / "journal" / path.name).exists():
            path.unlink()  # the engine carries the removal of the unsigned journal too
    carry(anna, berta)
    assert state_of(anna.vault) == state_of(berta.vault)
    assert berta.vault.entry(entry).note == "in the dark"
    with pytest.raises(VaultError, match="not the one"):
        vault.computers.unlock(DeviceKey.generate())


def test_an_event_of_a_clock_far_ahead_waits_and_is_shown(tmp_path: Path) -> None:
    anna, berta = acquainted(tmp_path, 2)
    entry = put(anna)
    carry(anna, berta)
    berta.vault.computers.take_up()
    berta.clock = type(berta.clock)(berta.clock.now + timedelta(days=3))
    berta.close()
    berta.open()
    berta.vault.decide(f"badge:{entry}", {"note": "from the future"})
    carry(anna, berta)
    state_of(anna.vault)
    assert anna.vault.entry(entry).note == ""
    assert anna.vault.computers.standing().waiting == {"ahead": 1}
    anna.clock.forward(days=2.5)
    state_of(anna.vault)
    assert anna.vault.entry(entry).note == "from the future"
    assert anna.vault.computers.standing().waiting == {}


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


def test_a_clone_with_the_same_id_is_noticed_and_loses_nothing(tmp_path: Path) -> None:
    """A restored image: the same id, the same key, the same fingerprint. Both write a journal of the same name."""
    anna, berta = acquainted(tmp_path, 2)
    entry = put(anna)
    carry(anna, berta)
    anna.close()
    clone = Machine(tmp_path / "clone", anna.clock, "anna", key=anna.key, shared=True)
    shutil.copytree(anna.home, clone.home)
    devices = json.loads((clone.home / "state" / "device.json").read_text())
    devices["vaults"] = {str(clone.folder): next(iter(devices["vaults"].values()))}
    (clone.home / "state" / "device.json").write_text(json.dumps(devices))
    anna.open()
    clone.open()
    old = anna.device
    for number in range(20):
        anna.vault.decide(f"badge:{entry}", {f"tag:anna{number}": True})
        clone.vault.decide(f"badge:{entry}", {f"tag:clone{number}": True})
    for _ in range(2):
        carry(anna, berta)
        carry(clone, berta)
    anna.vault.computers.take_up()
    assert anna.vault.computers.cloned
    fresh = DeviceKey.generate()
    assert anna.vault.computers.renew(fresh) != old
    anna.key = fresh
    assert not anna.vault.computers.cloned
    anna.vault.decide(f"badge:{entry}", {"note": "by the new anna"})
    for _ in range(2):
        carry(anna, berta)
        carry(clone, berta)
    states = [state_of(one.vault) for one in (anna, berta, clone)]
    assert states[0] == states[1] == states[2]
    assert len(anna.vault.entry(entry).tags) == 40
    assert berta.vault.entry(entry).note == "by the new anna"
    assert anna.device != old
    anna.close()
    assert anna.open().entry(entry).note == "by the new anna"
    anna.vault.reindex()
    assert state_of(anna.vault) == states[0]


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


def test_a_wrong_key_in_the_keyring_does_not_keep_the_passport_shut(tmp_path: Path) -> None:
    anna, _ = acquainted(tmp_path, 2)
    entry = put(anna)
    anna.close()
    anna.key = DeviceKey.generate()
    vault = anna.open()
    assert vault.computers.locked
    assert vault.entry(entry) is not None


def test_names_can_be_changed_and_reach_the_others(tmp_path: Path) -> None:
    anna, berta = acquainted(tmp_path, 2)
    berta.vault.computers.rename(anna.device, "  The old laptop ")
    carry(anna, berta)
    state_of(anna.vault)
    assert "The old laptop" in [c.name for c in anna.vault.computers.standing().computers]
    for device, name in ((anna.device, " "), ("0" * 12, "x")):
        with pytest.raises(VaultError):
            anna.vault.computers.rename(device, name)


@pytest.mark.parametrize("seed", range(6))
def test_random_histories_end_equal_and_as_the_model_says(tmp_path: Path, seed: int) -> None:
    random_history(tmp_path, seed)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_a_thousand_random_histories(tmp_path: Path) -> None:
    for seed in range(1000):
        random_history(tmp_path / str(seed), 1000 + seed)
        shutil.rmtree(tmp_path / str(seed))


KEYS = ("note", "rating", "visibility", "tag:a", "tag:b", "trashed")


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


def test_a_computer_that_is_renamed_is_told_to_the_pages(tmp_path: Path) -> None:
    anna, berta = joined(tmp_path, 2)
    told = []
    anna.vault.subscribe(told.append)
    for name in ("  Berta's new one ", "x" * 81):
        anna.vault.computers.rename(berta.device, name)
        names = [one.name for one in anna.vault.computers.standing().computers if not one.this]
        assert names == [name.strip()[:80]]
        assert [change.kind for change in told] == ["changed"]
        assert told.pop().subject.endswith(berta.device)
    for wrong in (("nobody", "name"), (berta.device, " ")):
        with pytest.raises(VaultError, match="No such computer"):
            anna.vault.computers.rename(*wrong)
    assert told == []


def test_what_is_purged_on_one_computer_leaves_the_disk_of_the_other(tmp_path: Path) -> None:
    anna, berta = joined(tmp_path, 2)
    number = put(anna, 1)
    put(anna, 2)
    carry(anna, berta)
    state_of(berta.vault)
    sha256 = berta.vault.entry(number).sha256
    assert list((berta.folder / "objects").rglob(f"{sha256}.*"))
    anna.vault.decide(f"badge:{number}", {"trashed": True})
    anna.vault.purge(number)
    carry(berta, anna)  # which brings the file back to where it was removed
    state_of(berta.vault)
    state_of(anna.vault)
    for one in (anna, berta):
        assert one.vault.entry(number) is None
    assert not list((berta.folder / "objects").rglob(f"{sha256}.*"))
    assert len(list((berta.folder / "objects").rglob("*.png"))) == 1

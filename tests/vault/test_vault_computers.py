"""Several computers, one passport: what each says reaches the others, and who is believed."""

from __future__ import annotations

import json
import re
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from tests.vault.computers_material import Machine, acquainted, carry, joined, lines_of, machines, put, state_of
from tests.vault.vault_material import opened

from passport.errors import VaultError
from passport.vault.sharing import Standing
from passport.vault.signing import DeviceKey


def test_two_computers_have_the_same_passport(tmp_path: Path) -> None:
    anna, berta = acquainted(tmp_path, 2)
    entry = put(anna)
    carry(anna, berta)
    told = []
    stop = berta.vault.subscribe(lambda change: told.append((change.kind, change.subject)))
    assert state_of(anna.vault) == state_of(berta.vault)
    anna.vault.decide(f"badge:{entry}", {"rating": 3})
    carry(anna, berta)
    berta.vault.computers.take_up()
    stop()
    assert [kind for kind, subject in told if subject == f"badge:{entry}"] == ["added", "changed"]
    assert berta.vault.entry(entry).verdict == "verified"
    assert [(c.name, c.this) for c in berta.vault.computers.standing().computers] == [("anna", False), ("berta", True)]
    short = [[c.fingerprint for c in one.vault.computers.standing().computers] for one in (anna, berta)]
    assert short[0] == short[1]
    assert all(re.fullmatch(r"[A-Z2-7]{4}-[A-Z2-7]{4}-[A-Z2-7]{4}", one) for one in short[0])
    berta.vault.decide(f"badge:{entry}", {"visibility": "public", "tag:steel": True})
    anna.vault.decide(f"badge:{entry}", {"tag:iron": True})
    carry(anna, berta)
    assert state_of(anna.vault) == state_of(berta.vault)
    found = anna.vault.entry(entry)
    assert (found.visibility, found.tags) == ("public", ("iron", "steel"))


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
    told = []
    stop = anna.vault.subscribe(told.append)
    assert anna.vault.computers.count() == 2
    anna.vault.computers.revoke(berta.device)
    stop()
    assert anna.vault.computers.count() == 1
    assert told[-1].kind == "reindexed", "what it said may not count any more"
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
    for cannot in (lambda: vault.computers.renew(DeviceKey.generate()), lambda: vault.computers.confirm("AAAA-AAAA")):
        with pytest.raises(VaultError, match="cannot sign"):
            cannot()
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


def test_a_passport_on_one_computer_alone_says_so(tmp_path: Path) -> None:
    (anna,) = machines(tmp_path, 1)
    vault = opened(anna.home, clock=anna.clock)
    computers = vault.computers
    assert computers.standing() == Standing(shared=False, folder=str(anna.places.vault))
    assert (computers.count(), computers.strange(), computers.went_back()) == (1, 0, 0)
    assert [computers.shared, computers.locked, computers.stranger] == [False] * 3
    vault.close()


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

"""A synced folder is somebody else's disk: whoever writes into it can make nothing public, and nothing verified."""

from __future__ import annotations

import json
import re
import shutil
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.vault.computers_material import Machine, acquainted, carry, state_of
from tests.vault.vault_material import arrival, report, some_documents

from passport.errors import VaultError
from passport.vault.journal import encode_line, read_lines
from passport.vault.marker import read_marker
from passport.vault.reports import encode_report
from passport.vault.signing import DeviceKey, Signer
from passport.vault.trust import SUBJECT, TRUSTED
from passport.verification.report import Verdict

AT = "1772366500000-00001-"


@pytest.fixture
def anna(tmp_path: Path) -> Machine:
    """A computer that shares its passport, with a private badge of which nothing could be confirmed."""
    first, second = acquainted(tmp_path, 2)
    assert first.vault
    assert second.vault
    first.vault.put(arrival(verdict=Verdict.UNCONFIRMED, documents=some_documents()))
    first.vault.decide(badge(first), {"visibility": "public"})
    carry(first, second)
    state_of(second.vault)
    second.vault.decide(badge(first), {"visibility": "private"})
    carry(first, second)
    state_of(first.vault)
    second.close()
    return first


def badge(machine: Machine) -> str:
    (subject,) = machine.vault.subjects("badge:")
    return subject


def public() -> dict[str, object]:
    return {"visibility": "public"}


def verified(machine: Machine) -> dict[str, object]:
    sha256 = machine.vault.entry(badge(machine).removeprefix("badge:")).sha256
    return {f"report:{sha256}": {"documents": None, "report": encode_report(report(Verdict.VERIFIED))}}


def unsigned(machine: Machine, values: dict[str, object], device: str) -> bytes:
    return encode_line(AT + device, [(badge(machine), values)])


def by_a_stranger(machine: Machine, values: dict[str, object], device: str) -> bytes:
    stranger = Signer(device, read_marker(machine.folder).id, DeviceKey.generate())
    return encode_line(AT + device, [(badge(machine), values)], stranger)


def by_an_unknown(machine: Machine, values: dict[str, object], _device: str) -> bytes:
    return by_a_stranger(machine, values, "0123456789ab")


def of_another_vault(machine: Machine, values: dict[str, object], _device: str) -> bytes:
    return encode_line(AT + machine.device, [(badge(machine), values)], Signer(machine.device, "f" * 32, machine.key))


def changed_after_signing(machine: Machine, values: dict[str, object], _device: str) -> bytes:
    signer = Signer(machine.device, read_marker(machine.folder).id, machine.key)
    body = encode_line(AT + machine.device, [(badge(machine), {"visibility": "privat"})], signer)[9:-1]
    body = body.replace(b'"visibility":"privat"', json.dumps(values).encode()[1:-1])
    return b"%08x %s\n" % (zlib.crc32(body), body)


def with_the_signature_moved(machine: Machine, values: dict[str, object], device: str) -> bytes:
    """The signature of another line, and once more in front, where another reader might look for it."""
    journal = next(machine.folder.glob(f"journal/{machine.device}.*"))
    signature = re.search(rb'"sig":"([^"]+)"', journal.read_bytes())[1]
    inner = unsigned(machine, values, device)[9:-1]
    body = b'{"sig":"%s","by":"%s",%s' % (signature, machine.device.encode(), inner[1:])
    return b"%08x %s\n" % (zlib.crc32(body), body)


Forge = Callable[[Machine, dict[str, object], str], bytes]
FORGERIES: list[Forge] = [
    unsigned, by_a_stranger, by_an_unknown, of_another_vault, changed_after_signing, with_the_signature_moved,
]  # fmt: skip
PLACES = ["0123456789ab.000001.jrnl", "{own}.000999.jrnl", "{own}.000001.sync-conflict-20260301-120000-ABCDEFG.jrnl",
          "restored-000000000000.jrnl"]  # fmt: skip


def is_untouched(machine: Machine) -> None:
    entry = machine.vault.entry(badge(machine).removeprefix("badge:"))
    assert (entry.visibility, entry.verdict) == ("private", "unconfirmed")


@pytest.mark.parametrize("forge", FORGERIES)
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("what", ["public", "verified"])
def test_a_forged_decision_counts_for_nothing_and_is_shown(anna: Machine, forge: Forge, place: str, what: str) -> None:
    values = public() if what == "public" else verified(anna)
    line = forge(anna, values, anna.device)
    (anna.folder / "journal" / place.format(own=anna.device)).write_bytes(line)
    state_of(anna.vault)
    is_untouched(anna)
    standing = anna.vault.computers.standing()
    assert sum(standing.waiting.values()) + standing.damaged == 1
    anna.vault.reindex()
    is_untouched(anna)
    anna.close()
    anna.open()
    is_untouched(anna)


@pytest.mark.parametrize("forge", FORGERIES)
def test_a_line_added_to_a_real_journal_counts_for_nothing(anna: Machine, forge: Forge) -> None:
    for path in (anna.folder / "journal").iterdir():
        with path.open("ab") as file:
            file.write(forge(anna, public(), anna.device))
    state_of(anna.vault)
    is_untouched(anna)
    anna.vault.reindex()
    is_untouched(anna)


@pytest.mark.parametrize("forge", FORGERIES)
def test_nobody_makes_himself_known(anna: Machine, forge: Forge) -> None:
    """A stranger says that he is one of the computers, then speaks."""
    stranger = DeviceKey.generate()
    original = forge(anna, {TRUSTED: {"key": stranger.public, "name": "anna"}}, anna.device)
    subject = f"{SUBJECT}0123456789ab".encode()
    body = original[9:-1].replace(badge(anna).encode(), subject)
    vault = read_marker(anna.folder).id
    speech = encode_line(AT + "0123456789ab", [(badge(anna), public())], Signer("0123456789ab", vault, stranger))
    (anna.folder / "journal" / "0123456789ab.000001.jrnl").write_bytes(b"%08x %s\n" % (zlib.crc32(body), body) + speech)
    state_of(anna.vault)
    is_untouched(anna)
    assert [c.name for c in anna.vault.computers.standing().computers] == ["anna", "berta"]


@pytest.mark.parametrize("again", ["reindex", "open", "live", "without its index"])
def test_yesterdays_journals_brought_back_make_nothing_public(anna: Machine, again: str) -> None:
    """The journal that made it private is taken away: all that is left says *public*, and that is signed."""
    entry = badge(anna).removeprefix("badge:")
    if again == "without its index":
        anna.close()
        shutil.rmtree(anna.places.index)
    for path in (anna.folder / "journal").iterdir():
        if b'"private"' in path.read_bytes():
            path.unlink()
    if again == "reindex":
        anna.vault.reindex()
    elif again != "live":
        anna.close()
        anna.open()
    state_of(anna.vault)
    assert anna.vault.entry(entry).visibility == "private"
    assert anna.vault.computers.standing().went_back >= 1


@pytest.mark.parametrize("index", ["kept", "lost"])
def test_a_verdict_is_not_better_again_because_the_last_report_was_taken_away(tmp_path: Path, index: str) -> None:
    anna, berta = acquainted(tmp_path, 2)
    entry = anna.vault.put(arrival()).entry
    carry(anna, berta)
    state_of(berta.vault)
    berta.vault.record_report(entry.id, report(Verdict.REVOKED), some_documents())
    carry(anna, berta)
    state_of(anna.vault)
    assert anna.vault.entry(entry.id).verdict == "revoked"
    for path in anna.folder.glob(f"journal/{berta.device}.*"):
        path.unlink()
    if index == "lost":
        anna.close()
        shutil.rmtree(anna.places.index)
        anna.open()
    anna.vault.reindex()
    assert anna.vault.entry(entry.id).verdict == "revoked"
    assert anna.vault.search("verdict:verified").total == 0
    assert anna.vault.computers.standing().went_back == 1
    with pytest.raises(VaultError, match="Verify the badge again"):
        anna.vault.report(entry.id)
    anna.vault.record_report(entry.id, report(Verdict.VERIFIED), some_documents())
    assert anna.vault.entry(entry.id).verdict == "verified"
    assert anna.vault.report(entry.id).verdict == "verified"


def test_a_collection_is_not_older_again_because_a_journal_was_taken_away(tmp_path: Path) -> None:
    anna, berta = acquainted(tmp_path, 2)
    entry = anna.vault.put(arrival()).entry
    anna.vault.decide("collection:c", {"name": "Old"})
    carry(anna, berta)
    state_of(berta.vault)
    berta.vault.decide("collection:c", {"name": "New", f"member:{entry.id}": 1})
    carry(anna, berta)
    state_of(anna.vault)
    assert anna.vault.search("collection:new").total == 1
    for path in anna.folder.glob(f"journal/{berta.device}.*"):
        path.unlink()
    for _ in range(2):
        anna.vault.reindex()
        assert (anna.vault.search("collection:new").total, anna.vault.search("collection:old").total) == (1, 0)
        assert anna.vault.entry(entry.id).collections == ("c",)
        anna.close()
        anna.open()


def test_what_was_written_over_since_is_not_read_from_the_journal(anna: Machine) -> None:
    """The report is read again from the journal when it is shown: somebody wrote another one in its place."""
    entry = badge(anna).removeprefix("badge:")
    for path in (anna.folder / "journal").iterdir():
        raw = path.read_bytes()
        forged = []
        for line in read_lines(raw):
            body = raw[line.offset + 9 : line.offset + line.length - 1]
            body = body.replace(b'"verdict":"unconfirmed"', b'"verdict":"verified"   ')
            forged.append(b"%08x %s\n" % (zlib.crc32(body), body))
        path.write_bytes(b"".join(forged))
        assert len(b"".join(forged)) == len(raw)
    with pytest.raises(VaultError, match="cannot be read"):
        anna.vault.report(entry)
    is_untouched(anna)


@pytest.mark.parametrize("content", [b"", b"another file", b"{}"])
def test_a_swapped_object_or_document_is_not_taken_for_the_real_one(anna: Machine, content: bytes) -> None:
    entry = anna.vault.entry(badge(anna).removeprefix("badge:"))
    for store in ("objects", "documents"):
        for path in (anna.folder / store).rglob("*.*"):
            path.write_bytes(content)
    for ask in (lambda: anna.vault.original(entry.sha256), lambda: anna.vault.documents(entry.id)):
        with pytest.raises(VaultError, match=r"damaged|not here yet"):
            ask()
    is_untouched(anna)


def test_a_folder_that_is_not_there_is_never_everything_deleted(anna: Machine, tmp_path: Path) -> None:
    entry = badge(anna).removeprefix("badge:")
    anna.folder.rename(tmp_path / "unmounted")
    anna.vault.computers.take_up()
    assert anna.vault.entry(entry) is not None
    anna.close()
    anna.folder.mkdir()
    with pytest.raises(VaultError, match="Nothing was deleted"):
        anna.open()
    anna.folder.rmdir()
    shutil.move(tmp_path / "unmounted", anna.folder)
    anna.open()
    assert anna.vault.entry(entry) is not None


def test_the_same_words_as_before_do_count(anna: Machine) -> None:
    """The test of these tests: a signed word of a known computer makes it public, and verified."""
    signer = Signer(anna.device, read_marker(anna.folder).id, anna.key)
    at = f"{int(anna.clock().timestamp() * 1000) + 1000:013d}-00000-{anna.device}"
    line = encode_line(at, [(badge(anna), public() | verified(anna))], signer)
    (anna.folder / "journal" / f"{anna.device}.000999.jrnl").write_bytes(line)
    state_of(anna.vault)
    entry = anna.vault.entry(badge(anna).removeprefix("badge:"))
    assert (entry.visibility, entry.verdict) == ("public", "verified")


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b'{"vault": "x", "rows": 3}'])
def test_a_damaged_memory_keeps_nothing_shut(anna: Machine, content: bytes) -> None:
    anna.close()
    (anna.home / "state" / "floor.json").write_bytes(content)
    shutil.rmtree(anna.places.index)
    anna.open()
    is_untouched(anna)


def test_a_badge_taken_out_of_the_folder_is_missed_although_the_index_is_gone(anna: Machine) -> None:
    anna.close()
    shutil.rmtree(anna.places.index)
    for path in (anna.folder / "journal").iterdir():
        path.unlink()
    vault = anna.open()
    assert vault.computers.standing().went_back >= 1
    assert vault.search("").total == 0

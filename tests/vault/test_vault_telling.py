"""What the vault tells programs and its owner: entries and verdicts as JSON, faults of the disk, health of journals."""

from __future__ import annotations

import base64
import errno
import hashlib
import json
import os
from dataclasses import replace

import pytest
from tests.vault.vault_material import StillClock, arrival, credential, opened, report, some_documents

from passport.badge.model import Evidence, Securing
from passport.errors import VaultError
from passport.vault.clock import MAX_AHEAD_MS, HybridClock, rfc3339, stamp_ms
from passport.vault.deriving import asks_of
from passport.vault.disk import explain
from passport.vault.health import examine_journals
from passport.vault.identity import canonical
from passport.vault.journal import SEGMENT_BYTES, encode_line, in_segments
from passport.vault.model import Progress, Standing
from passport.vault.reports import decode_report, encode_report
from passport.vault.signing import DeviceKey
from passport.vault.verdicts import verdicts
from passport.verification.report import Check, IssuerIdentity, Outcome, Verdict

NOW = "2026-03-01T12:00:00Z"


@pytest.fixture
def vault(tmp_path):
    vault = opened(tmp_path)
    yield vault
    vault.close()


def test_programs_are_told_all_of_an_entry(vault):
    made_of = credential(valid_until="2027-05-01T00:00:00Z", evidence=(Evidence(id="https://school.example/e"),))
    entry = vault.put(arrival(made_of=made_of)).entry
    owners = {"note": "Took three tries", "rating": 4, "visibility": "public", "state": "accepted"}
    vault.decide(entry.subject, {"tag:steel": True, "tag:arc": True, **owners})
    vault.decide("collection:c1", {f"member:{entry.id}": 1})
    standing = Standing(state="gone", since=NOW, why="It is not there.")
    vault.record_standing(entry.id, standing)
    sha256 = hashlib.sha256(arrival().file).hexdigest()
    came = {"kind": "watched", "detail": "/home/o/Downloads/welding.png", "at": "2026-03-01T11:00:00Z"}
    assert vault.entry(entry.id).to_json() == {
        "id": entry.id,
        "sha256": sha256,
        "name": "Welding",
        "issuer": {"id": "https://school.example/issuer", "name": "School of Sparks"},
        "verdict": "verified",
        "issuerIdentity": "domain",
        "standard": "3.0",
        "securing": "eddsa-rdfc-2022",
        "credentialId": "https://school.example/badges/1",
        "validFrom": "2025-05-01T00:00:00Z",
        "validUntil": "2027-05-01T00:00:00Z",
        "verifiedAt": NOW,
        "addedAt": "2026-03-01T11:00:00Z",
        "changedAt": NOW,
        "origin": came,
        "tags": ["arc", "steel"],
        **owners,
        "trashed": False,
        "skills": ["Arc welding", "metal"],
        "description": "Joins steel without burning down the house.",
        "hasEvidence": True,
        "collections": ["c1"],
        "standing": {"state": "gone", "since": NOW, "why": "It is not there."},
        "files": [{"sha256": sha256, "mediaType": "image/png", "name": "welding.png", "size": len(arrival().file)}],
    }
    vault.record_standing(entry.id, None)
    assert vault.entry(entry.id).to_json()["standing"] is None


def test_verdicts_are_told_with_their_days_and_reasons(vault):
    entry = vault.put(arrival()).entry
    failed = Check(name="proof", outcome=Outcome.FAILED, explanation="It was changed.")
    hint = Check(name="issuer", outcome=Outcome.UNKNOWN, explanation="No matter.", matters=False)
    more = replace(report(), checks=(*report().checks, hint), verified_at="2026-04-01T00:00:00Z")
    vault.record_report(entry.id, more, some_documents())
    bad = replace(more, verdict=Verdict.INVALID, checks=(failed, hint), verified_at="2026-05-01T00:00:00Z")
    vault.record_report(entry.id, bad, some_documents())
    vault.record_report(entry.id, replace(more, verified_at="2026-06-01T00:00:00Z"), some_documents(b"later"))
    first, second, third = [judged.to_json() for judged in verdicts(vault.history(entry.subject))]
    assert first == {
        "at": NOW,
        "until": "2026-04-01T00:00:00Z",
        "verdict": "verified",
        "issuerIdentity": "domain",
        "standing": None,
        "reasons": [],
        "file": entry.sha256,
        "documents": second["documents"],
    }, "two checks that found the same are one; what does not matter is no reason"
    assert (second["at"], second["verdict"], second["reasons"]) == (bad.verified_at, "invalid", ["It was changed."])
    assert (third["at"], third["verdict"]) == ("2026-06-01T00:00:00Z", "verified")
    assert vault.archive(third["documents"]) == some_documents(b"later")


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "no space left"),
        (errno.EROFS, "may not be written to or read"),
        (errno.EACCES, "may not be written to or read"),
        (errno.EPERM, "may not be written to or read"),
        (errno.EMFILE, "Too many files are open"),
        (errno.ENFILE, "Too many files are open"),
        (errno.EIO, f"reports: {os.strerror(errno.EIO)}"),
    ],
)
def test_what_the_disk_says_becomes_a_sentence(tmp_path, number, words):
    told = explain(OSError(number, os.strerror(number)), tmp_path)
    assert words in told.problem
    assert told.remedy or number == errno.EIO
    assert "no explanation" in explain(OSError("no explanation"), tmp_path).problem


def test_the_journals_are_examined_from_outside(tmp_path):
    now = 1772366400000
    stamps = [f"{ms:013d}-00000-aaaaaaaaaaaa" for ms in (now - 5, now, now + MAX_AHEAD_MS, now + MAX_AHEAD_MS + 1)]
    good = [encode_line(stamp, [("badge:x", {"note": "x"})]) for stamp in stamps]
    (tmp_path / "a.000001.jrnl").write_bytes(b"".join(good[:2]) + b"damaged\n" + good[3])
    (tmp_path / "b.000001.jrnl").write_bytes(b"bad\nworse\n" + good[2] + good[0][:20])
    (tmp_path / "c.000001.jrnl").write_bytes(b"")
    found = examine_journals(tmp_path, now)
    assert found.damaged == {"a.000001.jrnl": 1, "b.000001.jrnl": 2}
    assert (found.lines, found.ahead, found.torn) == (7, 1, ("b.000001.jrnl",)), "a line that is not whole is none yet"
    assert found.newest_ms == now + MAX_AHEAD_MS


def test_a_clock_that_stands_still_runs_out_of_numbers_and_goes_on():
    clock = HybridClock("aaaaaaaaaaaa", StillClock())
    now = clock.now_ms()
    assert clock.tick(after=f"{now:013d}-99998-bbbbbbbbbbbb") == f"{now:013d}-99999-aaaaaaaaaaaa"
    assert clock.tick() == f"{now + 1:013d}-00000-aaaaaaaaaaaa"
    assert stamp_ms(clock.tick()) == now + 1
    assert rfc3339(10**17).startswith(rfc3339(10**18)), "a day that no calendar has is a wrong one, and no fault"


@pytest.mark.parametrize(
    ("securing", "checks", "identity", "asked"),
    [
        ("hosted", ("hosting",), IssuerIdentity.DOMAIN, "hosted"),
        ("vc-jwt", ("signature", "status"), IssuerIdentity.SELF_ASSERTED, "list"),
        ("vc-jwt", ("signature",), IssuerIdentity.DOMAIN, "key"),
        ("vc-jwt", ("signature",), IssuerIdentity.SELF_ASSERTED, ""),
    ],
)
def test_it_is_known_whom_to_ask_again(vault, securing, checks, identity, asked):
    made = tuple(Check(name=name, outcome=Outcome.PASSED, explanation="Fine.") for name in checks)
    found = replace(report(), securing=securing, checks=made, issuer_identity=identity)
    assert asks_of(found) == asked
    assert asks_of(replace(found, credential=None)) == ""
    coming = replace(arrival(), report=found)
    assert vault.put(coming).entry.asks == asked


def test_a_statement_of_which_nothing_is_read_is_known_by_its_text(vault):
    texts = ["eyJ.a.b", "eyJ.a.c", "eyJ.a.b"]
    made = [replace(credential(), securing=Securing.VC_JWT, document={}, source=text, id=None) for text in texts]
    kept = [vault.put(arrival(b"%d" % place, made_of=one)).entry.id for place, one in enumerate(made)]
    assert kept[0] == kept[2] != kept[1]


def test_numbers_that_the_canonical_form_cannot_hold_have_one_form_all_the_same():
    odd = {"b": 10**400, "a": [1, "x"]}
    assert canonical(odd) == canonical(dict(reversed(odd.items())) | {"proof": {"proofValue": "z"}})
    assert canonical(odd) != canonical(odd | {"b": 10**400 + 1})
    assert canonical({"b": 1, "a": 2}) == b'{"a":2,"b":1}'


def test_a_statement_in_a_jws_is_kept_once_and_read_back(vault):
    payload = {"id": "https://school.example/badges/1", "name": "Wölding", "extra": [1, {"a": None}]}
    for place, length in enumerate(range(3)):  # with each padding of base64
        document = payload | {"x": "y" * length}
        body = base64.urlsafe_b64encode(json.dumps(document).encode()).decode().rstrip("=")
        for source in (f"eyJh.{body}.c2ln", f"eyJh.{body}.c2ln~WyJhIl0~"):
            made_of = replace(credential(), securing=Securing.VC_JWT, document=document, source=source)
            made = replace(report(), credential=made_of)
            assert body not in json.dumps(encode_report(made)["credential"]["document"])
            assert decode_report(encode_report(made)) == made
        other = replace(report(), credential=replace(made_of, document=document | {"disclosed": place}))
        assert decode_report(encode_report(other)) == other, "what was put together of more than the source is kept"


def test_what_several_journals_hold_is_cut_at_lines():
    lines = [
        bytes([48 + n % 10]) * size + b"\n"
        for n, size in enumerate((9, SEGMENT_BYTES - 11, 0, 5, SEGMENT_BYTES + 9, 1))
    ]
    blocks = list(in_segments(lines))
    assert b"".join(blocks) == b"".join(lines)
    assert [block.count(b"\n") for block in blocks] == [2, 2, 1, 1]
    assert list(in_segments([])) == []


def test_large_journals_are_rewritten_into_several(vault, tmp_path):
    kept = [vault.put(arrival(b"%d" % number, number=number)).entry for number in range(4)]
    for entry in kept:
        vault.decide(entry.subject, {"note": entry.id[0] * 90_000})
    before = {entry.id: vault.entry(entry.id) for entry in kept[1:]}
    vault.purge(kept[0].id)
    for _ in range(2):
        assert {entry_id: vault.entry(entry_id) for entry_id in before} == before
        vault.reindex()
    sizes = [path.stat().st_size for path in (tmp_path / "vault" / "journal").iterdir()]
    assert len(sizes) > 1
    assert max(sizes) <= SEGMENT_BYTES
    assert kept[0].id[0] * 90_000 not in "".join(p.read_text() for p in (tmp_path / "vault" / "journal").iterdir())


def test_long_work_is_told_and_damaged_lines_are_counted(vault, tmp_path):
    entry = vault.put(arrival()).entry
    vault.warm()
    assert vault.search("weld").entries == (entry,)
    assert vault.damaged_lines() == {}
    told = []
    vault.reindex(told.append)
    assert told[-1] == Progress(done=1, total=1)
    (journal,) = (tmp_path / "vault" / "journal").iterdir()
    with journal.open("ab") as file:
        file.write(b"damaged\n")
    vault.reindex()
    assert vault.damaged_lines() == {journal.name: 1}


@pytest.mark.parametrize("text", ["ü", "a b", "!", "AAAAA"])
def test_a_key_from_the_keyring_is_read_back_and_nonsense_is_none(text):
    key = DeviceKey.generate()
    assert DeviceKey.from_text(key.to_text()).public == key.public
    assert "=" not in key.to_text()
    with pytest.raises(ValueError, match=r"\A(?s:.)+"):
        DeviceKey.from_text(text)


def test_what_was_kept_and_is_damaged_is_healed_by_the_next_check(vault, tmp_path):
    entry = vault.put(arrival(documents=some_documents())).entry
    (har,) = (tmp_path / "vault" / "documents").glob("*/*.har")
    har.write_bytes(b"rotten")
    with pytest.raises(VaultError, match="damaged"):
        vault.documents(entry.id)
    vault.record_report(entry.id, replace(report(), verified_at="2026-04-01T00:00:00Z"), some_documents())
    assert vault.documents(entry.id) == some_documents()
    assert vault.scrub().sound

"""Does the issuer still stand by it? A list that cannot be read, or is not the issuer's, is never "not revoked"."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest
from tests.issuer import VC2, Issuer
from tests.issuer_keys import make_key
from tests.verification.asking import ask, check, said

from passport.verification.bitstring import MIN_BITS, StatusListError, inflate, status_at
from passport.verification.multibase import encode_base64url

EXTENSIONS = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"


def entry(url: str, index: object = 7, **changes: object) -> dict[str, object]:
    found = {"type": "BitstringStatusListEntry", "statusPurpose": "revocation", "statusListCredential": url}
    return {name: value for name, value in (found | {"statusListIndex": index} | changes).items() if value is not None}


def badge(issuer: Issuer, status: object) -> dict[str, Any]:
    return issuer.prove(issuer.credential(credentialStatus=status))


def listed(bits: dict[int, int] | None = None, **options: Any) -> tuple[Issuer, str]:
    issuer = Issuer()
    return issuer, issuer.status_list(bits=bits, **options)


def test_a_clear_bit_and_a_set_one() -> None:
    issuer, url = listed({7: 1})
    assert ask(badge(issuer, entry(url, 7)), issuer).verdict == "revoked"
    assert ask(badge(issuer, entry(url, "7")), issuer).verdict == "revoked"
    for clear in (0, 6, 8, 15, MIN_BITS - 1, "8"):
        report = ask(badge(issuer, entry(url, clear)), issuer)
        assert report.verdict == "verified", said(report)


def test_a_list_is_asked_for() -> None:
    issuer, url = listed()
    report = ask(badge(issuer, entry(url)))
    assert (report.verdict, report.needs) == ("unconfirmed", {url})


@pytest.mark.parametrize("index", [-1, "-1", MIN_BITS, 10**9, "x", "", None, 1.5, True, [7], "7 ", "٧", "9" * 30])
def test_a_place_that_the_list_does_not_have(index: object) -> None:
    issuer, url = listed()
    assert ask(badge(issuer, entry(url, index)), issuer).verdict == "unconfirmed"


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({"statusPurpose": "suspension"}, "unconfirmed"),
        ({"statusPurpose": "unheard"}, "unconfirmed"),
        ({"statusPurpose": None}, "unconfirmed"),
        ({"statusListCredential": None}, "unconfirmed"),
        ({"statusListCredential": "ftp://issuer.example/1"}, "unconfirmed"),
        ({"statusListCredential": "https://issuer.example/profile"}, "unconfirmed"),
        ({"type": "RevocationList2020Status"}, "unconfirmed"),
        ({"type": None}, "invalid"),
        ({"statusSize": 0}, "unconfirmed"),
        ({"statusSize": "1"}, "unconfirmed"),
        ({"statusSize": 65}, "unconfirmed"),
        ({"id": "https://issuer.example/status/1#8"}, "verified"),
    ],
)
def test_what_an_entry_may_say(changes: dict[str, Any], verdict: str) -> None:
    issuer, url = listed()
    report = ask(badge(issuer, entry(url, 8, **changes)), issuer)
    assert report.verdict == verdict, said(report)


def test_all_entries_are_looked_at() -> None:
    issuer, url = listed({9: 1})
    held = issuer.status_list("/status/2", bits={3: 1}, purpose="suspension")
    suspended = entry(held, 3, statusPurpose="suspension")
    assert ask(badge(issuer, [entry(url, 1), entry(url, 2)]), issuer).verdict == "verified"
    assert ask(badge(issuer, [entry(url, 1), entry(url, 9)]), issuer).verdict == "revoked"
    assert ask(badge(issuer, [entry(url, 1), suspended]), issuer).verdict == "revoked"
    assert ask(badge(issuer, [entry(url, 9), {"type": "Unheard"}]), issuer).verdict == "revoked"
    assert ask(badge(issuer, [entry(url, 1), {"type": "Unheard"}]), issuer).verdict == "unconfirmed"
    assert ask(badge(issuer, [entry(url, 1)] * 17), issuer).verdict == "unconfirmed"
    assert ask(badge(issuer, []), issuer).verdict == "verified"


def test_statuses_of_several_bits() -> None:
    issuer, url = listed({5: 2, 6: 0}, size=2)
    messages = [{"status": "0x0", "message": "valid"}, {"status": "0x2", "message": "Withdrawn by the club"}]
    report = ask(badge(issuer, entry(url, 5, statusSize=2, statusMessage=messages)), issuer)
    assert report.verdict == "revoked"
    assert "Withdrawn by the club" in check(report, "status").explanation
    assert ask(badge(issuer, entry(url, 6, statusSize=2)), issuer).verdict == "verified"


@pytest.mark.parametrize(
    "changes",
    [
        {"validUntil": "2026-01-01T00:00:00Z"},
        {"validFrom": "2027-01-01T00:00:00Z"},
        {"validFrom": "yesterday"},
        {"type": ["VerifiableCredential"]},
        {"issuer": "https://issuer.example/profile"},
        {"id": "https://issuer.example/status/other"},
    ],
)
def test_a_list_with_a_fault_is_no_list(changes: dict[str, Any]) -> None:
    issuer, url = listed(**changes)
    report = ask(badge(issuer, entry(url, 8)), issuer)
    assert report.verdict == "unconfirmed", said(report)


@pytest.mark.parametrize("damage", ["unsigned", "changed", "other key", "html", "empty", "array", "list of another"])
def test_a_list_that_is_not_the_issuers_is_no_list(damage: str) -> None:
    issuer, url = listed()
    document = json.loads(issuer.pages[url].body)
    if damage == "unsigned":
        del document["proof"]
    elif damage == "changed":
        document["validUntil"] = "2030-01-01T00:00:00Z"
    elif damage == "other key":
        document = issuer.prove({name: value for name, value in document.items() if name != "proof"}, key=make_key())
    elif damage == "list of another":
        other = Issuer()
        other.status_list()
        document = json.loads(other.pages[url].body)
    issuer.serve(url, {"html": "<p>hello", "empty": "", "array": []}.get(damage, document))
    assert ask(badge(issuer, entry(url, 8)), issuer).verdict == "unconfirmed"


def test_a_list_may_be_a_jwt() -> None:
    issuer, url = listed({4: 1})
    document = json.loads(issuer.pages[url].body)
    del document["proof"]
    head = {"kid": f"{issuer.did}#{issuer.did.removeprefix('did:key:')}"}
    token = issuer.jwt(document | {"issuer": {"id": issuer.did}}, header=head, nbf=None)
    issuer.serve(url, token, content_type="application/vc+jwt")
    assert ask(badge(issuer, entry(url, 4)), issuer).verdict == "revoked"
    assert ask(badge(issuer, entry(url, 5)), issuer).verdict == "verified"
    issuer.serve(url, token[:-8] + "AAAAAAAA")
    assert ask(badge(issuer, entry(url, 5)), issuer).verdict == "unconfirmed"


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ({"revokedCredential": []}, "verified"),
        ({"revokedCredential": [{"id": "urn:uuid:other", "revoked": True}]}, "verified"),
        ({"revokedCredential": [{"id": "ID", "revoked": True}]}, "revoked"),
        ({"revokedCredential": [{"id": "ID"}]}, "revoked"),
        ({"revokedCredential": ["ID"]}, "revoked"),
        ({"revokedCredential": [{"id": "ID", "revoked": False}]}, "verified"),
        ({"revokedCredential": [{"id": "ID", "revoked": False}, {"id": "ID", "revoked": True}]}, "revoked"),
        ({"revokedCredential": [7, None, {}]}, "verified"),
        ({"issuer": "did:example:other", "revokedCredential": []}, "unconfirmed"),
        ({"issuer": {"id": "did:example:other"}, "revokedCredential": []}, "unconfirmed"),
        ({}, "unconfirmed"),
        ({"revokedCredential": {}}, "unconfirmed"),
        ([], "unconfirmed"),
        ("<html>", "unconfirmed"),
        (None, "unconfirmed"),
    ],
)
def test_a_revocation_list_of_1edtech(answer: Any, verdict: str) -> None:
    issuer = Issuer()
    status = {"id": issuer.url("/list"), "type": "1EdTechRevocationList"}
    credential = issuer.credential(credentialStatus=status)
    credential["@context"] = [*VC2, EXTENSIONS]
    if answer is not None:
        issuer.serve("/list", json.loads(json.dumps(answer).replace('"ID"', json.dumps(credential["id"]))))
    report = ask(issuer.prove(credential), issuer)
    assert report.verdict == verdict, said(report)


def test_what_the_issuer_says_of_a_revocation_is_told() -> None:
    issuer = Issuer()
    status = {"id": issuer.url("/list"), "type": "1EdTechRevocationList"}
    credential = issuer.credential(credentialStatus=status)
    credential["@context"] = [*VC2, EXTENSIONS]
    badge = issuer.prove(credential)
    for name in ("revokedCredential", "revokedCredentials"):
        for reason, told in (("Issued in error", True), (["x"], False)):
            item = {"id": credential["id"], "revoked": True, "revocationReason": reason}
            issuer.serve("/list", {"issuer": {"id": issuer.did}, name: [item]})
            report = ask(badge, issuer)
            assert report.verdict == "revoked"
            assert ("Issued in error" in check(report, "status").explanation) == told


def test_a_note_on_a_list_revokes_nothing() -> None:
    issuer, url = listed({7: 1}, purpose=["message", "refresh"])
    for purpose in ("message", "refresh"):
        report = ask(badge(issuer, entry(url, 7, statusPurpose=purpose)), issuer)
        assert report.verdict == "verified", said(report)
        assert f"({purpose}: 1)" in check(report, "status").explanation
    assert ask(badge(issuer, entry(url, 7)), issuer).verdict == "unconfirmed", "it is no list of revocations"


def test_a_list_may_be_one_of_several_subjects_and_must_be_one() -> None:
    issuer, url = listed({7: 1})
    document = {name: one for name, one in json.loads(issuer.pages[url].body).items() if name != "proof"}
    subject = document["credentialSubject"]
    for subjects, verdict in (([{"type": "Other"}, subject], "revoked"), ([], "unconfirmed"), ("x", "unconfirmed")):
        issuer.serve(url, issuer.prove(document | {"credentialSubject": subjects}))
        report = ask(badge(issuer, entry(url, 7)), issuer)
        assert report.verdict == verdict, said(report)
    issuer.serve(url, issuer.prove(document | {"credentialSubject": subject | {"type": "Other"}}))
    assert "holds no BitstringStatusList" in check(ask(badge(issuer, entry(url, 7)), issuer), "status").explanation


def test_a_list_of_the_year_2021_is_read_too() -> None:
    issuer, url = listed({7: 1})
    document = {name: one for name, one in json.loads(issuer.pages[url].body).items() if name != "proof"}
    document["type"] = ["VerifiableCredential", "StatusList2021Credential"]
    subject = document["credentialSubject"]
    bits = subject["encodedList"].removeprefix("u")
    document["credentialSubject"] = subject | {"type": "StatusList2021", "encodedList": bits}
    document["@context"] = ["https://www.w3.org/2018/credentials/v1", "https://w3id.org/vc/status-list/2021/v1"]
    issuer.serve(url, issuer.prove(document))
    for index, verdict in ((7, "revoked"), (8, "verified")):
        credential = issuer.credential(credentialStatus=entry(url, index, type="StatusList2021Entry"))
        report = ask(issuer.prove(credential), issuer)
        assert report.verdict == verdict, said(report)


def test_a_bomb_is_stopped() -> None:
    bomb = "u" + encode_base64url(gzip.compress(bytes(64 << 20)))
    with pytest.raises(StatusListError, match="too large"):
        inflate(bomb)


@pytest.mark.parametrize(
    "encoded", ["", "u", "uAAAA", "u!!!", "ü", "u" + encode_base64url(gzip.compress(b"x", mtime=0)[:-3])]
)
def test_what_is_no_list_is_refused(encoded: str) -> None:
    with pytest.raises(StatusListError):
        inflate(encoded)


def test_bits_are_counted_from_the_left() -> None:
    bits = bytes([0b1000_0001, 0b0100_0000]) + bytes(MIN_BITS // 8)
    assert [index for index in range(16) if status_at(bits, index)] == [0, 7, 9]
    assert status_at(bytes([0b0001_1011]) + bytes(MIN_BITS), 3, 2) == 3
    with pytest.raises(StatusListError, match="shorter"):
        status_at(bytes(100), 1)

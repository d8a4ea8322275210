"""Data Integrity: sets and chains of proofs, their purpose and dates, and whose they are."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from typing import Any

import pytest
from tests.issuer import Issuer
from tests.issuer_keys import did_key, make_key
from tests.verification.asking import ask, check, said

from passport.verification.multibase import encode_base58

ISSUER = Issuer()
SUITES = ["eddsa-jcs-2022", "eddsa-rdfc-2022", "ecdsa-jcs-2019", "ecdsa-rdfc-2019"]


def proven(suite: str = "eddsa-jcs-2022", **changes: Any) -> dict[str, Any]:
    key = make_key("P-256") if suite.startswith("ecdsa") else ISSUER.key
    return ISSUER.prove(ISSUER.credential(issuer=did_key(key)), suite, key=key, **changes)


@pytest.mark.parametrize("suite", SUITES)
def test_a_proof_by_the_issuer_holds(suite: str) -> None:
    report = ask(proven(suite))
    assert (report.verdict, report.securing, report.issuer_identity) == ("verified", suite, "self-asserted"), said(
        report
    )


def test_a_proof_by_did_web_is_known_by_the_domain() -> None:
    issuer = Issuer()
    credential = issuer.prove(issuer.credential(issuer=issuer.did_web))
    report = ask(credential, issuer)
    assert (report.verdict, report.issuer_identity) == ("verified", "domain"), said(report)
    report = ask(credential)
    assert report.verdict == "unconfirmed"
    assert report.needs == {issuer.url("/.well-known/did.json")}


def test_an_owner_may_mark_an_issuer_as_known() -> None:
    report = ask(proven(), known_issuers=[ISSUER.did])
    assert (report.verdict, report.issuer_identity) == ("verified", "known")
    assert ask(proven(), known_issuers=[did_key(make_key())]).issuer_identity == "self-asserted"
    broken = proven() | {"name": "Admiral"}
    assert ask(broken, known_issuers=[ISSUER.did]).verdict == "invalid"


def test_a_known_name_that_nothing_proves_is_not_known() -> None:
    issuer = Issuer()
    name = issuer.url("/profile3")
    claimed = issuer.prove(issuer.credential(issuer=name), key=make_key(), verificationMethod=f"{name}#key")
    for documents in (None, issuer):
        report = ask(claimed, documents, known_issuers=[name])
        assert (report.verdict, report.issuer_identity) in {("unconfirmed", None), ("invalid", None)}, said(report)
    report = ask(issuer.hosted_badge(), known_issuers=[issuer.url("/profile")])
    assert (report.verdict, report.issuer_identity) == ("unconfirmed", None), said(report)
    assert ask(issuer.hosted_badge(), issuer, known_issuers=[issuer.url("/profile")]).issuer_identity == "domain"


def test_an_issuer_is_known_by_each_name_of_its_key() -> None:
    multikey = ISSUER.did.removeprefix("did:key:")
    for name in (ISSUER.did, multikey, f"{ISSUER.did}#{multikey}"):
        assert ask(proven(), known_issuers=["did:example:other", name]).issuer_identity == "known", name


def test_two_witnesses_are_not_the_issuer_either() -> None:
    document = ISSUER.credential()
    for witness in (make_key(), make_key()):
        method = did_key(witness)
        document = ISSUER.prove(document, key=witness, verificationMethod=f"{method}#{method.removeprefix('did:key:')}")
    report = ask(document)
    assert report.verdict == "invalid"
    assert [one.outcome for one in report.checks if one.name == "key"] == ["failed", "failed"]


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({"proofPurpose": "authentication"}, "invalid"),
        ({"proofPurpose": None}, "invalid"),
        ({"proofPurpose": ["assertionMethod"]}, "invalid"),
        ({"created": "yesterday"}, "invalid"),
        ({"created": 7}, "invalid"),
        ({"created": None}, "verified"),
        ({"expires": "2025-01-01T00:00:00Z"}, "expired"),
        ({"expires": "2035-01-01T00:00:00Z"}, "verified"),
        ({"verificationMethod": None}, "invalid"),
        ({"verificationMethod": ""}, "invalid"),
        ({"verificationMethod": 7}, "invalid"),
        ({"verificationMethod": "did:example:1#key"}, "unconfirmed"),
        ({"verificationMethod": did_key(make_key())}, "invalid"),
        ({"cryptosuite": "eddsa-2022"}, "unconfirmed"),
        ({"cryptosuite": "unheard-of"}, "unconfirmed"),
        ({"cryptosuite": None}, "unconfirmed"),
        ({"type": "Ed25519Signature2018", "cryptosuite": None}, "unconfirmed"),
        ({"type": "JsonWebSignature2020", "cryptosuite": None}, "unconfirmed"),
        ({"type": "BbsBlsSignature2020", "cryptosuite": None}, "unconfirmed"),
        ({"type": None}, "invalid"),
        ({"previousProof": "urn:uuid:nowhere"}, "invalid"),
        ({"domain": "club.example", "challenge": "x"}, "verified"),
    ],
)
def test_what_a_proof_may_say(changes: dict[str, Any], verdict: str) -> None:
    credential = ISSUER.credential()
    document = ISSUER.prove(credential)
    if changes.keys() & {"proofPurpose", "created", "expires", "domain"}:
        document = ISSUER.prove(credential, **changes)
    else:
        proof = {name: value for name, value in (document["proof"] | changes).items() if value is not None}
        document["proof"] = proof
    report = ask(document)
    assert report.verdict == verdict, said(report)


@pytest.mark.parametrize(
    "proof",
    [None, [], {}, "", "proof", 7, [7], [None], [[]], {"type": 7}, {"type": "DataIntegrityProof"}],
)
def test_what_is_no_proof_proves_nothing(proof: object) -> None:
    document = ISSUER.credential() | {"proof": proof}
    assert ask(document).verdict == "invalid"
    assert ask(ISSUER.credential()).verdict == "invalid", "without any proof"


def test_too_many_proofs_are_refused() -> None:
    document = proven()
    assert ask(document | {"proof": [document["proof"]] * 17}).verdict == "invalid"


def test_a_set_of_proofs() -> None:
    first = proven()
    both = ISSUER.prove(first, "eddsa-rdfc-2022")
    assert len(both["proof"]) == 2
    assert ask(both).verdict == "verified"
    for index in (0, 1):
        broken = copy.deepcopy(both)
        broken["proof"][index]["created"] = "2024-03-01T10:05:01Z"
        assert ask(broken).verdict == "invalid", "one of both was changed"
    unknown = copy.deepcopy(both)
    unknown["proof"][1]["cryptosuite"] = "unheard-of"
    assert ask(unknown).verdict == "verified", "an unknown proof says nothing against a good one"
    other_purpose = copy.deepcopy(both)
    other_purpose["proof"][1]["proofPurpose"] = "authentication"
    assert ask(other_purpose).verdict == "verified", "a proof for something else says nothing"


def test_a_witness_in_a_set_is_not_the_issuer() -> None:
    witness = make_key()
    method = did_key(witness)
    method = f"{method}#{method.removeprefix('did:key:')}"
    both = ISSUER.prove(proven(), key=witness, verificationMethod=method)
    assert ask(both).verdict == "verified"
    alone = both | {"proof": both["proof"][1]}
    report = ask(alone)
    assert report.verdict == "invalid"
    assert check(report, "key").outcome == "failed"


@pytest.mark.parametrize("suite", ["eddsa-jcs-2022", "eddsa-rdfc-2022"])
def test_a_chain_of_proofs(suite: str) -> None:
    first = ISSUER.prove(ISSUER.credential(), suite, id="urn:uuid:first")
    chained = ISSUER.prove(first, suite, previousProof="urn:uuid:first")
    assert ask(first).verdict == "verified"
    report = ask(chained)
    assert report.verdict == "verified", said(report)
    one, two = chained["proof"]
    assert ask(chained | {"proof": [two]}).verdict == "invalid", "what it builds on is gone"
    assert ask(chained | {"proof": [one, one, two]}).verdict == "invalid", "two of one name"
    again = ISSUER.prove(ISSUER.credential(), suite, id="urn:uuid:first")["proof"]
    assert ask(chained | {"proof": [again, two]}).verdict == "invalid", "another one under its name"
    unchained = ISSUER.prove(first, suite)["proof"][1] | {"previousProof": "urn:uuid:first"}
    assert ask(chained | {"proof": [one, unchained]}).verdict == "invalid", "it was not made over the other"


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    if items is None:
        yield path
    else:
        for name, item in items:
            yield from leaves(item, (*path, name))


def changed(document: dict[str, Any], path: tuple[Any, ...]) -> dict[str, Any]:
    result = copy.deepcopy(document)
    place = result
    for step in path[:-1]:
        place = place[step]
    old = place[path[-1]]
    place[path[-1]] = not old if isinstance(old, bool) else old + 1 if isinstance(old, int) else f"{old}x"
    return result


@pytest.mark.parametrize("suite", SUITES)
def test_any_changed_leaf_changes_the_verdict(suite: str) -> None:
    document = proven(suite)
    document = (
        ISSUER.prove(ISSUER.credential(description="A badge", awardedDate="2024-03-02T00:00:00Z"), suite)
        if (suite.startswith("eddsa"))
        else document
    )
    for path in leaves(document):
        report = ask(changed(document, path))
        assert report.verdict != "verified", path


@pytest.mark.parametrize("suite", SUITES)
def test_anything_added_changes_the_verdict(suite: str) -> None:
    document = proven(suite)
    for path in {path[:-1] for path in leaves(document)}:
        place = result = copy.deepcopy(document)
        for step in path:
            place = place[step]
        if isinstance(place, dict):
            place["evilClaim"] = "Admiral"
        else:
            place.append("https://evil.example/context" if path == ("@context",) else "Evil")
        report = ask(result)
        assert report.verdict != "verified", path


@pytest.mark.parametrize("suite", SUITES)
def test_no_flipped_bit_of_a_proof_value_verifies(suite: str) -> None:
    document = proven(suite)
    value = document["proof"]["proofValue"]
    luck = random.Random(1)
    for _ in range(40):
        place = luck.randrange(1, len(value))
        other = luck.choice("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz".replace(value[place], ""))
        broken = document | {"proof": document["proof"] | {"proofValue": value[:place] + other + value[place + 1 :]}}
        assert ask(broken).verdict == "invalid"
    for wrong in ("", "z", "u" + value[1:], "z" + encode_base58(bytes(64)), value + "1", "z1" + value[1:], value * 300):
        broken = document | {"proof": document["proof"] | {"proofValue": wrong}}
        assert ask(broken).verdict == "invalid", wrong[:20]


def test_a_proof_does_not_move_to_another_credential() -> None:
    one, other = proven(), ISSUER.credential(name="Admiral")
    assert ask(other | {"proof": one["proof"]}).verdict == "invalid"


def test_the_issuer_of_the_text_is_the_one_of_the_key() -> None:
    mallory = make_key()
    credential = ISSUER.credential(issuer=ISSUER.did)
    method = f"{did_key(mallory)}#{did_key(mallory).removeprefix('did:key:')}"
    for suite in ("eddsa-jcs-2022", "eddsa-rdfc-2022"):
        forged = ISSUER.prove(credential, suite, key=mallory, verificationMethod=method)
        assert ask(forged).verdict == "invalid"
        forged = ISSUER.prove(credential, suite, key=mallory)
        assert ask(forged).verdict == "invalid"
    assert "verified" not in json.dumps([ask(forged).to_json()["verdict"]])

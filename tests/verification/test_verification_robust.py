"""Whatever is in a badge or comes from the network: an answer, soon, and never an exception or a wrong tick."""

from __future__ import annotations

import copy
import json
import random
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.issuer import Issuer
from tests.verification.asking import NOW, ask
from tests.verification.test_verification_proofs import leaves

from passport.badge.model import AchievementCredential
from passport.verification.documents import Documents
from passport.verification.files import verify

DAEMON = Path(__file__).parents[2] / "daemon"
HEAVY = "[name for name in sys.modules if name.split('.')[0] in {'cryptography', 'cbor2', 'pyld', 'aiohttp'}]"
WRONG: list[Any] = [
    7, -1, 1.5, True, "", "x", None, [], {}, [7], [{}], {"id": 7}, {"id": []}, {"type": "x"}, [[]], [None], 2**70,
    "https://x.example/", "did:key:z6Mk", "did:web:x.example", 1e308, "urn:uuid:1", {"@value": "x"}, "\u202e", "https://x/#a",
]  # fmt: skip


def damaged(document: Any, luck: random.Random) -> Any:
    result = copy.deepcopy(document)
    path = luck.choice([path[: luck.randint(1, len(path))] for path in leaves(document)])
    place = result
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = luck.choice(WRONG)
    return result


def kinds() -> list[tuple[str, Any, Issuer]]:
    found = []
    for name in ("hosted", "embedded", "jcs", "rdfc", "web", "status"):
        issuer = Issuer()
        credential = issuer.credential(issuer=issuer.did_web if name == "web" else None)
        if name == "hosted":
            document = issuer.assertion()
        elif name == "embedded":
            document = issuer.assertion(badge=issuer.badge_class() | {"issuer": issuer.profile()})
        elif name == "status":
            entry = {"type": "BitstringStatusListEntry", "statusPurpose": "revocation", "statusListIndex": 7}
            entry["statusListCredential"] = issuer.status_list()
            document = issuer.prove(credential | {"credentialStatus": entry})
        else:
            document = issuer.prove(credential, "eddsa-rdfc-2022" if name == "rdfc" else "eddsa-jcs-2022")
        found.append((name, document, issuer))
    return found


KINDS = kinds()


def shown(credential: AchievementCredential | None) -> Any:
    """Return all that may be shown of a credential."""
    assert credential is not None
    return replace(credential, source="", document={}, oddities=())


@pytest.mark.parametrize(("name", "document", "issuer"), KINDS, ids=[kind[0] for kind in KINDS])
def test_a_damaged_badge_has_an_answer_and_never_shows_what_is_not_signed(
    name: str, document: Any, issuer: Issuer
) -> None:
    luck = random.Random(name)
    good = ask(document, issuer)
    assert good.verdict == "verified"
    for _ in range(40 if name == "rdfc" else 150):
        report = ask(damaged(document, luck), issuer, identities=["ann@example.org"])
        assert json.dumps(report.to_json())
        if report.verdict == "verified":
            assert shown(report.credential) == shown(good.credential)


@pytest.mark.parametrize(("name", "document", "issuer"), KINDS, ids=[kind[0] for kind in KINDS])
def test_a_lying_network_has_an_answer(name: str, document: Any, issuer: Issuer) -> None:
    luck = random.Random(name)
    documents = issuer.documents()
    for _ in range(30 if name == "rdfc" else 120):
        url = luck.choice(list(documents))
        lie = documents[url]
        damage = luck.choice(
            [b"", b"{", b"<html>", b"\xff\xfe", json.dumps(damaged(json.loads(lie.body), luck)).encode()]
        )
        lie = replace(lie, body=damage, status=luck.choice([200, 200, 200, 404, 500, 0]))
        assert ask(document, documents | {url: lie}, identities=["ann@example.org"]).verdict


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_random_bytes_have_an_answer(data: bytes) -> None:
    assert all(report.verdict in ("no-badge", "invalid", "unconfirmed") for report in verify(data, now=NOW))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(list("abcdxyz")), inner, max_size=3),
    max_leaves=8,
)
MEMBERS = [
    "@context",
    "type",
    "id",
    "badge",
    "recipient",
    "verify",
    "verification",
    "issuer",
    "proof",
    "credentialSubject",
]


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from(MEMBERS), JSON), st.sampled_from(["Assertion", "OpenBadgeCredential"]))
def test_random_badges_have_an_answer(document: dict[str, Any], kind: str) -> None:
    report = ask(document | {"type": kind})
    assert report.verdict in ("invalid", "unconfirmed", "no-badge")


@pytest.mark.parametrize("count", [10, 1000])
def test_many_of_anything_end_soon(count: int) -> None:
    issuer = Issuer()
    credential = issuer.credential(evidence=[{"type": ["Evidence"], "name": "x"}] * count)
    credential["credentialSubject"]["identifier"] *= count
    begun = time.process_time()
    assert ask(issuer.jwt(credential), identities=["x@example.org"] * 20).verdict == "not-yours"
    assert time.process_time() - begun < 6


def test_nothing_is_asked_of_what_is_no_address() -> None:
    issuer = Issuer()
    for url in (
        "file:///etc/passwd",
        "ftp://x.example/",
        "javascript:alert(1)",
        "https://a@b/",
        "http://[::1",
        "data:,x",
    ):
        document = issuer.assertion() | {"id": url, "badge": url}
        assert ask(document, Documents()).needs <= {"https://issuer.example/assertions/1"}


def run(code: str, data: bytes = b"") -> str:
    """Return what a Python of its own prints."""
    done = subprocess.run([sys.executable, "-c", code], input=data, capture_output=True, check=True, cwd=DAEMON)
    return done.stdout.decode().strip()


def test_import_is_cheap() -> None:
    code = f"import sys, passport; from passport import Documents; print({HEAVY})"
    assert run(code) == "[]"


def test_a_hosted_badge_needs_no_cryptography() -> None:
    issuer = Issuer()
    document, archive = issuer.assertion(), issuer.documents().to_har()
    code = (
        "import sys; from passport import verify, Documents; data = sys.stdin.buffer.read().split(b'\\0');"
        f"print(verify(data[0], Documents.from_har(data[1]))[0].verdict.value, {HEAVY})"
    )
    assert run(code, json.dumps(document).encode() + b"\0" + archive) == "verified []"


def entangled(count: int = 10) -> dict[str, Any]:
    """Return a part of a credential whose nodes are each beside all others, so that no order is the first."""
    names = [f"_:p{number}" for number in range(count)]
    rings = [
        {"id": name, "type": ["Profile"], "parentOrg": [{"id": other, "type": ["Profile"]} for other in names]}
        for name in names
    ]
    return {"id": "https://x.example/p", "type": ["Profile"], "parentOrg": rings}


@pytest.mark.parametrize("what", ["proofs", "endorsements", "tags"])
def test_many_dear_proofs_cost_no_more_than_a_few(what: str) -> None:
    """Sixteen proofs and two dozen endorsements, each of which may take a third of a second, share one account."""
    issuer = Issuer()
    credential = issuer.credential()
    proof = issuer.prove(credential)["proof"] | {"cryptosuite": "eddsa-rdfc-2022"}
    achievement = credential["credentialSubject"]["achievement"]
    if what == "proofs":
        credential["credentialSubject"]["source"] = entangled()
        credential["proof"] = [proof] * 16
    elif what == "tags":
        achievement |= {"tag": [f"tag {number}" for number in range(2_500)], "creditsAvailable": 1e300}
        credential["proof"] = [proof] * 16
    else:
        word = {"type": ["EndorsementSubject"], "id": achievement["id"]}
        other = credential | {"type": ["VerifiableCredential", "EndorsementCredential"], "credentialSubject": word}
        other["issuer"] = other["issuer"] | {"parentOrg": entangled()}
        credential = issuer.prove(credential | {"endorsement": [other | {"proof": proof}] * 24})
    begun = time.process_time()
    report = ask(credential)
    assert time.process_time() - begun < 10, "seconds, on a busy machine; without the account it is many times more"
    assert report.verdict != "verified"
    assert any("long to check" in one.explanation or "minutes" in one.explanation for one in report.checks)


def test_a_dear_badge_takes_nothing_from_the_next_one() -> None:
    issuer = Issuer()
    credential = issuer.credential()
    credential["credentialSubject"]["source"] = entangled()
    ask(issuer.prove(credential) | {"proof": issuer.prove(credential)["proof"] | {"cryptosuite": "eddsa-rdfc-2022"}})
    assert ask(issuer.prove(issuer.credential(), "eddsa-rdfc-2022")).verdict == "verified"

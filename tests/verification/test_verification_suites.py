"""The cryptosuites over the proof vectors of the W3C, with their intermediate values."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from passport.verification import keys
from passport.verification.canonical import jcs
from passport.verification.canonical.contexts import Contexts
from passport.verification.canonical.dataset import quads_of
from passport.verification.canonical.rdfc10 import canonicalize
from passport.verification.report import Outcome
from passport.verification.suites import SUPPORTED_SUITES, verify_suite

VECTORS = Path(__file__).parents[3] / "shared" / "vectors"
PROOFS = VECTORS / "proofs"
pytestmark = pytest.mark.skipif(not PROOFS.exists(), reason="the vectors are not here")


def all_contexts() -> Contexts:
    """The current contexts of the vectors: with those that no badge uses."""
    index = json.loads((VECTORS / "contexts" / "index.json").read_text())
    return Contexts({e["url"]: (VECTORS / "contexts" / e["file"]).read_text() for e in index if e["current"]})


@pytest.fixture(scope="module")
def contexts():
    return all_contexts()


def key_of(proof):
    """The key that stands in the fragment of the method, as only vectors may be read."""
    fragment = proof["verificationMethod"].rpartition("#")[2]
    return keys.key_from_description({"type": "Multikey", "publicKeyMultibase": fragment})


def proofs_of(document):
    value = document["proof"]
    return value if isinstance(value, list) else [value]


def previous(proof, proofs):
    names = proof.get("previousProof", [])
    return [one for one in proofs if one.get("id") in (names if isinstance(names, list) else [names])]


def check(document, proof, contexts=None):
    others = previous(proof, proofs_of(document))
    return verify_suite(document, proof, key_of(proof), previous_proofs=others, contexts=contexts)


def signed():
    found = [*PROOFS.glob("vc-di-*/**/signed*.json"), *PROOFS.glob("vc-di-*/**/derivedRevealDocument.json")]
    return sorted(str(path.relative_to(PROOFS)) for path in found)


@pytest.mark.parametrize("name", signed())
def test_every_proof_of_a_signed_vector_holds(name, contexts):
    document = json.loads((PROOFS / name).read_text())
    for proof in proofs_of(document):
        answer = check(document, proof, contexts)
        assert answer.outcome is Outcome.PASSED, answer.explanation


@pytest.mark.parametrize("name", signed())
def test_a_changed_claim_never_verifies(name, contexts):
    document = json.loads((PROOFS / name).read_text())
    document["issuer"] = "https://evil.example/"
    for proof in proofs_of(document):
        assert check(document, proof, contexts).outcome is Outcome.FAILED


def test_a_base_proof_is_explained_and_not_called_forged(contexts):
    for path in PROOFS.glob("vc-di-ecdsa/ecdsa-sd-2023/*/addSignedSDBase.json"):
        document = json.loads(path.read_text())
        answer = check(document, document["proof"], contexts)
        assert answer.outcome is Outcome.UNKNOWN
        assert "base proof" in answer.explanation


def folders():
    return sorted({str(path.parent.relative_to(PROOFS)) for path in PROOFS.glob("vc-di-*/**/canonDoc*.txt")})


@pytest.mark.parametrize("name", folders())
def test_the_intermediate_values_are_those_of_the_w3c(name, contexts):
    folder = PROOFS / name
    algorithm = "sha384" if "p384" in name else "sha256"
    document = json.loads(next(folder.glob("signed*.json")).read_text())
    config = json.loads(next(folder.glob("proofConfig*.json")).read_text())
    del document["proof"]
    digests = {}
    for stem, value in (("Doc", document), ("Proof", config)):
        expected = next(folder.glob(f"{'canonDoc' if stem == 'Doc' else 'proofCanon'}*.txt")).read_bytes()
        if "jcs" in name:
            text = jcs.canonicalize(value)
        else:
            text = canonicalize(quads_of(value, contexts), hash_name=algorithm).text.encode()
        assert text.strip() == expected.strip()
        digests[stem] = hashlib.new(algorithm, text).hexdigest()
        stored = next(folder.glob(f"{stem.lower()}Hash*.txt")).read_text().strip()
        assert digests[stem] == stored
    assert digests["Proof"] + digests["Doc"] == next(folder.glob("combinedHash*.txt")).read_text().strip()


def test_the_large_credential_with_two_equal_endorsement_proofs_is_canonicalised_rightly():
    document = json.loads((PROOFS / "ob30-complete" / "complete.json").read_text())
    proof = proofs_of(document)[0]
    assert check(document, proof).outcome is Outcome.PASSED
    del document["proof"]
    from passport.verification.canonical.contexts import bundled

    text = canonicalize(quads_of(document, bundled())).text
    assert text == (PROOFS / "ob30-complete" / "canonical-document.nq").read_text()


def test_suites_that_are_not_known_are_unknown():
    proof = {"type": "DataIntegrityProof", "cryptosuite": "future-2099", "proofValue": "z1"}
    assert verify_suite({}, proof, None).outcome is Outcome.UNKNOWN
    assert "Ed25519Signature2018" not in SUPPORTED_SUITES

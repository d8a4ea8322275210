"""The cryptosuites of Data Integrity: one proof, with a key given, over one document. Pure cryptography.

VC Data Integrity 1.0; Data Integrity EdDSA Cryptosuites 1.0 (which has Ed25519Signature2020 too); Data Integrity ECDSA
Cryptosuites 1.0. Whose key it is, what the proof is for and how long it holds is asked in `proofs`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from passport.verification.canonical import jcs
from passport.verification.canonical.contexts import Contexts, bundled, older_copies
from passport.verification.canonical.dataset import quads_of
from passport.verification.canonical.rdfc10 import canonicalize
from passport.verification.canonical.refusals import DocumentRefusedError, NotSupportedError
from passport.verification.multibase import decode_base58
from passport.verification.report import Outcome
from passport.verification.suites_keys import WrongKeyError, hash_for, holds

Document = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class SuiteAnswer:
    """Whether a proof holds with a key."""

    outcome: Outcome
    explanation: str = ""
    """A sentence for people; empty when there is nothing to add to *passed*."""


@dataclass(frozen=True, slots=True)
class Suite:
    """How a cryptosuite makes the bytes that are signed, and by what kind of key."""

    keys: tuple[str, ...]
    """Of Ed25519, P-256, P-384."""
    verify: Callable[[Suite, Document, Document, object, Contexts], bool]


def verify_suite(
    document: Document,
    proof: Document,
    public_key: object,
    *,
    previous_proofs: Sequence[Document] = (),
    contexts: Contexts | None = None,
) -> SuiteAnswer:
    """Return whether `proof` over `document` (its `proof` is not looked at) was made with a key of `cryptography`.

    `previous_proofs`: those that this one builds on (VC Data Integrity 1.0, "Verify Proof Sets and Chains").
    `contexts`: those to use instead of the shipped ones.
    """
    suite = _SUITES.get(suite_name(proof))
    if suite is None:
        return SuiteAnswer(Outcome.UNKNOWN, f"Proofs of the kind {suite_name(proof)[:60]!r} cannot be checked here.")
    unsecured = {name: value for name, value in document.items() if name != "proof"}
    if previous_proofs:
        unsecured["proof"] = [dict(previous) for previous in previous_proofs]
    answer = _answer(suite, unsecured, proof, public_key, contexts or bundled())
    if answer.outcome is Outcome.FAILED and contexts is None:
        for older in _that_matter(older_copies(), document):
            if _answer(suite, unsecured, proof, public_key, older).outcome is Outcome.PASSED:
                return SuiteAnswer(Outcome.PASSED, f"Its proof holds with {older.note}.")
    return answer


def suite_name(proof: Document) -> str:
    """Return the cryptosuite of a `DataIntegrityProof`, or the type of an older proof; empty when neither is text."""
    kind = proof.get("type")
    name = proof.get("cryptosuite") if kind == "DataIntegrityProof" else kind
    return name if isinstance(name, str) else ""


def _answer(suite: Suite, unsecured: Document, proof: Document, key: object, contexts: Contexts) -> SuiteAnswer:
    try:
        if suite.verify(suite, unsecured, proof, key, contexts):
            return SuiteAnswer(Outcome.PASSED)
        text = "Its proof does not fit what it says: it was changed after signing, or another key made the proof."
        return SuiteAnswer(Outcome.FAILED, text)
    except NotSupportedError as error:
        return SuiteAnswer(Outcome.UNKNOWN, str(error))
    except (DocumentRefusedError, WrongKeyError) as error:
        return SuiteAnswer(Outcome.FAILED, str(error))
    except (RecursionError, MemoryError):
        return SuiteAnswer(Outcome.UNKNOWN, "The credential is nested too deeply to be checked.")


def _that_matter(sets: Sequence[Contexts], document: Document) -> Iterator[Contexts]:
    text = str(document.get("@context"))
    return (contexts for contexts in sets if any(url in text for url in contexts.changed))


def _verify_rdfc(suite: Suite, unsecured: Document, proof: Document, key: object, contexts: Contexts) -> bool:
    hash_name = hash_for(key, suite.keys)
    signature = _signature(proof)
    options = {**_without_value(proof), "@context": unsecured.get("@context")}
    data = _rdf_digest(options, hash_name, contexts) + _rdf_digest(unsecured, hash_name, contexts)
    return holds(key, signature, data)


def _rdf_digest(document: Document, hash_name: str, contexts: Contexts) -> bytes:
    canonical = canonicalize(quads_of(document, contexts), hash_name=hash_name)
    return hashlib.new(hash_name, canonical.text.encode()).digest()


def _verify_jcs(suite: Suite, unsecured: Document, proof: Document, key: object, _contexts: Contexts) -> bool:
    hash_name = hash_for(key, suite.keys)
    signature = _signature(proof)
    if "@context" in proof:
        _refuse_other_start(_listed(proof["@context"]), _listed(unsecured.get("@context")))
        unsecured = {**unsecured, "@context": proof["@context"]}
    parts = (jcs.canonicalize(_without_value(proof)), jcs.canonicalize(unsecured))
    return holds(key, signature, b"".join(hashlib.new(hash_name, part).digest() for part in parts))


def _refuse_other_start(wanted: list[object], found: list[object]) -> None:
    """Data Integrity EdDSA Cryptosuites 1.0, "Verify Proof (eddsa-jcs-2022)", step 4."""
    if found[: len(wanted)] != wanted:
        raise DocumentRefusedError("Its @context does not begin with the one that was signed (@context of the proof).")


def _signature(proof: Document) -> bytes:
    """Return the signature: base58btc in multibase (EdDSA and ECDSA cryptosuites: proofValue)."""
    value = proof.get("proofValue")
    if not isinstance(value, str) or value[:1] != "z":
        raise DocumentRefusedError("The value of its proof is not written in base58 (proofValue).")
    try:
        return decode_base58(value[1:])
    except ValueError as error:
        raise DocumentRefusedError(f"The value of its proof cannot be read (proofValue): {error}.") from error


def _without_value(proof: Document) -> dict[str, object]:
    return {name: value for name, value in proof.items() if name != "proofValue"}


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _verify_disclosed(suite: Suite, unsecured: Document, proof: Document, key: object, contexts: Contexts) -> bool:
    from passport.verification.suites_disclosure import verify_disclosed  # noqa: PLC0415  # needs cbor2; seldom used

    hash_for(key, suite.keys)
    options = {**_without_value(proof), "@context": unsecured.get("@context")}
    return verify_disclosed(unsecured, options, proof.get("proofValue"), key, contexts)


_SUITES: Mapping[str, Suite] = {
    "eddsa-rdfc-2022": Suite(("Ed25519",), _verify_rdfc),
    "Ed25519Signature2020": Suite(("Ed25519",), _verify_rdfc),
    "eddsa-jcs-2022": Suite(("Ed25519",), _verify_jcs),
    "ecdsa-rdfc-2019": Suite(("P-256", "P-384"), _verify_rdfc),
    "ecdsa-jcs-2019": Suite(("P-256", "P-384"), _verify_jcs),
    "ecdsa-sd-2023": Suite(("P-256",), _verify_disclosed),
}
SUPPORTED_SUITES: frozenset[str] = frozenset(_SUITES)

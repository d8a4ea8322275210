"""Data Integrity: which proofs a credential carries, whose they are, and whether they hold (VC Data Integrity 1.0, 4).

A *set* of proofs stands side by side; in a *chain* one proof also covers those that it names (`previousProof`). One
good proof by the issuer is enough ("You may accept any one proof", OB 3.0, 8.1), as long as none is broken: a broken
one shows that somebody changed something.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from passport.badge.dates import parse_instant
from passport.errors import ParseError
from passport.verification.answers import failed, passed, unknown
from passport.verification.documents import Documents
from passport.verification.ownership import Ownership, issuers_key
from passport.verification.report import Check, Outcome, Verdict

MAX_PROOFS = 16
"""More than any credential needs; each one costs a signature (security.md 2.3)."""
PURPOSE = "assertionMethod"
_OLDER = frozenset({"Ed25519Signature2018", "JsonWebSignature2020", "eddsa-2022", "BbsBlsSignature2020", "bbs-2023"})

Proof = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Proven:
    """What the proofs of a credential prove."""

    suite: str
    """The cryptosuite (or type) of the proof that speaks; `none` when there is none."""
    checks: tuple[Check, ...]
    ownership: Ownership | None = None


@dataclass(frozen=True, slots=True)
class _Checked:
    """One proof with its answers."""

    suite: str
    proof: Check
    ownership: Ownership | None = None
    changed: bool = False
    """Whether somebody must have changed something; a proof for another purpose or time says nothing of the kind."""

    @property
    def good(self) -> bool:
        """Whether it is intact and the issuer's."""
        return self.proof.outcome is Outcome.PASSED and self.ownership is not None and self.ownership.belongs


def check_proofs(document: Mapping[str, object], issuer: str, documents: Documents, now: datetime) -> Proven:
    """Return whether the issuer's proof holds over a credential; `issuer` is the id that the credential names."""
    proofs = _proofs(document.get("proof"))
    if not proofs:
        return Proven("none", (failed("proof", "It carries no proof, so anyone could have written it (proof)."),))
    if len(proofs) > MAX_PROOFS:
        return Proven("none", (failed("proof", f"It carries {len(proofs)} proofs, more than anyone needs (proof)."),))
    if not all(isinstance(proof, dict) for proof in proofs):
        return Proven("none", (failed("proof", "Its proof is no object (VC Data Integrity 1.0, 2.1)."),))
    unsigned = {name: value for name, value in document.items() if name != "proof"}
    named = [proof for proof in proofs if isinstance(proof, dict)]
    return _settle([_check(proof, named, unsigned, issuer, documents, now) for proof in named])


def suite_of(proof: Proof) -> str:
    """Return the name of a proof's suite, as the report shows it."""
    kind = _text(proof.get("type"))
    suite = _text(proof.get("cryptosuite"))
    name = suite if kind == "DataIntegrityProof" and suite else kind or suite or "unknown"
    return name if len(name) <= 60 else name[:59] + "…"


def _settle(checked: list[_Checked]) -> Proven:
    """Return what several proofs say together."""
    best = next((one for one in checked if one.good), None)
    broken = [one for one in checked if one.proof.outcome is Outcome.FAILED]
    first = ([one for one in broken if one.changed] or [best or (broken or [_most_telling(checked)])[0]])[0]
    others = [one for one in checked if one is not first]
    checks = [first.proof, *([first.ownership.check] if first.ownership else [])]
    for other in others:
        checks.append(replace(other.proof, matters=False))
        if best is None and other.ownership is not None and other.ownership.check.outcome is Outcome.FAILED:
            checks.append(other.ownership.check)
    return Proven(first.suite, tuple(checks), first.ownership)


def _most_telling(checked: list[_Checked]) -> _Checked:
    """Return the proof to speak of when none is good and none broken: an intact one, else the first."""
    return next((one for one in checked if one.proof.outcome is Outcome.PASSED), checked[0])


def _check(
    proof: Proof,
    proofs: Sequence[Proof],
    unsigned: Mapping[str, object],
    issuer: str,
    documents: Documents,
    now: datetime,
) -> _Checked:
    suite = suite_of(proof)
    early = _form_problem(proof, now) or _unsupported(suite)
    if early is not None:
        return _Checked(suite, early)
    previous = _previous(proof, proofs)
    if previous is None:
        text = "Its proof builds on another proof that is not there (VC Data Integrity 1.0, 2.1.2, previousProof)."
        return _Checked(suite, failed("proof", text), changed=True)
    ownership = issuers_key(_method(proof) or "", issuer, documents, now)
    if ownership.key.public_key is None:
        text = f"Whether its proof ({suite}) holds cannot be told without the key."
        return _Checked(suite, unknown("proof", text), ownership)
    answer = _cryptography(suite, proof, unsigned, ownership, previous)
    return _Checked(suite, answer, ownership, changed=answer.outcome is Outcome.FAILED)


def _cryptography(
    suite: str, proof: Proof, unsigned: Mapping[str, object], ownership: Ownership, previous: Sequence[Proof]
) -> Check:
    from passport.verification.suites import verify_suite  # noqa: PLC0415 (heavy; hosted badges and JWTs need none of it)

    answer = verify_suite(unsigned, proof, ownership.key.public_key, previous_proofs=previous)
    if answer.outcome is Outcome.PASSED:
        return passed("proof", answer.explanation or f"The issuer's proof ({suite}) covers every word of it.")
    say = failed if answer.outcome is Outcome.FAILED else unknown
    return say("proof", answer.explanation)


def _form_problem(proof: Proof, now: datetime) -> Check | None:
    purpose = proof.get("proofPurpose")
    if purpose != PURPOSE:
        text = f"Its proof was made for {purpose!r:.40}, not for stating something (proofPurpose must be {PURPOSE})."
        return failed("proof", text)
    if _method(proof) is None:
        return failed("proof", "Its proof does not say which key made it (verificationMethod).")
    if not isinstance(proof.get("proofValue"), str) and not isinstance(proof.get("jws"), str):
        return failed("proof", "Its proof has no value (VC Data Integrity 1.0, 2.1, proofValue).")
    return _date_problem(proof, now)


def _date_problem(proof: Proof, now: datetime) -> Check | None:
    try:
        instants = {name: parse_instant(_date(proof[name])) for name in ("created", "expires") if name in proof}
    except ParseError:
        return failed("proof", "Its proof names a date that does not exist (created, expires).")
    expires = instants.get("expires")
    if expires is not None and now > expires.latest:
        text = "Its proof was made to hold only for a time, and that time is over (expires)."
        return failed("proof", text, verdict=Verdict.EXPIRED)
    return None


def _date(value: object) -> str:
    if not isinstance(value, str):
        raise ParseError("proof", "the date is no text")
    return value


def _unsupported(suite: str) -> Check | None:
    from passport.verification.suites import SUPPORTED_SUITES  # noqa: PLC0415 (as above)

    if suite in SUPPORTED_SUITES:
        return None
    what = "is an older kind that" if suite in _OLDER else "is of a kind that"
    return unknown("proof", f"Its proof ({suite}) {what} this program cannot check; that says nothing against it.")


def _previous(proof: Proof, proofs: Sequence[Proof]) -> Sequence[Proof] | None:
    """Return the proofs that a proof builds on (VC Data Integrity 1.0, 4.5); None when one is missing."""
    value = proof.get("previousProof")
    names = [] if value is None else value if isinstance(value, list) else [value]
    found = []
    for name in names:
        matching = [other for other in proofs if other.get("id") == name and other is not proof]
        if not isinstance(name, str) or len(matching) != 1:
            return None
        found.append(matching[0])
    return found


def _method(proof: Proof) -> str | None:
    value = proof.get("verificationMethod")
    return (_text(value.get("id")) if isinstance(value, dict) else _text(value)) or None


def _proofs(value: object) -> list[object]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None

"""Badges of every kind and with every fault, for what is said of them: each scene returns a report.

An issuer's key is made anew each time, so names of keys are written `<key>` in what is compared.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from tests.issuer import VC2, Issuer
from tests.issuer_keys import compact, jwk_of, make_key, pem_of
from tests.verification.asking import ask

from passport.verification.multibase import encode_base64url
from passport.verification.report import VerificationReport

ANN = "ann@example.org"
EVIL = "https://evil.example"
RSA = make_key("RSA")
"""One for all: to make one takes long."""
KEY = re.compile(r"\b(?:did:key:)?z6Mk[1-9A-HJ-NP-Za-km-z]{44}(?:#z6Mk[1-9A-HJ-NP-Za-km-z]{44})?")
EXTENSIONS = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"
Scene = Callable[[Issuer], VerificationReport]


def site(origin: str = "https://issuer.example", **more: Any) -> Issuer:
    """Return an issuer with a site."""
    return Issuer(origin, rsa_key=RSA, **more)


def told(report: VerificationReport) -> list[str]:
    """Return the verdict and everything that is said, one text a check; what does not matter in brackets."""
    lines = [f"{report.verdict} {report.standard} {report.securing} {report.issuer_identity}"]
    lines += [f"{one.name} {one.outcome}: {one.explanation}" for one in report.checks if one.matters]
    lines += [f"({one.name} {one.outcome}: {one.explanation})" for one in report.checks if not one.matters]
    return [KEY.sub("<key>", line) for line in [*lines, *(f"needs {url}" for url in sorted(report.needs))]]


def hosted(path: str | None = None, file: Mapping[str, Any] | None = None, **changes: Any) -> Scene:
    """A hosted badge: the site's assertion (or what a path answers) is changed, or the file is."""

    def scene(issuer: Issuer) -> VerificationReport:
        document = issuer.assertion()
        issuer.lie(issuer.url(path) if path else document["id"], changes)
        return ask(document | dict(file) if file else document["id"], issuer)

    return scene


def answered(body: object, status: int = 200, final: str | None = None) -> Scene:
    """A hosted badge whose address answers something."""

    def scene(issuer: Issuer) -> VerificationReport:
        document = issuer.assertion()
        if body is not None:
            issuer.serve(document["id"], body, status=status)
        issuer.pages[document["id"]].final_url = final
        return ask(document, issuer)

    return scene


def lost(path: str, status: int = 0) -> Scene:
    def scene(issuer: Issuer) -> VerificationReport:
        file = issuer.hosted_badge()
        issuer.vanish(issuer.url(path), status=status)
        return ask(file, issuer)

    return scene


def given(*identities: str, **recipient: Any) -> Scene:
    def scene(issuer: Issuer) -> VerificationReport:
        url = str(issuer.assertion()["id"])
        issuer.lie(url, {"recipient": {"type": "email", "hashed": False, "identity": ANN} | recipient})
        return ask(url, issuer, identities=identities)

    return scene


def jws(header: Mapping[str, Any] | None = None, lies: Mapping[str, Any] | None = None, **changes: Any) -> Scene:
    """A signed badge of OB 2.0, with another header, and pages that say something else."""

    def scene(issuer: Issuer) -> VerificationReport:
        verification = {"type": "SignedBadge", "creator": issuer.url("/key")}
        payload = issuer.assertion(**({"id": "urn:uuid:1", "verification": verification} | changes))
        token = compact({"alg": "RS256"}, payload, issuer.rsa_key)
        if header:
            head = encode_base64url(json.dumps({"alg": "RS256"} | dict(header)).encode())
            token = f"{head}.{token.partition('.')[2]}"
        for path, said in (lies or {}).items():
            issuer.serve(path, said if path == "/revoked" else json.loads(issuer.pages[issuer.url(path)].body) | said)
        return ask(token, issuer)

    return scene


def jwt(who: str = "did", *, known: bool = True, header: Mapping[str, Any] | None = None, **claims: Any) -> Scene:
    def scene(issuer: Issuer) -> VerificationReport:
        named = {"did": issuer.did, "web": issuer.did_web, "https": issuer.url("/profile3")}[who]
        return ask(issuer.jwt(issuer.credential(issuer=named), header=header, **claims), issuer if known else None)

    return scene


def formed(**changes: Any) -> Scene:
    """An OB 3.0 credential by JWT, of another form."""
    return lambda issuer: ask(issuer.jwt(issuer.credential(**changes)))


def achieved(**changes: Any) -> Scene:
    def scene(issuer: Issuer) -> VerificationReport:
        credential = issuer.credential()
        credential["credentialSubject"]["achievement"] |= changes
        return ask(issuer.jwt(credential))

    return scene


def proof(*, after: Mapping[str, Any] | None = None, key: Any = None, **options: Any) -> Scene:
    """A Data Integrity proof made with options, or changed afterwards."""

    def scene(issuer: Issuer) -> VerificationReport:
        document = issuer.prove(issuer.credential(), key=key, **options)
        changed = document["proof"] | dict(after or {})
        return ask(document | {"proof": {name: one for name, one in changed.items() if one is not None}})

    return scene


def proofs(value: object) -> Scene:
    return lambda issuer: ask(issuer.credential() | {"proof": value})


def status(entry: Mapping[str, Any], bits: Mapping[int, int] | None = None, **listed: Any) -> Scene:
    def scene(issuer: Issuer) -> VerificationReport:
        url = issuer.status_list(bits=bits, **listed)
        place = {"type": "BitstringStatusListEntry", "statusPurpose": "revocation", "statusListCredential": url}
        found = {n: one for n, one in ({**place, "statusListIndex": 7} | dict(entry)).items() if one is not None}
        return ask(issuer.prove(issuer.credential(credentialStatus=found)), issuer)

    return scene


def changed_list(issuer: Issuer) -> VerificationReport:
    url = issuer.status_list()
    issuer.lie(url, {"validUntil": "2030-01-01T00:00:00Z"})
    entry = {"type": "BitstringStatusListEntry", "statusPurpose": "revocation", "statusListCredential": url}
    return ask(issuer.prove(issuer.credential(credentialStatus=entry | {"statusListIndex": 7})), issuer)


def revocations(answer: object) -> Scene:
    def scene(issuer: Issuer) -> VerificationReport:
        named = {"id": issuer.url("/list"), "type": "1EdTechRevocationList"}
        credential = issuer.credential(credentialStatus=named)
        credential["@context"] = [*VC2, EXTENSIONS]
        issuer.serve("/list", answer)
        return ask(issuer.prove(credential), issuer)

    return scene


def endorsed(*, signed: bool = True, about: str = "https://issuer.example/achievements/knots", **changes: Any) -> Scene:
    def scene(issuer: Issuer) -> VerificationReport:
        other = site("https://other.example", name="Harbour Office")
        document = other.credential(type=["VerifiableCredential", "EndorsementCredential"], name="Endorsement")
        document["credentialSubject"] = {"id": about, "type": ["EndorsementSubject"], "endorsementComment": "Good."}
        proven = other.prove(document | {k: v for k, v in changes.items() if k == "validUntil"})
        proven |= {name: value for name, value in changes.items() if name != "validUntil"}
        if not signed:
            del proven["proof"]
        return ask(issuer.jwt(issuer.credential(endorsement=[proven])))

    return scene


def refreshed(answer: object, **changes: object) -> Scene:
    def scene(issuer: Issuer) -> VerificationReport:
        service = {"id": issuer.url("/refresh"), "type": "1EdTechCredentialRefresh"}
        credential = issuer.credential(id="urn:uuid:fixed", refreshService=service)
        credential["@context"].append(EXTENSIONS)
        if answer is not None:
            later = {"same": {"validFrom": "2025-01-01T00:00:00Z"}, "older": {"validFrom": "2020-01-01T00:00:00Z"}}
            known = isinstance(answer, str) and answer in later
            issuer.serve("/refresh", issuer.prove(credential | later[str(answer)]) | dict(changes) if known else answer)
        return ask(issuer.prove(credential), issuer)

    return scene


def foreign(issuer: Issuer) -> VerificationReport:
    document = issuer.assertion(id=f"{EVIL}/1")
    issuer.serve(f"{EVIL}/1", document)
    return ask(document, issuer)


def of_somebody(issuer: Issuer) -> VerificationReport:
    """A signed badge by a key that the issuer's profile does not list."""
    stranger = make_key("RSA")
    own = {"type": "CryptographicKey", "id": f"{EVIL}/key", "owner": issuer.url("/profile")}
    issuer.serve(f"{EVIL}/key", own | {"publicKeyPem": pem_of(stranger)})
    payload = issuer.assertion(id="urn:uuid:1", verification={"type": "SignedBadge", "creator": f"{EVIL}/key"})
    return ask(compact({"alg": "RS256"}, payload, stranger), issuer)


def header_key(issuer: Issuer) -> VerificationReport:
    token = issuer.jwt(
        issuer.credential(issuer=issuer.url("/profile3")), header={"kid": None, "jwk": jwk_of(issuer.key)}
    )
    return ask(token, issuer)


def schema(answer: object) -> Scene:
    def scene(issuer: Issuer) -> VerificationReport:
        if answer is not None:
            issuer.serve("/schema", answer)
        named = {"id": issuer.url("/schema"), "type": "JsonSchema"}
        return ask(issuer.jwt(issuer.credential(credentialSchema=[named])), issuer)

    return scene


def extension(**value: Any) -> Scene:
    return lambda issuer: ask(issuer.hosted_badge(**{"extensions:own": value}), issuer)  # type: ignore[arg-type] # a property


def old(standard: str, *, embedded: bool = False, **changes: Any) -> Scene:
    """Badges of the first generations, hosted; the issuer may stand in the class itself."""

    def scene(issuer: Issuer) -> VerificationReport:
        url = issuer.url("/old")
        badge = {
            "name": "Knots",
            "description": "Ten knots.",
            "image": issuer.url("/i.png"),
            "criteria": issuer.url("/c"),
        }
        if standard == "0.5":
            maker = {"origin": issuer.origin, "name": issuer.name}
            document: dict[str, Any] = {"recipient": ANN, "badge": badge | {"version": "0.5.0", "issuer": maker}}
        else:
            issuer.serve("/old-issuer", {"name": issuer.name, "url": issuer.origin})
            maker = {"name": issuer.name, "url": issuer.origin}
            issuer.serve("/old-class", badge | {"issuer": maker if embedded else issuer.url("/old-issuer")})
            recipient = {"type": "email", "hashed": False, "identity": ANN}
            document = {"uid": "1", "recipient": recipient, "badge": issuer.url("/old-class"), "issuedOn": 1399404880}
            document["verify"] = {"type": "hosted", "url": url}
        issuer.serve(url, document | changes)
        return ask(url, issuer)

    return scene


def known_club(issuer: Issuer) -> VerificationReport:
    return ask(issuer.hosted_badge(), issuer, known_issuers=["https://club.example/profile"])

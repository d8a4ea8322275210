"""Badges of every kind and with every fault, for what is said of them: each scene returns a report.

An issuer's key is made anew each time, so names of keys are written `<key>` in what is compared.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from tests.issuer import V2, VC2, Issuer
from tests.issuer_keys import compact, did_key, jwk_of, make_key, pem_of
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


def refreshed(answer: object) -> Scene:
    def scene(issuer: Issuer) -> VerificationReport:
        service = {"id": issuer.url("/refresh"), "type": "1EdTechCredentialRefresh"}
        credential = issuer.credential(id="urn:uuid:fixed", refreshService=service)
        credential["@context"].append(EXTENSIONS)
        if answer is not None:
            later = {"same": {"validFrom": "2025-01-01T00:00:00Z"}, "older": {"validFrom": "2020-01-01T00:00:00Z"}}
            known = isinstance(answer, str) and answer in later
            issuer.serve("/refresh", issuer.prove(credential | later[str(answer)]) if known else answer)
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


def old(standard: str, *, embedded: bool = False) -> Scene:
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
        issuer.serve(url, document)
        return ask(url, issuer)

    return scene


def _of(issuer: Issuer) -> VerificationReport:
    return ask(issuer.hosted_badge(), issuer, known_issuers=["https://club.example/profile"])


WEB = {"kid": "did:web:issuer.example#key-9"}
SCENES: dict[str, Scene] = {
    "hosted": hosted(),
    "hosted, nothing asked": lambda issuer: ask(issuer.hosted_badge()),
    "hosted over http": lambda _: _of(site("http://issuer.example")),
    "hosted nowhere": lambda issuer: ask(issuer.assertion(id="urn:uuid:1")),
    "hosted at a trick": lambda issuer: ask(issuer.assertion(id="https://issuer.example@evil.example/1")),
    "gone": answered("", 410),
    "not found": answered("", 404),
    "an error": answered("", 503),
    "no answer": lost("/assertions/1"),
    "a web page": answered("<!doctype html>"),
    "no JSON": answered("{"),
    "no object": answered([1]),
    "no text": answered(b"\xff\xfe"),
    "no badge": answered({}),
    "moved": answered(None, final=f"{EVIL}/1"),
    "revoked": answered({"revoked": True, "revocationReason": "Issued in error"}),
    "of another host": foreign,
    "startsWith": hosted("/profile", verification={"startsWith": "https://cloud.example/"}),
    "allowedOrigins": hosted("/profile", verification={"allowedOrigins": ["cloud.example"]}),
    "another id": hosted(id="https://issuer.example/assertions/9"),
    "changed file": hosted(file={"issuedOn": "2020-01-01", "badge": {"name": "Admiral", "issuer": {"name": "Navy"}}}),
    "older file": hosted(file={"narrative": "old", "evidence": "https://a.example"}, narrative="new", evidence=EVIL),
    "other expiry": hosted(file={"expires": "2030-01-01T00:00:00Z"}),
    "no class": lost("/class", 404),
    "no issuer": lost("/profile"),
    "malformed assertion": hosted(recipient="ann", issuedOn="yesterday", expires=True, evidence=7, type="Badge"),
    "malformed class": hosted("/class", name="", tags=7, image=7, type="Issuer", id="https://issuer.example/other"),
    "malformed issuer": hosted("/profile", name=None, url="x", email=7, type=None),
    "no criteria": hosted("/class", criteria={"type": "Criteria"}, alignment=[{"targetName": "Ropes"}]),
    "issuer without address": hosted("/class", issuer={"type": "Issuer", "name": "X", "url": EVIL, "email": "a@b.c"}),
    "signed without signature": hosted(verification={"type": "SignedBadge"}),
    "nothing to prove it": lambda issuer: ask(issuer.assertion(verification=None, id=None), issuer),
    "OB 0.5": old("0.5"),
    "OB 1.1": old("1.1"),
    "OB 1.1, issuer in the class": old("1.1", embedded=True),
    "expired": hosted(expires="2025-01-01T00:00:00Z"),
    "not begun": hosted(issuedOn="2027-01-01T00:00:00Z"),
    "ends today, somewhere": hosted(expires="2026-06-01"),
    "begins today, somewhere": hosted(issuedOn="2026-06-01T12:00:00"),
    "ends before it begins": hosted(expires="2020-01-01T00:00:00Z"),
    "valid until": hosted(expires="2030-01-09T00:00:00Z"),
    "yours": given(ANN),
    "not yours": given("bo@example.org"),
    "hidden weakly": given(ANN, hashed=True, identity="md5$9f7b4ab8e1ee2c4f2a9eb8e3a2a8f3f4"),
    "hidden somehow": given(ANN, hashed=True, identity="sha9$00ff"),
    "hidden by bcrypt": given(ANN, hashed=True, identity="$2b$10$abc"),
    "a number": given(ANN, identity="urn:uuid:7"),
    "jws": jws(),
    "jws, none": jws({"alg": "none"}),
    "jws, HS256": jws({"alg": "HS256"}),
    "jws, crit": jws({"crit": ["exp"]}),
    "jws, zip": jws({"zip": "DEF"}),
    "jws, unheard-of": jws({"alg": "XY1"}),
    "jws, of another kind of key": jws({"alg": "ES256"}),
    "jws, changed": jws({"typ": "x"}),
    "jws, no key": jws(lies={"/profile": {"publicKey": None}}, verification={"type": "SignedBadge"}),
    "jws, not listed": of_somebody,
    "jws, of another owner": jws(lies={"/key": {"owner": f"{EVIL}/profile"}}),
    "jws, key lost": jws(verification={"type": "SignedBadge", "creator": "https://issuer.example/lost"}),
    "jws, list of another": jws(lies={"/revoked": {"issuer": EVIL, "revokedAssertions": []}}),
    "jws, profile without id": jws(lies={"/profile": {"id": None}}),
    "jws, odd list": jws(lies={"/revoked": {"type": "RevocationList"}}),
    "jws, lost list": jws(lies={"/profile": {"revocationList": "https://issuer.example/lost"}}),
    "jws, listed": jws(lies={"/revoked": {"revokedAssertions": [{"id": "urn:uuid:1", "revocationReason": "Late"}]}}),
    "jws, contradicted": jws(badge={"id": "https://issuer.example/class", "name": "Admiral"}),
    "jwt": jwt(),
    "jwt by did:web": jwt("web"),
    "jwt by did:web, nothing asked": jwt("web", known=False),
    "jwt, no such key": jwt("web", header=WEB),
    "jwt, unheard-of method": jwt(header={"kid": "did:example:1#key"}),
    "jwt, key in the header": header_key,
    "jwt, by another": jwt(header={"kid": did_key(make_key())}),
    "jwt, iss": jwt(iss="did:example:1"),
    "jwt, iss no text": jwt(iss=7),
    "jwt, jti": jwt(jti="urn:uuid:other"),
    "jwt, nbf": jwt(nbf=1609287200),
    "jwt, nbf no number": jwt(nbf="x"),
    "jwt, exp": jwt(exp=1741000000),
    "3.0 without": formed(validFrom=None, name=None, credentialSubject={"type": "AchievementSubject"}),
    "3.0 types": formed(type=["VerifiableCredential"], description=["x"], evidence={"type": "Evidence"}),
    "3.0 contexts": formed(**{"@context": ["https://a.example", 7]}),
    "3.0 texts": achieved(name=7, criteria=7, image="https://a.example/i.png", tag="x", achievementType="Program"),
    "3.0 languages": achieved(name={"@value": "Solmut", "@language": "fi"}, description=[{"@value": "x"}, {"y": 1}]),
    "3.0 dates": formed(validFrom="yesterday", validUntil="2027"),
    "proof": proof(),
    "proof, none": proofs(None),
    "proof, many": proofs([{"type": "DataIntegrityProof"}] * 17),
    "proof, no object": proofs(["x"]),
    "proof, purpose": proof(after={"proofPurpose": "authentication"}),
    "proof, no method": proof(after={"verificationMethod": None}),
    "proof, no value": proof(after={"proofValue": None}),
    "proof, no date": proof(after={"created": "yesterday"}),
    "proof, date no text": proof(after={"created": 7}),
    "proof, over": proof(expires="2025-01-01T00:00:00Z"),
    "proof, builds on nothing": proof(after={"previousProof": "urn:uuid:x"}),
    "proof, older suite": proof(after={"cryptosuite": "eddsa-2022"}),
    "proof, unheard-of suite": proof(after={"cryptosuite": "future-2099"}),
    "proof, unheard-of key": proof(after={"verificationMethod": "did:example:1#key"}),
    "proof, changed": proof(after={"created": "2024-03-01T10:05:01Z"}),
    "proof, other key": proof(key=make_key()),
    "proof, other value": proof(after={"proofValue": "u1"}),
    "status": status({}),
    "status, revoked": status({}, {7: 1}),
    "status, suspended": status({"statusPurpose": "suspension"}, {7: 1}, purpose="suspension"),
    "status, other purpose": status({"statusPurpose": "suspension"}),
    "status, unheard-of purpose": status({"statusPurpose": "unheard"}),
    "status, no purpose": status({"statusPurpose": None}),
    "status, unheard-of type": status({"type": "Unheard"}),
    "status, beyond": status({"statusListIndex": 10**9}),
    "status, no place": status({"statusListIndex": "x"}),
    "status, no size": status({"statusSize": "x"}),
    "status, out of date": status({}, validUntil="2026-01-01T00:00:00Z"),
    "status, not valid yet": status({}, validFrom="2027-01-01T00:00:00Z"),
    "status, other list": status({}, type=["VerifiableCredential"]),
    "status, of another": status({}, issuer="https://issuer.example/profile"),
    "status, other id": status({}, id="https://issuer.example/other"),
    "status, no object": lambda issuer: ask(issuer.prove(issuer.credential(credentialStatus=[7]))),
    "status, many": lambda issuer: ask(issuer.prove(issuer.credential(credentialStatus=[{"type": "X"}] * 17))),
    "revocations": revocations({"revokedCredential": []}),
    "revocations of another": revocations({"issuer": "did:example:1", "revokedCredential": []}),
    "revocations, odd": revocations({"revokedCredential": {}}),
    "endorsed": endorsed(),
    "endorsed, changed": endorsed(name="Other"),
    "endorsed, unsigned": endorsed(signed=False),
    "endorsed, about another": endorsed(about="https://elsewhere.example"),
    "endorsed, expired": endorsed(validUntil="2025-01-01T00:00:00Z"),
    "refreshed": refreshed("same"),
    "refreshed, older": refreshed("older"),
    "refreshed, lost": refreshed(None),
    "refreshed, no badge": refreshed("<p>"),
    "refreshed, another": refreshed({"@context": V2, "type": "Assertion", "id": "https://issuer.example/x"}),
    "an issuer in disguise": lambda _: _of(site("https://c1ub.example", name="H\u0430rbour Club (harvard.edu)")),
    "schema": schema({"required": ["name"]}),
    "schema broken": schema({"required": ["evidence"]}),
    "schema lost": schema(None),
    "schema unread": schema("{"),
    "schema not understood": schema({"$ref": "https://a.example"}),
    "extension": extension(type=["Extension", "extensions:ApplyLink"], url="https://a.example"),
    "extension broken": extension(type=["Extension", "extensions:ApplyLink"]),
    "extension unknown": extension(**{"type": ["Extension", "x:Own"], "@context": "https://nowhere.example/ctx"}),
}

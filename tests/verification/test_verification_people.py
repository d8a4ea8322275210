"""To whom, until when, and what others say: recipients, dates, endorsements, fresher copies, look-alike issuers."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.issuer import V2, Issuer
from tests.issuer_keys import make_key
from tests.verification.asking import NOW, ask, check, said

from passport.badge.model import AchievementCredential, AchievementSubject, IdentityObject, Securing
from passport.verification.endorsements import MAX_ENDORSEMENTS
from passport.verification.recipient import check_recipient
from passport.verification.validity import Period, check_period

ANN = "ann@example.org"


def given_to(*identifiers: IdentityObject, id: str | None = None) -> AchievementCredential:  # noqa: A002 (the standard's name)
    subject = AchievementSubject(id=id, identifiers=identifiers)
    return AchievementCredential(standard="3.0", securing=Securing.NONE, source="", subject=subject)


def hashed(
    text: str, algorithm: str = "sha256", salt: str | None = "deadsea", name: str | None = None
) -> IdentityObject:
    digest = hashlib.new(algorithm, (text + (salt or "")).encode()).hexdigest()
    return IdentityObject(identity=f"{name or algorithm}${digest}", hashed=True, salt=salt)


def answer(credential: AchievementCredential, *identities: str) -> str:
    found = check_recipient(credential, identities)
    return found.verdict.value if found.verdict else found.outcome.value


@pytest.mark.parametrize("algorithm", ["md5", "sha1", "sha224", "sha256", "sha384", "sha512"])
@pytest.mark.parametrize("salt", [None, "", "deadsea", "ß"])
def test_every_hash_with_and_without_salt(algorithm: str, salt: str | None) -> None:
    credential = given_to(hashed(ANN, algorithm, salt))
    assert answer(credential, "mallory@example.org", ANN) == "passed"
    assert answer(credential, "Ann@Example.ORG") == "passed"
    assert answer(credential, "mallory@example.org") == "not-yours"
    assert answer(given_to(hashed("x" + ANN, algorithm, salt)), ANN) == "not-yours"


@pytest.mark.parametrize(
    ("named", "identity", "expected"),
    [
        ("ann@example.org", "ANN@example.org", "passed"),
        ("mailto:ann@example.org", "ann@example.org", "passed"),
        ("ann@example.org", "mailto:Ann@example.org", "passed"),
        (" ann@example.org ", "ann@example.org", "passed"),
        ("ann@example.org", "a.nn@example.org", "not-yours"),
        ("ann@example.org", "ann+x@example.org", "not-yours"),
        ("ann@example.org", "ann@example.org.evil", "not-yours"),
        ("ann@example.org", "nn@example.org", "not-yours"),
        ("аnn@example.org", "ann@example.org", "not-yours"),
        ("https://ann.example/", "https://ann.example", "passed"),
        ("http://ann.example", "https://ANN.example/", "passed"),
        ("https://ann.example/a", "https://ann.example/b", "not-yours"),
        ("https://ann.example/A", "https://ann.example/a", "not-yours"),
        ("https://ann.example:444/", "https://ann.example/", "not-yours"),
        ("tel:+49 (170) 12-34567", "+491701234567", "passed"),
        ("+49 170 1234567", "+49 170 1234568", "not-yours"),
        ("did:key:z6Mk", "did:key:z6Mk", "passed"),
        ("did:key:z6Mk", "did:key:z6mk", "not-yours"),
        ("urn:uuid:1", "ann@example.org", "unknown"),
        ("", "ann@example.org", "not-yours"),
        ("sha3$abcdef", "ann@example.org", "unknown"),
        ("bcrypt$00", "ann@example.org", "unknown"),
        ("sha256$zz", "ann@example.org", "not-yours"),
    ],
)
def test_plain_identities(named: str, identity: str, expected: str) -> None:
    assert answer(given_to(IdentityObject(identity=named)), identity) == expected


def test_one_of_several_is_enough() -> None:
    credential = given_to(hashed("other@example.org"), hashed(ANN), id="did:example:learner")
    assert answer(credential, "x@example.org", ANN) == "passed"
    assert answer(credential, "did:example:learner") == "passed"
    assert answer(credential, "x@example.org", "did:example:other") == "not-yours"
    assert answer(given_to(hashed("x@example.org"), IdentityObject(identity="sha9$00")), ANN) == "unknown"


def test_hidden_without_a_hash_it_knows() -> None:
    assert answer(given_to(IdentityObject(identity="$2b$10$abc", hashed=True)), ANN) == "unknown"
    assert answer(given_to(), ANN) == "unknown"


def test_nobody_known_nobody_asked() -> None:
    report = ask(Issuer().jwt())
    assert "recipient" not in [one.name for one in report.checks]
    assert ask(Issuer().jwt(), identities=[ANN]).verdict == "verified"
    assert ask(Issuer().jwt(), identities=["mallory@example.org"]).verdict == "not-yours"
    assert ask(Issuer().jwt(), identities=[" ", ANN]).verdict == "verified"


# dates


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (None, None, "passed"),
        ("2026-06-01T12:00:00Z", None, "passed"),
        ("2026-06-01T12:00:01Z", None, "expired"),
        (None, "2026-06-01T12:00:00Z", "passed"),
        (None, "2026-06-01T11:59:59Z", "expired"),
        ("2026-06-01T14:00:00+02:00", None, "passed"),
        ("2026-06-01T12:00:00+02:00", "2026-06-01T12:30:00-05:00", "passed"),
        (None, "2026-06-01T12:30:00+01:00", "expired"),
        (None, "2026-06-30T23:59:60Z", "passed"),
        (None, "2026-05-31T24:00:00Z", "expired"),
        ("2027-01-01T00:00:00Z", "2026-01-01T00:00:00Z", "failed"),
        ("yesterday", None, "failed"),
        (None, "2026-02-30T00:00:00Z", "failed"),
        (None, "2026-13-01T00:00:00Z", "failed"),
        (None, "2026-06-01T25:00:00Z", "failed"),
        (None, "٢٠٢٦-06-01T00:00:00Z", "failed"),
        (None, "9999-12-31T23:59:59Z", "passed"),
        ("0001-01-01T00:00:00+14:00", None, "failed"),
        ("2020-01-01", None, "unknown"),
        ("2020-01-01T00:00:00", None, "unknown"),
        (None, "2030-01-01T00:00:00", "unknown"),
        (None, "2026-01-01T00:00:00", "expired"),
        (None, "2026-06-01T12:00:00", "unknown"),
    ],
)
def test_dates(start: str | None, end: str | None, expected: str) -> None:
    found = check_period(Period(start, end), NOW, loose=False)
    assert (found.verdict.value if found.verdict else found.outcome.value) == expected, found.explanation


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2020-01-01", None, "passed"),
        ("1399404880", None, "passed"),
        (None, "2026-05-31", "unknown"),
        (None, "2026-06-01", "unknown"),
        (None, "2026-05-20", "expired"),
        ("2026-06-01", None, "unknown"),
        ("2026-06-10", None, "expired"),
    ],
)
def test_old_dates_need_no_zone_but_where_it_matters(start: str | None, end: str | None, expected: str) -> None:
    found = check_period(Period(start, end), NOW, loose=True)
    assert (found.verdict.value if found.verdict else found.outcome.value) == expected, found.explanation


def test_the_moment_is_the_callers() -> None:
    issuer = Issuer()
    document = issuer.assertion(expires="2025-01-01T00:00:00Z")
    assert ask(document, issuer).verdict == "expired"
    assert ask(document, issuer, now=datetime(2024, 12, 31, tzinfo=UTC)).verdict == "verified"
    assert ask(document, issuer, now=datetime(2020, 1, 1)).verdict == "expired", "not valid yet; read as UTC"  # noqa: DTZ001 (the point)


# endorsements


def endorsement(by: Issuer, about: str, **changes: object) -> dict[str, Any]:
    document = by.credential(type=["VerifiableCredential", "EndorsementCredential"], name="Endorsement", **changes)
    subject = {"id": about, "type": ["EndorsementSubject"], "endorsementComment": "They know their knots."}
    return document | {"credentialSubject": subject}


def test_an_endorsement_is_a_credential_of_its_own() -> None:
    issuer, other = Issuer(), Issuer("https://other.example", name="Harbour Office")
    good = other.prove(endorsement(other, issuer.url("/achievements/knots")))
    credential = issuer.credential(endorsement=[good])
    report = ask(issuer.jwt(credential))
    assert report.verdict == "verified", said(report)
    assert "Harbour Office" in check(report, "endorsement").explanation
    assert report.credential is not None
    assert [one.verdict for one in report.credential.endorsements] == ["verified"]


@pytest.mark.parametrize(
    ("damage", "verdict", "told"),
    [
        ("changed", "invalid", "invalid"),
        ("other key", "invalid", "invalid"),
        ("unsigned", "verified", "unconfirmed"),
        ("elsewhere", "verified", "unconfirmed"),
        ("expired", "verified", "expired"),
        ("unreachable", "verified", "unconfirmed"),
        ("as jwt", "verified", "verified"),
        ("broken jwt", "invalid", "invalid"),
    ],
)
def test_a_broken_endorsement_counts_and_an_unknown_one_does_not(damage: str, verdict: str, told: str) -> None:
    issuer, other = Issuer(), Issuer("https://other.example")
    about = "https://issuer.example/achievements/knots"
    document = endorsement(other, about if damage != "elsewhere" else "https://elsewhere.example")
    if damage == "expired":
        document["validUntil"] = "2025-01-01T00:00:00Z"
    if damage == "unreachable":
        document["issuer"]["id"] = other.did_web
    proven = other.prove(document, key=make_key() if damage == "other key" else None)
    if damage == "changed":
        proven["credentialSubject"]["endorsementComment"] = "They are an admiral."
    if damage == "unsigned":
        del proven["proof"]
    token = other.jwt(document)
    token = token[:-9] + ("AAAAAAAAA" if damage == "broken jwt" else token[-9:])
    changes = {"endorsementJwt": [token]} if "jwt" in damage else {"endorsement": [proven]}
    report = ask(issuer.jwt(issuer.credential(**changes)))
    assert report.verdict == verdict, said(report)
    assert report.credential is not None
    assert [one.verdict for one in report.credential.endorsements] == [told]


def test_an_endorsement_of_open_badges_2_is_hosted() -> None:
    issuer, other = Issuer(), Issuer("https://other.example")
    url = other.url("/endorsement")
    document = {
        "@context": V2,
        "type": "Endorsement",
        "id": url,
        "issuer": other.url("/profile"),
        "claim": {"id": issuer.url("/class"), "endorsementComment": "Good knots."},
        "issuedOn": "2024-01-01T00:00:00Z",
        "verification": {"type": "hosted"},
    }
    issuer.lie(issuer.url("/class"), {"endorsement": url})
    file = issuer.hosted_badge()
    report = ask(file, issuer)
    assert (report.verdict, report.needs) == ("verified", {url})
    other.serve(url, document)
    report = ask(file, issuer.documents() | other.documents())
    assert check(report, "endorsement").outcome == "passed", said(report)
    other.serve(url, document | {"issuer": issuer.url("/profile")})
    report = ask(file, issuer.documents() | other.documents())
    assert report.verdict == "invalid", "it claims to be by the issuer itself"


@pytest.mark.parametrize(
    ("answer", "told"), [("gone", "revoked"), ("no issuer", "unconfirmed"), ("lost issuer", "unconfirmed")]
)
def test_an_endorsement_of_open_badges_2_that_does_not_stand_says_nothing(answer: str, told: str) -> None:
    issuer, other = Issuer(), Issuer("https://other.example")
    url = other.url("/endorsement")
    document = {"@context": V2, "type": "Endorsement", "id": url, "claim": {"id": issuer.url("/class")}}
    if answer == "lost issuer":
        document["issuer"] = other.url("/nobody")
    issuer.lie(issuer.url("/class"), {"endorsement": url})
    other.serve(url, document, status=410 if answer == "gone" else 200)
    report = ask(issuer.hosted_badge(), issuer.documents() | other.documents())
    assert report.verdict == "verified", said(report)
    assert report.credential is not None
    assert [one.verdict for one in report.credential.subject.achievement.endorsements] == [told]
    assert report.needs == ({other.url("/nobody")} if answer == "lost issuer" else set())


def test_of_very_many_endorsements_only_so_many_are_checked() -> None:
    issuer, other = Issuer(), Issuer("https://other.example")
    one = other.prove(endorsement(other, issuer.url("/achievements/knots")))
    report = ask(issuer.jwt(issuer.credential(endorsement=[one] * (MAX_ENDORSEMENTS + 2))))
    assert report.verdict == "verified", said(report)
    assert report.credential is not None
    told = [one.verdict for one in report.credential.endorsements]
    assert told == ["verified"] * MAX_ENDORSEMENTS + ["unconfirmed"] * 2


# fresher copies


def refreshing(issuer: Issuer, **changes: object) -> dict[str, Any]:
    service = {"id": issuer.url("/refresh"), "type": "1EdTechCredentialRefresh"}
    credential = issuer.credential(**({"id": "urn:uuid:fixed", "refreshService": service} | changes))  # type: ignore[arg-type] # changes are properties
    credential["@context"].append("https://purl.imsglobal.org/spec/ob/v3p0/extensions.json")
    return issuer.prove(credential)


def test_a_fresher_copy_is_what_counts() -> None:
    issuer = Issuer()
    old = refreshing(issuer, validUntil="2025-01-01T00:00:00Z")
    report = ask(old, issuer)
    assert report.verdict == "expired", said(report)
    assert report.needs == {issuer.url("/refresh")}
    new = refreshing(issuer, validFrom="2025-01-01T00:00:00Z", validUntil="2030-01-01T00:00:00Z", name="Knots II")
    issuer.serve("/refresh", new)
    report = ask(old, issuer)
    assert report.verdict == "verified", said(report)
    assert report.credential is not None
    assert report.credential.name == "Knots II"


@pytest.mark.parametrize("damage", ["html", "older", "other id", "other issuer", "changed", "unsigned", "404"])
def test_a_copy_that_does_not_hold_does_not_count(damage: str) -> None:
    issuer = Issuer()
    old, new = refreshing(issuer), refreshing(issuer, validFrom="2025-01-01T00:00:00Z", name="Knots II")
    if damage == "other issuer":
        new = refreshing(Issuer(), validFrom="2025-01-01T00:00:00Z")
    if damage == "unsigned":
        del new["proof"]
    changes = {"changed": {"name": "Admiral"}, "other id": {"id": "urn:uuid:x"}, "older": {}}.get(damage, {})
    issuer.serve("/refresh", "<p>hello" if damage == "html" else new | changes, status=404 if damage == "404" else 200)
    if damage == "older":
        issuer.serve("/refresh", refreshing(issuer, validFrom="2020-01-01T00:00:00Z"))
    report = ask(old, issuer)
    assert report.verdict == "verified", said(report)
    assert report.credential is not None
    assert report.credential.name == "Knot Master"


def test_a_copy_of_unknown_age_does_not_count() -> None:
    for date, words in ((None, "does not hold"), ("some day", "is older than this one")):
        issuer = Issuer()
        issuer.serve("/refresh", refreshing(issuer, name="Knots II", validFrom=date))
        report = ask(refreshing(issuer), issuer)
        assert report.credential is not None
        assert (report.verdict, report.credential.name) == ("verified", "Knot Master"), said(report)
        assert words in check(report, "refresh").explanation


def test_it_is_refreshed_once() -> None:
    issuer = Issuer()
    issuer.serve(
        "/refresh", refreshing(issuer, refreshService={"id": issuer.url("/x"), "type": "1EdTechCredentialRefresh"})
    )
    assert issuer.url("/x") not in ask(refreshing(issuer), issuer).needs


# issuers


def test_a_look_alike_is_pointed_out_and_changes_no_verdict() -> None:
    issuer = Issuer("https://c1ub.example", name="H\u0430rbour Club (harvard.edu)")
    report = ask(issuer.hosted_badge(), issuer, known_issuers=["https://club.example/profile"])
    assert report.verdict == "verified"
    told = " ".join(one.explanation for one in report.checks if one.name == "issuer")
    assert "mixes" in told
    assert "looks like club.example" in told
    assert "calls itself harvard.edu" in told
    assert all(not one.matters for one in report.checks if one.name == "issuer")


@pytest.mark.parametrize("name", ["Harbour Sailing Club", "Université", "issuer.example"])
def test_an_honest_issuer_is_left_alone(name: str) -> None:
    issuer = Issuer(name=name)
    report = ask(issuer.hosted_badge(), issuer)
    assert [one.outcome for one in report.checks if one.name == "issuer"] == ["passed"]

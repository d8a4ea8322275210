"""Hosted badges: only the issuer's own site counts; every way of pretending to be it is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.issuer import Issuer
from tests.verification.asking import ask, check, said

from passport.verification.documents import RemoteDocument

EVIL = "https://evil.example"


def foreign_assertion(issuer: Issuer, url: str, **changes: object) -> dict[str, Any]:
    """Return an assertion at a foreign address that names the issuer's class, served there."""
    document = issuer.assertion(id=url, **changes)
    issuer.serve(url, document)
    return document


def test_a_hosted_badge_is_verified_by_its_own_site() -> None:
    issuer = Issuer()
    report = ask(issuer.hosted_badge(), issuer)
    assert (report.verdict, report.standard, report.securing, report.issuer_identity) == (
        "verified",
        "2.0",
        "hosted",
        "domain",
    ), said(report)
    assert report.credential is not None
    assert report.credential.title == "Knot Master"
    assert report.credential.issuer.name == issuer.name


def test_without_documents_it_says_what_it_needs_and_in_the_end_nothing() -> None:
    issuer = Issuer()
    file, documents, asked = issuer.hosted_badge(), issuer.documents(), []
    known: dict[str, RemoteDocument] = {}
    while needs := ask(file, type(documents)(known)).needs:
        asked.append(needs)
        known |= {url: documents[url] for url in needs}
    assert [len(needs) for needs in asked] == [1, 1, 1]
    assert ask(file, type(documents)(known)).verdict == "verified"


def test_a_bare_address_is_enough() -> None:
    issuer = Issuer()
    url = issuer.assertion()["id"]
    assert ask(url, issuer).verdict == "verified"
    assert ask(url).verdict == "unconfirmed"


def test_an_address_may_answer_a_signed_credential() -> None:
    issuer = Issuer()
    url = issuer.serve("/credentials/1", issuer.jwt(), content_type="text/plain")
    report = ask(url, issuer)
    assert (report.verdict, report.securing) == ("verified", "vc-jwt"), said(report)


@pytest.mark.parametrize(
    ("status", "body", "verdict"),
    [
        (0, b"", "unconfirmed"),
        (404, b"", "unconfirmed"),
        (403, b"", "unconfirmed"),
        (500, b"", "unconfirmed"),
        (503, b"{}", "unconfirmed"),
        (410, b"", "revoked"),
        (410, b"<html>gone</html>", "revoked"),
        (200, b"<!doctype html><p>Sign in", "unconfirmed"),
        (200, b'"text"', "unconfirmed"),
        (200, b"\xff\xfe\x00", "unconfirmed"),
        (200, b'{"id": 1, "id": 2}', "unconfirmed"),
        (200, b"{}", "invalid"),
        (200, b'{"revoked": true}', "revoked"),
        (200, b'{"revoked": true, "revocationReason": "Issued in error"}', "revoked"),
    ],
)
def test_what_the_site_answers(status: int, body: bytes, verdict: str) -> None:
    issuer = Issuer()
    document = issuer.assertion()
    issuer.serve(document["id"], body, status=status)
    report = ask(document, issuer)
    assert report.verdict == verdict, said(report)


@pytest.mark.parametrize("path", ["/class", "/profile"])
@pytest.mark.parametrize("status", [0, 404, 500])
def test_without_class_or_issuer_nothing_is_confirmed(path: str, status: int) -> None:
    issuer = Issuer()
    file = issuer.hosted_badge()
    issuer.vanish(issuer.url(path), status=status)
    assert ask(file, issuer).verdict == "unconfirmed"


@pytest.mark.parametrize(
    "url",
    [
        f"{EVIL}/assertions/1",
        "https://issuer.example.evil.example/assertions/1",
        "https://evilissuer.example/assertions/1",
        "https://issuer.example:8443/assertions/1",
        "https://issuer.example@evil.example/assertions/1",
        "https://issuer.example:x@evil.example/assertions/1",
        "https://evil.example\\@issuer.example/assertions/1",
        "https://issuer.example%2eevil.example/assertions/1",
        "https://sub.issuer.example/assertions/1",
        "https://ıssuer.example/assertions/1",
    ],
)
def test_another_host_cannot_vouch_for_the_issuer(url: str) -> None:
    issuer = Issuer()
    report = ask(foreign_assertion(issuer, url), issuer)
    assert report.verdict in ("invalid", "unconfirmed"), said(report)
    assert report.issuer_identity is None


def test_another_host_is_invalid_when_everything_answers() -> None:
    issuer = Issuer()
    report = ask(foreign_assertion(issuer, f"{EVIL}/1"), issuer)
    assert report.verdict == "invalid"
    assert "evil.example" in check(report, "hosting").explanation


@pytest.mark.parametrize(
    ("policy", "url", "verdict"),
    [
        ({"allowedOrigins": "cloud.example"}, "https://cloud.example/1", "verified"),
        ({"allowedOrigins": ["a.example", "cloud.example"]}, "https://cloud.example/1", "verified"),
        ({"allowedOrigins": ["CLOUD.example"]}, "https://cloud.example/1", "verified"),
        ({"allowedOrigins": "https://cloud.example"}, "https://cloud.example/1", "verified"),
        ({"allowedOrigins": "https://cloud.example:444"}, "https://cloud.example/1", "invalid"),
        ({"allowedOrigins": "cloud.example:444"}, "https://cloud.example:444/1", "verified"),
        ({"allowedOrigins": "cloud.example:444"}, "https://cloud.example/1", "invalid"),
        ({"allowedOrigins": "example"}, "https://cloud.example/1", "invalid"),
        ({"allowedOrigins": "loud.example"}, "https://cloud.example/1", "invalid"),
        ({"allowedOrigins": ""}, "https://cloud.example/1", "invalid"),
        ({"allowedOrigins": "*"}, "https://cloud.example/1", "invalid"),
        ({"allowedOrigins": "https://cloud.example/x"}, "https://cloud.example/1", "invalid"),
        ({"allowedOrigins": ["cloud.example"]}, "https://issuer.example/1", "invalid"),
        ({"allowedOrigins": 7}, "https://issuer.example/1", "verified"),
        ({"allowedOrigins": 7}, "https://cloud.example/1", "invalid"),
        ({"startsWith": "https://cloud.example/club"}, "https://cloud.example/club/1", "verified"),
        ({"startsWith": "https://cloud.example/club/"}, "https://cloud.example/club/1", "verified"),
        ({"startsWith": "https://cloud.example/club"}, "https://cloud.example/club?id=1", "verified"),
        ({"startsWith": "https://cloud.example/badge-"}, "https://cloud.example/badge-1", "verified"),
        ({"startsWith": "https://cloud.example/club"}, "https://cloud.example/club-evil/1", "invalid"),
        ({"startsWith": "https://cloud.example"}, "https://cloud.example.evil.example/1", "invalid"),
        ({"startsWith": "https://cloud.example/club/"}, "https://cloud.example/other/1", "invalid"),
        ({"startsWith": "https://cloud.example/club/"}, "https://cloud.example/club/../other/1", "invalid"),
        ({"startsWith": "https://cloud.example/club/"}, "https://cloud.example/club/%2e%2E/other/1", "invalid"),
        ({"startsWith": "https"}, "https://cloud.example/1", "invalid"),
        ({"startsWith": ""}, "https://cloud.example/1", "invalid"),
        (
            {"startsWith": "https://cloud.example/a", "allowedOrigins": "issuer.example"},
            "https://cloud.example/a/1",
            "invalid",
        ),
    ],
)
def test_the_issuer_says_for_which_addresses_it_vouches(policy: dict[str, Any], url: str, verdict: str) -> None:
    issuer = Issuer()
    issuer.lie(issuer.url("/profile"), {"verification": policy})
    report = ask(foreign_assertion(issuer, url), issuer)
    assert report.verdict == verdict, said(report)


def test_a_policy_counts_only_from_the_issuers_own_address() -> None:
    issuer = Issuer()
    issuer.serve(f"{EVIL}/class", issuer.badge_class() | {"id": f"{EVIL}/class"})
    embedded = issuer.profile() | {"verification": {"allowedOrigins": "evil.example"}}
    issuer.lie(f"{EVIL}/class", {"issuer": embedded})
    report = ask(foreign_assertion(issuer, f"{EVIL}/1", badge=f"{EVIL}/class"), issuer)
    assert report.verdict == "invalid", said(report)


def test_a_redirect_to_another_site_is_not_the_issuers_word() -> None:
    issuer = Issuer()
    document = issuer.assertion()
    issuer.move(document["id"], f"{EVIL}/redirected")
    report = ask(document, issuer)
    assert report.verdict == "unconfirmed", said(report)
    issuer.move(document["id"], "https://issuer.example/moved")
    assert ask(document, issuer).verdict == "verified"
    issuer.move(document["id"], "http://issuer.example/assertions/1")
    assert ask(document, issuer).verdict == "unconfirmed", "a redirect from https to http takes the protection away"


@pytest.mark.parametrize(
    ("path", "changes"),
    [
        (None, {"id": "https://issuer.example/assertions/2"}),
        ("/class", {"id": "https://issuer.example/other"}),
        ("/class", {"type": "Issuer"}),
        ("/class", {"type": "Assertion"}),
        ("/class", {"issuer": 7}),
        ("/class", {"name": ""}),
        ("/class", {"criteria": None}),
        ("/class", {"criteria": {}}),
        ("/class", {"image": 7}),
        ("/profile", {"id": "https://issuer.example/other"}),
        ("/profile", {"type": "BadgeClass"}),
        ("/profile", {"name": None}),
        ("/profile", {"url": None}),
        ("/profile", {"email": None}),
        (None, {"recipient": "ann@example.org"}),
        (None, {"recipient": {"type": "email", "identity": "ann@example.org"}}),
        (None, {"badge": 7}),
        (None, {"badge": None}),
        (None, {"issuedOn": "yesterday"}),
        (None, {"issuedOn": "2024-02-30T00:00:00Z"}),
        (None, {"issuedOn": None}),
        (None, {"type": "BadgeClass"}),
        (None, {"verification": None}),
        (None, {"@context": "https://evil.example/context"}),
        (None, {"expires": 7.5e20}),
    ],
)
def test_what_is_malformed_is_invalid_and_named(path: str | None, changes: dict[str, Any]) -> None:
    issuer = Issuer()
    document = issuer.assertion()
    url = document["id"]
    issuer.lie(issuer.url(path) if path else url, changes)
    report = ask(url, issuer)
    assert report.verdict == "invalid", said(report)


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"recipient": {"type": "email", "hashed": False, "identity": "mallory@example.org"}}, "recipient"),
        ({"recipient": {"type": "email", "hashed": True, "salt": "s", "identity": "sha256$" + "0" * 64}}, "recipient"),
        ({"badge": "https://issuer.example/other"}, "badge class"),
        ({"issuedOn": "2023-03-01T10:00:00Z"}, "date of issue"),
        ({"badge": {"id": "https://issuer.example/class", "name": "Admiral"}}, "name of the badge"),
        (
            {"badge": {"id": "https://issuer.example/class", "issuer": {"name": "Royal Navy"}}},
            "name of the issuer",
        ),
        ({"badge": {"issuer": "https://evil.example/issuer"}}, "the issuer"),
    ],
)
def test_a_file_that_says_otherwise_than_the_site_was_changed(changes: dict[str, Any], word: str) -> None:
    issuer = Issuer()
    report = ask(issuer.assertion() | changes, issuer)
    assert report.verdict == "invalid", said(report)
    assert word in check(report, "hosting").explanation


@pytest.mark.parametrize(
    "changes",
    [
        {"recipient": {"type": "email", "hashed": False, "identity": "ANN@example.org"}},
        {"issuedOn": "2024-03-01T11:00:00+01:00"},
        {"issuedOn": "2024-03-01"},
        {"issuedOn": 1709287200},
        {"narrative": "an older text", "evidence": "https://issuer.example/old"},
        {"badge": {"id": "https://issuer.example/class", "name": "Knot  Master", "description": "an older one"}},
        {"verify": {"type": "hosted", "url": "https://issuer.example/assertions/1"}},
    ],
)
def test_other_spellings_and_older_texts_are_no_contradiction(changes: dict[str, Any]) -> None:
    issuer = Issuer()
    report = ask(issuer.assertion(narrative="a new text") | changes, issuer)
    assert report.verdict == "verified", said(report)
    assert report.credential is not None
    assert report.credential.subject.narrative == "a new text", "shown is what the site says"


@pytest.mark.parametrize(
    ("in_file", "at_site", "verdict"),
    [
        ("2024-06-01T00:00:00Z", "2099-06-01T00:00:00Z", "verified"),  # prolonged
        ("2024-06-01T00:00:00Z", None, "verified"),  # for ever
        ("2099-06-01T00:00:00Z", "2024-06-01T00:00:00Z", "expired"),  # shortened, or the file was changed
        (None, "2024-06-01T00:00:00Z", "expired"),
        (None, "2099-06-01T00:00:00Z", "verified"),
    ],
)
def test_of_the_date_of_expiry_only_the_sites_counts(in_file: str | None, at_site: str | None, verdict: str) -> None:
    issuer = Issuer()
    file = {**issuer.assertion(expires=at_site), "expires": in_file}
    report = ask({name: value for name, value in file.items() if value is not None}, issuer)
    assert report.verdict == verdict, said(report)
    assert report.credential is not None
    assert report.credential.valid_until == at_site
    assert "date of expiry" in check(report, "hosting").explanation


def test_only_the_site_is_shown() -> None:
    issuer = Issuer()
    report = ask(issuer.assertion() | {"evidence": "https://evil.example/proof"}, issuer)
    assert report.verdict == "verified"
    assert "evil" not in json.dumps(report.to_json())
    assert report.credential is not None
    assert report.credential.evidence == ()


def test_a_signed_badge_without_its_signature_is_not_believed() -> None:
    issuer = Issuer()
    document = issuer.assertion(verification={"type": "SignedBadge", "creator": issuer.url("/key")})
    assert ask(document, issuer).verdict == "invalid"


def test_the_reason_for_a_revocation_is_told_and_what_is_no_text_is_not() -> None:
    issuer = Issuer()
    document = issuer.assertion()
    for reason, told in (("Issued in error", True), ("x" * 999, False), (7, False), ("", False)):
        issuer.serve(document["id"], {"revoked": True, "revocationReason": reason})
        report = ask(document, issuer)
        assert report.verdict == "revoked"
        assert ("Issued in error" in check(report, "status").explanation) == told
        assert len(check(report, "status").explanation) < 300


def test_class_and_issuer_may_stand_in_lists_of_one() -> None:
    issuer = Issuer()
    assert ask(issuer.hosted_badge(badge=[issuer.url("/class")]), issuer).verdict == "verified"
    assert ask(issuer.hosted_badge(badge=[issuer.url("/class")] * 2), issuer).verdict == "invalid"


def test_a_site_that_contradicts_itself_vouches_for_nothing() -> None:
    issuer = Issuer()
    admiral = {"id": issuer.url("/class"), "name": "Admiral"}
    report = ask(issuer.assertion(badge=admiral)["id"], issuer)
    assert report.verdict == "invalid"
    assert "name of the badge" in check(report, "hosting").explanation
    navy = {"id": issuer.url("/profile"), "name": "Royal Navy"}
    issuer.lie(issuer.url("/class"), {"issuer": navy})
    report = ask(issuer.assertion()["id"], issuer)
    assert report.verdict == "invalid"
    assert "name of the issuer" in check(report, "hosting").explanation


@pytest.mark.parametrize(
    ("path", "changes", "verdict"),
    [
        ("/class", {"name": {"en": "Knots", "fi": "Solmut"}}, "verified"),
        ("/class", {"name": {}}, "invalid"),
        ("/class", {"name": {"en": 7}}, "invalid"),
        ("/class", {"tags": ["knots", 7]}, "invalid"),
        ("/class", {"alignment": [{"targetName": "Ropes"}]}, "verified"),
        ("/class", {"alignment": {"targetName": "Ropes", "targetUrl": "no address"}}, "verified"),
        ("/class", {"alignments": {"name": "Ropes", "url": "https://ropes.example"}}, "verified"),
        ("/class", {"alignment": 7}, "invalid"),
        ("/class", {"type": "https://w3id.org/openbadges#BadgeClass"}, "verified"),
        ("/profile", {"type": ["obi:Issuer", "Thing"]}, "verified"),
        ("/profile", {"url": "no address"}, "invalid"),
        (None, {"issuedOn": True}, "invalid"),
        (None, {"revoked": "no"}, "invalid"),
        (None, {"image": 7}, "invalid"),
        (None, {"image": {"id": "https://issuer.example/b.png"}}, "verified"),
        (None, {"evidence": [7]}, "invalid"),
        (None, {"narrative": ""}, "invalid"),
        (None, {"recipient": {"type": "email", "hashed": "no", "identity": "ann@example.org"}}, "invalid"),
        (None, {"recipient": {"type": "email", "hashed": False, "identity": "a@b.example", "salt": 7}}, "invalid"),
    ],
)
def test_shapes_that_issuers_use_and_those_that_mean_nothing(
    path: str | None, changes: dict[str, Any], verdict: str
) -> None:
    issuer = Issuer()
    url = issuer.assertion()["id"]
    issuer.lie(issuer.url(path) if path else url, changes)
    report = ask(url, issuer)
    assert report.verdict == verdict, said(report)
    if verdict == "verified":
        hints = [one for one in report.checks if one.name == "structure" and not one.matters]
        assert bool(hints) == ("alignment" in changes), "an alignment that lacks something is told, and no more"


def test_what_the_site_calls_itself_otherwise_is_kept_under_the_address_that_was_asked() -> None:
    issuer = Issuer()
    document = issuer.assertion()
    url = document["id"]
    issuer.lie(url, {"id": url.replace("issuer.example", "Issuer.example:443")})
    report = ask(url, issuer)
    assert report.verdict == "verified", said(report)
    assert report.credential is not None
    assert report.credential.hosted_url == url


def test_http_is_said() -> None:
    issuer = Issuer("http://issuer.example")
    report = ask(issuer.hosted_badge(), issuer)
    assert report.verdict == "verified"
    assert "unprotected" in check(report, "hosting").explanation

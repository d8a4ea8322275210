"""Parsing: every generation in full, and what is refused."""

import json

import pytest
from tests.badge.pictures import ASSERTION, CREDENTIAL, URL
from tests.badge.samples import OB05, OB10, OB11, OB20, changed, jwt, loaded

from passport.badge.model import Securing
from passport.badge.parsing import parse, parse_endorsement
from passport.errors import NotABadgeError, ParseError


@pytest.mark.parametrize(
    ("document", "standard", "hosted_url", "id"),
    [
        (OB05, "0.5", None, None),
        (OB10, "1.0", "https://example.org/beths.json", "https://example.org/beths.json"),
        (OB11, "1.1", "https://example.org/beths.json", "https://example.org/beths.json"),
        (OB20, "2.0", "https://example.org/a/1", "https://example.org/a/1"),
        (
            changed(OB20, ["@context"], "https://purl.imsglobal.org/spec/ob/v2p1/ob_v2p1.jsonld"),
            "2.1",
            "https://example.org/a/1",
            "https://example.org/a/1",
        ),
        (
            changed(OB20, ["@context"], ["https://w3id.org/openbadges/v2", {"x": "y"}]),
            "2.0",
            "https://example.org/a/1",
            "https://example.org/a/1",
        ),
        (
            changed(OB20, ["@context"], "https://openbadgespec.org/v2/context.json"),
            "2.0",
            "https://example.org/a/1",
            "https://example.org/a/1",
        ),
        (changed(OB20, ["@context"], ...), "2.0", "https://example.org/a/1", "https://example.org/a/1"),
        (
            changed(OB20, ["type"], ["Assertion", "Extension"]),
            "2.0",
            "https://example.org/a/1",
            "https://example.org/a/1",
        ),
    ],
)
def test_generations_before_3(document, standard, hosted_url, id):  # noqa: A002 (the property's name)
    credential = loaded(document)
    assert (credential.standard, credential.securing) == (standard, Securing.HOSTED)
    assert (credential.hosted_url, credential.id) == (hosted_url, id)
    assert credential.document == document


def test_ob05_in_full():
    credential = loaded(OB05)
    identity = credential.subject.identifiers[0]
    assert (identity.hashed, identity.salt, identity.type) == (True, "deadsea", "email")
    assert (credential.title, credential.issuer.name, credential.issuer.url) == (
        "HTML5",
        "P2PU",
        "https://p2pu.example",
    )
    assert credential.issuer.email == "a@p2pu.example"
    assert (credential.valid_from, credential.valid_until) == ("2011-06-01", "2013-06-01")
    assert credential.subject.achievement.criteria.id == "https://example.org/html5"
    assert credential.oddities == ()


@pytest.mark.parametrize(
    ("path", "url"),
    [
        ("/img/1.png", "https://p2pu.example/img/1.png"),
        ("https://x.example/1.png", "https://x.example/1.png"),
        ("//x.example/1.png", "//x.example/1.png"),
        ("img/1.png", "img/1.png"),
        ("data:image/png;base64,", "data:image/png;base64,"),
    ],
)
def test_ob05_paths_are_those_of_the_origin(path, url):
    document = changed(changed(OB05, ["badge", "image"], path), ["evidence"], path)
    credential = loaded(document)
    assert credential.subject.achievement.image.id == url
    assert url in (credential.evidence[0].id, credential.evidence[0].narrative)
    assert credential.document == document
    assert loaded(changed(document, ["badge", "issuer"], "x")).subject.achievement.image.id == path
    assert loaded(changed(document, ["badge", "issuer", "origin"], "ftp://x")).subject.achievement.image.id == path


@pytest.mark.parametrize(
    "subject", [{"achievement": {"name": "x"}}, {"type": "AchievementSubject"}, [{"type": ["AchievementSubject"]}]]
)
def test_a_credential_is_known_by_its_subject_or_its_context_where_the_type_is_missing(subject):
    plain = {"type": ["VerifiableCredential"], "credentialSubject": subject}
    assert loaded(plain).standard == "3.0"
    context = ["https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"]
    assert loaded({"@context": context, "type": ["VerifiableCredential"], "credentialSubject": {}}).standard == "3.0"
    with pytest.raises(NotABadgeError):
        loaded({"type": ["VerifiableCredential"], "credentialSubject": {}})


def test_ob20_in_full():
    credential = loaded(OB20)
    achievement = credential.subject.achievement
    assert (achievement.name, achievement.tags) == ("Robotics", ("robots", "3"))
    assert achievement.alignments[0].target_code == "L.9-10.1"
    assert achievement.criteria.narrative == "Build one."
    assert credential.evidence[0].genre == "Video"
    assert credential.image.caption == "Ann's badge"
    assert credential.subject.recipient_name == "Ann"
    assert credential.subject.narrative == "She did it well."
    assert credential.issuer.id == "https://example.org/issuer"
    assert credential.oddities == ()


def test_dates_stay_as_written():
    assert loaded(OB10).valid_from == "1359217910"
    assert loaded(changed(OB20, ["issuedOn"], "31.12.2016")).valid_from == "31.12.2016"


def test_ob30_in_full():
    everything = json.loads(CREDENTIAL)
    everything |= {
        "proof": [{"type": "DataIntegrityProof"}],
        "awardedDate": "2024-01-01T00:00:00Z",
        "evidence": [{"id": "https://example.org/e", "type": ["Evidence"]}],
        "termsOfUse": [{"id": "https://example.org/terms", "type": "X"}],
        "image": {"id": "data:image/png;base64,", "type": "Image"},
        "endorsementJwt": [
            jwt(
                {
                    "id": "urn:e",
                    "issuer": "did:x:y",
                    "credentialSubject": {"id": "urn:uuid:2", "endorsementComment": "Good."},
                }
            )
        ],
    }
    everything["credentialSubject"] |= {
        "identifier": [
            {
                "type": "IdentityObject",
                "hashed": True,
                "identityHash": "sha256$aa",
                "identityType": "emailAddress",
                "salt": "s",
            },
            {"type": "IdentityObject", "hashed": False, "identityHash": "Ann Other", "identityType": "name"},
        ],
        "creditsEarned": 2.50,
        "activityStartDate": "2023-01-01T00:00:00Z",
        "role": "Skipper",
        "term": "Spring",
        "licenseNumber": "7",
        "source": {"id": "https://example.org/assessor", "type": "Profile"},
        "result": [
            {
                "type": ["Result"],
                "resultDescription": "urn:rd",
                "value": "5",
                "achievedLevel": "urn:l1",
                "status": "Completed",
                "alignment": [{"targetName": "x", "targetUrl": "https://example.org/x"}],
            }
        ],
    }
    everything["credentialSubject"]["achievement"] |= {
        "achievementType": "Certificate",
        "creditsAvailable": 3.0,
        "fieldOfStudy": "Sea",
        "humanCode": "K10",
        "inLanguage": "de",
        "version": "2",
        "specialization": "Knots",
        "tag": ["sea", "rope"],
        "otherIdentifier": [{"identifier": "X-1", "identifierType": "sourcedId"}],
        "related": [{"id": "urn:uuid:3", "inLanguage": "en", "version": "2"}],
        "creator": {"id": "did:x:creator", "type": "Profile", "name": "Maker"},
        "resultDescription": [
            {
                "id": "urn:rd",
                "type": ["ResultDescription"],
                "name": "Mark",
                "resultType": "LetterGrade",
                "allowedValue": ["A", "B"],
                "requiredLevel": "urn:l1",
                "requiredValue": "B",
                "valueMin": "0",
                "valueMax": "9",
                "rubricCriterionLevel": [{"id": "urn:l1", "name": "Master", "level": "3", "points": "9"}],
            }
        ],
        "endorsement": [
            {
                "id": "urn:e2",
                "issuer": {"id": "did:x:z", "name": "Z"},
                "validFrom": "2024-01-01T00:00:00Z",
                "credentialSubject": {"id": "urn:uuid:2", "endorsementComment": "Fine."},
            }
        ],
    }
    everything["issuer"] |= {
        "phone": "+1",
        "address": {"streetAddress": "Quay 1", "addressLocality": "Port", "addressCountry": "FI"},
        "official": "Ann",
        "parentOrg": {"id": "did:x:parent", "name": "Parent"},
        "dateOfBirth": "1950-01-01",
        "otherIdentifier": [{"identifier": "9", "identifierType": "sis"}],
    }
    credential = loaded(everything)
    subject, achievement, issuer = credential.subject, credential.subject.achievement, credential.issuer
    assert (credential.standard, credential.securing, credential.oddities) == ("3.0", Securing.DATA_INTEGRITY, ())
    assert (subject.credits_earned, subject.role, subject.term, subject.license_number, subject.recipient_name) == (
        "2.5",
        "Skipper",
        "Spring",
        "7",
        "Ann Other",
    )
    assert (subject.identifiers[0].hashed, subject.identifiers[0].type) == (True, "emailAddress")
    assert (subject.source.id, subject.results[0].achieved_level, subject.results[0].alignments[0].target_name) == (
        "https://example.org/assessor",
        "urn:l1",
        "x",
    )
    assert (achievement.type, achievement.credits_available, achievement.human_code, achievement.language) == (
        "Certificate",
        "3",
        "K10",
        "de",
    )
    assert (achievement.result_descriptions[0].levels[0].name, achievement.result_descriptions[0].required_level) == (
        "Master",
        "urn:l1",
    )
    assert (achievement.related[0].language, achievement.other_identifiers) == ("en", (("sourcedId", "X-1"),))
    assert (achievement.creator.name, achievement.endorsements[0].comment, achievement.endorsements[0].issuer.name) == (
        "Maker",
        "Fine.",
        "Z",
    )
    assert json.loads(achievement.endorsements[0].source)["id"] == "urn:e2"
    assert (credential.endorsements[0].comment, credential.endorsements[0].issuer.id) == ("Good.", "did:x:y")
    assert credential.terms_of_use == ("https://example.org/terms",)
    assert (issuer.address, issuer.parent_org.name, issuer.telephone) == ("Quay 1, Port, FI", "Parent", "+1")


def test_claims_of_a_jwt_fill_what_the_credential_leaves_out():
    inner = json.loads(CREDENTIAL)
    for name in ("id", "issuer", "validFrom"):
        del inner[name]
    claims = {
        "vc": inner,
        "iss": "did:web:club.example",
        "sub": "did:x:ann",
        "jti": "urn:uuid:9",
        "nbf": 1709287200,
        "exp": 1740823200.0,
    }
    credential = parse(jwt(claims))
    assert (credential.standard, credential.securing, credential.title) == ("3.0", Securing.VC_JWT, "Knoten ⚓")
    assert (credential.id, credential.issuer.id, credential.subject.id) == (
        "urn:uuid:9",
        "did:web:club.example",
        "did:x:ann",
    )
    assert (credential.valid_from, credential.valid_until) == ("2024-03-01T10:00:00Z", "2025-03-01T10:00:00Z")
    assert credential.document["vc"] == inner


def test_claims_of_json_are_no_claims():
    stray = json.loads(CREDENTIAL) | {"iss": "did:x:evil", "exp": 1, "jti": "x"}
    credential = loaded({name: value for name, value in stray.items() if name not in {"issuer", "id"}})
    assert (credential.issuer.id, credential.id, credential.valid_until) == (None, None, None)


def test_jws_before_3():
    credential = parse(jwt(OB20 | {"verification": {"type": "SignedBadge", "creator": "https://example.org/key"}}))
    assert (credential.standard, credential.securing, credential.hosted_url) == ("2.0", Securing.JWS, None)


def test_what_says_it_is_signed_and_stands_outside_its_signature_is_secured_by_nothing():
    assert loaded(OB20 | {"verification": {"type": "signed"}}).securing is Securing.NONE


@pytest.mark.parametrize("payload", ["[]", '"openbadges"', "1", "null"])
def test_a_payload_that_is_no_object(payload):
    with pytest.raises(ParseError, match="object"):
        parse(jwt(payload))


def test_url():
    credential = parse(f" {URL}\n")
    assert (credential.standard, credential.securing, credential.hosted_url) == ("", Securing.HOSTED, URL)


# Refusals -----------------------------------------------------------------------------------------------------------

NO_BADGES = {
    "an empty object": "{}",
    "a package": '{"name": "x", "version": "1.0.0", "license": "MIT"}',
    "a letter": '{"recipient": "Ann", "body": "x"}',
    "broken, about something else": '{"name": "x"',
    "a list": "[]",
    "a word": "hello",
    "nothing": "",
    "a file address": "file:///etc/passwd",
    "the name of a host": "example.open.org",
    "a token that is no JSON": "eyJhbGciOiJub25lIn0.bm9wZQ.c2ln",
    "a token with an odd number of characters": "eyJhbGciOiJub25lIn0.b.c2ln",
    "a session token": jwt({"iss": "x", "sub": "1"}),
    "a badge class": json.dumps(OB20["badge"] | {"@context": "https://w3id.org/openbadges/v2"}),
    "an issuer": json.dumps(OB20["badge"]["issuer"]),
    "another credential": json.dumps(
        {
            "type": ["VerifiableCredential"],
            "@context": ["https://www.w3.org/ns/credentials/v2"],
            "credentialSubject": {"age": 3},
        }
    ),
    "an endorsement": json.dumps(
        {
            "type": ["VerifiableCredential", "EndorsementCredential"],
            "@context": ["https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
            "credentialSubject": {},
        }
    ),
    "an achievement": json.dumps(
        {"type": ["Achievement"], "@context": ["https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"]}
    ),
    "a presentation": json.dumps({"type": ["VerifiablePresentation"], "verifiableCredential": []}),
}
BROKEN = {
    "cut off": ASSERTION[:-20],
    "twice the same name": CREDENTIAL.replace('"id": "urn:uuid:1"', '"id": "urn:uuid:1", "id": "urn:uuid:9"'),
    "too deep": ASSERTION[:-1] + ', "x": ' + "[" * 100 + "]" * 100 + "}",
    "NaN": ASSERTION[:-1] + ', "x": NaN}',
    "a token whose header is no JSON": "bm8." + jwt(OB20).split(".", 1)[1],
    "a token with padding inside": jwt(OB20).replace(".", "A.", 1),
    "a token with stray bits in its signature": jwt(OB20).removesuffix("c2ln") + "c2l",
    "a token whose payload names a thing twice": jwt(json.dumps(OB20)[:-1] + ', "id": "x"}'),
    "a token whose header is a list": "W10." + jwt(OB20).split(".", 1)[1],
    "a token that is cut off": jwt(json.loads(CREDENTIAL))[:700] + ".c2ln",
}


@pytest.mark.parametrize("name", NO_BADGES)
def test_no_badge(name):
    with pytest.raises(NotABadgeError):
        parse(NO_BADGES[name])


@pytest.mark.parametrize("name", BROKEN)
def test_broken_but_meant_as_a_badge(name):
    with pytest.raises(ParseError) as refusal:
        parse(BROKEN[name])
    assert not isinstance(refusal.value, NotABadgeError)
    assert refusal.value.where


def test_an_endorsement_alone():
    found = parse_endorsement(
        json.dumps(
            {
                "type": ["EndorsementCredential"],
                "issuer": "did:x:y",
                "credentialSubject": {"id": "urn:a", "endorsementComment": "Yes."},
            }
        )
    )
    assert (found.issuer.id, found.about, found.comment) == ("did:x:y", "urn:a", "Yes.")
    assert parse_endorsement("https://example.org/e").id == "https://example.org/e"
    with pytest.raises(ParseError):
        parse_endorsement("{")

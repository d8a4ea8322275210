"""Every property that a generation of the standard has is read, into its place: the whole model is compared."""

from __future__ import annotations

import copy
import json
from dataclasses import fields, is_dataclass

import pytest
from tests.badge.samples import OB20, changed, jwt, loaded

from passport.badge.generations.endorsements import MAX_ENDORSEMENTS, may_be_endorsed
from passport.badge.model import Securing
from passport.badge.parsing import parse, parse_endorsement

ALIGNMENT = {
    "targetName": "Robots", "targetUrl": "https://f.example/1", "targetDescription": "To build them.",
    "targetFramework": "ESCO", "targetCode": "R.1", "targetType": "ext:Skill",
}  # fmt: skip
ALIGNED = {
    "target_name": "Robots", "target_url": "https://f.example/1", "target_description": "To build them.",
    "target_framework": "ESCO", "target_code": "R.1", "target_type": "ext:Skill",
}  # fmt: skip
PROFILE = {
    "id": "did:web:club.example", "type": ["Profile"], "name": "Club", "url": "https://club.example",
    "email": "c@club.example", "description": "Builds.", "phone": "+3581", "official": "Ann Head",
    "image": {"id": "https://club.example/i.png", "type": "Image", "caption": "A logo"},
    "address": {"streetAddress": "Road 1", "postalCode": "00100", "addressLocality": "Town"},
    "otherIdentifier": [{"type": "IdentifierEntry", "identifier": "1-2", "identifierType": "businessId"}],
    "givenName": "Ann", "additionalName": "B", "familyNamePrefix": "von", "familyName": "Head",
    "patronymicName": "Carlsdotter", "honorificPrefix": "Dr", "honorificSuffix": "MSc", "dateOfBirth": "1990-01-01",
    "parentOrg": {"id": "https://town.example", "type": ["Profile"], "name": "Town"},
}  # fmt: skip
WHO = {
    "id": "did:web:club.example", "name": "Club", "url": "https://club.example", "email": "c@club.example",
    "description": "Builds.", "telephone": "+3581", "official": "Ann Head",
    "image": {"id": "https://club.example/i.png", "caption": "A logo"}, "address": "Road 1, 00100, Town",
    "other_identifiers": [["businessId", "1-2"]], "given_name": "Ann", "additional_name": "B",
    "family_name_prefix": "von", "family_name": "Head", "patronymic_name": "Carlsdotter", "honorific_prefix": "Dr",
    "honorific_suffix": "MSc", "date_of_birth": "1990-01-01",
    "parent_org": {"id": "https://town.example", "name": "Town"},
}  # fmt: skip
ACHIEVEMENT = {
    "id": "https://club.example/robotics", "type": ["Achievement"], "name": "Robotics", "description": "Builds robots.",
    "achievementType": "Course", "criteria": {"id": "https://club.example/c", "narrative": "Build one."},
    "image": {"id": "https://club.example/r.png", "type": "Image"}, "tag": ["robots", "making"],
    "alignment": [ALIGNMENT], "creator": {"id": "https://maker.example", "type": ["Profile"], "name": "Maker"},
    "creditsAvailable": 2.5, "fieldOfStudy": "Making", "specialization": "Arms", "humanCode": "R-1",
    "inLanguage": "en", "version": "2",
    "otherIdentifier": [{"identifier": "7", "identifierType": "systemId"}, "plain"],
    "related": [
        {"id": "https://club.example/fi", "type": ["Related"], "inLanguage": "fi", "version": "1"},
        "https://club.example/sv", {"inLanguage": "de"},
    ],
    "resultDescription": [{
        "id": "urn:uuid:r", "type": ["ResultDescription"], "name": "Grade", "resultType": "LetterGrade",
        "valueMin": "F", "valueMax": "A", "allowedValue": ["A", "F"], "requiredValue": "C",
        "requiredLevel": "urn:uuid:l", "alignment": [ALIGNMENT],
        "rubricCriterionLevel": [{
            "id": "urn:uuid:l", "type": ["RubricCriterionLevel"], "name": "Good", "description": "It walks.",
            "level": "2", "points": "8", "alignment": [ALIGNMENT],
        }],
    }],
}  # fmt: skip
ACHIEVED = {
    "id": "https://club.example/robotics", "name": "Robotics", "description": "Builds robots.", "type": "Course",
    "criteria": {"id": "https://club.example/c", "narrative": "Build one."},
    "image": {"id": "https://club.example/r.png"}, "tags": ["robots", "making"], "alignments": [ALIGNED],
    "creator": {"id": "https://maker.example", "name": "Maker"}, "credits_available": "2.5",
    "field_of_study": "Making", "specialization": "Arms", "human_code": "R-1", "language": "en", "version": "2",
    "other_identifiers": [["systemId", "7"], ["identifier", "plain"]],
    "related": [
        {"id": "https://club.example/fi", "language": "fi", "version": "1"}, {"id": "https://club.example/sv"},
    ],
    "result_descriptions": [{
        "id": "urn:uuid:r", "name": "Grade", "result_type": "LetterGrade", "value_min": "F", "value_max": "A",
        "allowed_values": ["A", "F"], "required_value": "C", "required_level": "urn:uuid:l", "alignments": [ALIGNED],
        "levels": [{
            "id": "urn:uuid:l", "name": "Good", "description": "It walks.", "level": "2", "points": "8",
            "alignments": [ALIGNED],
        }],
    }],
}  # fmt: skip
CREDENTIAL = {
    "@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
    "id": "urn:uuid:1", "type": ["VerifiableCredential", "OpenBadgeCredential"],
    "name": "Award", "description": "Well.",
    "issuer": PROFILE, "validFrom": "2024-01-01T00:00:00Z", "validUntil": "2034-01-01T00:00:00Z",
    "awardedDate": "2023-12-31T00:00:00Z", "image": {"id": "https://club.example/a.png", "type": "Image"},
    "partner": {"id": "https://partner.example", "type": ["Profile"], "name": "Partner"},
    "termsOfUse": [{"id": "https://club.example/terms", "type": "Terms"}, "https://club.example/more"],
    "evidence": [{
        "id": "https://club.example/film", "type": ["Evidence"], "name": "Film", "narrative": "See it.",
        "description": "It walks.", "genre": "Video", "audience": "all",
    }],
    "endorsement": [{
        "id": "urn:uuid:e", "type": ["VerifiableCredential", "EndorsementCredential"],
        "issuer": {"id": "https://town.example", "type": ["Profile"], "name": "Town"},
        "validFrom": "2024-02-01T00:00:00Z",
        "credentialSubject": {"id": "urn:uuid:1", "type": ["EndorsementSubject"], "endorsementComment": "Good."},
    }],
    "credentialSubject": {
        "id": "did:example:ann", "type": ["AchievementSubject"], "achievement": ACHIEVEMENT, "name": "Ann Other",
        "identifier": [{
            "type": "IdentityObject", "hashed": True, "identityHash": "sha256$aa", "identityType": "emailAddress",
            "salt": "s",
        }],
        "result": [{
            "type": ["Result"], "value": "A", "status": "Completed", "achievedLevel": "urn:uuid:l",
            "resultDescription": "urn:uuid:r", "alignment": [ALIGNMENT],
        }],
        "activityStartDate": "2023-01-01T00:00:00Z", "activityEndDate": "2023-06-01T00:00:00Z", "creditsEarned": 2,
        "role": "pupil", "narrative": "She did it.", "image": {"id": "https://club.example/ann.png", "type": "Image"},
        "licenseNumber": "L-1", "term": "spring",
        "source": {"id": "https://judge.example", "type": ["Profile"], "name": "Judge"},
    },
}  # fmt: skip
ENDORSED = {"id": "urn:uuid:e", "issuer": {"id": "https://town.example", "name": "Town"}, "about": "urn:uuid:1",
            "comment": "Good.", "valid_from": "2024-02-01T00:00:00Z"}  # fmt: skip
SUBJECT = {
    "id": "did:example:ann", "achievement": ACHIEVED, "recipient_name": "Ann Other",
    "identifiers": [{"identity": "sha256$aa", "hashed": True, "salt": "s", "type": "emailAddress"}],
    "results": [{
        "value": "A", "status": "Completed", "achieved_level": "urn:uuid:l", "result_description": "urn:uuid:r",
        "alignments": [ALIGNED],
    }],
    "activity_start": "2023-01-01T00:00:00Z", "activity_end": "2023-06-01T00:00:00Z", "credits_earned": "2",
    "role": "pupil", "narrative": "She did it.", "image": {"id": "https://club.example/ann.png"},
    "license_number": "L-1", "term": "spring", "source": {"id": "https://judge.example", "name": "Judge"},
}  # fmt: skip
READ = {
    "standard": "3.0", "securing": Securing.NONE, "id": "urn:uuid:1", "name": "Award", "description": "Well.",
    "issuer": WHO, "valid_from": "2024-01-01T00:00:00Z", "valid_until": "2034-01-01T00:00:00Z",
    "awarded_date": "2023-12-31T00:00:00Z", "image": {"id": "https://club.example/a.png"},
    "partner": {"id": "https://partner.example", "name": "Partner"},
    "terms_of_use": ["https://club.example/terms", "https://club.example/more"],
    "evidence": [{
        "id": "https://club.example/film", "name": "Film", "narrative": "See it.", "description": "It walks.",
        "genre": "Video", "audience": "all",
    }],
    "endorsements": [ENDORSED], "subject": SUBJECT,
}  # fmt: skip


def told(thing: object) -> object:
    """Return a thing of the model as plain values, without what is empty and without the statement itself."""
    if isinstance(thing, tuple):
        return [told(item) for item in thing]
    if not is_dataclass(thing):
        return thing
    parts = {part.name: told(getattr(thing, part.name)) for part in fields(thing)}
    statement = {"document", "source"} if isinstance(parts.get("source"), str) else set()
    return {name: value for name, value in parts.items() if value and name not in statement}


def renamed(value: object, names: dict[str, str]) -> object:
    """Return a document with other names for some properties."""
    if isinstance(value, dict):
        return {names.get(name, name): renamed(inner, names) for name, inner in value.items()}
    return [renamed(inner, names) for inner in value] if isinstance(value, list) else value


def test_a_credential_of_the_third_generation() -> None:
    assert told(loaded(CREDENTIAL)) == READ


@pytest.mark.parametrize(
    "names",
    [
        {"id": "@id"},
        {"type": "@type"},
        {"validFrom": "issuanceDate", "validUntil": "expirationDate", "awardedDate": "issuedOn"},
        {"targetName": "name", "targetUrl": "url", "targetFramework": "frameworkName"},
        {"targetDescription": "description"},
        {"targetUrl": "id"},
        {"phone": "telephone", "inLanguage": "@language", "tag": "tags", "credentialSubject": "claim"},
        {"identityHash": "identity", "identityType": "identifierType"},
        {"identityHash": "identifier"},
    ],
)  # fmt: skip
def test_older_names_of_properties_are_read_too(names: dict[str, str]) -> None:
    document = renamed(copy.deepcopy(CREDENTIAL), names)
    assert isinstance(document, dict)
    if "claim" in document:  # of endorsements alone
        document["credentialSubject"] = document.pop("claim")
    assert told(loaded(document)) == READ


def test_an_assertion_of_the_second_generation() -> None:
    credential = {name: value for name, value in OB20.items() if name != "badge"}
    badge = {**OB20["badge"], "alignment": [ALIGNMENT], "issuer": {**PROFILE, "type": "Issuer"}}
    assert told(loaded({**credential, "badge": badge})) == {
        "standard": "2.0", "securing": Securing.HOSTED, "id": "https://example.org/a/1",
        "hosted_url": "https://example.org/a/1", "issuer": WHO, "valid_from": "2016-12-31T23:59:59Z",
        "valid_until": "2017-06-30T23:59:59Z", "image": {"id": "https://example.org/b.png", "caption": "Ann's badge"},
        "evidence": [{
            "id": "https://example.org/1", "name": "Film", "narrative": "See it.", "genre": "Video", "audience": "all",
        }],
        "subject": {
            "identifiers": [{"identity": "ann@example.org", "type": "email"}], "narrative": "She did it well.",
            "recipient_name": "Ann",
            "achievement": {
                "id": "https://example.org/class", "name": "Robotics", "description": "Builds robots.",
                "image": {"id": "data:image/png;base64,iVBORw0KGgo="}, "tags": ["robots", "3"],
                "criteria": {"id": "https://example.org/criteria", "narrative": "Build one."}, "alignments": [ALIGNED],
            },
        },
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "securing", "url", "odd"),
    [
        ({}, Securing.HOSTED, "https://example.org/a/1", 0),
        ({"verification": {"type": "HostedBadge", "url": "https://example.org/a/1"}}, Securing.HOSTED, OB20["id"], 0),
        ({"verification": {"type": "HostedBadge", "url": "https://b.example/"}}, Securing.HOSTED, OB20["id"], 1),
        ({"verification": {"type": "SignedBadge"}}, Securing.NONE, None, 0),
        ({"verification": {"type": "signed", "url": "https://example.org/a/1"}}, Securing.NONE, None, 0),
        ({"id": "urn:uuid:1", "verification": {"type": "HostedBadge"}}, Securing.HOSTED, None, 0),
        ({"id": "urn:uuid:1", "verification": {"type": "hosted"}}, Securing.HOSTED, None, 0),
        ({"id": "urn:uuid:1", "verification": {"type": "HostedAssertion"}}, Securing.HOSTED, None, 0),
        ({"id": "urn:uuid:1", "verification": {"type": "Unknown"}}, Securing.NONE, None, 0),
        ({"id": "urn:uuid:1", "verification": None}, Securing.NONE, None, 0),
    ],
)
def test_where_an_assertion_lives_and_what_makes_it_verifiable(
    changes: dict[str, object], securing: Securing, url: str | None, odd: int
) -> None:
    credential = loaded({**OB20, **changes})
    assert (credential.securing, credential.hosted_url) == (securing, url)
    assert len(credential.oddities) == odd
    assert all(oddity.where == "verification" for oddity in credential.oddities)


@pytest.mark.parametrize(
    ("hashed", "identity", "is_hashed"),
    [
        ("true", "anything", True), ("TRUE", "anything", True), (True, "sha256$aa", True), ("yes", "anything", False),
        ("false", "md5$aa", True), (None, "sha-512$aa", True), (None, "sha256$zz", False), (1, "anything", False),
        (None, "ann@example.org", False), (True, "ann@example.org", False), (None, "sha3-256$aa", True),
    ],
)  # fmt: skip
def test_whether_an_identity_is_hashed(hashed: object, identity: str, is_hashed: bool) -> None:
    recipient = {"type": "email", "hashed": hashed, "identity": identity}
    assert loaded({**OB20, "recipient": recipient}).subject.identifiers[0].hashed is is_hashed


@pytest.mark.parametrize(
    ("value", "title"),
    [
        ({"@value": "Robotik", "@language": "de"}, "Robotik"), ({"@value": "", "@language": "de"}, None),
        ({"@value": 3}, None), ({"@value": "Robotik", "@language": 3}, "Robotik"),
        ({"de": "", "fi": "Robotti"}, "Robotti"),
        ({"de": "Robotik", "en-GB": "Robotics"}, "Robotics"), (2.0, "2"), (2.5, "2.5"), (1e15, "1000000000000000.0"),
        ([{"@value": "Robotik", "@language": "de"}, "Robotics"], "Robotics"), ({}, None), ({"not a tag": "x"}, None),
    ],
)  # fmt: skip
def test_texts_in_all_their_shapes(value: object, title: str | None) -> None:
    assert loaded(changed(OB20, ["badge", "name"], value)).title == title


@pytest.mark.parametrize(
    ("document", "answer"),
    [
        ({"issuer": {"name": "x"}, "badge": "https://x.example"}, False),
        ({"issuer": "x", "badge": [{"issuer": {"name": "y"}}, "z"]}, False),
        ({"name": {"endorsement": []}}, False),
        ({"endorsement": []}, True),
        ({"badge": {"issuer": {"endorsementJwt": []}}}, True),
        ({"vc": {"credentialSubject": [{}, {"achievement": {"endorsement": []}}]}}, True),
    ],
)
def test_whether_something_may_be_endorsed(document: dict[str, object], answer: bool) -> None:
    assert may_be_endorsed(document) is answer


def test_endorsements_in_all_their_shapes() -> None:
    whole = {
        **CREDENTIAL["endorsement"][0],
        "credentialSubject": ["x", CREDENTIAL["endorsement"][0]["credentialSubject"]],
    }
    signed = {**CREDENTIAL, "endorsement": ["https://town.example/e", None, 3, whole],
              "endorsementJwt": [jwt(whole), jwt({"vc": whole}), "no.jwt"]}  # fmt: skip
    assert told(loaded(signed).endorsements) == [{"id": "https://town.example/e"}, ENDORSED, ENDORSED, ENDORSED, {}]
    many = {**CREDENTIAL, "endorsement": [whole] * (MAX_ENDORSEMENTS + 1)}
    assert len(loaded(many).endorsements) == MAX_ENDORSEMENTS
    assert told(parse_endorsement(json.dumps(whole))) == ENDORSED
    assert told(parse_endorsement(f" {jwt(whole)}\n")) == ENDORSED
    assert told(parse_endorsement("https://town.example/e")) == {"id": "https://town.example/e"}


@pytest.mark.parametrize(
    ("claims", "read"),
    [
        ({"jti": "urn:uuid:2"}, {"id": "urn:uuid:2"}),
        ({"iss": "did:example:i"}, {"issuer": {"id": "did:example:i"}}),
        ({"sub": "did:example:s"}, {"subject": {"id": "did:example:s", "achievement": {"name": "x"}}}),
        ({"nbf": 0, "iat": 5}, {"valid_from": "1970-01-01T00:00:00Z"}),
        ({"iat": 5, "exp": 1.5}, {"valid_from": "1970-01-01T00:00:05Z", "valid_until": "1970-01-01T00:00:01.500000Z"}),
        ({"exp": 1e30}, {"valid_until": "1e+30"}),
        ({"exp": "soon"}, {"valid_until": "soon"}),
        ({"exp": True}, {}),
    ],
)
def test_claims_stand_in_for_what_the_credential_does_not_say(
    claims: dict[str, object], read: dict[str, object]
) -> None:
    inner = {
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "credentialSubject": {"achievement": {"name": "x"}},
    }
    found = told(parse(jwt({"vc": inner, **claims})))
    assert isinstance(found, dict)
    found.pop("oddities", None)
    assert found == {
        "standard": "3.0", "securing": Securing.VC_JWT, "subject": {"achievement": {"name": "x"}}, **read,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("creator", "read"),
    [
        ({}, None),
        ({"type": ["Profile"]}, None),
        ([], None),
        ("https://maker.example", {"id": "https://maker.example"}),
        ({"url": "https://maker.example"}, {"url": "https://maker.example"}),
        ({"description": "Makes."}, {"description": "Makes."}),
        ({"givenName": "Ann", "familyName": "Head"}, {"name": "Ann Head", "given_name": "Ann", "family_name": "Head"}),
    ],
)
def test_a_profile_is_there_where_it_says_anything(creator: object, read: dict[str, str] | None) -> None:
    assert told(loaded(changed(OB20, ["badge", "creator"], creator)).subject.achievement.creator) == read


@pytest.mark.parametrize(
    ("recipient", "salt", "read"),
    [
        ({"type": "url", "identity": "https://ann.example"}, None, {"identity": "https://ann.example", "type": "url"}),
        ({"identity": "ann@example.org", "salt": "s"}, "t", {"identity": "ann@example.org", "salt": "s"}),
        ("sha256$aa", "t", {"identity": "sha256$aa", "salt": "t", "hashed": True}),
        ({"type": "email"}, "t", None),
    ],
)
def test_to_whom(recipient: object, salt: str | None, read: dict[str, object] | None) -> None:
    credential = loaded({**OB20, "recipient": recipient, "salt": salt})
    assert told(credential.subject.identifiers) == ([{"type": "email", **read}] if read else [])


def test_what_the_model_does_not_have_is_not_there() -> None:
    for document in (OB20, CREDENTIAL):
        credential = loaded(document)
        assert not hasattr(credential, "nothing")
        assert not hasattr(credential.issuer, "nothing")


@pytest.mark.parametrize("subject", ["Ann", 3, ["Ann"], True])
def test_a_subject_that_is_none_is_noted(subject: object) -> None:
    credential = loaded({**CREDENTIAL, "credentialSubject": subject})
    assert [oddity.where for oddity in credential.oddities] == ["credentialSubject"]
    assert told(credential.subject) == {}

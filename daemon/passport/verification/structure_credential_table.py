"""The classes of OB 3.0 as the official JSON Schema has them (AchievementCredential, 3.0.x), as one table.

Read into Python once, so that a credential is checked in microseconds; a test compares it with the schema over real
and damaged credentials. A property is written `kind` (one), `kind*` (a list) or `kind+` (one or a list); a name that
begins with a capital is another class.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


IDENTIFIER_TYPES = _words(
    "name sourcedId systemId productId userName accountId emailAddress nationalIdentityNumber isbn issn "
    "lisSourcedId oneRosterSourcedId sisSourcedId ltiContextId ltiDeploymentId ltiToolId ltiPlatformId "
    "ltiUserId identifier"
)
ACHIEVEMENT_TYPES = _words(
    "Achievement ApprenticeshipCertificate Assessment Assignment AssociateDegree Award Badge BachelorDegree "
    "Certificate CertificateOfCompletion Certification CommunityService Competency Course CoCurricular Degree "
    "Diploma DoctoralDegree Fieldwork GeneralEducationDevelopment JourneymanCertificate LearningProgram "
    "License Membership ProfessionalDoctorate QualityAssuranceCredential MasterCertificate MasterDegree "
    "MicroCredential ResearchDoctorate SecondarySchoolDiploma"
)
RESULT_TYPES = _words(
    "GradePointAverage LetterGrade Percent PerformanceLevel PredictedScore RawScore Result RubricCriterion "
    "RubricCriterionLevel RubricScore ScaledScore Status"
)
RESULT_STATUSES = _words("Completed Enrolled Failed InProgress OnHold Provisional Withdrew")
TARGET_TYPES = _words(
    "ceasn:Competency ceterms:Credential CFItem CFRubric CFRubricCriterion CFRubricCriterionLevel CTDL"
)

OPEN_ENUMS: Mapping[str, frozenset[str]] = {
    "identifierType": IDENTIFIER_TYPES,
    "achievementType": ACHIEVEMENT_TYPES,
    "resultType": RESULT_TYPES,
    "targetType": TARGET_TYPES,
}
"""Kinds of which `ext:…` may be used too."""


@dataclass(frozen=True, slots=True)
class Class:
    """A class of the data model."""

    required: frozenset[str]
    properties: Mapping[str, tuple[str, str]]
    """Property: kind, and `1`, `*` or `+`."""
    closed: bool = False
    """Whether the schema allows nothing else."""


def _class(required: str, properties: str, *, closed: bool = False) -> Class:
    pairs = (entry.split(":") for entry in properties.split())
    table = {name: (kind.rstrip("*+"), kind[-1] if kind[-1] in "*+" else "1") for name, kind in pairs}
    return Class(frozenset(required.split()), table, closed=closed)


CLASSES: Mapping[str, Class] = {
    "AchievementCredential": _class(
        "@context id type name credentialSubject issuer validFrom",
        "@context:context id:text type:type name:text description:text image:Image "
        "credentialSubject:AchievementSubject endorsement:EndorsementCredential* endorsementJwt:jws* "
        "evidence:Evidence* issuer:Profile validFrom:text validUntil:text "
        "issuanceDate:text expirationDate:text awardedDate:text proof:Proof+ "
        "credentialSchema:CredentialSchema+ credentialStatus:CredentialStatus+ refreshService:RefreshService+ "
        "termsOfUse:TermsOfUse+",
    ),
    "EndorsementCredential": _class(
        "@context type id name credentialSubject issuer validFrom",
        "@context:context type:type id:text name:text description:text credentialSubject:EndorsementSubject "
        "issuer:Profile validFrom:text validUntil:text "
        "issuanceDate:text expirationDate:text awardedDate:text proof:Proof+ "
        "credentialSchema:CredentialSchema+ credentialStatus:CredentialStatus+ refreshService:RefreshService+ "
        "termsOfUse:TermsOfUse+",
    ),
    "AchievementSubject": _class(
        "type achievement",
        "id:text type:type activityEndDate:text activityStartDate:text creditsEarned:number "
        "achievement:Achievement identifier:IdentityObject* image:Image licenseNumber:text narrative:text "
        "result:Result* role:text source:Profile term:text",
    ),
    "EndorsementSubject": _class("id type", "id:text type:type endorsementComment:text"),
    "Achievement": _class(
        "id type criteria description name",
        "id:text type:type alignment:Alignment* achievementType:achievementType creator:Profile "
        "creditsAvailable:number criteria:Criteria description:text endorsement:EndorsementCredential* "
        "endorsementJwt:jws* fieldOfStudy:text humanCode:text image:Image inLanguage:language name:text "
        "otherIdentifier:IdentifierEntry* related:Related* resultDescription:ResultDescription* "
        "specialization:text tag:text* version:text",
    ),
    "Profile": _class(
        "id type",
        "id:text type:type name:text url:text phone:text description:text endorsement:EndorsementCredential* "
        "endorsementJwt:jws* image:Image email:text address:Address otherIdentifier:IdentifierEntry* "
        "official:text parentOrg:Profile familyName:text givenName:text additionalName:text "
        "patronymicName:text honorificPrefix:text honorificSuffix:text familyNamePrefix:text dateOfBirth:text",
    ),
    "Alignment": _class(
        "type targetName targetUrl",
        "type:type targetCode:text targetDescription:text targetName:text targetFramework:text "
        "targetType:targetType targetUrl:text",
    ),
    "Criteria": _class("", "id:text narrative:text"),
    "Image": _class("id type", "id:text type:text caption:text", closed=True),
    "Evidence": _class("type", "id:text type:type narrative:text name:text description:text genre:text audience:text"),
    "IdentityObject": _class(
        "type hashed identityHash identityType",
        "type:text hashed:flag identityHash:text identityType:identifierType salt:text",
        closed=True,
    ),
    "IdentifierEntry": _class(
        "type identifier identifierType", "type:text identifier:text identifierType:identifierType", closed=True
    ),
    "Result": _class(
        "type",
        "type:type achievedLevel:text alignment:Alignment* resultDescription:text status:resultStatus value:text",
    ),
    "ResultDescription": _class(
        "id type name resultType",
        "id:text type:type alignment:Alignment* allowedValue:text* name:text requiredLevel:text "
        "requiredValue:text resultType:resultType rubricCriterionLevel:RubricCriterionLevel* valueMax:text "
        "valueMin:text",
    ),
    "RubricCriterionLevel": _class(
        "id type name", "id:text type:type alignment:Alignment* description:text level:text name:text points:text"
    ),
    "Related": _class("id type", "id:text type:type inLanguage:language version:text"),
    "Address": _class(
        "type",
        "type:type addressCountry:text addressCountryCode:text addressRegion:text addressLocality:text "
        "streetAddress:text postOfficeBoxNumber:text postalCode:text geo:GeoCoordinates",
    ),
    "GeoCoordinates": _class("type latitude longitude", "type:text latitude:number longitude:number"),
    "Proof": _class(
        "type",
        "type:text created:text cryptosuite:text challenge:text domain:text nonce:text proofPurpose:text "
        "proofValue:text verificationMethod:text",
    ),
    "CredentialSchema": _class("id type", "id:text type:text"),
    "CredentialStatus": _class("type", "id:text type:text"),
    "RefreshService": _class("id type", "id:text type:text"),
    "TermsOfUse": _class("type", "id:text type:text"),
}

"""The one model of a badge, in the terms of Open Badges 3.0.

Older generations are read into it by `parsing`. The model is a *view*: verify and export from
`AchievementCredential.source`, the text exactly as it was taken out of the file, never from here.

Strings are the issuer's own: hostile until escaped. Dates are kept as written.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from passport.badge.unread import Unread


class Securing(StrEnum):
    """What makes a statement verifiable, as named in the report of the contract."""

    HOSTED = "hosted"
    JWS = "jws"
    VC_JWT = "vc-jwt"
    SD_JWT = "sd-jwt"
    DATA_INTEGRITY = "data-integrity"
    """The report names the cryptosuite instead."""
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Oddity:
    """A part of a statement that has another shape than the standard says; it is left out of the model."""

    where: str
    """The JSON path, such as `credentialSubject.achievement.criteria`."""
    problem: str
    """What is wrong, as part of a sentence: `should be an object`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A picture of an achievement, a profile or a credential (OB 3.0 B.1.10 Image)."""

    id: str
    """An http(s) URL or a `data:` URI."""
    caption: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria:
    """What had to be done (OB 3.0 B.1.4 Criteria)."""

    id: str | None = None
    narrative: str | None = None
    """Markdown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alignment:
    """A node of a framework that the achievement aligns with (OB 3.0 B.1.3 Alignment)."""

    target_name: str | None = None
    target_url: str | None = None
    target_description: str | None = None
    target_framework: str | None = None
    target_code: str | None = None
    target_type: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Work that supports the award (OB 3.0 B.1.8 Evidence)."""

    id: str | None = None
    name: str | None = None
    narrative: str | None = None
    description: str | None = None
    genre: str | None = None
    audience: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityObject:
    """To whom: a plain or hashed identity (OB 3.0 B.1.9 IdentityObject; OB 2.0 IdentityObject)."""

    identity: str
    """Plain, or `algorithm$hex`."""
    hashed: bool = False
    salt: str | None = None
    """Appended to the identity before hashing."""
    type: str = "email"
    """As written: OB 3.0 `identityType` (emailAddress…), OB 2.0 `type` (email, url…). The subject's id stands in
    `AchievementSubject.id` alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RubricCriterionLevel:
    """One step of a rubric (OB 3.0 RubricCriterionLevel)."""

    id: str | None = None
    name: str | None = None
    description: str | None = None
    level: str | None = None
    points: str | None = None
    alignments: tuple[Alignment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultDescription:
    """A possible result of an achievement (OB 3.0 ResultDescription)."""

    id: str | None = None
    name: str | None = None
    result_type: str | None = None
    value_min: str | None = None
    value_max: str | None = None
    allowed_values: tuple[str, ...] = ()
    required_value: str | None = None
    required_level: str | None = None
    """The id of the RubricCriterionLevel."""
    levels: tuple[RubricCriterionLevel, ...] = ()
    alignments: tuple[Alignment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A result that was achieved (OB 3.0 Result)."""

    value: str | None = None
    status: str | None = None
    achieved_level: str | None = None
    result_description: str | None = None
    """The id of the ResultDescription."""
    alignments: tuple[Alignment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile(Unread):
    """An issuer, creator or endorser (OB 3.0 Profile; OB 2.0 Issuer)."""

    id: str | None = None
    name: str | None = None
    url: str | None = None
    email: str | None = None
    description: str | None = None
    image: Image | None = None
    telephone: str | None = None
    address: str | None = None
    """One line."""
    other_identifiers: tuple[tuple[str, str], ...] = ()
    """Pairs of type and identifier."""
    given_name: str | None = None
    additional_name: str | None = None
    family_name_prefix: str | None = None
    family_name: str | None = None
    patronymic_name: str | None = None
    honorific_prefix: str | None = None
    honorific_suffix: str | None = None
    date_of_birth: str | None = None
    official: str | None = None
    """The name of the person who speaks for the organisation."""
    parent_org: Profile | None = None
    endorsements: tuple[EndorsementCredential, ...] = ()
    translations: tuple[tuple[str, str | None, str | None], ...] = ()
    """Other languages: language, name, description."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndorsementCredential:
    """A third party's word about a credential, achievement or profile."""

    id: str | None = None
    issuer: Profile = field(default_factory=Profile)
    about: str | None = None
    """The id of what is endorsed."""
    comment: str | None = None
    """Markdown."""
    valid_from: str | None = None
    source: str = ""
    """The endorsement's own statement: JSON text, a compact JWS, or the URL where it is."""
    verdict: str | None = None
    """Filled by verification: a verdict of the contract; None while nobody asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """Another achievement that belongs to this one, such as another language or version (OB 3.0 Related)."""

    id: str
    language: str | None = None
    version: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Achievement:
    """What was achieved (OB 3.0 Achievement; OB 2.0 BadgeClass)."""

    id: str | None = None
    name: str | None = None
    description: str | None = None
    type: str | None = None
    """achievementType, such as Certificate or Course."""
    criteria: Criteria | None = None
    image: Image | None = None
    tags: tuple[str, ...] = ()
    alignments: tuple[Alignment, ...] = ()
    creator: Profile | None = None
    endorsements: tuple[EndorsementCredential, ...] = ()
    result_descriptions: tuple[ResultDescription, ...] = ()
    credits_available: str | None = None
    field_of_study: str | None = None
    specialization: str | None = None
    human_code: str | None = None
    language: str | None = None
    version: str | None = None
    translations: tuple[tuple[str, str | None, str | None], ...] = ()
    """Other languages of the same achievement: language, name, description."""
    other_identifiers: tuple[tuple[str, str], ...] = ()
    """Pairs of type and identifier."""
    related: tuple[Related, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AchievementSubject:
    """Whom and what (OB 3.0 AchievementSubject)."""

    id: str | None = None
    identifiers: tuple[IdentityObject, ...] = ()
    achievement: Achievement = field(default_factory=Achievement)
    results: tuple[Result, ...] = ()
    activity_start: str | None = None
    activity_end: str | None = None
    credits_earned: str | None = None
    role: str | None = None
    narrative: str | None = None
    """Markdown (OB 2.0: the assertion's narrative)."""
    image: Image | None = None
    recipient_name: str | None = None
    license_number: str | None = None
    term: str | None = None
    source: Profile | None = None
    """Who assessed, where that is not the issuer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AchievementCredential(Unread):
    """The statement that someone achieved something (OB 3.0 AchievementCredential; OB 2.0 Assertion)."""

    standard: str
    """`0.5`, `1.0`, `1.1`, `2.0`, `2.1` or `3.0`; empty for a bare URL, which says nothing of it."""
    securing: Securing
    source: str
    """The statement exactly as unbaked: JSON text, compact JWS/JWT, or an http(s) URL."""
    document: dict[str, object] = field(default_factory=dict)
    """The JSON object of the statement (the payload, for JWS and JWT, with its `vc` claim where it has one; of an
    SD-JWT with what was disclosed put in); empty for a URL."""
    id: str | None = None
    """OB 3.0 id; OB 2.0 id; OB 1.x the hosted URL or uid."""
    hosted_url: str | None = None
    """Where a hosted statement lives: the only thing a baked copy of it is trusted for."""
    name: str | None = None
    """The credential's own name, where it has one (OB 3.0); the achievement's name is what is shown."""
    description: str | None = None
    issuer: Profile = field(default_factory=Profile)
    subject: AchievementSubject = field(default_factory=AchievementSubject)
    valid_from: str | None = None
    """As written: ISO 8601, or Unix seconds in OB 0.5-1.0."""
    valid_until: str | None = None
    awarded_date: str | None = None
    evidence: tuple[Evidence, ...] = ()
    endorsements: tuple[EndorsementCredential, ...] = ()
    image: Image | None = None
    partner: Profile | None = None
    terms_of_use: tuple[str, ...] = ()
    """Their ids."""
    oddities: tuple[Oddity, ...] = ()
    """What was passed over because it has the wrong shape; a check of the structure says so."""

    @property
    def title(self) -> str | None:
        """The name that is shown: the achievement's, else the credential's own."""
        return self.subject.achievement.name or self.name

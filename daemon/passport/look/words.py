"""The words for what was found out: short, plain, never the standard's.

Texts are English and are looked up in the catalogue where they are shown; `noted` marks them for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


def noted(text: str) -> str:
    """Mark a text for the catalogue of translations."""
    return text


def noted_many(one: str, more: str) -> tuple[str, str]:
    """Mark a text with a number, `%(number)s`, for the catalogue of translations."""
    return one, more


class Form(StrEnum):
    """The form of a stamp and of its small mark, so that a verdict is never colour alone."""

    FULL = "full"
    """Verified, and the issuer's name is known."""
    PLAIN = "plain"
    """Verified, and the name is the issuer's own claim."""
    OPEN = "open"
    SQUARE = "square"
    DIAMOND = "diamond"
    HOLLOW = "hollow"
    """A hollow diamond."""
    OCTAGON = "octagon"


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A verdict for people."""

    verdict: str
    """As in the contract."""
    word: str
    means: str
    """One sentence: what it says."""
    do: str
    """One sentence: what one can do."""
    form: Form
    claim: str = ""
    """What is said beside the word where it alone would promise too much; empty: nothing."""

    @property
    def in_full(self) -> str:
        """The word with what must be said beside it, in one line."""
        return f"{self.word}, {self.claim}" if self.claim else self.word

    @property
    def tone(self) -> str:
        """The name of its colour in the style sheets."""
        return self.verdict


VERIFIED = Word(
    verdict="verified",
    word=noted("Verified"),
    means=noted("It is unchanged, in force, and from the issuer it names."),
    do=noted("Show it with pride: what proved it is kept beside it."),
    form=Form.FULL,
)
SELF_ASSERTED = Word(
    verdict="verified",
    word=noted("Verified"),
    means=noted("It is unchanged and in force; the issuer's name is the issuer's own claim, which nothing confirms."),
    do=noted("If you know who issued it, say so below, and it gets the full stamp."),
    form=Form.PLAIN,
    claim=noted("name not confirmed"),
)
_OTHERS = (
    Word(
        verdict="unconfirmed",
        word=noted("Not checkable now"),
        means=noted("Nothing is wrong with it, but something that matters could not be checked."),
        do=noted("Check it again later; the list of checks says what was missing."),
        form=Form.OPEN,
    ),
    Word(
        verdict="expired",
        word=noted("Expired"),
        means=noted("The time for which the issuer vouches for it is over, or has not begun."),
        do=noted("It stays in your passport; the issuer knows whether it can be renewed."),
        form=Form.SQUARE,
    ),
    Word(
        verdict="revoked",
        word=noted("Withdrawn"),
        means=noted("The issuer has withdrawn it."),
        do=noted("Ask the issuer why, and whether a new one was issued."),
        form=Form.HOLLOW,
    ),
    Word(
        verdict="invalid",
        word=noted("Altered"),
        means=noted("What it says is not what the issuer made, or it was not made as the standard asks."),
        do=noted("Get a fresh copy from the issuer, and do not show this one."),
        form=Form.DIAMOND,
    ),
    Word(
        verdict="not-yours",
        word=noted("Not issued to you"),
        means=noted("It was issued to an address that is none of yours."),
        do=noted("If the address is yours, add it to your identities; else decline the badge."),
        form=Form.OCTAGON,
    ),
    Word(
        verdict="no-badge",
        word=noted("No badge"),
        means=noted("There is no badge in this file."),
        do=noted("Get the original file from the issuer: a screenshot or a converted picture carries no proof."),
        form=Form.OPEN,
    ),
)
_WORDS: Mapping[str, Word] = MappingProxyType({word.verdict: word for word in (VERIFIED, *_OTHERS)})
VERDICTS: tuple[str, ...] = tuple(_WORDS)
"""In the order in which they are listed."""
_DATED = frozenset({"expiry", "proof"})
_FULL_FOR = frozenset({"domain", "known"})
_VOUCHED = ("https://", "http://", "did:web:")
"""Ids of endorsers for whom a domain vouches, once their word is verified; a key may call itself anything."""
_OVER = noted("The time for which the issuer vouches for it is over.")
UNCONFIRMED_NAME = noted("The issuer's name is not confirmed")
"""In words, where a picture goes out alone."""

ISSUER_IDENTITY: Mapping[str, str] = MappingProxyType(
    {
        "domain": noted("The issuer's own web address vouches for the name."),
        "known": noted("You said that you know this issuer."),
        "self-asserted": noted("The name is the issuer's own claim; nothing outside the badge confirms it."),
    }
)
CHECKS: Mapping[str, str] = MappingProxyType(
    {
        "baking": noted("Taken from the file"),
        "structure": noted("Well formed"),
        "hosting": noted("Found at the issuer"),
        "signature": noted("Signature"),
        "proof": noted("Signature"),
        "key": noted("The issuer's key"),
        "issuer": noted("Issuer"),
        "status": noted("Not withdrawn"),
        "expiry": noted("In force"),
        "recipient": noted("Issued to you"),
        "endorsement": noted("Endorsement"),
        "refresh": noted("Newest version"),
    }
)
OUTCOMES: Mapping[str, str] = MappingProxyType(
    {
        "passed": noted("passed"),
        "failed": noted("failed"),
        "unknown": noted("could not be checked"),
    }
)
STANDINGS: Mapping[str, str] = MappingProxyType(
    {
        "unreachable": noted("The issuer does not answer"),
        "moved": noted("The issuer's page leads to another site"),
        "gone": noted("The issuer, or its page, is not there any more"),
        "answers": noted("The issuer answers again"),
    }
)
"""What stood in the way when issuers were asked again: never the same as *withdrawn*."""
KINDS: Mapping[str, str] = MappingProxyType(
    {
        "Achievement": noted("Achievement"),
        "ApprenticeshipCertificate": noted("Apprenticeship certificate"),
        "Assessment": noted("Assessment"),
        "Assignment": noted("Assignment"),
        "AssociateDegree": noted("Associate degree"),
        "Award": noted("Award"),
        "BachelorDegree": noted("Bachelor's degree"),
        "Badge": noted("Badge"),
        "Certificate": noted("Certificate"),
        "CertificateOfCompletion": noted("Certificate of completion"),
        "Certification": noted("Certification"),
        "CoCurricular": noted("Beside the curriculum"),
        "CommunityService": noted("Community service"),
        "Competency": noted("Competence"),
        "Course": noted("Course"),
        "Degree": noted("Degree"),
        "Diploma": noted("Diploma"),
        "DoctoralDegree": noted("Doctoral degree"),
        "Fieldwork": noted("Fieldwork"),
        "LearningProgram": noted("Learning programme"),
        "License": noted("Licence"),
        "MasterCertificate": noted("Master's certificate"),
        "MasterDegree": noted("Master's degree"),
        "Membership": noted("Membership"),
        "MicroCredential": noted("Micro-credential"),
        "SecondarySchoolDiploma": noted("Secondary school diploma"),
    }
)
"""Kinds of achievements (OB 3.0, AchievementType); others are shown as they are written."""
SECURING: Mapping[str, str] = MappingProxyType(
    {
        "hosted": noted("kept at the issuer's own address"),
        "jws": noted("signed by the issuer (JWS)"),
        "vc-jwt": noted("signed by the issuer (JWT)"),
        "sd-jwt": noted("signed by the issuer (SD-JWT)"),
        "none": noted("not secured by anything"),
    }
)
"""What makes it verifiable; a cryptosuite has its own name."""


def is_name_confirmed(issuer_identity: str | None) -> bool:
    """Whether something outside the badge stands for the issuer's name: its domain, or the owner's word."""
    return issuer_identity in _FULL_FOR


def endorsed(verdict: str | None, endorser: str | None) -> str:
    """Return what is said beside the name of an endorser, by the verdict on the word and the endorser's id."""
    if verdict != "verified":
        return noted("not confirmed")
    return noted("verified") if (endorser or "").lower().startswith(_VOUCHED) else UNCONFIRMED_NAME


def means(word: Word, checks: Iterable[tuple[str, str, str]]) -> tuple[str, str]:
    """Return what a verdict says as two sentences, one of them empty: a text of ours, and one of the report.

    *Expired* alone leaves open whether the time is over or has not begun: the check that failed knows, and the day.
    Where none failed, the last day has passed since the check. `checks` are their names, outcomes and explanations.
    """
    if word.verdict != "expired":
        return word.means, ""
    said = next((text for name, outcome, text in checks if name in _DATED and outcome == "failed"), "")
    return ("", said) if said else (_OVER, "")


def word_for(verdict: str, issuer_identity: str | None = None) -> Word:
    """Return the word for a verdict; only a name known by domain or by the owner gets the full stamp."""
    if verdict == "verified" and not is_name_confirmed(issuer_identity):
        return SELF_ASSERTED
    return _WORDS.get(verdict, _WORDS["unconfirmed"])

"""What the index says of a badge, derived from its reports and the owner's decisions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from passport.badge.dates import Instant, parse_instant
from passport.badge.model import AchievementCredential
from passport.errors import ParseError
from passport.vault.skills import named_by
from passport.verification.refresh import refresh_url
from passport.verification.report import IssuerIdentity, Verdict, VerificationReport

_IMAGE_CHARACTERS = 2048
_TEXT_CHARACTERS = 4000
_WORDS = 600
_WORD = re.compile(r"\w+")
_CONFIRMED = frozenset({Verdict.VERIFIED, Verdict.NOT_YOURS, Verdict.EXPIRED, Verdict.REVOKED})
_LAPSING = frozenset({Verdict.VERIFIED, Verdict.NOT_YOURS, Verdict.UNCONFIRMED})
_GENUINE = frozenset({Verdict.VERIFIED, Verdict.EXPIRED})
_NAMED_BY_OTHERS = frozenset({IssuerIdentity.DOMAIN, IssuerIdentity.KNOWN})
_ORDER = (Verdict.VERIFIED, Verdict.NOT_YOURS, Verdict.EXPIRED, Verdict.REVOKED)


def fold(text: str) -> str:
    """Return the text without case and accents, for comparing."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def words_of(text: str) -> list[str]:
    """Return the folded words of the text."""
    return _WORD.findall(fold(text))


def instant(text: str | None) -> Instant | None:
    """Return an issuer's date, None where there is none or it is none."""
    try:
        return parse_instant(text) if text else None
    except ParseError:
        return None


def confirmed(verdict: str) -> bool:
    """Return whether a report with this verdict has found the issuer's signature or answer."""
    return verdict in _CONFIRMED


def rank(summary: Mapping[str, object]) -> tuple[int, float, int]:
    """Order the files of one badge: the greatest is shown.

    A forged copy must never take the place of the real one, on any computer and in whatever order they came: what is
    confirmed beats what is not, and that beats what is invalid; then the later version; then the better verdict.
    """
    verdict = str(summary.get("verdict"))
    if verdict in _CONFIRMED:
        since = summary.get("since")
        return 2, since if isinstance(since, float | int) else 0.0, -_ORDER.index(Verdict(verdict))
    return int(verdict == Verdict.UNCONFIRMED), 0.0, 0


def verdict_at(about: Mapping[str, Any], now: float) -> str:
    """Return the verdict, *expired* where the last day has passed since the verification."""
    verdict: str = about["verdict"]
    until = about.get("until")
    return "expired" if verdict in _LAPSING and until is not None and until < now else verdict


def summary(report: VerificationReport) -> dict[str, object]:
    """Return the few things of a report by which files of one badge are compared."""
    since = instant(report.credential.valid_from) if report.credential else None
    return {
        "verdict": report.verdict.value,
        "at": report.verified_at,
        "since": since.utc.timestamp() if since else None,
    }


def content(report: VerificationReport) -> dict[str, object]:
    """Return what an entry shows of its report."""
    credential = report.credential
    data: dict[str, object] = {
        "verdict": report.verdict.value,
        "issuer_identity": report.issuer_identity.value if report.issuer_identity else None,
        "standard": report.standard,
        "securing": report.securing,
        "verified_at": report.verified_at,
        "asks": asks_of(report),
    }
    if credential is None:
        return data | {"words": ""}
    told = _of_credential(credential)
    if report.verdict not in _GENUINE or report.issuer_identity not in _NAMED_BY_OTHERS:
        told["named"] = []  # anybody can write or sign such a badge: it must not bring the owner's skills together
    return data | told | {"words": " ".join(_words(credential))}


def asks_of(report: VerificationReport) -> str:
    """Return whom one asks whether a badge still stands: `hosted`, `list`, `key`, or nobody (empty)."""
    credential = report.credential
    if credential is None:
        return ""
    if report.securing == "hosted":
        return "hosted"
    if any(check.name == "status" for check in report.checks) or refresh_url(credential):
        return "list"
    return "" if report.issuer_identity is IssuerIdentity.SELF_ASSERTED else "key"


def _of_credential(credential: AchievementCredential) -> dict[str, object]:
    achievement = credential.subject.achievement
    image = credential.image or achievement.image
    since, until = instant(credential.valid_from), instant(credential.valid_until)
    return {
        "name": credential.title,
        "issuer": credential.issuer.name or credential.issuer.id,
        "issuer_id": credential.issuer.id,
        "credential_id": credential.id,
        "hosted_url": credential.hosted_url,
        "achievement_id": achievement.id,
        "valid_from": credential.valid_from,
        "valid_until": credential.valid_until,
        "year": f"{since.utc.year:04d}" if since else None,
        "since": since.utc.timestamp() if since else None,
        "until": until.latest.timestamp() if until else None,
        "skills": list(dict.fromkeys(_skills(credential))),
        "aligned": list(dict.fromkeys(_aligned(credential))),
        "named": named_by(achievement.alignments),
        "description": (achievement.description or credential.description or "")[:_TEXT_CHARACTERS],
        "has_evidence": bool(credential.evidence),
        "image": image.id if image and len(image.id) <= _IMAGE_CHARACTERS else None,
    }


def _skills(credential: AchievementCredential) -> Iterator[str]:
    yield from _aligned(credential)
    yield from (tag.strip() for tag in credential.subject.achievement.tags if tag.strip())


def _aligned(credential: AchievementCredential) -> Iterator[str]:
    alignments = credential.subject.achievement.alignments
    yield from (a.target_name.strip() for a in alignments if a.target_name and a.target_name.strip())


def _words(credential: AchievementCredential) -> list[str]:
    found: dict[str, None] = {}
    for text in _texts(credential):
        found.update(dict.fromkeys(words_of(text[:_TEXT_CHARACTERS])))
    return list(found)[:_WORDS]


def _texts(credential: AchievementCredential) -> Iterator[str]:
    achievement = credential.subject.achievement
    criteria = achievement.criteria
    yield from (text for text in (credential.title, credential.name, credential.issuer.name) if text)
    yield from achievement.tags
    yield from (a.target_name for a in achievement.alignments if a.target_name)
    yield from (text for text in (credential.issuer.id, achievement.type, achievement.description) if text)
    yield from (text for text in (credential.description, criteria and criteria.narrative) if text)
    yield from (text for text in (credential.subject.narrative, achievement.field_of_study) if text)
    yield from (e.name for e in credential.evidence if e.name)

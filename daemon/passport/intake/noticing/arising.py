"""Which notices arise: from two reports of a badge, from its dates, from an issuer's silence. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from passport.badge.model import AchievementCredential, EndorsementCredential
from passport.intake.again.asking import host_of
from passport.intake.again.pace import rfc3339
from passport.intake.noticing.model import Kind, Notice
from passport.vault.deriving import instant
from passport.vault.model import Entry
from passport.verification.report import Outcome, Verdict, VerificationReport

_BY_OWNER = frozenset({Verdict.VERIFIED, Verdict.NOT_YOURS})
"""Between these a verdict changes because the owner's addresses did."""
_BACKING_NOTHING = frozenset({"invalid", "revoked", "expired"})
"""Endorsements that no published page tells (`sharing.site.telling`)."""
LATELY = timedelta(days=30)
"""A badge that expired longer ago than this is no news."""


def from_reports(entry: Entry, before: VerificationReport, after: VerificationReport, at: str) -> Iterator[Notice]:
    """Yield what a new report says that the one before did not."""
    was, is_now = before.verdict, after.verdict
    if is_now is not was and not {was, is_now} <= _BY_OWNER and is_now is not Verdict.EXPIRED:
        kind = Kind.REVOKED if is_now is Verdict.REVOKED else Kind.CHANGED
        detail = {"verdict": is_now.value, "before": was.value, "reason": _reason(after)}
        yield Notice(id=f"verdict-{entry.id}", kind=kind, mark=at, at=at, entries=(entry.id,), detail=detail)
    known = {_key(one) for one in _endorsements(before.credential)}
    fresh = [one for one in _endorsements(after.credential) if _key(one) not in known]
    if fresh and before.credential is not None:
        sure = all(one.verdict == Verdict.VERIFIED for one in fresh)
        detail = {
            "who": ", ".join(dict.fromkeys(_who(one) for one in fresh))[:300],
            "sure": "yes" if sure else "",
            "backing": "" if all(one.verdict in _BACKING_NOTHING for one in fresh) else "yes",
        }
        yield Notice(id=f"endorsed-{entry.id}", kind=Kind.ENDORSED, mark=at, at=at, entries=(entry.id,), detail=detail)


def from_dates(entry: Entry, now: datetime, days_ahead: Sequence[int]) -> Notice | None:
    """Return the notice before a badge's last day, and the one after it; None: it is not time."""
    until = instant(entry.valid_until)
    if until is None or entry.trashed or entry.state == "declined" or entry.verdict in {"revoked", "invalid"}:
        return None
    last = until.latest
    left, day = last - now, entry.valid_until or ""
    if left < timedelta(0):
        kind, mark = Kind.EXPIRED, "0"
        passed = -left < LATELY and entry.added_at < rfc3339(last)
    else:
        reached = [days for days in days_ahead if left <= timedelta(days=days)]
        kind, mark = Kind.EXPIRING, str(min(reached, default=0))
        passed = bool(reached)
    key = f"expiry-{entry.id}-{_short(day)}"
    detail = {"until": day}
    return Notice(id=key, kind=kind, mark=mark, at=rfc3339(now), entries=(entry.id,), detail=detail) if passed else None


def from_standing(entry: Entry, at: str) -> Notice | None:
    """Return the notice that an issuer is not there any more: one for all its badges."""
    standing = entry.standing
    if standing is None or standing.state not in {"gone", "moved"}:
        return None
    key = f"gone-{_short(entry.issuer_id or entry.id)}"
    detail = {"state": standing.state, "since": standing.since, "why": standing.why}
    return Notice(id=key, kind=Kind.GONE, mark=standing.state, at=at, entries=(entry.id,), detail=detail)


def _reason(report: VerificationReport) -> str:
    said = [check for check in report.checks if check.matters and check.outcome is not Outcome.PASSED]
    said.sort(key=lambda check: check.outcome is not Outcome.FAILED)
    return said[0].explanation[:500] if said else ""


def _endorsements(credential: AchievementCredential | None) -> tuple[EndorsementCredential, ...]:
    return (*credential.endorsements, *credential.subject.achievement.endorsements) if credential else ()


def _key(endorsement: EndorsementCredential) -> str:
    """Return what tells an endorsement from others."""
    return endorsement.id or f"{endorsement.issuer.id} {endorsement.source}"


def _who(endorsement: EndorsementCredential) -> str:
    """Return who vouches: by name, else by the address at which the endorsement stands."""
    issuer, address = endorsement.issuer, endorsement.id or endorsement.source.strip()
    return issuer.name or issuer.id or (host_of(address) if address.startswith("http") else "?")


def _short(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()

"""What the badge page shows, put together from entry, report and documents.

Everything that the issuer says comes from the report's credential: that is what was verified (security 2.3, signature
wrapping). Markdown goes through the worker; all else is escaped by the templates.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup

from passport.badge.model import AchievementCredential, EndorsementCredential, Evidence
from passport.badge.results import Measured
from passport.errors import WorkerError
from passport.look.stamp import Stamp, svg
from passport.look.words import (
    CHECKS,
    ISSUER_IDENTITY,
    KINDS,
    OUTCOMES,
    SECURING,
    STANDINGS,
    Form,
    Word,
    means,
    word_for,
)
from passport.vault.model import Entry, Event
from passport.vault.verdicts import Judged, verdicts
from passport.verification.documents import RemoteDocument
from passport.verification.report import Check, Outcome, VerificationReport
from passport.web.pages.cards import Card
from passport.web.pages.speech import Speech
from passport.workers import Workers

MAX_TEXTS = 40
"""Markdown texts of one badge; what comes after them is shown as it is written."""
MAX_ITEMS = 100
"""Evidence, results, endorsements of one badge."""


@dataclass(frozen=True, slots=True)
class Answered:
    """One check, in words."""

    name: str
    outcome: str
    outcome_word: str
    explanation: str


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the badge's history."""

    at: str
    text: str


@dataclass(frozen=True, slots=True)
class Found:
    """One line of the history of verdicts."""

    at: str
    until: str
    word: Word | None
    """None: it is about what stood in the way."""
    text: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BadgeView:
    """What `badge.html` needs."""

    card: Card
    entry: Entry
    credential: AchievementCredential | None
    stamp: Markup
    checks: tuple[Answered, ...]
    issuer_known: str
    means: str
    """What the verdict says, in the reader's language."""
    securing: str
    kind: str
    """What kind of achievement it is; empty: it does not say."""
    texts: dict[str, Markup]
    evidence: tuple[Evidence, ...]
    results: tuple[Measured, ...]
    endorsements: tuple[tuple[EndorsementCredential, bool], ...]
    """Each with whether it is of the issuer, and not of this badge."""
    documents: tuple[RemoteDocument, ...]
    found: tuple[Found, ...]
    """What was found out over time, newest first."""
    standing: str
    """What stands in the way of asking the issuer; empty: nothing."""
    history: tuple[Told, ...]
    statement: str
    verified_at: str | None


def stamp_of(entry: Entry, report: VerificationReport | None, say: Speech, uid: str = "stamp") -> Markup:
    """Draw the stamp: the verdict, the date of the check, and what was found."""
    word = word_for(entry.verdict, entry.issuer_identity)
    below = _below(word.form, report.checks if report else (), say)
    drawn = svg(Stamp(form=word.form, word=say(word.word), date=say.day(entry.verified_at), below=below, uid=uid))
    return Markup(drawn)  # noqa: S704 (drawn by ourselves; its texts are escaped there)


def said_of(entry: Entry, report: VerificationReport | None, say: Speech) -> str:
    """Return in a sentence what the verdict says; of one that is *expired*, whether it is over or has not begun."""
    checks = report.checks if report else ()
    word = word_for(entry.verdict, entry.issuer_identity)
    ours, found = means(word, ((check.name, check.outcome.value, check.explanation) for check in checks))
    return say(ours) if ours else say.sentence(found)


def _below(form: Form, checks: Iterable[Check], say: Speech) -> str:
    passed = {check.name for check in checks if check.outcome is Outcome.PASSED}
    if form is Form.PLAIN:
        return say("Intact · name not confirmed")
    if form is not Form.FULL:
        return say("Checked") if form is not Form.OPEN else say("Check again")
    said = [
        say("Signed") if passed & {"signature", "proof"} else say("At the issuer"),
        *([say("In force")] if passed & {"status", "expiry"} else []),
        *([say("Yours")] if "recipient" in passed else []),
    ]
    return " · ".join(said)


def answered(checks: Iterable[Check], say: Speech) -> tuple[Answered, ...]:
    """Put checks into words."""
    return tuple(
        Answered(
            say(CHECKS.get(check.name, check.name)),
            check.outcome.value,
            say(OUTCOMES[check.outcome.value]),
            say.sentence(check.explanation),
        )
        for check in checks
    )


def issuer_known(identity: str | None, say: Speech) -> str:
    """Say how the issuer's name is known."""
    known = ISSUER_IDENTITY.get(identity or "")
    return say(known) if known else say("It is not known who issued it.")


def kind_of(credential: AchievementCredential | None, say: Speech) -> str:
    """Say what kind of achievement it is."""
    written = (credential.subject.achievement.type or "") if credential else ""
    return say(KINDS[written]) if written in KINDS else written


def secured(securing: str, say: Speech) -> str:
    """Say what makes a badge verifiable."""
    known = SECURING.get(securing)
    return say(known) if known else say("signed by the issuer (%(suite)s)", suite=securing)


def endorsements_of(credential: AchievementCredential | None) -> tuple[tuple[EndorsementCredential, bool], ...]:
    """Return what others say of a badge, of what was achieved, and of its issuer (True)."""
    if credential is None:
        return ()
    of_badge = (*credential.endorsements, *credential.subject.achievement.endorsements)
    of_issuer = ((item, True) for item in credential.issuer.endorsements)
    return (*((item, False) for item in of_badge), *of_issuer)[:MAX_ITEMS]


async def cleaned(credential: AchievementCredential | None, workers: Workers) -> dict[str, Markup]:
    """Return the harmless HTML of each Markdown text of a badge, by the text."""
    texts = list(dict.fromkeys(_markdown(credential)))[:MAX_TEXTS] if credential else []
    done = await asyncio.gather(*(clean(text, workers) for text in texts))
    return {text: html for text, html in zip(texts, done, strict=True) if html is not None}


async def clean(text: str, workers: Workers) -> Markup | None:
    """Return the harmless HTML of a Markdown text; None where there is none, or it cannot be made."""
    if not text.strip():
        return None
    try:
        return Markup(await workers.clean_markdown(text))  # noqa: S704 (the worker's nh3 lets harmless tags alone through)
    except WorkerError:
        return None


def _markdown(credential: AchievementCredential) -> Iterable[str]:
    achievement = credential.subject.achievement
    criteria = achievement.criteria.narrative if achievement.criteria else None
    others = [item.narrative for item in credential.evidence[:MAX_ITEMS]]
    comments = [item.comment for item, _ in endorsements_of(credential)]
    return (text for text in (criteria, credential.subject.narrative, *others, *comments) if text)


def found_of(events: Iterable[Event], say: Speech) -> tuple[Found, ...]:
    """Tell what was found out of a badge over time, newest first."""
    return tuple(_found(judged, say) for judged in reversed(verdicts(events)))[:100]


def _found(judged: Judged, say: Speech) -> Found:
    reasons = tuple(say.sentence(reason) for reason in judged.reasons)
    if judged.standing:
        return Found(judged.at, judged.until, None, say(STANDINGS.get(judged.standing, judged.standing)), reasons)
    word = word_for(judged.verdict or "", judged.issuer_identity)
    return Found(judged.at, judged.until, word, say(word.word), reasons)


def history_of(events: Iterable[Event], say: Speech) -> tuple[Told, ...]:
    """Tell what became of a badge, newest first."""
    told = (Told(event.at, _told(event, say)) for event in events)
    return tuple(line for line in reversed(list(told)) if line.text)[:200]


def _told(event: Event, say: Speech) -> str:
    name, _, rest = event.key.partition(":")
    value = event.value
    if name == "report":
        verdict = _verdict(value)
        return say("Checked: %(word)s", word=say(word_for(verdict, "domain").word)) if verdict else ""
    texts = {
        "post": _posted(value, say),
        "file": say("A file came in") if value else "",
        "tag": (say("Tagged %(tag)s", tag=rest) if value else say("Tag %(tag)s taken off", tag=rest)),
        "note": say("Note changed"),
        "evidence": say("Your own evidence changed"),
        "rating": say("Rated %(rating)s of 5", rating=value or 0),
        "visibility": say("Shown on your page") if value == "public" else say("Kept private"),
        "trashed": say("Moved to the trash") if value else say("Taken out of the trash"),
        "state": {
            "accepted": say("Accepted"),
            "declined": say("Declined"),
            "new": say("New in the inbox"),
        }.get(str(value), ""),
    }
    return texts.get(name, "")


def _posted(value: object, say: Speech) -> str:
    handle = value.get("handle") if isinstance(value, dict) else None
    return say("Shared with %(handle)s", handle=handle) if isinstance(handle, str) else ""


def _verdict(value: object) -> str:
    report = value.get("report") if isinstance(value, dict) else None
    return str(report.get("verdict", "")) if isinstance(report, dict) else ""

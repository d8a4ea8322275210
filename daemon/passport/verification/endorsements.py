"""What others say of a badge: endorsements are credentials of their own (OB 3.0, 8.4; OB 2.0, Endorsement).

An endorsement that is unknown, expired or taken back says nothing of the badge. One that is broken was changed within
the badge, and that counts against it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from passport.badge import strict_json
from passport.badge.compact import parse_compact
from passport.badge.detection import credential_of, types_of
from passport.badge.generations.endorsements import may_be_endorsed
from passport.badge.model import Achievement, AchievementCredential, EndorsementCredential, Profile
from passport.badge.statements import Form, form_of
from passport.errors import ParseError
from passport.verification.answers import failed, passed, unknown
from passport.verification.documents import Documents
from passport.verification.graph import Graph, Part, part_of
from passport.verification.hosting import scope_problem
from passport.verification.proofs import check_proofs
from passport.verification.remote import State, read_object
from passport.verification.report import Check, Outcome, Verdict
from passport.verification.status import check_status
from passport.verification.validity import Period, check_period
from passport.verification.vc_jwt import check_jwt
from passport.verification.verdicts import verdict_of

MAX_ENDORSEMENTS = 24
"""Of one badge; each costs a signature."""

_WORDS = {
    Verdict.VERIFIED: "is intact and made by who it names",
    Verdict.UNCONFIRMED: "could not be checked",
    Verdict.EXPIRED: "has expired",
    Verdict.REVOKED: "was taken back",
}


def check_endorsements(
    credential: AchievementCredential, documents: Documents, now: datetime
) -> tuple[AchievementCredential, list[Check]]:
    """Return the credential with the verdict of each endorsement, and a check for each."""
    if not may_be_endorsed(credential.document):
        return credential, []
    subject = credential.subject
    groups = (credential.endorsements, subject.achievement.endorsements, credential.issuer.endorsements)
    if not any(groups):
        return credential, []
    about = frozenset(filter(None, (credential.id, subject.achievement.id, credential.issuer.id)))
    checks: list[Check] = []
    own, achievement, issuer = (_judged(group, about, documents, now, checks) for group in groups)
    endorsed: Achievement = replace(subject.achievement, endorsements=achievement)
    profile: Profile = replace(credential.issuer, endorsements=issuer)
    subject = replace(subject, achievement=endorsed)
    return replace(credential, endorsements=own, subject=subject, issuer=profile), checks


def _judged(
    endorsements: tuple[EndorsementCredential, ...],
    about: frozenset[str],
    documents: Documents,
    now: datetime,
    checks: list[Check],
) -> tuple[EndorsementCredential, ...]:
    judged = []
    for endorsement in endorsements:
        if len(checks) >= MAX_ENDORSEMENTS:
            judged.append(replace(endorsement, verdict=Verdict.UNCONFIRMED.value))
            continue
        found = _answers(endorsement, about, documents, now)
        verdict = verdict_of(found)
        checks.append(_summary(endorsement, verdict, found))
        judged.append(replace(endorsement, verdict=verdict.value))
    return tuple(judged)


def _summary(endorsement: EndorsementCredential, verdict: Verdict, found: list[Check]) -> Check:
    who = endorsement.issuer.name or endorsement.issuer.id or "somebody"
    needs = tuple(url for check in found for url in check.needs)
    telling = next((check for check in found if check.outcome is not Outcome.PASSED), None)
    why = f" {telling.explanation}" if telling else ""
    if verdict is Verdict.INVALID:
        return failed("endorsement", f"The endorsement by {who[:80]} was changed or is not theirs.{why}")
    text = f"The endorsement by {who[:80]} {_WORDS[verdict]}.{why}"
    if verdict is Verdict.VERIFIED:
        return passed("endorsement", text, matters=False)
    return unknown("endorsement", text, needs=needs, matters=False)


def _answers(
    endorsement: EndorsementCredential, about: frozenset[str], documents: Documents, now: datetime
) -> list[Check]:
    form = form_of(endorsement.source)
    if form is Form.URL:
        return _hosted(endorsement.source.strip(), about, documents)
    try:
        compact = form is Form.COMPACT
        claims = parse_compact(endorsement.source).payload if compact else strict_json.loads(endorsement.source)
    except ParseError as error:
        return [failed("endorsement", f"It cannot be read: {error}.")]
    if not isinstance(claims, dict):
        return [failed("endorsement", "It is no object.")]
    document = credential_of(claims)
    if "EndorsementCredential" not in types_of(document) and not compact and not document.get("proof"):
        return _hosted(str(document.get("id")), about, documents)
    return _signed(endorsement, document, about, documents, now)


def _signed(
    endorsement: EndorsementCredential,
    document: Mapping[str, object],
    about: frozenset[str],
    documents: Documents,
    now: datetime,
) -> list[Check]:
    issuer = endorsement.issuer.id or ""
    if form_of(endorsement.source) is Form.COMPACT:
        checks = list(check_jwt(endorsement.source, issuer, documents, now).checks)
    elif document.get("proof"):
        checks = list(check_proofs(document, issuer, documents, now).checks)
    else:
        return [unknown("proof", "It carries no signature of its own.")]
    start, end = (
        _first(document, names) for names in (("validFrom", "issuanceDate"), ("validUntil", "expirationDate"))
    )
    checks.append(check_period(Period(start, end), now, loose=False))
    status = check_status(document, endorsement.id, issuer, documents, now)
    return [*checks, *([status] if status else []), *_on_topic(endorsement.about, about)]


def _hosted(url: str, about: frozenset[str], documents: Documents) -> list[Check]:
    """OB 2.0: an endorsement is hosted like a badge, and its issuer vouches for its address."""
    reading = read_object(documents, url)
    if reading.state is State.GONE:
        return [failed("status", "Its site says that it is gone (410).", verdict=Verdict.REVOKED)]
    if reading.value is None:
        return [unknown("hosting", f"It could not be read: {reading.why}.", needs=reading.needs)]
    graph = Graph(reading.value, Part(), part_of(reading.value.get("issuer"), documents))
    if graph.issuer.value is None:
        unread = graph.issuer.unread
        why = unread.why if unread else "it names none"
        return [unknown("hosting", f"Its issuer could not be read: {why}.", needs=unread.needs if unread else ())]
    problem = scope_problem(url, graph)
    if problem:
        return [failed("hosting", f"It is not its issuer who vouches for it: {problem}.")]
    claim = reading.value.get("claim")
    name = claim.get("id") if isinstance(claim, dict) else None
    return [
        passed("hosting", "Its own site vouches for it."),
        *_on_topic(name if isinstance(name, str) else None, about),
    ]


def _on_topic(subject: str | None, about: frozenset[str]) -> list[Check]:
    if subject is not None and subject in about:
        return []
    return [unknown("endorsement", "It speaks of something else than this badge, its achievement or its issuer.")]


def _first(document: Mapping[str, object], names: tuple[str, ...]) -> str | None:
    return next((value for name in names if isinstance(value := document.get(name), str)), None)

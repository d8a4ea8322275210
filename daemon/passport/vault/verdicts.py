"""What was found out of a badge over time: each verdict with its day and its reasons, from the badge's events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from passport.vault.model import Event
from passport.vault.rows import CHECKED, REPORT, STANDING, checked_at, standing_of

MAX_REASONS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One verdict, or (`standing`) what stood in the way of a new one."""

    at: str
    """When it was found: RFC 3339, UTC."""
    until: str
    """When it was last found to be so."""
    verdict: str | None = None
    issuer_identity: str | None = None
    reasons: tuple[str, ...] = ()
    """Sentences: what failed or could not be checked; of a good verdict nothing needs saying."""
    file: str = ""
    """SHA-256 of the file."""
    documents: str | None = None
    """SHA-256 of the documents it rests on (`Reader.archive`)."""
    standing: str | None = None
    """`unreachable`, `moved`, `gone`, or `answers` when the issuer answers again."""

    def to_json(self) -> dict[str, object]:
        """Return it as JSON values."""
        return {
            "at": self.at,
            "until": self.until,
            "verdict": self.verdict,
            "issuerIdentity": self.issuer_identity,
            "standing": self.standing,
            "reasons": list(self.reasons),
            "file": self.file or None,
            "documents": self.documents,
        }


def verdicts(events: Iterable[Event]) -> tuple[Judged, ...]:
    """Return the history of verdicts, oldest first; checks that found the same are drawn together."""
    found: list[Judged] = []
    for event in events:
        name, _, rest = event.key.partition(":")
        if f"{name}:" == REPORT:
            _add(found, _judged(event, rest))
        elif f"{name}:" == CHECKED:
            _confirm(found, rest, event.value)
        elif event.key == STANDING:
            _stand(found, event)
    return tuple(found)


def _add(found: list[Judged], judged: Judged | None) -> None:
    if judged is None:
        return
    for place, before in enumerate(reversed(found)):
        if before.file == judged.file and before.verdict:
            if (before.verdict, before.issuer_identity, before.reasons) == (
                judged.verdict,
                judged.issuer_identity,
                judged.reasons,
            ):
                found[-1 - place] = replace(before, until=judged.until, documents=judged.documents)
                return
            break
    found.append(judged)


def _confirm(found: list[Judged], file: str, value: object) -> None:
    at = checked_at(value)
    for place, before in enumerate(reversed(found)):
        if before.file == file and before.verdict and at:
            documents = value.get("documents") if isinstance(value, dict) else before.documents
            found[-1 - place] = replace(before, until=max(at, before.until), documents=documents)
            return


def _stand(found: list[Judged], event: Event) -> None:
    standing = standing_of(event.value)
    if standing:
        found.append(Judged(at=event.at, until=event.at, standing=standing.state, reasons=(standing.why,)))
    elif any(before.standing for before in found):
        found.append(Judged(at=event.at, until=event.at, standing="answers"))


def _judged(event: Event, file: str) -> Judged | None:
    value = event.value if isinstance(event.value, dict) else {}
    report = value.get("report")
    if not isinstance(report, dict) or not isinstance(report.get("verdict"), str):
        return None
    at = report.get("verified_at")
    documents, identity = value.get("documents"), report.get("issuer_identity")
    when = at if isinstance(at, str) and at else event.at
    return Judged(
        at=when,
        until=when,
        verdict=report["verdict"],
        issuer_identity=identity if isinstance(identity, str) else None,
        reasons=tuple(_reasons(report.get("checks")))[:MAX_REASONS],
        file=file,
        documents=documents if isinstance(documents, str) else None,
    )


def _reasons(checks: object) -> Iterable[str]:
    for check in checks if isinstance(checks, list) else ():
        if isinstance(check, Mapping) and check.get("outcome") != "passed" and check.get("matters", True):
            yield str(check.get("explanation", ""))

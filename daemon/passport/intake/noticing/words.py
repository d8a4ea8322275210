"""Notices in words: texts with places, for the catalogue, and what goes into them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from passport.intake.noticing.model import Kind, Notice
from passport.look.words import noted, word_for
from passport.vault.model import Entry

TITLES: Mapping[Kind, str] = {
    Kind.EXPIRING: noted("%(name)s expires soon"),
    Kind.EXPIRED: noted("%(name)s has expired"),
    Kind.REVOKED: noted("%(name)s was withdrawn"),
    Kind.GONE: noted("%(issuer)s is not there any more"),
    Kind.CHANGED: noted("%(name)s is now: %(word)s"),
    Kind.ENDORSED: noted("%(name)s was endorsed"),
}
TEXTS: Mapping[Kind, str] = {
    Kind.EXPIRING: noted("It is valid until %(day)s. Ask %(issuer)s whether it can be renewed."),
    Kind.EXPIRED: noted("It was valid until %(day)s. It stays in your passport; perhaps %(issuer)s renews it."),
    Kind.REVOKED: noted("%(issuer)s took it back. Ask why, and whether a new one was issued."),
    Kind.GONE: noted("Nothing of its badges has answered since %(day)s. What was said before is kept and counts."),
    Kind.CHANGED: noted("Before it was: %(before)s."),
    Kind.ENDORSED: noted("%(who)s vouches for it."),
}
UNSURE_TEXT = noted("It names %(who)s as who vouches for it, which could not be confirmed.")
ON_PAGE_TEXT = noted("The badge is public, so your page tells it too; on the badge's own page you can leave it off.")
MOVED_TITLE = noted("%(issuer)s has moved to another site")
MOVED_TEXT = noted("Whether that site is the same issuer's nobody can tell. What was said before is kept and counts.")


@dataclass(frozen=True, slots=True)
class Told:
    """One notice in words."""

    title: str
    text: str
    reason: str
    """A sentence of the report; empty: there is none."""


def told(
    notice: Notice,
    entry: Entry,
    translate: Callable[[str], str] = str,
    day: Callable[[str], str] = lambda text: text[:10],
    *,
    on_page: bool = True,
) -> Told:
    """Put a notice into words; `entry` is one of its badges, `on_page` says whether a page tells who endorsed it."""
    detail = notice.detail
    values = {
        "name": entry.name[:200],
        "issuer": entry.issuer[:200] or "?",
        "day": day(detail.get("until") or detail.get("since") or notice.at),
        "word": translate(word_for(detail.get("verdict", ""), entry.issuer_identity).word),
        "before": translate(word_for(detail.get("before", ""), entry.issuer_identity).word),
        "who": detail.get("who", "?"),
    }
    title, text = TITLES[notice.kind], TEXTS[notice.kind]
    if notice.kind is Kind.GONE and detail.get("state") == "moved":
        title, text = MOVED_TITLE, MOVED_TEXT
    if notice.kind is Kind.ENDORSED and not detail.get("sure"):
        text = UNSURE_TEXT
    said = translate(text) % values
    if on_page and detail.get("backing") and entry.visibility == "public":
        said = f"{said} {translate(ON_PAGE_TEXT)}"
    reason = detail.get("reason") or detail.get("why") or ""
    return Told(translate(title) % values, said, reason)

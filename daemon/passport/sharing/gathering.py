"""From the vault to what is shared: awards for posts, CVs, the published site. Only here is decided what goes out."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol
from urllib.parse import unquote_to_bytes

from passport.errors import VaultError, WorkerError
from passport.sharing.cv.model import Cv, CvBadge, Position, Section, Theme
from passport.sharing.posts import SHAREABLE, Award, instant
from passport.sharing.privacy import Exposure, exposure
from passport.sharing.site.model import Site, SiteBadge, SiteCheck, SiteCollection, base_address
from passport.vault.model import Entry, Page
from passport.verification.documents import Documents
from passport.verification.report import VerificationReport

MOST = 100_000
CV_PICTURE, SITE_PICTURE = 256, 512
"""Pixels."""
WITHHELD = "the badge at its issuer's address shows your address in plain: agree to that, or publish your page."
"""Why the issuer's address of a badge is not put into posts."""


class Kept(Protocol):
    """What is asked of the vault."""

    def search(self, query: str = "", *, sort: str = ..., offset: int = 0, limit: int = ...) -> Page:
        """Find entries."""

    def report(self, entry_id: str) -> VerificationReport:
        """Return the last report of an entry."""

    def documents(self, entry_id: str) -> Documents:
        """Return what proved it."""

    def original(self, sha256: str) -> bytes:
        """Return a file as it came."""

    def state(self, subject: str) -> Mapping[str, object]:
        """Return what counts of a subject."""

    def subjects(self, prefix: str) -> Sequence[str]:
        """Return all subjects of a kind."""


class Work(Protocol):
    """What is asked of the worker: nothing of an issuer is decoded here."""

    async def thumbnail(self, file: bytes, size: int) -> bytes | None:
        """Return a PNG; None where the picture cannot be drawn."""

    async def clean_markdown(self, text: str) -> str:
        """Return safe HTML."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gatherer:
    """Collects what goes out. `identities` are the owner's addresses: they must not stand in what strangers get."""

    vault: Kept
    work: Work
    clock: Callable[[], datetime]
    identities: tuple[str, ...] = ()
    base_url: str = ""
    """Of the published passport; empty where there is none."""
    pictures: dict[tuple[str, int], bytes | None] = field(default_factory=dict)
    """Drawn before, by SHA-256 and size."""

    def public(self, query: str = "") -> list[Entry]:
        """Return the entries that the owner made public and that may be shown as achievements."""
        found = self.vault.search(query, sort="date", limit=MOST).entries
        return [
            entry
            for entry in found
            if entry.visibility == "public" and not entry.trashed and entry.verdict in SHAREABLE
        ]

    def award(self, entry: Entry) -> Award:
        """Return what a post says of a badge."""
        report = self.vault.report(entry.id)
        held = self.held_back(entry, report)
        hidden = bool(held and held.kind == "plain" and hosted(report))
        page, issuers = self.page(entry), None if hidden else hosted(report)
        return Award(
            name=entry.name,
            issuer=entry.issuer,
            issued=instant(entry.valid_from),
            expires=instant(entry.valid_until),
            link=page or issuers,
            page=page,
            hosted=issuers,
            withheld=WITHHELD if hidden else "",
            credential_id=entry.credential_id,
            organization_id=linkedin_number(report),
            tags=entry.tags or entry.skills[:3],
            verdict=entry.verdict,
        )

    def page(self, entry: Entry) -> str | None:
        """Return where the owner's own page shows a badge; None: it is not public, or there is no page."""
        if self.base_url and entry.visibility == "public":
            return f"{self.base_url}badges/{SiteBadge(id=entry.id, name=entry.name, issuer='').slug}/"
        return None

    def link(self, entry: Entry, report: VerificationReport) -> str | None:
        """Return where anyone can see the badge: the owner's page if it is public, else the issuer's."""
        return self.page(entry) or hosted(report)

    async def cv(self, name: str | None = None, *, query: str = "", theme: Theme | None = None) -> Cv:
        """Return a CV: the owner's of this name, or without a name one of all public badges."""
        profile = self.vault.state("profile")
        kept = self.vault.state(f"cv:{name}") if name else {}
        sections = [*written_sections(kept), await self._badge_section(text(kept, "query") or query)]
        return Cv(
            name=text(profile, "name") or "Anonymous",
            made_on=self.clock().date(),
            headline=text(kept, "headline") or text(profile, "headline"),
            email=text(profile, "email"),
            url=text(profile, "url") or self.base_url,
            location=text(profile, "location"),
            about=text(kept, "about") or text(profile, "about"),
            links=links(profile),
            sections=tuple(section for section in sections if has_content(section)),
            theme=theme or theme_of(text(kept, "theme")),
        )

    async def _badge_section(self, query: str) -> Section:
        badges = [await self.cv_badge(entry) for entry in self.public(query)]
        return Section(title="Badges", kind="badges", badges=tuple(badges))

    async def cv_badge(self, entry: Entry) -> CvBadge:
        """Return a badge for a CV, its original held back where the owner has not agreed to show it."""
        report = self.vault.report(entry.id)
        held = self.held_back(entry, report)
        return CvBadge(
            id=entry.id,
            name=entry.name,
            issuer=entry.issuer,
            issuer_id=entry.issuer_id,
            issuer_identity=entry.issuer_identity,
            issued=day_of(entry.valid_from),
            expires=day_of(entry.valid_until),
            verdict=entry.verdict,
            description=entry.description,
            link=self.link(entry, report),
            picture=await self.picture(entry, report, CV_PICTURE),
            original=None if held else self._original(entry),
            file_name=entry.file_name,
            media_type=entry.media_type,
            withheld=held,
            tags=entry.tags,
        )

    def held_back(self, entry: Entry, report: VerificationReport) -> Exposure | None:
        """Return why the signed bytes must not be shown; None: they may, or the owner agreed for this badge."""
        if report.credential is None or self.vault.state(entry.subject).get("show-original") is True:
            return None
        return exposure(report.credential, self.identities)

    def _original(self, entry: Entry) -> bytes | None:
        try:
            return self.vault.original(entry.sha256)
        except VaultError:
            return None

    async def picture(self, entry: Entry, report: VerificationReport, size: int) -> bytes | None:
        """Return the badge's picture as a PNG of our own; None where there is none that can be drawn."""
        key = (entry.sha256, size)
        if key not in self.pictures:
            found = self._picture_file(entry, report)
            try:
                self.pictures[key] = await self.work.thumbnail(found, size) if found else None
            except WorkerError:
                self.pictures[key] = None
        return self.pictures[key]

    def _picture_file(self, entry: Entry, report: VerificationReport) -> bytes | None:
        if entry.media_type.startswith("image/"):
            return self._original(entry)
        image = report.credential.subject.achievement.image if report.credential else None
        if image is None:
            return None
        if image.id.startswith("data:"):
            return data_bytes(image.id)
        document = self.vault.documents(entry.id).get(image.id)
        return document.body if document is not None and document.ok else None

    async def site(self) -> Site:
        """Return everything that is public, ready to be built."""
        profile = self.vault.state("profile")
        badges = [await self.site_badge(entry, text(profile, "name")) for entry in self.public()]
        return Site(
            owner=text(profile, "name") or "My badges",
            base_url=base_address(self.base_url) if self.base_url else "",
            headline=text(profile, "headline"),
            about=text(profile, "about"),
            links=links(profile),
            badges=tuple(badges),
            collections=tuple(self._collections({badge.id for badge in badges})),
        )

    def _collections(self, public: set[str]) -> list[SiteCollection]:
        found = []
        for subject in self.vault.subjects("collection:"):
            state = self.vault.state(subject)
            if state.get("visibility") != "public" or state.get("trashed") is True:
                continue
            members = [(str(value), key.partition(":")[2]) for key, value in state.items() if key.startswith("member:")]
            badges = tuple(member for _, member in sorted(members) if member in public)
            name = text(state, "name") or "Collection"
            found.append(SiteCollection(id=subject, name=name, text=text(state, "text"), badges=badges))
        return found

    async def site_badge(self, entry: Entry, owner: str) -> SiteBadge:
        """Return the public face of a badge."""
        report = self.vault.report(entry.id)
        held = self.held_back(entry, report)
        credential = report.credential
        achievement = credential.subject.achievement if credential else None
        criteria = achievement.criteria if achievement else None
        alignments = achievement.alignments if achievement else ()
        said = self.vault.state(entry.subject)
        cleaned = await self._cleaned(criteria.narrative) if criteria and criteria.narrative else ""
        checks = [SiteCheck(name=c.name, outcome=c.outcome.value, explanation=c.explanation) for c in report.checks]
        return SiteBadge(
            id=entry.id,
            name=entry.name,
            issuer=entry.issuer,
            issuer_id=entry.issuer_id,
            issuer_identity=entry.issuer_identity,
            description=entry.description,
            criteria_html=cleaned,
            criteria_url=criteria.id if criteria else None,
            evidence=tuple((e.name or e.id or "", e.id) for e in (credential.evidence if credential else ()) if e.id),
            skills=tuple((a.target_name or a.target_url or "", a.target_url) for a in alignments),
            tags=entry.tags,
            issued=day_of(entry.valid_from),
            expires=day_of(entry.valid_until),
            verdict=entry.verdict,
            verified_at=instant(entry.verified_at),
            checks=tuple(check for check in checks if check.name != "recipient"),
            hosted_url=None if held and held.kind == "plain" else hosted(report),
            rests_on_documents=bool(self.vault.documents(entry.id)),
            picture=await self.picture(entry, report, SITE_PICTURE),
            original=None if held else self._original(entry),
            media_type=entry.media_type,
            credential=None if held else statement(report),
            withheld=held,
            recipient=owner if owner and said.get("show-name") is not False else None,
            name_on_card=bool(owner) and said.get("show-name:card") is not False,
        )

    async def _cleaned(self, markdown: str) -> str:
        try:
            return await self.work.clean_markdown(markdown)
        except WorkerError:
            return ""


def hosted(report: VerificationReport) -> str | None:
    """Return where the issuer keeps the badge, if it is on the web."""
    credential = report.credential
    address = (credential.hosted_url or credential.id or "") if credential else ""
    return address if address.startswith(("https://", "http://")) else None


def statement(report: VerificationReport) -> str | None:
    """Return the statement as it was taken out; None for one that is only an address."""
    source = report.credential.source if report.credential else ""
    return None if not source or source.startswith(("https://", "http://")) else source


def linkedin_number(report: VerificationReport) -> str | None:
    """Return the number of the issuer's page on LinkedIn, where the badge carries it (ext:LinkedIn:organizationId)."""
    others = report.credential.issuer.other_identifiers if report.credential else ()
    return next((value for kind, value in others if "linkedin" in kind.lower() and value.isdigit()), None)


def day_of(written: str | None) -> date | None:
    """Return the day of a date of a credential."""
    found = instant(written)
    return found.date() if found else None


def data_bytes(address: str) -> bytes | None:
    """Return what a data: URI holds (RFC 2397)."""
    head, _, body = address.partition(",")
    try:
        return base64.b64decode(body, validate=False) if head.endswith(";base64") else unquote_to_bytes(body)
    except (binascii.Error, ValueError):
        return None


def text(state: Mapping[str, object], key: str) -> str:
    """Return a text of a subject; empty when it is something else."""
    value = state.get(key)
    return value if isinstance(value, str) else ""


def links(profile: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    """Return the profile's links."""
    value = profile.get("links")
    items = value if isinstance(value, list) else []
    pairs = [(text(item, "label"), text(item, "url")) for item in items if isinstance(item, dict)]
    return tuple((label, address) for label, address in pairs if address.startswith(("https://", "http://")))


def theme_of(name: str) -> Theme:
    """Return the theme of a name; the passport's own where there is none."""
    return Theme(name) if name in set(Theme) else Theme.PASSPORT


def has_content(section: Section) -> bool:
    """Whether there is anything to show."""
    return bool(section.badges or section.positions or section.languages or section.text)


def written_sections(kept: Mapping[str, object]) -> list[Section]:
    """Return the sections that the owner wrote, in order."""
    value = kept.get("sections")
    return [written(item) for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def written(item: Mapping[str, object]) -> Section:
    """Return one written section."""
    positions = item.get("positions")
    languages = item.get("languages")
    return Section(
        title=text(item, "title"),
        kind=text(item, "kind") or "text",
        text=text(item, "text"),
        positions=tuple(position(p) for p in positions if isinstance(p, dict)) if isinstance(positions, list) else (),
        languages=tuple((text(x, "name"), text(x, "fluency")) for x in languages if isinstance(x, dict))
        if isinstance(languages, list)
        else (),
    )


def position(item: Mapping[str, object]) -> Position:
    """Return one job or course."""
    highlights = item.get("highlights")
    return Position(
        title=text(item, "title"),
        organisation=text(item, "organisation"),
        start=text(item, "start"),
        end=text(item, "end"),
        summary=text(item, "summary"),
        highlights=tuple(h for h in highlights if isinstance(h, str)) if isinstance(highlights, list) else (),
        link=text(item, "link") or None,
    )

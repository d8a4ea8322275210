"""From the vault to what is shared: awards for posts, CVs, the published site. Only here is decided what goes out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

from passport.badge.data_uris import data_of, is_data_uri
from passport.errors import VaultError, WorkerError
from passport.look.words import noted
from passport.sharing.keeping import keep, read_kept
from passport.sharing.posts import SHAREABLE, Award, instant
from passport.sharing.privacy import Exposure, exposure
from passport.sharing.site.model import SiteCard
from passport.vault.model import Entry, Page
from passport.vault.skills import SkillNames
from passport.verification.documents import Documents
from passport.verification.report import VerificationReport

MOST = 100_000
CV_PICTURE, SITE_PICTURE = 256, 512
"""Pixels."""
MOST_PORTRAIT = 2 << 20
"""Characters of the `data:` URI in the profile: what another computer of the owner's wrote is not believed at once."""
SHOW_ENDORSEMENTS = "show-endorsements"
"""Key that says whether a badge's page tells who endorsed it. None: yes."""
PNG = b"\x89PNG\r\n\x1a\n"
WITHHELD: Mapping[str, str] = MappingProxyType(
    {
        "plain": noted(
            "The badge at its issuer's address shows your address in plain: agree to that, or publish your page."
        ),
        "guessable": noted(
            "The badge at its issuer's address holds a hash of your address, which can be guessed: "
            "agree to that, or publish your page."
        ),
    }
)
"""Why the issuer's address of a badge is not put into posts, by the kind of exposure."""


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

    def skill_names(self) -> SkillNames:
        """Return which names of skills mean the same."""


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
    language: str = "en"
    """Of the published passport, and of CVs that have none of their own: a tag (BCP 47)."""
    drawn: Path | None = None
    """A folder of small pictures that were drawn before; may be emptied at any time."""

    def public(self, query: str = "", sort: str = "date") -> list[Entry]:
        """Return the entries that the owner made public and that may be shown as achievements."""
        found = self.vault.search(query, sort=sort, limit=MOST).entries
        return [
            entry
            for entry in found
            if entry.visibility == "public" and not entry.trashed and entry.verdict in SHAREABLE
        ]

    def collected(self, key: str) -> list[Entry]:
        """Return the public badges of a collection, by hand and by its rule, in the owner's order."""
        return self.public(f'collection:"{key}"', sort=f"collection:{key}")

    def award(self, entry: Entry) -> Award:
        """Return what a post says of a badge."""
        report, _, held = self.read(entry)
        page, address = self.page(entry), hosted(report)
        issuers = None if held else address
        return Award(
            name=entry.name,
            issuer=entry.issuer,
            issued=instant(entry.valid_from),
            expires=instant(entry.valid_until),
            link=page or issuers,
            page=page,
            hosted=issuers,
            withheld=WITHHELD[held.kind] if held and address else "",
            credential_id=entry.credential_id,
            organization_id=linkedin_number(report),
            tags=entry.skills[:3],  # the issuer's; the own tags are the owner's alone
            verdict=entry.verdict,
            issuer_identity=entry.issuer_identity,
        )

    def page(self, entry: Entry) -> str | None:
        """Return where the owner's own page shows a badge; None: it is not public, or there is no page."""
        if self.base_url and entry.visibility == "public":
            return f"{self.base_url}badges/{SiteCard(id=entry.id, name=entry.name, issuer='').slug}/"
        return None

    def name_on_card(self, entry: Entry) -> str:
        """Return the owner's name where it may stand on the picture for sharing; else nothing."""
        shown = self.vault.state(entry.subject).get("show-name:card") is not False
        return text(self.vault.state("profile"), "name") if shown else ""

    def read(self, entry: Entry) -> tuple[VerificationReport, bytes | None, Exposure | None]:
        """Return the report of a badge, its file, and why that must not be shown. Raise VaultError.

        It may where it gives nothing away, or the owner agreed for this badge. Call it in a thread: it takes time.
        """
        report, original = self.vault.report(entry.id), self.original(entry)
        agreed = self.vault.state(entry.subject).get("show-original") is True
        return report, original, None if agreed else self._exposed(report, original)

    def exposed(self, entry: Entry) -> Exposure | None:
        """Return what the signed bytes give away, whatever the owner agreed to; None: nothing that is known."""
        return self._exposed(self.vault.report(entry.id), self.original(entry))

    def _exposed(self, report: VerificationReport, original: bytes | None) -> Exposure | None:
        return exposure(report.credential, self.identities, original or b"") if report.credential else None

    def original(self, entry: Entry) -> bytes | None:
        """Return the file as it came; None where it cannot be read."""
        try:
            return self.vault.original(entry.sha256)
        except VaultError:
            return None

    async def picture(
        self, entry: Entry, report: VerificationReport, size: int, original: bytes | None = None
    ) -> bytes | None:
        """Return the badge's picture as a PNG of our own; None where there is none that can be drawn.

        `original` is its file, where that is at hand.
        """
        kept = self.kept_picture(entry, size)
        drawn, found = await asyncio.to_thread(self._to_draw, entry, report, kept, original)
        if drawn is None:
            drawn = await self._thumbnail(found, size) if found else None
            if drawn and kept:
                await asyncio.to_thread(keep, kept, drawn)
        return drawn

    def _to_draw(
        self, entry: Entry, report: VerificationReport, kept: Path | None, original: bytes | None
    ) -> tuple[bytes | None, bytes | None]:
        """Return the picture that was drawn before, or else the file to draw it from."""
        drawn = read_kept(kept) if kept else None
        return drawn, None if drawn else self._picture_file(entry, report, original)

    async def _thumbnail(self, picture: bytes, size: int) -> bytes | None:
        """Draw; once more where the worker failed, which may have been of other work's making."""
        for _ in range(2):
            with suppress(WorkerError):
                return await self.work.thumbnail(picture, size)
        return None

    def kept_picture(self, entry: Entry, size: int) -> Path | None:
        """Where the gallery, too, keeps a picture of this size."""
        of = "" if entry.media_type.startswith("image/") else f"-{entry.id}"
        return self.drawn / entry.sha256[:2] / f"{entry.sha256}{of}-{size}.png" if self.drawn else None

    def _picture_file(self, entry: Entry, report: VerificationReport, original: bytes | None) -> bytes | None:
        if entry.media_type.startswith("image/"):
            return original or self.original(entry)
        image = report.credential.subject.achievement.image if report.credential else None
        if image is None:
            return None
        if is_data_uri(image.id):
            return data_of(image.id)
        document = self.vault.documents(entry.id).get(image.id)
        return document.body if document is not None and document.ok else None


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


def text(state: Mapping[str, object], key: str) -> str:
    """Return a text of a subject; empty when it is something else."""
    value = state.get(key)
    return value if isinstance(value, str) else ""


def links(profile: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    """Return the profile's links, as pairs of name and address."""
    value = profile.get("links")
    items = value if isinstance(value, list) else []
    pairs = [(text(item, "name"), text(item, "url")) for item in items if isinstance(item, dict)]
    return tuple((name, address) for name, address in pairs if address.startswith(("https://", "http://")))


def portrait(profile: Mapping[str, object]) -> bytes | None:
    """Return the profile's picture; None: there is none, or none that we made."""
    uri = text(profile, "picture")
    found = data_of(uri) if len(uri) <= MOST_PORTRAIT else None
    return found if found and found.startswith(PNG) else None

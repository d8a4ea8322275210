"""What a published passport is made of. Only what is public gets in here; the builder cannot reach anything else."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date, datetime

from passport.errors import SharingError
from passport.look.rosette import Rosette
from passport.sharing.privacy import Exposure
from passport.sharing.site.addresses import parts_of
from passport.sharing.site.checking import Copy
from passport.sharing.site.telling import Told
from passport.speech import Speech
from passport.vault.skills import Named


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteCheck:
    """One answer of the report, as visitors read it."""

    name: str
    outcome: str
    explanation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteCard:
    """A public badge as lists show it. Texts are the issuer's own, hostile until escaped."""

    id: str
    name: str
    issuer: str
    issuer_id: str | None = None
    issuer_identity: str | None = None
    description: str = ""
    issued: date | None = None
    verdict: str = "verified"
    face: str | None = None
    """The picture's file in the badge's folder; None: it has none that can be shown."""
    aligned: tuple[str, ...] = ()
    """Skills that an alignment names."""
    tagged: tuple[str, ...] = ()
    """Words of the issuer's tags."""
    named: tuple[Named, ...] = ()
    """The entries of frameworks that it names."""

    @property
    def slug(self) -> str:
        """Its folder: readable, and another's only where a name and 30 bits of the id are the same."""
        return f"{slug(self.name) or 'badge'}-{self.id[:6]}"

    @property
    def rosette(self) -> Rosette:
        """The issuer's rosette."""
        return Rosette.of(self.issuer_id or self.issuer)

    @property
    def initial(self) -> str:
        """What stands in the seal of a badge without a picture."""
        return next((sign for sign in self.name.upper() if sign.isalnum()), "·")


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteBadge(SiteCard):
    """A public badge with everything that its page shows; `*_html` was cleaned in the worker."""

    criteria_html: str = ""
    criteria_url: str | None = None
    told: Told = field(default_factory=Told)
    skills: tuple[tuple[str, str | None], ...] = ()
    """Pairs of name and web address."""
    expires: date | None = None
    verified_at: datetime | None = None
    checks: tuple[SiteCheck, ...] = ()
    hosted_url: str | None = None
    """Where the issuer keeps it; for checking it elsewhere."""
    rests_on_documents: bool = False
    """Whether the verdict rests on documents that the owner keeps."""
    picture: bytes | None = None
    """PNG of 512 pixels, made by us."""
    original: bytes | None = None
    """The file as it came; None where it is withheld."""
    media_type: str = ""
    credential: str | None = None
    """The statement as it was taken out; None where it is withheld."""
    copies: tuple[Copy, ...] = ()
    """The issuer's documents that hold the keys, for the check in the visitor's browser."""
    checkable: bool = False
    """Whether it is signed, so that a browser can check it."""
    withheld: Exposure | None = None
    recipient: str | None = None
    """The owner's name, where it may be shown."""
    name_on_card: bool = False
    """Whether it may stand on the picture for sharing too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteCollection:
    """A public collection."""

    id: str
    name: str
    text_html: str = ""
    """What it is about; cleaned in the worker."""
    badges: tuple[str, ...] = ()
    """Ids, in order."""
    cover: str = ""
    """Id of the badge that stands for it; empty: the first."""

    @property
    def slug(self) -> str:
        """Its folder."""
        return f"{slug(self.name) or 'collection'}-{hashlib.sha256(self.id.encode()).hexdigest()[:6]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteCv:
    """A public CV."""

    title: str
    path: str
    """Its folder, with a slash at its end."""
    html: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Everything that is published."""

    owner: str
    base_url: str = ""
    """With a slash at its end; empty: addresses are relative, and what needs whole ones is left out."""
    headline: str = ""
    about: str = ""
    languages: str = ""
    """That the owner speaks, as the owner wrote it."""
    portrait: bytes | None = None
    """The owner's picture: a PNG, made by us."""
    links: tuple[tuple[str, str], ...] = ()
    badges: tuple[SiteCard, ...] = ()
    collections: tuple[SiteCollection, ...] = ()
    language: str = "en"
    cvs: tuple[SiteCv, ...] = ()

    def collected(self, collection: SiteCollection) -> tuple[SiteCard, ...]:
        """Return the public badges of a collection."""
        known = {badge.id: badge for badge in self.badges}
        return tuple(known[badge] for badge in collection.badges if badge in known)

    def cover(self, collection: SiteCollection) -> SiteCard | None:
        """Return the badge that stands for a collection."""
        badges = self.collected(collection)
        return next((badge for badge in badges if badge.id == collection.cover), badges[0] if badges else None)


def speech_of(site: Site) -> Speech:
    """Return the language of a site."""
    return Speech.asked(site.language, "")


def base_address(text: str) -> str:
    """Return the address of the site with a slash at its end. Raise SharingError when it is none."""
    parts = parts_of(text)
    if parts.scheme not in {"https", "http"} or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise SharingError(
            f"{text!r} is not the address of a site.", remedy="Give it as https://example.org/passport/."
        )
    return text if text.endswith("/") else text + "/"


def slug(text: str) -> str:
    """Return text as part of an address: lower-case ASCII, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-")

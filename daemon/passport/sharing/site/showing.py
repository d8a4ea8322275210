"""From the vault to the published passport: what is public, cheaply for lists, wholly for the page of one badge."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType

from passport.badge.model import Achievement, AchievementCredential
from passport.errors import VaultError, WorkerError
from passport.sharing.gathering import (
    SHOW_ENDORSEMENTS,
    SITE_PICTURE,
    Gatherer,
    day_of,
    hosted,
    links,
    portrait,
    statement,
    text,
)
from passport.sharing.posts import instant
from passport.sharing.privacy import Exposure, Private
from passport.sharing.site.checking import CHECKABLE, Copy, key_copies
from passport.sharing.site.model import Site, SiteBadge, SiteCard, SiteCheck, SiteCollection, SiteCv, base_address
from passport.sharing.site.telling import told_of
from passport.speech import Speech
from passport.vault.model import Entry
from passport.verification.documents import Documents
from passport.verification.report import VerificationReport

NO_TEXTS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, kw_only=True)
class Shower:
    """Collects what the published passport shows."""

    gatherer: Gatherer

    def site(self, cards: Sequence[SiteCard], cvs: Sequence[SiteCv] = (), texts: Mapping[str, str] = NO_TEXTS) -> Site:
        """Return the site of these badges; `texts` are those of collections (see `texts`)."""
        vault, address = self.gatherer.vault, self.gatherer.base_url
        profile, say = vault.state("profile"), Speech.asked(self.gatherer.language, "")
        return Site(
            language=say.tag,
            owner=text(profile, "name") or say("My badges"),
            base_url=base_address(address) if address else "",
            headline=text(profile, "headline"),
            about=text(profile, "about"),
            languages=text(profile, "languages"),
            portrait=portrait(profile),
            links=links(profile),
            badges=tuple(cards),
            collections=tuple(self._collections(cards, texts)),
            cvs=tuple(cvs),
        )

    async def whole(self) -> Site:
        """Return the site with everything that its pages show; for few badges."""
        return self.site([await self.badge(entry) for entry in self.gatherer.public()], texts=await self.texts())

    async def texts(self) -> dict[str, str]:
        """Return what the owner wrote of each public collection, as harmless HTML by its subject."""
        written = {subject: text(state, "text") for subject, state in self._public_collections()}
        return {subject: await self._cleaned(said) for subject, said in written.items() if said.strip()}

    def card(self, entry: Entry, face: str | None) -> SiteCard:
        """Return a badge as lists show it."""
        entry = self._without_addresses(entry)
        return SiteCard(
            id=entry.id,
            name=entry.name,
            issuer=entry.issuer,
            issuer_id=entry.issuer_id,
            issuer_identity=entry.issuer_identity,
            description=entry.description,
            issued=day_of(entry.valid_from),
            verdict=entry.verdict,
            face=face,
            aligned=entry.aligned,
            tagged=_tagged(entry),
            named=entry.named,
        )

    def _without_addresses(self, entry: Entry) -> Entry:
        """Return an entry whose words for lists and feeds tell no address: those know nothing of what is held back."""
        unsaid = self._unlisted
        return replace(
            entry,
            description="" if unsaid.in_any(entry.description) else entry.description,
            skills=tuple(word for word in entry.skills if not unsaid.in_any(word)),
            aligned=tuple(word for word in entry.aligned if not unsaid.in_any(word)),
            named=tuple(named for named in entry.named if not unsaid.in_any(*named)),
        )

    @cached_property
    def _unlisted(self) -> Private:
        return Private.of(self.gatherer.identities, any_address=True)

    async def badge(self, entry: Entry) -> SiteBadge:
        """Return everything that the page of a badge shows. Raise VaultError where it cannot be read."""
        (report, file, held), documents = await asyncio.to_thread(
            lambda: (self.gatherer.read(entry), self._documents(entry))
        )
        credential = report.credential
        achievement = credential.subject.achievement if credential else None
        criteria = achievement.criteria if achievement else None
        cleaned = await self._cleaned(criteria.narrative) if criteria and criteria.narrative else ""
        picture = await self.gatherer.picture(entry, report, SITE_PICTURE, file)
        original = None if held else file
        signed = credential is not None and credential.securing in CHECKABLE
        said, owner = self.gatherer.vault.state(entry.subject), text(self.gatherer.vault.state("profile"), "name")
        shown, endorsed = None if held else statement(report), said.get(SHOW_ENDORSEMENTS) is not False
        private, listed = self._private(credential, said, held), self._without_addresses(entry)
        return SiteBadge(
            id=entry.id,
            name=entry.name,
            issuer=entry.issuer,
            issuer_id=entry.issuer_id,
            issuer_identity=entry.issuer_identity,
            description="" if private.in_any(entry.description) else entry.description,
            criteria_html="" if private.in_any(cleaned) else cleaned,
            criteria_url=criteria.id if criteria else None,
            told=await told_of(credential, private, self._cleaned, endorsements=endorsed),
            skills=tuple(pair for pair in _skills(achievement) if not private.in_any(pair[0])),
            issued=day_of(entry.valid_from),
            expires=day_of(entry.valid_until),
            verdict=entry.verdict,
            verified_at=instant(entry.verified_at),
            checks=tuple(
                check for check in _checks(report, endorsements=endorsed) if not private.in_any(check.explanation)
            ),
            hosted_url=None if held else hosted(report),
            rests_on_documents=bool(documents),
            picture=picture,
            face=face_of(entry, picture=picture, original=original),
            aligned=listed.aligned,
            tagged=_tagged(listed),
            named=listed.named,
            original=original,
            media_type=entry.media_type,
            credential=shown,
            copies=self._copies(report, documents) if shown and signed else (),
            checkable=bool(shown and signed),
            withheld=held,
            recipient=owner if owner and said.get("show-name") is not False else None,
            name_on_card=bool(self.gatherer.name_on_card(entry)),
        )

    def _private(
        self, credential: AchievementCredential | None, said: Mapping[str, object], held: Exposure | None
    ) -> Private:
        """Return what must not stand on the page; nothing where the owner agreed to show all of the badge."""
        if credential is None or said.get("show-original") is True:
            return Private()
        return Private.of(self.gatherer.identities, credential, any_address=held is not None)

    def _copies(self, report: VerificationReport, documents: Documents) -> tuple[Copy, ...]:
        credential = report.credential
        return key_copies(credential, documents, self.gatherer.identities) if credential else ()

    def _documents(self, entry: Entry) -> Documents:
        try:
            return self.gatherer.vault.documents(entry.id)
        except VaultError:
            return Documents()

    async def _cleaned(self, markdown: str) -> str:
        try:
            return await self.gatherer.work.clean_markdown(markdown)
        except WorkerError:
            return ""

    def _public_collections(self) -> Iterator[tuple[str, Mapping[str, object]]]:
        vault = self.gatherer.vault
        states = ((subject, vault.state(subject)) for subject in vault.subjects("collection:"))
        return (
            (subject, state)
            for subject, state in states
            if state.get("visibility") == "public" and state.get("trashed") is not True
        )

    def _collections(self, cards: Sequence[SiteCard], texts: Mapping[str, str]) -> list[SiteCollection]:
        found, shown = [], {card.id for card in cards}
        for subject, state in self._public_collections():
            members = self.gatherer.collected(subject.removeprefix("collection:"))
            badges = tuple(entry.id for entry in members if entry.id in shown)
            name = text(state, "name") or Speech.asked(self.gatherer.language, "")("Collection")
            said, cover = texts.get(subject, ""), text(state, "cover")
            found.append(SiteCollection(id=subject, name=name, text_html=said, badges=badges, cover=cover))
        return found


def face_of(entry: Entry, *, picture: bytes | None, original: bytes | None) -> str | None:
    """Return which file of a badge's folder is its picture: ours, or the issuer's SVG where that is shown anyway."""
    if picture:
        return "picture.png"
    return "original.svg" if original and entry.media_type == "image/svg+xml" else None


def _tagged(entry: Entry) -> tuple[str, ...]:
    return tuple(skill for skill in entry.skills if skill not in entry.aligned)


def _skills(achievement: Achievement | None) -> tuple[tuple[str, str | None], ...]:
    alignments = achievement.alignments if achievement else ()
    return tuple((one.target_name or one.target_url or "", one.target_url) for one in alignments)


def _checks(report: VerificationReport, *, endorsements: bool) -> tuple[SiteCheck, ...]:
    """The answers of the report, but for whose it is: that may name one of the owner's addresses.

    Those about endorsements name who endorsed: without `endorsements` they are left out, too.
    """
    return tuple(
        SiteCheck(name=check.name, outcome=check.outcome.value, explanation=check.explanation)
        for check in report.checks
        if check.name != "recipient" and (endorsements or check.name != "endorsement")
    )

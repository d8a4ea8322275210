"""From the vault to a CV: the owner's words in the owner's order, and public badges alone."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from passport.sharing.cv.kept import ABOUT, TITLES, KeptCv, KeptSection, read_cv
from passport.sharing.cv.model import Cv, CvBadge, Position, Section, Theme
from passport.sharing.gathering import CV_PICTURE, Gatherer, day_of, hosted, links, text
from passport.speech import Speech
from passport.vault.model import Entry

SUBJECT = "cv:"


@dataclass(frozen=True, slots=True, kw_only=True)
class CvGatherer:
    """Collects what a CV shows."""

    gatherer: Gatherer

    async def cv(self, name: str | None = None, *, query: str = "", theme: Theme | None = None) -> Cv:
        """Return a CV: the owner's of this name, or without a name one of all public badges."""
        state = self.gatherer.vault.state(f"{SUBJECT}{name}") if name else {}
        return await self.of(read_cv(state), query=query, theme=theme)

    async def of(self, kept: KeptCv, *, query: str = "", theme: Theme | None = None) -> Cv:
        """Return a CV as it is kept, filled with what the passport holds."""
        chosen = [(section, self._entries(section, query)) for section in kept.sections]
        say = self._speech(kept)
        sections = [self._section(part, say, [await self.badge(one) for one in found]) for part, found in chosen]
        return self._cv(kept, sections, theme)

    def on_site(self, kept: KeptCv) -> Cv:
        """Return a CV for a page of the published site, which shows the pictures of the badges' own pages."""
        chosen = [(section, self._entries(section)) for section in kept.sections]
        sections = [self._section(part, self._speech(kept), [bare(one) for one in found]) for part, found in chosen]
        return self._cv(kept, sections)

    def _cv(self, kept: KeptCv, sections: Sequence[Section], theme: Theme | None = None) -> Cv:
        profile, say = self.gatherer.vault.state("profile"), self._speech(kept)
        about = kept.about if kept.about is not None else text(profile, "about")
        own = next((section for section in sections if section.kind == ABOUT), None)
        sections = [replace(one, text=about if one is own else "") if one.kind == ABOUT else one for one in sections]
        name = kept.person or text(profile, "name")
        return Cv(
            name=name or say("Anonymous"),
            nameless=not name,
            made_on=self.gatherer.clock().date(),
            headline=kept.headline or text(profile, "headline"),
            email=kept.email or text(profile, "email"),
            url=text(profile, "url") or self.gatherer.base_url,
            location=kept.location or text(profile, "location"),
            about="" if own else about,
            links=links(profile),
            sections=tuple(section for section in sections if has_content(section)),
            theme=theme or kept.theme,
            language=say.tag,
        )

    def _speech(self, kept: KeptCv) -> Speech:
        return Speech.written(kept.language or self.gatherer.language)

    @staticmethod
    def _section(kept: KeptSection, say: Speech, badges: Sequence[CvBadge]) -> Section:
        return Section(
            title=kept.title or say(TITLES[kept.kind]),
            kind=kept.kind,
            badges=tuple(badges),
            positions=awarded(kept.positions) if kept.kind == "certificates" else kept.positions,
            languages=kept.languages,
            text=kept.text,
        )

    def _entries(self, kept: KeptSection, query: str = "") -> Sequence[Entry]:
        if kept.kind != "badges":
            return ()
        return self.chosen(kept, " ".join(part for part in (kept.query, query) if part))

    def chosen(self, kept: KeptSection, query: str = "") -> Sequence[Entry]:
        """Return the public badges of a section: by collection, by skill, by hand, or by a query."""
        public = self.gatherer.public(query)
        if kept.choice == "hand":
            places = {badge: place for place, badge in enumerate(kept.badges)}
            return sorted((entry for entry in public if entry.id in places), key=lambda entry: places[entry.id])
        if kept.choice == "skill":
            wanted = self.gatherer.vault.skill_names().all(kept.value)
            return [e for e in public if not wanted.isdisjoint(skill.strip().casefold() for skill in e.skills)]
        if kept.choice == "collection":
            asked = {entry.id for entry in public}
            return [entry for entry in self.gatherer.collected(kept.value) if entry.id in asked]
        return public

    async def badge(self, entry: Entry) -> CvBadge:
        """Return a badge for a CV, its original held back where the owner has not agreed to show it."""
        gatherer = self.gatherer
        report, original, held = await asyncio.to_thread(gatherer.read, entry)
        page = gatherer.page(entry)
        return replace(
            bare(entry),
            link=page or (None if held else hosted(report)),
            picture=await gatherer.picture(entry, report, CV_PICTURE, original),
            original=None if held else original,
            withheld=held,
        )


def bare(entry: Entry) -> CvBadge:
    """Return a badge without its files."""
    return CvBadge(
        id=entry.id,
        name=entry.name,
        issuer=entry.issuer,
        issuer_id=entry.issuer_id,
        issuer_identity=entry.issuer_identity,
        issued=day_of(entry.valid_from),
        expires=day_of(entry.valid_until),
        checked=day_of(entry.verified_at),
        verdict=entry.verdict,
        description=entry.description,
        file_name=entry.file_name,
        media_type=entry.media_type,
        tags=entry.tags,
    )


def awarded(certificates: Sequence[Position]) -> tuple[Position, ...]:
    """Return certificates as what was given on one day, and does not last until now."""
    return tuple(replace(one, end=one.end or one.start) for one in certificates)


def has_content(section: Section) -> bool:
    """Whether there is anything to show."""
    return bool(section.badges or section.positions or section.languages or section.text)

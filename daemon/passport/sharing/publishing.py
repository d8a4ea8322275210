"""Publishing: gather, build, compare, send. The road out, as `intake.road` is the road in.

A badge whose inputs have not changed since the last publication is not gathered again: what was written of it then is
known by its digests. So a change costs what it changes.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from passport.errors import SharingError, VaultError
from passport.sharing.cv.shown import cv_names, public_cvs
from passport.sharing.gathering import Gatherer
from passport.sharing.site.badges import Badges
from passport.sharing.site.build import site_files
from passport.sharing.site.model import Site
from passport.sharing.site.pages import Pages
from passport.sharing.site.places import Key, Places
from passport.sharing.site.plan import Files, Plan
from passport.sharing.site.showing import Shower


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What publishing did, or would do."""

    plan: Plan
    where: str
    badges: int
    shown: tuple[str, ...] = ()
    """Ids of the badges that have a page."""
    withheld: tuple[tuple[str, str], ...] = ()
    """Badges whose original is not shown, each with the reason."""
    dry_run: bool = False

    def to_json(self) -> dict[str, object]:
        """Return it as `publish --json` shows it."""
        held = [{"name": name, "reason": reason} for name, reason in self.withheld]
        return {
            "where": self.where,
            "badges": self.badges,
            "withheld": held,
            "dryRun": self.dry_run,
            **self.plan.to_json(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """Builds the published passport and sends it. One publication at a time."""

    store: Path
    """What may be thrown away at any time: digests of before, share pictures, git clones."""
    places: Places
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def publish(
        self, gatherer: Gatherer, target: str, *, key: Key | None = None, dry_run: bool = False
    ) -> Published:
        """Build and send what is public. Raise SharingError; the old site is then whole."""
        async with self._turn:
            place = await self.places.find(target, key or Key())
            async with self._built(gatherer) as (files, badges, site):
                plan = await place.plan(files)
                if not dry_run:
                    await badges.fill(path for path in plan.write if files.is_empty(path))
                    await place.publish(files, plan)
            return Published(
                plan=plan,
                where=target,
                badges=len(site.badges),
                shown=tuple(badge.id for badge in site.badges),
                withheld=badges.withheld,
                dry_run=dry_run,
            )

    async def preview(self, gatherer: Gatherer) -> Mapping[str, bytes]:
        """Return the site as it would be published; contents are made when they are asked for."""
        async with self._turn, self._built(gatherer) as (files, badges, _):
            await badges.fill(path for path in files if files.is_empty(path))
            return files

    @asynccontextmanager
    async def _built(self, gatherer: Gatherer) -> AsyncIterator[tuple[Files, Badges, Site]]:
        try:
            shower = Shower(gatherer=gatherer)
            entries = await asyncio.to_thread(gatherer.public)
            bare = await asyncio.to_thread(lambda: shower.site([], cv_names(gatherer)))
            files = Files()
            badges = Badges(store=self.store, shower=shower, site=bare, files=files)
            await badges.gather(entries)
            cvs = await asyncio.to_thread(public_cvs, gatherer, badges.faces)
            cards = [shower.card(entry, badges.face(entry)) for entry in entries if badges.has(entry)]
            site = await asyncio.to_thread(shower.site, cards, cvs, await shower.texts())
            for path, content in (await asyncio.to_thread(lambda: site_files(Pages(site)))).items():
                files.add(path, content)
            await asyncio.to_thread(badges.remember)
        except VaultError as error:
            raise SharingError(error.problem, remedy=error.remedy) from error
        try:
            yield files, badges, site
        finally:
            await badges.close()

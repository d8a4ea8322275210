"""Publishing: gather, build, compare, send. The road out, as `intake.road` is the road in."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from passport.errors import SharingError
from passport.sharing.cv.page import to_html
from passport.sharing.gathering import Gatherer
from passport.sharing.site.build import build, card_key
from passport.sharing.site.model import Site
from passport.sharing.site.targets import Folder, GitRepository, Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What publishing did, or would do."""

    plan: Plan
    where: str
    badges: int
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
    """Builds the published passport and sends it."""

    gatherer: Gatherer
    cards: Path
    """Share pictures that were drawn before; may be emptied at any time."""
    clones: Path
    """Git clones of our own."""
    branch: str = "gh-pages"

    async def publish(self, target: str, *, dry_run: bool = False) -> Published:
        """Build and send what is public. Raise SharingError; the old site is then whole."""
        site = await self.gatherer.site()
        files = await asyncio.to_thread(self.build, site, to_html(await self.gatherer.cv()))
        place = self.place(target)
        plan = await asyncio.to_thread(place.plan if dry_run else place.publish, files)
        held = tuple((badge.name, badge.withheld.explanation) for badge in site.badges if badge.withheld)
        return Published(plan=plan, where=target, badges=len(site.badges), withheld=held, dry_run=dry_run)

    def build(self, site: Site, cv_html: str | None) -> Mapping[str, bytes]:
        """Return the files of the site; share pictures are drawn once and kept."""
        whole = Site(**{name: getattr(site, name) for name in Site.__dataclass_fields__} | {"cv_html": cv_html})
        files = build(whole, self._kept_cards(site))
        self._keep_cards(site, files)
        return files

    def place(self, target: str) -> Folder | GitRepository:
        """Return where it goes: a folder, or a git repository by its address. Raise SharingError."""
        if target.startswith(("https://", "http://", "ssh://", "git@", "file://")) or target.endswith(".git"):
            name = "".join(c if c.isalnum() else "-" for c in target)[-80:]
            return GitRepository(target, self.clones / name, self.branch)
        folder = Path(target).expanduser()
        if not folder.is_absolute():
            raise SharingError(
                f"{target!r} is neither a folder nor a git repository.", remedy="Give the folder's whole path."
            )
        return Folder(folder)

    def _kept_cards(self, site: Site) -> dict[str, bytes]:
        keys = (card_key(site, badge) for badge in site.badges)
        return {key: (self.cards / f"{key}.png").read_bytes() for key in keys if (self.cards / f"{key}.png").is_file()}

    def _keep_cards(self, site: Site, files: Mapping[str, bytes]) -> None:
        self.cards.mkdir(mode=0o700, parents=True, exist_ok=True)
        wanted = {f"{card_key(site, badge)}.png": files[f"badges/{badge.slug}/card.png"] for badge in site.badges}
        for name, content in wanted.items():
            if not (self.cards / name).exists():
                fresh = self.cards / f"{name}.tmp"
                fresh.write_bytes(content)
                fresh.replace(self.cards / name)
        for old in self.cards.iterdir():
            if old.name not in wanted:
                old.unlink(missing_ok=True)

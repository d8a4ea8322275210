"""The badges of a site, each known by what it was made of: only what changed is gathered and written anew."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import msgspec

from passport import __version__
from passport.errors import VaultError
from passport.sharing.gathering import SHOW_ENDORSEMENTS, SITE_PICTURE
from passport.sharing.keeping import keep, read_kept
from passport.sharing.site.build import badge_files, card_badge, card_name, picture_files
from passport.sharing.site.cards import FEW, Cards
from passport.sharing.site.machine import CARD
from passport.sharing.site.model import Site, SiteBadge
from passport.sharing.site.pages import Pages
from passport.sharing.site.plan import Files
from passport.sharing.site.showing import Shower
from passport.vault.model import Entry

RECORD_VERSION = 6
"""6: who endorsed is left out of the checks, too, where the owner says so; what was published before is made anew."""
AT_ONCE = 6
"""Badges that are gathered at a time: while one waits for a worker, the pages of others are made."""
THREADS = 2
"""That make pages: while one waits for the disk, the other works."""


class Made(msgspec.Struct, frozen=True):
    """What was written of a badge, and of what it was made."""

    key: str
    face: str | None
    card: str
    """The name under which its share picture is kept."""
    withheld: str
    """Why its original is not shown; empty: it is."""
    files: dict[str, str]
    """Digests by path."""


class Record(msgspec.Struct, frozen=True):
    """All badges of the last publication."""

    version: int
    badges: dict[str, Made]


@dataclass(slots=True, kw_only=True)
class Badges:
    """The badges of one publication."""

    store: Path
    shower: Shower
    site: Site
    """Without its badges: what their pages show of the site."""
    files: Files
    withheld: tuple[tuple[str, str], ...] = ()
    _made: dict[str, Made] = field(default_factory=dict)
    _entries: dict[str, Entry] = field(default_factory=dict)
    _changed: bool = False
    _pages: Pages = field(init=False)
    _cards: Cards = field(init=False)
    _threads: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(THREADS, "publishing"))

    def __post_init__(self) -> None:
        self._pages, self._cards = Pages(self.site), Cards(self.store / "cards")

    async def gather(self, entries: Sequence[Entry]) -> None:
        """Find out what each badge's files are; make those of badges that changed."""
        before = await asyncio.to_thread(self._read_record)
        self._entries = {entry.id: entry for entry in entries}
        keys = await asyncio.to_thread(lambda: {entry.id: self._key(entry) for entry in entries})
        pending = []
        for entry in entries:
            made = before.get(entry.id)
            if made is None or made.key != keys[entry.id]:
                pending.append(entry)
                continue
            self._made[entry.id] = made
            for path, digest in made.files.items():
                self.files.promise(path, digest)
        self._changed = bool(pending) or before.keys() != self._entries.keys()
        await self._make(pending, keys)
        made_of = ((entry, self._made.get(entry.id)) for entry in entries)
        self.withheld = tuple((entry.name, made.withheld) for entry, made in made_of if made and made.withheld)

    async def fill(self, paths: Iterable[str]) -> None:
        """Make the contents of files of which only the digests are known yet."""
        wanted = set(paths)
        again = [self._entries[badge] for badge, made in self._made.items() if not wanted.isdisjoint(made.files)]
        await self._make(again, {entry.id: self._made[entry.id].key for entry in again})

    def has(self, entry: Entry) -> bool:
        """Whether a badge could be read."""
        return entry.id in self._made

    def face(self, entry: Entry) -> str | None:
        """Return which of its files is the picture of a badge."""
        return self._made[entry.id].face

    @property
    def faces(self) -> Mapping[str, str | None]:
        """Which of its files is the picture of each badge, by id."""
        return {badge: made.face for badge, made in self._made.items()}

    def remember(self) -> None:
        """Keep the digests for the next time, and no share pictures that nobody needs."""
        if self._changed:
            keep(self._record_file, msgspec.json.encode(Record(RECORD_VERSION, self._made)))
            self._cards.forget_others({made.card for made in self._made.values()})

    async def close(self) -> None:
        """End the threads and the worker."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        await self._cards.close()

    async def _make(self, entries: Sequence[Entry], keys: dict[str, str]) -> None:
        waiting = iter(entries)

        async def one_after_the_other() -> None:
            for entry in waiting:
                try:
                    badge = await self.shower.badge(entry)
                except VaultError:
                    continue  # a badge that cannot be read is left out; `scrub` tells the owner
                card = card_badge(self.site, badge)
                name = card_name(card)
                drawn = await self._cards.drawn(card, name, of_many=len(entries) > FEW)
                add = partial(self._add, badge, keys[entry.id], name, drawn)
                await asyncio.get_running_loop().run_in_executor(self._threads, add)

        await asyncio.gather(*(one_after_the_other() for _ in range(AT_ONCE)))

    def _add(self, badge: SiteBadge, key: str, name: str, drawn: bytes) -> None:
        """Make the files of a badge; pictures are kept on the disk, not in memory."""
        folder, gatherer, entry = f"badges/{badge.slug}", self.shower.gatherer, self._entries[badge.id]
        made = dict([self._file(f"{folder}/{CARD}", drawn, self._cards.keep(name, drawn))])
        for path, content in badge_files(self._pages, badge):
            made |= [self._file(path, content)]
        for path, content in picture_files(badge).items():
            made |= [self._file(path, content, gatherer.kept_picture(entry, SITE_PICTURE), entry.sha256)]
        why = badge.withheld.explanation if badge.withheld else ""
        self._made[badge.id] = Made(key=key, face=badge.face, card=name, withheld=why, files=made)

    def _file(self, path: str, content: bytes, kept: Path | None = None, original: str = "") -> tuple[str, str]:
        """Add a file; what lies on the disk anyway is read again when it is sent, and not held in memory."""
        digest = hashlib.sha256(content).hexdigest()
        if digest == original:
            self.files.promise(path, digest, partial(self.shower.gatherer.vault.original, original))
        elif kept is not None and kept.is_file():
            self.files.promise(path, digest, kept.read_bytes)
        else:
            self.files.promise(path, digest, lambda: content)
        return path, digest

    def _key(self, entry: Entry) -> str:
        """Return what the files of a badge depend on."""
        said = self.shower.gatherer.vault.state(entry.subject)
        consent = [said.get(key) for key in ("show-original", "show-name", "show-name:card", SHOW_ENDORSEMENTS)]
        around = (__version__, self.site.owner, self.site.base_url, self.site.language, self.site.cvs)
        content = repr((around, self.shower.gatherer.identities, consent, entry))
        return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()

    @property
    def _record_file(self) -> Path:
        return self.store / "badges.json"

    def _read_record(self) -> dict[str, Made]:
        try:
            record = msgspec.json.decode(read_kept(self._record_file) or b"", type=Record)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            return {}
        return record.badges if record.version == RECORD_VERSION else {}

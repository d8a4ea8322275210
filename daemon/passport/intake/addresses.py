"""What an address holds, taken in: a file, a document, or an issuer's page whose recipe tells where the statement is.

An owner pastes what stands in the browser's address bar. That is a page for people; the recipes say where its badge can
be fetched, and where none fits, the page itself may say it. Every fetch goes through the one door to the network.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol
from urllib.parse import unquote, urlsplit

from passport.badge import strict_json
from passport.badge.reading import is_url
from passport.errors import ParseError
from passport.intake.investigate import Fetch
from passport.intake.pages import Page, read_page
from passport.intake.recipes import Match, RecipeBook, Source, at_pointer, parse
from passport.intake.taken import NO_BADGE, REFUSED, Taken, no_badge, refused
from passport.vault.model import Origin
from passport.verification.documents import RemoteDocument

GONE = 410
"""RFC 9110, 15.5.11; how Moodle and Credly answer for a badge that was revoked or deleted."""
OFFER = (
    "This is an offer to a wallet. Such an offer is bound to a wallet's own key and cannot be taken in here; "
    "if its page also has a file to download, take that."
)
PAGE = (
    "This is a page, and its address alone leads to no badge. Open it in a browser that is connected and press the "
    "button there."
)
SAYS = {
    "certificate": "This page shows a certificate, but no Open Badge: it carries no statement that could be verified.",
    "download": "This site does not tell where its badges can be fetched. Download the badge's file there and add it.",
    "claim": "This link is private: it is meant for claiming a badge, and is not kept. Claim the badge first, then "
    "give the address of its page.",
    "class": "This page describes a badge that one can earn; it was not issued to anybody here.",
    "several": "This page shows somebody's badges. Open it in a browser that is connected and press the button there, "
    "or give the address of one badge.",
}


class Road(Protocol):
    """Where a statement goes when it is found."""

    @property
    def fetch(self) -> Fetch:
        """The door to the network."""

    @property
    def recipes(self) -> RecipeBook:
        """What is known of issuers' addresses."""

    async def take(self, file: bytes, *, origin: Origin, name: str) -> list[Taken]:
        """Take in a file."""

    async def pointed(self, body: bytes, url: str) -> bytes:
        """Return the address itself where the document is an assertion that does not say where it is hosted."""


async def take_address(road: Road, address: str, origin: Origin | None) -> list[Taken]:
    """Take in what an address holds; what is told, and kept as origin, is the address without who asks."""
    book = road.recipes
    if book.is_offer(address):
        return [refused(book.clean(address), OFFER)]
    wanted = book.behind_validator(address) or address
    shown = book.clean(wanted)
    given = origin or Origin(kind="remote", detail=shown)
    match = book.resolve(wanted, page=True)
    if match is not None and not match.sources:
        return [Taken(result=NO_BADGE, name=shown, reason=SAYS.get(match.says))]
    return await _Visit(road, shown, given).take(wanted, match)


@dataclass(slots=True)
class _Visit:
    """One address on its way in."""

    road: Road
    shown: str
    """The address as it is told to people."""
    origin: Origin

    async def take(self, wanted: str, match: Match | None) -> list[Taken]:
        """Try what the recipe names, then the address itself."""
        tried: list[list[Taken]] = []
        for source in _sources(match, wanted):
            document = await self.road.fetch(source.url)
            taken = await self._document(document, source)
            if is_there(taken):
                return taken
            tried.append(taken)
            if source.url == wanted and document.ok and (page := await asyncio.to_thread(_page_of, document)):
                taken = await self._page(page, document)
                if is_there(taken):
                    return taken
                tried.append(taken or [Taken(result=NO_BADGE, name=self.shown, reason=PAGE)])
        return [replace(each, name=self.shown) for each in _most_telling(tried)]

    async def _document(self, document: RemoteDocument, source: Source) -> list[Taken]:
        if not document.ok:
            return [refused(self.shown, why_not(document))]
        for pointer in source.take:
            taken = await self._at(document, pointer)
            if is_there(taken):
                return taken
        file = await self.road.pointed(document.body, source.url)
        return await self.road.take(file, origin=self.origin, name=name_of(source.url))

    async def _at(self, document: RemoteDocument, pointer: str) -> list[Taken]:
        """Follow a pointer to an address or a JWS; an object is found in the whole document, exactly as it stands."""
        value = at_pointer(_json_of(document.body), pointer)
        if isinstance(value, str) and is_url(value):
            return await self._document(await self.road.fetch(value), Source(value))
        if isinstance(value, str):
            return await self.road.take(value.encode(), origin=self.origin, name=name_of(document.url))
        return []

    async def _page(self, page: Page, document: RemoteDocument) -> list[Taken]:
        """Try what the page says: whose it is, where its credential is, what stands in its scripts."""
        asked = {document.url}
        for address in (document.final_url or document.url, *page.selves):
            match = self.road.recipes.resolve(address, page=True, pictures=page.pictures)
            if match is not None and not match.sources and match.says in SAYS:
                return [Taken(result=NO_BADGE, name=self.shown, reason=SAYS[match.says])]
            for source in match.sources if match else ():
                taken = [] if source.url in asked else await self._document(await self.road.fetch(source.url), source)
                asked.add(source.url)
                if is_there(taken):
                    return taken
        for address in page.alternates:
            taken = await self._document(await self.road.fetch(address), Source(address))
            if is_there(taken):
                return taken
        for statement in page.statements:
            taken = await self.road.take(statement.encode(), origin=self.origin, name=name_of(document.url))
            if is_there(taken):
                return taken
        return []


def _sources(match: Match | None, wanted: str) -> list[Source]:
    """Return what is tried in order. Who gives the address of a document means that one."""
    known = list(match.sources) if match else []
    named = [source for source in known if source.url == wanted]
    return named or [*known, Source(wanted)]


def _page_of(document: RemoteDocument) -> Page | None:
    return read_page(document.body, document.final_url or document.url)


def _json_of(body: bytes) -> object:
    try:
        return strict_json.loads(body.decode("utf-8"))
    except (UnicodeDecodeError, ParseError):
        return None


def is_there(taken: Sequence[Taken]) -> bool:
    """Whether a badge came of it."""
    return any(one.entry is not None for one in taken)


def _most_telling(tried: Sequence[list[Taken]]) -> list[Taken]:
    """Return the answer that says most: why something could not be looked at, else what was seen last."""
    answers = [one for taken in tried for one in taken]
    return [next((one for one in answers if one.result == REFUSED), answers[-1] if answers else no_badge(""))]


def why_not(document: RemoteDocument) -> str:
    """Say why an answer is of no use."""
    if document.status == GONE:
        return "The issuer answers that this badge is gone: it was revoked or deleted."
    return document.problem or f"The address answered {document.status}."


def name_of(url: str) -> str:
    """Return what a file from this address is called."""
    parts = parse(url) or urlsplit("")
    return unquote(parts.path.rpartition("/")[2]) or parts.hostname or url

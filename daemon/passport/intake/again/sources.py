"""The documents of one check: fresh answers beside the kept ones, and what stood in the way.

A kept answer is never given up for a failure: only the issuer's own word replaces the issuer's word. *Gone* (404, a web
page in place of the document, a site that says 410 to everything) is not *revoked* (410 for this badge, `revoked:
true`, a list), and neither is *unreachable* (no answer, an error, a broken certificate).
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime

from passport.intake.again.asking import Turn, host_of
from passport.verification.documents import Documents, RemoteDocument
from passport.verification.remote import State, read_object, read_text

_STATES = {
    State.NOT_FOUND: "gone",
    State.GONE: "gone",
    State.UNREADABLE: "gone",
    State.MOVED: "moved",
}
_WORST = ("gone", "moved", "unreachable", "later")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Why a question has no usable answer."""

    url: str
    state: str
    """gone, moved, unreachable, or later: it was not asked."""
    why: str
    """A sentence."""
    until: datetime | None = None
    """Of `later`: when it may be asked."""


class Sources:
    """Fetches for one badge."""

    def __init__(self, kept: Documents, turn: Turn, hosted_url: str | None) -> None:
        self._kept = kept
        self._turn = turn
        self._hosted_url = hosted_url
        self._answers: dict[str, asyncio.Task[RemoteDocument]] = {}
        self.troubles: dict[str, Trouble] = {}

    async def fresh(self, url: str) -> RemoteDocument:
        """Return what the URL answers now."""
        if url not in self._answers:
            self._answers[url] = asyncio.ensure_future(self._ask(url))
        return await self._answers[url]

    async def best(self, url: str) -> RemoteDocument:
        """Return what the URL answers now, or what it answered before where it does not answer usefully."""
        kept = self._kept.get(url)
        usable = kept is not None and kept.ok
        if kept is not None and usable and url not in self._answers and self._hosted_url in self.troubles:
            return kept  # where the badge itself is not answered, class and issuer tell nothing more
        document = await self.fresh(url)
        return kept if kept is not None and usable and url in self.troubles else document

    @property
    def hosts(self) -> frozenset[str]:
        """All that were to be asked."""
        return frozenset(host_of(url) for url in self._answers)

    def worst(self) -> Trouble | None:
        """Return the trouble that says most."""
        found = sorted(self.troubles.values(), key=lambda t: (_WORST.index(t.state), t.url != self._hosted_url))
        return found[0] if found else None

    async def _ask(self, url: str) -> RemoteDocument:
        kept = self._kept.get(url)
        document = await self._turn(url, kept)
        if url in self._turn.waits:
            self.troubles[url] = Trouble(
                url=url, state="later", why=document.problem or "", until=self._turn.waits[url]
            )
            return document
        trouble = trouble_of(kept, document)
        if trouble and document.status == 410 and url == self._hosted_url and not await self._site_is_closed(url):
            trouble = None  # this badge alone is gone: that is how hosted badges are revoked
        if trouble:
            self.troubles[url] = trouble
        return document

    async def _site_is_closed(self, url: str) -> bool:
        """Whether the site no longer has what it had besides this badge: then it says nothing about the badge."""
        others = [u for u, d in self._kept.items() if d.ok and u != url and host_of(u) == host_of(url)]
        for other in sorted(others, key=len)[:1]:
            await self.fresh(other)
            return other in self.troubles
        return False


def trouble_of(kept: RemoteDocument | None, document: RemoteDocument) -> Trouble | None:
    """Return why a document is no usable answer; None: it is one."""
    url, documents = document.url, Documents.of([document])
    reading = read_text(documents, url)
    if reading.state is State.GONE and _says_revoked(document):
        return None
    if reading.state is State.READ and kept is not None and kept.ok:
        was_object = read_object(Documents.of([kept]), kept.url).state is State.READ
        now_object = read_object(documents, url)
        if was_object and now_object.state is not State.READ and reading.text.lstrip()[:1] in ("<", ""):
            return Trouble(url=url, state="gone", why=_sentence(now_object.why))
    if reading.state is State.READ or (reading.state is State.UNREADABLE and document.ok):
        return None
    why = f"{reading.why} ({document.problem.rstrip('.')})" if document.problem else reading.why
    return Trouble(url=url, state=_STATES.get(reading.state, "unreachable"), why=_sentence(why))


def _says_revoked(document: RemoteDocument) -> bool:
    answer = read_object(
        Documents.of([RemoteDocument(url=document.url, fetched_at="", status=200, body=document.body)]), document.url
    )
    return (answer.value or {}).get("revoked") in (True, "true", "True")


def _sentence(text: str) -> str:
    return text if text.endswith(".") else f"{text}."

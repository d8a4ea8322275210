"""A year in memory: a clock, hosts that live, die, move and lie, a real vault, and the real schedule between them."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.issuer import Issuer, picture
from tests.issuer_keys import make_key

from passport.intake.again.checking import Checker
from passport.intake.again.memory import MemoryFile
from passport.intake.again.scheduler import Again
from passport.intake.examining import examine_file
from passport.settings import Places, Settings
from passport.vault.model import Arrival, Entry, Origin
from passport.vault.vault import Vault
from passport.verification import files
from passport.verification.documents import RemoteDocument

BEGIN = datetime(2026, 1, 1, 12, tzinfo=UTC)
ANN = "ann@example.org"


@dataclass
class Clock:
    now: datetime = BEGIN

    def __call__(self) -> datetime:
        return self.now

    @property
    def day(self) -> float:
        return (self.now - BEGIN) / timedelta(days=1)


@dataclass(frozen=True)
class Question:
    host: str
    url: str
    at: datetime
    conditional: bool
    status: int


@dataclass
class World:
    """The network. A host is an issuer and, from a day on, a change of how it answers."""

    clock: Clock
    issuers: dict[str, Issuer] = field(default_factory=dict)
    changes: dict[str, Callable[[float, RemoteDocument], RemoteDocument]] = field(default_factory=dict)
    questions: list[Question] = field(default_factory=list)
    under_way: int = 0
    rsa_key: object = field(default_factory=lambda: make_key("RSA"))
    """One for all: it takes long to make."""

    def issuer(self, name: str, change: Callable[[float, RemoteDocument], RemoteDocument] | None = None) -> Issuer:
        issuer = Issuer(f"https://{name}.example", name=name.title(), rsa_key=self.rsa_key)
        self.issuers[f"{name}.example"] = issuer
        if change:
            self.changes[f"{name}.example"] = change
        return issuer

    async def __call__(self, url: str, known: RemoteDocument | None = None, /) -> RemoteDocument:
        assert self.under_way == 0, "one question at a time"
        self.under_way += 1
        host = url.split("/")[2]
        document = self._answer(host, url)
        etag = f'"{hashlib.sha256(document.body).hexdigest()[:8]}"'
        same = known is not None and known.ok and ("ETag", etag) in known.headers
        same = same and known.final_url == document.final_url
        if document.ok and known and same:
            document = replace(known, fetched_at=document.fetched_at)
        elif document.ok:
            document = replace(document, headers=(("ETag", etag),))
        status = 304 if document.ok and same else document.status
        self.questions.append(Question(host, url, self.clock.now, bool(known and known.headers), status))
        self.under_way -= 1
        return document

    def _answer(self, host: str, url: str) -> RemoteDocument:
        issuer = self.issuers.get(host)
        now = self.clock.now.isoformat().replace("+00:00", "Z")
        if issuer is None:
            return RemoteDocument(url=url, fetched_at=now, problem="The server's name is not known.")
        document = replace(issuer.answer(url), fetched_at=now)
        change = self.changes.get(host)
        return change(self.clock.day, document) if change else document

    def asked(self, host: str, since: float = 0.0) -> list[Question]:
        """Return the questions to a host after a day, those of the first import left out."""
        after = BEGIN + timedelta(days=since)
        return [q for q in self.questions if q.host == f"{host}.example" and q.at > after]

    def per_day(self) -> Counter[str]:
        return Counter(q.at.date().isoformat() for q in self.questions if q.at > BEGIN)


class InProcess:
    """Verifies here instead of in a process of its own."""

    async def examine(self, file, documents, *, identities, known_issuers, now):
        return files.verify(file, documents, identities=identities, known_issuers=known_issuers, now=now)


@dataclass
class Life:
    """One passport in that world."""

    world: World
    clock: Clock
    vault: Vault
    places: Places
    settings: Settings = field(default_factory=lambda: Settings(identities=(ANN,)))
    level: str = "gentle"
    paused: bool = False
    online: bool = True

    def __post_init__(self) -> None:
        self.again = self.restarted()

    def restarted(self) -> Again:
        """Return the schedule as after a restart of the program: it remembers what its file remembers."""

        async def rest(seconds: float) -> None:
            del seconds

        self.again = Again(
            self.vault,
            Checker(self.vault, InProcess(), lambda: self.settings, self.clock),
            self.world,
            MemoryFile(self.places.state / "again.json"),
            level=lambda: self.level,
            clock=self.clock,
            paused=lambda: self.paused,
            online=lambda: self.online,
            rest=rest,
        )
        return self.again

    async def take(self, file: bytes, name: str = "badge.png") -> Entry:
        found = await examine_file(
            InProcess(), file, self.world, library_documents(), identities=(ANN,), now=self.clock.now
        )
        arrival = Arrival(
            file=file,
            media_type="image/png",
            name=name,
            origin=Origin(kind="import"),
            report=found.reports[0],
            documents=found.documents,
        )
        return self.vault.put(arrival).entry

    async def live(self, *, until: float, on_step: Callable[[], None] = lambda: None) -> None:
        """Let time pass until a day."""
        end = BEGIN + timedelta(days=until)
        while self.clock.now < end:
            following = await self.again.step()
            assert following > self.clock.now, "the schedule must let time pass"
            on_step()
            self.clock.now = min(following, end)

    def now(self, entry: Entry) -> Entry:
        found = self.vault.entry(entry.id)
        assert found is not None
        return found


def library_documents():
    from passport.verification.documents import Documents

    return Documents()


@contextmanager
def life_in(folder: Path) -> Iterator[Life]:
    clock = Clock()
    places = Places.from_environment({"BADGE_PASSPORT_HOME": str(folder)})
    vault = Vault.open(places, clock=clock)
    try:
        yield Life(World(clock), clock, vault, places)
    finally:
        vault.close()


# how hosts change


def after(day: float, **changes: object) -> Callable[[float, RemoteDocument], RemoteDocument]:
    """From a day on, answer otherwise."""
    return between(day, 1e9, **changes)


def between(first: float, last: float, **changes: object) -> Callable[[float, RemoteDocument], RemoteDocument]:
    def change(day: float, document: RemoteDocument) -> RemoteDocument:
        return replace(document, **changes) if first <= day < last else document

    return change


def dies(day: float) -> Callable[[float, RemoteDocument], RemoteDocument]:
    return after(day, status=0, body=b"", problem="The server cannot be reached.")


def hosted(issuer: Issuer, name: str = "Knots", **changes: object) -> bytes:
    del name
    return issuer.hosted_badge(recipient=ANN, **changes)


def other_picture(statement: str) -> bytes:
    """Return the same statement in another picture."""
    from passport.badge.files import bake

    return bake(picture(201, size=20), statement)

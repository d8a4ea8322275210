"""A passport with a real vault and real workers, served as the daemon serves it; and badges to put into it."""

from __future__ import annotations

import asyncio
import contextlib
import io
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image, ImageDraw
from tests.web.posting_material import posting_in
from tests.web.served import Clock, Served, Still, serve

from passport.badge.model import (
    Achievement,
    AchievementCredential,
    AchievementSubject,
    Criteria,
    Evidence,
    IdentityObject,
    Profile,
    Securing,
)
from passport.settings import Places, Settings
from passport.vault.model import Arrival, Entry, Origin
from passport.vault.vault import Vault
from passport.verification.documents import Documents, RemoteDocument
from passport.verification.report import Check, IssuerIdentity, Outcome, Verdict, VerificationReport
from passport.web.clients import Clients
from passport.web.limits import Bucket
from passport.web.live import Changes
from passport.web.pairing import PairingCodes
from passport.web.parts import Limits, Parts
from passport.web.session import Sessions
from passport.workers import Workers

COLOURS = ("#3f6fd1", "#cfae3a", "#3fd1a8", "#a23bd1", "#d13b46", "#d0863a")


def png(number: int = 0, text: str = "") -> bytes:
    """Return a small picture, different for each number."""
    picture = Image.new("RGBA", (200, 200))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((4, 4, 196, 196), fill=COLOURS[number % len(COLOURS)])
    draw.text((60, 80), text or str(number), fill="white")
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue() + number.to_bytes(4)


def credential(
    number: int = 1, *, name: str = "Student Tutor", issuer: str = "Aalto University", **more
) -> AchievementCredential:
    """Return a badge; `achievement` and other fields may be given."""
    issuer_id = more.pop("issuer_id", "https://aalto.example/issuer")
    achievement = {
        "name": name,
        "description": more.pop("description", "Guided twelve students."),
        "criteria": Criteria(narrative="* guide a group\n* keep a **diary**", id="https://aalto.example/criteria"),
        "tags": ("mentoring",),
    } | more.pop("achievement", {})
    document = {
        "id": f"https://aalto.example/badges/{number}",
        "name": name,
        "issuer": issuer,
        **more.pop("document", {}),
    }
    fields = {
        "standard": "2.0",
        "securing": Securing.HOSTED,
        "source": str(document),
        "document": document,
        "id": document["id"],
        "issuer": Profile(id=issuer_id, name=issuer, email="badges@aalto.example"),
        "subject": AchievementSubject(
            achievement=Achievement(**achievement), identifiers=(IdentityObject(identity="ann@example.org"),)
        ),
        "valid_from": "2026-03-12T00:00:00Z",
        "evidence": (Evidence(name="Diary", narrative="Four *workshops*.", id="https://aalto.example/e/1"),),
    }
    return AchievementCredential(**fields | more)


def report(
    verdict: str = "verified", identity: str | None = "domain", made_of: AchievementCredential | None = None, **more
):
    """Return a report about a badge."""
    outcome = {"verified": Outcome.PASSED, "unconfirmed": Outcome.UNKNOWN}.get(verdict, Outcome.FAILED)
    about = made_of or credential(**more)
    endorsed = (f"The endorsement by {one.issuer.name} is intact." for one in about.endorsements)
    return VerificationReport(
        verdict=Verdict(verdict),
        standard="2.0",
        securing="hosted",
        checks=(
            Check(name="hosting", outcome=outcome, explanation="It stands where its issuer says."),
            Check(name="expiry", outcome=Outcome.PASSED, explanation="It is valid without end."),
            Check(name="recipient", outcome=Outcome.PASSED, explanation="It was issued to ann@example.org."),
            *(Check(name="endorsement", outcome=Outcome.PASSED, explanation=text, matters=False) for text in endorsed),
        ),
        credential=about,
        issuer_identity=IssuerIdentity(identity) if identity else None,
        verified_at="2026-11-20T10:00:00Z",
    )


@dataclass
class Intake:
    """Takes in nothing by itself; what is asked of it is noted."""

    vault: Vault
    asked: list[tuple[str, object]] = field(default_factory=list)

    async def take(self, file: bytes, *, origin: Origin, name: str) -> Sequence[object]:
        self.asked.append(("take", (file, origin, name)))
        return []

    async def take_url(self, url: str, origin: Origin) -> Sequence[object]:
        self.asked.append(("take_url", (url, origin)))
        return []

    async def reverify(self, entry_id: str, *, offline: bool = False) -> None:
        self.asked.append(("reverify", entry_id))

    async def import_all(self, paths, urls):
        for path in paths:
            yield path


@dataclass
class Passport:
    """A served passport."""

    served: Served
    vault: Vault
    clock: Clock
    headers: dict[str, str]
    _count: int = 0

    def put(
        self,
        verdict: str = "verified",
        identity: str | None = "domain",
        *,
        file: bytes | None = None,
        media="image/png",
        **more,
    ) -> Entry:
        """Put a badge into the vault."""
        self._count += 1
        number = more.pop("number", self._count)
        arrival = Arrival(
            file=png(number) if file is None else file,
            media_type=media,
            name=more.pop("file_name", f"badge-{number}.png"),
            origin=Origin(kind="watched", detail="/home/ann/Downloads/badge.png"),
            report=report(verdict, identity, number=number, **more),
            documents=Documents.of(
                [
                    RemoteDocument(
                        url=f"https://aalto.example/badges/{number}", fetched_at="2026-11-20T10:00:00Z", status=200
                    )
                ]
            ),
        )
        return self.vault.put(arrival).entry

    async def get(self, path: str, **headers: str):
        """Ask for a page as the signed-in browser."""
        return await self.served.ask("GET", path, {**self.headers, **headers})

    async def post(
        self,
        path: str,
        body: bytes | str,
        *,
        token: bool = True,
        kind="application/x-www-form-urlencoded",
        **headers: str,
    ):
        """Send a form as a page without script does, the token in a field."""
        data = body.encode() if isinstance(body, str) else body
        if token:
            data += b"&csrf=" + self.headers["X-CSRF-Token"].encode()
        sent = {"Cookie": self.headers["Cookie"], "Content-Type": kind, **headers}
        return await self.served.ask("POST", path, sent, data)

    @property
    def address(self) -> str:
        return self.served.parts.address

    def ticket(self) -> str:
        """Return an address that signs a browser in."""
        return f"{self.address}/open?ticket={self.served.parts.sessions.issue_ticket()}"


@contextlib.asynccontextmanager
async def passport_in(
    folder: Path, settings: Settings | None = None, intake=None, posting=None, vault=None, **more
) -> AsyncIterator[Passport]:
    """Serve a passport whose vault lies in a folder."""
    clock = Clock()
    places = Places(config=folder, vault=folder / "vault", state=folder / "state")
    vault = vault or Vault.open(places, clock=clock)
    changes = Changes(asyncio.get_running_loop())
    vault.subscribe(changes.tell)

    async def no_network(url: str) -> RemoteDocument:
        return RemoteDocument(url=url, fetched_at="2026-11-24T12:00:00Z", problem="There is no network here.")

    async with Workers() as workers:

        def parts(port: int) -> Parts:
            return Parts(
                port=port,
                owner_key="k" * 43,
                places=places,
                settings=settings or Settings(),
                clock=clock,
                vault=vault,
                intake=intake(vault, workers, no_network, clock) if intake else Intake(vault),
                workers=workers,
                fetch=no_network,
                posting=(posting or posting_in)(places.state, vault, clock),
                control=Still(),
                sessions=Sessions(clock),
                codes=PairingCodes(clock),
                clients=Clients(folder / "clients.json", clock),
                changes=changes,
                limits=Limits(pair=Bucket(clock, 10, 10), refused=Bucket(clock, 10_000, 10_000)),
                started_at=clock(),
                **more,
            )

        try:
            async with serve(parts) as served:
                yield Passport(served, vault, clock, await served.sign_in())
        finally:
            vault.close()

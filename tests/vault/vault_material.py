"""Small real things for the vault's tests: places, a clock that stands still, reports as a verification makes them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from passport.badge.model import (
    Achievement,
    AchievementCredential,
    AchievementSubject,
    Alignment,
    Profile,
    Securing,
)
from passport.settings import Places
from passport.vault.model import Arrival, Origin
from passport.vault.vault import Vault
from passport.verification.documents import Documents, RemoteDocument
from passport.verification.report import Check, IssuerIdentity, Outcome, Verdict, VerificationReport


@dataclass
class StillClock:
    """Time moves only when told to."""

    now: datetime = field(default_factory=lambda: datetime(2026, 3, 1, 12, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


def places_in(folder: Path) -> Places:
    return Places(config=folder, vault=folder / "vault", state=folder / "state")


def opened(folder: Path, clock=None, **more) -> Vault:
    return Vault.open(places_in(folder), clock=clock or StillClock(), **more)


def credential(name="Welding", number=1, issuer="https://school.example/issuer", **more) -> AchievementCredential:
    document = {"id": f"https://school.example/badges/{number}", "name": name, "proof": {"proofValue": "z1"}}
    document |= more.pop("document", {})
    fields = {
        "standard": "3.0",
        "securing": Securing.DATA_INTEGRITY,
        "source": json.dumps(document),
        "document": document,
        "id": document["id"],
        "issuer": Profile(id=issuer, name="School of Sparks"),
        "subject": AchievementSubject(
            achievement=Achievement(
                id="https://school.example/achievements/1",
                name=name,
                description="Joins steel without burning down the house.",
                tags=("metal",),
                alignments=(Alignment(target_name="Arc welding"),),
            )
        ),
        "valid_from": "2025-05-01T00:00:00Z",
    }
    return AchievementCredential(**fields | more)


def report(verdict=Verdict.VERIFIED, made_of=None, **more) -> VerificationReport:
    return VerificationReport(
        verdict=verdict,
        standard="3.0",
        securing="eddsa-rdfc-2022",
        checks=(Check(name="proof", outcome=Outcome.PASSED, explanation="The signature fits."),),
        credential=credential(**more) if made_of is None else made_of,
        issuer_identity=IssuerIdentity.DOMAIN,
        verified_at="2026-03-01T12:00:00Z",
    )


def arrival(file=b"\x89PNG one", *, kind="watched", index=0, documents=None, **more) -> Arrival:
    return Arrival(
        file=file,
        media_type="image/png",
        name="welding.png",
        origin=Origin(kind=kind, detail="/home/o/Downloads/welding.png", at="2026-03-01T11:00:00Z"),
        report=report(**more),
        statement_index=index,
        documents=Documents() if documents is None else documents,
    )


def some_documents(body=b"{}") -> Documents:
    url = "https://school.example/keys/1"
    found = RemoteDocument(
        url=url,
        fetched_at="2026-03-01T11:59:00Z",
        status=200,
        content_type="application/json",
        body=body,
        headers=(("ETag", '"1"'),),
    )
    gone = RemoteDocument(url=url + "x", fetched_at="2026-03-01T11:59:01Z", problem="The host does not answer.")
    return Documents.of([found, gone])

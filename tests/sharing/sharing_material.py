"""Badges in a vault, for the tests of what goes out."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.issuer import Issuer

from passport.vault.model import Arrival, Entry, Origin
from passport.vault.vault import Vault
from passport.verification.files import verify
from passport.verification.report import Verdict

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
ANN = "ann@example.org"


def take(vault: Vault, number: int, *, public: bool = True) -> Entry:
    """Keep a hosted badge of an issuer of its own; the recipient's address stands in it in plain."""
    issuer = Issuer(f"https://issuer{number}.example")
    file = issuer.hosted_badge(recipient=ANN)
    documents = issuer.documents()
    (report,) = verify(file, documents, identities=[ANN], now=NOW)
    assert report.verdict is Verdict.VERIFIED, report
    arrival = Arrival(
        file=file,
        media_type="image/png",
        name="a.png",
        origin=Origin(kind="import"),
        report=report,
        documents=documents,
    )
    entry = vault.put(arrival).entry
    vault.decide(entry.subject, {"visibility": "public" if public else "private"})
    found = vault.entry(entry.id)
    assert found is not None
    return found

"""The loop around the pure verification: verify, fetch what is needed, verify again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from passport.verification.documents import Documents, RemoteDocument
from passport.verification.report import VerificationReport

MAX_DOCUMENTS = 40
"""Of one file: ends chains that a stranger made long on purpose (model-codebases reference, 4.4)."""
MAX_ROUNDS = 8

Examine = Callable[[Documents], Awaitable[Sequence[VerificationReport]]]
"""Verifies a file with these documents; nothing else changes between two calls."""
Fetch = Callable[[str], Awaitable[RemoteDocument]]
"""Asks the network; a failure is a document too, so that the loop ends."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What the loop found out."""

    reports: tuple[VerificationReport, ...]
    documents: Documents
    """All that was asked for, failures included: the reports can be computed again from them, for ever."""


async def investigate(examine: Examine, fetch: Fetch | None, documents: Documents) -> Findings:
    """Verify until nothing new is asked for. Without `fetch` (offline) what is missing stays unknown."""
    reports = await examine(documents)
    for _ in range(MAX_ROUNDS):
        wanted = sorted(frozenset().union(*(report.needs for report in reports)) - documents.keys())
        room = MAX_DOCUMENTS - len(documents)
        if fetch is None or not wanted or room <= 0:
            break
        answers = await asyncio.gather(*(fetch(url) for url in wanted[:room]))
        documents = documents | Documents.of(answers)
        reports = await examine(documents)
    return Findings(tuple(reports), documents)

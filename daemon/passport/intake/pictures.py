"""The picture of a badge that came without one: fetched once and kept, so that it outlives the issuer."""

from __future__ import annotations

from dataclasses import replace

from passport.intake.investigate import Fetch, Findings
from passport.intake.media import media_type
from passport.verification.documents import Documents


async def with_picture(found: Findings, file: bytes, fetch: Fetch | None, kept: Documents | None = None) -> Findings:
    """Add the achievement's picture to the documents, unless the file is a picture itself.

    `kept` are documents of before, in which it may be; without `fetch` nothing is asked for.
    """
    if media_type(file).startswith("image/"):
        return found
    documents = found.documents
    for report in found.reports:
        image = report.credential.subject.achievement.image if report.credential else None
        address = image.id if image else ""
        if not address.startswith(("https://", "http://")) or address in documents:
            continue
        if kept is not None and address in kept:
            documents = documents | {address: kept[address]}
        elif fetch is not None:
            documents = documents | {address: await fetch(address)}
    return replace(found, documents=documents)

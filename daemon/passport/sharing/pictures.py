"""The picture that goes with a post: the badge on its card, or the badge alone.

It is always drawn anew, never a file as it came: what was baked into the original, and what an editor wrote into its
metadata, is in none of them.
"""

from __future__ import annotations

import asyncio
import io
from typing import TYPE_CHECKING

from passport.sharing.card import CardBadge, draw_card, own_words
from passport.sharing.card_plate import HEIGHT, LEAF, WIDTH
from passport.sharing.outbox.outbox import Picture
from passport.speech import Speech

if TYPE_CHECKING:
    from passport.sharing.gathering import Gatherer
    from passport.vault.model import Entry

CARD, BADGE, NONE = "card", "badge", "none"
KINDS = (CARD, BADGE, NONE)
MOST_BYTES = 1_000_000
"""Bluesky's limit, the smallest of all (lexicon app.bsky.embed.images)."""
BADGE_PIXELS = 512
BADGE_MARGIN = 64
JPEG_QUALITIES = (92, 85, 75, 60)


async def picture_of(gatherer: Gatherer, entry: Entry, kind: str, say: Speech) -> Picture | None:
    """Return the picture of a kind; None: none is wanted, or there is none (a badge without a picture, alone).

    What stands on it is in the owner's language; the owner's name only where it may.
    """
    if kind == NONE:
        return None
    report = await asyncio.to_thread(gatherer.vault.report, entry.id)
    own = await gatherer.picture(entry, report, BADGE_PIXELS)
    if kind == BADGE:
        return await asyncio.to_thread(alone, own) if own else None
    card = CardBadge(
        name=entry.name,
        issuer=entry.issuer,
        issuer_id=entry.issuer_id,
        issuer_identity=entry.issuer_identity,
        verdict=entry.verdict,
        date=say.day(entry.valid_from, whole=True),
        picture=own,
        owner=gatherer.name_on_card(entry),
        checked=say.day(entry.verified_at),
        texts=own_words(entry.verdict, entry.issuer_identity, say),
    )
    drawn = await asyncio.to_thread(draw_card, card)
    return await asyncio.to_thread(small_enough, drawn, WIDTH, HEIGHT)


def alone(png: bytes) -> Picture:
    """Put the badge on a plain ground: networks show what is transparent as black."""
    from PIL import Image  # noqa: PLC0415 (heavy)

    side = BADGE_PIXELS + 2 * BADGE_MARGIN
    ground = Image.new("RGB", (side, side), LEAF)
    with Image.open(io.BytesIO(png), formats=["PNG"]) as opened:
        badge = opened.convert("RGBA")
    ground.paste(badge, ((side - badge.width) // 2, (side - badge.height) // 2), badge)
    out = io.BytesIO()
    ground.save(out, "PNG", optimize=True)
    return small_enough(out.getvalue(), side, side)


def small_enough(png: bytes, width: int, height: int) -> Picture:
    """Return the picture in at most MOST_BYTES: as PNG where that does, else as JPEG."""
    if len(png) <= MOST_BYTES:
        return Picture(content=png, media_type="image/png", width=width, height=height)
    from PIL import Image  # noqa: PLC0415 (heavy)

    content = png
    with Image.open(io.BytesIO(png), formats=["PNG"]) as opened:
        flat = opened.convert("RGB")
    for quality in JPEG_QUALITIES:
        out = io.BytesIO()
        flat.save(out, "JPEG", quality=quality, optimize=True)
        content = out.getvalue()
        if len(content) <= MOST_BYTES:
            break
    return Picture(content=content, media_type="image/jpeg", width=width, height=height)

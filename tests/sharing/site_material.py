"""A vault of public badges that are signed, and look like something: for the published site, its bench and pictures."""

from __future__ import annotations

import colorsys
import io
import json
import math
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw
from tests.issuer import Issuer
from tests.sharing.sharing_material import NOW

from passport.badge.files import bake
from passport.fetching.uploading import Uploader
from passport.settings import NetworkSettings, Places
from passport.sharing.gathering import Gatherer
from passport.sharing.publishing import Publisher
from passport.sharing.site.places import Places as Targets
from passport.vault.model import Arrival, Entry, Origin
from passport.vault.vault import Vault
from passport.verification.documents import Documents
from passport.verification.files import verify

NAMES = (
    "Student Tutor",
    "Team Worker",
    "Fair Coach",
    "Kubernetes Application Developer",
    "First Aid 2",
    "Night Sailor",
)
ISSUERS = (
    "Aalto University",
    "Omnia Education",
    "Suomen Palloliitto",
    "The Linux Foundation",
    "Red Cross",
    "Harbour Club",
)
OWNER = "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"
"""By this the recipient is known: nothing of it needs to be withheld."""


def emblem(number: int, side: int = 480) -> bytes:
    """Draw a badge's picture: a polygon with a letter's worth of detail, each another colour."""
    hue = (number * 0.137) % 1
    dark, light = (tuple(round(255 * part) for part in colorsys.hsv_to_rgb(hue, 0.62, value)) for value in (0.55, 0.82))
    made = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    pen, half = ImageDraw.Draw(made), side / 2
    corners = 6 + number % 7
    for reach, ink in ((0.49, dark), (0.41, light)):
        turns = [math.tau * (place + 0.5) / corners for place in range(corners)]
        pen.polygon([(half + side * reach * math.sin(t), half - side * reach * math.cos(t)) for t in turns], fill=ink)
    for place in range(60):
        turn = math.tau * place / 60
        x, y = half + side * 0.3 * math.sin(turn), half - side * 0.3 * math.cos(turn)
        pen.ellipse((x - 3, y - 3, x + 3, y + 3), fill=(255, 255, 255, 220))
    pen.regular_polygon((half, half, side * 0.16), 3 + number % 6, fill=(255, 255, 255, 255))
    stream = io.BytesIO()
    made.save(stream, "PNG")
    return stream.getvalue()


def signed_file(
    maker: Issuer, number: int, *, suite: str = "eddsa-jcs-2022", name: str = "", **changes: object
) -> bytes:
    """Return a baked badge whose recipient is known by a DID."""
    title = name or f"{NAMES[number % len(NAMES)]} {number // len(NAMES) + 1}"
    subject = {
        "id": OWNER,
        "type": ["AchievementSubject"],
        "achievement": {
            "id": maker.url(f"/achievements/{number}"),
            "type": ["Achievement"],
            "name": title,
            "description": "Guided twelve students through their first two periods, and kept a learning diary.",
            "criteria": {"narrative": "* Plan **four** workshops\n* Lead them\n* Say what was learned"},
        },
    }
    given = {"id": f"urn:uuid:00000000-0000-4000-8000-{number:012}", "name": title, "credentialSubject": subject}
    document = maker.prove(maker.credential(**given | changes), suite)  # type: ignore[arg-type] # properties of the credential
    return bake(emblem(number), json.dumps(document, ensure_ascii=False))


def keep(vault: Vault, file: bytes, *, documents: Documents | None = None, identities: Sequence[str] = ()) -> Entry:
    """Verify a file, keep it, and make it public."""
    known = documents or Documents()
    (report,) = verify(file, known, identities=identities, now=NOW)
    origin = Origin(kind="import")
    arrival = Arrival(file=file, media_type="image/png", name="a.png", origin=origin, report=report, documents=known)
    entry = vault.put(arrival).entry
    vault.decide(entry.subject, {"visibility": "public"})
    found = vault.entry(entry.id)
    assert found is not None
    return found


def opened(home: Path) -> Vault:
    """Open the vault of a home."""
    return Vault.open(Places.from_environment({"BADGE_PASSPORT_HOME": str(home)}), clock=lambda: NOW)


def publisher(home: Path) -> Publisher:
    """Return what publishes from a home."""
    store = home / "state" / "published"
    return Publisher(store=store, places=Targets(clones=store / "git", connect=lambda: Uploader(NetworkSettings())))


def gatherer(vault: Vault, work: object, home: Path, base_url: str = "https://ann.example/") -> Gatherer:
    """Return what gathers for a site."""
    return Gatherer(
        vault=vault,
        work=work,  # type: ignore[arg-type] # the workers, or what stands for them
        clock=lambda: NOW,
        base_url=base_url,
        drawn=home / "state" / "thumbnails",
    )

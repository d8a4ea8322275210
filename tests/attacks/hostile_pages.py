"""Pages on which everything that issuers and owners write is hostile: the gallery, the published site, a CV."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tests.attacks.payloads import addresses, texts
from tests.browser.site_stage import publish
from tests.issuer import Issuer
from tests.sharing.site_material import OWNER, emblem, keep, opened
from tests.sharing.test_sharing_cv import badge as cv_badge
from tests.sharing.test_sharing_cv import cv

from passport.badge.files import bake
from passport.badge.model import Alignment, Criteria, Evidence
from passport.sharing.cv.model import Section
from passport.sharing.cv.page import to_html

FIELDS = 11
HIT = "window.hit === undefined && document.querySelectorAll('[onerror],[onload],[onfocus],[ontoggle]').length === 0"
ASKED = """performance.getEntriesByType('resource').map((one) => new URL(one.name)).filter(
  (url) => url.protocol !== 'data:' && (url.origin !== location.origin || url.pathname.startsWith('/hit'))
).join()"""
GALLERY = ("/", "/?view=list", "/?view=timeline", "/inbox", "/skills", "/statistics", "/activity", "/collections")


def loads(all_of_them: bool) -> Iterator[Sequence[str]]:
    """Return texts in handfuls, one for each field of a badge."""
    every = texts(all_of_them=all_of_them)
    while handful := list(itertools.islice(every, FIELDS)):
        yield (handful * FIELDS)[:FIELDS]


def put(passport: Any, text: Sequence[str], address: str) -> Any:
    """Put a badge into the gallery whose every field is hostile."""
    return passport.put(
        name=text[0],
        issuer=text[1],
        description=text[2],
        achievement={
            "criteria": Criteria(narrative=text[3], id=address),
            "tags": (text[4][:60],),
            "alignments": (Alignment(target_name=text[5], target_url=address, target_framework=text[6]),),
        },
        evidence=(Evidence(name=text[7], narrative=text[8], id=address),),
        document={"name": text[9], "x": text[10]},
    )


def fill_gallery(passport: Any, *, all_of_them: bool) -> tuple[int, list[str]]:
    """Fill a gallery; return how many payloads are in it, and the pages that show them."""
    places = itertools.cycle(addresses())
    entries = [put(passport, text, next(places)) for text in loads(all_of_them)]
    for number, entry in enumerate(entries):
        hostile = f"<img src=x onerror=fetch('/hit')>{number}"
        passport.vault.decide(entry.subject, {"note": hostile, "tag:" + hostile: True})
    pages = [*GALLERY, *(f"/badge/{entry.id}" for entry in entries)]
    pages += [*(f"/share/{entry.id}" for entry in entries[:3]), "/?q=%3Cscript%3Ealert(1)%3C/script%3E"]
    return len(entries) * (FIELDS + 3), pages


def hostile_file(issuer: Issuer, number: int, text: Sequence[str], address: str) -> bytes:
    """Return a signed badge whose every field is hostile; the signature holds."""
    web = address if address.startswith(("https:", "http:")) else "https://skills.example/1"
    document = issuer.credential(
        id=f"urn:uuid:00000000-0000-4000-8000-{number:012}",
        name=text[0],
        credentialSubject={
            "id": OWNER,
            "type": ["AchievementSubject"],
            "achievement": {
                "id": issuer.url(f"/achievements/{number}"),
                "type": ["Achievement"],
                "name": text[1],
                "description": text[2],
                "criteria": {"narrative": text[3]},
                "tag": [text[4]],
                "alignment": [
                    {"type": ["Alignment"], "targetName": text[5], "targetUrl": web, "targetFramework": text[6]}
                ],
            },
        },
        evidence=[{"type": ["Evidence"], "name": text[7], "narrative": text[8]}],
    )
    document["issuer"] |= {"name": text[9], "description": text[10]}
    return bake(emblem(number, 64), json.dumps(issuer.prove(document), ensure_ascii=False))


async def publish_hostile(home: Path, folder: Path, *, all_of_them: bool) -> list[str]:
    """Publish a site and lay a CV beside it; return the paths of all pages."""
    issuer, places = Issuer(), itertools.cycle(addresses())
    vault = opened(home)
    for number, text in enumerate(loads(all_of_them)):
        keep(vault, hostile_file(issuer, number, text, next(places)))
    vault.decide("profile", {"name": "<img src=x onerror=fetch('/hit')>", "about": "[x](javascript:hit()) <script>"})
    vault.close()
    await publish(home, folder)
    badges = tuple(
        cv_badge(1, id=f"e{number}", name=text[0], issuer=text[1], link=next(places))
        for number, text in enumerate(loads(all_of_them))
    )
    some = next(loads(all_of_them=False))
    sections = (Section(title=some[2], text=some[3]), Section(title=some[4], badges=badges))
    page = to_html(cv(name=some[5], headline=some[6], sections=sections, links=((some[7], next(places)),)))
    (folder / "cv.html").write_text(page, encoding="utf-8")
    pages = pages_in(folder)
    assert len(pages) > len(badges)
    return pages


def pages_in(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.html"))

"""What issuers write neither runs nor loads anything: gallery, published page, CV in a real Chromium (2.4: markup)."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from tests.attacks.payloads import addresses, texts
from tests.browser.browser_gallery_material import Visitor, needs_chromium
from tests.browser.browser_gallery_material import visiting as visiting_gallery
from tests.browser.site_stage import publish, served
from tests.browser.site_stage import visiting as visiting_site
from tests.issuer import Issuer
from tests.sharing.site_material import OWNER, emblem, keep, opened

from passport.badge.library import bake
from passport.badge.model import Alignment, Criteria, Evidence

pytestmark = [pytest.mark.browser, pytest.mark.slow, needs_chromium]
FIELDS = 11
HIT = "window.hit === undefined && document.querySelectorAll('[onerror],[onload],[onfocus],[ontoggle]').length === 0"


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


async def look(visitor: Visitor, path: str) -> list[str]:
    """Open a page; return what happened that must not."""
    await visitor.go(path)
    found = [] if await visitor.page.evaluate(HIT) else [f"{path}: it ran, or could have"]
    found += [f"{path}: asked {url}" for url in visitor.asked if "hit" in url or "evil" in url]
    found += [f"{path}: {said}" for said in visitor.errors if "favicon" not in said]
    visitor.asked.clear()
    visitor.errors.clear()
    return found


async def look_at_gallery(folder: Path, *, all_of_them: bool) -> tuple[int, list[str]]:
    async with visiting_gallery(folder) as visitor:
        dialogs: list[str] = []
        visitor.page.on("dialog", lambda dialog: dialogs.append(dialog.message))
        places = itertools.cycle(addresses())
        entries = [put(visitor.passport, text, next(places)) for text in loads(all_of_them)]
        for number, entry in enumerate(entries):
            hostile = f"<img src=x onerror=fetch('/hit')>{number}"
            visitor.passport.vault.decide(entry.subject, {"note": hostile, "tag:" + hostile: True})
        pages = ["/", "/?view=list", "/?view=timeline", "/inbox", "/skills", "/statistics", "/activity", "/collections"]
        pages += [f"/badge/{entry.id}" for entry in entries]
        pages += [f"/share/{entries[0].id}", "/?q=%3Cscript%3Ealert(1)%3C/script%3E"]
        found = [line for path in pages for line in await look(visitor, path)]
        return len(entries) * (FIELDS + 3), found + dialogs


async def test_sixty_payloads_in_every_field_do_nothing_in_the_gallery(tmp_path: Path) -> None:
    count, found = await look_at_gallery(tmp_path, all_of_them=False)
    assert count >= 60
    assert found == []


@pytest.mark.long
@pytest.mark.timeout(3000)
async def test_more_than_a_thousand_payloads_do_nothing_in_the_gallery(tmp_path: Path) -> None:
    count, found = await look_at_gallery(tmp_path, all_of_them=True)
    assert count >= 1000
    assert found == []


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


async def test_payloads_do_nothing_in_the_published_page_and_the_cv(tmp_path: Path) -> None:
    issuer, places = Issuer(), itertools.cycle(addresses())
    home, folder = tmp_path / "home", tmp_path / "site"
    vault = opened(home)
    kept = [keep(vault, hostile_file(issuer, n, text, next(places))) for n, text in enumerate(loads(all_of_them=False))]
    vault.decide("profile", {"name": "<img src=x onerror=fetch('/hit')>", "about": "[x](javascript:hit()) <script>"})
    vault.close()
    assert len(kept) >= 4
    await publish(home, folder)
    pages = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.html"))
    assert len(pages) > len(kept)
    with served(folder) as base:
        async with visiting_site() as tab:
            for path in pages:
                await tab.page.goto(base + path)
                assert await tab.page.evaluate(HIT), path
            assert [url for url in tab.asked if not url.startswith((base, "data:"))] == []
            assert [url for url in tab.asked if "/hit" in url] == []
            assert [said for said in tab.errors if "404" not in said] == []  # a browser asks for a favicon of its own


async def test_a_page_that_does_not_escape_is_noticed(tmp_path: Path) -> None:
    """The defence off: the same question finds what runs."""
    text = "".join(texts(all_of_them=False))
    (tmp_path / "index.html").write_text(f"<!doctype html><title>x</title><p>{text}", encoding="utf-8")
    with served(tmp_path) as base:
        async with visiting_site() as tab:
            await tab.page.goto(base, wait_until="commit")
            await tab.page.wait_for_timeout(500)
            assert not await tab.page.evaluate(HIT)

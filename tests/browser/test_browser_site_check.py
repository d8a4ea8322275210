"""Verify it yourself: the check in a visitor's browser finds what the passport finds, and trusts nothing of ours."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.browser.site_stage import copy_of, fill, needs_chromium, publish, served, visiting
from tests.test_vectors import CASES

from passport.badge.library import unbake
from passport.sharing.site.checking import CHECKABLE, LOADED, key_copies
from passport.verification.documents import Documents
from passport.verification.library import verify

pytestmark = [pytest.mark.browser, pytest.mark.slow, needs_chromium]
SELECTIVE = {"ecdsa-sd-2023"}
"""Shows only a part of what was signed: a page does not check it, and says so."""
ASK = """async ([statement, copies, now]) => {
  const copied = copies.map(([url, time, text]) => ({ url, time, text }));
  const found = await badgePassportCheck.check(statement, copied, { sets: badgePassportContexts }, new Date(now));
  return [found.signature.outcome, found.key.outcome, found.dates.outcome, found.signature.text];
}"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    fill(home)
    folder = home / "site"
    asyncio.run(publish(home, folder))
    return folder


def vectors() -> Iterator[tuple[str, list[object], tuple[str, str | None]]]:
    """Yield the vectors with a signature: what the page is given, and what the passport answers."""
    for case in CASES:
        expected = json.loads((case / "expected.json").read_text())
        file = next(path for path in case.iterdir() if path.name.startswith("badge.")).read_bytes()
        har = case / "documents.har"
        documents = Documents.from_har(har.read_bytes()) if har.exists() else Documents()
        now = datetime.fromisoformat(expected["at"]) if "at" in expected else datetime.now(UTC)
        reports = verify(file, documents, now=now)
        credential = reports[0].credential
        answers = {check.name: check.outcome.value for check in reports[0].checks}
        signed = answers.get("proof") or answers.get("signature")
        if len(reports) > 1 or credential is None or signed is None or credential.securing not in CHECKABLE:
            continue
        if reports[0].securing in SELECTIVE:
            continue
        (statement,) = unbake(file)
        copies = [(copy.url, copy.time, copy.text) for copy in key_copies(credential, documents)]
        yield f"{case.parent.name}/{case.name}", [statement, copies, now.isoformat()], (signed, answers.get("key"))


@pytest.mark.skipif(not CASES, reason="the conformance vectors are not here")
async def test_the_page_agrees_with_the_passport_on_every_vector(site: Path) -> None:
    differing, accepted, count = [], [], 0
    with served(site) as address:
        async with visiting() as tab:
            await tab.page.goto(address)
            for name in LOADED:
                await tab.page.add_script_tag(url=f"{address}assets/check/{name}")
            for name, given, (signature, key) in vectors():
                count += 1
                found = await tab.page.evaluate(ASK, given)
                if found[0] != signature or (key is not None and found[1] != key):
                    differing.append((name, signature, key, found))
                if found[:2] == ["passed", "passed"] and (signature, key) != ("passed", "passed"):
                    accepted.append(name)
            assert tab.errors == []
    assert count > 150
    assert (differing, accepted) == ([], [])


async def test_a_visitor_checks_the_badge_and_nobody_is_asked(site: Path) -> None:
    with served(site) as address:
        async with visiting() as tab:
            for kind in ("rdfc-2022", "jcs-2022", "rdfc-2019", "jcs-2019", "domain"):
                tab.asked.clear()
                await tab.page.goto(address + folder_of(site, kind))
                assert not [url for url in tab.asked if "check/" in url and not url.endswith("start.js")]
                assert await tab.found() == "verified", kind
                text = await tab.page.locator("[data-answers]").inner_text()
                assert ("by the copies that the owner kept" in text) == (kind == "domain")
                assert ("By the copy that the owner kept on" in text) == (kind == "domain")
                assert ("own claim" in text) == (kind != "domain")
                assert {url for url in tab.asked if not url.startswith(address)} == set()
                assert tab.errors == []


def folder_of(site: Path, kind: str) -> str:
    (found,) = [path for path in (site / "badges").iterdir() if kind in path.name]
    return f"badges/{found.name}/"


FLIPPED = (
    ('data-shown="name">Known', 'data-shown="name">Unknown', "invalid"),
    ('data-shown="issuer">Harbour', 'data-shown="issuer">Harvard', "invalid"),
    ('datetime="2024-03-01"', 'datetime="2020-03-01"', "invalid"),
    (r"Known by its domain\"", r"Known by its demain\"", "invalid"),
    (r"\"proofValue\": \"z", r"\"proofValue\": \"zz", "invalid"),
    (r"\"created\": \"2024", r"\"created\": \"2023", "invalid"),
    ("harbour.example/.well-known", "harbour.exemple/.well-known", "unconfirmed"),
)


async def test_a_flipped_byte_shows(site: Path, tmp_path: Path) -> None:
    damaged = copy_of(site, tmp_path / "damaged")
    page = damaged / folder_of(site, "domain") / "index.html"
    text = page.read_text()
    with served(damaged) as address:
        async with visiting() as tab:
            for before, after, found in FLIPPED:
                assert before in text
                page.write_text(text.replace(before, after))
                await tab.page.goto(address + folder_of(site, "domain"))
                assert await tab.found() == found, before


async def test_a_badge_that_cannot_be_checked_offers_no_button(site: Path) -> None:
    with served(site) as address:
        async with visiting() as tab:
            await tab.page.goto(address + folder_of(site, "knot"))
            assert await tab.page.locator("button[data-check]").count() == 0
            assert "held back" in await tab.page.locator("#check").inner_text()


async def test_without_script_the_page_is_read_all_the_same(site: Path) -> None:
    with served(site) as address:
        async with visiting(java_script_enabled=False) as tab:
            await tab.page.goto(address + folder_of(site, "domain"))
            assert "Known by its domain" in await tab.page.locator("h1").inner_text()
            assert "This needs JavaScript" in await tab.page.locator("#check").inner_text()
            assert not await tab.page.locator("button[data-check]").is_visible()

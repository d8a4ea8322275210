"""Verify it yourself: the check in a visitor's browser finds what the passport finds, and trusts nothing of ours."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.browser.browser_gallery_material import AXE
from tests.browser.site_stage import copy_of, fill, folder_of, needs_chromium, publish, served, vectors, visiting
from tests.test_vectors import CASES

from passport.sharing.site.checking import LOADED

pytestmark = [pytest.mark.browser, pytest.mark.slow, needs_chromium]
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
            for number, (before, after, found) in enumerate(FLIPPED):
                assert before in text
                page.write_text(text.replace(before, after))
                await tab.page.goto(f"{address}{folder_of(site, 'domain')}?{number}")  # not from the browser's cache
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


VALIDATE = AXE.parents[1] / "html-validate" / "bin" / "html-validate.mjs"
NODE = shutil.which("node")


@pytest.mark.skipif(NODE is None or not VALIDATE.is_file(), reason="html-validate is not installed (scripts/test does)")
def test_every_page_is_valid_html(site: Path) -> None:
    rules = Path(__file__).with_name("html-validate.json")
    pages = [str(page) for page in site.rglob("*.html")]
    line = [str(NODE), str(VALIDATE), "--config", str(rules), "--formatter", "text", *pages]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not installed (scripts/test does)")
async def test_axe_finds_nothing_and_nothing_is_wider_than_a_phone(site: Path) -> None:
    tags, found, wide = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], [], []
    with served(site) as address:
        for theme in ("light", "dark"):
            async with visiting(color_scheme=theme, bypass_csp=True, viewport={"width": 360, "height": 740}) as tab:
                for path in ("", folder_of(site, "domain"), folder_of(site, "knot"), "cv/"):
                    await tab.page.goto(address + path)
                    if "domain" in path:
                        await tab.found()
                    await tab.page.evaluate(AXE.read_text())
                    report = await tab.page.evaluate("tags => axe.run(document, {runOnly: tags})", tags)
                    found += [(theme, path, v["id"], v["nodes"][0]["html"][:160]) for v in report["violations"]]
                    wide += [
                        (path, w) for w in [await tab.page.evaluate("document.documentElement.scrollWidth")] if w > 360
                    ]
    assert (found, wide) == ([], [])


async def test_a_badges_page_is_light(site: Path) -> None:
    """150 kB without the picture; fonts are loaded once for all pages, and count here."""
    sizes: dict[str, int] = {}
    with served(site) as address:
        async with visiting() as tab:
            tab.page.on("response", lambda answer: sizes.update({answer.url: int(answer.headers["content-length"])}))
            await tab.page.goto(address + folder_of(site, "domain"))
            await tab.page.evaluate("document.fonts.ready")
    pictures = [url for url in sizes if url.endswith("picture.png")]
    assert len(pictures) == 1
    assert sum(size for url, size in sizes.items() if url not in pictures) <= 150_000, sizes

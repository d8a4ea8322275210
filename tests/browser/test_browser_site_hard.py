"""The published passport with hard names: each kind of page is valid and is read without script."""

from __future__ import annotations

import asyncio
import subprocess
from pathlib import Path

import pytest
from tests.browser.browser_gallery_material import AXE
from tests.browser.site_stage import needs_chromium, publish, served, visiting
from tests.browser.test_browser_site_check import NODE, VALIDATE
from tests.issuer import Issuer
from tests.sharing.site_material import OWNER, keep, opened, signed_file
from tests.sharing.test_sharing_outbox import HARD_NAMES

pytestmark = [pytest.mark.browser, pytest.mark.slow, needs_chromium]
NAMES = [*HARD_NAMES, "x" * 300, "ÅÄÖ'\"&<>`${1}{{ 7*7 }}", "Ⅷ ﷽ \u202eabc"]
LONG = "A sentence that says the same again and again, & <em>loudly</em> “so”. "


def hard_badge(maker: Issuer, number: int, name: str) -> bytes:
    achievement = {
        "id": maker.url(f"/achievements/{number}"),
        "type": ["Achievement"],
        "name": name,
        "description": LONG * (150 if number == 0 else 3),
        "criteria": {"narrative": f"# {name}\n\n* {LONG}\n\n| a | b |\n|---|---|\n| {name} | 2 |\n\n" + LONG * 40},
        "tag": [name[:80], "<i>tag</i>", "x" * 200],
    }
    subject = {"id": OWNER, "type": ["AchievementSubject"], "achievement": achievement}
    evidence = [
        {"type": ["Evidence"], "id": f"https://w.example/{n}?a=<b>&\"'", "name": f"{name[:60]} {n}", "narrative": LONG}
        for n in range(12)
    ]
    return signed_file(maker, number, name=name, credentialSubject=subject, evidence=evidence)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("hard")
    vault = opened(home)
    for number, name in enumerate(NAMES):
        entry = keep(vault, hard_badge(Issuer(f"https://c{number}.example", name=name), number, name))
        vault.decide(f"collection:{number}", {"name": name, "text": LONG * 5, "visibility": "public", f"member:{entry.id}": "1"})  # fmt: skip # noqa: E501 (one object)
    about = {"name": NAMES[0], "headline": "\u202e" + "x" * 300, "about": LONG * 60 + "\n\n# Heading\n* <b>list</b>"}
    vault.decide("profile", {**about, "links": [{"label": name, "url": "https://w.example/?<>"} for name in NAMES]})
    vault.close()
    asyncio.run(publish(home, home / "site"))
    return home / "site"


def kinds(site: Path) -> dict[str, list[str]]:
    """Return the addresses of the pages of each kind, the shortest first."""
    pages = sorted((str(page.relative_to(site)) for page in site.rglob("*.html")), key=lambda path: (len(path), path))
    found = {
        "home": ["index.html"],
        "badge": [path for path in pages if path.startswith("badges/") and path.endswith("index.html")],
        "embed": [path for path in pages if path.endswith("embed.html")],
        "collection": [path for path in pages if path.startswith("collections/")],
        "cv": [path for path in pages if path.startswith("cv/")],
    }
    assert all(found.values()), found
    return found


@pytest.mark.skipif(NODE is None or not VALIDATE.is_file(), reason="html-validate is not installed (scripts/test does)")
def test_hard_content_is_valid_html_on_every_page(site: Path) -> None:
    rules = Path(__file__).with_name("html-validate.json")
    pages = [str(site / path) for paths in kinds(site).values() for path in paths]
    line = [str(NODE), str(VALIDATE), "--config", str(rules), "--formatter", "text", *pages]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


async def test_without_script_every_kind_of_page_says_everything(site: Path) -> None:
    with served(site) as address:
        seen: dict[bool, dict[str, str]] = {}
        for script in (True, False):
            async with visiting(java_script_enabled=script) as tab:
                texts = seen[script] = {}
                for kind, paths in kinds(site).items():
                    await tab.page.goto(address + paths[0])
                    texts[kind] = await tab.page.locator("main").inner_text()
                assert [said for said in tab.errors if "404" not in said] == []  # an embedded card names no icon
    for kind, text in seen[True].items():
        missing = [line for line in text.splitlines() if line.strip() and line not in seen[False][kind]]
        assert missing in ([], ["Check in this browser"]), kind
        assert seen[False][kind].strip()


@pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not installed (scripts/test does)")
async def test_axe_finds_nothing_on_any_kind_of_page_by_day_and_by_night(site: Path) -> None:
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = []
    with served(site) as address:
        async with visiting(bypass_csp=True, viewport={"width": 360, "height": 800}) as tab:
            for kind, paths in kinds(site).items():
                await tab.page.goto(address + paths[-1 if kind == "badge" else 0])
                await tab.page.add_script_tag(path=str(AXE))
                for scheme in ("light", "dark"):
                    await tab.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type] # one of two words
                    report = await tab.page.evaluate("tags => axe.run(document, {runOnly: tags})", tags)
                    found += [f"{kind} {scheme} {one['id']} {one['nodes'][0]['html']}" for one in report["violations"]]
                wide = await tab.page.evaluate("document.documentElement.scrollWidth")
                found += [f"{kind} is {wide} pixels wide"] if wide > 360 else []
    assert found == [], "\n".join(found)


async def test_every_page_of_one_badge_is_light_whatever_its_texts(site: Path) -> None:
    """150 kB for a first visit, without the pictures and without the fonts of letters beyond Latin-1.

    What a page asks for is weighed on the disk: what the browser kept from the page before comes as nothing, or not.
    A badge's page counts its rosette. A CV has one for each issuer: there they are pictures like the others.
    """
    asked: set[str] = set()
    heavy = {}
    with served(site) as address:
        async with visiting() as tab:
            tab.page.on("request", lambda request: asked.add(request.url.removeprefix(address)))
            paths = kinds(site)
            for path in [*paths["badge"], *paths["embed"][:2], *paths["collection"][:2], *paths["cv"]]:
                asked.clear()
                await tab.page.goto(f"{address}{path}", wait_until="networkidle")
                pictures = ("picture.png",) if path in paths["badge"] else ("picture.png", ".svg")
                counted = [site / file for file in asked if "-ext-" not in file and not file.endswith(pictures)]
                assert any("figtree-latin-wght" in file.name for file in counted), path
                weight = sum(file.stat().st_size for file in counted)
                heavy |= {path: weight} if weight > 150_000 or weight < 50_000 else {}
    assert heavy == {}

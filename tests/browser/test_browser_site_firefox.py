"""The published passport in Firefox: read, checked in the page, and a flipped byte shows; in `--long` every vector."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path

import pytest
from tests.browser.extension_stage import EXTENSION
from tests.browser.firefox import BINARY, Firefox, firefox, free_port
from tests.browser.site_stage import copy_of, fill, folder_of, publish, served, vectors
from tests.test_vectors import CASES

from passport.sharing.site.checking import LOADED

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.timeout(600),  # the first start of a browser on a busy machine alone may take minutes
    pytest.mark.skipif(BINARY is None, reason="Firefox is not installed (apt-get install firefox-esr)"),
]
FLIPPED = (
    ("domain", 'data-shown="name">Known', 'data-shown="name">Unknown', "invalid"),
    ("domain", r"\"proofValue\": \"z", r"\"proofValue\": \"zz", "invalid"),
    ("jcs-2019", r"\"created\": \"2024", r"\"created\": \"2023", "invalid"),
    ("domain", "harbour.example/.well-known", "harbour.exemple/.well-known", "unconfirmed"),
)
PRESS = "(document.querySelector('button[data-check]:not([hidden])')?.click(), true)"
FOUND = "document.querySelector('[data-found]')?.dataset.found"
ALL = """<!doctype html><html lang="en"><meta charset="utf-8"><title>vectors</title><body>
%s<script src="all.js"></script></body></html>"""
"""The charset is needed: without it Firefox reads the scripts as Latin, and one of them not at all."""
SCRIPT = """(async () => {
  const found = [];
  for (const [statement, copies, now] of await (await fetch("all.json")).json()) {
    const copied = copies.map(([url, time, text]) => ({ url, time, text }));
    document.title = `vector ${found.length}`;
    try {
      const one = await badgePassportCheck.check(statement, copied, { sets: badgePassportContexts }, new Date(now));
      found.push([one.signature.outcome, one.key.outcome]);
    } catch (error) {
      found.push([String(error), ""]);
    }
  }
  const place = document.createElement("pre");
  place.id = "found";
  place.textContent = JSON.stringify(found);
  document.body.append(place);
})();"""


async def ask(browser: Firefox, script: str) -> object:
    """Run a script in the page."""
    answer = await browser._do("WebDriver:ExecuteScript", {"script": f"return ({script})", "args": []})
    return answer["value"] if isinstance(answer, dict) and "value" in answer else answer


async def until(browser: Firefox, script: str, seconds: float = 180) -> str:
    """Wait until a script gives something."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := await ask(browser, script):
            return str(value)
        await asyncio.sleep(0.2)
    raise AssertionError(
        f"{script} never came true: {await ask(browser, 'document.title + document.body.innerText.slice(0, 600)')}"
    )


async def checked(browser: Firefox, address: str) -> str:
    """Open a page, press its button, and return what was found."""
    await browser.open(address)
    await until(browser, "!document.querySelector('button[data-check]').hidden")
    await ask(browser, PRESS)
    return await until(browser, FOUND)


async def test_the_published_passport_in_firefox(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    fill(tmp_path / "home")
    await publish(tmp_path / "home", tmp_path / "site")
    damaged = copy_of(tmp_path / "site", tmp_path / "damaged")
    with served(tmp_path / "site") as address, served(damaged) as other:
        async with firefox(tmp_path / "profile", EXTENSION, sites_port=free_port()) as browser:
            await browser.open(address)
            assert await ask(browser, "document.querySelectorAll('.cards > li').length") == 6
            for kind in ("rdfc-2022", "jcs-2019", "domain"):
                assert await checked(browser, address + folder_of(tmp_path / "site", kind)) == "verified", kind
            for number, (kind, before, after, found) in enumerate(FLIPPED):
                folder = folder_of(damaged, kind)
                text = (tmp_path / "site" / folder / "index.html").read_text()
                assert before in text
                (damaged / folder / "index.html").write_text(text.replace(before, after))
                assert await checked(browser, f"{other}{folder}?{number}") == found, before  # not from the cache


@pytest.mark.long
@pytest.mark.skipif(not CASES, reason="the conformance vectors are not here")
async def test_firefox_agrees_with_the_passport_on_every_vector(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    fill(tmp_path / "home")
    await publish(tmp_path / "home", tmp_path / "site")
    cases = list(vectors())
    scripts = "".join(f'<script src="assets/check/{name}"></script>' for name in LOADED)
    (tmp_path / "site" / "all.html").write_text(ALL % scripts)
    (tmp_path / "site" / "all.js").write_text(SCRIPT)
    (tmp_path / "site" / "all.json").write_text(json.dumps([given for _, given, _ in cases]))
    with served(tmp_path / "site") as address:
        async with firefox(tmp_path / "profile", EXTENSION, sites_port=free_port()) as browser:
            await browser.open(f"{address}all.html")
            found = json.loads(await until(browser, "document.querySelector('#found')?.textContent", 400))
    differing = [
        (name, said, answers)
        for (name, _, said), answers in zip(cases, found, strict=True)
        if answers[0] != said[0] or (said[1] is not None and answers[1] != said[1])
    ]
    assert len(cases) > 150
    assert differing == []

"""A published passport on a loopback address, as a visitor's browser meets it."""

from __future__ import annotations

import contextlib
import json
import shutil
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright
from tests.browser.browser_gallery_material import CHROMIUM, FLAGS
from tests.issuer import Issuer
from tests.issuer_keys import make_key
from tests.sharing.site_material import gatherer, keep, opened, publisher, signed_file
from tests.test_vectors import CASES

from passport.badge.files import unbake
from passport.sharing.site.checking import CHECKABLE, key_copies
from passport.verification.documents import Documents
from passport.verification.files import verify
from passport.workers import Workers

needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not there")
SUITES = ("eddsa-rdfc-2022", "eddsa-jcs-2022", "ecdsa-rdfc-2019", "ecdsa-jcs-2019")


SELECTIVE = {"ecdsa-sd-2023"}
"""Shows only a part of what was signed: a page does not check it, and says so."""


class Quiet(SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 (the name is the base class's)
        return


@contextlib.contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder; yield its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()


async def publish(home: Path, folder: Path, base_url: str = "https://ann.example/") -> None:
    """Publish what is public in a home."""
    vault = opened(home)
    try:
        async with Workers() as workers:
            await publisher(home).publish(gatherer(vault, workers, home, base_url), str(folder))
    finally:
        vault.close()


def fill(home: Path) -> None:
    """Fill a home with a badge of each kind of proof, of issuers that are known by a key or by a domain."""
    vault = opened(home)
    for number, suite in enumerate(SUITES):
        key = make_key("Ed25519" if suite.startswith("eddsa") else "P-256" if "rdfc" in suite else "P-384")
        issuer = Issuer(f"https://club{number}.example", name=f"Club {number}", key=key)
        keep(vault, signed_file(issuer, number, suite=suite, name=f"Proof by {suite}"))
    site = Issuer("https://harbour.example")
    file = signed_file(site, 10, suite="eddsa-rdfc-2022", name="Known by its domain", issuer=site.did_web)
    keep(vault, file, documents=site.documents())
    keep(vault, site.hosted_badge(recipient="ann@example.org"), documents=site.documents())
    vault.decide("profile", {"name": "Ann Päivärinta", "headline": "Coach", "about": "Sails in all weathers."})
    vault.close()


@dataclass
class Tab:
    """A tab, with what it asked for and what went wrong in it."""

    page: Page
    asked: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def listen(self) -> None:
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda said: self.errors.append(said.text) if said.type == "error" else None)

    async def found(self) -> str:
        """Press the button, and return what was found."""
        await self.page.locator("button[data-check]").click()
        await self.page.locator("[data-found]").wait_for(timeout=120_000)
        return await self.page.locator("[data-found]").get_attribute("data-found") or ""


@contextlib.asynccontextmanager
async def visiting(**context: object) -> AsyncIterator[Tab]:
    """Open an empty tab of Chromium."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        try:
            tab = Tab(await (await browser.new_context(**context)).new_page())  # type: ignore[arg-type] # options of Playwright
            tab.listen()
            yield tab
        finally:
            await browser.close()


def copy_of(folder: Path, target: Path) -> Path:
    """Return a copy of a site that a test may damage."""
    return Path(shutil.copytree(folder, target))


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


def folder_of(site: Path, kind: str) -> str:
    (found,) = [path for path in (site / "badges").iterdir() if kind in path.name]
    return f"badges/{found.name}/"

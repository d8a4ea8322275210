"""The whole road as people see it: the daemon runs, a badge lands in Downloads, and stands in the open page."""

from __future__ import annotations

import shutil
import signal
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright
from tests.browser.browser_gallery_material import CHROMIUM, FLAGS, needs_chromium
from tests.cli.test_cli_road import Program, self_signed

pytestmark = [pytest.mark.browser, needs_chromium]


def test_a_badge_that_lands_in_downloads_stands_verified_in_the_gallery(tmp_path: Path) -> None:
    program = Program(tmp_path)
    process = program.start()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
            page = browser.new_page()
            problems: list[str] = []
            page.on("pageerror", lambda error: problems.append(str(error)))
            page.goto(program.run("open", "--print").stdout.strip())
            landing = tmp_path / "badge.png.crdownload"
            landing.write_bytes(self_signed())
            shutil.move(landing, program.downloads / "badge.png.crdownload")
            (program.downloads / "badge.png.crdownload").rename(program.downloads / "badge.png")
            page.get_by_text("Knot Master").first.wait_for(timeout=60_000)
            page.get_by_text("Knot Master").first.click()
            page.get_by_role("heading", name="What was checked").wait_for(timeout=60_000)
            assert page.get_by_text("Verified").count()
            assert problems == []
            browser.close()
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0

"""The page “Connect a browser”, and the archives that it offers."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from tests.web.pages_material import passport_in

from passport.web.packaging import CHROMIUM, FIREFOX, extension_folder, file_name, package

ROOT = Path(__file__).parents[2]


@pytest.fixture
async def passport(tmp_path):
    async with passport_in(tmp_path) as running:
        yield running


async def test_the_page_holds_a_fresh_code(passport):
    pages = [(await passport.get("/connect")).body.decode() for _ in range(2)]
    codes = [re.search(r'<meta name="passport-pairing" content="([\w-]{32})">', page)[1] for page in pages]
    assert codes[0] != codes[1]
    assert passport.served.parts.codes.burn(codes[1])
    assert re.search(r">[A-Z2-9]{4}-[A-Z2-9]{4}</output>", pages[0])


async def test_the_page_is_only_for_the_owner(passport):
    answer = await passport.served.ask("GET", "/connect")
    assert answer.status == 401
    assert b"passport-pairing" not in answer.body


async def test_the_page_is_never_framed_or_cached(passport):
    answer = await passport.get("/connect")
    assert answer.headers["x-frame-options"] == "DENY"
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"


async def test_browsers_are_listed_by_their_label_and_can_be_ended(passport):
    label = "<b>Firefox</b> on Linux"
    client = passport.served.parts.clients.add(label=label, browser="Firefox", origin="moz-extension://x")
    page = (await passport.get(f"/connect?connected={client.id}")).body.decode()
    assert "&lt;b&gt;Firefox&lt;/b&gt; on Linux" in page
    assert label not in page
    assert client.key.hex() not in page
    answer = await passport.post("/disconnect", f"client={client.id}")
    assert answer.status == 303
    assert passport.served.parts.clients.all() == ()


@pytest.mark.parametrize("body", ["client=0000000000000000", "client=", ""])
async def test_who_is_not_connected_cannot_be_ended(passport, body):
    assert (await passport.post("/disconnect", body)).status == 404


async def test_ending_needs_the_pages_token(passport):
    client = passport.served.parts.clients.add(label="F", browser="F", origin="moz-extension://x")
    answer = await passport.post("/disconnect", f"client={client.id}", token=False)
    assert answer.status == 403
    assert passport.served.parts.clients.find(client.id)


@pytest.mark.parametrize(("agent", "first"), [("Mozilla/5.0 Gecko Firefox/153.0", "Firefox"), ("Chrome/156", "Chrome")])
async def test_the_steps_of_this_browser_come_first(passport, agent, first):
    page = (await passport.get("/connect", **{"User-Agent": agent})).body.decode()
    assert re.search(r"<details open>\s*<summary>(\w+)", page)[1] == first


@pytest.mark.parametrize("browser", [CHROMIUM, FIREFOX])
async def test_the_extension_can_be_saved(passport, browser):
    answer = await passport.get(f"/connect/{file_name(extension_folder(), browser)}")
    assert answer.status == 200
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.body == package(extension_folder(), browser)


@pytest.mark.parametrize(
    "name", ["x.zip", "manifest.json", "..%2F..%2Fpyproject.toml", "badge-passport-safari-0.1.0.zip"]
)
async def test_nothing_else_is_handed_out(passport, name):
    assert (await passport.get(f"/connect/{name}")).status == 404


def test_an_archive_holds_what_runs_and_nothing_else():
    for browser in (CHROMIUM, FIREFOX):
        names = zipfile.ZipFile(io.BytesIO(package(extension_folder(), browser))).namelist()
        assert {"manifest.json", "background.js", "recipes.json", "_locales/en/messages.json"} <= set(names)
        assert not [name for name in names if name.endswith((".ts", ".md")) or name == "jsconfig.json" or "/." in name]


def test_each_browser_gets_its_own_lines():
    def manifest(browser):
        archive = zipfile.ZipFile(io.BytesIO(package(extension_folder(), browser)))
        return json.loads(archive.read("manifest.json"))

    assert manifest(CHROMIUM)["background"] == {"service_worker": "background.js", "type": "module"}
    assert "browser_specific_settings" not in manifest(CHROMIUM)
    assert manifest(FIREFOX)["background"] == {"scripts": ["background.js"], "type": "module"}
    assert manifest(FIREFOX)["browser_specific_settings"]["gecko"]["id"]


def test_the_script_writes_the_same_bytes_each_time(tmp_path):
    for folder in ("a", "b"):
        script = [sys.executable, "-I", str(ROOT / "scripts/package-extension"), str(tmp_path / folder)]
        subprocess.run(script, check=True, capture_output=True)
    for file in (tmp_path / "a").iterdir():
        assert file.read_bytes() == (tmp_path / "b" / file.name).read_bytes()
    assert len(list((tmp_path / "a").iterdir())) == 2

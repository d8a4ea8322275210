"""Sharing over the API: posts are prepared, CVs written, the page published; refusals say why."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.sharing.sharing_material import take
from tests.web.served import Served, passport


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    async with passport(tmp_path / "home") as running:
        yield running


async def post(served: Served, path: str, body: object) -> tuple[int, bytes]:
    import aiohttp

    headers = {"Authorization": f"Bearer {served.parts.owner_key}"}
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"http://127.0.0.1:{served.port}/api/v1{path}", json=body, headers=headers) as response,
    ):
        return response.status, await response.read()


async def test_a_post_is_prepared_and_nothing_is_sent(served: Served) -> None:
    entry = take(served.parts.vault, 1)
    status, content = await post(served, f"/badges/{entry.id}/share", {"to": "linkedin-profile"})
    assert status == 200
    prepared = json.loads(content)
    assert prepared["composer"].startswith("https://www.linkedin.com/profile/add?startTask=CERTIFICATION_NAME&name=")
    assert prepared["problems"] == []


@pytest.mark.parametrize(
    ("body", "status"),
    [({"to": "myspace"}, 422), ({"to": "x", "text": 7}, 400), ({}, 400), ({"to": "x", "extra": 1}, 400)],
)
async def test_what_cannot_be_shared_is_refused(served: Served, body: object, status: int) -> None:
    entry = take(served.parts.vault, 1)
    assert (await post(served, f"/badges/{entry.id}/share", body))[0] == status


async def test_a_badge_that_is_not_there_is_said(served: Served) -> None:
    assert (await post(served, "/badges/aaaaaaaaaaaaaaaa/share", {"to": "x"}))[0] == 404


@pytest.mark.parametrize(("form", "begins"), [("pdf", b"%PDF"), ("html", b"<!doctype"), ("json", b"{"), ("md", b"# ")])
async def test_a_cv_in_every_form(served: Served, form: str, begins: bytes) -> None:
    take(served.parts.vault, 1)
    status, content = await post(served, "/cv", {"format": form})
    assert status == 200, content
    assert content.startswith(begins)


async def test_a_cv_that_is_not_there_is_said(served: Served) -> None:
    assert (await post(served, "/cv", {"format": "pdf", "name": "nobody's"}))[0] == 404


async def test_publishing_to_a_folder_and_looking_first(served: Served, tmp_path: Path) -> None:
    take(served.parts.vault, 1)
    body = {"target": str(tmp_path / "site"), "baseUrl": "https://ann.example/p"}
    status, content = await post(served, "/publish", body | {"dryRun": True})
    assert status == 200, content
    assert not (tmp_path / "site").exists()
    planned = json.loads(content)
    assert json.loads((await post(served, "/publish", body))[1])["written"] == planned["written"]
    assert (tmp_path / "site" / "index.html").exists()
    assert json.loads((await post(served, "/publish", body))[1])["written"] == []


@pytest.mark.parametrize("body", [{}, {"target": "relative/folder"}, {"target": "/tmp", "baseUrl": "nonsense"}])
async def test_publishing_nowhere_is_refused(served: Served, body: object) -> None:
    assert (await post(served, "/publish", body))[0] == 422

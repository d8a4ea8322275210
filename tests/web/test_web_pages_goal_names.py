"""A goal that names achievements by their address shows what they are called."""

from __future__ import annotations

import asyncio
import json
from urllib.parse import urlencode

import pytest
from tests.web.pages_material import passport_in

from passport.verification.documents import RemoteDocument
from passport.web.pages.goal_names import MAX_ASKED, kept_names, name_in, names_of
from passport.web.pages.path_files import path_file, read_path

ONE, TWO = "https://issuer.example/achievements/1", "https://issuer.example/achievements/2"
JSON = {"Accept": "application/json"}


def document(body: object, status: int = 200) -> RemoteDocument:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return RemoteDocument(url=ONE, fetched_at="2026-11-24T12:00:00Z", status=status, body=content)


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ({"type": "BadgeClass", "name": "Sailor"}, "Sailor"),
        ({"type": ["Achievement"], "name": " Sailor\u202e "}, "Sailor"),
        ({"name": "Of the credential", "credentialSubject": {"achievement": {"name": "Sailor"}}}, "Sailor"),
        ({"name": {"en": "Sailor"}}, ""),
        ({"name": 7}, ""),
        ({"credentialSubject": []}, ""),
        ([1], ""),
        (b"<!doctype html><title>Sailor</title>", ""),
        (b"\xff", ""),
        (b'{"name": "a", "name": "b"}', ""),
        (b"[" * 100_000, ""),
    ],
)
def test_the_name_of_an_achievement(body: object, name: str) -> None:
    assert name_in(document(body)) == name
    assert name_in(document(body, status=404)) == ""


async def test_each_address_is_asked_once_and_what_is_no_address_never() -> None:
    asked: list[str] = []

    async def fetch(url: str) -> RemoteDocument:
        asked.append(url)
        return document({"name": "Sailor"}) if url == ONE else document(b"", status=500)

    assert await names_of(["Choir", ONE, TWO], {}, fetch) == {ONE: "Sailor"}
    assert asked == [ONE, TWO]
    assert await names_of([ONE, TWO], {ONE: "Mine", "https://gone.example": "x"}, fetch) == {ONE: "Mine"}
    assert asked == [ONE, TWO, TWO]
    asked.clear()
    await names_of([f"https://issuer.example/{n}" for n in range(50)], {}, fetch)
    assert len(asked) == MAX_ASKED


async def test_a_server_that_hangs_does_not_hold_the_goal_up() -> None:
    async def fetch(url: str) -> RemoteDocument:
        if url == TWO:
            await asyncio.Event().wait()
        return document({"name": "Sailor"})

    assert await names_of([ONE, TWO], {}, fetch, patience_s=0.2) == {ONE: "Sailor"}


async def test_a_goal_shows_the_name_and_is_kept_without_a_network(tmp_path) -> None:
    async with passport_in(tmp_path) as passport:
        made = await passport.post("/goals", urlencode({"name": "Sea", "wanted": f"{ONE}\n{TWO}"}), **JSON)
        assert made.status == 200
        (subject,) = passport.vault.subjects("goal:")
        assert passport.vault.state(subject)["wanted"] == [ONE, TWO]
        passport.vault.decide(subject, {"names": {ONE: "Sailor <b>", TWO: 7}})
        page = (await passport.get("/goals")).body.decode()
        assert "<bdi>Sailor &lt;b&gt;</bdi>" in page
        body = urlencode({"name": "Sea", "wanted": ONE, "key": subject.removeprefix("goal:")})
        await passport.post("/goals", body, **JSON)
        assert passport.vault.state(subject)["names"] == {ONE: "Sailor <b>"}


async def test_a_badge_of_that_address_is_found_with_or_without_a_slash_at_its_end(tmp_path) -> None:
    async with passport_in(tmp_path) as passport:
        passport.put(name="Sailor", achievement={"id": f"{ONE}/"})
        await passport.post("/goals", urlencode({"name": "Sea", "wanted": ONE}), **JSON)
        assert "Reached" in (await passport.get("/goals")).body.decode()


def test_a_path_file_carries_names_and_addresses() -> None:
    state = {"name": "Sea", "wanted": ["Choir", ONE, TWO], "names": {ONE: "Sailor", "https://other.example": "x"}}
    items = json.loads(path_file(state))["achievements"]
    assert items == [{"name": "Choir"}, {"id": ONE, "name": "Sailor"}, {"id": TWO}]
    again = read_path(path_file(state))
    assert (again["wanted"], again["names"]) == (["Choir", ONE, TWO], {ONE: "Sailor"})
    assert read_path(path_file({"name": "Sea", "wanted": ["Choir"]}))["names"] is None


@pytest.mark.parametrize("names", [None, 7, [1], {ONE: 7}, {ONE: None}])
def test_names_of_another_form_are_none(names: object) -> None:
    assert kept_names({"names": names}) == {}

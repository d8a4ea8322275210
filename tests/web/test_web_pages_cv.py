"""The pages on which CVs and the published page are made: what is filled in is kept, and nothing hidden gets out."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from tests.sharing.sharing_material import ANN, take
from tests.web.served import Answer, Served, passport

from passport.sharing.cv.kept import KeptCv, KeptSection, read_cv
from passport.sharing.cv.model import Position, Theme
from passport.web.forms import Form
from passport.web.pages.cv_form import addable, changed, read_form

RESUME = {
    "basics": {"name": "Ann", "label": "Coach", "email": "ann@mail.example", "summary": "Sails."},
    "work": [{"position": "Coach", "name": "Club", "startDate": "2021"}],
    "volunteer": [{"position": "Bosun", "organization": "Harbour"}],
    "certificates": [{"name": "Diver", "issuer": "Sea School", "date": "2024-05-01"}],
    "languages": [{"language": "Finnish"}],
}


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    async with passport(tmp_path / "home") as running:
        yield running


async def send(served: Served, path: str, **fields: str) -> Answer:
    headers = await served.sign_in()
    body = urlencode({"csrf": headers.pop("X-CSRF-Token"), **fields}).encode()
    address = f"http://127.0.0.1:{served.port}"
    form = {"Content-Type": "application/x-www-form-urlencoded", "Origin": address}
    return await served.ask("POST", path, {**headers, **form}, body)


async def see(served: Served, path: str) -> Answer:
    headers = await served.sign_in()
    return await served.ask("GET", path, headers)


async def test_characters_that_no_font_has_are_named_on_the_page_before_the_pdf(served: Served) -> None:
    await send(served, "/cv", title="One")
    fields = {"sections": "1", "kind-0": "text", "place-0": "0", "do": "save"}
    await send(served, "/cv/one", **fields, **{"text-0": "Ääni ß “quoted” – fine"})
    assert b'id="missing-glyphs"' not in (await see(served, "/cv/one")).body
    await send(served, "/cv/one", **fields, **{"text-0": "Seals \U00010570 and \U00010571"})
    page = (await see(served, "/cv/one")).body.decode()
    assert 'id="missing-glyphs"' in page
    assert "U+10570" in page
    assert "U+10571" in page
    assert (await see(served, "/cv/one/file/pdf")).status == 422


async def test_a_cv_has_a_language_of_its_own(served: Served) -> None:
    shown = take(served.parts.vault, 1)
    await send(served, "/cv", title="One")
    fields = {"sections": "2", "kind-0": "badges", "place-0": "0", "kind-1": "experience", "place-1": "1",
              "positions-1": "1", "p-1-0-title": "X", "p-1-0-start": "2021-05", "do": "save"}  # fmt: skip
    for tag, direction, words in (("fi", "ltr", ("Merkit", "touko", "nykyhetki")), ("ar", "rtl", ("Badges", "today"))):
        await send(served, "/cv/one", **fields, language=tag)
        page = (await see(served, "/cv/one/saved")).body.decode()
        assert f'<html lang="{tag}" dir="{direction}"' in page
        assert all(word in page for word in words), tag
        assert (' lang="en">' in page) is (tag == "ar")  # our own few words, where there is no translation
        assert shown.name in page
    assert (await send(served, "/cv/one", **fields, language="../x")).status == 303
    assert read_cv(served.parts.vault.state("cv:one")).language == ""


async def test_a_cv_is_made_filled_in_and_kept(served: Served) -> None:
    shown, hidden = take(served.parts.vault, 1), take(served.parts.vault, 2, public=False)
    assert (await send(served, "/cv", title="Coaching Jobs")).headers["location"].startswith("/cv/coaching-jobs")
    fields = {
        "sections": "3", "title": "Coaching", "theme": "night", "headline": "Coach", "public": "on", "do": "save",
        "email": "a@mail.example", "location": "Turku",
        "kind-0": "text", "place-0": "2", "text-0": "Free words",
        "kind-1": "badges", "place-1": "0", "choice-1": "hand", "badge-1": shown.id,
        "kind-2": "experience", "place-2": "1", "positions-2": "2", "p-2-0-title": "Trainer", "p-2-0-start": "2021",
        "p-2-0-highlights": "Led six\r\n\r\nWon two", "p-2-1-link": "javascript:alert(1)",
    }  # fmt: skip
    assert (await send(served, "/cv/coaching-jobs", **fields)).status == 303
    kept = read_cv(served.parts.vault.state("cv:coaching-jobs"))
    assert (kept.theme, kept.public, kept.headline) == (Theme.NIGHT, True, "Coach")
    assert (kept.email, kept.location) == ("a@mail.example", "Turku")
    assert [section.kind for section in kept.sections] == ["badges", "experience", "text"]
    assert kept.sections[0].badges == (shown.id,)
    assert kept.sections[1].positions == (Position(title="Trainer", start="2021", highlights=("Led six", "Won two")),)
    page = (await see(served, "/cv/coaching-jobs")).body.decode()
    assert "Free words" in page
    assert hidden.id not in page
    for form, begins in (("html", b"<!doctype"), ("json", b"{"), ("md", b"# "), ("pdf", b"%PDF")):
        answer = await see(served, f"/cv/coaching-jobs/file/{form}")
        assert (answer.status, answer.body[: len(begins)]) == (200, begins)


async def test_a_json_resume_goes_in(served: Served) -> None:
    headers = await served.sign_in()
    token = headers.pop("X-CSRF-Token")
    parts = [
        ('name="csrf"', token),
        ('name="title"', "Old"),
        ('name="resume"; filename="resume.json"', json.dumps(RESUME)),
    ]
    body = (
        "".join(f"--x\r\nContent-Disposition: form-data; {name}\r\n\r\n{text}\r\n" for name, text in parts)
        + "--x--\r\n"
    )
    form = {"Content-Type": "multipart/form-data; boundary=x", "Origin": f"http://127.0.0.1:{served.port}"}
    assert (await served.ask("POST", "/cv", {**headers, **form}, body.encode())).status == 303
    kept = read_cv(served.parts.vault.state("cv:old"))
    kinds = ["badges", "experience", "experience", "certificates", "languages"]
    assert [section.kind for section in kept.sections] == kinds
    assert (kept.person, kept.headline, kept.about, kept.email) == ("Ann", "Coach", "Sails.", "ann@mail.example")
    assert [section.title for section in kept.sections[1:3]] == ["", "Volunteering"]
    shown = (await see(served, "/cv/old/saved")).body.decode()
    assert "May 2024<" in shown  # a day on which it was given, and no time until today
    assert 'href="mailto:ann@mail.example"' in shown
    broken = body.replace(json.dumps(RESUME), "[1, 2")
    assert (await served.ask("POST", "/cv", {**headers, **form}, broken.encode())).status == 422


@pytest.mark.parametrize("path", ["/cv/nobody", "/cv/nobody/file/pdf", "/cv/nobody/saved", "/cv/x/file/exe"])
async def test_what_is_not_there_is_said(served: Served, path: str) -> None:
    assert (await see(served, path)).status == 404


async def test_a_preview_saves_nothing_and_runs_nothing(served: Served) -> None:
    await send(served, "/cv", title="One")
    before = served.parts.vault.state("cv:one")
    answer = await send(served, "/cv/one/preview", sections="1", **{"kind-0": "text", "text-0": "<script>alert(1)"})
    assert b"&lt;script&gt;" in answer.body
    assert "sandbox" in answer.headers["content-security-policy"]
    assert served.parts.vault.state("cv:one") == before


def test_buttons_move_add_and_remove() -> None:
    kept = KeptCv(sections=(KeptSection(kind="badges"), KeptSection(kind="text"), KeptSection(kind="languages")))

    def after(what: str) -> list[str]:
        return [section.kind for section in changed(kept, what).sections]

    assert after("up:2") == ["badges", "languages", "text"]
    assert after("down:0") == ["text", "badges", "languages"]
    assert after("remove:1") == ["badges", "languages"]
    assert after("add:education")[-1] == "education"
    for nonsense in ("up:99", "add:virus", "remove:x", "explode:1", "save", ""):
        assert after(nonsense) == ["badges", "text", "languages"]


def test_badges_chosen_by_hand_are_put_in_order() -> None:
    kept = KeptCv(
        sections=(KeptSection(kind="text"), KeptSection(kind="badges", choice="hand", badges=("a", "b", "c")))
    )

    def after(what: str) -> str:
        return "".join(changed(kept, what).sections[1].badges)

    assert after("earlier:1:c") == "acb"
    assert after("later:1:a") == "bac"
    for nothing in (
        "earlier:1:a",
        "later:1:c",
        "later:1:x",
        "later:9:a",
        "later:x:a",
        "earlier::a",
        "earlier:0:a",
        "later",
    ):
        assert after(nothing) == "abc"


def test_there_is_one_section_about_the_owner_at_most() -> None:
    once = changed(KeptCv(), "add:about")
    assert [section.kind for section in once.sections] == ["badges", "about"]
    assert changed(once, "add:about") == once
    assert "about" not in addable(once)


async def test_the_order_by_hand_is_kept_and_a_badge_that_is_private_for_now_keeps_its_place(served: Served) -> None:
    vault = served.parts.vault
    first, second, third = (take(vault, number) for number in (1, 2, 3))
    await send(served, "/cv", title="One")
    fields = {"sections": "1", "kind-0": "badges", "choice-0": "hand"}
    state = KeptCv(sections=(KeptSection(kind="badges", choice="hand", badges=(third.id, first.id)),)).to_state()
    vault.decide("cv:one", state)
    vault.decide(third.subject, {"visibility": "private"})
    page = (await see(served, "/cv/one")).body.decode()
    assert re.findall(r'name="badge-0" value="(\w+)"', page) == [third.id, first.id, second.id]
    assert f'value="later:0:{first.id}"' in page
    assert f'value="later:0:{second.id}"' not in page
    await send(served, "/cv/one", **fields, **{"badge-0": first.id}, do=f"later:0:{first.id}")
    assert read_cv(vault.state("cv:one")).sections[0].badges == (first.id,)


async def test_about_stands_where_its_section_stands_in_every_form(served: Served) -> None:
    entry = take(served.parts.vault, 1)
    await send(served, "/cv", title="One")
    fields = {"sections": "2", "about": "Sails at night.", "kind-0": "badges", "kind-1": "about", "title-1": "Who"}
    await send(served, "/cv/one", **fields, do="save")
    page = (await see(served, "/cv/one/saved")).body.decode()
    assert page.count("Sails at night.") == 1
    assert page.index(entry.name) < page.index(">Who<") < page.index("Sails at night.")
    written = (await see(served, "/cv/one/file/md")).body.decode()
    assert written.index(entry.issuer) < written.index("## Who") < written.index("Sails at night")
    assert json.loads((await see(served, "/cv/one/file/json")).body)["basics"]["summary"] == "Sails at night."
    assert (await see(served, "/cv/one/file/pdf")).body.startswith(b"%PDF")
    form = (await see(served, "/cv/one")).body.decode()
    assert 'value="add:about"' not in form
    assert 'value="add:text"' in form
    await send(served, "/cv/one", **{**fields, "about": ""}, do="save")
    assert ">Who<" not in (await see(served, "/cv/one/saved")).body.decode()


@pytest.mark.parametrize("fields", [{}, {"sections": ("-1",)}, {"sections": ("9" * 30,)}, {"sections": ("2",), "kind-0": ("evil",), "place-0": ("nan",)}])  # fmt: skip # noqa: E501 (odd forms)
def test_odd_forms_are_read_all_the_same(fields: dict[str, tuple[str, ...]]) -> None:
    assert all(section.kind == "text" for section in read_form(Form(fields)).sections)


def test_a_cv_of_the_first_version_is_brought_up() -> None:
    first = {"headline": "Coach", "query": "tag:x", "theme": "plain", "sections": [{"title": "Work", "kind": "experience", "positions": [{"title": "Coach"}]}]}  # fmt: skip # noqa: E501 (as it was kept)
    kept = read_cv(first)
    assert [(one.kind, one.title, one.query) for one in kept.sections] == [
        ("experience", "Work", ""),
        ("badges", "", "tag:x"),
    ]
    assert read_cv({**kept.to_state()}) == kept
    assert read_cv({}).sections == (KeptSection(kind="badges"),)
    odd = {"version": 2, "sections": [7, {"kind": 1, "badges": "x"}], "theme": 3}
    assert read_cv(odd).sections == (KeptSection(kind="text"),)


async def test_my_page_is_set_up_looked_at_and_published(served: Served, tmp_path: Path) -> None:
    entry = take(served.parts.vault, 1)
    served.parts.vault.decide("profile", {f"identity:{ANN}": True})
    assert (await see(served, "/page")).status == 200
    target = str(tmp_path / "site")
    assert (await send(served, "/page", do="save", target=target, base_url="https://ann.example/b")).status == 303
    looked = await send(served, "/page", do="look")
    assert b"This would change" in looked.body
    assert not (tmp_path / "site").exists()
    assert b"Published" in (await send(served, "/page", do="publish")).body
    page = (tmp_path / "site" / "badges").glob("*/index.html")
    assert ANN not in next(page).read_text()
    assert b"Held back" in (await see(served, "/page")).body
    await send(served, "/page", do="consent", id=entry.id, agree="on")
    await send(served, "/page", do="publish")
    assert list((tmp_path / "site" / "badges").glob("*/2*.png")) != []
    await send(served, "/page", do="consent", id=entry.id)
    await send(served, "/page", do="publish")
    assert list((tmp_path / "site" / "badges").glob("*/2*.png")) == []


async def test_what_the_command_line_published_is_known_on_the_pages(served: Served, tmp_path: Path) -> None:
    entry = take(served.parts.vault, 1)
    base = "https://ann.example/b/"
    wanted = json.dumps({"target": str(tmp_path / "site"), "baseUrl": base}).encode()
    headers = {**served.owner, "Content-Type": "application/json"}
    assert (await served.ask("POST", "/api/v1/publish", headers, wanted)).status == 200
    assert f'value="{base}"' in (await see(served, "/page")).body.decode()
    assert f"{base}badges/" in (await see(served, f"/share/{entry.id}")).body.decode()
    other = json.dumps({"target": str(tmp_path / "other")}).encode()
    assert (await served.ask("POST", "/api/v1/publish", headers, other)).status == 200
    assert base not in "".join(file.read_text() for file in (tmp_path / "other").glob("*.html"))


async def test_a_setting_of_the_page_publishes_it_again(served: Served, tmp_path: Path) -> None:
    take(served.parts.vault, 1)
    served.parts.places.settings_file.write_text("[publish]\ndelay_s = 0.1\n")
    fields = {"target": str(tmp_path / "site"), "automatic": "on"}
    await send(served, "/page", do="save", language="en", **fields)
    await send(served, "/page", do="publish")
    home = tmp_path / "site" / "index.html"
    assert '<html lang="fi"' not in home.read_text()
    await send(served, "/page", do="save", language="fi", **fields)
    async with asyncio.timeout(120):
        while '<html lang="fi"' not in home.read_text():  # noqa: ASYNC110 (a file tells of no event)
            await asyncio.sleep(0.1)


async def test_the_preview_is_the_site_and_what_issuers_wrote_is_caged(served: Served) -> None:
    take(served.parts.vault, 1)
    home = await see(served, "/page/preview/")
    assert home.status == 200
    assert "'unsafe-eval'" not in home.headers["content-security-policy"]
    rosette = next(
        part.split('"')[0] for part in home.body.decode().split('src="') if part.startswith("assets/rosettes")
    )
    assert "sandbox" in (await see(served, f"/page/preview/{rosette}")).headers["content-security-policy"]
    assert (await see(served, "/page/preview/../../etc/passwd")).status in {400, 404}
    assert (await see(served, "/page/preview/nothing.html")).status == 404


@pytest.mark.parametrize("fields", [{"base_url": "nonsense"}, {"target": "x", "base_url": "https://u:p@a.example/"}])
async def test_what_is_no_place_to_publish_is_refused(served: Served, fields: dict[str, str]) -> None:
    assert (await send(served, "/page", do="save", **fields)).status == 422
    assert (await send(served, "/page", do="publish")).status == 422

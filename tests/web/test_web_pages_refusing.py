"""What a form is refused with is in the catalogue, too: every form of the pages, sent in every wrong way."""

from __future__ import annotations

import contextlib
import json
import re

import pytest
from tests.web.pages_material import passport_in
from tests.web.test_web_pages_spoken import NAMES, Unspoken

from passport.settings import Settings
from passport.speech import PSEUDO, Speech
from passport.web.app import PAGES
from passport.web.pages.statics import Statics
from passport.web.problems import Problem, problem_page, problem_response
from passport.web.routing import Scope

JSON = {"Accept": "application/json"}
FORMS = [route.path for route in PAGES if route.method == "POST" and route.scope is Scope.GALLERY]
DEEDS = (
    "nonsense", "tag", "collect", "rate", "add", "remove", "dismiss", "folder", "post", "draft", "retry", "sent",
    "delete",
    "confirm", "move", "join", "revoke", "rename", "publish", "consent", "disconnect",
)  # fmt: skip
NONE = "no-such-thing-1"
WRONG = (
    *(f"do={deed}&id={NONE}&account={NONE}&folder=/nowhere/at/all&target=nonsense&rating=9" for deed in DEEDS),
    "",
    "name=",
    "url=nonsense",
    "server=not a server&handle=..&password=x",
    "server=https://127.0.0.1:1&handle=ada.bsky.social&password=abcd-efgh-ijkl-mnop",
    "to=nowhere&text=&at=yesterday",
    "code=XXXX-XXXX&folder=relative",
    "theme=nonsense&format=nonsense",
    "token=nonsense",
    "identity=nonsense&address=nonsense",
)


def plain_english(body: str) -> list[str]:
    page = Unspoken()
    page.feed(body)
    return [found for found in page.found if not NAMES.fullmatch(found)]


@contextlib.asynccontextmanager
async def disguised(folder):
    """Serve a passport whose language is the disguise; in the file, too, since a form may have it read again."""
    (folder / "settings.toml").write_text(f'language = "{PSEUDO}"\n', encoding="utf-8")
    async with passport_in(folder, Settings(language=PSEUDO)) as passport:
        yield passport


async def test_no_refusal_of_a_form_is_in_plain_english(tmp_path):
    async with disguised(tmp_path) as passport:
        entry = passport.put()
        sent = [(path.format(id=entry.id, key="nokey", name="noname"), form) for path in FORMS for form in WRONG]
        sent += [("/badges/decide", f"id={entry.id}&do={deed}&rating=9") for deed in DEEDS]
        sent += [(f"/badge/{NONE}/check", ""), (f"/share/{NONE}", "")]
        forgotten, refused = set(), set()
        for place, form in sent:
            answer = await passport.post(place, form)
            if answer.status >= 400:
                refused.add(place)
            if "text/html" in answer.headers.get("content-type", ""):
                forgotten |= {(found, place, form) for found in plain_english(answer.body.decode())}
        assert not forgotten, sorted(forgotten)
        assert len(refused) > 15, refused


async def test_what_a_script_shows_of_a_refusal_is_not_in_plain_english(tmp_path):
    async with disguised(tmp_path) as passport:
        entry, said = passport.put(), set()
        for place in (path.format(id=entry.id, key="nokey", name="noname") for path in FORMS):
            for form in WRONG[0], WRONG[-1]:
                answer = await passport.post(place, form, **JSON)
                if answer.headers.get("content-type", "").startswith("application/problem+json"):
                    problem = json.loads(answer.body)
                    said |= {(text, place) for text in (problem.get("detail"), problem.get("remedy")) if text}
        assert len({text for text, _ in said}) > 8
        assert [one for one in said if re.search(r"[A-Za-z]{3,}", re.sub(r"⟦[^⟦⟧]*⟧", "", one[0]))] == []


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("text/plain", b"x"),
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=x", b"x"),
        ("application/x-www-form-urlencoded", b"a=\xff"),
        ("application/x-www-form-urlencoded", b"csrf=wrong"),
    ],
)
async def test_a_form_that_cannot_be_read_is_refused_in_the_owners_language(tmp_path, kind, body):
    async with disguised(tmp_path) as passport:
        answer = await passport.post("/profile", body, token=False, kind=kind)
        assert answer.status >= 400
        assert plain_english(answer.body.decode()) == []


def test_what_mends_it_is_said_in_the_owners_language_too():
    problem = Problem(422, "x", "The server's answer is no WebDAV.", remedy="Check the address.")
    say = Speech.of(["fi"])
    answer = json.loads(problem_response(problem, say).body)
    assert (answer["detail"], answer["remedy"]) == ("Palvelimen vastaus ei ole WebDAVia.", "Tarkista osoite.")
    assert "Tarkista osoite." in problem_page(problem, say).text
    assert json.loads(problem_response(problem).body)["detail"] == "The server's answer is no WebDAV."


@pytest.mark.parametrize("status", [401, 404, 422, 500])
def test_a_refusal_has_the_look_of_a_page(status):
    """It stood without margin in the corner of the window: it named a class that no style sheet knew."""
    text = problem_page(Problem(status, "x", "No."), Speech.of(["en"])).text
    names = {name for found in re.findall(r"class=[\"']([^\"']+)", text) for name in found.split()}
    styles = Statics.load().by_path["passport.css"].body.decode()
    assert {"page", "button"} <= names
    assert [name for name in names if not re.search(rf"\.{name}\b", styles)] == []

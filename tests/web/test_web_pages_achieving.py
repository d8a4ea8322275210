"""Goals with path files, skills and their frameworks, own evidence, covers, exports: refused, and kept."""

from __future__ import annotations

import io
import json
import re
import zipfile
from urllib.parse import urlencode

import pytest
from tests.keyrings import Memory
from tests.web.pages_material import passport_in

from passport.badge.model import (
    Achievement,
    AchievementSubject,
    Alignment,
    Result,
    ResultDescription,
    RubricCriterionLevel,
)
from passport.keychain import Keychain
from passport.web.pages.path_files import MAX_BYTES, PathFileError, path_file, read_path

PATH = {
    "type": "BadgePassportPath",
    "version": 1,
    "name": "First aid trainer",
    "rule": "order",
    "achievements": [{"name": "First Aid 1"}, {"id": "https://redcross.example/a/2"}],
}


def upload(fields: dict[str, str], files: dict[str, tuple[str, bytes]]) -> tuple[bytes, str]:
    lines = [b""]
    for name, value in fields.items():
        lines.append(f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode())
    for name, (file, body) in files.items():
        head = f'--x\r\nContent-Disposition: form-data; name="{name}"; filename="{file}"\r\n\r\n'
        lines.append(head.encode() + body + b"\r\n")
    return b"".join(lines) + b"--x--\r\n", "multipart/form-data; boundary=x"


def test_a_path_comes_back_as_it_went():
    values = read_path(json.dumps(PATH).encode())
    assert values["wanted"] == ["First Aid 1", "https://redcross.example/a/2"]
    assert read_path(path_file(values)) == values
    some = values | {"rule": "some", "needed": 1}
    assert read_path(path_file(some)) == some


@pytest.mark.parametrize(
    "file",
    [
        b"",
        b"\xff\xfe",
        b"not json",
        b"[]",
        b'{"a": 1, "a": 2}',
        b"[" * 5_000,
        json.dumps(PATH | {"type": "Other"}).encode(),
        json.dumps(PATH | {"version": 2}).encode(),
        json.dumps(PATH | {"name": "  "}).encode(),
        json.dumps(PATH | {"name": 7}).encode(),
        json.dumps(PATH | {"achievements": []}).encode(),
        json.dumps(PATH | {"achievements": ["First Aid 1"]}).encode(),
        json.dumps(PATH | {"achievements": {"name": "x"}}).encode(),
        b" " * (MAX_BYTES + 1),
    ],
)
def test_what_is_no_path_is_refused_in_a_sentence(file):
    with pytest.raises(PathFileError) as refused:
        read_path(file)
    assert refused.value.problem.endswith(".")


def test_a_strange_path_does_no_harm():
    strange = PATH | {"rule": "evil", "needed": -3, "description": 5}
    strange["achievements"] = [{"id": "javascript:alert(1)", "name": "Fine\u202e"}, {"name": 3}, None, {}] * 100
    assert read_path(json.dumps(strange).encode()) | {"name": ""} == {
        "name": "", "text": None, "rule": "all", "needed": None, "wanted": ["Fine"], "names": None,
    }  # fmt: skip


async def test_goals_are_shared_reached_and_celebrated_once(tmp_path):
    async with passport_in(tmp_path) as passport:
        body, kind = upload(
            {"csrf": passport.headers["X-CSRF-Token"]}, {"path": ("a.path.json", json.dumps(PATH).encode())}
        )
        assert (await passport.post("/goals/path", body, token=False, kind=kind)).status == 303
        (subject,) = passport.vault.subjects("goal:")
        key = subject.removeprefix("goal:")
        page = (await passport.get("/goals")).body.decode()
        assert "0 / 2" in page
        assert "data-celebrate" not in page
        saved = await passport.get(f"/goal/{key}.json")
        assert json.loads(saved.body)["achievements"] == PATH["achievements"]
        assert "attachment" in saved.headers["content-disposition"]
        passport.put(name="First Aid 1")
        made_of = {"achievement": {"id": "https://redcross.example/a/2"}}
        passport.put(name="First Aid 2", **made_of)
        page = (await passport.get("/goals")).body.decode()
        assert f'data-celebrate="{key}"' in page
        assert "stamp-full" in page
        await passport.post("/goals", urlencode({"do": "celebrated", "key": key}))
        page = (await passport.get("/goals")).body.decode()
        assert "data-celebrate" not in page
        assert "stamp-full" in page
        assert (await passport.get("/goal/nothere.json")).status == 404


async def test_a_broken_path_file_makes_no_goal(tmp_path):
    async with passport_in(tmp_path) as passport:
        for file in (b"", b"nonsense"):
            body, kind = upload({"csrf": passport.headers["X-CSRF-Token"]}, {"path": ("a.json", file)})
            answer = await passport.post("/goals/path", body, token=False, kind=kind)
            assert answer.status == 422
            assert "path" in answer.body.decode()
        assert passport.vault.subjects("goal:") == []


async def test_a_skill_tells_its_frameworks_and_levels_and_invents_nothing(tmp_path):
    teamwork = Alignment(
        target_name="Teamwork", target_framework="ESCO", target_code="S1.8", target_url="https://esco.example/1"
    )
    levels = (RubricCriterionLevel(id="urn:2", name="Skilled"),)
    about = Achievement(
        name="Team Worker",
        alignments=(teamwork, Alignment(target_name="Other", target_framework="ESCO")),
        tags=("friendly",),
        result_descriptions=(
            ResultDescription(id="urn:l", name="Level of teamwork", levels=levels, alignments=(teamwork,)),
            ResultDescription(id="urn:h", name="Hours of something else"),
        ),
    )
    results = (
        Result(achieved_level="urn:2", result_description="urn:l"),
        Result(value="ninety-seven", result_description="urn:h"),
    )
    async with passport_in(tmp_path) as passport:
        passport.put(subject=AchievementSubject(achievement=about, results=results))
        page = (await passport.get("/skills")).body.decode()
        framed, loose = re.split("tags alone", page, maxsplit=1)
        assert "Teamwork" in framed
        assert "friendly" not in re.split("<h2>In frameworks", framed)[1]
        assert "friendly" in loose
        page = (await passport.get("/skill?name=teamwork")).body.decode()
        for text in ("ESCO", "S1.8", "esco.example/1", "Level of teamwork", "Skilled"):
            assert text in page
        assert "ninety-seven" not in page
        exported = json.loads((await passport.get("/skills.json")).body)["skills"]
        told = next(skill for skill in exported if skill["name"] == "Teamwork")
        assert told["alignments"][0]["targetCode"] == "S1.8"
        assert told["evidence"][0]["results"] == [{"name": "Level of teamwork", "value": "Skilled"}]
        for name in ("", "nothing", "<script>", "a" * 5000):
            assert (await passport.get("/skill?" + urlencode({"name": name}))).status == 404


async def test_own_evidence_may_be_a_file(tmp_path):
    async with passport_in(tmp_path) as passport:
        entry = passport.put()
        fields = {"csrf": passport.headers["X-CSRF-Token"], "do": "add", "text": "My talk"}
        body, kind = upload(fields, {"file": ("évil<script>.html", b"<script>alert(1)</script>")})
        assert (await passport.post(f"/badge/{entry.id}/evidence", body, token=False, kind=kind)).status == 303
        page = (await passport.get(f"/badge/{entry.id}")).body.decode()
        (link,) = set(re.findall(rf"/badge/{entry.id}/evidence/[0-9a-f]+", page))
        assert "<script>.html" not in page
        saved = await passport.get(link)
        assert saved.body == b"<script>alert(1)</script>"
        assert saved.headers["content-type"] == "application/octet-stream"
        assert saved.headers["content-disposition"].startswith("attachment")
        assert (await passport.get(f"/badge/{entry.id}/evidence/{'0' * 32}")).status == 404
        large, kind = upload(fields, {"file": ("film.mp4", b"x" * (501 * 1024))})
        refused = await passport.post(f"/badge/{entry.id}/evidence", large, token=False, kind=kind)
        assert refused.status == 422
        assert "500 KiB" in refused.body.decode()
        wrong = urlencode({"do": "add", "url": "javascript:alert(1)"})
        assert (await passport.post(f"/badge/{entry.id}/evidence", wrong)).status == 422
        await passport.post(f"/badge/{entry.id}/evidence", urlencode({"do": "remove", "place": "0"}))
        assert (await passport.get(link)).status == 404
        await passport.post("/undo", "")
        assert (await passport.get(link)).body == b"<script>alert(1)</script>"


async def test_the_selected_are_handed_over(tmp_path):
    keychain = Keychain(load=Memory, record=tmp_path / "keychain.json")
    async with passport_in(tmp_path, keychain=keychain) as passport:
        one, two = passport.put(name="One"), passport.put(name="Two")
        passport.put(name="Three")
        answer = await passport.post("/badges/export", urlencode([("id", one.id), ("id", two.id), ("id", "unknown")]))
        with zipfile.ZipFile(io.BytesIO(answer.body)) as archive:
            names = archive.namelist()
            assert archive.testzip() is None
        assert {name.split("/")[1].split("-")[3] for name in names if name.startswith("badges/")} == {"One", "Two"}
        assert (await passport.post("/badges/export", "")).status == 422
        chosen = [("id", one.id), ("id", two.id)]
        answer = await passport.post("/badges/export", urlencode([*chosen, ("as", "originals")]))
        with zipfile.ZipFile(io.BytesIO(answer.body)) as archive:
            assert sorted(archive.namelist()) == ["2026-03-12-One.png", "2026-03-12-Two.png"]
        answer = await passport.post("/badges/export", urlencode([*chosen, ("as", "table")]))
        assert answer.headers["content-disposition"].endswith(".csv")
        assert [line.split(",")[0] for line in answer.body.decode("utf-8-sig").splitlines()[1:]] == ["One", "Two"]
        refused = await passport.post("/badges/export", urlencode([*chosen, ("as", "presentation")]))
        assert refused.status == 422  # hosted badges are no credentials that can go into one
        assert "presentation" in refused.body.decode()


async def test_the_selected_become_a_new_collection(tmp_path):
    async with passport_in(tmp_path) as passport:
        one, two = passport.put(name="One"), passport.put(name="Two")
        chosen = [("id", one.id), ("id", two.id), ("do", "collect-new")]
        assert (await passport.post("/badges/decide", urlencode([*chosen, ("new-collection", " ")]))).status == 422
        assert passport.vault.subjects("collection:") == []
        await passport.post("/badges/decide", urlencode([*chosen, ("new-collection", "Mine <b>")]))
        (subject,) = passport.vault.subjects("collection:")
        assert passport.vault.state(subject)["name"] == "Mine <b>"
        assert passport.vault.search('collection:"mine <b>"').total == 2
        await passport.post("/undo", "")
        assert passport.vault.search('collection:"mine <b>"').total == 0
        assert "Mine" not in (await passport.get("/collections")).body.decode()


async def test_a_collection_has_a_cover_and_may_be_shown(tmp_path):
    async with passport_in(tmp_path) as passport:
        one, two = passport.put(name="One"), passport.put(name="Two")
        members = {f"member:{one.id}": "000001", f"member:{two.id}": "000002"}
        passport.vault.decide("collection:abc", {"name": "Mine", "text": "All **mine**"} | members)
        page = (await passport.get("/collection/abc")).body.decode()
        assert "<strong>mine</strong>" in page
        await passport.post("/collection/abc", urlencode({"do": "cover", "id": two.id}))
        first = re.findall(r"/picture/([0-9a-f]{64})/120", (await passport.get("/collections")).body.decode())[0]
        assert first == two.sha256
        await passport.post("/undo", "")
        assert passport.vault.state("collection:abc").get("cover") is None
        await passport.post("/collection/abc", urlencode({"do": "public"}))
        assert passport.vault.state("collection:abc")["visibility"] == "public"
        passport.vault.decide("collection:abc", {"cover": "gone"})
        assert (await passport.get("/collections")).status == 200


async def test_where_the_name_is_shown_may_differ(tmp_path):
    async with passport_in(tmp_path) as passport:
        entry = passport.put()
        await passport.post("/badges/decide", urlencode({"id": entry.id, "do": "names", "shown": "show-name"}))
        state = passport.vault.state(entry.subject)
        assert (state.get("show-name"), state.get("show-name:card")) == (None, False)
        await passport.post("/undo", "")
        assert passport.vault.state(entry.subject).get("show-name:card") is None


async def test_settings_are_taken_back_too(tmp_path):
    async with passport_in(tmp_path) as passport:
        await passport.post("/settings", urlencode({"asks": "language", "language": "fi"}))
        page = (await passport.get("/settings")).body.decode()
        assert '<html lang="fi"' in page
        assert "Seuratut kansiot" in page
        await passport.post("/undo", "")
        assert '<html lang="en' in (await passport.get("/settings")).body.decode()


async def test_other_versions_and_results_stand_on_the_page(tmp_path):
    described = (ResultDescription(id="urn:g", name="Grade", allowed_values=("A", "B")),)
    about = Achievement(name="Tutor", id="https://aalto.example/t", version="2", result_descriptions=described)
    subject = AchievementSubject(achievement=about, results=(Result(value="A", result_description="urn:g"),))
    async with passport_in(tmp_path) as passport:
        old, new = passport.put(subject=subject), passport.put(subject=subject)
        page = (await passport.get(f"/badge/{new.id}")).body.decode()
        assert f"/badge/{old.id}" in page
        for text in ("Other versions", "Grade", "<b>A</b>", "A, B"):
            assert text in page

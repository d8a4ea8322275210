"""What a form of the pages does, with and without script; and that each of it can be taken back."""

import pytest
from tests.web.pages_material import passport_in

JSON = {"Accept": "application/json"}


@pytest.mark.parametrize(
    ("form", "key", "value"),
    [
        ("do=tag&tag=coaching", "tags", ("coaching",)),
        ("do=trash", "trashed", True),
        ("do=public", "visibility", "public"),
        ("do=rate&rating=4", "rating", 4),
        ("do=note&note=Hello%0D%0Aworld", "note", "Hello\nworld"),
        ("do=accept", "state", "accepted"),
        ("do=decline", "state", "declined"),
    ],
)
async def test_a_decision_is_kept_and_can_be_taken_back(tmp_path, form, key, value):
    async with passport_in(tmp_path) as passport:
        entry = passport.put()
        before = getattr(entry, key)
        done = await passport.post("/badges/decide", f"id={entry.id}&{form}", **JSON)
        assert done.status == 200, done.body
        assert getattr(passport.vault.entry(entry.id), key) == value
        undone = await passport.post("/undo", f"token={done.json['token']}", **JSON)
        assert undone.status == 200
        assert getattr(passport.vault.entry(entry.id), key) == before


async def test_many_at_once_and_all_of_them_back(tmp_path):
    async with passport_in(tmp_path) as passport:
        entries = [passport.put(name=f"Badge {number}") for number in range(12)]
        ids = "&".join(f"id={entry.id}" for entry in entries)
        done = await passport.post("/badges/decide", f"{ids}&do=trash", **JSON)
        assert passport.vault.search("").total == 0
        assert "12 badges" in done.json["text"]
        await passport.post("/undo", f"token={done.json['token']}", **JSON)
        assert passport.vault.search("").total == 12


async def test_without_script_the_browser_is_led_back_and_offered_undo(tmp_path):
    async with passport_in(tmp_path) as passport:
        entry = passport.put()
        answer = await passport.post("/badges/decide", f"id={entry.id}&do=trash&next=/%3Fq%3Dstudent")
        assert answer.status == 303
        target = answer.headers["location"]
        assert target.startswith("/?q=student&done=")
        page = (await passport.get(target)).body.decode()
        assert "moved to the trash" in page
        assert 'action="/undo"' in page


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "",
        "/\tx",
        "/%0d%0aX:%20y\\",
    ],
)
async def test_nobody_is_led_elsewhere(tmp_path, target):
    from urllib.parse import quote

    async with passport_in(tmp_path) as passport:
        entry = passport.put()
        answer = await passport.post("/badges/decide", f"id={entry.id}&do=trash&next={quote(target)}")
        assert answer.headers["location"].startswith("/")
        assert "evil" not in answer.headers["location"].replace("%0d", "")


@pytest.mark.parametrize(
    "form",
    [
        "do=explode",
        "do=tag",
        "do=tag&tag=%20%20",
        "do=rate&rating=9",
        "do=rate&rating=x",
        "",
        "do=collect&collection=../x",
    ],
)
async def test_what_makes_no_sense_changes_nothing(tmp_path, form):
    async with passport_in(tmp_path) as passport:
        entry = passport.put()
        before = passport.vault.state(entry.subject)
        answer = await passport.post("/badges/decide", f"id={entry.id}&{form}", **JSON)
        assert answer.status == 422
        assert passport.vault.state(entry.subject) == before


async def test_badges_that_are_not_there_are_no_decision(tmp_path):
    async with passport_in(tmp_path) as passport:
        assert (await passport.post("/badges/decide", "id=aaaaaaaaaaaaaaaa&do=trash", **JSON)).status == 422
        assert (await passport.post("/badges/decide", "do=trash", **JSON)).status == 422


async def test_a_form_without_its_token_is_refused(tmp_path):
    async with passport_in(tmp_path) as passport:
        entry = passport.put()
        body = f"id={entry.id}&do=trash"
        assert (await passport.post("/badges/decide", body, token=False, **JSON)).status == 403
        assert (await passport.post("/badges/decide", body + "&csrf=wrong", token=False, **JSON)).status == 403
        assert (await passport.post("/badges/decide", body + "&csrf=", token=False, **JSON)).status == 403
        assert not passport.vault.entry(entry.id).trashed


async def test_a_form_of_another_site_is_refused_even_with_the_token(tmp_path):
    async with passport_in(tmp_path) as passport:
        entry = passport.put()
        for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "http://evil.example"}, {"Origin": "null"}):
            answer = await passport.post("/badges/decide", f"id={entry.id}&do=trash", **headers, **JSON)
            assert answer.status == 403
        assert not passport.vault.entry(entry.id).trashed


async def test_a_form_is_not_taken_where_only_json_is(tmp_path):
    async with passport_in(tmp_path) as passport:
        answer = await passport.post("/api/v1/codes", "a=b", **JSON)
        assert answer.status == 415


async def test_undo_twice_is_undone_once(tmp_path):
    async with passport_in(tmp_path) as passport:
        entry = passport.put()
        done = await passport.post("/badges/decide", f"id={entry.id}&do=trash", **JSON)
        assert (await passport.post("/undo", f"token={done.json['token']}", **JSON)).status == 200
        assert (await passport.post("/undo", f"token={done.json['token']}", **JSON)).status == 404
        assert (await passport.post("/undo", "token=", **JSON)).status == 404


async def test_a_collection_takes_badges_in_and_lets_them_out(tmp_path):
    async with passport_in(tmp_path) as passport:
        entry = passport.put()
        passport.vault.decide("collection:abc", {"name": "Coaching"})
        await passport.post("/badges/decide", f"id={entry.id}&do=collect&collection=abc", **JSON)
        assert f"member:{entry.id}" in passport.vault.state("collection:abc")
        await passport.post("/badges/decide", f"id={entry.id}&do=uncollect&collection=abc", **JSON)
        assert f"member:{entry.id}" not in passport.vault.state("collection:abc")


async def test_day_and_night_are_remembered_and_nothing_else(tmp_path):
    async with passport_in(tmp_path) as passport:
        answer = await passport.post("/theme", "theme=dark&next=/settings")
        assert "badge-passport-theme=dark" in answer.headers["set-cookie"]
        answer = await passport.post("/theme", "theme=%22%3E%3Cscript%3E")
        assert "script" not in answer.headers.get("set-cookie", "")
        passport.headers["Cookie"] += "; badge-passport-theme=dark"
        assert b'data-theme="dark"' in (await passport.get("/")).body
        passport.headers["Cookie"] = passport.headers["Cookie"].replace("theme=dark", "theme=x")
        assert b"data-theme=" not in (await passport.get("/")).body


async def test_what_is_in_the_trash_is_removed_for_good_only_when_the_owner_is_sure(tmp_path):
    async with passport_in(tmp_path) as passport:
        kept, gone, last = (passport.put(name=f"Badge {number}") for number in range(3))
        for entry in (gone, last):
            passport.vault.decide(entry.subject, {"trashed": True})
        assert (await passport.post("/trash", f"do=purge&id={gone.id}")).status == 422
        assert (await passport.post("/trash", f"do=purge&id={kept.id}&sure=yes")).status == 422
        assert (await passport.post("/trash", "do=purge&id=aaaaaaaaaaaaaaaa&sure=yes")).status == 422
        assert (await passport.post("/trash", f"do=purge&id={gone.id}&sure=yes", token=False)).status == 403
        assert passport.vault.entry(gone.id) is not None
        assert (await passport.post("/trash", f"do=purge&id={gone.id}&sure=yes")).status == 303
        assert passport.vault.entry(gone.id) is None
        assert passport.vault.entry(last.id) is not None
        assert (await passport.post("/trash", "do=empty&sure=yes")).status == 303
        assert passport.vault.entry(last.id) is None
        assert passport.vault.entry(kept.id) is not None
        assert "The trash is empty" in (await passport.get("/trash")).body.decode()

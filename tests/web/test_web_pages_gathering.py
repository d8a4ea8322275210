"""Collections, skills, goals and statistics."""

from urllib.parse import quote

import pytest
from tests.web.pages_material import passport_in

from passport.badge.model import Alignment

JSON = {"Accept": "application/json"}


async def test_a_collection_is_made_filled_ordered_and_thrown_away(tmp_path):
    async with passport_in(tmp_path) as passport:
        first, second = passport.put(name="First"), passport.put(name="Second")
        made = await passport.post("/collections", "name=Coaching+%3Cb%3E", **JSON)
        where = made.json["go"]
        key = where.rsplit("/", 1)[1]
        await passport.post("/badges/decide", f"id={first.id}&id={second.id}&do=collect&collection={key}", **JSON)
        page = (await passport.get(where)).body.decode().split("<main")[1]
        assert "Coaching &lt;b&gt;" in page
        order = sorted(("First", "Second"), key=page.index)
        await passport.post(where, f"do=down&id={first.id if order[0] == 'First' else second.id}", **JSON)
        page = (await passport.get(where)).body.decode().split("<main")[1]
        assert sorted(("First", "Second"), key=page.index) == order[::-1]
        await passport.post(where, "do=trash", **JSON)
        assert (await passport.get(where)).status == 404
        assert passport.vault.search("").total == 2


async def test_a_collection_by_rule_fills_itself(tmp_path):
    async with passport_in(tmp_path) as passport:
        passport.put(name="Welder", issuer="School of Sparks")
        passport.put(name="Tutor", issuer="Aalto")
        made = await passport.post("/collections", f"name=Sparks&rule={quote('issuer:sparks')}", **JSON)
        page = (await passport.get(made.json["go"])).body.decode().split("<main")[1]
        assert "Welder" in page
        assert "Tutor" not in page


async def test_what_is_put_by_hand_into_a_collection_with_a_rule_stands_in_it_in_the_owners_order(tmp_path):
    async with passport_in(tmp_path) as passport:
        first = passport.put(name="Welder", issuer="School of Sparks", valid_from="2026-02-01T00:00:00Z")
        passport.put(name="Grinder", issuer="School of Sparks", valid_from="2026-01-01T00:00:00Z")
        other = passport.put(name="Tutor", issuer="Aalto")
        where = (await passport.post("/collections", f"name=Sparks&rule={quote('issuer:sparks')}", **JSON)).json["go"]
        key = where.rsplit("/", 1)[1]
        await passport.post("/badges/decide", f"id={other.id}&do=collect&collection={key}", **JSON)

        async def order():
            page = (await passport.get(where)).body.decode().split("<main")[1]
            assert "3 badges" in page
            return sorted(("Welder", "Grinder", "Tutor"), key=page.index)

        assert await order() == ["Tutor", "Welder", "Grinder"]
        await passport.post(where, f"do=up&id={first.id}", **JSON)
        assert await order() == ["Welder", "Tutor", "Grinder"]
        state = passport.vault.state(f"collection:{key}")
        assert [name for name in state if name.startswith("member:")] == [f"member:{other.id}"]  # moving put nothing in
        await passport.post("/undo", "", **JSON)
        assert await order() == ["Tutor", "Welder", "Grinder"]
        passport.vault.decide(f"collection:{key}", {"rule": None})
        assert "1 badge" in (await passport.get(where)).body.decode()


@pytest.mark.parametrize("form", ["", "name=", "name=%20", "name=%E2%80%AE"])
async def test_a_collection_needs_a_name(tmp_path, form):
    async with passport_in(tmp_path) as passport:
        assert (await passport.post("/collections", form, **JSON)).status == 422


@pytest.mark.parametrize("key", ["nope", "..%2fx", "%00"])
async def test_a_collection_that_is_not_there_is_not_found(tmp_path, key):
    async with passport_in(tmp_path) as passport:
        assert (await passport.get(f"/collection/{key}")).status == 404
        assert (await passport.post(f"/collection/{key}", "name=x", **JSON)).status == 404


async def test_skills_are_counted_and_what_is_forged_backs_nothing(tmp_path):
    async with passport_in(tmp_path) as passport:
        passport.put(name="A", achievement={"tags": ("Python",)})
        passport.put(name="B", achievement={"tags": ("python", "<i>Go")})
        passport.put("invalid", name="C", achievement={"tags": ("Surgery",)})
        passport.put("not-yours", name="D", achievement={"tags": ("Law",)})
        page = (await passport.get("/skills")).body.decode()
        assert "2 verified badges" in page
        assert "Surgery" not in page
        assert "Law" not in page
        assert "<i>Go" not in page
        skills = (await passport.get("/skills.json")).json["skills"]
        assert {skill["name"].lower(): skill["verifiedBadges"] for skill in skills} == {"python": 2, "<i>go": 1}


async def test_names_of_one_entry_of_a_framework_are_one_skill(tmp_path):
    entry = "http://data.europa.eu/esco/skill/ccd0a1d9-afda"
    async with passport_in(tmp_path) as passport:
        for name, skill in (("A", "Programming"), ("B", "Ohjelmointi"), ("C", "Programming")):
            alignments = (Alignment(target_name=skill, target_url=entry, target_framework="ESCO"),)
            passport.put(name=name, achievement={"alignments": alignments, "tags": ("<b>loose",)})
        page = (await passport.get("/skills")).body.decode()
        assert "3 verified badges" in page
        assert "Ohjelmointi" not in page
        for name in ("Programming", "OHJELMOINTI"):
            page = (await passport.get(f"/skill?name={name}")).body.decode()
            assert "<h1><bdi>Programming</bdi></h1>" in page
            assert "Also called: <bdi>Ohjelmointi</bdi>" in page
            assert page.count("/badge/") == 3
            assert page.count("<b><bdi>ESCO</bdi></b>") == 1
        told = {skill["name"]: skill for skill in (await passport.get("/skills.json")).json["skills"]}
        assert told.keys() == {"Programming", "<b>loose"}
        assert told["Programming"]["otherNames"] == ["Ohjelmointi"]


@pytest.mark.parametrize(
    ("rule", "held", "have", "reached"),
    [
        ("rule=all", ["One", "two"], 2, False),
        ("rule=all", ["One", "Two", "Three"], 3, True),
        ("rule=some&needed=2", ["One", "Three"], 2, True),
        ("rule=order", ["Two", "Three"], 0, False),
        ("rule=order", ["One", "Three"], 1, False),
        ("rule=some&needed=99", ["One"], 1, False),
        ("rule=nonsense&needed=-5", ["One"], 1, False),
    ],
)
async def test_a_goal_says_how_far_one_is(tmp_path, rule, held, have, reached):
    async with passport_in(tmp_path) as passport:
        for name in held:
            passport.put(name=name)
        await passport.post("/goals", f"name=Path&wanted=One%0ATwo%0AThree&{rule}", **JSON)
        page = (await passport.get("/goals")).body.decode()
        assert f'value="{have}"' in page.split("<progress")[1]
        assert ("Reached" in page) == reached


async def test_a_forged_badge_reaches_no_goal(tmp_path):
    async with passport_in(tmp_path) as passport:
        passport.put("invalid", name="One")
        passport.put("not-yours", name="Two")
        await passport.post("/goals", "name=Path&wanted=One%0ATwo&rule=all", **JSON)
        assert 'value="0"' in (await passport.get("/goals")).body.decode().split("<progress")[1]


@pytest.mark.parametrize("form", ["name=x", "wanted=y", "name=x&wanted=%20%0A"])
async def test_a_goal_needs_a_name_and_something_wanted(tmp_path, form):
    async with passport_in(tmp_path) as passport:
        assert (await passport.post("/goals", form, **JSON)).status == 422


async def test_figures_are_right(tmp_path):
    async with passport_in(tmp_path) as passport:
        for number in range(3):
            passport.put(name=f"A{number}", valid_from="2024-01-01T00:00:00Z")
        passport.put(name="B", valid_from="2026-01-01T00:00:00Z", valid_until="2027-01-01T00:00:00Z")
        passport.put("expired", name="C", valid_from="soon")
        page = (await passport.get("/statistics")).body.decode()
        assert 'aria-label="2024: 3. 2025: 0. 2026: 1. "' in page
        assert "5 badges" in page
        assert ">B</bdi>" in page.split("Expiring within")[1]


async def test_a_badge_is_put_at_a_place_of_its_collection(tmp_path):
    async with passport_in(tmp_path) as passport:
        entries = [passport.put(name=f"Badge {number}") for number in range(4)]
        key = (await passport.post("/collections", "name=Row", **JSON)).json["go"].rsplit("/", 1)[1]
        for place, entry in enumerate(entries):
            passport.vault.decide(f"collection:{key}", {f"member:{entry.id}": f"{place:06}"})
        await passport.post(f"/collection/{key}", f"do=place&id={entries[3].id}&place=0", **JSON)
        state = passport.vault.state(f"collection:{key}")
        order = sorted(entries, key=lambda entry: state[f"member:{entry.id}"])
        assert [entry.name for entry in order] == ["Badge 3", "Badge 0", "Badge 1", "Badge 2"]
        for nonsense in ("id=nope&place=1", f"id={entries[0].id}&place=-5", f"id={entries[0].id}&place=x"):
            assert (await passport.post(f"/collection/{key}", f"do=place&{nonsense}", **JSON)).status == 200


async def test_the_days_of_expiry_go_into_a_calendar(tmp_path):
    async with passport_in(tmp_path) as passport:
        passport.put(name="A; b, c\r\nEND:VCALENDAR" + "ö" * 90, valid_until="2027-01-20T00:00:00Z")
        passport.put("expired", name="Past", valid_until="2020-01-01T00:00:00Z")
        text = (await passport.get("/expiry.ics")).body.decode()
        assert text.count("END:VCALENDAR\r\n") == 1
        assert text.count("BEGIN:VEVENT") == 1
        assert "DTSTART;VALUE=DATE:20270120" in text
        assert "Past" not in text
        assert max(len(line.encode()) for line in text.split("\r\n")) <= 75


async def test_evidence_of_ones_own_is_added_shown_as_such_and_taken_away(tmp_path):
    async with passport_in(tmp_path) as passport:
        entry = passport.put()
        await passport.post(f"/badge/{entry.id}/evidence", "text=My+%3Cb%3Ework&url=https%3A%2F%2Fme.example", **JSON)
        page = (await passport.get(f"/badge/{entry.id}")).body.decode()
        assert "the issuer does not vouch for it" in page
        assert "My &lt;b&gt;work" in page
        assert (await passport.post(f"/badge/{entry.id}/evidence", "url=javascript:x", **JSON)).status == 422
        await passport.post(f"/badge/{entry.id}/evidence", "do=remove&place=0", **JSON)
        assert "evidence" not in passport.vault.state(entry.subject)

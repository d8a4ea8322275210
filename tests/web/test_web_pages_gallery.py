"""The gallery's page, asked as a browser asks."""

import re

import pytest
from tests.web.pages_material import passport_in

from passport.web.pages.looking import PAGE_SIZE

HOSTILE = {
    "markup": "<script>alert(1)</script><img src=x onerror=alert(1)>\"'",
    "bidi": "Invoice\u202efdp.exe",
    "long": "A" * 300,
    "long words": "word " * 60,
    "emoji": "🏅👩‍👩‍👧‍👦 Gold",
    "template": "{{ 7*7 }}{% raw %}",
    "percent": "100%(name)s %s %d",
    "controls": "Good\x00\x07\x1b[31m\nName",
    "arabic": "شهادة",
}


@pytest.mark.parametrize("kind", HOSTILE)
async def test_a_hostile_name_is_only_a_name(tmp_path, kind):
    async with passport_in(tmp_path) as passport:
        entry = passport.put(name=HOSTILE[kind], issuer=HOSTILE[kind])
        for path in ("/", "/?view=list", "/?view=timeline", f"/badge/{entry.id}", "/?q=a&tag=" + "%3Cscript%3E"):
            answer = await passport.get(path)
            page = answer.body.decode()
            assert answer.status == 200, (path, page[:300])
            assert "<script>alert" not in page
            assert not re.search(r"<img[^>]+onerror", page)
            assert "\u202e" not in re.sub(r"<pre.*?</pre>", "", page, flags=re.DOTALL)
            assert "49" not in re.findall(r"<bdi>([^<]*)</bdi>", page)


async def test_a_page_has_no_inline_script_or_style(tmp_path):
    async with passport_in(tmp_path) as passport:
        entry = passport.put()
        for path in ("/", f"/badge/{entry.id}"):
            page = (await passport.get(path)).body.decode()
            assert re.findall(r"<script(?![^>]+src=)", page) == []
            assert " style=" not in page
            assert "<style" not in page
            assert not re.search(r"\son[a-z]+=", page)


async def test_the_policy_lets_nothing_in_from_outside(tmp_path):
    async with passport_in(tmp_path) as passport:
        answer = await passport.get("/")
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self';" in policy
        assert "unsafe" not in policy
        assert answer.headers["referrer-policy"] == "same-origin"  # no-referrer makes browsers send `Origin: null`


async def test_the_empty_passport_says_three_things_to_do(tmp_path):
    async with passport_in(tmp_path) as passport:
        page = (await passport.get("/")).body.decode()
        assert "Drop a badge here" in page
        assert "Watch a folder" in page
        assert "Connect your browser" in page


async def test_a_passport_whose_badges_are_all_in_the_trash_is_not_called_empty(tmp_path):
    async with passport_in(tmp_path) as passport:
        entry = passport.put()
        passport.vault.decide(entry.subject, {"trashed": True})
        page = (await passport.get("/")).body.decode()
        assert "Drop a badge here" not in page


async def test_a_card_shows_name_issuer_domain_date_and_verdict(tmp_path):
    async with passport_in(tmp_path) as passport:
        passport.put()
        page = (await passport.get("/")).body.decode()
        for shown in (
            "Student Tutor",
            "Aalto University",
            "aalto.example",
            "2026",
            'data-verdict="verified"',
            "Verified",
        ):
            assert shown in page


async def test_a_name_that_nothing_confirms_is_said_to_be_its_own_word(tmp_path):
    async with passport_in(tmp_path) as passport:
        entry = passport.put(identity="self-asserted", issuer="Harvard University", issuer_id="did:key:z6Mk")
        for path in ("/", f"/badge/{entry.id}"):
            assert "name not confirmed" in (await passport.get(path)).body.decode()
        page = (await passport.get(f"/badge/{entry.id}")).body.decode()
        assert "stamp-plain" in page
        assert "stamp-full" not in page
        assert "own claim" in page


@pytest.mark.parametrize("verdict", ["unconfirmed", "expired", "revoked", "invalid", "not-yours"])
async def test_only_verified_badges_get_a_full_stamp(tmp_path, verdict):
    async with passport_in(tmp_path) as passport:
        entry = passport.put(verdict)
        page = (await passport.get(f"/badge/{entry.id}")).body.decode()
        assert "stamp-full" not in page
        assert "stamp-plain" not in page
        assert f'data-verdict="{verdict}"' in page
        assert f'data-verdict="{verdict}"' in (await passport.get("/")).body.decode()


async def test_the_address_holds_the_view(tmp_path):
    async with passport_in(tmp_path) as passport:
        passport.put(name="Kubernetes Developer", issuer="Linux Foundation")
        passport.put("expired", name="First Aid", issuer="Red Cross")
        page = (await passport.get("/?q=kube&verdict=verified&sort=name&view=list")).body.decode()
        assert "Kubernetes" in page
        assert "First Aid" not in page.split('id="shown"')[1]
        assert 'value="kube"' in page
        assert re.search(r'<option value="name" selected>', page)
        assert 'class="lines"' in page


async def test_filters_combine_and_are_counted(tmp_path):
    async with passport_in(tmp_path) as passport:
        for number in range(5):
            entry = passport.put(name=f"Badge {number}", issuer="Red Cross" if number % 2 else "Aalto")
            if number < 3:
                passport.vault.decide(entry.subject, {"tag:first": True})
        page = (await passport.get("/?tag=first&issuer=Red+Cross")).body.decode()
        assert page.count('class="card"') == 1
        assert re.search(r"Aalto</bdi><span class=\"count\">2<", (await passport.get("/?tag=first")).body.decode())


async def test_nothing_found_offers_a_way_back(tmp_path):
    async with passport_in(tmp_path) as passport:
        passport.put()
        page = (await passport.get("/?q=zzz")).body.decode()
        assert "No badge looks like that" in page


async def test_only_a_page_of_badges_is_rendered_and_the_rest_follows(tmp_path):
    async with passport_in(tmp_path) as passport:
        for number in range(PAGE_SIZE + 5):
            passport.put(name=f"Badge {number:03}")
        page = (await passport.get("/")).body.decode()
        assert page.count('class="card"') == PAGE_SIZE
        more = (await passport.get(f"/?offset={PAGE_SIZE}", Part="more")).body.decode()
        assert more.count('class="card"') == 5
        assert "<html" not in more
        assert 'id="more"' not in more


async def test_each_sheet_says_where_it_stands_and_how_to_ask_for_it(tmp_path):
    async with passport_in(tmp_path) as passport:
        for number in range(PAGE_SIZE + 1):
            passport.put(name=f"Badge {number:03}")
        page = (await passport.get("/?view=list&sort=name")).body.decode()
        assert f'data-at="/?sort=name&amp;view=list" data-name="Badges 1 to {PAGE_SIZE}"' in page
        more = (await passport.get(f"/?view=list&sort=name&offset={PAGE_SIZE}", Part="more")).body.decode()
        (at,) = re.findall(r'data-at="([^"]+)"', more)
        assert (await passport.get(at.replace("&amp;", "&"), Part="more")).body.decode() == more
        assert f'data-name="Badges {PAGE_SIZE + 1} to {PAGE_SIZE + 1}"' in more


async def test_a_sheet_of_the_timeline_ends_with_a_year_or_is_of_one(tmp_path):
    years = [2026] * 7 + [2025] * (2 * PAGE_SIZE + 3) + [2024] * 2
    async with passport_in(tmp_path) as passport:
        for number, year in enumerate(years):
            passport.put(name=f"Badge {number:03}", valid_from=f"{year}-05-01T00:00:00Z")
        address, sheets = "/?view=timeline", []
        while address:
            sheet = (await passport.get(address, Part="more")).body.decode()
            sheets.append((sheet.count('class="card"'), re.findall(r'class="year">(\d+)', sheet)))
            assert sheet.count("<ul") == sheet.count("</ul>")
            address = next(iter(re.findall(r'id="more" href="([^"]+)"', sheet)), "").replace("&amp;", "&")
        assert sheets == [(7, ["2026"]), (PAGE_SIZE, ["2025"]), (PAGE_SIZE, []), (5, ["2024"])]


@pytest.mark.parametrize(
    "query", ["offset=-1", "offset=1e9", "offset=99999999999", "sort=drop", "view=x", "q=" + "a" * 5000]
)
async def test_nonsense_in_the_address_is_left_out(tmp_path, query):
    async with passport_in(tmp_path) as passport:
        passport.put()
        assert (await passport.get(f"/?{query}")).status == 200


async def test_a_stranger_sees_nothing(tmp_path):
    async with passport_in(tmp_path) as passport:
        entry = passport.put(name="Secret Badge")
        for path in ("/", f"/badge/{entry.id}", f"/picture/{entry.sha256}/256", f"/original/{entry.id}/{entry.sha256}"):
            answer = await passport.served.ask("GET", path)
            assert answer.status == 401
            assert b"Secret" not in answer.body


async def test_the_banner_stands_while_protection_is_lowered(tmp_path):
    from dataclasses import replace

    from passport.settings import Settings
    from passport.settings.model import NetworkSettings

    lowered = replace(Settings(), network=NetworkSettings(allow_private_addresses=True))
    async with passport_in(tmp_path, lowered) as passport:
        assert b"Protection is lowered" in (await passport.get("/")).body
    async with passport_in(tmp_path / "other") as passport:
        assert b"Protection is lowered" not in (await passport.get("/")).body


async def test_a_badge_that_is_not_there_is_not_found(tmp_path):
    async with passport_in(tmp_path) as passport:
        for path in ("/badge/aaaaaaaaaaaaaaaa", "/badge/..%2f..%2fetc", "/card/nope"):
            assert (await passport.get(path)).status == 404

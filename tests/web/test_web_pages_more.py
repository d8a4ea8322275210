"""Adding badges, the inbox, profile and settings, trash and activity, first run and samples."""

import asyncio

import pytest
from tests.web.pages_material import passport_in, png
from tests.web.served import Clock

from passport.fetching import Asked
from passport.intake.taken import refused
from passport.settings import Settings
from passport.sharing.gathering import links, portrait
from passport.vault.model import Origin
from passport.verification.files import verify
from passport.web.samples import sample_badges

JSON = {"Accept": "application/json"}
PAGES = (
    "/", "/?view=list", "/?view=timeline", "/add", "/inbox", "/profile", "/settings", "/connect", "/trash", "/activity",
    "/collections", "/notices", "/skills", "/goals", "/statistics",
    "/welcome", "/welcome?step=2", "/welcome?step=3", "/welcome?step=99", "/design",
)  # fmt: skip


def multipart(*parts: tuple[str, str | None, bytes]) -> tuple[str, bytes]:
    """Return the type and the body of a form with files."""
    body = b""
    for name, file_name, content in parts:
        extra = f'; filename="{file_name}"' if file_name is not None else ""
        body += f'--XX\r\nContent-Disposition: form-data; name="{name}"{extra}\r\n\r\n'.encode() + content + b"\r\n"
    return "multipart/form-data; boundary=XX", body + b"--XX--\r\n"


@pytest.mark.parametrize("path", PAGES)
async def test_each_page_is_whole_whether_the_passport_is_empty_or_not(tmp_path, path):
    async with passport_in(tmp_path) as passport:
        for filled in (False, True):
            if filled:
                for verdict in ("verified", "unconfirmed", "expired", "invalid", "revoked", "not-yours"):
                    passport.put(verdict, name=f"<b>{verdict}</b>")
            answer = await passport.get(path)
            page = answer.body.decode()
            assert answer.status == 200, page[:500]
            assert page.rstrip().endswith("</html>")
            assert "<b>verified" not in page
            assert page.count("<h1") == 1
            assert " style=" not in page


async def test_a_file_and_an_address_are_handed_to_the_intake(tmp_path):
    async with passport_in(tmp_path) as passport:
        token = passport.headers["X-CSRF-Token"].encode()
        kind, body = multipart(
            ("csrf", None, token),
            ("files", "a.png", png(1)),
            ("addresses", None, b"https://x.example/a javascript:alert(1)"),
        )
        answer = await passport.post("/add", body, token=False, kind=kind)
        assert answer.status == 303
        for _ in range(50):
            page = (await passport.get(answer.headers["location"])).body.decode()
            if "data-running" not in page:
                break
            await asyncio.sleep(0.02)
        asked = passport.served.parts.intake.asked
        assert [name for name, _ in asked] == ["take", "take_url"]
        assert asked[0][1][0] == png(1)
        assert asked[1][1][0] == "https://x.example/a"
        assert 'data-result="refused"' in page
        assert 'href="javascript' not in page


@pytest.mark.parametrize("parts", [(), (("files", "", b""),), (("addresses", None, b"  \n"),)])
async def test_nothing_handed_in_is_said(tmp_path, parts):
    async with passport_in(tmp_path) as passport:
        kind, body = multipart(("csrf", None, passport.headers["X-CSRF-Token"].encode()), *parts)
        assert (await passport.post("/add", body, token=False, kind=kind)).status == 422


async def test_an_import_that_is_not_there_is_not_found(tmp_path):
    async with passport_in(tmp_path) as passport:
        assert (await passport.get("/add/nope")).status == 404


async def test_the_inbox_says_why_a_badge_waits_and_lets_it_go(tmp_path):
    async with passport_in(tmp_path) as passport:
        entry = passport.put("not-yours", name="Welder")
        page = (await passport.get("/inbox")).body.decode()
        assert "none of yours" in page
        assert "ann@example.org is mine" in page
        await passport.post("/badges/decide", f"id={entry.id}&do=accept", **JSON)
        assert "Welder" not in (await passport.get("/inbox")).body.decode().split("<main")[1]


async def test_an_address_is_claimed_and_the_badge_checked_again(tmp_path):
    async with passport_in(tmp_path) as passport:
        entry = passport.put("not-yours")
        await passport.post("/inbox/claim", f"id={entry.id}&address=ann%40example.org", **JSON)
        assert passport.vault.state("profile")["identity:ann@example.org"] is True
        assert ("reverify", entry.id) in passport.served.parts.intake.asked


async def test_all_verified_ones_are_kept_at_once_and_no_other(tmp_path):
    async with passport_in(tmp_path) as passport:
        good, bad = passport.put(), passport.put("invalid", name="Bad")
        done = await passport.post("/inbox/accept", "", **JSON)
        assert passport.vault.entry(good.id).state == "accepted"
        assert passport.vault.entry(bad.id).state == "new"
        await passport.post("/undo", f"token={done.json['token']}", **JSON)
        assert passport.vault.entry(good.id).state == "new"


async def test_settings_are_saved_and_count_at_once(tmp_path):
    async with passport_in(tmp_path) as passport:
        folder = tmp_path / "Badges"
        folder.mkdir()
        await passport.post("/settings", f"asks=folders&folder={folder}&folder=&recursive=on", **JSON)
        await passport.post("/settings", "asks=notices&notify=problems", **JSON)
        settings = passport.served.parts.control.settings
        assert settings.watch.folders == (folder,)
        assert settings.notify == "problems"
        assert not settings.accept_automatically
        assert str(folder) in (await passport.get("/settings")).body.decode()


@pytest.mark.parametrize(
    "form",
    ["asks=folders&folder=/does/not/exist", "asks=language&language=%3Cscript%3E"],
)
async def test_wrong_settings_leave_the_file_as_it_was(tmp_path, form):
    async with passport_in(tmp_path) as passport:
        before = (tmp_path / "settings.toml").read_text() if (tmp_path / "settings.toml").exists() else ""
        answer = await passport.post("/settings", form, **JSON)
        after = (tmp_path / "settings.toml").read_text() if (tmp_path / "settings.toml").exists() else ""
        assert answer.status == 422 or "script" not in after
        if answer.status == 422:
            assert after == before


async def test_the_profile_is_kept_and_its_picture_drawn_anew(tmp_path):
    async with passport_in(tmp_path) as passport:
        kind, body = multipart(
            ("csrf", None, passport.headers["X-CSRF-Token"].encode()),
            ("identity", None, b"ann@example.org"),
            ("name", None, "Ann <b>Ö</b>".encode()),
            ("link-name", None, b"Home"), ("link-url", None, b"https://ann.example"),
            ("link-name", None, b"Bad"), ("link-url", None, b"javascript:alert(1)"),
            ("picture", "me.png", png(2)),
        )  # fmt: skip
        assert (await passport.post("/profile", body, token=False, kind=kind)).status == 303
        state = passport.vault.state("profile")
        assert state["name"] == "Ann <b>Ö</b>"
        assert state["links"] == [{"name": "Home", "url": "https://ann.example"}]
        assert links(state) == (("Home", "https://ann.example"),)  # as the published page and CVs read them
        assert portrait(state)
        page = (await passport.get("/profile")).body.decode()
        assert "<b>Ö" not in page
        address = page.split('src="/profile/picture/')[1].split('"')[0]
        assert (await passport.get(f"/profile/picture/{address}")).headers["content-type"] == "image/png"
        assert (await passport.get("/profile/picture/0000")).status == 404


async def test_an_address_of_the_settings_can_be_taken_out_too(tmp_path):
    (tmp_path / "settings.toml").write_text('identities = ["old@example.org", "kept@example.org"]')
    from passport.settings import Settings

    async with passport_in(tmp_path, Settings.load(tmp_path / "settings.toml")) as passport:
        kind, body = multipart(
            ("csrf", None, passport.headers["X-CSRF-Token"].encode()),
            ("identity", None, b"kept@example.org"),
            ("identity", None, b"new@example.org"),
        )
        await passport.post("/profile", body, token=False, kind=kind)
        page = (await passport.get("/profile")).body.decode()
        assert "old@example.org" not in page
        assert "kept@example.org" in page
        assert "new@example.org" in page
        assert "old@" not in (tmp_path / "settings.toml").read_text()


async def test_a_profile_picture_that_is_none_is_refused(tmp_path):
    async with passport_in(tmp_path) as passport:
        kind, body = multipart(
            ("csrf", None, passport.headers["X-CSRF-Token"].encode()), ("picture", "me.svg", b"<svg onload=alert(1)>")
        )
        assert (await passport.post("/profile", body, token=False, kind=kind, **JSON)).status == 422


async def test_the_page_for_connecting_holds_a_code_that_works_once(tmp_path):
    async with passport_in(tmp_path) as passport:
        answer = await passport.get("/connect")
        code = answer.body.decode().split('name="passport-pairing" content="')[1].split('"')[0]
        assert answer.headers["cache-control"] == "no-store"
        assert passport.served.parts.codes.burn(code)
        assert not passport.served.parts.codes.burn(code)


async def test_a_browser_is_disconnected(tmp_path):
    async with passport_in(tmp_path) as passport:
        clients = passport.served.parts.clients
        client = clients.add(label="Firefox <i>", browser="firefox", origin="moz-extension://1")
        assert "Firefox &lt;i&gt;" in (await passport.get("/settings")).body.decode()
        await passport.post("/disconnect", f"client={client.id}", **JSON)
        assert clients.find(client.id) is None
        assert (await passport.post("/disconnect", f"client={client.id}", **JSON)).status == 404


async def test_the_first_run_saves_its_steps(tmp_path):
    async with passport_in(tmp_path) as passport:
        answer = await passport.post("/welcome", "step=2&identity=ann%40example.org%0Aann%40work.example")
        assert answer.headers["location"].startswith("/welcome?step=3")
        assert {"identity:ann@example.org", "identity:ann@work.example"} <= set(passport.vault.state("profile"))


@pytest.mark.parametrize("recipient", [None, "ann@example.org"])
def test_the_samples_say_what_they_are(recipient):
    now = Clock().now
    identities = [recipient] if recipient else []
    reports = {name: verify(file, identities=identities, now=now)[0] for name, file in sample_badges(now, recipient)}
    assert {name: report.verdict.value for name, report in reports.items()} == {
        "sample-first-steps.png": "verified",
        "sample-past-its-date.png": "expired",
        "sample-altered.png": "invalid",
    }
    assert all(report.issuer_identity == "self-asserted" for report in reports.values())
    assert all("ample" in report.credential.subject.achievement.description for report in reports.values())


async def test_the_trash_shows_what_lies_in_it_and_gives_it_back(tmp_path):
    async with passport_in(tmp_path) as passport:
        entry = passport.put(name="Thrown")
        passport.vault.decide(entry.subject, {"trashed": True})
        assert "Thrown" in (await passport.get("/trash")).body.decode()
        assert "Thrown" not in (await passport.get("/")).body.decode().split("<main")[1]
        await passport.post("/badges/decide", f"id={entry.id}&do=untrash", **JSON)
        assert "Thrown" not in (await passport.get("/trash")).body.decode().split("<main")[1]


async def test_a_known_issuer_is_remembered_and_its_badge_checked_again(tmp_path):
    async with passport_in(tmp_path) as passport:
        entry = passport.put(identity="self-asserted", issuer_id="did:key:z6Mk")
        await passport.post(f"/badge/{entry.id}/issuer", "known=yes", **JSON)
        assert passport.vault.state("issuer:did:key:z6Mk")["known"] is True
        assert ("reverify", entry.id) in passport.served.parts.intake.asked
        await passport.post(f"/badge/{entry.id}/issuer", "known=no", **JSON)
        assert "known" not in passport.vault.state("issuer:did:key:z6Mk")


async def test_the_history_of_a_badge_is_told(tmp_path):
    async with passport_in(tmp_path) as passport:
        entry = passport.put()
        await passport.post("/badges/decide", f"id={entry.id}&do=tag&tag=%3Cb%3Ex", **JSON)
        page = (await passport.get(f"/badge/{entry.id}")).body.decode()
        assert "Tagged &lt;b&gt;x" in page
        assert "Checked: Verified" in page
        assert "Tagged" in (await passport.get("/activity")).body.decode()


async def test_the_activity_shows_refusals_and_requests_as_strangers_texts(tmp_path):
    async with passport_in(tmp_path) as passport:
        diary = passport.served.parts.diary
        diary.took([refused("<b>evil</b>.zip", "It is locked & lost.")], Origin(kind="watched"))
        diary.asked(
            Asked(url="https://issuer.example/<i>", at="2026-03-01T12:00:00Z", status=404, received=0, took_s=0.1)
        )
        page = (await passport.get("/activity")).body.decode()
        for text in ("&lt;b&gt;evil", "It is locked &amp; lost.", "https://issuer.example/&lt;i&gt;", "404", "Refused"):
            assert text in page
        assert "<b>evil" not in page


async def test_a_server_that_cannot_be_found_is_told_as_no_answer_not_as_refused(tmp_path):
    async with passport_in(tmp_path) as passport:
        unknown = "The server's name is not known."
        asked = Asked(
            url="https://issuer.example/a", at="2026-03-01T12:00:00Z", status=0, received=0, took_s=0.1, problem=unknown
        )
        passport.served.parts.diary.asked(asked)
        page = (await passport.get("/activity")).body.decode()
        assert "No answer" in page
        assert "Refused" not in page


async def test_a_badge_whose_issuer_is_not_known_yet_says_so_and_counts_as_no_issuer(tmp_path):
    async with passport_in(tmp_path) as passport:
        passport.put(issuer="", issuer_id=None)
        statistics = (await passport.get("/statistics")).body.decode()
        assert "1 badge, 0 issuers" in statistics
        assert '?issuer="' not in statistics
        for page in ("/statistics", "/inbox", f"/badge/{passport.served.parts.vault.search('').entries[0].id}"):
            assert "Issuer not known yet" in (await passport.get(page)).body.decode()


async def test_the_pages_say_where_keys_lie_when_there_is_no_keyring(tmp_path):
    async with passport_in(tmp_path) as passport:
        page = (await passport.get("/connect")).body.decode()
        assert "No keyring is running on this computer." in page
        assert "will lie in a file which only you can read" in page
        passport.served.parts.clients.add(label="Firefox", browser="firefox", origin="moz-extension://x")
        assert "without the protection of a keyring: 1" in (await passport.get("/settings")).body.decode()


async def test_where_keys_are_kept_can_be_chosen_and_nonsense_changes_nothing(tmp_path):
    async with passport_in(tmp_path) as passport:
        for value, kept in (("file", "file"), ("keyring", "keyring"), ("floppy", "auto")):
            await passport.post("/settings", f"asks=secrets&keep={value}")
            assert Settings.load(tmp_path / "settings.toml").secrets.keep == kept

"""The outbox against servers that take only what is documented, and against servers that misbehave."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta

import pytest
from tests.sharing.network_servers import APP_PASSWORD
from tests.sharing.outbox_material import Dead, Mortal, letter, picture, post_office

from passport.errors import SharingError
from passport.sharing.mastodon import Status
from passport.sharing.networks import count_graphemes
from passport.sharing.outbox.delivery import is_this
from passport.sharing.outbox.model import Item, State

HARD_NAMES = [
    "<b>Knots</b> & “ropes” <script>alert(1)</script>",
    "👩‍👩‍👧‍👦🏅 Emoji 🇫🇮",
    "شارة العقد المتقدمة",
    "\u202eevil\u202c \u2066name\u2069",
    "ein sehr langer Name " * 15,
    "a\nb\tc\r\nd",
    '"quotes" \\back\\ {issuer}',
]


async def test_mastodon_gets_text_picture_and_description(office, mastodon) -> None:
    account = await office.mastodon(mastodon)
    item = office.outbox.add(letter(account, "I can tie knots. https://ann.example/b/1 #Knots"), account)
    done = await office.outbox.attempt(item.id)
    assert done.state is State.SENT, done.problem
    (status,) = mastodon.statuses
    assert status["text"] == "I can tie knots. https://ann.example/b/1 #Knots"
    assert status["language"] == "en"
    assert status["media_attachments"][0]["description"] == "Badge “Knots”, issued by Scouts"
    assert mastodon.media["100"]["content"] == picture().content
    assert done.url == status["url"]
    assert [told.id for told in office.told] == [item.id]


async def test_a_picture_that_is_still_processed_is_waited_for(office, mastodon) -> None:
    mastodon.processing = 2
    account = await office.mastodon(mastodon)
    done = await office.outbox.attempt(office.outbox.add(letter(account, "x"), account).id)
    assert done.state is State.SENT
    assert mastodon.processing == 0


async def test_bluesky_gets_facets_picture_and_alt(office, bluesky) -> None:
    account = await office.bluesky(bluesky)
    text = "Ich kann’s 🏅 https://ann.example/b/1?x=ä&y=1. #Knoten #2026 nicht#tag https://x.example/#anker"
    done = await office.outbox.attempt(office.outbox.add(letter(account, text), account).id)
    assert done.state is State.SENT, done.problem
    (record,) = bluesky.records.values()
    features = [facet["features"][0] for facet in record["facets"]]
    assert [f.get("uri") or f["tag"] for f in features] == [
        "https://ann.example/b/1?x=ä&y=1",
        "https://x.example/#anker",
        "Knoten",
    ]
    (image,) = record["embed"]["images"]
    assert image["alt"] == "Badge “Knots”, issued by Scouts"
    assert image["aspectRatio"] == {"width": 120, "height": 63}
    assert done.url == f"https://bsky.app/profile/ada.test/post/{done.rkey}"
    assert record["langs"] == ["en"]


async def test_bluesky_without_a_picture_gets_a_card(office, bluesky) -> None:
    account = await office.bluesky(bluesky)
    await office.outbox.attempt(office.outbox.add(letter(account, "look", pictured=False), account).id)
    (record,) = bluesky.records.values()
    assert record["embed"]["external"] == {"uri": "https://ann.example/b/1", "title": "Knots", "description": "Scouts"}


@pytest.mark.parametrize("name", HARD_NAMES)
async def test_hard_names_arrive_as_they_are(office, mastodon, bluesky, name) -> None:
    for account in (await office.mastodon(mastodon), await office.bluesky(bluesky)):
        item = office.outbox.add(letter(account, name=name), account)
        done = await office.outbox.attempt(item.id)
        assert done.state is State.SENT, done.problem
    assert mastodon.statuses[0]["text"].startswith("I earned “" + name[:5])
    assert count_graphemes(next(iter(bluesky.records.values()))["text"]) <= 300


@pytest.mark.parametrize("honours", [False, True])
@pytest.mark.parametrize("pictured", [False, True])
async def test_cut_off_after_the_server_took_it_100_times_one_post_each(office, mastodon, honours, pictured) -> None:
    """The server keeps no idempotency (snac) or does; either way each post is there exactly once."""
    mastodon.honours_key = honours
    account = await office.mastodon(mastodon)
    for number in range(25):
        mastodon.faults["/api/v1/statuses"] += ["cut-after", "cut-after"]
        text = f"Post <{number}> & “more” 🏅 for @bob@other.example https://ann.example/b/{number} #Knots"
        office.outbox.add(letter(account, text, pictured=pictured), account)
        await office.until_settled()
    texts = [status["text"] for status in mastodon.statuses]
    assert len(texts) == len(set(texts)) == 25
    assert all(item.state is State.SENT and item.url for item in office.outbox.store.all())


async def test_the_same_on_bluesky(office, bluesky) -> None:
    account = await office.bluesky(bluesky)
    for number in range(25):
        bluesky.faults["/xrpc/com.atproto.repo.putRecord"] += ["cut-after", 502, "cut-after", "cut"]
        office.outbox.add(letter(account, f"Post {number}"), account)
        await office.until_settled()
    assert sorted(record["text"] for record in bluesky.records.values()) == sorted(f"Post {n}" for n in range(25))
    assert len(bluesky.writes) == 75
    assert len(set(bluesky.writes)) == 25  # the same record under the same key


async def test_the_same_words_on_purpose_are_two_posts(office, mastodon) -> None:
    """What is there already from before is not taken for the post that was just cut off."""
    account = await office.mastodon(mastodon)
    for _ in range(2):
        mastodon.faults["/api/v1/statuses"] += ["cut-after"]
        office.outbox.add(letter(account, "again", pictured=False), account)
        await office.until_settled()
    mastodon.faults["/api/v1/statuses"] += ["cut"]
    office.outbox.add(letter(account, "again", pictured=False), account)
    await office.until_settled()
    assert len(mastodon.statuses) == 3
    assert len({item.remote for item in office.outbox.store.all()}) == 3


async def test_what_one_try_sent_is_not_forgotten_when_the_next_is_refused(office, mastodon) -> None:
    """The server took the first try and shows it late; between them it asked for patience."""
    account = await office.mastodon(mastodon)
    mastodon.shows_late = True
    mastodon.faults["/api/v1/statuses"] += ["cut-after", 429]
    office.outbox.add(letter(account, "slow", pictured=False), account)
    for _ in range(2):
        await office.outbox.work_off()
        office.clock.forward(4000)
    mastodon.shows_late = False
    await office.until_settled()
    assert len(mastodon.statuses) == 1


@pytest.mark.parametrize(
    ("text", "content"),
    [
        (
            "Knots <b>& “ropes”</b> 🏅 https://a.example/b/1 #Knots",
            "Knots <b>& “ropes”</b> 🏅 <a>https://a.example/b/1</a> #Knots",
        ),
        (
            "a *b* _c_ https://a.example/long/1",
            '<p>a <em>b</em> <i>c</i> <a href="https://a.example/long/1">a.example/l…</a></p>',
        ),
        (
            "@bob@other.example hi #x",
            '<p><a href="https://other.example/@bob">@bob</a> hi <a href="https://m/t/x">#x</a></p>',
        ),
        ("🏅🎉", "<p>🏅 🎉</p>"),
        ("a & b < c", "<p>a &amp; b &lt; c</p>"),
    ],
)
def test_a_post_is_known_again_in_what_servers_make_of_it(text, content) -> None:
    item = Item(id="1", network="mastodon", account="a", entry="e", text=text, created_at="", key="k")
    assert is_this(Status(id="1", url="", content=content), item)
    for other in (text + " 2", "", text[:-1] + "…", "🏅"):
        assert not is_this(Status(id="1", url="", content=other), item)


async def test_each_of_two_equal_posts_finds_its_own(office, mastodon) -> None:
    account = await office.mastodon(mastodon)
    mastodon.faults["/api/v1/statuses"] += ["cut-after"]
    for _ in range(2):
        office.outbox.add(letter(account, "equal", pictured=False), account)
        await office.outbox.work_off()
        office.clock.forward(1)
    await office.until_settled()
    assert len(mastodon.statuses) == len({item.remote for item in office.outbox.store.all()}) == 2


@pytest.mark.parametrize("fault", ["cut", "cut-after", 502, None])
@pytest.mark.parametrize("network", ["mastodon", "bluesky"])
async def test_killed_at_every_step_of_the_disk_one_post(tmp_path, mastodon, bluesky, network, fault) -> None:
    """kill -9 before each change of the disk, then a new start: always one post, never two, never none."""
    path = {"mastodon": "/api/v1/statuses", "bluesky": "/xrpc/com.atproto.repo.putRecord"}[network]
    async with post_office(tmp_path) as office:
        office.disk = Mortal()
        office.again()
        account = await office.mastodon(mastodon) if network == "mastodon" else await office.bluesky(bluesky)
        for step in range(200):
            text = f"step {step}"
            office.disk.left = 10**9
            item = office.outbox.add(letter(account, text), account)
            server = mastodon if network == "mastodon" else bluesky
            server.faults[path] += [fault]
            office.disk.left = step
            died = False
            try:
                await office.outbox.attempt(item.id)
            except Dead:
                died = True
            office.disk.left = 10**9
            office.again()
            await office.until_settled()
            there = [s["text"] for s in mastodon.statuses] + [r["text"] for r in bluesky.records.values()]
            assert there.count(text) == 1, (step, there)
            assert office.outbox.find(item.id).state is State.SENT
            server.faults[path].clear()
            if not died:
                assert step > 8
                return
    raise AssertionError("it never got through")


async def test_a_button_pressed_twice_makes_one_post(office, mastodon) -> None:
    account = await office.mastodon(mastodon)
    items = {office.outbox.add(letter(account, "hello", wish="w1"), account).id for _ in range(3)}
    assert len(items) == 1
    await office.outbox.work_off()
    office.outbox.add(letter(account, "hello", wish="w1"), account)
    await office.outbox.work_off()
    assert len(mastodon.statuses) == 1


async def test_scheduled_posts_go_out_when_it_is_time(office, mastodon) -> None:
    account = await office.mastodon(mastodon)
    item = office.outbox.add(letter(account, "later", due=office.clock.now + timedelta(hours=2)), account)
    await office.outbox.work_off()
    assert mastodon.asked == []
    office.clock.forward(2 * 3600 + 1)
    office.again()
    await office.outbox.work_off()
    assert office.outbox.find(item.id).state is State.SENT


async def test_a_post_missed_by_days_is_shown_instead_of_sent(office, mastodon) -> None:
    account = await office.mastodon(mastodon)
    item = office.outbox.add(letter(account, "later", due=office.clock.now + timedelta(hours=2)), account)
    office.clock.forward(3 * 86400)
    office.again()
    await office.outbox.work_off()
    late = office.outbox.find(item.id)
    assert late.state is State.DRAFT
    assert "off" in late.problem
    assert mastodon.statuses == []


@pytest.mark.parametrize("network", ["mastodon", "bluesky"])
async def test_a_post_is_deleted_where_it_is(office, mastodon, bluesky, network) -> None:
    server = mastodon if network == "mastodon" else bluesky
    account = await (office.mastodon(server) if network == "mastodon" else office.bluesky(server))
    item = office.outbox.add(letter(account, "hello"), account)
    with pytest.raises(SharingError):
        await office.outbox.delete(item.id)
    await office.outbox.attempt(item.id)
    assert (await office.outbox.delete(item.id)).state is State.DELETED
    assert not mastodon.statuses
    assert not bluesky.records


async def test_a_server_that_does_not_delete_is_not_believed(office, mastodon) -> None:
    account = await office.mastodon(mastodon)
    item = await office.outbox.attempt(office.outbox.add(letter(account, "hello"), account).id)
    for fault in (404, 403, 500):
        mastodon.faults[f"/api/v1/statuses/{item.remote}"] += [fault]
        with pytest.raises(SharingError):
            await office.outbox.delete(item.id)
        assert office.outbox.find(item.id).state is State.SENT


async def test_drafts_wait_and_are_held_changed_and_thrown_away(office, mastodon) -> None:
    account = await office.mastodon(mastodon)
    draft = office.outbox.add(letter(account, "x" * 600, draft=True, wish="w"), account)
    await office.outbox.work_off()
    assert mastodon.asked == []
    changed = office.outbox.add(letter(account, "short", wish="w"), account)
    assert (changed.id, changed.text, changed.state) == (draft.id, "short", State.WAITING)
    assert office.outbox.hold(draft.id).state is State.DRAFT
    office.outbox.discard(draft.id)
    office.again()
    assert office.outbox.store.all() == []


async def test_what_may_be_out_is_neither_changed_nor_thrown_away(office, mastodon) -> None:
    account = await office.mastodon(mastodon)
    mastodon.faults["/api/v1/statuses"] += ["cut-after"]
    item = office.outbox.add(letter(account, "hello", wish="w"), account)
    await office.outbox.attempt(item.id)
    with pytest.raises(SharingError):
        office.outbox.hold(item.id)
    with pytest.raises(SharingError):
        office.outbox.discard(item.id)
    assert office.outbox.add(letter(account, "changed", wish="w"), account).text == "hello"


async def test_damaged_and_later_files_are_left_alone_and_named(office, mastodon) -> None:
    account = await office.mastodon(mastodon)
    item = office.outbox.add(letter(account, "hello"), account)
    folder = office.folder / "outbox"
    (folder / f"{'1' * 16}.json").write_text("{nonsense")
    later = json.loads((folder / f"{item.id}.json").read_text()) | {"version": 2, "id": "2" * 16}
    (folder / f"{'2' * 16}.json").write_text(json.dumps(later))
    (folder / f"{'3' * 16}.json").write_text(json.dumps(later | {"version": 1}))
    office.again()
    assert [one.id for one in office.outbox.store.all()] == [item.id]
    assert len(office.outbox.store.unreadable) == 3
    await office.outbox.work_off()
    assert (folder / f"{'1' * 16}.json").read_text() == "{nonsense"
    assert len(mastodon.statuses) == 1


async def test_no_secret_is_written_to_the_disk(office, mastodon, bluesky) -> None:
    for account in (await office.mastodon(mastodon), await office.bluesky(bluesky)):
        office.outbox.add(letter(account, "hello"), account)
    await office.until_settled()
    for file in office.folder.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            assert b"canary" not in content
            assert APP_PASSWORD.encode() not in content


async def test_the_loop_sends_by_itself(office, mastodon) -> None:
    account = await office.mastodon(mastodon)
    told = asyncio.Event()
    office.outbox.on_sent = lambda _item: told.set()
    running_outbox = asyncio.create_task(office.outbox.run())
    await asyncio.sleep(0)
    office.outbox.add(letter(account, "hello"), account)
    async with asyncio.timeout(20):
        await told.wait()
    running_outbox.cancel()

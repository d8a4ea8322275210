"""A simulated year of asking again, with hosts that live, die, come back, move, close and withdraw."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

from tests.intake.again_world import ANN, BEGIN, after, between, dies, life_in

from passport.intake.again.pace import moment
from passport.vault.verdicts import verdicts

DEAD_BADGES = 10


async def test_a_year(tmp_path):
    with life_in(tmp_path) as life:
        world = life.world
        badges = {}

        async def take(name, file):
            badges[name] = await life.take(file)

        live, ending = world.issuer("live"), world.issuer("ending")
        await take("live", live.hosted_badge(recipient=ANN))
        await take("ending", ending.hosted_badge(recipient=ANN, expires="2027-06-01T00:00:00Z"))
        await take("past", ending.hosted_badge(recipient=ANN, expires="2026-07-01T00:00:00Z"))
        listed = world.issuer("listed")
        await take("listed", listed.jws_badge(recipient=ANN))
        bits = world.issuer("bits")
        entry = {"id": "https://bits.example/status/1#7", "type": "BitstringStatusListEntry", "statusListIndex": "7"}
        entry |= {"statusPurpose": "revocation", "statusListCredential": bits.status_list()}
        await take("bits", bits.jwt_badge(bits.credential(credentialStatus=entry)))
        withdrawing, alone = world.issuer("withdrawing"), world.issuer("alone")
        await take("withdrawn", withdrawing.hosted_badge(recipient=ANN))
        taken_back = next(u for u in withdrawing.pages if "/assertions/" in u)
        await take("alone", alone.hosted_badge(recipient=ANN))
        single = next(u for u in alone.pages if "/assertions/" in u)
        world.issuer("closing", after(120, status=410, body=b"closed"))
        await take("closed", world.issuers["closing.example"].hosted_badge(recipient=ANN))
        dead = world.issuer("dead", dies(10))
        for number in range(DEAD_BADGES):
            await take(f"dead {number}", dead.hosted_badge(recipient=ANN, evidence=f"https://dead.example/{number}"))
        world.issuer("never", dies(0))
        await take("never", world.issuers["never.example"].hosted_badge(recipient=ANN))
        world.issuer("ailing", between(30, 90, status=503, body=b"busy", headers=(("Retry-After", "86400"),)))
        await take("ailing", world.issuers["ailing.example"].hosted_badge(recipient=ANN))
        world.issuer("tidied", after(50, final_url="https://tidied.example/new/place"))
        await take("tidied", world.issuers["tidied.example"].hosted_badge(recipient=ANN))
        world.issuer("moved", after(50, final_url="https://elsewhere.example/place"))
        await take("moved", world.issuers["moved.example"].hosted_badge(recipient=ANN))
        world.issuer("parked", after(33, body=b"<html>Buy this domain</html>", content_type="text/html"))
        await take("parked", world.issuers["parked.example"].hosted_badge(recipient=ANN))
        world.issuer("forgotten", after(20, status=404, body=b"no"))
        await take("forgotten", world.issuers["forgotten.example"].hosted_badge(recipient=ANN))
        uncertain = "The server could not prove who it is (TLS certificate)."
        world.issuer("uncertain", between(40, 75, status=0, body=b"", problem=uncertain))
        await take("uncertain", world.issuers["uncertain.example"].hosted_badge(recipient=ANN))
        editing = world.issuer("editing")
        await take("editing", editing.hosted_badge(recipient=ANN))
        quiet = world.issuer("quiet")
        await take("quiet", quiet.signed_badge(recipient=ANN))

        kept = {name: (life.vault.documents(e.id), life.vault.original(e.sha256)) for name, e in badges.items()}
        noticed: dict[str, float] = {}
        oldest = timedelta(0)

        def look():
            nonlocal oldest
            for name in ("withdrawn", "alone", "listed", "bits"):
                if life.now(badges[name]).verdict == "revoked":
                    noticed.setdefault(name, life.clock.day)
            for name in ("live", "editing", "tidied"):
                oldest = max(oldest, life.clock.now - moment(life.now(badges[name]).verified_at))

        await life.live(until=60, on_step=look)
        withdrawing.serve(taken_back, {"id": taken_back, "type": "Assertion", "revoked": True}, status=410)
        editing.lie(editing.url("/class"), {"description": "Ties eleven knots."})
        life.restarted()
        await life.live(until=80, on_step=look)
        alone.pages[single] = replace_answer(alone, single)
        await life.live(until=100, on_step=look)
        listed.revoke(json.loads(json.dumps({"id": life.now(badges["listed"]).credential_id})))
        (life.places.state / "again.json").unlink()  # what was remembered is lost
        life.restarted()
        await life.live(until=150, on_step=look)
        bits.status_list(bits={7: 1})
        await life.live(until=365, on_step=look)

        verdict = {name: life.now(badge).verdict for name, badge in badges.items()}
        standing = {n: s.state for n, badge in badges.items() if (s := life.now(badge).standing)}
        # what issuers took back is noticed soon, and what is only gone is not taken for it
        assert {n for n, v in verdict.items() if v == "revoked"} == {"withdrawn", "alone", "listed", "bits"}
        assert noticed["withdrawn"] - 60 < 36
        assert noticed["alone"] - 80 < 36
        assert noticed["listed"] - 100 < 9
        assert noticed["bits"] - 150 < 9
        assert verdict["past"] == "expired"
        gone = {"closed", "parked", "forgotten", "moved", *(f"dead {n}" for n in range(DEAD_BADGES))}
        assert {name for name in gone if verdict[name] != "verified"} == set()
        assert verdict["never"] == "unconfirmed"
        assert standing == dict.fromkeys(gone | {"never"}, "gone") | {"moved": "moved"}
        assert all(life.now(badges[n]).verdict == "verified" for n in ("live", "ending", "ailing", "uncertain"))
        # nothing that proved a badge was lost, whatever was answered since
        for name in gone:
            assert bodies(life.vault.documents(badges[name].id)) == bodies(kept[name][0])
        assert all(life.vault.original(b.sha256) == kept[n][1] for n, b in badges.items())
        assert life.vault.scrub().sound
        # live ones are known to be so, dead ones never stand in their way
        assert oldest < timedelta(days=36)
        for name in ("live", "ailing", "uncertain", "editing"):
            assert life.clock.now - moment(life.now(badges[name]).verified_at) < timedelta(days=36), name
        # kind: few questions, only for news, never many a day
        assert 9 * 3 <= len(world.asked("live")) <= 14 * 3
        assert all(q.conditional and q.status == 304 for q in world.asked("live"))
        assert len(world.asked("dead", since=10)) <= 20
        assert len(world.asked("never")) <= 20
        assert len(world.asked("closing", since=120)) <= 30
        assert len(world.asked("forgotten", since=20)) <= 20
        assert 13 <= len([q for q in world.asked("listed") if q.url.endswith("/revoked") and q.at < day(100)]) <= 17
        assert world.asked("quiet") == []
        assert max(world.per_day().values()) < 150
        # and each part of the history says why, in words
        told = [j for j in verdicts(life.vault.history(badges["withdrawn"].subject)) if j.verdict]
        assert [j.verdict for j in told] == ["verified", "revoked"]
        assert "revoked" in told[1].reasons[0]
        (came, why) = verdicts(life.vault.history(badges["forgotten"].subject))
        assert (came.verdict, why.standing) == ("verified", "gone")
        assert "404" in why.reasons[0]
        back = [j.standing for j in verdicts(life.vault.history(badges["uncertain"].subject)) if j.standing]
        assert back == ["unreachable", "answers"]
        assert life.vault.documents(badges["editing"].id)[editing.url("/class")].body.count(b"eleven") == 1


def day(number):
    return BEGIN + timedelta(days=number)


def bodies(documents):
    return {url: document.body for url, document in documents.items()}


def replace_answer(issuer, url):
    """Return a bare 410: that page alone is gone."""
    return replace(issuer.pages[url], status=410, body=b"gone")

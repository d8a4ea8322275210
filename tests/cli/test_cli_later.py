"""Reports for people, and that everything can be found out again later, offline, from what was handed over."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.cli.test_cli_road import Program
from tests.intake.again_world import ANN, dies, life_in

from passport.cli.reports import print_badge, print_report
from passport.cli.saying import English


def check(name: str, outcome: str, explanation: str) -> dict[str, str]:
    return {"name": name, "outcome": outcome, "explanation": explanation}


def report(verdict: str, *checks: dict[str, str], **credential: object) -> dict[str, object]:
    issuer = {"id": "https://i.example", "name": "Issuer"}
    shown = {"id": "https://i.example/1", "name": "Knots", "issuer": issuer} | credential
    return {
        "verdict": verdict,
        "standard": "2.0",
        "securing": "hosted",
        "issuerIdentity": "domain",
        "checks": checks,
        "credential": shown if credential != {"credential": None} else None,
    }


def test_one_clear_line_first_and_what_decides_before_the_rest(capsys: pytest.CaptureFixture[str]) -> None:
    print_report(
        report("revoked", check("expiry", "passed", "Fine."), check("status", "failed", "Back.")), English(), "a.png"
    )
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Withdrawn: Knots from Issuer (the issuer's own domain vouches for the name)  a.png"
    assert lines[1].strip() == "The issuer has withdrawn it."
    assert lines[2:4] == ["  ✗ Not withdrawn: Back.", "  ✓ In force: Fine."]


def test_what_was_altered_only_claims(capsys: pytest.CaptureFixture[str]) -> None:
    print_report(report("invalid", check("proof", "failed", "No.")), English())
    assert capsys.readouterr().out.startswith("Altered: it claims to be Knots from Issuer\n")


def test_names_that_are_not_known_are_not_made_up(capsys: pytest.CaptureFixture[str]) -> None:
    nobody = {"id": None, "name": None}
    print_report(report("unconfirmed", name=None, issuer=nobody), English())
    print_report(report("unconfirmed", name=None, issuer=nobody, id=None), English())
    out = capsys.readouterr().out
    assert "Not checkable now: the badge at https://i.example/1\n" in out
    assert "Not checkable now: a badge, unnamed\n" in out


@pytest.mark.parametrize("hostile", ["\x1b[31mred\x1b[0m", "[bold]x[/bold]", "a\nVerified: b", "\u202egnp.exe"])
def test_an_issuers_text_moves_no_cursor(capsys: pytest.CaptureFixture[str], hostile: str) -> None:
    print_report(report("verified", check("status", "passed", hostile), name=hostile), English())
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "\u202e" not in out
    assert len(out.splitlines()) == 4
    assert ("[bold]x[/bold]" in out) == (hostile == "[bold]x[/bold]")


def test_a_badge_tells_what_stands_in_the_way_and_its_history(capsys: pytest.CaptureFixture[str]) -> None:
    badge = {
        "report": report("verified"),
        "standing": {"state": "gone", "since": "2026-10-01T00:00:00Z", "why": "It answers 404."},
        "history": [
            {"at": "2026-01-01T", "until": "2026-09-30T", "verdict": "verified", "standing": None, "reasons": []},
            {"at": "2026-10-04T", "until": "2026-10-04T", "verdict": None, "standing": "gone", "reasons": ["404."]},
        ],
        "origin": {"kind": "import", "detail": "x"},
        "files": [],
        "rating": 0,
        "tags": [],
        "trashed": False,
        "verifiedAt": "2026-09-30T10:00:00Z",
    } | dict.fromkeys(("id", "description", "validFrom", "validUntil", "note", "visibility", "addedAt", "sha256"), "")
    print_badge(badge, English())
    out = capsys.readouterr().out
    assert "is not there any more since 2026-10-01; what it said on 2026-09-30 is kept and counts." in out
    assert "2026-01-01 – 2026-09-30  Verified" in out
    assert "404." in out


@pytest.mark.slow
async def test_what_was_handed_over_gives_the_same_verdicts_offline_at_any_later_time(tmp_path: Path) -> None:
    with life_in(tmp_path / "home") as life:
        issuer, dead = life.world.issuer("issuer"), life.world.issuer("dead", dies(20))
        await life.take(issuer.hosted_badge(recipient=ANN, expires="2026-06-01T00:00:00Z"))
        await life.take(dead.hosted_badge(recipient=ANN))
        badge = await life.take(issuer.jws_badge(recipient=ANN))
        await life.live(until=30)
        issuer.revoke({"id": badge.credential_id})
        await life.live(until=80)
        life.vault.reindex()
    program = Program(tmp_path)
    listed = [json.loads(line) for line in program.run("list", "--json").stdout.splitlines()]
    assert sorted(entry["verdict"] for entry in listed) == ["expired", "revoked", "verified"]
    assert program.run("export", str(tmp_path / "out")).returncode == 0
    for folder in (tmp_path / "out" / "badges").iterdir():
        kept = json.loads((folder / "report.json").read_text())
        (file,) = folder.glob("*.png")
        asked = ("--documents", str(folder / "documents.har"), "--offline", "--identity", ANN, "--json")
        done = program.run("verify", str(file), *asked, "--at", kept["verifiedAt"])
        found = json.loads(done.stdout)
        assert {name: found[name] for name in kept} == kept
        if kept["credential"]["validUntil"]:
            later = json.loads(program.run("verify", str(file), *asked, "--at", "2036-01-01T00:00:00Z").stdout)
            assert later["verdict"] == "expired"

"""Pasted addresses on the real road: issuers' pages, validators, offers, pages that say it themselves; and refusals."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.issuer import Issuer

from passport.intake.pages import read_page
from passport.intake.recipes import RecipeBook
from passport.intake.road import Intake
from passport.settings import Places, Settings
from passport.vault.model import Origin
from passport.vault.vault import Vault
from passport.verification.documents import RemoteDocument
from passport.workers import Workers

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
BOOK = RecipeBook.parse((Path(__file__).parents[2] / "extension/recipes.json").read_bytes())
ID = "3f2a6b1c-9d8e-4c7b-a6f5-0123456789ab"
CREDLY = f"https://api.credly.com/v1/obi/v2/badge_assertions/{ID}"
ACCREDIBLE = f"https://api.accredible.com/v1/obi/badge_assertions/{ID}"
RECORD = "https://api.accredible.com/v1/credential-net/credentials/1234567"


def answer(url: str, body: bytes | str = b"", status: int = 200, final: str | None = None) -> RemoteDocument:
    content = body.encode() if isinstance(body, str) else body
    return RemoteDocument(url=url, fetched_at="2026-06-01T12:00:00Z", status=status, body=content, final_url=final)


@dataclass
class World:
    """What answers under which address; everything else is 404. Remembers who was asked."""

    answers: dict[str, RemoteDocument] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    async def __call__(self, url: str) -> RemoteDocument:
        self.asked.append(url)
        return self.answers.get(url) or answer(url, status=404)

    def put(self, url: str, body: bytes | str | dict, **more: object) -> None:
        text = json.dumps(body) if isinstance(body, dict) else body
        self.answers[url] = replace(answer(url, text), **more)  # type: ignore[arg-type] # fields of a document

    def hosted(self, url: str, name: str = "Knots") -> dict:
        """Serve a badge of OB 2.0 at an address."""
        origin = "/".join(url.split("/")[:3])
        assertion = {
            "@context": "https://w3id.org/openbadges/v2",
            "type": "Assertion",
            "id": url,
            "recipient": {"type": "email", "hashed": False, "identity": "ann@example.org"},
            "badge": f"{origin}/class",
            "issuedOn": "2025-05-04T09:00:00Z",
            "verification": {"type": "HostedBadge"},
        }
        self.put(url, assertion)
        about = {"description": "x", "image": f"{origin}/i.png", "criteria": {"narrative": "x"}}
        self.describe(f"{origin}/class", type="BadgeClass", name=name, issuer=f"{origin}/issuer", **about)
        self.describe(f"{origin}/issuer", type="Issuer", name="Guild", url=origin, email="a@b.example")
        return assertion

    def describe(self, where: str, **properties: object) -> None:
        self.put(where, {"@context": "https://w3id.org/openbadges/v2", "id": where, **properties})


@dataclass
class Passport:
    intake: Intake
    vault: Vault
    world: World

    async def take(self, address: str, origin: Origin | None = None) -> str:
        (taken,) = await self.intake.take_url(address, origin)
        return f"{taken.result} {taken.entry.verdict}" if taken.entry else f"{taken.result}: {taken.reason}"


@pytest.fixture
async def passport(tmp_path: Path) -> AsyncIterator[Passport]:
    vault = Vault.open(Places.from_environment({"BADGE_PASSPORT_HOME": str(tmp_path / "home")}), clock=lambda: NOW)
    world = World()
    async with Workers() as workers:
        yield Passport(Intake(vault, workers, world, Settings(), lambda: NOW, BOOK), vault, world)
    vault.close()


@pytest.mark.parametrize(
    "address",
    [
        f"https://www.credly.com/badges/{ID}",
        f"https://www.credly.com/badges/{ID}/linked_in_profile?t=abc",
        f"https://www.youracclaim.com/badges/{ID}/public_url",
        f"https://badgecheck.io/?url=https%3A%2F%2Fwww.credly.com%2Fbadges%2F{ID}",
        CREDLY,
    ],
)
async def test_a_pasted_page_is_led_to_its_badge(passport: Passport, address: str) -> None:
    passport.world.hosted(CREDLY)
    assert await passport.take(address) == "added verified"
    assert await passport.take(address) == "already-there verified"
    assert f"https://www.credly.com/badges/{ID}" not in passport.world.asked, "the page itself is not asked"


async def test_who_looked_at_the_page_is_not_kept(passport: Passport) -> None:
    page = "https://badgr.com/public/assertions/Zx9Qw3ErTyUiOpAsDfGhJk"
    passport.world.hosted("https://api.badgr.io/public/assertions/Zx9Qw3ErTyUiOpAsDfGhJk.json?v=2_0")
    assert (await passport.take(f"{page}?identity__email=ann%40example.org")).startswith("added")
    (entry,) = passport.vault.search("").entries
    assert (entry.origin.kind, entry.origin.detail) == ("remote", page)
    assert not any("identity__email" in url for url in passport.world.asked)


async def test_the_first_source_that_gives_a_badge_counts(passport: Passport) -> None:
    api = "https://api.badgr.io/public/assertions/Zx9Qw3ErTyUiOpAsDfGhJk"
    passport.world.put(f"{api}/baked?v=2_0", b"\x89PNG\r\n\x1a\n no badge")
    passport.world.hosted(f"{api}.json?v=2_0")
    assert (await passport.take("https://badgr.com/public/assertions/Zx9Qw3ErTyUiOpAsDfGhJk")).startswith("added")
    assert passport.world.asked[:2] == [f"{api}/baked?v=2_0", f"{api}.json?v=2_0"]
    assert f"{api}/image" not in passport.world.asked


@pytest.mark.parametrize("place", ["asr", "assertion"])
async def test_pointers_into_an_answer_are_followed(passport: Passport, place: str) -> None:
    assertion = passport.world.hosted("https://guild.example/a/77.json")
    value = "https://guild.example/a/77.json" if place == "asr" else assertion
    passport.world.put("https://openbadgepassport.com/obpv1/badge/verify/77", {"assertion-status": 200, place: value})
    assert await passport.take("https://openbadgepassport.com/app/badge/info/77") == "added verified"


async def test_a_credential_in_an_envelope_is_kept_as_it_stands_there(passport: Passport) -> None:
    issuer = Issuer("https://signed.example")
    credential = issuer.prove(issuer.credential())
    passport.world.put("https://verifierplus.org/api/credentials/abc-1", {"shared": True, "credential": credential})
    assert await passport.take("https://verifierplus.org/credentials/abc-1") == "added verified"


async def test_a_numbered_page_leads_through_its_record(passport: Passport) -> None:
    passport.world.hosted(ACCREDIBLE)
    passport.world.put(RECORD, {"data": {"badge_assertion_url": ACCREDIBLE}})
    assert await passport.take("https://www.credential.net/1234567") == "added verified"


@pytest.mark.parametrize(
    "page",
    [
        '<html><meta property="og:image" content="https://api.accredible.com/v1/frontend/seo/1"><p>x</html>',
        '<!doctype html><body><img alt="" src="https://api.accredible.com/v1/frontend/x/2">',
    ],
)
async def test_a_white_label_is_known_by_its_page(passport: Passport, page: str) -> None:
    address = f"https://credentials.harbour.example/{ID}"
    passport.world.put(address, page)
    passport.world.hosted(ACCREDIBLE)
    assert await passport.take(address) == "added verified"


@pytest.mark.parametrize(
    "page",
    [
        '<html><link type="application/vc+ld+json; charset=utf-8" rel="alternate" href="/c/1.json"></html>',
        "<html><base href='/c/'><link rel=alternate type=application/vc+ld+json href=1.json></html>",
    ],
)
async def test_a_page_that_names_its_credential(passport: Passport, page: str) -> None:
    issuer = Issuer("https://signed.example")
    passport.world.put("https://unknown.example/me", page)
    passport.world.put("https://unknown.example/c/1.json", issuer.prove(issuer.credential()))
    assert await passport.take("https://unknown.example/me") == "added verified"


async def test_a_page_that_holds_its_credential(passport: Passport) -> None:
    issuer = Issuer("https://signed.example")
    text = json.dumps(issuer.prove(issuer.credential()))
    passport.world.put("https://unknown.example/me", f'<html><script type="application/ld+json">{text}</script></html>')
    assert await passport.take("https://unknown.example/me") == "added verified"


async def test_a_short_link_leads_to_a_known_page(passport: Passport) -> None:
    passport.world.hosted(CREDLY)
    passport.world.put("https://short.example/x", "<html></html>", final_url=f"https://www.credly.com/badges/{ID}")
    assert await passport.take("https://short.example/x") == "added verified"


async def test_the_origin_that_a_browser_tells_is_kept(passport: Passport) -> None:
    passport.world.hosted(CREDLY)
    here = Origin(kind="page", detail="https://site.example/me")
    assert await passport.take(f"https://www.credly.com/badges/{ID}", here) == "added verified"
    (entry,) = passport.vault.search("").entries
    assert entry.origin.detail == "https://site.example/me"


REFUSED = {
    "openid-credential-offer://?credential_offer_uri=https%3A%2F%2Fa.example": "refused: This is an offer to a wallet",
    "https://www.credly.com/org/guild/badge/knots": "no-badge: This page describes a badge that one can earn",
    "https://www.credly.com/users/ann": "no-badge: This page shows somebody's badges",
    "https://openbadgefactory.com/c/receive?tk=secret": "no-badge: This link is private",
    f"https://credsverse.com/credentials/{ID}": "no-badge: This site does not tell",
    "https://www.coursera.org/account/accomplishments/verify/ABC": "no-badge: This page shows a certificate",
}


@pytest.mark.parametrize(("address", "words"), REFUSED.items())
async def test_what_leads_to_no_badge_is_told_without_asking_anybody(passport: Passport, address: str, words: str):
    assert (await passport.take(address)).startswith(words)
    assert passport.world.asked == []


@pytest.mark.parametrize(
    ("status", "words"),
    [(404, "refused: The address answered 404."), (410, "refused: The issuer answers that this badge is gone")],
)
async def test_a_page_whose_badge_is_not_handed_out(passport: Passport, status: int, words: str) -> None:
    passport.world.answers[CREDLY] = answer(CREDLY, status=status)
    passport.world.put(f"https://www.credly.com/badges/{ID}", "<html><h1>Not here</h1></html>")
    assert (await passport.take(f"https://www.credly.com/badges/{ID}")).startswith(words)
    assert passport.vault.search("").total == 0


@pytest.mark.parametrize(
    "record", ["[]", "not JSON", '{"data": null}', '{"data": {"badge_assertion_url": 7}}', '{"a":1,"a":2}', "\udcff"]
)
async def test_a_record_that_says_nothing(passport: Passport, record: str) -> None:
    passport.world.answers[RECORD] = replace(answer(RECORD), body=record.encode("utf-8", "surrogateescape"))
    assert not (await passport.take("https://www.credential.net/1234567")).startswith("added")


@pytest.mark.parametrize(
    "page",
    [
        "<html>" + "<link " * 100_000,
        '<html><link rel="alternate" type="application/vc+ld+json" href="javascript:alert(1)">',
        '<html><link rel="alternate" type="application/vc+ld+json" href="https://[::1">',
        "<html><script type=application/ld+json>" + '{"credentialSubject":' * 20_000,
        "<html><img " + "a='" * 300_000,
        "<html>" + "<meta property=og:url content='https://www.credly.com/org/x/badge/y'>" * 3000,
    ],
)
async def test_hostile_pages_are_no_badges_and_cost_little(passport: Passport, page: str) -> None:
    passport.world.put("https://evil.example/x", page)
    assert not (await passport.take("https://evil.example/x")).startswith("added")
    assert len(passport.world.asked) < 25


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"\x89PNG\r\n\x1a\n\0", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"text"]
)
def test_what_is_no_page(body: bytes) -> None:
    assert read_page(body, "https://a.example/") is None

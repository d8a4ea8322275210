"""What goes out of the vault: what is public, and nothing else."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from tests.issuer import Issuer, picture
from tests.sharing.sharing_material import ANN, NOW, take

from passport.errors import WorkerError
from passport.settings import Places
from passport.sharing.cv.gathering import CvGatherer
from passport.sharing.cv.kept import KeptSection
from passport.sharing.cv.pdf import to_pdf
from passport.sharing.gathering import Gatherer
from passport.sharing.networks import NETWORKS
from passport.sharing.posts import compose
from passport.sharing.privacy import exposure
from passport.sharing.site.build import build
from passport.sharing.site.model import Site
from passport.sharing.site.showing import Shower
from passport.vault.vault import Vault
from passport.verification.files import verify
from passport.verification.report import Verdict


class Work:
    """The worker's interface, for pictures that are harmless: it draws nothing."""

    async def thumbnail(self, file: bytes, size: int) -> bytes | None:
        return picture(size=8)

    async def clean_markdown(self, text: str) -> str:
        return "<p>cleaned</p>"


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    places = Places.from_environment({"BADGE_PASSPORT_HOME": str(tmp_path)})
    return Vault.open(places, clock=lambda: NOW)


def gatherer(vault: Vault, **more: str) -> Gatherer:
    return Gatherer(vault=vault, work=Work(), clock=lambda: NOW, identities=(ANN,), **more)  # type: ignore[arg-type] # base_url alone


async def site_of(found: Gatherer) -> Site:
    return await Shower(gatherer=found).whole()


async def test_only_public_badges_go_out(vault: Vault) -> None:
    shown, hidden = take(vault, 1), take(vault, 2, public=False)
    trashed = take(vault, 3)
    vault.decide(trashed.subject, {"trashed": True})
    site = await site_of(gatherer(vault))
    assert [badge.id for badge in site.badges] == [shown.id]
    assert [badge.id for badge in (await CvGatherer(gatherer=gatherer(vault)).cv()).badges] == [shown.id]
    assert hidden.id not in str(build(site).keys())


async def test_an_address_in_the_signed_bytes_is_held_back_until_the_owner_agrees(vault: Vault) -> None:
    entry = take(vault, 1)
    files = build(await site_of(gatherer(vault, base_url="https://ann.example/")))
    assert not [path for path, content in files.items() if ANN.encode() in content]
    assert (
        b"holds an address of its owner"
        in files[next(path for path in files if path.endswith("index.html") and "badges/" in path)]
    )
    assert (await CvGatherer(gatherer=gatherer(vault)).cv()).badges[0].original is None
    vault.decide(entry.subject, {"show-original": True})
    site = await site_of(gatherer(vault))
    assert site.badges[0].original == vault.original(entry.sha256)
    assert (await CvGatherer(gatherer=gatherer(vault)).cv()).badges[0].original == vault.original(entry.sha256)


@pytest.mark.parametrize(
    ("in_file", "kind"),
    [
        ({}, "guessable"),
        ({"recipient": {"type": "email", "hashed": False, "identity": ANN}}, "plain"),
        ({"narrative": f"She wrote it herself: {ANN}."}, "plain"),
    ],
)
def test_an_address_in_the_file_alone_counts_too(in_file: dict[str, object], kind: str) -> None:
    """The issuer's site says it with a hash; the file, which would be handed on, in plain."""
    issuer = Issuer()
    document = issuer.assertion(recipient=ANN)
    (report,) = verify(json.dumps(document | in_file).encode(), issuer.documents(), identities=[ANN], now=NOW)
    assert report.verdict is Verdict.VERIFIED, report
    assert report.credential is not None
    found = exposure(report.credential, [ANN])
    assert found is not None
    assert found.kind == kind


async def test_a_cv_dropped_into_downloads_yields_its_badges(vault: Vault) -> None:
    entry = take(vault, 1)
    vault.decide(entry.subject, {"show-original": True})
    vault.decide("profile", {"name": "Ann", "headline": "Coach", "email": ANN})
    made = to_pdf(await CvGatherer(gatherer=gatherer(vault)).cv())
    documents = vault.documents(entry.id)
    assert [report.verdict for report in verify(made, documents, identities=[ANN], now=NOW)] == [Verdict.VERIFIED]


def test_a_post_links_to_the_owners_page_if_the_badge_is_public(vault: Vault) -> None:
    shown, hidden = take(vault, 1), take(vault, 2, public=False)
    found = gatherer(vault, base_url="https://ann.example/")
    assert str(found.award(shown).link).startswith("https://ann.example/badges/")
    vault.decide(hidden.subject, {"show-original": True})
    assert str(found.award(hidden).link).startswith("https://issuer2.example/")
    assert compose(NETWORKS["linkedin"], found.award(hidden)).problems == ()


async def test_a_hash_that_can_be_guessed_withholds_the_issuers_address_everywhere(vault: Vault) -> None:
    """Behind that address stands the hash with its salt: whoever suspects an address can check it."""
    entry = take(vault, 1)
    found = gatherer(vault)
    assert [held and held.kind for held in [found.exposed(entry)]] == ["guessable"]
    award = found.award(entry)
    assert (award.link, award.hosted) == (None, None)
    (problem,) = compose(NETWORKS["linkedin"], award).problems
    assert "can be guessed" in problem
    (shown,) = (await site_of(found)).badges
    assert shown.hosted_url is None
    assert (await CvGatherer(gatherer=found).cv()).badges[0].link is None
    files = build(await site_of(found))
    assert not [path for path, content in files.items() if b"https://issuer1.example/assertions" in content]
    vault.decide(entry.subject, {"show-original": True})
    assert str(found.award(entry).hosted).startswith("https://issuer1.example/")
    (shown,) = (await site_of(found)).badges
    assert str(shown.hosted_url).startswith("https://issuer1.example/")


def test_the_owners_own_tags_stay_out_of_posts(vault: Vault) -> None:
    kept = take(vault, 1)
    vault.decide(kept.subject, {"tag:job-search": True})
    entry = vault.entry(kept.id)
    assert entry is not None
    assert entry.tags == ("job-search",)
    post = compose(NETWORKS["mastodon"], gatherer(vault).award(entry))
    assert "search" not in post.text.lower()


async def test_collections_show_only_what_is_public(vault: Vault) -> None:
    shown, hidden = take(vault, 1), take(vault, 2, public=False)
    members = {f"member:{shown.id}": "b", f"member:{hidden.id}": "a"}
    vault.decide("collection:one", {"name": "Coaching", "visibility": "public", **members})
    vault.decide("collection:two", {"name": "Secret plans", **members})
    site = await site_of(gatherer(vault))
    assert [(collection.name, collection.badges) for collection in site.collections] == [("Coaching", (shown.id,))]
    assert not [path for path, content in build(site).items() if b"Secret plans" in content]


async def test_a_collection_is_the_same_on_the_page_and_in_a_cv_as_in_the_gallery(vault: Vault) -> None:
    one, two, three = take(vault, 1), take(vault, 2), take(vault, 3)
    mixed = {"rule": f'issuer:"{one.issuer}" -visibility:private', f"member:{two.id}": "1", "cover": two.id}
    vault.decide("collection:mixed", {"name": "Mixed", "visibility": "public", "text": "*Mine*", **mixed})
    vault.decide(three.subject, {"visibility": "private"})
    wanted = [entry.id for entry in vault.search("collection:mixed", sort="collection:mixed").entries]
    wanted = [entry for entry in wanted if entry != three.id]
    site = await site_of(gatherer(vault, base_url="https://ann.example/"))
    (collection,) = site.collections
    assert list(collection.badges) == wanted
    assert wanted[0] == two.id
    cvs = CvGatherer(gatherer=gatherer(vault))
    chosen = cvs.chosen(KeptSection(kind="badges", choice="collection", value="mixed"))
    assert [entry.id for entry in chosen] == wanted
    page = build(site)[f"collections/{collection.slug}/index.html"].decode()
    front = next(badge for badge in site.badges if badge.id == two.id)
    assert f'og:image" content="https://ann.example/badges/{front.slug}/card.jpg"' in page
    assert '<div class="prose" dir="auto"><p>cleaned</p>' in page
    assert 'name="description" content="cleaned"' in page


class Stumbling(Work):
    """A worker that fails the first time: its process died, say."""

    tries = 0

    async def thumbnail(self, file: bytes, size: int) -> bytes | None:
        self.tries += 1
        if self.tries == 1:
            raise WorkerError("The worker process ended.")
        return await super().thumbnail(file, size)


async def test_a_worker_that_fails_once_takes_no_picture_away(vault: Vault) -> None:
    entry = take(vault, 1)
    found = replace(gatherer(vault), work=Stumbling())
    assert await found.picture(entry, vault.report(entry.id), 8) == picture(size=8)


async def test_words_in_lists_and_feeds_tell_no_address(vault: Vault) -> None:
    take(vault, 1)
    found = gatherer(vault)
    (entry,) = found.public()
    framework = ("Reef", "https://skills.example/1", "")
    entry = replace(
        entry,
        description=f"For {ANN}.",
        skills=("Knots", f"of {ANN}", "Reef", f"Bowline {ANN}"),
        aligned=("Reef", f"Bowline {ANN}"),
        named=(framework, (f"Bowline {ANN}", "https://skills.example/2", "")),
    )
    card = Shower(gatherer=found).card(entry, None)
    assert (card.description, card.tagged, card.aligned, card.named) == ("", ("Knots",), ("Reef",), (framework,))

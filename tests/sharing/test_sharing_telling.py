"""What a published page tells of a badge beyond its name: all that is public, nothing private, nothing that acts."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from datetime import date

import pytest
from tests.sharing.test_sharing_site import HOSTILE, badge, built, pages, site

from passport.badge.model import (
    Achievement,
    AchievementCredential,
    AchievementSubject,
    Alignment,
    EndorsementCredential,
    Evidence,
    IdentityObject,
    Profile,
    Result,
    ResultDescription,
    RubricCriterionLevel,
    Securing,
)
from passport.look.words import UNCONFIRMED_NAME
from passport.sharing.privacy import Private
from passport.sharing.site.telling import Told, ToldEndorsement, ToldEvidence, told_of
from passport.workers.markup import clean_markdown

ANN = "ann@example.org"


async def cleaned(text: str) -> str:
    return clean_markdown(text)


def credential(**more) -> AchievementCredential:
    achievement = Achievement(
        name="Knots",
        tags=("rope", " Rope ", "", "Sailing", ANN),
        alignments=(Alignment(target_name="sailing"),),
        result_descriptions=(
            ResultDescription(id="urn:p", name="Points", value_max="20"),
            ResultDescription(id="urn:l", name="Level", levels=(RubricCriterionLevel(id="urn:l2", name="Skilled"),)),
        ),
    )
    fields = {
        "standard": "3.0",
        "securing": Securing.DATA_INTEGRITY,
        "source": "{}",
        "document": {},
        "issuer": Profile(name="Scouts"),
        "subject": AchievementSubject(
            achievement=achievement,
            results=(
                Result(value="12", result_description="urn:p"),
                Result(achieved_level="urn:l2", result_description="urn:l"),
                Result(),
                Result(value=f"ask {ANN}"),
                Result(status="Completed"),
            ),
            identifiers=(IdentityObject(identity="+358401234567", type="phoneNumber"),),
        ),
        "evidence": (
            Evidence(id="https://a.example/photo", name="Photo"),
            Evidence(narrative="Tied *twelve* knots.", description="In the rain."),
            Evidence(),
            Evidence(id="urn:uuid:1"),
            Evidence(narrative="Written by ANN@example.org herself."),
            Evidence(id="https://a.example/of?who=ann%40example.org"),
            Evidence(name="Call", narrative="Told us on +358401234567."),
        ),
        "endorsements": (
            EndorsementCredential(
                issuer=Profile(id="https://harbour.example", name="Harbour"),
                comment="**Good**",
                verdict="verified",
                valid_from="2026-05-01",
            ),
            EndorsementCredential(issuer=Profile(id="https://b.example/i"), verdict="unconfirmed"),
            EndorsementCredential(issuer=Profile(name="Forger"), comment="The best!", verdict="invalid"),
            EndorsementCredential(issuer=Profile(name="Gone"), verdict="revoked"),
            EndorsementCredential(issuer=Profile(name="Friend"), comment=f"I know {ANN}.", verdict="verified"),
        ),
    }
    return AchievementCredential(**fields | more)


def page_in(files):
    return next(text for path, text in files.items() if re.match("badges/.*/index.html", path)).decode()


async def test_everything_public_is_told_and_nothing_private():
    made = credential()
    told = await told_of(made, Private.of((ANN,), made), cleaned)
    assert told.evidence == (
        ToldEvidence(name="Photo", address="https://a.example/photo"),
        ToldEvidence(html="<p>Tied <em>twelve</em> knots.</p>\n", description="In the rain."),
    )
    assert told.results == (("Points", "12 / 20"), ("Level", "Skilled"), ("", "Completed"))
    assert told.endorsements == (
        ToldEndorsement(by="Harbour", on=date(2026, 5, 1), word="verified", html="<p><strong>Good</strong></p>\n"),
        ToldEndorsement(by="https://b.example/i", word="not confirmed"),
    )
    assert told.tags == ("rope",)


async def test_what_the_owner_agreed_to_is_told_but_no_forged_word():
    told = await told_of(credential(), Private(), cleaned)
    assert len(told.evidence) == 5
    assert "Forger" not in {one.by for one in told.endorsements}
    assert await told_of(None, Private(), cleaned) == Told()
    left_off = await told_of(credential(), Private(), cleaned, endorsements=False)
    assert left_off == replace(told, endorsements=())


@pytest.mark.parametrize("text", ["no", "", None, "Ann", "example.org", "0"])
def test_what_is_no_address_is_not_private(text):
    assert not Private.of((ANN, "https://ann.example/", "did:key:z6Mk"), credential()).in_any(text, "ann")


@pytest.mark.parametrize(
    "text", ["ann\\_b@example.org", "ann_b&#64;example.org", "ann_b@<i></i>example.org", "ann_b@**example**.org"]
)
def test_an_address_that_markdown_shows_is_private(text):
    assert Private.of(("ann_b@example.org",), credential()).in_any(text)


def test_an_address_that_is_packed_or_hashed_is_private():
    packed = base64.urlsafe_b64encode(b'{"of": "ann_b@example.org"}').decode()
    portrait = hashlib.sha256(b"ann_b@example.org").hexdigest()
    private = Private.of(("ann_b@example.org",))
    assert private.in_any(f"https://a.example/of?t={packed}")
    assert private.in_any(f"https://portraits.example/{portrait}")
    assert not private.in_any(f"https://a.example/of?t={packed[5:]}", portrait[1:])


def test_a_short_number_is_looked_for_as_it_is_written():
    private = Private.of(("+3581234", "0123", "1234567"))
    assert private.in_any("Call +3581234.")
    assert not private.in_any("1234567", "0123", "358 1234", "+358 1234")


def test_a_text_of_brackets_alone_is_looked_through_at_once():
    assert not Private.of(("ann@example.org",), credential()).in_any("<" * 500_000)  # took hours, looking for each end


async def test_a_key_of_a_stranger_may_call_itself_anything_and_the_page_says_so():
    made = credential(
        endorsements=(
            EndorsementCredential(issuer=Profile(id="did:key:z6Mk", name="Great University"), verdict="verified"),
            EndorsementCredential(issuer=Profile(name="Nobody"), verdict="verified"),
            EndorsementCredential(issuer=Profile(id="MAILTO:bo@harbour.example"), verdict="verified"),
        )
    )
    told = await told_of(made, Private(), cleaned)
    assert [(one.by, one.word) for one in told.endorsements] == [
        ("Great University", UNCONFIRMED_NAME), ("Nobody", UNCONFIRMED_NAME), ("", UNCONFIRMED_NAME)
    ]  # fmt: skip
    page = page_in(built(site(badge(told=told))))
    assert page.count("The issuer&#39;s name is not confirmed") + page.count("The issuer's name is not confirmed") == 3
    assert ' · <span class="quiet">verified</span>' not in page
    real = EndorsementCredential(issuer=Profile(id="https://harbour.example", name="Harbour"), verdict="verified")
    told = await told_of(credential(endorsements=(real,)), Private(), cleaned)
    page = page_in(built(site(badge(told=told))))
    assert ' · <span class="quiet">verified</span>' in page


async def test_ever_so_many_are_cut():
    many = credential(evidence=tuple(Evidence(name=str(n)) for n in range(5000)))
    assert len((await told_of(many, Private(), cleaned)).evidence) == 40


async def test_a_page_tells_it_and_nothing_of_it_acts():
    wild = credential(
        evidence=(Evidence(id="javascript:alert(1)", name=HOSTILE, narrative=HOSTILE, description=HOSTILE),),
        endorsements=(EndorsementCredential(issuer=Profile(name=HOSTILE), comment=HOSTILE),),
    )
    achievement = replace(
        wild.subject.achievement, tags=(HOSTILE,), result_descriptions=(ResultDescription(id="urn:p", name=HOSTILE),)
    )
    wild = replace(
        wild,
        subject=replace(
            wild.subject, achievement=achievement, results=(Result(value=HOSTILE, result_description="urn:p"),)
        ),
    )
    told = await told_of(wild, Private(), cleaned)
    files = built(site(badge(told=told)))
    page = page_in(files)
    assert not [
        found for found in pages(files).values() if "img" in found.tags and "https://evil.example/x" in found.loaded
    ]
    assert "javascript:" not in page
    assert "onerror=alert" not in re.sub(r"&lt;.*?&gt;", "", page)
    for heading in ("Evidence", "Results", "Skills", "Endorsed by others"):
        assert f"<h2>{heading}</h2>" in page
    assert "not confirmed" in page


def test_a_page_without_them_has_no_empty_headings():
    page = page_in(built(site(badge())))
    for heading in ("Evidence", "Results", "Skills", "Endorsed by others"):
        assert f"<h2>{heading}</h2>" not in page

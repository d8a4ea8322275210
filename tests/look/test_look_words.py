"""What is said in words where a mark alone would say too much."""

from __future__ import annotations

import pytest

from passport.look.words import UNCONFIRMED_NAME, endorsed


@pytest.mark.parametrize("endorser", ["https://harbour.example", "HTTP://harbour.example/i", "did:web:harbour.example"])
def test_an_endorser_for_whom_a_domain_vouches_is_verified(endorser: str) -> None:
    assert endorsed("verified", endorser) == "verified"


@pytest.mark.parametrize(
    "endorser", [None, "", "did:key:z6Mk", "mailto:bo@harbour.example", "did:webs:harbour.example"]
)
def test_any_other_name_is_its_own_claim(endorser: str | None) -> None:
    assert endorsed("verified", endorser) == UNCONFIRMED_NAME


@pytest.mark.parametrize("verdict", ["", "unconfirmed", "expired", "Verified"])
def test_a_word_that_is_not_verified_is_not_confirmed(verdict: str) -> None:
    assert endorsed(verdict, "https://harbour.example") == "not confirmed"

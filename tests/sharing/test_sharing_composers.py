"""Composers' addresses: each field where the network wants it, everything encoded."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from passport.errors import SharingError
from passport.sharing.composers import COMPOSERS, composer_address
from passport.sharing.networks import NETWORKS
from passport.sharing.posts import Award, compose, network_of

LINK = "https://ann.example/badges/knots/?a=1&b=2"
AWARD = Award(
    name="Knots & “Bends” 100% — Päivi 🎓",
    issuer="Scouts & Guides",
    issued=datetime(2026, 1, 31, tzinfo=UTC),
    expires=datetime(2027, 12, 1, tzinfo=UTC),
    link=LINK,
    credential_id="ABC-123",
    tags=("Rope work", "knots", "2026"),
)


def fields(name: str, award: Award = AWARD) -> dict[str, str]:
    address = composer_address(compose(network_of(name), award))
    assert " " not in address
    assert address.isascii()
    parts = urlsplit(address)
    return {key: values[0] for key, values in parse_qs(parts.query, strict_parsing=True).items()}


def test_linkedin_profile_has_every_field() -> None:
    assert fields("linkedin-profile") == {
        "startTask": "CERTIFICATION_NAME",
        "name": AWARD.name,
        "organizationName": "Scouts & Guides",
        "issueYear": "2026",
        "issueMonth": "1",
        "expirationYear": "2027",
        "expirationMonth": "12",
        "certUrl": LINK,
        "certId": "ABC-123",
    }


def test_linkedin_profile_takes_the_number_of_a_company_page_where_it_is_known() -> None:
    known = Award(name="Knots", issuer="Scouts", organization_id="4711")
    assert fields("linkedin-profile", known) == {
        "startTask": "CERTIFICATION_NAME",
        "name": "Knots",
        "organizationId": "4711",
    }


@pytest.mark.parametrize("noise", ["urn:uuid:1", "https://issuer.example/1"])
def test_linkedin_profile_is_spared_noise(noise: str) -> None:
    assert "certId" not in fields("linkedin-profile", Award(name="K", issuer="S", credential_id=noise))


@pytest.mark.parametrize(
    ("name", "key"),
    [("linkedin", "url"), ("facebook", "u"), ("x", "url"), ("threads", "url"), ("reddit", "url"), ("telegram", "url")],
)
def test_the_link_is_where_the_network_looks(name: str, key: str) -> None:
    assert fields(name)[key] == LINK


@pytest.mark.parametrize("name", ["x", "threads", "telegram"])
def test_the_link_is_not_said_twice(name: str) -> None:
    assert LINK not in fields(name)["text"]


def test_mail_is_encoded_as_rfc_6068_says() -> None:
    address = composer_address(compose(network_of("mail"), AWARD, text="one\ntwo & +three"))
    assert address.startswith("mailto:?subject=Knots%20%26%20")
    assert address.endswith("body=one%0D%0Atwo%20%26%20%2Bthree")


@pytest.mark.parametrize("name", ["linkedin", "facebook"])
def test_where_only_a_link_goes_a_badge_without_one_is_refused(name: str) -> None:
    with pytest.raises(SharingError, match="link"):
        composer_address(compose(network_of(name), Award(name="K", issuer="S")))


def test_networks_without_composer_and_unknown_ones_are_named() -> None:
    with pytest.raises(SharingError, match="no composer"):
        composer_address(compose(network_of("mastodon"), AWARD))
    with pytest.raises(SharingError, match="Choose one of linkedin"):
        network_of("myspace")


def test_all_of_the_contract_have_a_composer() -> None:
    wanted = {"linkedin", "linkedin-profile", "x", "facebook", "threads", "reddit", "whatsapp", "telegram", "mail"}
    assert wanted <= COMPOSERS.keys() <= NETWORKS.keys()

"""The recipes as the daemon reads them: the same table of addresses as the extension's tests, and nothing invented."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from passport.intake.recipes import RecipeBook, at_pointer

HERE = Path(__file__).parents[1]
TABLE = json.loads((HERE / "extension/addresses.json").read_text())
BOOK = RecipeBook.parse((HERE.parent / "extension/recipes.json").read_bytes())
UUID = "3f2a6b1c-9d8e-4c7b-a6f5-0123456789ab"


@pytest.mark.parametrize(("address", "document"), TABLE["leads"])
def test_an_address_leads_to_its_statement(address: str, document: str) -> None:
    match = BOOK.resolve(address)
    assert match is not None
    assert document in [source.url for source in match.sources]
    again = BOOK.resolve(document)
    assert again is not None
    assert again.key == match.key


@pytest.mark.parametrize("address", TABLE["nowhere"])
def test_what_is_no_badge_is_not_taken_for_one(address: str) -> None:
    match = BOOK.resolve(address, page=True)
    assert match is None or match.sources == ()


@pytest.mark.parametrize(("address", "word"), TABLE["says"])
def test_what_a_page_is_instead(address: str, word: str) -> None:
    match = BOOK.resolve(address, page=True)
    assert match is not None
    assert (match.says, match.sources) == (word, ())


@pytest.mark.parametrize(("before", "after"), TABLE["clean"])
def test_who_asks_is_cut_from_an_address(before: str, after: str) -> None:
    assert BOOK.clean(before) == after


@pytest.mark.parametrize(("address", "badge"), TABLE["validators"])
def test_a_validators_address_carries_a_badges(address: str, badge: str) -> None:
    assert BOOK.behind_validator(address) == badge


def test_who_is_no_validator_carries_nothing() -> None:
    assert BOOK.behind_validator("https://evil.example/?url=https://a.example/1") is None
    assert BOOK.behind_validator("https://badgecheck.io/?other=https://a.example/1") is None


@pytest.mark.parametrize("address", TABLE["offers"])
def test_offers_to_wallets(address: str) -> None:
    assert BOOK.is_offer(address)


@pytest.mark.parametrize("address", TABLE["no_offers"])
def test_what_is_no_offer(address: str) -> None:
    assert not BOOK.is_offer(address)


def test_a_white_label_is_known_by_its_pictures_only() -> None:
    address, pictures = f"https://credentials.harbour.example/{UUID}", ["https://api.accredible.com/v1/frontend/x/1"]
    assert BOOK.resolve(address, page=True, pictures=pictures)
    assert BOOK.resolve(address, page=True) is None
    assert (
        BOOK.resolve(address, page=True, pictures=["https://evil.example/?https://api.accredible.com/v1/frontend/"])
        is None
    )
    assert BOOK.resolve(address, pictures=pictures) is None


@pytest.mark.parametrize(
    "address",
    [
        f"https://www.credly.com/badges/{UUID}\n",
        f"https://www.credly.com:99999/badges/{UUID}",
        f"https://www.credly.com/badges/{UUID}?{'x' * 5000}",
        f" https://www.credly.com/badges/{UUID}",
        "https://[::1/badges",
        "https://",
        "",
    ],
)
def test_broken_addresses_lead_nowhere(address: str) -> None:
    assert BOOK.resolve(address) is None


def test_a_line_end_in_a_parameter_does_not_get_into_an_address() -> None:
    assert BOOK.resolve(f"https://learn.example/badges/badge.php?hash={'0' * 40}%0A") is None


def test_the_empty_book_knows_nothing() -> None:
    assert RecipeBook().resolve(TABLE["leads"][0][0]) is None
    assert not RecipeBook().is_offer(TABLE["offers"][0])


@pytest.mark.parametrize(
    ("pointer", "found"),
    [("/a/b", 1), ("/list/1", "y"), ("/a~1b", 2), ("/m~0n", 3), ("/none", None), ("/list/9", None), ("/list/-1", None),
     ("/list/x", None), ("/a/b/c", None)],
)  # fmt: skip
def test_pointers(pointer: str, found: object) -> None:
    assert at_pointer({"a": {"b": 1}, "list": ["x", "y"], "a/b": 2, "m~n": 3}, pointer) == found

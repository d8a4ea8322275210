"""Every name that the owner or an issuer wrote is known, so that it can be kept out of what is handed on."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.vault.vault_material import arrival, opened

from passport.vault.names import names_in


@pytest.fixture
def names(tmp_path: Path) -> set[str]:
    vault = opened(tmp_path)
    subject = vault.put(arrival(name="Secret welding", number=1)).entry.subject
    vault.decide(subject, {"tag:Secret tag": True, "note": "A secret note", "visibility": "public", "rating": 4})
    vault.decide("profile", {"headline": "Secret headline"})
    vault.decide("identities", {"identity:ann@secret.example": True})
    vault.close()
    return names_in(tmp_path / "vault")


@pytest.mark.parametrize(
    "name",
    [
        "Secret welding",
        "School of Sparks",
        "Secret tag",
        "A secret note",
        "Secret headline",
        "ann@secret.example",
    ],
)
def test_a_name_is_known(names: set[str], name: str) -> None:
    assert name in names


@pytest.mark.parametrize("word", ["public", "tag", "Secret", "visibility", "tag:Secret tag", ""])
def test_what_is_no_name_is_not(names: set[str], word: str) -> None:
    assert word not in names


def test_an_empty_folder_has_no_names(tmp_path: Path) -> None:
    assert names_in(tmp_path) == set()

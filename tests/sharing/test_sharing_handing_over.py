"""Badges as files, as a table, as a presentation signed with the owner's own key."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from tests.issuer import Issuer
from tests.issuer_keys import did_key
from tests.sharing.sharing_material import NOW, take
from tests.sharing.site_material import keep, opened, signed_file

from passport.errors import SharingError, VaultError
from passport.keychain import FileBackend, Keychain
from passport.sharing.handing_over import harmless, presentation_of, table, write_originals
from passport.sharing.presentation import HolderKey, holder_key, present
from passport.vault.vault import Vault
from passport.verification.publickeys import key_from_multikey
from passport.verification.report import Outcome
from passport.verification.suites import verify_suite

KEY = HolderKey(bytes(range(32)))


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return opened(tmp_path / "home")


def test_files_are_named_by_day_and_name_and_none_is_overwritten(vault: Vault, tmp_path: Path) -> None:
    maker = Issuer()
    first = keep(vault, signed_file(maker, 1, name="Tutor: Übung"))
    keep(vault, signed_file(maker, 2, name="Tutor: Übung"))
    entries = vault.search("", sort="date").entries
    assert write_originals(vault, entries, tmp_path / "out") == 2
    names = sorted(file.name for file in (tmp_path / "out").iterdir())
    assert names[0].startswith("2024-03-01-Tutor_Ubung-")
    assert names[1] == "2024-03-01-Tutor_Ubung.png"
    assert vault.original(first.sha256) in {file.read_bytes() for file in (tmp_path / "out").iterdir()}
    with pytest.raises(VaultError, match="is there already"):
        write_originals(vault, entries, tmp_path / "out")


def test_a_table_holds_every_badge_and_no_formula(vault: Vault) -> None:
    keep(vault, signed_file(Issuer(), 1, name='=HYPERLINK("https://evil.example")'))
    rows = list(csv.DictReader(io.StringIO(table(vault.search("").entries).decode("utf-8-sig"))))
    assert rows[0]["name"] == '\'=HYPERLINK("https://evil.example")'
    assert rows[0]["issued"] == "2024-03-01T10:00:00Z"
    assert [harmless(text) for text in ("@x", "+1", "-1", "plain", "")] == ["'@x", "'+1", "'-1", "plain", ""]


def test_a_presentation_is_signed_and_a_changed_one_is_found_out(vault: Vault) -> None:
    keep(vault, signed_file(Issuer(), 1))
    entries = vault.search("").entries
    made = json.loads(presentation_of(vault, entries, KEY, NOW, challenge="nonce-1", domain="shop.example"))
    assert made["holder"] == KEY.did
    assert (made["proof"]["challenge"], made["proof"]["domain"]) == ("nonce-1", "shop.example")
    assert made["verifiableCredential"][0]["proof"]["cryptosuite"] == "eddsa-jcs-2022"
    public = key_from_multikey(made["holder"].removeprefix("did:key:"))
    assert verify_suite(made, made["proof"], public).outcome is Outcome.PASSED
    made["verifiableCredential"][0]["name"] = "Other"
    assert verify_suite(made, made["proof"], public).outcome is Outcome.FAILED


def test_a_signed_text_goes_in_enveloped(vault: Vault) -> None:
    maker = Issuer()
    text = maker.jwt(maker.credential())
    keep(vault, maker.baked(text))
    (entry,) = vault.search("").entries
    made = json.loads(presentation_of(vault, [entry], KEY, NOW, challenge="", domain=""))
    assert made["verifiableCredential"][0]["id"] == f"data:application/vc+jwt,{text}"
    assert "challenge" not in made["proof"]


def test_badges_that_are_no_credentials_are_left_out_and_none_at_all_is_refused(vault: Vault) -> None:
    old = take(vault, 1)
    with pytest.raises(SharingError, match="None of these"):
        presentation_of(vault, [old], KEY, NOW, challenge="", domain="")
    with pytest.raises(SharingError, match="None of these"):
        present([], KEY, NOW)


def test_the_key_is_a_did_that_others_read() -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    assert KEY.did == did_key(Ed25519PrivateKey.from_private_bytes(KEY.seed))


async def test_the_key_stays_the_same_and_lies_in_the_keyring(tmp_path: Path) -> None:
    keychain = Keychain(load=lambda: FileBackend(tmp_path / "secrets"), record=tmp_path / "keys.json")
    first = await holder_key(keychain)
    assert (await holder_key(keychain)).did == first.did
    assert first.seed.hex() not in (tmp_path / "keys.json").read_text()

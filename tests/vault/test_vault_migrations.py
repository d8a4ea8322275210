"""A vault of the old form is brought to today's; one of a newer form is not touched."""

from __future__ import annotations

import json

import pytest
from tests.vault.vault_material import arrival, opened, some_documents

from passport.errors import VaultError


def make_old(folder):
    """Put a vault into form 1: all objects and documents flat."""
    vault = opened(folder)
    entry = vault.put(arrival(documents=some_documents())).entry
    vault.decide(entry.subject, {"note": "from the old days"})
    vault.close()
    root = folder / "vault"
    for store in ("objects", "documents"):
        for path in list((root / store).glob("*/*")):
            path.rename(root / store / path.name)
            path.parent.rmdir()
    marker = json.loads((root / "vault.json").read_text())
    (root / "vault.json").write_text(json.dumps({**marker, "format": 1}))
    return entry


@pytest.mark.parametrize("index", ["kept", "lost"])
def test_the_first_form_is_brought_to_todays(tmp_path, index):
    entry = make_old(tmp_path)
    if index == "lost":
        for path in (tmp_path / "state" / "index").iterdir():
            path.unlink()
    vault = opened(tmp_path)
    assert vault.original(entry.sha256) == arrival().file
    assert vault.documents(entry.id) == some_documents()
    assert vault.entry(entry.id).note == "from the old days"
    assert vault.scrub().sound
    vault.close()
    assert (
        json.loads((tmp_path / "vault" / "vault.json").read_text())["format"] == 3
    )  # another is a decision, and a migration
    assert not [p for p in (tmp_path / "vault" / "objects").iterdir() if p.is_file()]


def test_half_migrated_is_finished(tmp_path):
    entry = make_old(tmp_path)
    root = tmp_path / "vault" / "objects"
    (path,) = root.iterdir()
    (root / path.name[:2]).mkdir()
    path.rename(root / path.name[:2] / path.name)
    vault = opened(tmp_path)
    assert vault.original(entry.sha256) == arrival().file
    vault.close()


def test_a_newer_form_is_left_alone(tmp_path):
    make_old(tmp_path)
    marker = tmp_path / "vault" / "vault.json"
    newer = json.dumps({**json.loads(marker.read_text()), "format": 99, "something": "new"})
    marker.write_text(newer)
    with pytest.raises(VaultError, match="newer version"):
        opened(tmp_path)
    assert marker.read_text() == newer


@pytest.mark.parametrize("content", ["", "{", "[]", '{"id": 3}', "null"])
def test_a_damaged_marker_is_never_made_anew(tmp_path, content):
    opened(tmp_path).close()
    (tmp_path / "vault" / "vault.json").write_text(content)
    with pytest.raises(VaultError, match="damaged"):
        opened(tmp_path)
    assert (tmp_path / "vault" / "vault.json").read_text() == content


def test_badges_without_a_marker_are_not_taken_for_an_empty_vault(tmp_path):
    make_old(tmp_path)
    (tmp_path / "vault" / "vault.json").unlink()
    for path in (tmp_path / "state").glob("*.json"):
        path.unlink()
    with pytest.raises(VaultError, match=r"no vault\.json"):
        opened(tmp_path)


def test_another_vault_in_the_same_place_is_read_anew(tmp_path):
    make_old(tmp_path / "a")
    vault = opened(tmp_path / "b")
    vault.put(arrival(b"other", number=7, name="Other"))
    vault.close()
    (tmp_path / "a" / "vault").rename(tmp_path / "old")
    (tmp_path / "b" / "vault").rename(tmp_path / "a" / "vault")
    vault = opened(tmp_path / "a")
    assert [entry.name for entry in vault.search().entries] == ["Other"]
    vault.close()


def test_unsigned_journals_of_the_second_form_are_read_as_they_are(tmp_path):
    vault = opened(tmp_path)
    entry = vault.put(arrival()).entry
    vault.decide(entry.subject, {"note": "unsigned"})
    vault.close()
    marker = tmp_path / "vault" / "vault.json"
    marker.write_text(json.dumps(json.loads(marker.read_text()) | {"format": 2}))
    journals = {path.name: path.read_bytes() for path in (tmp_path / "vault" / "journal").iterdir()}
    vault = opened(tmp_path)
    assert vault.entry(entry.id).note == "unsigned"
    assert json.loads(marker.read_text())["format"] == 3  # another is a decision, and a migration
    assert {path.name: path.read_bytes() for path in (tmp_path / "vault" / "journal").iterdir()} == journals
    vault.close()


def test_a_vault_that_could_not_be_opened_is_free_for_the_next_try(tmp_path):
    opened(tmp_path).close()
    marker = tmp_path / "vault" / "vault.json"
    whole = marker.read_text()
    marker.write_text(json.dumps({**json.loads(whole), "format": 99}))
    with pytest.raises(VaultError, match="newer"):
        opened(tmp_path)
    marker.write_text(whole)
    opened(tmp_path).close()

"""An export is plain files: it needs no program, shows what was kept, and leaks nothing that was not asked for."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path

import pytest
from tests.vault.vault_material import arrival, opened, places_in, some_documents

from passport.errors import VaultError
from passport.settings.writing import write_settings
from passport.sharing.exporting import export_to
from passport.vault.vault import Vault


def filled(folder: Path) -> Vault:
    vault = opened(folder)
    for number in range(3):
        kept = vault.put(arrival(f"\x89PNG {number}".encode("latin-1"), number=number, documents=some_documents()))
        vault.decide(kept.entry.subject, {"tag:rope": True, "note": f"note {number}"})
    return vault


def test_an_export_needs_no_program(tmp_path: Path) -> None:
    vault = filled(tmp_path / "one")
    export_to(vault, tmp_path / "out")
    page = (tmp_path / "out" / "index.html").read_text()
    assert "3 badges" in page
    originals = sorted(file.read_bytes() for file in (tmp_path / "out").rglob("*.png"))
    assert originals == sorted(vault.original(e.sha256) for e in vault.search().entries)
    said = [json.loads(file.read_text())["said"]["note"] for file in (tmp_path / "out").rglob("badge.json")]
    assert sorted(said) == ["note 0", "note 1", "note 2"]


def test_a_zip_is_whole_and_names_are_plain(tmp_path: Path) -> None:
    vault = opened(tmp_path / "one")
    vault.put(arrival(name="../../<script>alert(1)</script> Ünï\u202e"))
    export_to(vault, tmp_path / "out.zip")
    with zipfile.ZipFile(io.BytesIO((tmp_path / "out.zip").read_bytes())) as archive:
        names = archive.namelist()
        assert "<script>" not in archive.read("index.html").decode()
    assert all(name.isascii() and ".." not in name for name in names)


def test_a_folder_with_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years")
    with pytest.raises(VaultError, match="not empty"):
        export_to(filled(tmp_path / "one"), tmp_path)


def test_a_damaged_original_does_not_stop_the_others(tmp_path: Path) -> None:
    vault = filled(tmp_path / "one")
    sha256 = vault.search().entries[0].sha256
    (damaged,) = (tmp_path / "one" / "vault" / "objects").rglob(f"{sha256}.*")
    damaged.write_bytes(b"rotten")
    export_to(vault, tmp_path / "out")
    assert len(list((tmp_path / "out").rglob("*.png"))) == 2
    (missing,) = (tmp_path / "out").rglob("MISSING.txt")
    assert "damaged" in missing.read_text()


def test_an_export_of_everything_has_profile_collections_goals_and_settings(tmp_path: Path) -> None:
    vault = filled(tmp_path / "one")
    first = vault.search().entries[0]
    vault.decide("profile", {"name": "Ann <b>Bones</b>", "identity:ann@example.org": True})
    vault.decide("collection:c1", {"name": "Ropes", f"member:{first.id}": 1})
    vault.decide("goal:g1", {"name": "Sailor"})
    write_settings(places_in(tmp_path / "one"), {"identities": ["ann@example.org"]})
    export_to(vault, tmp_path / "out", settings=places_in(tmp_path / "one").settings_file)
    passport = json.loads((tmp_path / "out" / "passport.json").read_text())
    assert passport["profile"]["name"] == "Ann <b>Bones</b>"
    assert passport["collections"] == [{"id": "c1", "name": "Ropes", f"member:{first.id}": 1}]
    assert passport["goals"] == [{"id": "g1", "name": "Sailor"}]
    assert "ann@example.org" in (tmp_path / "out" / "settings.toml").read_text()
    page = (tmp_path / "out" / "index.html").read_text()
    assert "Ann &lt;b&gt;Bones" in page
    assert page.count(f'href="#{first.id}"') == 1


def test_a_selection_says_nothing_of_its_owner(tmp_path: Path) -> None:
    vault = filled(tmp_path / "one")
    vault.decide("profile", {"name": "Ann"})
    write_settings(places_in(tmp_path / "one"), {"identities": ["ann@example.org"]})
    export_to(vault, tmp_path / "out", "tag:rope", settings=places_in(tmp_path / "one").settings_file)
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {"badges", "rosettes", "index.html"}
    assert "Ann" not in (tmp_path / "out" / "index.html").read_text()


def test_all_that_the_page_points_to_is_there_and_nothing_is_elsewhere(tmp_path: Path) -> None:
    export_to(filled(tmp_path / "one"), tmp_path / "out")
    page = (tmp_path / "out" / "index.html").read_text()
    targets = re.findall(r'(?:src|href)="([^"#]+)"', page)
    assert len(targets) > 9
    assert [target for target in targets if not (tmp_path / "out" / target).is_file()] == []
    assert "<script" not in page
    assert "http:" not in page.replace("http-equiv", "")


def test_a_report_that_cannot_be_read_does_not_stop_the_others(tmp_path: Path) -> None:
    vault = filled(tmp_path / "one")
    for path in (tmp_path / "one" / "vault" / "documents").rglob("*.har"):
        path.write_bytes(b"rotten")
    export_to(vault, tmp_path / "out")
    assert len(list((tmp_path / "out").rglob("MISSING-report.txt"))) == 3
    assert len(list((tmp_path / "out").rglob("*.png"))) == 3

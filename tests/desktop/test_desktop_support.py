"""The support bundle helps, and gives nothing away."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from passport.desktop.examination import bad
from passport.desktop.support import MAX_LOG_BYTES, support_bundle
from passport.settings import Places

SECRETS = ["CANARY-TOKEN", "canary@example.org", "/home/canary", "Canary Club"]


def contents(bundle: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def make(tmp_path: Path, log: str) -> dict[str, str]:
    places = Places.from_environment({"BADGE_PASSPORT_HOME": str(tmp_path)})
    places.log.parent.mkdir(parents=True)
    places.log.write_text(log)
    places.settings_file.write_text('identities = ["canary@example.org"]\n# token = CANARY-TOKEN\n')
    finding = bad("watching", "/home/canary/Downloads is not there.", "Ask Canary Club.")
    return contents(support_bundle(places, [finding], hide=["/home/canary", "Canary Club"]))


def test_nothing_is_given_away(tmp_path: Path) -> None:
    lines = "GET https://x.example/?token=CANARY-TOKEN\nAuthorization: Bearer CANARY-TOKEN\nfor canary@example.org\n"
    found = make(tmp_path, lines + f"in {tmp_path} /home/canary Canary Club\n")
    whole = "".join(found.values())
    assert [secret for secret in [*SECRETS, str(tmp_path)] if secret in whole] == []
    assert "is not there" in found["doctor.jsonl"]
    assert "identities" in found["settings.toml"]


def test_a_long_log_is_cut_to_its_end(tmp_path: Path) -> None:
    found = make(tmp_path, "x" * (MAX_LOG_BYTES * 2) + "the end")
    assert len(found["log.txt"]) <= MAX_LOG_BYTES
    assert found["log.txt"].endswith("the end")


def test_missing_files_are_no_obstacle(tmp_path: Path) -> None:
    places = Places.from_environment({"BADGE_PASSPORT_HOME": str(tmp_path / "nothing")})
    assert set(contents(support_bundle(places, []))) == {"doctor.jsonl", "settings.toml", "log.txt"}

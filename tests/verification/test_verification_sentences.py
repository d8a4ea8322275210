"""What is said of a badge, word for word: the owner reads it, and it is by its words that a sentence is translated.

`python -m tests.verification.test_verification_sentences` writes `sentences.json` anew; read what changed in it.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.verification.asking import NOW
from tests.verification.scenes import site, told
from tests.verification.scenes_told import SCENES

from passport.verification.files import verify

FILE = Path(__file__).with_name("sentences.json")


@pytest.mark.parametrize("name", SCENES)
def test_each_badge_is_told_of_in_these_words(name: str) -> None:
    assert told(SCENES[name](site())) == json.loads(FILE.read_text(encoding="utf-8"))[name]


def test_programs_are_told_all_of_a_report() -> None:
    issuer = site()
    report = SCENES["hosted"](issuer)
    assert report.to_json() == {
        "verdict": "verified",
        "standard": "2.0",
        "securing": "hosted",
        "issuerIdentity": "domain",
        "verifiedAt": "2026-06-01T12:00:00Z",
        "checks": [{"name": c.name, "outcome": c.outcome.value, "explanation": c.explanation} for c in report.checks],
        "credential": {
            "id": issuer.url("/assertions/1"),
            "name": "Knot Master",
            "issuer": {"id": issuer.url("/profile"), "name": issuer.name},
            "validFrom": "2024-03-01T10:00:00Z",
            "validUntil": None,
        },
    }
    (nothing,) = verify(b"nothing", now=NOW)
    assert nothing.to_json() == {
        "verdict": "no-badge",
        "standard": None,
        "securing": "none",
        "issuerIdentity": None,
        "verifiedAt": "2026-06-01T12:00:00Z",
        "checks": [],
        "credential": None,
    }


def test_no_scene_is_left_over() -> None:
    assert list(json.loads(FILE.read_text(encoding="utf-8"))) == list(SCENES)


if __name__ == "__main__":
    lines = [f"{json.dumps(name)}: {json.dumps(told(scene(site())))}" for name, scene in SCENES.items()]
    FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")

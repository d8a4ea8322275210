"""Change anything that is shown of a signed badge, and it is no longer verified (security 2.3: signature wrapping).

Every leaf of a credential in which every property of the standard is used is changed, taken out, doubled or moved, and
strangers are added beside it. Either the verdict falls, or what is shown is what was signed.
"""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.issuer import Issuer
from tests.issuer_keys import compact

from passport.verification.documents import Documents
from passport.verification.files import verify

NOW = datetime(2025, 1, 1, tzinfo=UTC)
Path = tuple[Any, ...]

RICH: dict[str, Any] = {
    "description": "For knots that hold.",
    "validUntil": "2030-01-01T00:00:00Z",
    "awardedDate": "2024-03-01T10:00:00Z",
    "image": {"id": "https://issuer.example/knots.png", "type": "Image", "caption": "A bowline"},
    "evidence": [{"id": "https://issuer.example/e/1", "type": ["Evidence"], "name": "Ten knots", "narrative": "Seen."}],
}
SUBJECT: dict[str, Any] = {
    "activityStartDate": "2024-02-01T00:00:00Z",
    "creditsEarned": 2.5,
    "narrative": "Tied them all.",
    "result": [
        {"type": ["Result"], "resultDescription": "urn:uuid:0a0a0a0a-0000-4000-8000-000000000001", "value": "9"}
    ],
}
ACHIEVEMENT: dict[str, Any] = {
    "achievementType": "Certificate",
    "alignment": [
        {"type": ["Alignment"], "targetName": "Tie knots", "targetUrl": "https://skills.example/1", "targetCode": "S1"}
    ],
    "creditsAvailable": 3,
    "fieldOfStudy": "Seamanship",
    "humanCode": "KNOT-1",
    "inLanguage": "en",
    "tag": ["knots", "sailing"],
    "version": "1.0",
    "resultDescription": [
        {
            "id": "urn:uuid:0a0a0a0a-0000-4000-8000-000000000001",
            "type": ["ResultDescription"],
            "name": "Points",
            "resultType": "RawScore",
            "valueMax": "10",
        }
    ],
}


def rich(issuer: Issuer) -> dict[str, Any]:
    """Return a credential that uses what the standard has."""
    document = issuer.credential(**RICH)
    document["issuer"] |= {"description": "A club.", "email": "club@issuer.example"}
    document["credentialSubject"] |= SUBJECT
    document["credentialSubject"]["achievement"] |= ACHIEVEMENT
    return document


def leaves(value: Any, path: Path = ()) -> Iterator[Path]:
    """Return the paths of all values, containers too."""
    if path:
        yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, part in inner:
        yield from leaves(part, (*path, name))


def place(document: Any, path: Path) -> tuple[Any, Any]:
    for step in path[:-1]:
        document = document[step]
    return document, path[-1]


def other(value: Any) -> Any:
    """Return something of the same kind that is not the same."""
    if isinstance(value, bool) or value is None:
        return not value
    if isinstance(value, str):
        return value + "x"
    if isinstance(value, int | float):
        return value + 1
    return {**value, "name": "Forged"} if isinstance(value, dict) else [*value, "forged"]


def change(document: Any, path: Path) -> None:
    box, name = place(document, path)
    box[name] = other(box[name])


def take_out(document: Any, path: Path) -> None:
    box, name = place(document, path)
    del box[name]


def double(document: Any, path: Path) -> None:
    box, name = place(document, path)
    box[name] = [box[name], other(box[name])]


def add_beside(document: Any, path: Path) -> None:
    box, _ = place(document, path)
    if isinstance(box, dict):
        for name in ("name", "narrative", "description", "achievementType"):
            box[name] = "Forged"
    else:
        box.append("forged")


def wrap(document: Any, path: Path) -> None:
    box, name = place(document, path)
    box[name] = {"id": "urn:forged", "name": "Forged", "value": box[name]}


WAYS: list[Callable[[Any, Path], None]] = [change, take_out, double, add_beside, wrap]


class Sound:
    """A signed credential, and how to ask of a changed copy."""

    def __init__(self, kind: str) -> None:
        self.issuer = Issuer()
        plain = rich(self.issuer)
        self.jwt = kind == "vc-jwt"
        self.document = plain if self.jwt else self.issuer.prove(plain, kind)
        self.token = self.issuer.jwt(plain) if self.jwt else ""
        (report,) = verify(self.file(self.document), now=NOW)
        assert report.verdict == "verified", report.checks
        self.shown = report.to_json()["credential"]

    def file(self, document: dict[str, Any]) -> bytes:
        if not self.jwt:
            return json.dumps(document).encode()
        if document is self.document:
            return self.token.encode()
        header, _, signature = self.token.split(".")
        forged = compact({"alg": "EdDSA"}, document, self.issuer.key).split(".")[1]
        return f"{header}.{forged}.{signature}".encode()

    def holds(self, way: Callable[[Any, Path], None], path: Path) -> bool:
        """Whether a change is noticed, or changes nothing that is shown."""
        forged = copy.deepcopy(self.document)
        way(forged, path)
        if forged == self.document:
            return True
        reports = verify(self.file(forged), Documents(), now=NOW)
        return all(report.verdict != "verified" or report.to_json()["credential"] == self.shown for report in reports)


KINDS = ["eddsa-jcs-2022", "eddsa-rdfc-2022", "vc-jwt"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_leaf_is_signed(kind: str) -> None:
    sound = Sound(kind)
    paths = list(leaves(sound.document))
    assert len(paths) > 80
    missed = [(way.__name__, path) for path in paths for way in WAYS if not sound.holds(way, path)]
    assert missed == []


@pytest.mark.timeout(3600)
@pytest.mark.parametrize(
    ("kind", "pairs"),
    [("eddsa-jcs-2022", 4_500), ("vc-jwt", 4_500), ("eddsa-rdfc-2022", 500)]
    + [pytest.param(kind, 33_000, marks=pytest.mark.long) for kind in KINDS],
)
def test_several_changes_at_once(kind: str, pairs: int) -> None:
    """Changes that might undo each other: with those above 10,000 changes here, 100,000 in `scripts/test --long`."""
    sound = Sound(kind)
    paths = list(leaves(sound.document))
    chance = random.Random(kind)
    for _ in range(pairs):
        forged = copy.deepcopy(sound.document)
        done = []
        for _ in range(2):
            way, path = chance.choice(WAYS), chance.choice(paths)
            try:
                way(forged, path)
            except (KeyError, IndexError, TypeError, AttributeError):
                continue  # the first change took away what the second would change
            done.append((way.__name__, path))
        if forged != sound.document:
            reports = verify(sound.file(forged), Documents(), now=NOW)
            assert all(r.verdict != "verified" or r.to_json()["credential"] == sound.shown for r in reports), done


def test_what_is_compared_does_tell_forgeries_apart() -> None:
    """Else the tests above would prove nothing: signed anew by the key's owner, the change is verified, and shown."""
    sound = Sound("eddsa-jcs-2022")
    forged = rich(sound.issuer)
    forged["credentialSubject"]["achievement"]["name"] = "Forged"
    (report,) = verify(json.dumps(sound.issuer.prove(forged)).encode(), now=NOW)
    assert report.verdict == "verified"
    assert report.to_json()["credential"] != sound.shown

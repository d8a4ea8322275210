"""The shared vectors: every file is unbaked and parsed, and the standard is the one expected."""

import json
from pathlib import Path

import pytest

from passport.badge.baking import unbake
from passport.badge.parsing import parse
from passport.errors import NotABadgeError, ParseError

VECTORS = Path(__file__).parents[2].parent / "shared" / "vectors"
CASES = sorted(path.parent for path in VECTORS.glob("*/*/expected.json"))

pytestmark = pytest.mark.skipif(not CASES, reason="the shared vectors are not here")


def _ids(case):
    return f"{case.parent.name}/{case.name}"


def _outcomes(case):
    """What comes of each statement: its credential, or the class of its refusal."""
    file = next(path for path in case.iterdir() if path.name.startswith("badge."))
    found = unbake(file.read_bytes())
    outcomes = []
    for statement in found.statements:
        try:
            outcomes.append(parse(statement.text))
        except ParseError as error:
            outcomes.append(type(error))
    return found, outcomes


@pytest.mark.parametrize("case", CASES, ids=_ids)
def test_standard_and_securing_and_whether_there_is_a_badge(case):
    expected = json.loads((case / "expected.json").read_text())
    found, outcomes = _outcomes(case)
    if expected.get("verdict") == "no-badge":
        assert found.problem is None
        assert all(outcome is NotABadgeError for outcome in outcomes)
        return
    if "no-badge" not in expected.get("verdict_any", []):
        assert outcomes
        assert NotABadgeError not in outcomes
    credentials = [outcome for outcome in outcomes if not isinstance(outcome, type)]
    if expected.get("verdict") in {"verified", "expired", "revoked", "not-yours", "unconfirmed"}:
        assert found.problem is None
        assert len(credentials) == len(outcomes) == 1
    # A bare URL does not say its standard before it is fetched.
    told = [credential for credential in credentials if credential.standard]
    if "standard" in expected:
        assert all(credential.standard == expected["standard"] for credential in told)
    if "securing" in expected and told:
        assert told[0].securing.value in {expected["securing"], "data-integrity"}

"""Every conformance vector: the verdict, standard and securing that a verifier must answer, as one table at the end.

The vectors are kept beside the repository (`../shared/vectors`); without them these tests are skipped.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from passport.verification.documents import Documents
from passport.verification.files import verify
from passport.verification.report import Verdict, VerificationReport

VECTORS = Path(__file__).parents[2] / "shared" / "vectors"
CASES = sorted(path.parent for path in VECTORS.glob("*/*/expected.json"))
_WORST_FIRST = [*list(Verdict)[1:], Verdict.NO_BADGE]
"""no-badge beside a badge says nothing."""


@pytest.fixture(scope="module")
def table(pytestconfig: pytest.Config) -> Iterator[dict[str, Counter[str]]]:
    rows: dict[str, Counter[str]] = defaultdict(Counter)
    yield rows
    with pytestconfig.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        show(rows)


def show(rows: dict[str, Counter[str]]) -> None:
    print(f"\n{'group':24}{'cases':>7}{'agree':>7}{'differ':>8}{'accepted wrongly':>18}")
    for group, row in sorted(rows.items()):
        print(f"{group:24}{row['cases']:7}{row['agree']:7}{row['cases'] - row['agree']:8}{row['accepted']:18}")


@pytest.mark.skipif(not CASES, reason="the conformance vectors are not here")
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}/{case.name}")
def test_vector(case: Path, table: dict[str, Counter[str]]) -> None:
    expected = json.loads((case / "expected.json").read_text())
    reports = answer(case, expected)
    verdict = min((report.verdict for report in reports), key=_WORST_FIRST.index)
    allowed = {expected["verdict"]} if "verdict" in expected else set(expected["verdict_any"])
    row = table[case.parent.name]
    row["cases"] += 1
    row["accepted"] += verdict == "verified" and "verified" not in allowed
    said = "\n".join(f"{check.name}: {check.outcome} {check.explanation}" for one in reports for check in one.checks)
    assert verdict.value in allowed, f"{verdict.value}, not {allowed}: {expected['why']}\n{said}"
    if verdict is not Verdict.NO_BADGE and reports[0].credential is not None:
        assert {expected.get("standard")} & {None, *(report.standard for report in reports)}, said
        assert {expected.get("securing")} & {None, *(report.securing for report in reports)}, said
    row["agree"] += 1


def answer(case: Path, expected: dict[str, object]) -> list[VerificationReport]:
    """Return what we say of a case."""
    har = case / "documents.har"
    documents = Documents.from_har(har.read_bytes()) if har.exists() else Documents()
    return verify(
        next(case.glob("badge.*")).read_bytes(),
        documents,
        identities=expected.get("identities", ()),  # type: ignore[arg-type] # a list of texts
        now=datetime.fromisoformat(str(expected["at"])),
    )

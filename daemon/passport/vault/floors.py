"""What this computer knew already is not forgotten because a shared folder was put back to an older state.

When the index of a shared passport is derived anew, what the old one knew is compared with what is found: of each key
the newer word stays; so it is with what this computer wrote down beside its state (`remembered`), where there is no old
index any more. So whoever can write into the folder cannot make a badge public again, or verified, by bringing
back yesterday's journals.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from passport.vault.rows import PURGED, REPORT, Row, best_report, is_badge, said


class Floor:
    """The rows as they were before."""

    def __init__(self, rows: Iterable[Mapping[str, Any]]) -> None:
        self._before = {row["id"]: row for row in rows}

    def raised(self, now: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, Row]]:
        """Return the rows that would go back, as they should be."""
        found = ((subject, self._raised(old, now.get(subject))) for subject, old in self._before.items())
        return [(subject, row) for subject, row in found if row is not None]

    def _raised(self, old: Mapping[str, Any], new: Mapping[str, Any] | None) -> Row | None:
        keys = dict(new["keys"]) if new else {}
        if said(keys, PURGED):
            return None  # what was said of it before is gone on purpose
        behind = {key: word for key, word in old["keys"].items() if key not in keys or keys[key][0] < word[0]}
        if not behind:
            return None
        for key, (stamp, value) in behind.items():
            # its line is not there (any more): the summary counts, the report itself cannot be read
            keys[key] = [stamp, {**value, "log": None} if key.startswith(REPORT) and value else value]
        row: Row = {**(new or old), "keys": keys, "log": list(new["log"]) if new else []}
        row["changed"] = max(str(old.get("changed", "")), str(row.get("changed", "")))
        return _settled(row, old) if is_badge(row["id"]) else row


def _settled(row: Row, old: Mapping[str, Any]) -> Row:
    best = best_report(row["keys"])
    if best is None:
        return {key: value for key, value in row.items() if key not in {"content", "best"}}
    sha256 = best.removeprefix(REPORT)
    if row["keys"][best][1].get("log") is None or row.get("best") != sha256:
        row |= {"content": _content(row, old, best), "best": old.get("best") or sha256}
    row["added"] = min(str(old.get("added", "")), str(row.get("added", "~"))) or row.get("added", "")
    return row


def _content(row: Mapping[str, Any], old: Mapping[str, Any], best: str) -> object:
    """Return what is shown: as before, or where that is not known in full, what is there with the last verdict."""
    if old.get("content") or not row.get("content"):
        return old.get("content")
    summary = row["keys"][best][1]
    return {**row["content"], "verdict": summary["verdict"], "verified_at": summary.get("at")}

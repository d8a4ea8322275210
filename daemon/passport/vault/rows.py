"""The index's rows: one for each subject, made of the events about it.

A row is `{"id": subject, "keys": {key: [stamp, value]}, "log": [[segment, offset, length], …]}`. A badge's has besides
`"content"` (what its best report says) and `"best"` (the SHA-256 of that report's file); of its reports, which are
large, `keys` has a summary and the log has the place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from passport.errors import VaultError
from passport.vault.clock import rfc3339, stamp_ms
from passport.vault.deriving import content, rank, summary, verdict_at
from passport.vault.model import Entry, KeptFile, Origin, Standing
from passport.vault.reports import decode_report

FILE = "file:"
REPORT = "report:"
CHECKED = "checked:"
"""When a report was found to be true once more: RFC 3339, or `{"at": …, "documents": SHA-256}` with newer documents."""
STANDING = "standing"
"""What stands in the way of asking the issuer: `{"state", "since", "why"}`, or null."""
PURGED = "purged"
OWN_KEYS = (FILE, REPORT, CHECKED, STANDING, PURGED)
"""What the vault itself says of a badge."""
TAG = "tag:"
_STATES = frozenset({"new", "accepted", "declined"})
Row = dict[str, Any]
Spot = tuple[int, int, int]
"""Segment's number, offset and length of a line."""
Recall = Callable[[Spot, str, str], object]
"""Gives the value of a subject's key as a line has it; None where it cannot be read."""


def is_badge(subject: str) -> bool:
    """Return whether the subject is a badge."""
    return subject.startswith("badge:")


def fold_in(
    row: Mapping[str, Any] | None, subject: str, stamp: str, values: Mapping[str, object], spot: Spot
) -> Row | None:
    """Return the row after an event, or None where it changes nothing. The old row is left as it was."""
    row = row or {"id": subject, "keys": {}, "log": []}
    keys: dict[str, Any] = row["keys"]
    newer = {k: v for k, v in values.items() if k not in keys or _wins(k, stamp, v, keys[k])}
    if list(spot) in row["log"]:
        return None
    log = [*row["log"], list(spot)]
    changed: Row = {**row, "log": log, "changed": max(stamp, row.get("changed", ""))}
    fresh: dict[str, Any] = {}
    if is_badge(subject):
        newer, fresh = _summarised(newer, len(log) - 1)
    changed["keys"] = {**keys, **{key: [stamp, value] for key, value in newer.items()}}
    if is_badge(subject) and (fresh or any(k.startswith((REPORT, FILE)) or k == PURGED for k in newer)):
        changed["fresh"] = fresh
    return changed


def _wins(key: str, stamp: str, value: object, there: Sequence[Any]) -> bool:
    """Return whether a word is newer; of two with one stamp (of a cloned computer), every computer takes the same."""
    if there[0] != stamp or key.startswith(REPORT):
        return bool(there[0] < stamp)
    return msgspec.json.encode(there[1], order="deterministic") < msgspec.json.encode(value, order="deterministic")


def _summarised(values: dict[str, object], position: int) -> tuple[dict[str, object], dict[str, Any]]:
    """Replace reports by what the row keeps of them; also return the content of each."""
    kept, fresh = dict(values), {}
    for key, value in values.items():
        if key.startswith(REPORT):
            short, fresh[key] = _read_report(value)
            kept[key] = {**short, "log": position}
    return kept, fresh


def _read_report(value: object) -> tuple[dict[str, object], dict[str, object]]:
    """Return summary and content of a report event; one of another version keeps what every version has."""
    fields = value if isinstance(value, dict) else {}
    where = {"documents": fields.get("documents")}
    raw = fields.get("report")
    try:
        report = decode_report(raw)
    except VaultError:
        verdict = raw.get("verdict") if isinstance(raw, dict) else None
        known = verdict if isinstance(verdict, str) else "unconfirmed"
        return {"verdict": known, **where}, {"verdict": known, "securing": "none", "words": ""}
    return {**summary(report), **where}, content(report)


def settle(row: Row, recall: Recall) -> Row:
    """Choose the report that counts, after events about reports or files."""
    fresh: dict[str, Any] = row.pop("fresh", {})
    best = best_report(row["keys"])
    if best is None:
        return {k: v for k, v in row.items() if k not in {"content", "best"}}
    sha256 = best.removeprefix(REPORT)
    row["added"] = min(_origin(v).at for k, (_, v) in row["keys"].items() if k.startswith(FILE) and v)
    if best in fresh:
        return {**row, "best": sha256, "content": fresh[best]}
    if row.get("best") == sha256:
        return row
    place = row["keys"][best][1]["log"]
    if place is None:  # its line has gone from the folder (`floors`)
        return {**row, "best": sha256, "content": row.get("content")}
    spot = row["log"][place]
    return {**row, "best": sha256, "content": _read_report(recall(tuple(spot), row["id"], best))[1]}


def best_report(keys: Mapping[str, Any]) -> str | None:
    """Return the key of the report that counts; None: nothing is kept (any more)."""
    if said(keys, PURGED):
        return None
    found = [k for k in keys if k.startswith(REPORT) and said(keys, k) and said(keys, FILE + k[len(REPORT) :])]
    found.sort(key=lambda k: (keys[FILE + k[len(REPORT) :]][0], k))  # of equal ones, the first that came
    return max(found, key=lambda k: (*rank(keys[k][1]), bool(keys[k][1].get("documents"))), default=None)


def said(keys: Mapping[str, Any], key: str) -> Any:  # noqa: ANN401 (any JSON value)
    """Return the value of a key, None where nothing was said."""
    register = keys.get(key)
    return register[1] if register else None


def kept_file(sha256: str, value: Mapping[str, Any]) -> KeptFile:
    """Return a file of an entry from its event."""
    return KeptFile(
        sha256=sha256,
        media_type=str(value.get("media_type", "")),
        name=str(value.get("name", "")),
        size=int(value.get("size", 0)),
        statement_index=int(value.get("index", 0)),
        origin=_origin(value),
    )


def _origin(value: Mapping[str, Any]) -> Origin:
    origin = value.get("origin") or {}
    return Origin(**{k: str(origin.get(k, "")) for k in ("kind", "detail", "at")})


def entry_of(row: Mapping[str, Any], collections: tuple[str, ...], now: float) -> Entry:
    """Return the entry that a row with content describes, at a moment (seconds since 1970)."""
    keys, about, best = row["keys"], row["content"], row["best"]
    values = {k[len(FILE) :]: keys[k][1] for k in keys if k.startswith(FILE) and keys[k][1]}
    order = sorted(values, key=lambda sha256: (sha256 != best, _origin(values[sha256]).at, sha256))
    files = [kept_file(sha256, values[sha256]) for sha256 in order]
    shown = files[0]
    first = min((_origin(value) for value in values.values()), key=lambda o: o.at)
    return Entry(
        id=row["id"].removeprefix("badge:"),
        sha256=best,
        media_type=shown.media_type,
        file_name=shown.name,
        files=tuple(files),
        statement_index=shown.statement_index,
        name=about.get("name") or shown.name or "?",
        issuer=about.get("issuer") or "",
        issuer_id=about.get("issuer_id"),
        verdict=verdict_at(about, now),
        issuer_identity=about.get("issuer_identity"),
        standard=about.get("standard"),
        securing=about["securing"],
        credential_id=about.get("credential_id"),
        valid_from=about.get("valid_from"),
        valid_until=about.get("valid_until"),
        verified_at=verified_at(keys, best, about.get("verified_at")),
        added_at=first.at,
        changed_at=rfc3339(stamp_ms(row["changed"])),
        origin=first,
        skills=tuple(about.get("skills", ())),
        aligned=tuple(about.get("aligned", ())),
        named=tuple((entry, name, code) for entry, name, code in about.get("named", ())),
        description=about.get("description", ""),
        has_evidence=bool(about.get("has_evidence")),
        image=about.get("image"),
        achievement_id=about.get("achievement_id"),
        collections=collections,
        asks=about.get("asks", ""),
        standing=standing_of(said(keys, STANDING)),
        **owners(keys),
    )


def verified_at(keys: Mapping[str, Any], sha256: str, reported: str | None) -> str | None:
    """Return when a file's report was last found to be true."""
    checked = checked_at(said(keys, CHECKED + sha256))
    return max(reported or "", checked) if checked else reported


def checked_at(value: object) -> str | None:
    """Return when a report was found to be true once more, from the event's value; None: it was not."""
    at = value.get("at") if isinstance(value, dict) else value
    return at if isinstance(at, str) else None


def documents_of(keys: Mapping[str, Any], sha256: str) -> str | None:
    """Return the SHA-256 of the documents on which a file's report rests: those of the last check, if it kept some."""
    kept: Mapping[str, Any] = said(keys, REPORT + sha256) or {}
    checked = said(keys, CHECKED + sha256)
    newer = isinstance(checked, dict) and keys[CHECKED + sha256][0] > keys[REPORT + sha256][0]
    found = checked.get("documents") if newer else kept.get("documents")
    return found if isinstance(found, str) else None


def standing_of(value: object) -> Standing | None:
    """Return what stands in the way, from the event's value."""
    if not isinstance(value, dict) or not isinstance(value.get("state"), str):
        return None
    return Standing(state=value["state"], since=str(value.get("since", "")), why=str(value.get("why", "")))


def owners(keys: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the owner said, in the form of an entry's fields; nonsense counts as not said."""
    note, rating, state = said(keys, "note"), said(keys, "rating"), said(keys, "state")
    return {
        "tags": tuple(sorted(k[len(TAG) :] for k in keys if k.startswith(TAG) and keys[k][1])),
        "note": note if isinstance(note, str) else "",
        "rating": rating if isinstance(rating, int) and 0 <= rating <= 5 else 0,
        "visibility": "public" if said(keys, "visibility") == "public" else "private",
        "trashed": said(keys, "trashed") is True,
        "state": state if isinstance(state, str) and state in _STATES else "new",
    }

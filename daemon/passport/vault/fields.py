"""What of a row is searched, filtered, counted and sorted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from passport.vault.deriving import fold, verdict_at, words_of
from passport.vault.rows import FILE, owners, said
from passport.vault.skills import Named

COUNTED = ("verdict", "issuer", "tag", "year", "skill", "state", "has", "standard", "visibility", "rating")
"""The fields that a page of results counts."""
NAMED = "named"
"""Entry, code and name, a line each: not asked for, but the names of a skill are joined by them (`skills`)."""
_NEVER = float("inf")
_BACKING_NOTHING = frozenset({"invalid", "revoked", "not-yours"})


def words_in(row: Mapping[str, Any]) -> frozenset[str]:
    """Return the folded words by which an entry is found."""
    keys = row["keys"]
    note = said(keys, "note")
    names = [str(keys[key][1].get("name", "")) for key in keys if key.startswith(FILE) and keys[key][1]]
    own = [key[4:] for key in keys if key.startswith("tag:") and keys[key][1]]
    text = " ".join((*own, note if isinstance(note, str) else "", *names))
    return frozenset(row["content"]["words"].split(" ")).union(words_of(text)) - {""}


def values_in(row: Mapping[str, Any], now: float) -> dict[str, tuple[str, ...]]:
    """Return an entry's values by field."""
    about, own = row["content"], owners(row["keys"])
    verdict = verdict_at(about, now)
    has = {
        "evidence": about.get("has_evidence") or bool(said(row["keys"], "evidence")),
        "note": own["note"],
        "tag": own["tags"],
        "expiry": about.get("until") is not None,
        "versions": sum(key.startswith(FILE) for key in row["keys"]) > 1,
    }
    return {
        "verdict": (verdict,),
        "issuer": (about["issuer"],) if about.get("issuer") else (),
        "issuer_id": (about["issuer_id"],) if about.get("issuer_id") else (),
        "tag": own["tags"],
        "year": (about["year"],) if about.get("year") else (),
        "skill": tuple(about.get("skills", ())),
        NAMED: () if verdict in _BACKING_NOTHING else _named(about),
        "state": (own["state"],),
        "is": (own["state"], own["visibility"], verdict, "trashed" if own["trashed"] else "kept"),
        "has": tuple(name for name, value in has.items() if value),
        "standard": (about["standard"],) if about.get("standard") else (),
        "visibility": (own["visibility"],),
        "rating": (str(own["rating"]),),
    }


def _named(about: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(f"{entry}\n{code}\n{name}" for entry, name, code in about.get("named", ()))


def named_in(value: str) -> Named:
    """Return what a value of `NAMED` says."""
    entry, code, name = value.split("\n", 2)
    return entry, name, code


SORTS: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
    "added": lambda row: row["added"],
    "date": lambda row: row["content"].get("since") or 0.0,
    "expiry": lambda row: _NEVER if (until := row["content"].get("until")) is None else until,
    "name": lambda row: fold(row["content"].get("name") or ""),
    "issuer": lambda row: f"{fold(row['content'].get('issuer') or '')}\n{fold(row['content'].get('name') or '')}",
    "rating": lambda row: owners(row["keys"])["rating"],
}
GREATEST_FIRST = frozenset({"added", "date", "rating"})

"""Is everything that was promised still true? Three things apart (security reference, finding 10).

A test that counted only what was acknowledged would have passed a vault that loses files: so it is asked besides
whether each entry has its file, and whether anything is there by halves.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults import scenes_beside
from tests.faults.scenes import Fact, put
from tests.vault.vault_material import opened, places_in

from passport.errors import PassportError
from passport.settings import Settings
from passport.vault.model import Entry
from passport.vault.vault import Vault

_NAMED = re.compile(r"^[0-9a-f]{64}\.")


@dataclass
class Found:
    """What is wrong."""

    lost: list[str] = field(default_factory=list)
    """Acknowledged, and not there any more."""
    fileless: list[str] = field(default_factory=list)
    """Entries without their file, documents or report."""
    half: list[str] = field(default_factory=list)
    """Files or decisions of which a part is there."""
    stuck: list[str] = field(default_factory=list)
    """It does not start, or does not go on, without help."""

    @property
    def all(self) -> list[str]:
        """Everything, in one list."""
        return [*self.lost, *self.fileless, *self.half, *self.stuck]


def examine(home: Path, facts: Sequence[Fact], *, goes_on: bool = True, only_facts: bool = False) -> Found:
    """Start again as the daemon does, without help, and compare with what was promised.

    `only_facts`: look at the entries that are spoken of alone, where a vault that has grown is examined very often.
    """
    found = Found(half=[] if only_facts else half_files(home))
    try:
        vault = opened(home)
    except PassportError as error:
        found.stuck.append(f"it does not start: {error}")
        return found
    try:
        _compare(vault, home, facts, found, only_facts=only_facts)
        if goes_on:
            _go_on(vault, home, found)
    finally:
        vault.close()
    return found


def half_files(home: Path) -> list[str]:
    """Return the objects and documents whose content is not what their name says."""
    stores = [home / "vault" / store for store in ("objects", "documents")]
    files = [path for store in stores for path in store.rglob("*") if path.is_file() and _NAMED.match(path.name)]
    return [f"half a file: {path.name}" for path in files if _hash(path) != path.name[:64]]


def list_of(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _compare(vault: Vault, home: Path, facts: Sequence[Fact], found: Found, *, only_facts: bool) -> None:
    if only_facts:
        named = {
            str(name) for fact in facts for name in (fact.get("kept"), fact.get("gone"), *list_of(fact.get("noted")))
        }
        entries = {name: entry for name in named if (entry := vault.entry(name))}
    else:
        entries = {entry.id: entry for entry in vault.search(limit=1 << 20, include_trashed=True).entries}
    for fact in facts:
        complaint = _complaint(fact, entries, home)
        if complaint:
            (found.half if "twins" in fact else found.lost).append(complaint)
    for entry in entries.values():
        try:
            vault.original(entry.sha256)
            vault.documents(entry.id)
            vault.report(entry.id)
        except PassportError as error:
            found.fileless.append(f"{entry.id}: {error}")


def _complaint(fact: Fact, entries: dict[str, Entry], home: Path) -> str | None:
    match fact:
        case {"kept": str(name), "sha256": sha256}:
            entry = entries.get(name)
            there = entry is not None and sha256 in {file.sha256 for file in entry.files}
            return None if there else f"{name} was kept and is not there"
        case {"noted": list(names), "at_least": int(number)}:
            low = [name for name in names if name in entries and int(entries[name].note or 0) < number]
            low += [name for name in names if name not in entries]
            return f"the decision {number} on {low} is not there" if low else None
        case {"twins": list(names)}:
            notes = {entries[name].note for name in names if name in entries}
            return f"half a decision: {notes}" if len(notes) > 1 else None
        case {"gone": str(name)}:
            return f"{name} was purged and is there" if name in entries else None
        case {"revoked": str(name)}:
            return None if entries[name].verdict == "revoked" else f"the report of {name} is not there"
        case {"identities": int(number)}:
            found = len(Settings.load(places_in(home).settings_file).identities)
            return f"{found} identities of {number}" if found < number else None
    return scenes_beside.complaint(fact, home)


def _go_on(vault: Vault, home: Path, found: Found) -> None:
    """Do something new, sweep, and look whether all is sound."""
    left = [path.name for path in (home / "vault" / "incoming").glob("*")]
    if left:
        found.stuck.append(f"left over after the start: {left}")
    try:
        fresh = put(vault, 99_999_999)
        vault.decide(f"badge:{fresh['kept']}", {"rating": 3})  # not a note: others may have promised one
        scrubbed = vault.scrub()
    except PassportError as error:
        found.stuck.append(f"it does not go on: {error}")
        return
    if not scrubbed.sound:
        found.stuck.append(f"scrub: {scrubbed.findings}")
